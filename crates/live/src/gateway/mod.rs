//! Socket.IO clients: who they are, where they are in the log, and what they may send.
//!
//! In reading order: `authorizer` is what the gateway asks of the rest of the server. `joins` has
//! the orders of one client, `join_cache` those of all, and `join_store` keeps the log's copy of them. `recovery` decides where
//! a client goes on. `client` is one client, and what it is sent. `client_events` is
//! what it may send. [`presence`] tells staff who has an order open. `expiry` closes connections whose session ended.

mod authorizer;
mod client;
mod client_events;
mod expiry;
mod join_cache;
mod join_store;
mod joins;
pub mod presence;
mod recovery;

use std::sync::{Arc, Mutex, Weak};
use std::task::Context;

use eventlog::Topic;
use http::request::Parts;
use jiff::SignedDuration;
use serde_json::json;
use socketio::application::DisconnectReason;
use socketio::{
    Accepted, Application, Auth, ClientEvent, CloseFrame, ConnectError, HandshakeError, Outgoing, Socket,
};

pub use self::authorizer::{Authorizer, Denial, Identity, Rejection};
use self::client::ConnectedClient;
use self::expiry::OpenConnections;
use self::join_cache::{Departure, JoinCache};
use self::presence::Presence;
use self::recovery::Resume;
use crate::dialect::{DialectId, UnknownDialect};
use crate::hub::Hub;
use crate::order_counts::OrderCountsPublisher;
#[cfg(feature = "openapi")]
pub use crate::payload::client::messages;
use crate::payload::session::Connected;

/// What an operator configures.
#[derive(Debug, Clone, Default)]
pub struct GatewayOptions {
    /// For clients that name no dialect.
    pub dialect: DialectId,
    /// How many orders one connection may join.
    pub max_joined: usize,
    /// More names of `join-order-tracking`. The name for leaving follows: `join` becomes `leave`, and `track` `untrack`.
    pub join_events: Vec<String>,
    /// Namespaces that mean `/`, without a slash at the end.
    pub namespaces: Vec<String>,
    /// How long a client may have been silent when its connection is given up.
    pub silent_after: SignedDuration,
}

/// The Socket.IO application.
pub struct Gateway<A: Authorizer> {
    authorizer: A,
    hub: Arc<Hub>,
    order_counts: Arc<OrderCountsPublisher>,
    options: GatewayOptions,
    presence: Presence,
    joins: JoinCache,
    joins_loaded: tokio::sync::OnceCell<()>,
    saving_joins: tokio::sync::Mutex<()>,
    /// Clients that were connected until the server stopped left at this moment, as far as is known.
    started: Departure,
    connections: Mutex<OpenConnections<A>>,
    me: Weak<Self>,
}

impl<A: Authorizer> Gateway<A> {
    pub fn new(
        authorizer: A,
        hub: Arc<Hub>,
        order_counts: Arc<OrderCountsPublisher>,
        options: GatewayOptions,
    ) -> Arc<Self> {
        let started = Departure { at: authorizer.now(), seq: hub.head(), silent_since: None, returns: true };
        Arc::new_cyclic(|me| Self {
            authorizer,
            hub,
            order_counts,
            options,
            presence: Presence::default(),
            joins: JoinCache::default(),
            joins_loaded: tokio::sync::OnceCell::new(),
            saving_joins: tokio::sync::Mutex::default(),
            started,
            connections: Mutex::default(),
            me: Weak::clone(me),
        })
    }

    /// The dialect that a client asks for, or the configured one.
    fn dialect(&self, socket: &Socket<Self>, auth: &Auth) -> Result<DialectId, Denial> {
        match auth.text("dialect").map(str::parse) {
            Some(named) => named.map_err(|unknown: UnknownDialect| Denial {
                code: "unknown_dialect",
                message: unknown.to_string().into(),
            }),
            None => Ok(self.authorizer.dialect(socket.handshake()).unwrap_or(self.options.dialect)),
        }
    }

    /// Sends a client its first event.
    fn greet(&self, socket: &Socket<Self>, client: &ConnectedClient<A>) {
        let person = client.identity.person();
        let (cursor, head) = (client.start.clone(), self.hub.cursor());
        let connected = Connected::new(client.identity.role(), &person, cursor, head, client.recovered);
        let greeting = client.dialect.get().greeting(&connected, self.authorizer.now());
        socket.send_events([greeting.frame()]);
    }
}

impl From<Denial> for ConnectError {
    fn from(denial: Denial) -> Self {
        Self { data: Some(json!({ "code": denial.code })), message: denial.message }
    }
}

impl<A: Authorizer> Application for Gateway<A> {
    type Handshake = A::Handshake;
    type Client = ConnectedClient<A>;

    fn handshake(&self, request: &Parts) -> Result<A::Handshake, HandshakeError> {
        self.authorizer.handshake(request)
    }

    async fn connect(
        self: Arc<Self>,
        socket: Socket<Self>,
        auth: Auth,
    ) -> Result<Accepted<ConnectedClient<A>>, ConnectError> {
        // `io("https://shop.example/api/")` names `/api/`.
        let namespace = socket.namespace().trim_end_matches('/');
        if !namespace.is_empty() && self.options.namespaces.iter().all(|other| other != namespace) {
            return Err(ConnectError::invalid_namespace());
        }
        let (identity, permit) = match self.authorizer.authenticate(socket.handshake(), auth.text("token")) {
            Ok(authenticated) => authenticated,
            Err(Rejection::Refused(denial)) => return Err(denial.into()),
            Err(Rejection::RetryLater(close)) => {
                let frame = CloseFrame::from(close);
                socket.close(frame);
                return Err(ConnectError { message: frame.reason.into(), data: None });
            }
        };
        let dialect = self.dialect(&socket, &auth)?;
        self.load_joins().await;
        let resume = Resume::find(&self, &identity, &auth, dialect).await;
        let pid = resume.pid.sealed.clone();
        let client = ConnectedClient::new(&self, identity, permit, dialect, resume);
        Ok(Accepted { client, pid: Some(pid) })
    }

    fn connected(&self, socket: &Socket<Self>) {
        let Some(client) = socket.client() else { return };
        self.greet(socket, client);
        self.track(socket, client);
        // Its session may have ended before it was tracked.
        self.close_if_ended(socket, client);
        socket.send_events(client.take_missed());
        client.activate(socket);
        let joined = client.resume_joined(&self.joins);
        if !joined.is_empty() {
            self.save_joins_later();
        }
        for order in joined {
            self.order_joined(client, order);
        }
        tracing::info!(
            user = %client.identity.user(),
            role = client.identity.role().name(),
            transport = if socket.is_websocket() { "websocket" } else { "polling" },
            resumed = client.recovered,
            "connected"
        );
    }

    async fn event(self: Arc<Self>, socket: Socket<Self>, event: ClientEvent<Self>) {
        self.handle_event(&socket, event).await;
    }

    fn fill(&self, client: &ConnectedClient<A>, context: &mut Context<'_>, outgoing: &mut Outgoing<'_>) {
        client.fill(&self.hub, &self.order_counts, context, outgoing);
    }

    fn disconnected(&self, socket: &Socket<Self>, reason: DisconnectReason) {
        let Some(client) = socket.client() else { return };
        let joined = client.disconnect(self, reason);
        self.untrack(socket);
        if client.is_remembered() {
            self.save_joins_later();
        }
        for order in joined {
            self.order_left(client, order);
        }
        tracing::info!(
            user = %client.identity.user(),
            role = client.identity.role().name(),
            reason = reason.name(),
            "disconnected"
        );
    }
}

/// What a client is subscribed to.
fn topic(identity: &impl Identity) -> Topic {
    Topic::of_user(identity.role(), identity.user(), identity.store())
}
