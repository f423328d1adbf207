//! Socket.IO on an Engine.IO connection: its namespaces, and what travels in them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Context;

use bytes::Bytes;
use http::request::Parts;
use serde_json::{Map, Value, json};
use smallvec::SmallVec;

use crate::application::{Application, Auth, ConnectError, Event, Left};
use crate::engine::connection::{Connection, Outgoing};
use crate::engine::{CloseReason, Handling, Message, Protocol, Refused, lock};
use crate::packet::{Kind, Packet, write};
use crate::sid::Sid;
use crate::socket::{Acknowledge, Answer, Inner, Socket};

/// The names that mean something to clients themselves.
const RESERVED: [&str; 6] =
    ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"];

/// Socket.IO v5, for an application.
pub struct SocketIo<A: Application> {
    application: Arc<A>,
    max_namespaces: usize,
    max_attachments: usize,
}

impl<A: Application> SocketIo<A> {
    /// Serves an application within the limits of a configuration.
    pub fn new(application: Arc<A>, config: &crate::Config) -> Self {
        Self { application, max_namespaces: config.max_namespaces, max_attachments: config.max_attachments }
    }

    /// The application.
    pub fn application(&self) -> &Arc<A> {
        &self.application
    }
}

/// What is kept for each connection.
pub struct Peer<A: Application> {
    handshake: A::Handshake,
    /// It asks for a namespace, and was not answered yet.
    asking: AtomicBool,
    /// The server put it out of a namespace once: what was on its way there is nobody's mistake.
    put_out: AtomicBool,
    /// Locked after the connection, where both are.
    sockets: Mutex<SmallVec<[Arc<Inner<A>>; 1]>>,
    /// A packet whose attachments are still coming.
    unfinished: Mutex<Option<Box<Unfinished>>>,
}

struct Unfinished {
    head: String,
    expected: usize,
    attachments: Vec<Bytes>,
}

impl<A: Application> Peer<A> {
    pub(crate) fn handshake(&self) -> &A::Handshake {
        &self.handshake
    }

    fn find(&self, namespace: &str) -> Option<Arc<Inner<A>>> {
        lock(&self.sockets).iter().find(|socket| socket.namespace() == namespace).cloned()
    }

    /// Whether it was there.
    pub(crate) fn remove(&self, inner: &Arc<Inner<A>>) -> bool {
        let mut sockets = lock(&self.sockets);
        let before = sockets.len();
        sockets.retain(|other| !Arc::ptr_eq(other, inner));
        sockets.len() < before && inner.leave()
    }

    /// Whether it was there, and is put out by this.
    pub(crate) fn put_out(&self, inner: &Arc<Inner<A>>) -> bool {
        self.put_out.store(true, Ordering::Relaxed);
        self.remove(inner)
    }

    /// What is in the namespace. `Err` where the client must know that nothing is.
    fn addressed(&self, namespace: &str) -> Result<Option<Arc<Inner<A>>>, CloseReason> {
        match self.find(namespace) {
            None if !self.put_out.load(Ordering::Relaxed) => Err(CloseReason::Parse),
            found => Ok(found),
        }
    }
}

impl<A: Application> Protocol for SocketIo<A> {
    type Peer = Peer<A>;

    fn open(&self, request: &Parts) -> Result<Peer<A>, Refused> {
        Ok(Peer {
            handshake: self.application.handshake(request)?,
            asking: AtomicBool::new(false),
            put_out: AtomicBool::new(false),
            sockets: Mutex::default(),
            unfinished: Mutex::default(),
        })
    }

    fn message(&self, connection: &Arc<Connection<Self>>, message: Message<'_>) -> Handling {
        let handled = match message {
            Message::Text(text) => self.text(connection, text),
            Message::Binary(bytes) => self.binary(connection, bytes),
        };
        handled.unwrap_or(Handling::Close(CloseReason::Parse))
    }

    fn fill(
        &self,
        connection: &Arc<Connection<Self>>,
        context: &mut Context<'_>,
        outgoing: &mut Outgoing<'_>,
    ) {
        for socket in &*lock(&connection.peer().sockets) {
            if let Some(client) = socket.client.get()
                && socket.told.load(Ordering::Acquire)
            {
                self.application.fill(client, context, outgoing);
            }
        }
    }

    fn admitted(&self, connection: &Connection<Self>) -> bool {
        let peer = connection.peer();
        peer.asking.load(Ordering::Relaxed) || !lock(&peer.sockets).is_empty()
    }

    fn closed(&self, connection: &Arc<Connection<Self>>, reason: &CloseReason) {
        let sockets = std::mem::take(&mut *lock(&connection.peer().sockets));
        for inner in sockets {
            if inner.leave() {
                let socket = Socket { connection: Arc::clone(connection), inner };
                self.application.disconnected(&socket, Left::Connection(*reason));
            }
        }
    }
}

/// `None` where the client broke the protocol.
impl<A: Application> SocketIo<A> {
    fn text(&self, connection: &Arc<Connection<Self>>, text: &str) -> Option<Handling> {
        let mut unfinished = lock(&connection.peer().unfinished);
        if unfinished.is_some() {
            return None;
        }
        let packet = Packet::parse(text)?;
        if packet.attachments > 0 {
            if packet.attachments > self.max_attachments {
                return None;
            }
            connection.peer().addressed(packet.namespace).ok()?;
            let (head, expected) = (text.to_owned(), packet.attachments);
            *unfinished = Some(Box::new(Unfinished { head, expected, attachments: Vec::new() }));
            return Some(Handling::Done);
        }
        drop(unfinished);
        self.packet(connection, &packet, Vec::new())
    }

    fn binary(&self, connection: &Arc<Connection<Self>>, bytes: &[u8]) -> Option<Handling> {
        let whole = {
            let mut slot = lock(&connection.peer().unfinished);
            let unfinished = slot.as_mut()?;
            unfinished.attachments.push(Bytes::copy_from_slice(bytes));
            // Together, too, they are one message to the limit.
            let total: usize = unfinished.attachments.iter().map(Bytes::len).sum();
            if total > connection.engine.config.max_payload {
                return None;
            }
            if unfinished.attachments.len() < unfinished.expected {
                return Some(Handling::Done);
            }
            slot.take()?
        };
        let packet = Packet::parse(&whole.head)?;
        self.packet(connection, &packet, whole.attachments)
    }

    fn packet(
        &self,
        connection: &Arc<Connection<Self>>,
        packet: &Packet<'_>,
        attachments: Vec<Bytes>,
    ) -> Option<Handling> {
        if packet.kind == Kind::Connect {
            return self.connect(connection, packet);
        }
        // A client may leave twice.
        if packet.kind == Kind::Disconnect {
            if let Some(inner) = connection.peer().find(packet.namespace)
                && connection.peer().remove(&inner)
            {
                let socket = Socket { connection: Arc::clone(connection), inner };
                self.application.disconnected(&socket, Left::Client);
            }
            return Some(Handling::Done);
        }
        let Some(inner) = connection.peer().addressed(packet.namespace).ok()? else {
            return Some(Handling::Done);
        };
        match packet.kind {
            Kind::Event => {
                let mut args: Vec<Value> = serde_json::from_str(packet.data).ok()?;
                if args.is_empty() {
                    return None;
                }
                let Value::String(name) = args.remove(0) else { return None };
                if RESERVED.contains(&name.as_str()) {
                    return None;
                }
                let socket = Socket { connection: Arc::clone(connection), inner };
                let ack = packet.id.map(|id| Acknowledge { socket: socket.clone(), id });
                let event = Event { name, args, attachments, ack };
                let application = Arc::clone(&self.application);
                Some(Handling::Later(Box::pin(application.event(socket, event))))
            }
            Kind::Ack => {
                let args = serde_json::from_str(packet.data).ok()?;
                inner.answered(packet.id?, Answer { args, attachments });
                Some(Handling::Done)
            }
            Kind::Connect | Kind::Disconnect | Kind::ConnectError => None,
        }
    }

    fn connect(&self, connection: &Arc<Connection<Self>>, packet: &Packet<'_>) -> Option<Handling> {
        let data: Map<String, Value> =
            if packet.data.is_empty() { Map::new() } else { serde_json::from_str(packet.data).ok()? };
        let peer = connection.peer();
        // Twice into the same namespace is once; too many of them are a client gone wrong.
        if peer.find(packet.namespace).is_some() {
            return Some(Handling::Done);
        }
        if lock(&peer.sockets).len() >= self.max_namespaces {
            return None;
        }
        peer.asking.store(true, Ordering::Relaxed);
        let socket = Socket::new(connection, Sid::random().ok()?, packet.namespace);
        let application = Arc::clone(&self.application);
        Some(Handling::Later(Box::pin(async move {
            let answer = Arc::clone(&application).connect(socket.clone(), Auth { data }).await;
            let connection = &socket.connection;
            match answer {
                Ok(accepted) => {
                    let mut told = json!({ "sid": socket.id().to_string() });
                    if let Some(pid) = accepted.pid {
                        told["pid"] = pid.into();
                    }
                    drop(socket.inner.client.set(accepted.client));
                    let peer = connection.peer();
                    lock(&peer.sockets).push(Arc::clone(&socket.inner));
                    peer.asking.store(false, Ordering::Relaxed);
                    connection.send([write(Kind::Connect, socket.namespace(), None, 0, &told.to_string())]);
                    application.connected(&socket);
                    // From here on it is pulled for: behind what `connected` emitted.
                    socket.inner.told.store(true, Ordering::Release);
                    connection.pull();
                }
                Err(ConnectError { message, data }) => {
                    connection.peer().asking.store(false, Ordering::Relaxed);
                    let mut told = json!({ "message": message });
                    if let Some(data) = data {
                        told["data"] = data;
                    }
                    connection.send([write(
                        Kind::ConnectError,
                        socket.namespace(),
                        None,
                        0,
                        &told.to_string(),
                    )]);
                }
            }
        })))
    }
}
