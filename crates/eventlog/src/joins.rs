//! Which orders live clients have joined, stored for when they come back, also after a restart. The live connections decide
//! what is in it, and when it is removed.

/// What is stored of one client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredJoins {
    /// Identifies the client when it comes back.
    pub client: Box<str>,
    /// JSON of the live connections.
    pub state: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JoinsChange {
    /// Inserts or replaces what is stored of a client.
    Store(StoredJoins),
    Remove {
        client: Box<str>,
    },
}
