//! The environment a measured server runs in: this list and nothing else, so that what happens to be set in
//! somebody's shell does not change a measurement.

use std::str::FromStr;

use serde::Serialize;

/// One `NAME=VALUE`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(into = "String")]
pub(crate) struct Variable {
    /// Its name.
    pub(crate) name: String,
    /// Its value.
    pub(crate) value: String,
}

/// Signs the tokens of a run. It protects nothing: the server listens on the loopback and ends with the run.
pub(crate) const SECRET: &str = "ordercast-bench-signs-with-this-and-protects-nothing";

/// What every measured server gets; `--env` adds to it and overrides it.
const SERVER: &[(&str, &str)] = &[
    // HS256 tokens that this program makes itself are accepted.
    ("JWT_SECRET", SECRET),
    // 64 connections from one address, by a thousand customers in turn, are what rate limits are there to stop.
    ("ORDERCAST_RATE_LIMIT_ADDRESS", "off"),
    ("ORDERCAST_RATE_LIMIT_ACCOUNT", "off"),
];

/// Variables that are handed on from our own environment, where they are set.
const INHERITED: &[&str] = &["PATH", "HOME", "TMPDIR", "RUST_BACKTRACE"];

/// The whole environment of a server.
pub(crate) fn for_server(extra: &[Variable]) -> Vec<Variable> {
    let inherited = INHERITED.iter().filter_map(|name| {
        std::env::var(name).ok().map(|value| Variable { name: (*name).to_owned(), value })
    });
    let fixed =
        SERVER.iter().map(|(name, value)| Variable { name: (*name).to_owned(), value: (*value).to_owned() });
    // The last one of a name wins.
    inherited.chain(fixed).chain(extra.iter().cloned()).collect()
}

impl FromStr for Variable {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('=') {
            Some((name, value)) if !name.is_empty() => {
                Ok(Self { name: name.to_owned(), value: value.to_owned() })
            }
            _ => Err("expected NAME=VALUE"),
        }
    }
}

impl From<Variable> for String {
    fn from(variable: Variable) -> Self {
        format!("{}={}", variable.name, variable.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_needs_a_name() {
        let variable: Variable = "A=b=c".parse().unwrap();
        assert_eq!((&*variable.name, &*variable.value), ("A", "b=c"));
        assert!("A".parse::<Variable>().is_err());
        assert!("=b".parse::<Variable>().is_err());
    }

    #[test]
    fn an_extra_variable_comes_after_the_fixed_ones() {
        let all = for_server(&["ORDERCAST_RATE_LIMIT_ADDRESS=on".parse().unwrap()]);
        assert_eq!(all.last().map(|variable| &*variable.value), Some("on"));
    }
}
