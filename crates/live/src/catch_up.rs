//! A subscriber's position in the log, and how it gets to the head.
//!
//! A state machine without tasks: it is polled by whoever can deliver, over either transport. In turn it takes events
//! from the hub's memory, reads from the log what memory does not hold, and reads a snapshot if the position is lost.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use eventlog::{Cursor, EventPage, LogError, OrderFilter, OrderPage, ReadAt, Seq, TailError};

use crate::counters::CatchingUpGuard;
use crate::hub::{Hub, LiveEvent, RecentEvents};
use crate::payload::session::ResetReason;
use crate::registry::Registration;
use crate::ring::Generation;

/// The most events delivered at once.
pub(crate) const CHUNK: usize = 64;
/// How far a client's cursor may be ahead of the hub: an answer's cursor can be, as long as its events are on their way.
const MAX_CURSOR_LEAD: u64 = 4096;
/// Orders in the snapshot of a reset.
const SNAPSHOT_ORDERS: usize = 50;

/// Where a subscriber is.
#[derive(Debug, Clone, Copy)]
enum Position {
    /// Everything up to here was delivered. The position is in the history of this generation.
    At(Seq, Generation),
    /// Nothing can be delivered before a reset.
    Lost(ResetReason),
}

type ReadFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// A read of the log that has not answered yet.
pub(crate) enum PendingRead {
    Events(ReadFuture<Result<EventPage, TailError>>),
    /// Why, in which history, and the read.
    Snapshot(ResetReason, Generation, ReadFuture<Result<ReadAt<OrderPage>, LogError>>),
}

/// What a poll delivered.
pub(crate) enum Progress {
    /// The subscriber is at the head.
    AtHead,
    /// Events were visited. `more`: there may be more.
    Events {
        more: bool,
    },
    Reset(Reset),
}

/// The client has to start over with this.
#[derive(Debug)]
pub struct Reset {
    pub reason: ResetReason,
    /// The newest orders of the topic.
    pub snapshot: OrderPage,
    /// Everything up to here is in the snapshot.
    pub cursor: Cursor,
}

pub(crate) struct CatchUp {
    position: Position,
    pending: Option<PendingRead>,
    /// Held while the subscriber is behind the hub's memory.
    behind: Option<CatchingUpGuard>,
}

impl CatchUp {
    /// Starts after a client's cursor; at the head if it has none.
    pub(crate) fn new(hub: &Hub, cursor: Option<&Cursor>) -> Self {
        let ring = hub.ring();
        let (head, generation) = (ring.head(), ring.generation());
        let position = match cursor {
            None => Position::At(head, generation),
            Some(cursor) if cursor.epoch != *ring.epoch() => Position::Lost(ResetReason::EpochChanged),
            Some(cursor) if cursor.seq.0 > head.0.saturating_add(MAX_CURSOR_LEAD) => {
                Position::Lost(ResetReason::UnknownCursor)
            }
            Some(cursor) => Position::At(cursor.seq, generation),
        };
        Self { position, pending: None, behind: None }
    }

    /// Starts with a reset, because the client's cursor cannot be read.
    pub(crate) fn with_unknown_cursor(hub: &Hub) -> Self {
        Self { position: Position::Lost(ResetReason::UnknownCursor), ..Self::new(hub, None) }
    }

    /// The position; `None` if the client has to start over.
    pub(crate) fn seq(&self) -> Option<Seq> {
        match self.position {
            Position::At(seq, _) => Some(seq),
            Position::Lost(_) => None,
        }
    }

    /// Where the subscriber goes on, as a cursor.
    pub(crate) fn cursor(&self, hub: &Hub) -> Cursor {
        self.seq().map_or_else(|| hub.cursor(), |seq| hub.cursor_at(seq))
    }

    /// Drops a read that has not answered. The next poll begins it again.
    pub(crate) fn cancel_read(&mut self) {
        self.pending = None;
    }

    /// Ends it: it is not counted as catching up any more. The caller drops the result, a read that has not answered,
    /// without its own locks.
    pub(crate) fn stop(&mut self) -> Option<PendingRead> {
        self.behind = None;
        self.pending.take()
    }

    /// Delivers what comes next: calls `visit` with at most `limit` events, or returns a reset. Pending while the log is
    /// read.
    pub(crate) fn poll(
        &mut self,
        hub: &Hub,
        registration: &Registration,
        limit: usize,
        context: &mut Context<'_>,
        visit: &mut dyn FnMut(&Arc<LiveEvent>),
    ) -> Poll<Result<Progress, LogError>> {
        loop {
            if let Some(pending) = &mut self.pending {
                let answer = match pending {
                    PendingRead::Events(read) => read.as_mut().poll(context).map(Answer::Events),
                    PendingRead::Snapshot(reason, generation, read) => {
                        let (reason, generation) = (*reason, *generation);
                        read.as_mut().poll(context).map(|page| Answer::Snapshot(reason, generation, page))
                    }
                };
                let Poll::Ready(answer) = answer else { return Poll::Pending };
                self.pending = None;
                if let Some(progress) = self.apply(hub, answer, visit)? {
                    return Poll::Ready(Ok(progress));
                }
                continue;
            }
            let (after, generation) = match self.position {
                Position::At(seq, generation) => (seq, generation),
                Position::Lost(reason) => {
                    self.pending = Some(read_snapshot(hub, registration, reason));
                    continue;
                }
            };
            match hub.recent_events(registration, generation, after, limit, visit) {
                RecentEvents::Visited { count, through } => {
                    self.position = Position::At(through, generation);
                    self.behind = None;
                    let progress = match count {
                        0 => Progress::AtHead,
                        count => Progress::Events { more: count == limit },
                    };
                    return Poll::Ready(Ok(progress));
                }
                RecentEvents::NotInMemory => {
                    self.pending = Some(read_events(hub, registration, after));
                    self.behind.get_or_insert_with(|| CatchingUpGuard::new(hub.shared_counters()));
                }
                RecentEvents::OtherGeneration => self.position = Position::Lost(ResetReason::EpochChanged),
            }
        }
    }

    fn apply(
        &mut self,
        hub: &Hub,
        answer: Answer,
        visit: &mut dyn FnMut(&Arc<LiveEvent>),
    ) -> Result<Option<Progress>, LogError> {
        let (epoch, generation) = {
            let ring = hub.ring();
            (ring.epoch().clone(), ring.generation())
        };
        let read_in = match (&answer, self.position) {
            (Answer::Snapshot(_, generation, _), _) => *generation,
            (Answer::Events(_), Position::At(_, generation)) => generation,
            (Answer::Events(_), Position::Lost(_)) => return Ok(None),
        };
        if read_in != generation {
            // The answer is of an earlier history.
            self.position = Position::Lost(ResetReason::EpochChanged);
            return Ok(None);
        }
        match answer {
            Answer::Events(Ok(page)) => {
                hub.counters().replayed(page.events.len());
                let after = self.seq().unwrap_or_default();
                self.position = Position::At(page.through.max(after), generation);
                if page.events.is_empty() {
                    return Ok(None);
                }
                for event in page.events {
                    visit(&Arc::new(LiveEvent::new(event, epoch.clone())));
                }
                Ok(Some(Progress::Events { more: true }))
            }
            Answer::Events(Err(TailError::Pruned)) => {
                self.position = Position::Lost(ResetReason::TooOld);
                Ok(None)
            }
            Answer::Events(Err(TailError::Log(error))) => Err(error),
            Answer::Snapshot(reason, _, page) => {
                let ReadAt { value: snapshot, cursor } = page?;
                self.position = Position::At(cursor.seq, generation);
                hub.counters().reset();
                Ok(Some(Progress::Reset(Reset { reason, snapshot, cursor })))
            }
        }
    }
}

/// What a read of the log answered.
enum Answer {
    Events(Result<EventPage, TailError>),
    Snapshot(ResetReason, Generation, Result<ReadAt<OrderPage>, LogError>),
}

fn read_events(hub: &Hub, registration: &Registration, after: Seq) -> PendingRead {
    let (read_backend, topic) = (Arc::clone(hub.read_backend()), registration.topic.clone());
    PendingRead::Events(Box::pin(async move { read_backend.tail(topic, after, CHUNK).await }))
}

fn read_snapshot(hub: &Hub, registration: &Registration, reason: ResetReason) -> PendingRead {
    let read_backend = Arc::clone(hub.read_backend());
    let newest = OrderFilter::newest(registration.topic.clone(), SNAPSHOT_ORDERS);
    let generation = hub.ring().generation();
    PendingRead::Snapshot(reason, generation, Box::pin(async move { read_backend.orders(newest).await }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_idle_connection_holds_its_position_and_no_queue() {
        assert_eq!(size_of::<CatchUp>(), 48, "this many bytes for every connection");
    }
}
