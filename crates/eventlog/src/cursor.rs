//! Positions in the log.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// The position of an event in the log: 1, 2, 3 … without a gap, in commit order. 0 is before the first event.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seq(pub u64);

impl Seq {
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// As SQLite stores it.
    pub(crate) fn sql(self) -> i64 {
        i64::try_from(self.0).unwrap_or(i64::MAX)
    }
}

/// Names one history of the log. Restoring a backup starts a new epoch, because the log forks there: after it the same
/// `seq` names another event.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Epoch(Arc<str>);

impl Epoch {
    /// A new epoch. `random` is a UUIDv7 or a random UUID.
    pub fn mint(random: uuid::Uuid) -> Self {
        let simple = random.simple().to_string();
        // The tail of a UUIDv7 is the random part.
        Self(Arc::from(&simple[simple.len() - 12..]))
    }

    /// An epoch that was stored or received. Its text is not checked.
    pub fn stored(text: &str) -> Self {
        Self(Arc::from(text))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A position in one history, on the wire `epoch:seq`. It is opaque to clients, which send back the last one they saw.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Cursor {
    pub epoch: Epoch,
    /// The last event that is included.
    pub seq: Seq,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.epoch.as_str(), self.seq.0)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a cursor is sent back exactly as it was received")]
pub struct InvalidCursor;

impl FromStr for Cursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, InvalidCursor> {
        let (epoch, seq) = text.split_once(':').ok_or(InvalidCursor)?;
        let plain = (1..=64).contains(&epoch.len()) && epoch.bytes().all(|b| b.is_ascii_alphanumeric());
        let digits = (1..=18).contains(&seq.len()) && seq.bytes().all(|b| b.is_ascii_digit());
        if !plain || !digits {
            return Err(InvalidCursor);
        }
        Ok(Self { epoch: Epoch::stored(epoch), seq: Seq(seq.parse().map_err(|_| InvalidCursor)?) })
    }
}

impl Serialize for Cursor {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_its_text() {
        let cursor = Cursor { epoch: Epoch::mint(uuid::Uuid::from_u128(7)), seq: Seq(42) };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for bad in ["", ":", "a:", ":1", "a:-1", "a:1x", "a b:1", "a:1:2", "a:99999999999999999999"] {
            assert_eq!(bad.parse::<Cursor>(), Err(InvalidCursor), "{bad:?}");
        }
    }
}
