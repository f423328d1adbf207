//! One Socket.IO client: where it is in the log, and what it is written.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use bytes::Bytes;
use eventlog::{Cursor, EventPage, LogError, OrderFilter, OrderPage, ReadAt, TailError};
use orders::event::Subject;
use orders::order::Version;
use orders::{Audience, OrderNumber, Role, StoreId};
use serde_json::json;
use socketio::{CloseFrame, Outgoing, Socket, WeakSocket};
use tokio::sync::watch;

use super::joins::{JoinCache, JoinedOrder};
use super::recovery::Resume;
use super::{Authorizer, Gateway, Identity, topic};
use crate::counters::CatchingUp;
use crate::dialect::{Dialect, with_offset};
use crate::ephemeral::EphemeralFrame;
use crate::hub::{Hub, LiveEvent};
use crate::limits::ConnectionPermit;
use crate::order_counts::OrderCountsPublisher;
use crate::registry::{Registration, Subscriber, lock};
use crate::sse::Close;
use crate::subscription::{CHUNK, Position, ResetReason, SNAPSHOT_ORDERS};

/// A client, for as long as it is connected.
pub struct Client<A: Authorizer> {
    pub(super) identity: A::Identity,
    _permit: ConnectionPermit,
    pub(super) dialect: Dialect,
    audience: Audience,
    /// It goes on where it was.
    pub(super) recovered: bool,
    /// Where it goes on, or begins.
    pub(super) cursor: Cursor,
    /// By what it is known when it comes back.
    pub(super) nonce: Box<str>,
    /// The store whose counts it is sent.
    counts: Option<Counts>,
    state: Mutex<State<A>>,
}

/// A store's counts. They are kept as long as somebody holds the receiver; what it would receive is for SSE.
struct Counts {
    store: StoreId,
    _receiver: watch::Receiver<Bytes>,
}

struct State<A: Authorizer> {
    /// `None` once it has left.
    registration: Option<Registration>,
    position: Position,
    /// What is being read for it.
    pending_read: Option<PendingRead>,
    /// It is behind what is in memory.
    catching_up: Option<CatchingUp>,
    joined: Vec<JoinedOrder>,
    /// What it joined is cached for when it comes back.
    cached: bool,
    /// Which of the store's counts it was sent.
    counts_version: u64,
    socket: Option<WeakSocket<Gateway<A>>>,
}

type ReadFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

enum PendingRead {
    /// What it missed.
    EventPage(ReadFuture<Result<EventPage, TailError>>),
    /// Where it can begin anew.
    Snapshot(ResetReason, ReadFuture<Result<ReadAt<OrderPage>, LogError>>),
}

/// How the hub reaches a client.
struct SocketSubscriber<A: Authorizer>(WeakSocket<Gateway<A>>);

impl<A: Authorizer> Subscriber for SocketSubscriber<A> {
    fn is_alive(&self) -> bool {
        self.0.is_alive()
    }

    fn notify(&self) {
        self.0.pull();
    }

    fn send(&self, event: &EphemeralFrame) {
        let Some(socket) = self.0.upgrade() else { return };
        let theirs = |user| socket.client().is_some_and(|client| client.identity.user() == user);
        if event.recipient.as_ref().is_none_or(theirs) {
            socket.send([event.frame.clone()]);
        }
    }
}

/// Whether an order is followed already, or cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum JoinOutcome {
    Joined,
    AlreadyJoined,
    TooMany,
}

impl<A: Authorizer> Client<A> {
    pub(super) fn new(
        gateway: &Gateway<A>,
        identity: A::Identity,
        permit: ConnectionPermit,
        dialect: Dialect,
        resume: Resume,
    ) -> Self {
        let registration = Registration::new(&gateway.hub, topic(&identity));
        let position = Position::after(&gateway.hub, resume.cursor.as_ref());
        let position =
            if resume.unknown_cursor { Position::Reset(ResetReason::UnknownCursor) } else { position };
        let cursor = match position {
            Position::At(seq) => gateway.hub.cursor_at(seq),
            Position::Reset(_) => gateway.hub.cursor(),
        };
        let state = State {
            registration: Some(registration),
            position,
            pending_read: None,
            catching_up: None,
            joined: resume.joined,
            cached: false,
            counts_version: 0,
            socket: None,
        };
        Self {
            audience: Audience::of(identity.role()),
            counts: (identity.role() == Role::Staff).then(|| Counts {
                store: identity.store().clone(),
                _receiver: gateway.order_counts.watch(identity.store()),
            }),
            recovered: resume.recovered,
            cursor,
            nonce: resume.pid.nonce,
            identity,
            _permit: permit,
            dialect,
            state: Mutex::new(state),
        }
    }

    /// From here on it is pulled.
    pub(super) fn activate(&self, socket: &Socket<Gateway<A>>) {
        let mut state = lock(&self.state);
        state.socket = Some(socket.downgrade());
        if let Some(registration) = &mut state.registration {
            registration.activate(Arc::new(SocketSubscriber(socket.downgrade())));
        }
    }

    /// It is gone. Which orders it followed.
    pub(super) fn disconnect(&self, gateway: &Gateway<A>) -> Vec<OrderNumber> {
        let mut state = lock(&self.state);
        let (registration, pending_read) = (state.registration.take(), state.pending_read.take());
        state.catching_up = None;
        state.socket = None;
        let joined = std::mem::take(&mut state.joined);
        let cached = std::mem::take(&mut state.cached);
        drop(state);
        drop((registration, pending_read));
        if cached {
            gateway.joins.disconnect(&self.nonce, gateway.authorizer.now());
        }
        joined.iter().map(|joined| joined.order).collect()
    }

    /// The orders that it follows from the beginning, because it did when it left. Remembered from now on, where that
    /// is how it is found out whether it can recover.
    pub(super) fn resume_joined(&self, joins: &JoinCache) -> Vec<OrderNumber> {
        let mut state = lock(&self.state);
        if self.dialect != Dialect::Standard || !state.joined.is_empty() {
            self.cache_joins(&mut state, joins);
        }
        state.joined.iter().map(|joined| joined.order).collect()
    }

    pub(super) fn join(
        &self,
        joins: &JoinCache,
        order: OrderNumber,
        version: Version,
        most: usize,
    ) -> JoinOutcome {
        let mut state = lock(&self.state);
        if state.joined.iter().any(|joined| joined.order == order) {
            return JoinOutcome::AlreadyJoined;
        }
        if state.joined.len() >= most {
            return JoinOutcome::TooMany;
        }
        // It left while it was let in to the order.
        if state.registration.is_none() {
            return JoinOutcome::AlreadyJoined;
        }
        state.joined.push(JoinedOrder { order, version });
        self.cache_joins(&mut state, joins);
        JoinOutcome::Joined
    }

    /// Whether it followed it.
    pub(super) fn leave_order(&self, joins: &JoinCache, order: OrderNumber) -> bool {
        let mut state = lock(&self.state);
        let before = state.joined.len();
        state.joined.retain(|joined| joined.order != order);
        let did = state.joined.len() < before;
        if did {
            self.cache_joins(&mut state, joins);
        }
        did
    }

    fn cache_joins(&self, state: &mut State<A>, joins: &JoinCache) {
        if state.cached {
            joins.update(&self.nonce, state.joined.clone());
        } else if state.registration.is_some() {
            joins.connect(&self.nonce, state.joined.clone());
            state.cached = true;
        }
    }

    /// Appends what it has not been sent yet. Called with its connection locked.
    pub(super) fn fill(
        &self,
        hub: &Hub,
        board: &OrderCountsPublisher,
        context: &mut Context<'_>,
        outgoing: &mut Outgoing<'_>,
    ) {
        let mut held = lock(&self.state);
        let state = &mut *held;
        if state.registration.is_none() || state.socket.is_none() {
            return;
        }
        if let Some(counts) = &self.counts
            && let Some((number, frame)) = board.newest(&counts.store, self.dialect, state.counts_version)
        {
            state.counts_version = number;
            outgoing.push(frame);
        }
        while !outgoing.is_full() {
            if let Some(pending_read) = &mut state.pending_read {
                let looked = match pending_read {
                    PendingRead::EventPage(reading) => {
                        reading.as_mut().poll(context).map(ReadResult::EventPage)
                    }
                    PendingRead::Snapshot(why, reading) => {
                        let why = *why;
                        reading.as_mut().poll(context).map(|page| ReadResult::Snapshot(why, page))
                    }
                };
                let Poll::Ready(found) = looked else { return };
                state.pending_read = None;
                if let Err(error) = self.apply(state, hub, found, outgoing) {
                    tracing::error!(%error, "a live connection cannot read the log");
                    close_unavailable(state);
                    return;
                }
                continue;
            }
            let after = match state.position {
                Position::At(seq) => seq,
                Position::Reset(reason) => {
                    state.pending_read = Some(self.snapshot(hub, reason));
                    continue;
                }
            };
            let Some(registration) = &state.registration else { return };
            let room = outgoing.room().min(CHUNK);
            let joined = &state.joined;
            let found =
                hub.recent_events(&registration.topic, &registration.subscribers, after, room, |entry| {
                    self.push(hub, joined, entry, outgoing);
                });
            let Some((count, upto)) = found else {
                let (read_backend, topic) = (Arc::clone(hub.read_backend()), registration.topic.clone());
                let reading = async move { read_backend.tail(topic, after, CHUNK).await };
                state.pending_read = Some(PendingRead::EventPage(Box::pin(reading)));
                state.catching_up.get_or_insert_with(|| CatchingUp::begin(&registration.hub));
                continue;
            };
            state.position = Position::At(upto);
            state.catching_up = None;
            if count < room {
                return;
            }
        }
    }

    fn push(&self, hub: &Hub, joined: &[JoinedOrder], entry: &LiveEvent, outgoing: &mut Outgoing<'_>) {
        let event = &entry.event.stored.event;
        let joined = match &event.subject {
            Subject::Order { number, .. } => {
                joined.iter().any(|joined| joined.order == *number && event.version > joined.version)
            }
            Subject::Product { .. } => false,
        };
        for frame in entry.frames(self.dialect, hub.epoch(), self.audience, joined) {
            outgoing.push(frame.clone());
        }
    }

    fn snapshot(&self, hub: &Hub, reason: ResetReason) -> PendingRead {
        let read_backend = Arc::clone(hub.read_backend());
        let newest = OrderFilter::newest(topic(&self.identity), SNAPSHOT_ORDERS);
        PendingRead::Snapshot(reason, Box::pin(async move { read_backend.orders(newest).await }))
    }

    fn apply(
        &self,
        state: &mut State<A>,
        hub: &Hub,
        loaded: ReadResult,
        outgoing: &mut Outgoing<'_>,
    ) -> Result<(), LogError> {
        match loaded {
            ReadResult::EventPage(Ok(page)) => {
                let Position::At(after) = state.position else { return Ok(()) };
                hub.counters().replayed(page.events.len());
                for event in page.events {
                    self.push(hub, &state.joined, &LiveEvent::new(event), outgoing);
                }
                state.position = Position::At(page.through.max(after));
            }
            ReadResult::EventPage(Err(TailError::Pruned)) => {
                state.position = Position::Reset(ResetReason::TooOld)
            }
            ReadResult::EventPage(Err(TailError::Log(error))) => return Err(error),
            ReadResult::Snapshot(reason, page) => {
                let page = page?;
                let orders: Vec<_> =
                    page.value.orders.iter().map(|order| order.view(self.audience)).collect();
                let reset = json!({ "reason": reason, "cursor": page.cursor, "orders": orders });
                // A client that knows of resets takes the list; to any other it is told as changes. Oldest first, so
                // that the newest ends on top.
                let mut messages = vec![("reset", reset)];
                messages
                    .extend(orders.iter().rev().flat_map(|order| self.dialect.state(order, self.audience)));
                for frame in with_offset(&messages, &page.cursor) {
                    outgoing.push(frame);
                }
                state.position = Position::At(page.cursor.seq);
                hub.counters().reset();
            }
        }
        Ok(())
    }
}

enum ReadResult {
    EventPage(Result<EventPage, TailError>),
    Snapshot(ResetReason, Result<ReadAt<OrderPage>, LogError>),
}

/// Closes the connection; not at once, because it is locked.
fn close_unavailable<A: Authorizer>(state: &State<A>) {
    if let Some(socket) = state.socket.clone() {
        tokio::spawn(async move {
            if let Some(socket) = socket.upgrade() {
                socket.close(CloseFrame::from(Close::Unavailable));
            }
        });
    }
}
