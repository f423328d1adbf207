//! Socket.IO on top of an Engine.IO connection: namespaces and their packets.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Context;

use bytes::Bytes;
use http::request::Parts;
use serde_json::{Map, Value, json};
use smallvec::SmallVec;

use crate::application::{Application, Auth, ClientEvent, ConnectError, DisconnectReason};
use crate::engine::Outgoing;
use crate::engine::connection::Connection;
use crate::engine::{CloseReason, EngineMessage, HandshakeError, MessageOutcome, Protocol, lock};
use crate::packet::{self, PacketType, SocketPacket, write};
use crate::sid::Sid;
use crate::socket::{Ack, AckSender, Socket, SocketInner};

/// Event names that clients reserve for themselves.
const RESERVED: [&str; 6] =
    ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"];

/// The Socket.IO v5 protocol for an application.
pub struct SocketIo<A: Application> {
    application: Arc<A>,
    max_namespaces: usize,
    max_attachments: usize,
}

impl<A: Application> SocketIo<A> {
    pub fn new(application: Arc<A>, config: &crate::SocketIoConfig) -> Self {
        Self { application, max_namespaces: config.max_namespaces, max_attachments: config.max_attachments }
    }

    pub fn application(&self) -> &Arc<A> {
        &self.application
    }
}

/// The Socket.IO state of one connection.
pub struct ClientSession<A: Application> {
    handshake: A::Handshake,
    /// A CONNECT is being handled.
    connecting: AtomicBool,
    /// The server disconnected this client from a namespace at least once. Packets that were already on their way
    /// to that namespace are then ignored instead of ending the connection.
    server_disconnected: AtomicBool,
    /// Where both are needed, the connection is locked before this.
    sockets: Mutex<SmallVec<[Arc<SocketInner<A>>; 1]>>,
    /// A packet whose attachments have not all arrived.
    partial: Mutex<Option<Box<PartialPacket>>>,
}

struct PartialPacket {
    head: String,
    expected: usize,
    attachments: Vec<Bytes>,
}

impl<A: Application> ClientSession<A> {
    pub(crate) fn handshake(&self) -> &A::Handshake {
        &self.handshake
    }

    fn find(&self, namespace: &str) -> Option<Arc<SocketInner<A>>> {
        lock(&self.sockets).iter().find(|socket| socket.namespace() == namespace).cloned()
    }

    /// Returns whether the socket was connected.
    pub(crate) fn remove(&self, inner: &Arc<SocketInner<A>>) -> bool {
        let mut sockets = lock(&self.sockets);
        let before = sockets.len();
        sockets.retain(|other| !Arc::ptr_eq(other, inner));
        sockets.len() < before && inner.mark_disconnected()
    }

    /// Disconnects a socket on the server's behalf. Returns whether it was connected.
    pub(crate) fn disconnect(&self, inner: &Arc<SocketInner<A>>) -> bool {
        self.server_disconnected.store(true, Ordering::Relaxed);
        self.remove(inner)
    }

    /// The socket in a namespace. `Err` if the client could not have expected one there.
    fn find_connected(&self, namespace: &str) -> Result<Option<Arc<SocketInner<A>>>, CloseReason> {
        match self.find(namespace) {
            None if !self.server_disconnected.load(Ordering::Relaxed) => Err(CloseReason::Parse),
            found => Ok(found),
        }
    }
}

impl<A: Application> Protocol for SocketIo<A> {
    type Session = ClientSession<A>;

    fn open(&self, request: &Parts) -> Result<ClientSession<A>, HandshakeError> {
        Ok(ClientSession {
            handshake: self.application.handshake(request)?,
            connecting: AtomicBool::new(false),
            server_disconnected: AtomicBool::new(false),
            sockets: Mutex::default(),
            partial: Mutex::default(),
        })
    }

    fn message(&self, connection: &Arc<Connection<Self>>, message: EngineMessage<'_>) -> MessageOutcome {
        let handled = match message {
            EngineMessage::Text(text) => self.text(connection, text),
            EngineMessage::Binary(bytes) => self.binary(connection, bytes),
        };
        handled.unwrap_or(MessageOutcome::Close(CloseReason::Parse))
    }

    fn fill(
        &self,
        connection: &Arc<Connection<Self>>,
        context: &mut Context<'_>,
        outgoing: &mut Outgoing<'_>,
    ) {
        for socket in &*lock(&connection.session().sockets) {
            if let Some(client) = socket.client.get()
                && socket.ready.load(Ordering::Acquire)
            {
                let first = outgoing.len();
                self.application.fill(client, context, outgoing);
                if let Some(namespace) = &socket.namespace {
                    outgoing.replace_from(first, |frame| packet::in_namespace(frame, namespace));
                }
            }
        }
    }

    fn has_connected(&self, connection: &Connection<Self>) -> bool {
        let session = connection.session();
        session.connecting.load(Ordering::Relaxed) || !lock(&session.sockets).is_empty()
    }

    fn closed(&self, connection: &Arc<Connection<Self>>, reason: &CloseReason) {
        let sockets = std::mem::take(&mut *lock(&connection.session().sockets));
        for inner in sockets {
            if inner.mark_disconnected() {
                let socket = Socket { connection: Arc::clone(connection), inner };
                self.application.disconnected(&socket, DisconnectReason::Connection(*reason));
            }
        }
    }
}

/// `None` means that the client violated the protocol.
impl<A: Application> SocketIo<A> {
    fn text(&self, connection: &Arc<Connection<Self>>, text: &str) -> Option<MessageOutcome> {
        let mut partial = lock(&connection.session().partial);
        if partial.is_some() {
            return None;
        }
        let packet = SocketPacket::parse(text)?;
        if packet.attachments > 0 {
            if packet.attachments > self.max_attachments {
                return None;
            }
            connection.session().find_connected(packet.namespace).ok()?;
            let (head, expected) = (text.to_owned(), packet.attachments);
            *partial = Some(Box::new(PartialPacket { head, expected, attachments: Vec::new() }));
            return Some(MessageOutcome::Done);
        }
        drop(partial);
        self.packet(connection, &packet, Vec::new())
    }

    fn binary(&self, connection: &Arc<Connection<Self>>, bytes: &[u8]) -> Option<MessageOutcome> {
        let whole = {
            let mut slot = lock(&connection.session().partial);
            let partial = slot.as_mut()?;
            partial.attachments.push(Bytes::copy_from_slice(bytes));
            // The attachments of one packet together may not exceed the limit of one message.
            let total: usize = partial.attachments.iter().map(Bytes::len).sum();
            if total > connection.engine.config.max_payload {
                return None;
            }
            if partial.attachments.len() < partial.expected {
                return Some(MessageOutcome::Done);
            }
            slot.take()?
        };
        let packet = SocketPacket::parse(&whole.head)?;
        self.packet(connection, &packet, whole.attachments)
    }

    fn packet(
        &self,
        connection: &Arc<Connection<Self>>,
        packet: &SocketPacket<'_>,
        attachments: Vec<Bytes>,
    ) -> Option<MessageOutcome> {
        if packet.packet_type == PacketType::Connect {
            return self.connect(connection, packet);
        }
        // A second DISCONNECT is allowed.
        if packet.packet_type == PacketType::Disconnect {
            if let Some(inner) = connection.session().find(packet.namespace)
                && connection.session().remove(&inner)
            {
                let socket = Socket { connection: Arc::clone(connection), inner };
                self.application.disconnected(&socket, DisconnectReason::Client);
            }
            return Some(MessageOutcome::Done);
        }
        let Some(inner) = connection.session().find_connected(packet.namespace).ok()? else {
            return Some(MessageOutcome::Done);
        };
        match packet.packet_type {
            PacketType::Event => {
                let mut args: Vec<Value> = serde_json::from_str(packet.data).ok()?;
                if args.is_empty() {
                    return None;
                }
                let Value::String(name) = args.remove(0) else { return None };
                if RESERVED.contains(&name.as_str()) {
                    return None;
                }
                let socket = Socket { connection: Arc::clone(connection), inner };
                let ack = packet.id.map(|id| AckSender { socket: socket.clone(), id });
                let event = ClientEvent { name, args, attachments, ack };
                let application = Arc::clone(&self.application);
                Some(MessageOutcome::Pending(Box::pin(application.event(socket, event))))
            }
            PacketType::Ack => {
                let args = serde_json::from_str(packet.data).ok()?;
                inner.resolve_ack(packet.id?, Ack { args, attachments });
                Some(MessageOutcome::Done)
            }
            PacketType::Connect | PacketType::Disconnect | PacketType::ConnectError => None,
        }
    }

    fn connect(
        &self,
        connection: &Arc<Connection<Self>>,
        packet: &SocketPacket<'_>,
    ) -> Option<MessageOutcome> {
        let data: Map<String, Value> =
            if packet.data.is_empty() { Map::new() } else { serde_json::from_str(packet.data).ok()? };
        let session = connection.session();
        // A second CONNECT to the same namespace is ignored.
        if session.find(packet.namespace).is_some() {
            return Some(MessageOutcome::Done);
        }
        if lock(&session.sockets).len() >= self.max_namespaces {
            return None;
        }
        session.connecting.store(true, Ordering::Relaxed);
        let socket = Socket::new(connection, Sid::random().ok()?, packet.namespace);
        let application = Arc::clone(&self.application);
        Some(MessageOutcome::Pending(Box::pin(async move {
            let answer = Arc::clone(&application).connect(socket.clone(), Auth { data }).await;
            let connection = &socket.connection;
            match answer {
                Ok(accepted) => {
                    let mut payload = json!({ "sid": socket.id().to_string() });
                    if let Some(pid) = accepted.pid {
                        payload["pid"] = pid.into();
                    }
                    drop(socket.inner.client.set(accepted.client));
                    let session = connection.session();
                    lock(&session.sockets).push(Arc::clone(&socket.inner));
                    session.connecting.store(false, Ordering::Relaxed);
                    connection.send([write(
                        PacketType::Connect,
                        socket.namespace(),
                        None,
                        0,
                        &payload.to_string(),
                    )]);
                    application.connected(&socket);
                    // From here on `fill` is called for this socket, after what `connected` emitted.
                    socket.inner.ready.store(true, Ordering::Release);
                    connection.pull();
                }
                Err(ConnectError { message, data }) => {
                    connection.session().connecting.store(false, Ordering::Relaxed);
                    let mut payload = json!({ "message": message });
                    if let Some(data) = data {
                        payload["data"] = data;
                    }
                    connection.send([write(
                        PacketType::ConnectError,
                        socket.namespace(),
                        None,
                        0,
                        &payload.to_string(),
                    )]);
                }
            }
        })))
    }
}
