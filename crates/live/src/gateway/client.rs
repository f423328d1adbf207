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
use socketio::{CloseFrame, Outgoing, Socket, WeakSocket, packet};
use tokio::sync::watch;

use super::joins::{Joined, Joins};
use super::recovery::Resume;
use super::{Gate, Gateway, Pass, topic};
use crate::counters::CatchingUp;
use crate::dialect::{Dialect, with_offset};
use crate::hub::{Entry, Hub};
use crate::limits::Place;
use crate::notice::Notice;
use crate::seat::{Pull, Seat, lock};
use crate::sse::Close;
use crate::stats::StatsBoard;
use crate::subscription::{PORTION, Position, ResetReason, SNAPSHOT};

/// A client, for as long as it is connected.
pub struct Client<G: Gate> {
    pub(super) pass: G::Pass,
    _place: Place,
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
    state: Mutex<State<G>>,
}

/// A store's counts. They are kept as long as somebody holds the receiver; what it would receive is for SSE.
struct Counts {
    store: StoreId,
    _kept: watch::Receiver<Bytes>,
}

struct State<G: Gate> {
    /// `None` once it has left.
    seat: Option<Seat>,
    position: Position,
    /// What is being read for it.
    loading: Option<Loading>,
    /// It is behind what is in memory.
    catching_up: Option<CatchingUp>,
    joined: Vec<Joined>,
    /// What it joined is remembered for when it comes back.
    remembered: bool,
    /// Which of the store's counts it was sent.
    counted: u64,
    socket: Option<WeakSocket<Gateway<G>>>,
}

type Reading<T> = Pin<Box<dyn Future<Output = T> + Send>>;

enum Loading {
    /// What it missed.
    EventPage(Reading<Result<EventPage, TailError>>),
    /// Where it can begin anew.
    Snapshot(ResetReason, Reading<Result<ReadAt<OrderPage>, LogError>>),
}

/// How the hub reaches a client.
struct Handle<G: Gate>(WeakSocket<Gateway<G>>);

impl<G: Gate> Pull for Handle<G> {
    fn is_alive(&self) -> bool {
        self.0.is_alive()
    }

    fn pull(&self) {
        self.0.pull();
    }

    fn tell(&self, notice: &Notice) {
        let Some(socket) = self.0.upgrade() else { return };
        let theirs = |user| socket.client().is_some_and(|client| client.pass.user() == user);
        if notice.only.as_ref().is_none_or(theirs) {
            socket.send([notice.frame.clone()]);
        }
    }
}

/// Whether an order is followed already, or cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Follow {
    Begun,
    Already,
    TooMany,
}

impl<G: Gate> Client<G> {
    pub(super) fn new(
        gateway: &Gateway<G>,
        pass: G::Pass,
        place: Place,
        dialect: Dialect,
        resume: Resume,
    ) -> Self {
        let seat = Seat::pulled(&gateway.hub, topic(&pass));
        let position = Position::after(&gateway.hub, resume.cursor.as_ref());
        let position = if resume.lost { Position::Lost(ResetReason::UnknownCursor) } else { position };
        let cursor = match position {
            Position::At(seq) => gateway.hub.cursor_at(seq),
            Position::Lost(_) => gateway.hub.cursor(),
        };
        let state = State {
            seat: Some(seat),
            position,
            loading: None,
            catching_up: None,
            joined: resume.joined,
            remembered: false,
            counted: 0,
            socket: None,
        };
        Self {
            audience: Audience::of(pass.role()),
            counts: (pass.role() == Role::Staff)
                .then(|| Counts { store: pass.store().clone(), _kept: gateway.stats.watch(pass.store()) }),
            recovered: resume.recovered,
            cursor,
            nonce: resume.pid.nonce,
            pass,
            _place: place,
            dialect,
            state: Mutex::new(state),
        }
    }

    /// From here on it is pulled.
    pub(super) fn begin(&self, socket: &Socket<Gateway<G>>) {
        let mut state = lock(&self.state);
        state.socket = Some(socket.downgrade());
        if let Some(seat) = &mut state.seat {
            seat.begin(Arc::new(Handle(socket.downgrade())));
        }
    }

    /// It is gone. Which orders it followed.
    pub(super) fn leave(&self, gateway: &Gateway<G>) -> Vec<OrderNumber> {
        let mut state = lock(&self.state);
        let (seat, loading) = (state.seat.take(), state.loading.take());
        state.catching_up = None;
        state.socket = None;
        let joined = std::mem::take(&mut state.joined);
        let remembered = std::mem::take(&mut state.remembered);
        drop(state);
        drop((seat, loading));
        if remembered {
            gateway.joins.depart(&self.nonce, gateway.gate.now());
        }
        joined.iter().map(|joined| joined.order).collect()
    }

    /// The orders that it follows from the beginning, because it did when it left. Remembered from now on, where that
    /// is how it is found out whether it can recover.
    pub(super) fn resume_joined(&self, joins: &Joins) -> Vec<OrderNumber> {
        let mut state = lock(&self.state);
        if self.dialect != Dialect::Standard || !state.joined.is_empty() {
            self.remember(&mut state, joins);
        }
        state.joined.iter().map(|joined| joined.order).collect()
    }

    pub(super) fn follow(&self, joins: &Joins, order: OrderNumber, version: Version, most: usize) -> Follow {
        let mut state = lock(&self.state);
        if state.joined.iter().any(|joined| joined.order == order) {
            return Follow::Already;
        }
        if state.joined.len() >= most {
            return Follow::TooMany;
        }
        // It left while it was let in to the order.
        if state.seat.is_none() {
            return Follow::Already;
        }
        state.joined.push(Joined { order, version });
        self.remember(&mut state, joins);
        Follow::Begun
    }

    /// Whether it followed it.
    pub(super) fn unfollow(&self, joins: &Joins, order: OrderNumber) -> bool {
        let mut state = lock(&self.state);
        let before = state.joined.len();
        state.joined.retain(|joined| joined.order != order);
        let did = state.joined.len() < before;
        if did {
            self.remember(&mut state, joins);
        }
        did
    }

    fn remember(&self, state: &mut State<G>, joins: &Joins) {
        if state.remembered {
            joins.change(&self.nonce, state.joined.clone());
        } else if state.seat.is_some() {
            joins.arrive(&self.nonce, state.joined.clone());
            state.remembered = true;
        }
    }

    /// Appends what it has not been sent yet. Called with its connection locked.
    pub(super) fn fill(
        &self,
        hub: &Hub,
        board: &StatsBoard,
        context: &mut Context<'_>,
        outgoing: &mut Outgoing<'_>,
    ) {
        let mut held = lock(&self.state);
        let state = &mut *held;
        if state.seat.is_none() || state.socket.is_none() {
            return;
        }
        if let Some(counts) = &self.counts
            && let Some((number, frame)) = board.newest(&counts.store, self.dialect, state.counted)
        {
            state.counted = number;
            outgoing.push(frame);
        }
        while !outgoing.is_full() {
            if let Some(loading) = &mut state.loading {
                let looked = match loading {
                    Loading::EventPage(reading) => reading.as_mut().poll(context).map(Loaded::EventPage),
                    Loading::Snapshot(why, reading) => {
                        let why = *why;
                        reading.as_mut().poll(context).map(|page| Loaded::Snapshot(why, page))
                    }
                };
                let Poll::Ready(found) = looked else { return };
                state.loading = None;
                if let Err(error) = self.take_in(state, hub, found, outgoing) {
                    tracing::error!(%error, "a live connection cannot read the log");
                    hang_up(state);
                    return;
                }
                continue;
            }
            let after = match state.position {
                Position::At(seq) => seq,
                Position::Lost(reason) => {
                    state.loading = Some(self.snapshot(hub, reason));
                    continue;
                }
            };
            let Some(seat) = &state.seat else { return };
            let room = outgoing.room().min(PORTION);
            let joined = &state.joined;
            let found = hub.recent(&seat.topic, &seat.listeners, after, room, |entry| {
                self.push(hub, joined, entry, outgoing);
            });
            let Some((count, upto)) = found else {
                let (read_backend, topic) = (Arc::clone(hub.read_backend()), seat.topic.clone());
                let reading = async move { read_backend.tail(topic, after, PORTION).await };
                state.loading = Some(Loading::EventPage(Box::pin(reading)));
                state.catching_up.get_or_insert_with(|| CatchingUp::begin(&seat.hub));
                continue;
            };
            state.position = Position::At(upto);
            state.catching_up = None;
            if count < room {
                return;
            }
        }
    }

    fn push(&self, hub: &Hub, joined: &[Joined], entry: &Entry, outgoing: &mut Outgoing<'_>) {
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

    fn snapshot(&self, hub: &Hub, reason: ResetReason) -> Loading {
        let read_backend = Arc::clone(hub.read_backend());
        let newest = OrderFilter::newest(topic(&self.pass), SNAPSHOT);
        Loading::Snapshot(reason, Box::pin(async move { read_backend.orders(newest).await }))
    }

    fn take_in(
        &self,
        state: &mut State<G>,
        hub: &Hub,
        loaded: Loaded,
        outgoing: &mut Outgoing<'_>,
    ) -> Result<(), LogError> {
        match loaded {
            Loaded::EventPage(Ok(page)) => {
                let Position::At(after) = state.position else { return Ok(()) };
                hub.counters().replayed(page.events.len());
                for event in page.events {
                    self.push(hub, &state.joined, &Entry::new(event), outgoing);
                }
                state.position = Position::At(page.through.max(after));
            }
            Loaded::EventPage(Err(TailError::Pruned)) => state.position = Position::Lost(ResetReason::TooOld),
            Loaded::EventPage(Err(TailError::Log(error))) => return Err(error),
            Loaded::Snapshot(reason, page) => {
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

enum Loaded {
    EventPage(Result<EventPage, TailError>),
    Snapshot(ResetReason, Result<ReadAt<OrderPage>, LogError>),
}

/// Closes the connection; not at once, because it is locked.
fn hang_up<G: Gate>(state: &State<G>) {
    if let Some(socket) = state.socket.clone() {
        tokio::spawn(async move {
            if let Some(socket) = socket.upgrade() {
                socket.close(CloseFrame::from(Close::Unavailable));
            }
        });
    }
}

/// A notice as a frame.
pub(crate) fn frame(name: &str, json: &str) -> socketio::Frame {
    packet::event(name, json, None)
}
