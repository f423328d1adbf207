//! One Socket.IO client: where it is in the log, which orders it joined, and what it is sent.

use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use bytes::Bytes;
use eventlog::{Cursor, Seq, Topic};
use orders::event::Subject;
use orders::{Audience, OrderNumber, Role};
use socketio::application::DisconnectReason;
use socketio::{CloseFrame, CloseReason, Frame, Outgoing, Socket, WeakSocket};
use tokio::sync::watch;

use super::join_cache::{Departure, JoinCache};
use super::joins::{JoinedOrder, Joins};
use super::recovery::{Resume, StartPosition};
use super::{Authorizer, Gateway, Identity, topic};
use crate::catch_up::{CHUNK, CatchUp, Progress, Reset};
use crate::close::Close;
use crate::dialect::{DialectId, Joined};
use crate::ephemeral::EphemeralMessage;
use crate::hub::{Hub, LiveEvent};
use crate::limits::ConnectionPermit;
use crate::order_counts::OrderCountsPublisher;
use crate::payload::session::ResetPayload;
use crate::registry::{Registration, Subscriber};
use crate::sync::lock;

/// A connected client.
pub struct ConnectedClient<A: Authorizer> {
    pub(super) identity: A::Identity,
    _permit: ConnectionPermit,
    pub(super) dialect: DialectId,
    audience: Audience,
    /// Whether it goes on where it was.
    pub(super) recovered: bool,
    /// Where it started when it connected.
    pub(super) start: Cursor,
    /// Identifies it in the join cache.
    nonce: Box<str>,
    /// Of staff, and of customers where the dialect has counts for them: the counts that it is sent.
    counts: Option<WatchedCounts>,
    state: Mutex<ClientState<A>>,
}

/// Counts of orders. They are read as long as somebody holds a receiver, whose value is for server-sent events.
struct WatchedCounts {
    topic: Topic,
    _receiver: watch::Receiver<Bytes>,
}

struct ClientState<A: Authorizer> {
    /// `None` when it disconnected.
    registration: Option<Registration>,
    catch_up: CatchUp,
    joins: Joins,
    /// Whether its joins are in the cache.
    cached: bool,
    /// What it missed of orders that it had joined with another connection. Sent after its greeting.
    missed: Vec<Frame>,
    /// The version of the counts that it was sent last.
    counts_version: u64,
    /// `None` until its greeting was sent.
    socket: Option<WeakSocket<Gateway<A>>>,
}

/// How the fan-out reaches a client.
struct SocketSubscriber<A: Authorizer>(WeakSocket<Gateway<A>>);

impl<A: Authorizer> Subscriber for SocketSubscriber<A> {
    fn is_alive(&self) -> bool {
        self.0.is_alive()
    }

    fn notify(&self) {
        self.0.pull();
    }

    fn send(&self, message: &EphemeralMessage) {
        let Some(socket) = self.0.upgrade() else { return };
        if let Some(client) = socket.client()
            && message.is_for(client.identity.user())
        {
            socket.send_events([message.frame(client.dialect).clone()]);
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum JoinOutcome {
    Joined {
        /// The client's position when it left the order before.
        left: Option<Seq>,
    },
    AlreadyJoined,
    TooMany,
}

impl<A: Authorizer> ConnectedClient<A> {
    pub(super) fn new(
        gateway: &Gateway<A>,
        identity: A::Identity,
        permit: ConnectionPermit,
        dialect: DialectId,
        resume: Resume,
    ) -> Self {
        let hub = &gateway.hub;
        let registration = hub.register(topic(&identity), true);
        let catch_up = match &resume.start {
            StartPosition::After(cursor) => CatchUp::new(hub, Some(cursor)),
            StartPosition::Reset => CatchUp::with_unknown_cursor(hub),
        };
        let start = catch_up.cursor(hub);
        let state = ClientState {
            registration: Some(registration),
            catch_up,
            joins: resume.joins,
            cached: false,
            missed: resume.missed,
            counts_version: 0,
            socket: None,
        };
        Self {
            audience: Audience::of(identity.role()),
            counts: counted(&identity, dialect).then(|| {
                let topic = topic(&identity);
                WatchedCounts { _receiver: gateway.order_counts.watch_topic(&topic), topic }
            }),
            recovered: resume.recovered,
            start,
            nonce: resume.pid.nonce,
            identity,
            _permit: permit,
            dialect,
            state: Mutex::new(state),
        }
    }

    /// From now on it is sent events.
    pub(super) fn activate(&self, socket: &Socket<Gateway<A>>) {
        let mut state = lock(&self.state);
        state.socket = Some(socket.downgrade());
        if let Some(registration) = &mut state.registration {
            registration.activate(Arc::new(SocketSubscriber(socket.downgrade())));
        }
    }

    pub(super) fn take_missed(&self) -> Vec<Frame> {
        std::mem::take(&mut lock(&self.state).missed)
    }

    /// Returns the orders that it had joined.
    pub(super) fn disconnect(&self, gateway: &Gateway<A>, reason: DisconnectReason) -> Vec<OrderNumber> {
        let mut state = lock(&self.state);
        let seq = state.catch_up.cursor(&gateway.hub).seq;
        let registration = state.registration.take();
        let read = state.catch_up.stop();
        state.socket = None;
        let joins = std::mem::take(&mut state.joins);
        let cached = state.cached;
        drop(state);
        drop((registration, read));
        if cached {
            let returns = match reason {
                DisconnectReason::Connection(reason) => reason != CloseReason::GoingAway,
                _ => false,
            };
            let at = gateway.authorizer.now();
            let silent = reason == DisconnectReason::Connection(CloseReason::PingTimeout);
            let silent_since = silent.then(|| at - gateway.options.silent_after);
            gateway.joins.disconnect(&self.nonce, Departure { at, seq, silent_since, returns });
        }
        joins.orders().collect()
    }

    /// Whether its joins are kept for when it comes back.
    pub(super) fn is_remembered(&self) -> bool {
        lock(&self.state).cached
    }

    /// The orders that it had joined before it reconnected. They are in the cache from now on.
    pub(super) fn resume_joined(&self, joins: &JoinCache) -> Vec<OrderNumber> {
        let mut state = lock(&self.state);
        if !state.joins.is_empty() {
            self.cache_joins(&mut state, joins);
        }
        state.joins.orders().collect()
    }

    pub(super) fn join(&self, joins: &JoinCache, order: JoinedOrder, max_joined: usize) -> JoinOutcome {
        let mut state = lock(&self.state);
        if let Some(joined) = state.joins.find(order.order) {
            if joined.name != order.name || joined.inherited {
                joined.name = order.name;
                joined.inherited = false;
                self.cache_joins(&mut state, joins);
            }
            return JoinOutcome::AlreadyJoined;
        }
        if state.joins.joined.len() >= max_joined && !state.joins.drop_inherited() {
            return JoinOutcome::TooMany;
        }
        // The client disconnected while its join was authorized.
        if state.registration.is_none() {
            return JoinOutcome::AlreadyJoined;
        }
        let left = state.joins.join(order);
        self.cache_joins(&mut state, joins);
        JoinOutcome::Joined { left }
    }

    /// Takes back a join that cannot be answered. `left` is the value in its [`JoinOutcome`]. Returns whether the client still
    /// had joined the order: not if it has disconnected.
    pub(super) fn undo_join(&self, joins: &JoinCache, order: OrderNumber, left: Option<Seq>) -> bool {
        let mut state = lock(&self.state);
        if state.joins.find(order).is_none() {
            return false;
        }
        state.joins.undo_join(order, left);
        self.cache_joins(&mut state, joins);
        true
    }

    /// Whether it had joined the order.
    pub(super) fn leave_order(&self, gateway: &Gateway<A>, order: OrderNumber) -> bool {
        let mut state = lock(&self.state);
        let seq = state.catch_up.cursor(&gateway.hub).seq;
        let left = state.joins.leave(order, seq);
        if left {
            self.cache_joins(&mut state, &gateway.joins);
        }
        left
    }

    fn cache_joins(&self, state: &mut ClientState<A>, joins: &JoinCache) {
        if state.cached {
            joins.update(&self.nonce, state.joins.clone());
        } else if state.registration.is_some() {
            joins.connect(&self.nonce, self.identity.user(), self.dialect, state.joins.clone());
            state.cached = true;
        }
    }

    /// Appends what the client was not sent yet. Called with its connection locked.
    pub(super) fn fill(
        &self,
        hub: &Hub,
        order_counts: &OrderCountsPublisher,
        context: &mut Context<'_>,
        outgoing: &mut Outgoing<'_>,
    ) {
        let mut state = lock(&self.state);
        let ClientState {
            registration: Some(registration),
            catch_up,
            joins,
            socket: Some(socket),
            counts_version,
            ..
        } = &mut *state
        else {
            return;
        };
        if let Some(counts) = &self.counts
            && let Some((version, frame)) = order_counts.newest(&counts.topic, self.dialect, *counts_version)
        {
            *counts_version = version;
            outgoing.push(frame);
        }
        while !outgoing.is_full() {
            let limit = outgoing.room().min(CHUNK);
            let mut visit = |event: &Arc<LiveEvent>| self.push(&joins.joined, event, outgoing);
            match catch_up.poll(hub, registration, limit, context, &mut visit) {
                Poll::Ready(Ok(Progress::Events { more: true })) => {}
                Poll::Pending | Poll::Ready(Ok(Progress::AtHead | Progress::Events { more: false })) => {
                    return;
                }
                Poll::Ready(Ok(Progress::Reset(reset))) => self.push_reset(&reset, outgoing),
                Poll::Ready(Err(error)) => {
                    tracing::error!(%error, "a live connection cannot read the log");
                    close_later(socket.clone(), Close::Unavailable);
                    return;
                }
            }
        }
    }

    fn push(&self, joined: &[JoinedOrder], event: &LiveEvent, outgoing: &mut Outgoing<'_>) {
        let stored = &event.event.stored.event;
        let joined = match &stored.subject {
            Subject::Order { number, .. } => {
                joined.iter().find(|joined| joined.order == *number && joined.is_before(stored))
            }
            Subject::Product { .. } => None,
        };
        let joined = joined.map_or(Joined::No, |joined| Joined::by(joined.name.as_ref()));
        for frame in &*event.frames(self.dialect, self.audience, joined) {
            outgoing.push(frame.clone());
        }
    }

    fn push_reset(&self, reset: &Reset, outgoing: &mut Outgoing<'_>) {
        let orders: Vec<_> = reset.snapshot.orders.iter().map(|order| order.view(self.audience)).collect();
        let payload = ResetPayload { reason: reset.reason, cursor: &reset.cursor, orders: &orders };
        for frame in self.dialect.reset_frames(&payload, self.audience) {
            outgoing.push(frame);
        }
    }
}

/// Whether a client is sent counts of orders.
fn counted(identity: &impl Identity, dialect: DialectId) -> bool {
    match identity.role() {
        Role::Staff => true,
        Role::Customer => dialect.get().counts_customers(),
        Role::Driver => false,
    }
}

/// Closes the connection in a task of its own, because the caller holds the connection's lock.
fn close_later<A: Authorizer>(socket: WeakSocket<Gateway<A>>, close: Close) {
    tokio::spawn(async move {
        if let Some(socket) = socket.upgrade() {
            socket.close(CloseFrame::from(close));
        }
    });
}
