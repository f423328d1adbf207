//! `ordercast doctor`: what stands between this configuration and a running shop, and what to do about it.
//!
//! - [`machine`]: the clock and the operating system's limits. [`data`]: the data directory and the secret.
//! - [`network`]: the ports, and what stands in front of them.
//!
//! What only the database can tell is handed in, see [`run`].

mod data;
mod machine;
mod network;

use std::io::{self, Write};
use std::process::ExitCode;

use crate::config::{Config, ConfigError};
use crate::terminal::{printable, style};

/// How serious a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// All is well.
    Good,
    /// It works, and is worth a look.
    Doubtful,
    /// It does not work.
    Broken,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// How serious.
    pub level: Level,
    /// What was looked at, in a word or two.
    pub about: &'static str,
    /// What was found.
    pub found: String,
    /// What to do.
    pub advice: Option<String>,
}

impl Check {
    /// All is well.
    pub fn good(about: &'static str, found: impl Into<String>) -> Self {
        Self { level: Level::Good, about, found: found.into(), advice: None }
    }

    /// It works, and is worth a look.
    pub fn doubtful(about: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { level: Level::Doubtful, about, found: found.into(), advice: Some(advice.into()) }
    }

    /// It does not work.
    pub fn broken(about: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { level: Level::Broken, about, found: found.into(), advice: Some(advice.into()) }
    }
}

/// Looks at everything, and tells what it finds. `database` says what only the database can tell; it is asked last,
/// and must not create one.
pub async fn run(
    config: Result<Config, ConfigError>,
    database: impl AsyncFnOnce(&Config) -> Vec<Check>,
    out: &mut dyn Write,
) -> io::Result<ExitCode> {
    let config = match config {
        Ok(config) => config,
        Err(error) => {
            let broken = |problem| {
                Check::broken("configuration", problem, "correct it; the other checks come after it")
            };
            return tell(&error.problems.into_iter().map(broken).collect::<Vec<_>>(), out);
        }
    };
    let mut checks = configuration(&config);
    checks.extend(data::checks(&config));
    checks.extend(network::checks(&config).await);
    checks.extend(machine::checks(&config));
    checks.extend(database(&config).await);
    tell(&checks, out)
}

fn configuration(config: &Config) -> Vec<Check> {
    let set: Vec<_> = config
        .settings
        .iter()
        .filter(|setting| config.was_set(setting.option.key))
        .map(|setting| setting.option.key)
        .collect();
    let found = match set.as_slice() {
        [] => "everything is at its default; `ordercast config` shows all of it".to_owned(),
        set => format!("set: {}; `ordercast config` shows where", set.join(", ")),
    };
    let doubts = config.warnings.iter().map(|warning| Check {
        level: Level::Doubtful,
        about: "configuration",
        found: warning.clone(),
        advice: None,
    });
    std::iter::once(Check::good("configuration", found)).chain(doubts).collect()
}

/// Writes the findings, one line each and one more for what to do.
fn tell(checks: &[Check], out: &mut dyn Write) -> io::Result<ExitCode> {
    let width = checks.iter().map(|check| check.about.len()).max().unwrap_or(0);
    for check in checks {
        let (sign, colour) = match check.level {
            Level::Good => ('✓', style::GOOD),
            Level::Doubtful => ('!', style::WARN),
            Level::Broken => ('✗', style::BAD),
        };
        writeln!(out, "{colour}{sign}{colour:#} {:width$}  {}", check.about, printable(&check.found))?;
        if let Some(advice) = &check.advice {
            writeln!(out, "  {:width$}  {}→ {}{:#}", "", style::DIM, printable(advice), style::DIM)?;
        }
    }
    let of = |level| checks.iter().filter(|check| check.level == level).count();
    let (broken, doubtful) = (of(Level::Broken), of(Level::Doubtful));
    if broken + doubtful == 0 {
        writeln!(out, "Everything looks good.")?;
    } else {
        writeln!(out, "{broken} to repair, {doubtful} to look at.")?;
    }
    Ok(if broken == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::flags::Flags;
    use crate::config::sources::Environment;

    async fn told(pairs: &[(&str, &str)], database: Vec<Check>) -> (String, ExitCode) {
        let config = Config::load(&Flags::default(), &pairs.iter().copied().collect::<Environment>());
        let mut out = anstream::StripStream::new(Vec::new());
        let code = run(config, async |_: &Config| database, &mut out).await.unwrap();
        (String::from_utf8(out.into_inner()).unwrap(), code)
    }

    #[tokio::test]
    async fn a_broken_configuration_is_told_whole() {
        let (text, code) =
            told(&[("ORDERCAST_LISTEN", "nowhere"), ("ORDERCAST_BODY_LIMIT", "much")], Vec::new()).await;
        assert_eq!(code, ExitCode::FAILURE);
        assert!(text.contains("listen is an IP address") && text.contains("body_limit is a size"), "{text}");
        assert!(text.ends_with("2 to repair, 0 to look at.\n"), "{text}");
    }

    #[tokio::test]
    async fn what_the_database_says_decides_too() {
        let data = tempfile::tempdir().unwrap();
        let pairs = [("ORDERCAST_DATA", data.path().to_str().unwrap()), ("ORDERCAST_LISTEN", "127.0.0.1:0")];
        let (text, code) = told(&pairs, vec![Check::good("database", "fine")]).await;
        assert_eq!(code, ExitCode::SUCCESS, "{text}");
        let (text, code) = told(&pairs, vec![Check::broken("database", "not one", "restore a backup")]).await;
        assert_eq!(code, ExitCode::FAILURE);
        assert!(text.contains("✗ database") && text.contains("→ restore a backup"), "{text}");
    }

    #[tokio::test]
    async fn a_port_in_use_is_found() {
        let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let data = tempfile::tempdir().unwrap();
        let address = taken.local_addr().unwrap().to_string();
        let pairs =
            [("ORDERCAST_DATA", data.path().to_str().unwrap()), ("ORDERCAST_LISTEN", address.as_str())];
        drop(std::thread::spawn(move || while taken.accept().is_ok() {}));
        let (text, code) = told(&pairs, Vec::new()).await;
        assert_eq!(code, ExitCode::FAILURE, "{text}");
        assert!(text.contains("another program uses"), "{text}");
    }
}
