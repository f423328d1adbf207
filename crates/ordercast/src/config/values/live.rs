//! Names that Socket.IO clients of other servers use.

use std::str::FromStr;

use super::network::list;

/// The most names of one kind, and the most bytes of a name.
const MAX_NAMES: usize = 32;
const MAX_BYTES: usize = 64;

/// Names of the event that joins an order.
#[derive(Debug, Clone, Default)]
pub struct JoinEvents(pub Vec<String>);

impl FromStr for JoinEvents {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let names: Vec<String> = list(text).map(str::to_owned).collect();
        let names_an_event = |name: &String| {
            let word = name.to_ascii_lowercase();
            name.len() <= MAX_BYTES
                && (word.contains("join") || word.contains("track"))
                && !name.chars().any(|c| c.is_whitespace() || c.is_control())
        };
        match names.iter().find(|name| !names_an_event(name)) {
            Some(bad) => Err(format!(
                "must be names of at most {MAX_BYTES} bytes that contain join or track, such as join_order; {bad} does \
                 not"
            )),
            None if names.len() > MAX_NAMES => Err(format!("must be at most {MAX_NAMES} names")),
            None => Ok(Self(names)),
        }
    }
}

/// Socket.IO namespaces.
#[derive(Debug, Clone, Default)]
pub struct Namespaces(pub Vec<String>);

impl FromStr for Namespaces {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // `api`, `/api` and `/api/` are the same.
        let names: Vec<String> = list(text).map(|name| format!("/{}", name.trim_matches('/'))).collect();
        let is_namespace = |name: &String| {
            (2..=MAX_BYTES).contains(&name.len())
                && !name.contains('?')
                && !name.chars().any(|c| c.is_whitespace() || c.is_control())
        };
        match names.iter().find(|name| !is_namespace(name)) {
            Some(bad) => {
                Err(format!("must be names of at most {MAX_BYTES} bytes, such as /api; {bad} is not"))
            }
            None if names.len() > MAX_NAMES => Err(format!("must be at most {MAX_NAMES} names")),
            None => Ok(Self(names)),
        }
    }
}
