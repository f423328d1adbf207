//! Engine.IO v4: connections over WebSocket and HTTP long-polling, the upgrade from one to the other, heartbeats.
//!
//! Read in this order: [`service`] answers HTTP requests; [`connection`] is one client over either transport;
//! `connection_task` reads and handles its packets; `polling` and `upgrade` are the parts specific to one transport;
//! [`packet`] is the packet format; `packet_rate` and [`metrics`] count.

pub mod connection;
mod connection_task;
mod linger;
pub mod metrics;
pub mod packet;
mod packet_rate;
mod polling;
pub mod service;
mod upgrade;
mod write;

use std::borrow::Cow;
use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Context;

use http::StatusCode;
use http::request::Parts;

pub use self::service::Service;
pub use self::write::Outgoing;
use crate::config::SocketIoConfig;
use crate::engine::connection::Connection;
use crate::engine::metrics::EngineMetrics;
use crate::sid::Sid;
use crate::websocket::decoder::Violation;

pub(crate) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A protocol on top of Engine.IO, such as Socket.IO.
pub trait Protocol: Send + Sync + Sized + 'static {
    /// The protocol's state for each connection.
    type Session: Send + Sync + 'static;

    /// Called when a client opens a connection. Engine.IO keeps nothing else of the request.
    fn open(&self, request: &Parts) -> Result<Self::Session, HandshakeError>;

    /// Called for each message. The next message is read when this one is handled.
    fn message(&self, connection: &Arc<Connection<Self>>, message: EngineMessage<'_>) -> MessageOutcome;

    /// Appends frames to send, until there are none or `outgoing` is full.
    ///
    /// Called whenever the connection can be written, while it is locked: it must not send in any other way. If
    /// there is nothing to send, the protocol calls [`Connection::pull`] or wakes `context`'s waker as soon as
    /// there is.
    fn fill(
        &self,
        connection: &Arc<Connection<Self>>,
        context: &mut Context<'_>,
        outgoing: &mut Outgoing<'_>,
    );

    /// Whether the client completed its handshake within [`SocketIoConfig::connect_timeout`].
    fn has_connected(&self, connection: &Connection<Self>) -> bool;

    /// Called once, when the connection ended.
    fn closed(&self, connection: &Arc<Connection<Self>>, reason: &CloseReason);
}

#[derive(Debug, Clone, Copy)]
pub enum EngineMessage<'a> {
    Text(&'a str),
    Binary(&'a [u8]),
}

/// The result of handling a message.
pub enum MessageOutcome {
    Done,
    /// The message is handled when this future completes.
    Pending(Pin<Box<dyn Future<Output = ()> + Send>>),
    /// The message violates the protocol. The connection is closed.
    Close(CloseReason),
}

/// A refused handshake. Clients retry whatever the status is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{status}: {message}")]
pub struct HandshakeError {
    /// 403 if the client is not allowed; 429 or 503 if it may succeed later.
    pub status: StatusCode,
    /// For the developer of the client.
    pub message: Cow<'static, str>,
}

/// The WebSocket close frame with which the server ends a connection. Long-polling clients receive neither field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CloseFrame {
    /// 4000 to 4999.
    pub code: u16,
    /// At most 123 bytes.
    pub reason: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CloseReason {
    /// The client closed the connection, or the network failed.
    Transport,
    /// The browser left the page. Only known of a WebSocket.
    GoingAway,
    /// The client did not answer a ping.
    PingTimeout,
    /// The client violated RFC 6455.
    Violation(Violation),
    /// The client sent a malformed packet.
    Parse,
    /// The client did not connect to a namespace in time.
    ConnectTimeout,
    /// More than [`SocketIoConfig::max_queued_bytes`] were queued.
    TooSlow,
    /// Two concurrent long-polling requests of the same method.
    Overlap,
    Server(CloseFrame),
    /// A handler panicked.
    Panic,
}

impl CloseReason {
    /// The reason as one word, for metrics and logs.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Transport => "transport",
            Self::GoingAway => "going_away",
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

    /// The WebSocket close code and reason; `None` if the client cannot be reached.
    pub(crate) fn code(&self) -> Option<(u16, &'static str)> {
        match self {
            Self::Transport | Self::GoingAway => Some((1000, "")),
            Self::PingTimeout => None,
            Self::Violation(violation) => Some((violation.code(), "")),
            Self::Parse => Some((1002, "malformed packet")),
            Self::ConnectTimeout => Some((4000, "did not connect to a namespace in time")),
            Self::TooSlow => Some((4000, "too many bytes are queued")),
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
    /// Once set, new connections are refused.
    closing: Option<CloseFrame>,
}

impl<P: Protocol> Engine<P> {
    pub fn new(protocol: P, config: SocketIoConfig) -> Arc<Self> {
        let connections = Mutex::new(Connections { by_sid: HashMap::new(), closing: None });
        Arc::new(Self { protocol, config, metrics: Arc::default(), connections })
    }

    pub fn protocol(&self) -> &P {
        &self.protocol
    }

    /// The counters and gauges. They outlive the engine.
    pub fn metrics(&self) -> &Arc<EngineMetrics> {
        &self.metrics
    }

    /// Closes all connections, and refuses new ones.
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

    /// Whether there is an open connection with this `sid`.
    pub fn has(&self, sid: &str) -> bool {
        sid.parse().is_ok_and(|sid| self.find(&sid).is_some())
    }

    /// Whether new connections are accepted.
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
