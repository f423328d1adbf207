//! Engine.IO v4: connections over WebSocket and HTTP long-polling, the upgrade from one to the other, heartbeats.
//!
//! Read in this order: [`service`] answers HTTP requests; [`connection`] is one client, whatever its transport;
//! `driver` is its task; `polling` and `upgrade` are what is special about either transport; `packet` is what
//! travels. [`metrics`] counts.

pub mod connection;
mod driver;
pub mod metrics;
pub mod packet;
mod polling;
pub mod service;
mod upgrade;

use std::borrow::Cow;
use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Context;

use http::StatusCode;
use http::request::Parts;

pub use self::service::Service;
use crate::config::SocketIoConfig;
use crate::engine::connection::{Connection, Outgoing};
use crate::engine::metrics::EngineMetrics;
use crate::sid::Sid;
use crate::websocket::decoder::Violation;

pub(crate) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What runs on top of Engine.IO: Socket.IO, or something of your own.
pub trait Protocol: Send + Sync + Sized + 'static {
    /// What is kept for each connection.
    type Session: Send + Sync + 'static;

    /// A client wants to open a connection with this request. Nothing else of the request is kept.
    fn open(&self, request: &Parts) -> Result<Self::Session, HandshakeError>;

    /// A message came in. The next one is not looked at before this one is done.
    fn message(&self, connection: &Arc<Connection<Self>>, message: EngineMessage<'_>) -> MessageOutcome;

    /// Appends what is to be sent, as far as there is something and `outgoing` has room.
    ///
    /// Called with the connection locked, whenever it can be written: it must not send to it by other ways. When
    /// there is nothing yet, it has to see to it that [`Connection::pull`] is called once there is, or `context`'s
    /// waker is woken.
    fn fill(
        &self,
        connection: &Arc<Connection<Self>>,
        context: &mut Context<'_>,
        outgoing: &mut Outgoing<'_>,
    );

    /// Whether the client has done what it has to do within [`SocketIoConfig::connect_timeout`].
    fn has_connected(&self, connection: &Connection<Self>) -> bool;

    /// The connection ended. Called once.
    fn closed(&self, connection: &Arc<Connection<Self>>, reason: &CloseReason);
}

/// A message of a client.
#[derive(Debug, Clone, Copy)]
pub enum EngineMessage<'a> {
    /// Text.
    Text(&'a str),
    /// Bytes.
    Binary(&'a [u8]),
}

/// What becomes of a message.
pub enum MessageOutcome {
    /// It was handled.
    Done,
    /// It is handled when this future is done.
    Pending(Pin<Box<dyn Future<Output = ()> + Send>>),
    /// It breaks the protocol on top; the connection ends.
    Close(CloseReason),
}

/// A request to open a connection was refused, for now or for good: the status says which. Clients try again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{status}: {message}")]
pub struct HandshakeError {
    /// 403 for who may not; 429 or 503 for who may come back.
    pub status: StatusCode,
    /// For the developer of the client.
    pub message: Cow<'static, str>,
}

/// How the server ends a connection: a WebSocket close code of 4000 to 4999, and a few words. Long-polling clients
/// are told neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CloseFrame {
    /// The close code.
    pub code: u16,
    /// At most 123 bytes.
    pub reason: &'static str,
}

/// Why a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CloseReason {
    /// The client closed, or the network did.
    Transport,
    /// The client did not answer a ping.
    PingTimeout,
    /// The client sent something that the protocol does not allow.
    Violation(Violation),
    /// A packet that is none.
    Parse,
    /// The client connected to no namespace in time.
    ConnectTimeout,
    /// More waited for the client than may wait.
    TooSlow,
    /// Two long-polling requests at once.
    Overlap,
    /// The server closed it.
    Server(CloseFrame),
    /// A handler panicked.
    Panic,
}

impl CloseReason {
    /// The reason as one word, for metrics and logs.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Transport => "transport",
            Self::PingTimeout => "ping_timeout",
            Self::Violation(_) => "violation",
            Self::Parse => "parse",
            Self::ConnectTimeout => "connect_timeout",
            Self::TooSlow => "too_slow",
            Self::Overlap => "overlap",
            Self::Server(_) => "server",
            Self::Panic => "panic",
        }
    }

    /// What a WebSocket is closed with; `None` when there is nobody to tell.
    pub(crate) fn code(&self) -> Option<(u16, &'static str)> {
        match self {
            Self::Transport => Some((1000, "")),
            Self::PingTimeout => None,
            Self::Violation(violation) => Some((violation.code(), "")),
            Self::Parse => Some((1002, "not a packet")),
            Self::ConnectTimeout => Some((4000, "no namespace was connected to in time")),
            Self::TooSlow => Some((4000, "too much is waiting to be read")),
            Self::Overlap => Some((4000, "")),
            Self::Server(closing) => Some((closing.code, closing.reason)),
            Self::Panic => Some((1011, "")),
        }
    }
}

/// All connections of one server.
pub struct Engine<P: Protocol> {
    pub(crate) protocol: P,
    pub(crate) config: SocketIoConfig,
    pub(crate) metrics: Arc<EngineMetrics>,
    connections: Mutex<Connections<P>>,
}

struct Connections<P: Protocol> {
    by_sid: HashMap<Sid, Arc<Connection<P>>>,
    /// Set once; from then on no connection is opened.
    closing: Option<CloseFrame>,
}

impl<P: Protocol> Engine<P> {
    /// An engine without connections.
    pub fn new(protocol: P, config: SocketIoConfig) -> Arc<Self> {
        let connections = Mutex::new(Connections { by_sid: HashMap::new(), closing: None });
        Arc::new(Self { protocol, config, metrics: Arc::default(), connections })
    }

    /// What runs on top.
    pub fn protocol(&self) -> &P {
        &self.protocol
    }

    /// The counts. They may be kept beyond the engine.
    pub fn metrics(&self) -> &Arc<EngineMetrics> {
        &self.metrics
    }

    /// Closes every connection, and those that come later.
    pub fn close_all(self: &Arc<Self>, closing: CloseFrame) {
        let connections: Vec<_> = {
            let mut connections = lock(&self.connections);
            connections.closing = Some(closing);
            connections.by_sid.values().cloned().collect()
        };
        for connection in connections {
            connection.close(CloseReason::Server(closing));
        }
    }

    pub(crate) fn find(&self, sid: &Sid) -> Option<Arc<Connection<P>>> {
        lock(&self.connections).by_sid.get(sid).cloned()
    }

    /// Whether connections are still opened.
    pub(crate) fn is_open(&self) -> bool {
        lock(&self.connections).closing.is_none()
    }

    pub(crate) fn add(&self, connection: &Arc<Connection<P>>) {
        let closing = {
            let mut connections = lock(&self.connections);
            connections.by_sid.insert(connection.sid, Arc::clone(connection));
            connections.closing
        };
        if let Some(closing) = closing {
            connection.close(CloseReason::Server(closing));
        }
    }

    pub(crate) fn remove(&self, sid: &Sid) {
        lock(&self.connections).by_sid.remove(sid);
    }
}
