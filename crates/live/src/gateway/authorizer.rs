//! What the gateway asks of the rest of the server: who a client is, what it may see, and commands in its name.

use std::future::Future;
use std::sync::Arc;

use eventlog::{Snapshot, StateChange};
use http::request::Parts;
use jiff::Timestamp;
use orders::view::Person;
use orders::{OrderRef, Role, Status, StoreId, UserId};
use socketio::HandshakeError;
use tokio::sync::watch;

use crate::close::Close;
use crate::dialect::DialectId;
use crate::limits::ConnectionPermit;
pub use crate::payload::client::Denial;

pub trait Authorizer: Send + Sync + Sized + 'static {
    /// What is kept of the HTTP request that opened a connection: its address, and the user of its cookie.
    type Handshake: Send + Sync + 'static;
    /// The user of a verified token.
    type Identity: Identity;

    /// A connection is opened. Fails for a page whose origin may not use the cookie.
    fn handshake(&self, request: &Parts) -> Result<Self::Handshake, HandshakeError>;

    /// The dialect that the request names.
    fn dialect(&self, handshake: &Self::Handshake) -> Option<DialectId>;

    /// A client connects with a token, or as the user of its request. Counts against the limits of connections.
    fn authenticate(
        &self,
        handshake: &Self::Handshake,
        token: Option<&str>,
    ) -> Result<(Self::Identity, ConnectionPermit), Rejection>;

    /// Why a connected client has to go; `None` if it may stay.
    fn close_reason(&self, identity: &Self::Identity) -> Option<Close>;

    /// Changes when a session was ended before its token expires.
    fn revocations(&self) -> watch::Receiver<u64>;

    /// A client sent an event. Fails if it sends too many.
    fn check_rate(&self, identity: &Self::Identity) -> Result<(), Denial>;

    /// The order that a client names by its id, its number or its reference.
    fn order_ref(
        &self,
        identity: &Self::Identity,
        name: &str,
    ) -> impl Future<Output = Result<OrderRef, Denial>> + Send;

    /// An order that the client may see.
    fn visible_order(
        &self,
        identity: &Self::Identity,
        order: OrderRef,
    ) -> impl Future<Output = Result<Arc<Snapshot>, Denial>> + Send;

    /// Sets an order's status in the client's name.
    fn set_status(
        &self,
        identity: &Self::Identity,
        order: OrderRef,
        status: Status,
    ) -> impl Future<Output = Result<Arc<Snapshot>, Denial>> + Send;

    /// Stores which orders clients have joined.
    fn save_joins(&self, changes: Vec<StateChange>) -> impl Future<Output = Result<(), Denial>> + Send {
        drop(changes);
        std::future::ready(Ok(()))
    }

    fn now(&self) -> Timestamp;

    /// Encrypts a text, so that only this server, or one with the same secret, can read it.
    fn seal(&self, text: &str) -> String;

    /// The text of [`seal`](Self::seal); `None` if another server made it.
    fn unseal(&self, sealed: &str) -> Option<String>;
}

/// A client's user.
pub trait Identity: Send + Sync + 'static {
    fn user(&self) -> &UserId;

    fn role(&self) -> Role;

    /// The store that staff work for.
    fn store(&self) -> &StoreId;

    fn person(&self) -> Person;

    /// When the token expires.
    fn expires_at(&self) -> Option<Timestamp>;
}

/// A client was not connected.
#[derive(Debug)]
pub enum Rejection {
    /// It must not try again with the same token.
    Refused(Denial),
    /// The connection is closed, so that an unmodified client tries again.
    RetryLater(Close),
}
