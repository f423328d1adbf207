//! State beside the log that the server has again after a restart. Its owner decides what is in it, and when it is removed.

use std::collections::HashSet;

use serde::Serialize;

/// Whose state it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StateOwner {
    /// The orders that live clients have joined, by client.
    Joins,
    /// Locations that came too soon after the last one, by order.
    Locations,
}

impl StateOwner {
    /// The stored name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Joins => "joins",
            Self::Locations => "locations",
        }
    }
}

/// State under a key of its owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptState {
    pub key: Box<str>,
    /// JSON of the owner.
    pub state: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StateChange {
    /// Inserts the state, or replaces the one of the same key.
    Keep(KeptState),
    Remove {
        key: Box<str>,
    },
}

/// Keys whose stored state differs from the state in memory.
#[derive(Debug, Default)]
pub struct UnsavedKeys(HashSet<Box<str>>);

impl UnsavedKeys {
    pub fn insert(&mut self, key: impl Into<Box<str>>) {
        self.0.insert(key.into());
    }

    /// The changes that store the state in memory, which `state` returns by key. `None` removes the stored state.
    pub fn take<'a, S: Serialize + 'a>(&mut self, state: impl Fn(&str) -> Option<&'a S>) -> Vec<StateChange> {
        let change = |key: Box<str>| match state(&key).map(serde_json::to_string) {
            Some(Ok(state)) => StateChange::Keep(KeptState { key, state }),
            Some(Err(_)) | None => StateChange::Remove { key },
        };
        std::mem::take(&mut self.0).into_iter().map(change).collect()
    }

    /// Returns changes that could not be stored, so that the next [`take`](Self::take) has their keys again.
    pub fn put_back(&mut self, changes: Vec<StateChange>) {
        self.0.extend(changes.into_iter().map(|change| match change {
            StateChange::Keep(KeptState { key, .. }) | StateChange::Remove { key } => key,
        }));
    }
}
