//! Sources of values, by precedence: flags, environment, file, defaults.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::ConfigError;
use super::flags::Flags;
use super::options::{OPTIONS, OTHER_VARIABLES, OptionSpec, PREFIX, Scope};

/// Read if it exists and no other file is named.
pub const USUAL_FILE: &str = "ordercast.toml";

/// A copy of the environment variables.
#[derive(Debug, Clone, Default)]
pub struct Environment(BTreeMap<OsString, OsString>);

impl Environment {
    pub fn of_process() -> Self {
        Self(std::env::vars_os().collect())
    }

    /// The value of a variable that is not empty.
    pub fn get(&self, name: &str) -> Option<String> {
        self.text(name).and_then(Result::ok).filter(|text| !text.is_empty())
    }

    /// `Err`: the value is not UTF-8.
    fn text(&self, name: &str) -> Option<Result<String, ()>> {
        self.0.get(std::ffi::OsStr::new(name)).map(|text| text.clone().into_string().map_err(drop))
    }

    /// Names that start with our prefix.
    fn ours(&self) -> impl Iterator<Item = &str> {
        self.0.keys().filter_map(|name| name.to_str()).filter(|name| name.starts_with(PREFIX))
    }
}

impl<K: Into<OsString>, V: Into<OsString>> FromIterator<(K, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(name, text)| (name.into(), text.into())).collect())
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    Default,
    File(PathBuf),
    Variable(String),
    Flag(String),
    /// Another setting implies it.
    Implied(&'static str),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Variable(name) => write!(f, "environment {name}"),
            Self::Flag(name) => write!(f, "--{name}"),
            Self::Implied(by) => write!(f, "implied by {by}"),
        }
    }
}

#[derive(Clone)]
pub struct Setting {
    pub option: &'static OptionSpec,
    text: String,
    pub source: Source,
}

impl Setting {
    /// The text, with a secret redacted.
    pub fn shown(&self) -> &str {
        match self.option.scope {
            Scope::Secret if !self.text.is_empty() => "(secret)",
            _ => &self.text,
        }
    }
}

impl fmt::Debug for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} = {:?} ({})", self.option.key, self.shown(), self.source)
    }
}

#[derive(Debug, Clone, Default)]
pub struct Settings(Vec<Setting>);

impl Settings {
    pub fn iter(&self) -> impl Iterator<Item = &Setting> {
        self.0.iter()
    }

    pub fn source(&self, key: &str) -> Option<&Source> {
        self.0.iter().find(|setting| setting.option.key == key).map(|setting| &setting.source)
    }
}

/// Reads values, and collects errors.
#[derive(Debug)]
pub(super) struct OptionReader {
    settings: Settings,
    problems: Vec<String>,
    warnings: Vec<String>,
}

impl OptionReader {
    pub(super) fn new(flags: &Flags, environment: &Environment) -> Self {
        let mut reader = Self { settings: Settings::default(), problems: Vec::new(), warnings: Vec::new() };
        let (path, file) = reader.file(flags, environment);
        for option in OPTIONS {
            let flag = flags.get(option.key).map(|text| (text.to_owned(), Source::Flag(option.flag())));
            let (text, source) = flag
                .or_else(|| reader.variable(option, environment))
                .or_else(|| file.get(option.key).map(|text| (text.clone(), Source::File(path.clone()))))
                .unwrap_or_else(|| (option.default.to_owned(), Source::Default));
            reader.settings.0.push(Setting { option, text: text.trim().to_owned(), source });
        }
        reader.trust_the_platform();
        reader.unknown_variables(environment);
        reader
    }

    fn variable(
        &mut self,
        option: &'static OptionSpec,
        environment: &Environment,
    ) -> Option<(String, Source)> {
        let own = (option.variable(), "");
        let names = std::iter::once(own)
            .chain(option.aliases.iter().map(|alias| (alias.name.to_owned(), alias.prefix)));
        for (name, prefix) in names {
            match environment.text(&name) {
                None => {}
                Some(Err(())) => self.problem(format!("the variable {name} is not UTF-8; set it again")),
                // An empty secret is an error.
                Some(Ok(text)) if text.trim().is_empty() && option.scope == Scope::Secret => {
                    self.problem(format!("the variable {name} is empty; set a secret, or unset it"));
                }
                // Other empty variables count as unset: compose files pass on variables that are not set.
                Some(Ok(text)) if text.trim().is_empty() => {}
                Some(Ok(text)) => return Some((format!("{prefix}{}", text.trim()), Source::Variable(name))),
            }
        }
        None
    }

    fn file(&mut self, flags: &Flags, environment: &Environment) -> (PathBuf, BTreeMap<String, String>) {
        let named = flags
            .file()
            .map(Path::to_path_buf)
            .or_else(|| environment.get("ORDERCAST_CONFIG").map(Into::into));
        let path = named.clone().unwrap_or_else(|| PathBuf::from(USUAL_FILE));
        let mut values = BTreeMap::new();
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && named.is_none() => {
                return (path, values);
            }
            Err(error) => {
                self.problem(format!("cannot read the configuration file {}: {error}", path.display()));
                return (path, values);
            }
        };
        let table = match text.parse::<toml::Table>() {
            Ok(table) => table,
            Err(error) => {
                let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
                let line = before.matches('\n').count() + 1;
                self.problem(format!(
                    "{}, line {line}, is not valid TOML: {}",
                    path.display(),
                    error.message()
                ));
                return (path, values);
            }
        };
        for (key, value) in table {
            if OptionSpec::find(&key).is_none() {
                self.problem(format!("{} has an unknown key {key:?}{}", path.display(), meant(&key)));
                continue;
            }
            match as_text(&value) {
                Some(text) => drop(values.insert(key, text)),
                None => self.problem(format!(
                    "{}: {key} must be a string, a number, true, false or a list",
                    path.display()
                )),
            }
        }
        (path, values)
    }

    /// Platforms that set `PORT` have a proxy in front, which is trusted.
    fn trust_the_platform(&mut self) {
        let platform = self.settings.source("listen") == Some(&Source::Variable("PORT".to_owned()));
        let trusted = self.settings.0.iter_mut().find(|setting| setting.option.key == "trusted_proxies");
        if let Some(setting) = trusted.filter(|setting| platform && setting.source == Source::Default) {
            "loopback, private".clone_into(&mut setting.text);
            setting.source = Source::Implied("PORT");
        }
    }

    fn unknown_variables(&mut self, environment: &Environment) {
        for name in environment.ours().filter(|name| !OTHER_VARIABLES.contains(name)) {
            let key = name.trim_start_matches(PREFIX).to_lowercase();
            if OptionSpec::find(&key).is_none_or(|option| option.variable() != name) {
                let near = nearest(&key)
                    .map(|near| format!("; did you mean {}?", near.variable()))
                    .unwrap_or_default();
                self.warnings.push(format!("the variable {name} is not an option of ordercast{near}"));
            }
        }
    }

    pub(super) fn problem(&mut self, problem: String) {
        self.problems.push(problem);
    }

    pub(super) fn value<T: FromStr>(&mut self, key: &str) -> T
    where
        T::Err: fmt::Display,
    {
        match self.parse(key) {
            Ok(value) => value,
            Err(problem) => {
                self.problems.push(problem);
                self.fallback(key)
            }
        }
    }

    pub(super) fn optional<T: FromStr>(&mut self, key: &str) -> Option<T>
    where
        T::Err: fmt::Display,
    {
        if self.setting(key).text.is_empty() {
            return None;
        }
        self.parse(key).map_err(|problem| self.problems.push(problem)).ok()
    }

    fn parse<T: FromStr>(&self, key: &str) -> Result<T, String>
    where
        T::Err: fmt::Display,
    {
        let setting = self.setting(key);
        setting.text.parse().map_err(|error: T::Err| {
            let found =
                if setting.text.is_empty() { "nothing".to_owned() } else { format!("{:?}", setting.shown()) };
            format!("{key} {error}; found {found} ({})", setting.source)
        })
    }

    /// The default after an error, so that the remaining options are checked too.
    fn fallback<T: FromStr>(&self, key: &str) -> T {
        let parsed = self.setting(key).option.default.parse().ok();
        parsed.unwrap_or_else(|| unreachable!("the default of {key} is valid"))
    }

    fn setting(&self, key: &str) -> &Setting {
        let found = self.settings.0.iter().find(|setting| setting.option.key == key);
        found.unwrap_or_else(|| unreachable!("{key} is in the table"))
    }

    pub(super) fn finish(self) -> Result<(Settings, Vec<String>), ConfigError> {
        if self.problems.is_empty() {
            Ok((self.settings, self.warnings))
        } else {
            Err(ConfigError { problems: self.problems })
        }
    }
}

fn as_text(value: &toml::Value) -> Option<String> {
    Some(match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Integer(number) => number.to_string(),
        toml::Value::Boolean(truth) => truth.to_string(),
        toml::Value::Array(values) => values.iter().map(as_text).collect::<Option<Vec<_>>>()?.join(","),
        toml::Value::Float(_) | toml::Value::Datetime(_) | toml::Value::Table(_) => return None,
    })
}

fn meant(key: &str) -> String {
    match nearest(key) {
        Some(near) => format!("; did you mean {:?}?", near.key),
        None => "; `ordercast config` lists the known ones".to_owned(),
    }
}

/// The option with the most similar key, if any is similar.
fn nearest(key: &str) -> Option<&'static OptionSpec> {
    let key = key.replace('-', "_").to_lowercase();
    let scored = OPTIONS.iter().map(|option| (strsim::jaro_winkler(&key, option.key), option));
    let best = scored.max_by(|a, b| a.0.total_cmp(&b.0))?;
    (best.0 > 0.7).then_some(best.1)
}
