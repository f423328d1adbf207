//! What you write: who may connect, what their events do, what they are sent.

use std::borrow::Cow;
use std::future::Future;
use std::sync::Arc;
use std::task::Context;

use bytes::Bytes;
use http::request::Parts;
use serde_json::Value;

use crate::engine::connection::Outgoing;
use crate::engine::{CloseReason, HandshakeError};
use crate::socket::{AckSender, Socket};

/// An application on Socket.IO.
pub trait Application: Send + Sync + Sized + 'static {
    /// What you keep of the HTTP request that opened a connection: who it is by its cookie, where it comes from.
    type Handshake: Send + Sync + 'static;
    /// What you keep for each client in a namespace.
    type Client: Send + Sync + 'static;

    /// A connection is being opened. Refusing it here answers the request; clients try again after a while.
    fn handshake(&self, request: &Parts) -> Result<Self::Handshake, HandshakeError>;

    /// A client wants into a namespace. A refusal here is final for an unmodified client: it does not try again.
    ///
    /// The client hears nothing else before this is answered. To have it come back, close the connection instead.
    fn connect(
        self: Arc<Self>,
        socket: Socket<Self>,
        auth: Auth,
    ) -> impl Future<Output = Result<Accepted<Self::Client>, ConnectError>> + Send;

    /// The client is in the namespace, and has been told. What is emitted here is the first that it hears.
    fn connected(&self, socket: &Socket<Self>) {
        let _ = socket;
    }

    /// A client sent an event. The next one is handled when this one is.
    fn event(self: Arc<Self>, socket: Socket<Self>, event: Event<Self>) -> impl Future<Output = ()> + Send;

    /// Appends what a client is to be sent, as far as there is something and `outgoing` has room.
    ///
    /// Called whenever the client can be written to, with its connection locked: it must not use the client's
    /// [`Socket`]. When there is nothing yet, [`Socket::pull`] has to be called, or `context`'s waker woken, as soon
    /// as there is.
    fn fill(&self, client: &Self::Client, context: &mut Context<'_>, outgoing: &mut Outgoing<'_>) {
        let _ = (client, context, outgoing);
    }

    /// A client left a namespace, or its connection ended. Called once for each client that was accepted.
    fn disconnected(&self, socket: &Socket<Self>, reason: DisconnectReason) {
        let _ = (socket, reason);
    }
}

/// Why a client is no longer in a namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DisconnectReason {
    /// It left.
    Client,
    /// The server put it out.
    Server,
    /// The connection ended.
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

/// What a client sends with its wish to connect.
#[derive(Debug, Clone, Default)]
pub struct Auth {
    /// An object; empty when there was none.
    pub data: serde_json::Map<String, Value>,
}

impl Auth {
    /// A member that is a string.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.data.get(name)?.as_str()
    }

    /// Connection state recovery: the private id that the client was given when it connected before.
    pub fn pid(&self) -> Option<&str> {
        self.text("pid")
    }

    /// Connection state recovery: the offset of the last event that it saw, the last argument of that event.
    pub fn offset(&self) -> Option<&str> {
        self.text("offset")
    }
}

/// A client is let in.
#[derive(Debug)]
pub struct Accepted<C> {
    /// What you keep for it.
    pub client: C,
    /// Connection state recovery: the private id it is given. When it is the one that the client sent, the client
    /// takes itself as recovered. From then on, the last argument of an event, where it is a string, is its offset.
    pub pid: Option<String>,
}

/// A client is refused, for good.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct ConnectError {
    /// What its `connect_error` says.
    pub message: Cow<'static, str>,
    /// Its `data`.
    pub data: Option<Value>,
}

impl ConnectError {
    /// The refusal of a namespace that does not exist.
    pub fn invalid_namespace() -> Self {
        Self { message: "Invalid namespace".into(), data: None }
    }
}

/// An event of a client.
pub struct Event<A: Application> {
    /// Its name.
    pub name: String,
    /// Its arguments. Where an argument has bytes, it says `{"_placeholder": true, "num": 0}`, and the bytes are in
    /// `attachments`.
    pub args: Vec<Value>,
    /// The bytes in it.
    pub attachments: Vec<Bytes>,
    /// How to answer; `None` when the client does not wait for an answer.
    pub ack: Option<AckSender<A>>,
}
