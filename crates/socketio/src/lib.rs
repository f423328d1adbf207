//! An Engine.IO v4 and Socket.IO v5 server for very many, mostly idle connections.
//!
//! Read in this order:
//!
//! - [`application`]: what you write: who may connect, what their events do, what they are sent.
//! - [`socket`]: one client in one namespace, as you hold it. [`packet`]: what travels, Socket.IO's own framing.
//! - [`namespaces`]: Socket.IO on top of an Engine.IO connection.
//! - [`engine`]: Engine.IO: connections over WebSocket and HTTP long-polling, the upgrade from one to the other,
//!   heartbeats. It can be used without Socket.IO. Under it, `websocket`: RFC 6455 frames and handshake.
//! - [`frame`]: what is written to clients: encoded once, shared by everybody who gets it.
//! - [`config`]: intervals and limits. [`sid`]: session ids.
//!
//! # What a connection costs
//!
//! A connection that is idle owns no buffer and no queue: it reads into a buffer of its thread, and what it is to be
//! sent is *pulled* from the application ([`Application::fill`]) when it can be written. An application that keeps
//! positions in a shared log instead of queues per client therefore never grows with how slowly somebody reads.
//! [`Socket::pull`] says that there is something; it writes at once, on the calling thread, where the session can take it.
//!
//! # What it never does
//!
//! It drops no packet silently, sends nothing before its turn (what was sent to a socket arrives in that order), and
//! handles a connection's packets one after the other: the next is read when the handler of the one before is done,
//! so that a client that sends faster than it is served waits, instead of filling memory here.

pub mod application;
pub mod config;
pub mod engine;
pub mod frame;
pub mod namespaces;
pub mod packet;
pub mod sid;
pub mod socket;
pub mod websocket;

pub use application::{Accepted, Application, Auth, ConnectError, Event};
pub use config::SocketIoConfig;
pub use engine::connection::Outgoing;
pub use engine::{CloseFrame, CloseReason, HandshakeError, Service};
pub use frame::Frame;
pub use namespaces::SocketIo;
pub use sid::Sid;
pub use socket::{Ack, Socket, WeakSocket};
