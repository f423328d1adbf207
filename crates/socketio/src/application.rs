//! The application's side: authorizing clients, handling their events, and filling in what they are sent.

use std::borrow::Cow;
use std::future::Future;
use std::sync::Arc;
use std::task::Context;

use bytes::Bytes;
use http::request::Parts;
use serde_json::Value;

use crate::engine::Outgoing;
use crate::engine::{CloseReason, HandshakeError};
use crate::socket::{AckSender, Socket};

/// An application on Socket.IO.
pub trait Application: Send + Sync + Sized + 'static {
    /// What the application keeps of the HTTP request that opened a connection, such as the user and the address.
    type Handshake: Send + Sync + 'static;
    /// What the application keeps for each client in a namespace.
    type Client: Send + Sync + 'static;

    /// Called when a connection is being opened. An error is the response to the HTTP request; clients retry it.
    fn handshake(&self, request: &Parts) -> Result<Self::Handshake, HandshakeError>;

    /// Called when a client connects to a namespace. An error is final for an unmodified client: it does not retry.
    ///
    /// The client receives nothing else before this returns. To make the client reconnect, close the connection
    /// instead.
    fn connect(
        self: Arc<Self>,
        socket: Socket<Self>,
        auth: Auth,
    ) -> impl Future<Output = Result<Accepted<Self::Client>, ConnectError>> + Send;

    /// Called after the client was told that it is connected. Events emitted here are the first that the client
    /// receives.
    fn connected(&self, socket: &Socket<Self>) {
        let _ = socket;
    }

    /// Called for each event of a client. The next event is handled when this future completes.
    fn event(
        self: Arc<Self>,
        socket: Socket<Self>,
        event: ClientEvent<Self>,
    ) -> impl Future<Output = ()> + Send;

    /// Appends events to send to a client, until there are none or `outgoing` is full. Events of the namespace `/` are sent in
    /// the client's own namespace.
    ///
    /// Called whenever the client can be written to, while its connection is locked: it must not use the client's
    /// [`Socket`]. If there is nothing to send, the application calls [`Socket::pull`] or wakes `context`'s waker
    /// as soon as there is.
    fn fill(&self, client: &Self::Client, context: &mut Context<'_>, outgoing: &mut Outgoing<'_>) {
        let _ = (client, context, outgoing);
    }

    /// Called once for each accepted client, when it disconnects from its namespace or its connection ends.
    fn disconnected(&self, socket: &Socket<Self>, reason: DisconnectReason) {
        let _ = (socket, reason);
    }
}

/// Why a client is no longer in a namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DisconnectReason {
    /// The client sent DISCONNECT.
    Client,
    /// The server called [`Socket::disconnect`].
    Server,
    /// The whole connection ended.
    Connection(CloseReason),
}

impl DisconnectReason {
    /// The reason as one word, for metrics and logs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Server => "put_out",
            Self::Connection(reason) => reason.name(),
        }
    }
}

/// The payload of a client's CONNECT packet.
#[derive(Debug, Clone, Default)]
pub struct Auth {
    /// Empty if the packet had no payload.
    pub data: serde_json::Map<String, Value>,
}

impl Auth {
    /// A member that is a string.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.data.get(name)?.as_str()
    }

    /// Connection state recovery: the private id that the client received with its previous connection.
    pub fn pid(&self) -> Option<&str> {
        self.text("pid")
    }

    /// Connection state recovery: the offset of the last event that the client received.
    pub fn offset(&self) -> Option<&str> {
        self.text("offset")
    }
}

/// A client is accepted into a namespace.
#[derive(Debug)]
pub struct Accepted<C> {
    pub client: C,
    /// Connection state recovery: the private id for this client. If it equals the id that the client sent, the
    /// client considers itself recovered. The client then takes the last argument of each event, if it is a string,
    /// as the offset.
    pub pid: Option<String>,
}

/// A client is refused for good.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct ConnectError {
    /// The message of the client's `connect_error`.
    pub message: Cow<'static, str>,
    /// The `data` of the client's `connect_error`.
    pub data: Option<Value>,
}

impl ConnectError {
    /// The error for a namespace that does not exist.
    pub fn invalid_namespace() -> Self {
        Self { message: "Invalid namespace".into(), data: None }
    }
}

pub struct ClientEvent<A: Application> {
    pub name: String,
    /// Bytes in an argument are replaced by `{"_placeholder": true, "num": 0}`, where `num` is an index of
    /// `attachments`.
    pub args: Vec<Value>,
    pub attachments: Vec<Bytes>,
    /// `None` if the client does not expect an acknowledgement.
    pub ack: Option<AckSender<A>>,
}
