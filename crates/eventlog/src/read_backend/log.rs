//! The log itself: its head, and what a reader missed.

use async_trait::async_trait;

use super::ReadAt;
use crate::consumers::Consumer;
use crate::cursor::{Cursor, Seq};
use crate::error::LogError;
use crate::stored_event::EventWithContext;
use crate::topic::Topic;

#[async_trait]
pub trait LogQueries: Send + Sync + 'static {
    /// The position of the newest committed event.
    async fn head(&self) -> Result<Cursor, LogError>;

    /// The events of a topic after `after`, in log order; at most `limit`.
    async fn tail(&self, topic: Topic, after: Seq, limit: usize) -> Result<EventPage, TailError>;

    /// The events of all stores and products after `after`, in log order; at most `limit`.
    async fn events(&self, after: Seq, limit: usize) -> Result<EventPage, TailError>;

    /// The registered consumers, by name. How far one is behind is the distance between its position and the cursor.
    async fn consumers(&self) -> Result<ReadAt<Vec<Consumer>>, LogError>;
}

/// Part of the log, in order.
#[derive(Debug, Clone)]
pub struct EventPage {
    pub events: Vec<EventWithContext>,
    /// The page is complete up to and including this position.
    pub through: Seq,
    /// The log's head at that moment. Nothing is missing when `through` reaches it.
    pub head: Seq,
}

#[derive(Debug, thiserror::Error)]
pub enum TailError {
    /// Retention deleted some of the events.
    #[error("the log no longer reaches back so far")]
    Pruned,
    #[error(transparent)]
    Log(#[from] LogError),
}
