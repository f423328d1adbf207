//! What goes into the writer, and what comes back.

use std::sync::Arc;

use jiff::Timestamp;
use orders::order::Version;
use orders::{Actor, Command, Refusal, Role, StoreId, UserId};

use crate::cursor::Cursor;
use crate::ephemeral::EphemeralEvent;
use crate::inbox::ReadState;
use crate::stored_event::{CatalogProduct, Snapshot};

/// One thing somebody asks for.
#[derive(Debug, Clone)]
pub struct Request {
    /// What.
    pub command: Command,
    /// Who.
    pub actor: Actor,
    /// Which version they saw, where they said so.
    pub expected: Option<Version>,
}

/// Requests that are answered, and remembered under one idempotency key, together. Each is decided on its own.
#[derive(Debug, Clone)]
pub struct Submission {
    /// The requests, usually one.
    pub requests: Vec<Request>,
    /// The key under which the answer is remembered for [`IDEMPOTENCY_TTL`].
    pub idempotency: Option<Idempotency>,
    /// Who is behind it, so that a user whose account lives elsewhere has a name here.
    pub external_user: Option<ExternalUser>,
}

impl Submission {
    /// A single request without a key.
    pub fn one(command: Command, actor: Actor) -> Self {
        Self {
            requests: vec![Request { command, actor, expected: None }],
            idempotency: None,
            external_user: None,
        }
    }
}

/// How long an answer is remembered under its idempotency key.
pub const IDEMPOTENCY_TTL: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);

/// An idempotency key in its scope, and the body it came with; both as the first half of a SHA-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Idempotency {
    /// Hash of principal, method, path and key.
    pub scope: [u8; 16],
    /// Hash of the request's body.
    pub body: [u8; 16],
}

/// A person as their token describes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalUser {
    /// Who.
    pub user: UserId,
    /// As what.
    pub role: Role,
    /// Of which store.
    pub store: StoreId,
    /// Called.
    pub name: Option<String>,
    /// Reached at.
    pub email: Option<String>,
}

/// The answer to a [`Submission`].
#[derive(Debug, Clone)]
pub struct Receipt {
    /// One for each request, in their order.
    pub outcomes: Vec<Outcome>,
    /// The log's head when it was committed.
    pub cursor: Cursor,
    /// Whether this is the remembered answer of an earlier submission with the same key.
    pub replayed: bool,
}

/// What became of one request.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// The order is now like this.
    Order(Arc<Snapshot>),
    /// The product is now like this.
    Product(Arc<CatalogProduct>),
    /// Refused.
    Refused(Refusal),
    /// Refused when the key was first used, in a submission of which other parts succeeded.
    RefusedBefore {
        /// The refusal's code.
        code: String,
        /// Its sentence.
        detail: String,
    },
}

/// A submission was not committed, as far as is known.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SubmitError {
    /// The same idempotency key came with another body.
    #[error("this idempotency key was used for another request")]
    KeyReused,
    /// More is waiting than the writer can take; nothing was done, try again.
    #[error("the writer is busy, try again")]
    Busy,
    /// The server is stopping; nothing was done, try again elsewhere or later.
    #[error("the server is stopping")]
    Stopping,
    /// The writer failed while it had it; it happened once, or not at all.
    #[error("the writer failed before it could answer")]
    Lost,
    /// The database did not say whether it committed. It happened once, or not at all.
    #[error("the database did not say whether it was stored: send it again with the same idempotency key")]
    CommitUnknown,
    /// The database failed; nothing was done. Whether a retry helps is in the error.
    #[error("the database refused: {0}")]
    Failed(Arc<crate::error::LogError>),
}

/// The answer to a [`MarkRead`](crate::MarkRead).
#[derive(Debug, Clone)]
pub struct ReadReceipt {
    /// Everything they have read now.
    pub state: Arc<ReadState>,
    /// The log's head when it was committed.
    pub cursor: Cursor,
}

/// What the writer tells the rest of the process about one batch, after it is committed and before it is answered.
#[derive(Debug, Clone)]
pub struct Committed {
    /// What happened, in order.
    pub events: Vec<crate::stored_event::EventWithContext>,
    /// What else those concerned are told, after the events.
    pub ephemeral: Vec<EphemeralEvent>,
    /// When the batch was committed.
    pub at: Timestamp,
}
