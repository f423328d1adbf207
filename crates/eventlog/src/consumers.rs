//! Named consumers: readers of the whole log with a stored position, such as a relay to a broker or a sender of e-mail.
//!
//! A consumer reads events, does its work, and then stores how far it got. After a crash it reads the events since the
//! stored position again: it sees every event at least once and in order. Retention keeps events for the slowest
//! consumer, but no longer than [`KEEP_FOR_CONSUMERS`] past their usual time. A consumer that is slower than that gets
//! [`ConsumerError::Pruned`](crate::ConsumerError::Pruned); remove it and register it again to go on.
//!
//! [`LogConsumer`](crate::LogConsumer) reads; positions are changed with [`Writer::consumer`](crate::Writer::consumer).

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::cursor::{Cursor, Seq};
use jiff::{SignedDuration, Timestamp};

/// How much longer than usual retention keeps an event that a consumer has not read.
pub const KEEP_FOR_CONSUMERS: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Lower-case letters, digits, `-`, `_` and `.`; 1 to 64 of them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConsumerName(Arc<str>);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a consumer's name has 1 to 64 lower-case letters, digits, '-', '_' or '.'")]
pub struct InvalidConsumerName;

impl ConsumerName {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ConsumerName {
    type Err = InvalidConsumerName;

    fn from_str(text: &str) -> Result<Self, InvalidConsumerName> {
        let allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.');
        let valid = (1..=64).contains(&text.len()) && text.bytes().all(allowed);
        if valid { Ok(Self(Arc::from(text))) } else { Err(InvalidConsumerName) }
    }
}

impl fmt::Display for ConsumerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A registered consumer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consumer {
    pub name: ConsumerName,
    /// It has processed every event up to and including this one.
    pub position: Seq,
    /// When the position was last stored.
    pub updated_at: Timestamp,
}

/// Where a consumer starts that was not registered before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StartAt {
    /// With the oldest event that retention has left.
    Oldest,
    /// With the next event.
    Head,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConsumerChange {
    /// Leaves a consumer that is registered already as it is.
    Register {
        name: ConsumerName,
        start: StartAt,
    },
    /// Stores that everything up to `to` is processed. A position never goes back: an older one is ignored.
    Advance {
        name: ConsumerName,
        to: Cursor,
    },
    Remove {
        name: ConsumerName,
    },
}

impl ConsumerChange {
    pub(crate) fn name(&self) -> &ConsumerName {
        let (Self::Register { name, .. } | Self::Advance { name, .. } | Self::Remove { name }) = self;
        name
    }
}

/// Why a consumer was not changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConsumerRefusal {
    #[error("no consumer {0} is registered")]
    Unknown(ConsumerName),
    #[error("retention deleted events that consumer {0} has not read: remove it and register it again")]
    Pruned(ConsumerName),
    #[error("the position is of another history of the log: a backup was restored")]
    EpochChanged,
    #[error("the position is past the log's head")]
    PastHead,
}

/// What becomes of a stored consumer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ConsumerWrite {
    Keep(Consumer),
    Store(Consumer),
    Remove(Consumer),
}

/// Decides a change. `pruned` is the newest event that retention deleted.
pub(crate) fn decide_change(
    change: &ConsumerChange,
    stored: Option<Consumer>,
    head: &Cursor,
    pruned: Seq,
    now: Timestamp,
) -> Result<ConsumerWrite, ConsumerRefusal> {
    let name = change.name();
    match (change, stored) {
        (ConsumerChange::Register { .. }, Some(stored)) => Ok(ConsumerWrite::Keep(stored)),
        (ConsumerChange::Register { start, .. }, None) => {
            let position = match start {
                StartAt::Oldest => pruned,
                StartAt::Head => head.seq,
            };
            Ok(ConsumerWrite::Store(Consumer { name: name.clone(), position, updated_at: now }))
        }
        (ConsumerChange::Advance { .. } | ConsumerChange::Remove { .. }, None) => {
            Err(ConsumerRefusal::Unknown(name.clone()))
        }
        (ConsumerChange::Advance { to, .. }, Some(stored)) => {
            if to.epoch != head.epoch {
                Err(ConsumerRefusal::EpochChanged)
            } else if stored.position < pruned {
                Err(ConsumerRefusal::Pruned(name.clone()))
            } else if to.seq > head.seq {
                Err(ConsumerRefusal::PastHead)
            } else if to.seq <= stored.position {
                Ok(ConsumerWrite::Keep(stored))
            } else {
                Ok(ConsumerWrite::Store(Consumer { position: to.seq, updated_at: now, ..stored }))
            }
        }
        (ConsumerChange::Remove { .. }, Some(stored)) => Ok(ConsumerWrite::Remove(stored)),
    }
}

/// Which events retention keeps because a consumer has not read them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RetentionHold {
    /// Everything after this one is unread by some consumer.
    slowest: Option<Seq>,
    /// Events before this time are deleted all the same.
    until: Timestamp,
}

impl RetentionHold {
    /// `pruned` is the newest event that is deleted already: a consumer that misses it holds nothing back any more.
    pub(crate) fn new(consumers: &[Consumer], pruned: Seq, until: Timestamp) -> Self {
        let positions = consumers.iter().map(|consumer| consumer.position);
        Self { slowest: positions.filter(|position| *position >= pruned).min(), until }
    }

    pub(crate) fn keeps(&self, seq: Seq, at: Timestamp) -> bool {
        self.slowest.is_some_and(|slowest| seq > slowest) && at >= self.until
    }
}

/// The consumers that lose events when retention deletes everything after `from` up to `upto`.
pub(crate) fn overtaken(consumers: &[Consumer], from: Seq, upto: Seq) -> impl Iterator<Item = &Consumer> {
    consumers.iter().filter(move |consumer| (from..upto).contains(&consumer.position))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_parsed() {
        for good in ["relay", "e-mail.v2", "a", "0_1"] {
            assert_eq!(good.parse::<ConsumerName>().unwrap().as_str(), good);
        }
        for bad in ["", "Relay", "a b", "é", &"x".repeat(65)] {
            assert_eq!(bad.parse::<ConsumerName>(), Err(InvalidConsumerName), "{bad:?}");
        }
    }
}
