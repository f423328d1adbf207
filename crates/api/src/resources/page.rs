//! Parameters that lists have in common.

use std::str::FromStr;

use serde::Deserialize;

use crate::problem::{Code, Problem};

pub(crate) const MAX_LIMIT: usize = 200;
pub(crate) const DEFAULT_LIMIT: usize = 50;

/// The query parameter `limit`: entries per page, 1 to 200.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "usize")]
pub(crate) struct PageLimit(usize);

impl PageLimit {
    pub(crate) fn get(self) -> usize {
        self.0
    }
}

impl FromStr for PageLimit {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse::<usize>().ok().and_then(|limit| Self::try_from(limit).ok()).ok_or("must be 1 to 200")
    }
}

impl TryFrom<usize> for PageLimit {
    type Error = &'static str;

    fn try_from(limit: usize) -> Result<Self, Self::Error> {
        if (1..=MAX_LIMIT).contains(&limit) { Ok(Self(limit)) } else { Err("must be 1 to 200") }
    }
}

/// The problem for an invalid query parameter.
pub(crate) fn invalid(field: &'static str, rule: &'static str) -> Problem {
    Problem::new(Code::InvalidQuery).detail(format!("`{field}` {rule}.")).error(field, rule)
}
