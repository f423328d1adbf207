//! Socket.IO connections: who they are, where they are in the log, what they may ask for.
//!
//! Read in this order: [`Gate`] is what the caller brings: tokens, limits, and commands. [`Gateway`] lets clients in.
//! `client` is one of them, and what it is written; `recovery` is how it goes on where it was, with the orders that
//! `joins` kept for it; `asked` is what it may send; `cut` ends connections whose token or session ended; [`presence`] tells who looks at an order.

mod asked;
mod client;
mod cut;
mod greeting;
mod joins;
pub mod presence;
mod recovery;

use std::borrow::Cow;
use std::future::Future;
use std::sync::{Arc, Mutex};
use std::task::Context;

use eventlog::{Snapshot, Topic};
use http::request::Parts;
use jiff::Timestamp;
use orders::view::Person;
use orders::{OrderRef, Role, Status, StoreId, UserId};
use serde::Serialize;
use serde_json::json;
use socketio::application::DisconnectReason;
use socketio::{
    Accepted, Application, Auth, CloseFrame, ConnectError, Event, HandshakeError, Outgoing, Socket,
};
use tokio::sync::watch;

use self::client::Client;
use self::cut::Connected;
use self::joins::Joins;
use self::presence::Presence;
use self::recovery::Resume;
use crate::dialect::Dialect;
use crate::hub::Hub;
use crate::limits::Place;
use crate::sse::Close;
use crate::stats::StatsBoard;

/// What the gateway asks of the rest of the server.
pub trait Gate: Send + Sync + Sized + 'static {
    /// What is kept of the HTTP request that opened a connection: its address, and who it is by its cookie.
    type Handshake: Send + Sync + 'static;
    /// Somebody whose token was verified.
    type Pass: Pass;

    /// A connection is opened. Refused are pages that may not use the cookie, and who comes too often.
    fn handshake(&self, request: &Parts) -> Result<Self::Handshake, HandshakeError>;

    /// The dialect that the request asks for, if it does.
    fn dialect(&self, handshake: &Self::Handshake) -> Option<Dialect>;

    /// Somebody comes in: by `token`, or else by what the request brought.
    fn enter(&self, handshake: &Self::Handshake, token: Option<&str>) -> Result<(Self::Pass, Place), Denied>;

    /// Why somebody may not stay, if so.
    fn expelled(&self, pass: &Self::Pass) -> Option<Close>;

    /// Moves whenever somebody may have been expelled otherwise than by time.
    fn expulsions(&self) -> watch::Receiver<u64>;

    /// Somebody sent an event: whether they are within their limit.
    fn may_ask(&self, pass: &Self::Pass) -> Result<(), Denial>;

    /// An order, if they may see it.
    fn order(
        &self,
        pass: &Self::Pass,
        order: OrderRef,
    ) -> impl Future<Output = Result<Arc<Snapshot>, Denial>> + Send;

    /// Sets an order's status, in their name.
    fn set_status(
        &self,
        pass: &Self::Pass,
        order: OrderRef,
        status: Status,
    ) -> impl Future<Output = Result<Arc<Snapshot>, Denial>> + Send;

    /// The time.
    fn now(&self) -> Timestamp;

    /// A text that only this server, or this cluster, could have made, with the text in it.
    fn seal(&self, text: &str) -> String;

    /// The text in a sealed one.
    fn unseal(&self, sealed: &str) -> Option<String>;
}

/// Somebody, as their token describes them.
pub trait Pass: Send + Sync + 'static {
    /// Who.
    fn user(&self) -> &UserId;
    /// As what.
    fn role(&self) -> Role;
    /// For staff, the store they work for.
    fn store(&self) -> &StoreId;
    /// Their name, as far as it is known.
    fn person(&self) -> Person;
    /// When the token ends.
    fn expires_at(&self) -> Option<Timestamp>;
}

/// Somebody is not let in.
#[derive(Debug)]
pub enum Denied {
    /// For good, with this token.
    Refused(Denial),
    /// For now: the connection is closed, so that an unmodified client comes back.
    Later(CloseFrame),
}

/// Something was asked that is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{message}")]
pub struct Denial {
    /// Stable, for programs; the same codes as the API's problems.
    pub code: &'static str,
    /// For people.
    pub message: Cow<'static, str>,
}

/// What an operator sets.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// The dialect of clients that name none.
    pub dialect: Dialect,
    /// Orders that one connection may follow.
    pub max_joined: usize,
}

/// Lets Socket.IO clients in.
pub struct Gateway<G: Gate> {
    gate: G,
    hub: Arc<Hub>,
    stats: Arc<StatsBoard>,
    options: Options,
    presence: Presence,
    joins: Joins,
    connected: Mutex<Connected<G>>,
}

impl<G: Gate> Gateway<G> {
    /// A gateway into a hub.
    pub fn new(gate: G, hub: Arc<Hub>, stats: Arc<StatsBoard>, options: Options) -> Arc<Self> {
        let (presence, joins, connected) = (Presence::default(), Joins::default(), Mutex::default());
        Arc::new(Self { gate, hub, stats, options, presence, joins, connected })
    }

    /// Who looks at which order.
    pub fn presence(&self) -> &Presence {
        &self.presence
    }
}

impl From<Close> for CloseFrame {
    fn from(close: Close) -> Self {
        let (code, reason, _) = close.policy();
        Self { code, reason }
    }
}

impl From<Denial> for ConnectError {
    fn from(denial: Denial) -> Self {
        Self { data: Some(json!({ "code": denial.code })), message: denial.message }
    }
}

impl<G: Gate> Application for Gateway<G> {
    type Handshake = G::Handshake;
    type Client = Client<G>;

    fn handshake(&self, request: &Parts) -> Result<G::Handshake, HandshakeError> {
        self.gate.handshake(request)
    }

    async fn connect(
        self: Arc<Self>,
        socket: Socket<Self>,
        auth: Auth,
    ) -> Result<Accepted<Client<G>>, ConnectError> {
        if socket.namespace() != "/" {
            return Err(ConnectError::invalid_namespace());
        }
        let token = auth.text("token").map(|token| token.strip_prefix("Bearer ").unwrap_or(token));
        let (pass, place) = match self.gate.enter(socket.handshake(), token) {
            Ok(entered) => entered,
            Err(Denied::Refused(denial)) => return Err(denial.into()),
            Err(Denied::Later(closing)) => {
                socket.close(closing);
                return Err(ConnectError { message: closing.reason.into(), data: None });
            }
        };
        let dialect = match auth.text("dialect").map(str::parse) {
            Some(Ok(dialect)) => dialect,
            Some(Err(unknown)) => {
                let unknown: crate::dialect::UnknownDialect = unknown;
                return Err(Denial { code: "unknown_dialect", message: unknown.to_string().into() }.into());
            }
            None => self.gate.dialect(socket.handshake()).unwrap_or(self.options.dialect),
        };
        let resume = Resume::find(&self, &pass, &auth, dialect).await;
        let pid = resume.pid.sealed.clone();
        let client = Client::new(&self, pass, place, dialect, resume);
        Ok(Accepted { client, pid: Some(pid) })
    }

    fn connected(&self, socket: &Socket<Self>) {
        let Some(client) = socket.client() else { return };
        greeting::send(self, socket, client);
        self.note(socket, client);
        client.begin(socket);
        for order in client.resume_joined(&self.joins) {
            self.joined(client, order);
        }
        tracing::info!(
            user = %client.pass.user(),
            role = client.pass.role().name(),
            transport = if socket.is_websocket() { "websocket" } else { "polling" },
            resumed = client.recovered,
            "connected"
        );
    }

    async fn event(self: Arc<Self>, socket: Socket<Self>, event: Event<Self>) {
        self.asked(&socket, event).await;
    }

    fn fill(&self, client: &Client<G>, context: &mut Context<'_>, outgoing: &mut Outgoing<'_>) {
        client.fill(&self.hub, &self.stats, context, outgoing);
    }

    fn disconnected(&self, socket: &Socket<Self>, reason: DisconnectReason) {
        let Some(client) = socket.client() else { return };
        let joined = client.leave(self);
        self.forget(socket);
        for order in joined {
            self.left(client, order);
        }
        tracing::info!(
            user = %client.pass.user(),
            role = client.pass.role().name(),
            reason = reason.name(),
            "disconnected"
        );
    }
}

/// What somebody listens to.
fn topic(pass: &impl Pass) -> Topic {
    Topic::of_user(pass.role(), pass.user(), pass.store())
}
