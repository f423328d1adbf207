//! Socket.IO connections: who they are, where they are in the log, what they may ask for.
//!
//! Read in this order: [`Authorizer`] is what the caller brings: tokens, limits, and commands. [`Gateway`] lets clients in.
//! `client` is one of them, and what it is written; `recovery` is how it goes on where it was, with the orders that
//! `joins` kept for it; `asked` is what it may send; `cut` ends connections whose token or session ended; [`presence`] tells who looks at an order.

mod client;
mod client_events;
mod expiry;
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
use self::expiry::OpenConnections;
use self::joins::JoinCache;
use self::presence::Presence;
use self::recovery::Resume;
use crate::dialect::Dialect;
use crate::hub::Hub;
use crate::limits::ConnectionPermit;
use crate::order_counts::OrderCountsPublisher;
use crate::sse::Close;

/// What the gateway asks of the rest of the server.
pub trait Authorizer: Send + Sync + Sized + 'static {
    /// What is kept of the HTTP request that opened a connection: its address, and who it is by its cookie.
    type Handshake: Send + Sync + 'static;
    /// Somebody whose token was verified.
    type Identity: Identity;

    /// A connection is opened. Refused are pages that may not use the cookie, and who comes too often.
    fn handshake(&self, request: &Parts) -> Result<Self::Handshake, HandshakeError>;

    /// The dialect that the request asks for, if it does.
    fn dialect(&self, handshake: &Self::Handshake) -> Option<Dialect>;

    /// Somebody comes in: by `token`, or else by what the request brought.
    fn authenticate(
        &self,
        handshake: &Self::Handshake,
        token: Option<&str>,
    ) -> Result<(Self::Identity, ConnectionPermit), Rejection>;

    /// Why somebody may not stay, if so.
    fn close_reason(&self, identity: &Self::Identity) -> Option<Close>;

    /// Moves whenever somebody may have been close_reason otherwise than by time.
    fn revocations(&self) -> watch::Receiver<u64>;

    /// Somebody sent an event: whether they are within their limit.
    fn check_rate(&self, identity: &Self::Identity) -> Result<(), Denial>;

    /// An order, if they may see it.
    fn visible_order(
        &self,
        identity: &Self::Identity,
        order: OrderRef,
    ) -> impl Future<Output = Result<Arc<Snapshot>, Denial>> + Send;

    /// Sets an order's status, in their name.
    fn set_status(
        &self,
        identity: &Self::Identity,
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
pub trait Identity: Send + Sync + 'static {
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
pub enum Rejection {
    /// For good, with this token.
    Refused(Denial),
    /// For now: the connection is closed, so that an unmodified client comes back.
    RetryLater(CloseFrame),
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
pub struct Gateway<A: Authorizer> {
    authorizer: A,
    hub: Arc<Hub>,
    order_counts: Arc<OrderCountsPublisher>,
    options: Options,
    presence: Presence,
    joins: JoinCache,
    connected: Mutex<OpenConnections<A>>,
}

impl<A: Authorizer> Gateway<A> {
    /// A gateway into a hub.
    pub fn new(
        authorizer: A,
        hub: Arc<Hub>,
        order_counts: Arc<OrderCountsPublisher>,
        options: Options,
    ) -> Arc<Self> {
        let (presence, joins, connected) = (Presence::default(), JoinCache::default(), Mutex::default());
        Arc::new(Self { authorizer, hub, order_counts, options, presence, joins, connected })
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

impl<A: Authorizer> Application for Gateway<A> {
    type Handshake = A::Handshake;
    type Client = Client<A>;

    fn handshake(&self, request: &Parts) -> Result<A::Handshake, HandshakeError> {
        self.authorizer.handshake(request)
    }

    async fn connect(
        self: Arc<Self>,
        socket: Socket<Self>,
        auth: Auth,
    ) -> Result<Accepted<Client<A>>, ConnectError> {
        if socket.namespace() != "/" {
            return Err(ConnectError::invalid_namespace());
        }
        let token = auth.text("token").map(|token| token.strip_prefix("Bearer ").unwrap_or(token));
        let (identity, permit) = match self.authorizer.authenticate(socket.handshake(), token) {
            Ok(entered) => entered,
            Err(Rejection::Refused(denial)) => return Err(denial.into()),
            Err(Rejection::RetryLater(closing)) => {
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
            None => self.authorizer.dialect(socket.handshake()).unwrap_or(self.options.dialect),
        };
        let resume = Resume::find(&self, &identity, &auth, dialect).await;
        let pid = resume.pid.sealed.clone();
        let client = Client::new(&self, identity, permit, dialect, resume);
        Ok(Accepted { client, pid: Some(pid) })
    }

    fn connected(&self, socket: &Socket<Self>) {
        let Some(client) = socket.client() else { return };
        greeting::send(self, socket, client);
        self.track(socket, client);
        client.activate(socket);
        for order in client.resume_joined(&self.joins) {
            self.joined(client, order);
        }
        tracing::info!(
            user = %client.identity.user(),
            role = client.identity.role().name(),
            transport = if socket.is_websocket() { "websocket" } else { "polling" },
            resumed = client.recovered,
            "connected"
        );
    }

    async fn event(self: Arc<Self>, socket: Socket<Self>, event: Event<Self>) {
        self.handle_event(&socket, event).await;
    }

    fn fill(&self, client: &Client<A>, context: &mut Context<'_>, outgoing: &mut Outgoing<'_>) {
        client.fill(&self.hub, &self.order_counts, context, outgoing);
    }

    fn disconnected(&self, socket: &Socket<Self>, reason: DisconnectReason) {
        let Some(client) = socket.client() else { return };
        let joined = client.disconnect(self);
        self.untrack(socket);
        for order in joined {
            self.left(client, order);
        }
        tracing::info!(
            user = %client.identity.user(),
            role = client.identity.role().name(),
            reason = reason.name(),
            "disconnected"
        );
    }
}

/// What somebody listens to.
fn topic(identity: &impl Identity) -> Topic {
    Topic::of_user(identity.role(), identity.user(), identity.store())
}
