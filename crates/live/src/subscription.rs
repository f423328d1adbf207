//! One listener's position in the log.

use std::sync::Arc;

use eventlog::{Cursor, LogError, OrderFilter, OrderPage, Seq, TailError};
use serde::Serialize;

use crate::counters::CatchingUp;
use crate::hub::{Hub, LiveEvent};
use crate::registry::{Registration, Waiter};
use eventlog::Topic;

/// The most events handed over at once. A reader who stops reading holds one portion.
pub(crate) const CHUNK: usize = 64;
/// A cursor that an answer gave away may be this far ahead of the hub: as much as can be in flight.
const MAX_CURSOR_LEAD: u64 = 4096;
/// Orders in the snapshot that comes with a reset.
pub(crate) const SNAPSHOT_ORDERS: usize = 50;

/// A listener. Holds a position, not a queue.
pub struct Subscription {
    waiter: Waiter,
    position: Position,
    /// It is behind what is in memory.
    catching_up: Option<CatchingUp>,
}

/// Where a listener is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Position {
    /// Everything up to here has been delivered.
    At(Seq),
    /// Where the client says it was cannot be resumed.
    Reset(ResetReason),
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
    Events(Vec<Arc<LiveEvent>>),
    /// It has to start over: the newest orders of its topic, and the cursor from which it goes on.
    Reset {
        /// Why.
        reason: ResetReason,
        /// The newest orders.
        snapshot: OrderPage,
        /// Everything up to here is in the snapshot.
        cursor: Cursor,
    },
}

impl Position {
    /// Where a client is that has seen everything up to a cursor; at the head, if it has seen nothing.
    pub(crate) fn after(hub: &Hub, cursor: Option<&Cursor>) -> Self {
        let head = hub.head();
        match cursor {
            None => Self::At(head),
            Some(cursor) if cursor.epoch != *hub.epoch() => Self::Reset(ResetReason::EpochChanged),
            Some(cursor) if cursor.seq.0 > head.0.saturating_add(MAX_CURSOR_LEAD) => {
                Self::Reset(ResetReason::UnknownCursor)
            }
            Some(cursor) => Self::At(cursor.seq),
        }
    }
}

impl Subscription {
    pub(crate) fn new(waiter: Waiter, after: Option<&Cursor>) -> Self {
        let position = Position::after(&waiter.registration.hub, after);
        Self { waiter, position, catching_up: None }
    }

    /// A listener whose cursor could not even be read.
    #[must_use]
    pub fn with_unknown_cursor(mut self) -> Self {
        self.position = Position::Reset(ResetReason::UnknownCursor);
        self
    }

    /// What it listens to.
    pub fn topic(&self) -> &Topic {
        &self.waiter.registration.topic
    }

    /// Where it is.
    pub fn cursor(&self) -> Cursor {
        match self.position {
            Position::At(seq) => self.waiter.registration.hub.cursor_at(seq),
            Position::Reset(_) => self.waiter.registration.hub.cursor(),
        }
    }

    /// Where the log ends now: what comes up to there happened before.
    pub fn head(&self) -> Cursor {
        self.waiter.registration.hub.cursor()
    }

    /// Whether it goes on where the client was.
    pub fn resumes(&self) -> bool {
        matches!(self.position, Position::At(_))
    }

    /// What comes next; waits until there is something. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Result<Delivery, LogError> {
        loop {
            if let Some(delivery) = self.pending().await? {
                return Ok(delivery);
            }
            self.changed().await;
        }
    }

    /// What is there already; `None` at the head. Dropping the future loses nothing.
    pub async fn pending(&mut self) -> Result<Option<Delivery>, LogError> {
        loop {
            let after = match self.position {
                Position::At(seq) => seq,
                Position::Reset(reason) => return self.reset(reason).await.map(Some),
            };
            // What comes in while we look is then waited for by `changed`.
            self.waiter.mark_seen();
            let Registration { hub, topic, subscribers, .. } = &self.waiter.registration;
            let mut entries = Vec::new();
            let found =
                hub.recent_events(topic, subscribers, after, CHUNK, |entry| entries.push(Arc::clone(entry)));
            if let Some((_, upto)) = found {
                self.position = Position::At(upto);
                self.catching_up = None;
                return Ok((!entries.is_empty()).then_some(Delivery::Events(entries)));
            }
            self.catching_up.get_or_insert_with(|| CatchingUp::begin(hub));
            let page = match hub.read_backend().tail(topic.clone(), after, CHUNK).await {
                Ok(page) => page,
                Err(TailError::Pruned) => {
                    self.position = Position::Reset(ResetReason::TooOld);
                    continue;
                }
                Err(TailError::Log(error)) => return Err(error),
            };
            self.position = Position::At(page.through.max(after));
            self.waiter.registration.hub.counters().replayed(page.events.len());
            if !page.events.is_empty() {
                let entries = page.events.into_iter().map(|event| Arc::new(LiveEvent::new(event)));
                return Ok(Some(Delivery::Events(entries.collect())));
            }
        }
    }

    /// Waits until something may have happened since [`pending`](Self::pending) came back with nothing.
    pub async fn changed(&mut self) {
        self.waiter.changed().await;
    }

    async fn reset(&mut self, reason: ResetReason) -> Result<Delivery, LogError> {
        let newest = OrderFilter::newest(self.waiter.registration.topic.clone(), SNAPSHOT_ORDERS);
        let page = self.waiter.registration.hub.read_backend().orders(newest).await?;
        self.position = Position::At(page.cursor.seq);
        self.waiter.registration.hub.counters().reset();
        Ok(Delivery::Reset { reason, snapshot: page.value, cursor: page.cursor })
    }
}
