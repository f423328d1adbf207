//! An Engine.IO v4 and Socket.IO v5 server for many, mostly idle connections.
//!
//! Read in this order:
//!
//! - [`application`]: the trait that you implement: connect, event, fill and disconnect.
//! - [`socket`]: the handle to one client in one namespace. [`packet`]: Socket.IO's packet format.
//! - [`namespaces`]: Socket.IO on top of an Engine.IO connection.
//! - [`engine`]: Engine.IO: connections over WebSocket and HTTP long-polling, the upgrade from one to the other,
//!   and heartbeats. It works without Socket.IO. Below it, [`websocket`]: RFC 6455 frames and handshake.
//! - [`frame`]: an encoded message. It is encoded once and shared by all its receivers.
//! - [`config`]: intervals and limits. [`sid`]: session ids.
//!
//! # Cost of a connection
//!
//! An idle connection owns no buffer and no queue. It reads into a buffer of its thread, and outgoing events are
//! *pulled* from the application ([`Application::fill`]) when the connection can be written. An application that
//! keeps a position in a shared log for each client, instead of a queue, uses no more memory when a client reads
//! slowly. [`Socket::pull`] tells a connection that there is something to send. It writes at once, on the calling
//! thread, if the socket accepts data.
//!
//! # Guarantees
//!
//! - No packet is dropped silently.
//! - What is sent to a socket arrives in that order.
//! - A connection's packets are handled one at a time: the next packet is read when the handler of the previous one
//!   has returned. A client that sends faster than it is served has to wait and cannot fill the server's memory.
//! - Every frame and every packet that a client sends counts against [`SocketIoConfig::packets_per_second`].

pub mod application;
pub mod config;
pub mod engine;
pub mod frame;
pub mod namespaces;
pub mod packet;
pub mod sid;
pub mod socket;
pub mod websocket;

pub use application::{Accepted, Application, Auth, ClientEvent, ConnectError};
pub use config::SocketIoConfig;
pub use engine::{CloseFrame, CloseReason, HandshakeError, Outgoing, Service};
pub use frame::Frame;
pub use namespaces::SocketIo;
pub use sid::Sid;
pub use socket::{Ack, Socket, WeakSocket};
