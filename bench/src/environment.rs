//! The environment of a measured server: only this list, so that variables of a shell do not change a
//! measurement.

use std::str::FromStr;

use serde::Serialize;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(into = "String")]
pub(crate) struct Variable {
    pub(crate) name: String,
    pub(crate) value: String,
}

/// Signs the tokens of a run. It protects nothing: the server listens on the loopback interface, and ends with the run.
pub(crate) const SECRET: &str = "ordercast-bench-signs-with-this-and-protects-nothing";

/// The default variables. `--env` adds to them and overrides them.
const SERVER: &[(&str, &str)] = &[
    // The benchmark signs its own HS256 tokens.
    ("JWT_SECRET", SECRET),
    // Rate limits would stop 64 connections from one address.
    ("ORDERCAST_RATE_LIMIT_ADDRESS", "off"),
    ("ORDERCAST_RATE_LIMIT_ACCOUNT", "off"),
];

/// Variables that are inherited.
const INHERITED: &[&str] = &["PATH", "HOME", "TMPDIR", "RUST_BACKTRACE"];

pub(crate) fn for_server(extra: &[Variable]) -> Vec<Variable> {
    let inherited = INHERITED.iter().filter_map(|name| {
        std::env::var(name).ok().map(|value| Variable { name: (*name).to_owned(), value })
    });
    let fixed =
        SERVER.iter().map(|(name, value)| Variable { name: (*name).to_owned(), value: (*value).to_owned() });
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
