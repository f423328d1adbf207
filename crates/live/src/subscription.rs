//! One listener's position in the log.

use std::sync::Arc;

use log::{Cursor, LogError, OrderFilter, Page, Seq, TailError};
use serde::Serialize;
use tokio::sync::watch;

use crate::hub::{Entry, Hub, Listeners};
use crate::topic::Topic;

/// The most events handed over at once.
const PORTION: usize = 256;
/// Orders in the snapshot that comes with a reset.
const SNAPSHOT: usize = 50;

/// A listener. Holds a position, not a queue.
pub struct Subscription {
    hub: Arc<Hub>,
    topic: Topic,
    listeners: Arc<Listeners>,
    woken: watch::Receiver<Seq>,
    position: Position,
}

enum Position {
    /// Everything up to here has been delivered.
    At(Seq),
    /// Where the client says it was cannot be resumed.
    Lost(ResetReason),
}

/// Why a client has to start over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ResetReason {
    /// Its cursor is of another history: a backup was restored.
    EpochChanged,
    /// Its cursor is before what the log keeps.
    TooOld,
    /// Its cursor is no cursor, or of a future that never came.
    UnknownCursor,
}

/// What a listener gets next.
#[derive(Debug)]
pub enum Delivery {
    /// Events, in order, each once.
    Events(Vec<Arc<Entry>>),
    /// It has to start over: the newest orders of its scope, and the cursor from which it goes on.
    Reset {
        /// Why.
        reason: ResetReason,
        /// The newest orders.
        snapshot: Page,
        /// Everything up to here is in the snapshot.
        cursor: Cursor,
    },
}

impl Subscription {
    pub(crate) fn new(hub: Arc<Hub>, topic: Topic, listeners: Arc<Listeners>, after: Option<Cursor>) -> Self {
        let woken = listeners.newest.subscribe();
        let head = hub.head();
        let position = match after {
            None => Position::At(head),
            Some(cursor) if cursor.epoch != *hub.epoch() => Position::Lost(ResetReason::EpochChanged),
            // A cursor that an answer gave away may be a moment ahead of the hub, never more than what is in flight.
            Some(cursor) if cursor.seq.0 > head.0.saturating_add(PORTION as u64 * 16) => {
                Position::Lost(ResetReason::UnknownCursor)
            }
            Some(cursor) => Position::At(cursor.seq),
        };
        Self { hub, topic, listeners, woken, position }
    }

    /// A listener whose cursor could not even be read.
    #[must_use]
    pub fn lost(mut self) -> Self {
        self.position = Position::Lost(ResetReason::UnknownCursor);
        self
    }

    /// What it listens to.
    pub fn topic(&self) -> &Topic {
        &self.topic
    }

    /// Where it is.
    pub fn cursor(&self) -> Cursor {
        match self.position {
            Position::At(seq) => self.hub.cursor_at(seq),
            Position::Lost(_) => self.hub.cursor(),
        }
    }

    /// Whether it goes on where the client was.
    pub fn resumes(&self) -> bool {
        matches!(self.position, Position::At(_))
    }

    /// Only the waking: changes whenever something happened in the topic.
    pub(crate) fn into_wake(self) -> watch::Receiver<Seq> {
        self.woken
    }

    /// What comes next; waits until there is something. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Result<Delivery, LogError> {
        loop {
            let after = match self.position {
                Position::At(seq) => seq,
                Position::Lost(reason) => return self.reset(reason).await,
            };
            // Marked before looking, so that what comes in while we look wakes us.
            self.woken.borrow_and_update();
            if let Some((entries, upto)) = self.hub.recent(&self.topic, &self.listeners, after, PORTION) {
                if !entries.is_empty() {
                    self.position = Position::At(upto);
                    return Ok(Delivery::Events(entries));
                }
                // The hub holds the sender as long as it lives, and we hold the hub.
                drop(self.woken.changed().await);
                continue;
            }
            let stretch = match self.hub.queries().tail(self.topic.scope(), after, PORTION).await {
                Ok(stretch) => stretch,
                Err(TailError::Pruned) => {
                    self.position = Position::Lost(ResetReason::TooOld);
                    continue;
                }
                Err(TailError::Log(error)) => return Err(error),
            };
            self.position = Position::At(stretch.upto.max(after));
            if !stretch.events.is_empty() {
                let entries = stretch.events.into_iter().map(|told| Arc::new(Entry::new(told)));
                return Ok(Delivery::Events(entries.collect()));
            }
        }
    }

    async fn reset(&mut self, reason: ResetReason) -> Result<Delivery, LogError> {
        let page = self.hub.queries().orders(OrderFilter::newest(self.topic.scope(), SNAPSHOT)).await?;
        self.position = Position::At(page.cursor.seq);
        Ok(Delivery::Reset { reason, snapshot: page.value, cursor: page.cursor })
    }
}
