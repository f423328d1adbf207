//! State beside the log that the server has again after a restart. Its owner decides what is in it, and when it is removed.

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
