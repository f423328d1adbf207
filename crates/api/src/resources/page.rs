//! What the lists have in common: how much of one is asked for, and how a wrong parameter is told.

use serde::Deserialize;

use crate::problem::{Code, Problem};

/// The most entries of a page.
const MAX_LIMIT: usize = 200;
/// The entries of a page when nothing is said.
pub(crate) const DEFAULT_LIMIT: usize = 50;

/// How many entries a page has at most: 1 to 200. In a query it is `limit`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "usize")]
pub(crate) struct PageLimit(usize);

impl PageLimit {
    /// The number.
    pub(crate) fn get(self) -> usize {
        self.0
    }
}

impl TryFrom<usize> for PageLimit {
    type Error = &'static str;

    fn try_from(limit: usize) -> Result<Self, Self::Error> {
        if (1..=MAX_LIMIT).contains(&limit) { Ok(Self(limit)) } else { Err("must be 1 to 200") }
    }
}

/// A parameter that breaks a rule.
pub(crate) fn invalid(field: &'static str, rule: &'static str) -> Problem {
    Problem::new(Code::InvalidQuery).detail(format!("`{field}` {rule}.")).error(field, rule)
}
