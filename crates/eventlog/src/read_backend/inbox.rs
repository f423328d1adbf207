//! Inboxes.

use async_trait::async_trait;
use orders::EventId;

use super::ReadAt;
use crate::error::LogError;
use crate::inbox::{InboxEntry, InboxFilter, InboxPage};
use crate::topic::Inbox;

#[async_trait]
pub trait InboxQueries: Send + Sync + 'static {
    /// A page of an inbox, newest first.
    async fn inbox(&self, filter: InboxFilter) -> Result<ReadAt<InboxPage>, LogError>;

    /// The number of unread entries, counted up to [`MAX_UNREAD`](crate::inbox::MAX_UNREAD).
    async fn unread(&self, inbox: Inbox) -> Result<ReadAt<usize>, LogError>;

    /// The entry of an event; `None` when the event has no entry in this inbox.
    async fn inbox_entry(&self, inbox: Inbox, id: EventId) -> Result<Option<InboxEntry>, LogError>;
}
