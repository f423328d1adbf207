//! Inboxes: for each person, the events that concern them, each with a read state.
//!
//! An entry is not stored. It is made from its event by [`Notification`] when it is read, and an index says which
//! events have an entry. Stored for each inbox is only what was read: see [`ReadMarks`].

mod read_marks;

use std::collections::BTreeMap;
use std::sync::Arc;

use orders::notification::Category;
use orders::{EventId, Notification, Partner};

use crate::cursor::Seq;
use crate::stored_event::StoredEvent;
use crate::topic::Inbox;

pub use read_marks::{ReadMarks, UnreadRange};

/// Unread entries are counted up to this number, which then means "or more".
pub const MAX_UNREAD: usize = 999;

/// Entries that are remembered as read one by one. Past it, everything up to the median of them counts as read.
pub const MAX_READ_ABOVE: usize = 256;

/// Which entries to list, newest first.
#[derive(Debug, Clone)]
pub struct InboxFilter {
    pub inbox: Inbox,
    /// `None`: all categories.
    pub category: Option<Category>,
    /// Only unread entries.
    pub unread: bool,
    /// Only events up to and including this one.
    pub through: Option<Seq>,
    pub limit: usize,
}

#[derive(Debug, Clone)]
pub struct InboxEntry {
    pub stored: Arc<StoredEvent>,
    pub notification: Notification,
    /// The reader's own actions count as read.
    pub read: bool,
    /// Whether the reader caused the event.
    pub own: bool,
}

impl InboxEntry {
    /// The entry of an event; `None` when the event has none in this inbox. `partner` delivers the order.
    pub fn of(
        inbox: &Inbox,
        marks: &ReadMarks,
        stored: StoredEvent,
        partner: Option<&Partner>,
    ) -> Option<Self> {
        if !inbox.topic().contains(&stored.event.subject) {
            return None;
        }
        let notification = Notification::new(&stored.event, inbox.audience(), partner)?;
        let own = stored.event.actor.user() == Some(inbox.reader());
        let read = own || marks.is_read(stored.seq);
        Some(Self { stored: stored.into(), notification, read, own })
    }
}

/// A page of entries. It can hold fewer than the limit without being the last one, because one query looks at a limited
/// number of events.
#[derive(Debug, Clone)]
pub struct InboxPage {
    /// Newest first.
    pub entries: Vec<InboxEntry>,
    /// [`InboxFilter::through`] of the next page; `None` on the last page.
    pub next: Option<Seq>,
    /// Unread entries of the whole inbox, whatever the filter; at most [`MAX_UNREAD`].
    pub unread: usize,
}

/// A request to mark entries as read.
#[derive(Debug, Clone)]
pub struct MarkRead {
    pub inbox: Inbox,
    pub mark: Mark,
}

/// Which entries to mark as read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// The entry of one event. The caller has checked that the inbox holds it.
    One {
        seq: Seq,
        id: EventId,
    },
    /// Every entry up to and including this position.
    Through(Seq),
    All,
}

/// Everything that was read in an inbox. It is complete: a client needs no earlier state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadState {
    /// Everything up to and including this position.
    pub through: Seq,
    /// Entries after `through` that were read one by one; at most [`MAX_READ_ABOVE`].
    pub above: BTreeMap<Seq, EventId>,
    /// Unread entries; at most [`MAX_UNREAD`].
    pub unread: usize,
}
