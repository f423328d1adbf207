//! The handle to one client in one namespace.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, Weak};
use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;
use tokio::sync::oneshot;

use crate::application::{Application, DisconnectReason};
use crate::engine::connection::Connection;
use crate::engine::{CloseFrame, CloseReason, lock};
use crate::frame::Frame;
use crate::namespaces::SocketIo;
use crate::packet::{PacketType, in_namespace, write};
use crate::sid::Sid;

/// Acknowledgements that one client may owe at a time.
const MAX_PENDING_ACKS: usize = 256;

/// Shared by all handles of a client.
pub(crate) struct SocketInner<A: Application> {
    pub(crate) id: Sid,
    /// `None` means `/`.
    pub(crate) namespace: Option<Box<str>>,
    pub(crate) client: OnceLock<A::Client>,
    /// Set after the client was told that it is connected. `fill` is called from then on.
    pub(crate) ready: AtomicBool,
    acks: Mutex<Option<Box<Acks>>>,
    disconnected: AtomicBool,
}

#[derive(Default)]
struct Acks {
    next: u64,
    pending: HashMap<u64, oneshot::Sender<Ack>>,
}

/// A client's acknowledgement of an event.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ack {
    /// See [`ClientEvent`](crate::ClientEvent) for the placeholders of bytes.
    pub args: Vec<Value>,
    pub attachments: Vec<Bytes>,
}

impl<A: Application> SocketInner<A> {
    pub(crate) fn namespace(&self) -> &str {
        self.namespace.as_deref().unwrap_or("/")
    }

    /// Passes an acknowledgement to the task that waits for it.
    pub(crate) fn resolve_ack(&self, id: u64, answer: Ack) {
        let mut acks = lock(&self.acks);
        if let Some(pending) = acks.as_mut().and_then(|acks| acks.pending.remove(&id)) {
            drop(pending.send(answer));
        }
    }

    /// Cancels all pending acknowledgements. Returns `false` if the socket was disconnected already.
    pub(crate) fn mark_disconnected(&self) -> bool {
        // In this order, a task that is about to wait either sees the flag or has its sender dropped here.
        let first = !self.disconnected.swap(true, Ordering::AcqRel);
        lock(&self.acks).take();
        first
    }
}

/// A client in a namespace. Clones refer to the same client.
pub struct Socket<A: Application> {
    pub(crate) connection: Arc<Connection<SocketIo<A>>>,
    pub(crate) inner: Arc<SocketInner<A>>,
}

impl<A: Application> Clone for Socket<A> {
    fn clone(&self) -> Self {
        Self { connection: Arc::clone(&self.connection), inner: Arc::clone(&self.inner) }
    }
}

impl<A: Application> fmt::Debug for Socket<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Socket")
            .field("id", &self.inner.id)
            .field("namespace", &self.namespace())
            .finish_non_exhaustive()
    }
}

/// A handle that does not keep the client alive. Data that the application keeps for a client may hold its own
/// handle.
pub struct WeakSocket<A: Application> {
    connection: Weak<Connection<SocketIo<A>>>,
    inner: Weak<SocketInner<A>>,
}

impl<A: Application> WeakSocket<A> {
    /// The client, while it is connected or another [`Socket`] exists.
    pub fn upgrade(&self) -> Option<Socket<A>> {
        Some(Socket { connection: self.connection.upgrade()?, inner: self.inner.upgrade()? })
    }

    /// Whether the client may still be connected. Calling this for a batch of clients before pulling them lets the
    /// processor load their memory in parallel.
    pub fn is_alive(&self) -> bool {
        self.connection.strong_count() > 0 && self.inner.strong_count() > 0
    }

    /// Like [`Socket::pull`], if the client still exists.
    pub fn pull(&self) {
        // Whether the client is still in its namespace is checked when `fill` is called.
        if let Some(connection) = self.connection.upgrade() {
            connection.pull();
        }
    }
}

impl<A: Application> Clone for WeakSocket<A> {
    fn clone(&self) -> Self {
        Self { connection: Weak::clone(&self.connection), inner: Weak::clone(&self.inner) }
    }
}

/// Why no acknowledgement was received.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AckError {
    #[error("the client did not acknowledge in time")]
    TimedOut,
    #[error("the client disconnected")]
    Disconnected,
    #[error("too many acknowledgements are pending")]
    TooMany,
}

impl<A: Application> Socket<A> {
    pub(crate) fn new(connection: &Arc<Connection<SocketIo<A>>>, id: Sid, namespace: &str) -> Self {
        let inner = SocketInner {
            id,
            namespace: (namespace != "/").then(|| namespace.into()),
            client: OnceLock::new(),
            ready: AtomicBool::new(false),
            acks: Mutex::new(None),
            disconnected: AtomicBool::new(false),
        };
        Self { connection: Arc::clone(connection), inner: Arc::new(inner) }
    }

    /// The socket's id in its namespace. It differs from the connection's id.
    pub fn id(&self) -> Sid {
        self.inner.id
    }

    pub fn namespace(&self) -> &str {
        self.inner.namespace()
    }

    /// What [`Application::handshake`] returned for the connection.
    pub fn handshake(&self) -> &A::Handshake {
        self.connection.session().handshake()
    }

    /// What the application keeps for this client; `None` until it is accepted.
    pub fn client(&self) -> Option<&A::Client> {
        self.inner.client.get()
    }

    pub fn is_websocket(&self) -> bool {
        self.connection.is_websocket()
    }

    pub fn downgrade(&self) -> WeakSocket<A> {
        WeakSocket { connection: Arc::downgrade(&self.connection), inner: Arc::downgrade(&self.inner) }
    }

    /// Tells the connection that [`fill`](Application::fill) has something to send. Writes at once, as far as the
    /// client accepts data.
    pub fn pull(&self) {
        self.connection.pull();
    }

    /// Sends an event with one argument, after everything that was sent before.
    pub fn emit<T: Serialize + ?Sized>(&self, name: &str, payload: &T) -> serde_json::Result<()> {
        let data = serde_json::to_string(&(name, payload))?;
        self.send([write(PacketType::Event, self.namespace(), None, 0, &data)]);
        Ok(())
    }

    /// Sends an event with any number of arguments and bytes. See [`ClientEvent`](crate::ClientEvent) for the placeholders of
    /// bytes.
    pub fn emit_all(&self, name: &str, args: &[Value], attachments: &[Bytes]) {
        let data = json_array(Some(name), args);
        let head = write(PacketType::Event, self.namespace(), None, attachments.len(), &data);
        self.send(std::iter::once(head).chain(attachments.iter().map(|bytes| Frame::binary(bytes))));
    }

    /// Sends an event with one argument and waits for the client's acknowledgement.
    pub async fn emit_with_ack<T: Serialize + ?Sized>(
        &self,
        name: &str,
        payload: &T,
        timeout: Duration,
    ) -> Result<Ack, AckError> {
        let data = serde_json::to_string(&(name, payload)).map_err(|_| AckError::Disconnected)?;
        let (sender, answer) = oneshot::channel();
        let id = {
            let mut acks = lock(&self.inner.acks);
            let acks = acks.get_or_insert_default();
            acks.pending.retain(|_, pending| !pending.is_closed());
            if acks.pending.len() >= MAX_PENDING_ACKS {
                return Err(AckError::TooMany);
            }
            let id = acks.next;
            acks.next += 1;
            acks.pending.insert(id, sender);
            id
        };
        if self.inner.disconnected.load(Ordering::Acquire) {
            return Err(AckError::Disconnected);
        }
        self.send([write(PacketType::Event, self.namespace(), Some(id), 0, &data)]);
        match tokio::time::timeout(timeout, answer).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(_)) => Err(AckError::Disconnected),
            Err(_) => Err(AckError::TimedOut),
        }
    }

    /// Disconnects the client from the namespace. An unmodified client does not reconnect.
    pub fn disconnect(&self) {
        if self.connection.session().disconnect(&self.inner) {
            self.connection.send([write(PacketType::Disconnect, self.namespace(), None, 0, "")]);
            self.connection.engine.protocol.application().disconnected(self, DisconnectReason::Server);
        }
    }

    /// Closes the whole connection. An unmodified client reconnects.
    pub fn close(&self, closing: CloseFrame) {
        self.connection.close(CloseReason::Server(closing));
    }

    /// Sends encoded frames of this namespace, after everything that was sent before. Sends nothing to a
    /// disconnected client, because the connection may have a new socket in the same namespace.
    pub fn send(&self, frames: impl IntoIterator<Item = Frame>) {
        if self.inner.disconnected.load(Ordering::Acquire) {
            return;
        }
        self.connection.send(frames);
    }

    /// Like [`send`](Self::send), for frames of [`event`](crate::packet::event), which are for the namespace `/`.
    pub fn send_events(&self, frames: impl IntoIterator<Item = Frame>) {
        let namespace = self.inner.namespace.as_deref();
        self.send(frames.into_iter().map(|frame| match namespace {
            Some(namespace) => in_namespace(&frame, namespace),
            None => frame,
        }));
    }
}

/// Sends the acknowledgement of an event.
pub struct AckSender<A: Application> {
    pub(crate) socket: Socket<A>,
    pub(crate) id: u64,
}

impl<A: Application> AckSender<A> {
    /// Acknowledges with one argument.
    pub fn send<T: Serialize + ?Sized>(self, payload: &T) -> serde_json::Result<()> {
        let data = serde_json::to_string(&(payload,))?;
        self.socket.send([write(PacketType::Ack, self.socket.namespace(), Some(self.id), 0, &data)]);
        Ok(())
    }

    /// Acknowledges with any number of arguments and bytes.
    pub fn send_all(self, args: &[Value], attachments: &[Bytes]) {
        let data = json_array(None, args);
        let head = write(PacketType::Ack, self.socket.namespace(), Some(self.id), attachments.len(), &data);
        self.socket.send(std::iter::once(head).chain(attachments.iter().map(|bytes| Frame::binary(bytes))));
    }
}

/// A JSON array of the event's name, if any, and the arguments.
fn json_array(name: Option<&str>, args: &[Value]) -> String {
    let name = name.map(|name| Value::from(name).to_string());
    let args = args.iter().map(Value::to_string);
    format!("[{}]", name.into_iter().chain(args).collect::<Vec<_>>().join(","))
}
