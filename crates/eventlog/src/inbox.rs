//! What somebody should know of: the events that concern them, as lines with a state of being read.
//!
//! A line is no record of its own. It is its event, told by [`Notification`]; that it is somebody's is an entry in an
//! index, written in the event's transaction. What is kept for a person is how far they have read.

use std::collections::BTreeMap;
use std::sync::Arc;

use orders::notification::Category;
use orders::{EventId, Notification};

use crate::cursor::Seq;
use crate::stored_event::StoredEvent;
use crate::topic::Inbox;

/// Unread lines are counted up to here; this many mean "or more".
pub const MAX_UNREAD: usize = 999;

/// Lines that are kept as read one by one. Past it the older half becomes the mark up to which everything is read.
pub const MAX_READ_ABOVE: usize = 256;

/// Which lines, newest first.
#[derive(Debug, Clone)]
pub struct InboxFilter {
    /// Whose.
    pub inbox: Inbox,
    /// About this alone.
    pub category: Option<Category>,
    /// Only what is unread.
    pub unread: bool,
    /// Only what happened up to this place, included.
    pub through: Option<Seq>,
    /// At most so many.
    pub limit: usize,
}

/// One line.
#[derive(Debug, Clone)]
pub struct InboxEntry {
    /// The event that it tells.
    pub stored: Arc<StoredEvent>,
    /// What it says.
    pub notification: Notification,
    /// Whether they have read it. What they did themselves counts as read.
    pub read: bool,
    /// Whether they did it themselves.
    pub own: bool,
}

/// A page of lines. It may hold fewer than were asked for and yet not be the last: a look goes only so far.
#[derive(Debug, Clone)]
pub struct InboxPage {
    /// Newest first.
    pub entries: Vec<InboxEntry>,
    /// Up to which place the next page goes; `None` at the end.
    pub next: Option<Seq>,
    /// How many are unread, whatever was asked for; [`MAX_UNREAD`] or more.
    pub unread: usize,
}

/// Something was read.
#[derive(Debug, Clone)]
pub struct MarkRead {
    /// In whose inbox.
    pub inbox: Inbox,
    /// What.
    pub mark: Mark,
}

/// What was read. The caller has looked up that the line is theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// One line.
    One {
        /// Its event's place.
        seq: Seq,
        /// Its event's id.
        id: EventId,
    },
    /// Every line up to a place, included.
    Through(Seq),
    /// Every line there is.
    All,
}

/// What somebody has read, all of it: who has this needs nothing that was told before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadState {
    /// Everything up to here.
    pub through: Seq,
    /// And of what came after it, this; at most [`MAX_READ_ABOVE`].
    pub above: BTreeMap<Seq, EventId>,
    /// What is left; [`MAX_UNREAD`] or more.
    pub unread: usize,
}
