//! Events that are delivered to connected clients and not stored.

use std::sync::Arc;

use orders::view::Person;
use orders::{OrderNumber, StoreId, UserId};

use crate::inbox::ReadState;
use crate::topic::{Inbox, Topic};

/// An event without a position in the log: a client that is not connected never receives it, and nothing resumes from
/// it. Each one carries the whole state, so that a client needs only the last one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EphemeralEvent {
    /// A person read some of their notifications. For the other tabs and devices of that person.
    InboxRead { inbox: Inbox, state: Arc<ReadState> },
    /// Which staff have an order open. For the staff of the store.
    OrderViewers {
        store: StoreId,
        order: OrderNumber,
        viewers: Vec<Person>,
        /// Only for this member of the staff, where nothing changed for the others.
        only: Option<UserId>,
    },
}

impl EphemeralEvent {
    /// The topic whose subscribers receive it.
    pub fn topic(&self) -> Topic {
        match self {
            Self::InboxRead { inbox, .. } => inbox.topic().clone(),
            Self::OrderViewers { store, .. } => Topic::Store(store.clone()),
        }
    }

    /// The only person who receives it; `None` if every subscriber of the topic does.
    pub fn recipient(&self) -> Option<&UserId> {
        match self {
            Self::InboxRead { inbox, .. } => Some(inbox.reader()),
            Self::OrderViewers { only, .. } => only.as_ref(),
        }
    }
}
