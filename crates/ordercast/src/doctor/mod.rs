//! `ordercast doctor`: checks the configuration and the machine, and says how to fix problems.
//!
//! - [`machine`]: the clock and the operating system's limits. [`data`]: the data directory and the secret.
//! - [`network`]: ports, proxies and encryption.
//!
//! The caller passes the checks of the database to [`run`].

mod data;
mod machine;
mod network;

use std::io::{self, Write};
use std::process::ExitCode;

use crate::config::{Config, ConfigError};
use crate::terminal::{printable, style};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Good,
    Warning,
    Error,
}

/// The result of one check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    pub level: Level,
    /// The subject of the check, in a word or two.
    pub about: &'static str,
    pub found: String,
    /// How to fix it.
    pub advice: Option<String>,
}

impl Check {
    pub fn good(about: &'static str, found: impl Into<String>) -> Self {
        Self { level: Level::Good, about, found: found.into(), advice: None }
    }

    pub fn warning(about: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { level: Level::Warning, about, found: found.into(), advice: Some(advice.into()) }
    }

    pub fn error(about: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { level: Level::Error, about, found: found.into(), advice: Some(advice.into()) }
    }
}

/// Runs all checks and prints the results. `database` checks the database; it runs last and must not create one.
pub async fn run(
    config: Result<Config, ConfigError>,
    database: impl AsyncFnOnce(&Config) -> Vec<Check>,
    out: &mut dyn Write,
) -> io::Result<ExitCode> {
    let config = match config {
        Ok(config) => config,
        Err(error) => {
            let check = |problem| {
                Check::error(
                    "configuration",
                    problem,
                    "fix the configuration first, then run the other checks",
                )
            };
            return print(&error.problems.into_iter().map(check).collect::<Vec<_>>(), out);
        }
    };
    let mut checks = configuration(&config);
    checks.extend(data::checks(&config));
    checks.extend(network::checks(&config).await);
    checks.extend(machine::checks(&config));
    checks.extend(database(&config).await);
    print(&checks, out)
}

fn configuration(config: &Config) -> Vec<Check> {
    let set: Vec<_> = config
        .settings
        .iter()
        .filter(|setting| config.was_set(setting.option.key))
        .map(|setting| setting.option.key)
        .collect();
    let found = match set.as_slice() {
        [] => "all options have their defaults; `ordercast config` shows them".to_owned(),
        set => format!("set: {}; `ordercast config` shows where each value came from", set.join(", ")),
    };
    let warnings = config.warnings.iter().map(|warning| Check {
        level: Level::Warning,
        about: "configuration",
        found: warning.clone(),
        advice: None,
    });
    std::iter::once(Check::good("configuration", found)).chain(warnings).collect()
}

/// Prints each result on one line, and the advice below it.
fn print(checks: &[Check], out: &mut dyn Write) -> io::Result<ExitCode> {
    let width = checks.iter().map(|check| check.about.len()).max().unwrap_or(0);
    for check in checks {
        let (sign, color) = match check.level {
            Level::Good => ('✓', style::GOOD),
            Level::Warning => ('!', style::WARN),
            Level::Error => ('✗', style::BAD),
        };
        writeln!(out, "{color}{sign}{color:#} {:width$}  {}", check.about, printable(&check.found))?;
        if let Some(advice) = &check.advice {
            writeln!(out, "  {:width$}  {}→ {}{:#}", "", style::DIM, printable(advice), style::DIM)?;
        }
    }
    let of = |level| checks.iter().filter(|check| check.level == level).count();
    let (errors, warnings) = (of(Level::Error), of(Level::Warning));
    if errors + warnings == 0 {
        writeln!(out, "No problems found.")?;
    } else {
        writeln!(out, "{}, {}.", plural(errors, "error"), plural(warnings, "warning"))?;
    }
    Ok(if errors == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn plural(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::flags::Flags;
    use crate::config::sources::Environment;

    async fn output_of(pairs: &[(&str, &str)], database: Vec<Check>) -> (String, ExitCode) {
        let config = Config::load(&Flags::default(), &pairs.iter().copied().collect::<Environment>());
        let mut out = anstream::StripStream::new(Vec::new());
        let code = run(config, async |_: &Config| database, &mut out).await.unwrap();
        (String::from_utf8(out.into_inner()).unwrap(), code)
    }

    #[tokio::test]
    async fn every_configuration_error_is_reported() {
        let (text, code) =
            output_of(&[("ORDERCAST_LISTEN", "nowhere"), ("ORDERCAST_BODY_LIMIT", "much")], Vec::new()).await;
        assert_eq!(code, ExitCode::FAILURE);
        assert!(
            text.contains("listen must be an IP address") && text.contains("body_limit must be a size"),
            "{text}"
        );
        assert!(text.ends_with("2 errors, 0 warnings.\n"), "{text}");
    }

    #[tokio::test]
    async fn the_database_check_decides_the_exit_code() {
        let data = tempfile::tempdir().unwrap();
        let pairs = [("ORDERCAST_DATA", data.path().to_str().unwrap()), ("ORDERCAST_LISTEN", "127.0.0.1:0")];
        let (text, code) = output_of(&pairs, vec![Check::good("database", "fine")]).await;
        assert_eq!(code, ExitCode::SUCCESS, "{text}");
        let (text, code) =
            output_of(&pairs, vec![Check::error("database", "not one", "restore a backup")]).await;
        assert_eq!(code, ExitCode::FAILURE);
        assert!(text.contains("✗ database") && text.contains("→ restore a backup"), "{text}");
    }

    #[tokio::test]
    async fn a_port_in_use_is_reported() {
        let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let data = tempfile::tempdir().unwrap();
        let address = taken.local_addr().unwrap().to_string();
        let pairs =
            [("ORDERCAST_DATA", data.path().to_str().unwrap()), ("ORDERCAST_LISTEN", address.as_str())];
        drop(std::thread::spawn(move || while taken.accept().is_ok() {}));
        let (text, code) = output_of(&pairs, Vec::new()).await;
        assert_eq!(code, ExitCode::FAILURE, "{text}");
        assert!(text.contains("another program uses"), "{text}");
    }
}
