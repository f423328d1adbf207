//! What callers submit to the writer, and what they get back.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use orders::order::Version;
use orders::{Actor, Command, Refusal, Role, StoreId, UserId};

use crate::cursor::Cursor;
use crate::ephemeral::EphemeralEvent;
use crate::error::LogError;
use crate::inbox::ReadState;
use crate::stored_event::{CatalogProduct, EventWithContext, Snapshot};

/// How long a response is stored under its idempotency key.
pub const IDEMPOTENCY_TTL: SignedDuration = SignedDuration::from_hours(24);

/// A command, and who gives it.
#[derive(Debug, Clone)]
pub struct CommandRequest {
    pub command: Command,
    pub actor: Actor,
    /// The version of the order that the actor saw. The command is refused if the order has another one.
    pub expected: Option<Version>,
}

/// Commands that are answered together. Each one is decided on its own.
#[derive(Debug, Clone)]
pub struct Submission {
    /// Usually one.
    pub requests: Vec<CommandRequest>,
    /// The key under which the response is stored for [`IDEMPOTENCY_TTL`].
    pub idempotency: Option<Idempotency>,
    /// The caller, if their account lives elsewhere. Their name and email address are stored.
    pub external_user: Option<ExternalUser>,
}

impl Submission {
    /// A single command without an idempotency key.
    pub fn one(command: Command, actor: Actor) -> Self {
        Self {
            requests: vec![CommandRequest { command, actor, expected: None }],
            idempotency: None,
            external_user: None,
        }
    }
}

/// An idempotency key. Both hashes are the first half of a SHA-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Idempotency {
    /// Hash of principal, method, path and key.
    pub scope: [u8; 16],
    /// Hash of the request body.
    pub body: [u8; 16],
}

/// A user as their token describes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalUser {
    pub user: UserId,
    pub role: Role,
    pub store: StoreId,
    pub name: Option<String>,
    pub email: Option<String>,
}

/// The answer to a [`Submission`].
#[derive(Debug, Clone)]
pub struct Receipt {
    /// One per command, in the order of the commands.
    pub outcomes: Vec<Outcome>,
    /// The log's head when the submission was committed.
    pub cursor: Cursor,
    /// Whether this is the stored response to an earlier submission with the same idempotency key.
    pub replayed: bool,
}

/// What a command led to.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// The order after the command.
    Order(Arc<Snapshot>),
    /// The order, which was already as the command wants it. There is no event.
    Unchanged(Arc<Snapshot>),
    /// The product after the command.
    Product(Arc<CatalogProduct>),
    Refused(Refusal),
    /// The stored form of a refusal, in a replayed receipt.
    RefusedBefore {
        code: String,
        detail: String,
    },
}

impl Outcome {
    /// The order, if an accepted command was about one, whether it changed the order or not.
    pub fn order(&self) -> Option<&Arc<Snapshot>> {
        match self {
            Self::Order(snapshot) | Self::Unchanged(snapshot) => Some(snapshot),
            Self::Product(_) | Self::Refused(_) | Self::RefusedBefore { .. } => None,
        }
    }
}

/// Why a submission has no receipt.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SubmitError {
    /// The idempotency key came with another body before.
    #[error("this idempotency key was used for another request")]
    KeyReused,
    /// Nothing was done: the queue is full, or another process holds the database or the rows for too long.
    #[error("the writer is busy, try again")]
    Busy,
    /// Nothing was done.
    #[error("the server is stopping")]
    Stopping,
    /// The writer's thread panicked. The submission happened once, or not at all.
    #[error("the writer failed before it could answer")]
    Lost,
    /// The database did not answer COMMIT. The submission happened once, or not at all.
    #[error("the database did not say whether it was stored: send it again with the same idempotency key")]
    CommitUnknown,
    /// Nothing was done. The error says whether a retry helps.
    #[error("the database refused: {0}")]
    Failed(Arc<LogError>),
}

/// The answer to a [`MarkRead`](crate::MarkRead).
#[derive(Debug, Clone)]
pub struct ReadReceipt {
    /// Everything the reader has read.
    pub state: Arc<ReadState>,
    /// The log's head when the mark was committed.
    pub cursor: Cursor,
}

/// What a batch brought. It is published after the commit and before the callers are answered.
#[derive(Debug, Clone)]
pub struct CommittedBatch {
    /// In log order.
    pub events: Vec<EventWithContext>,
    /// To be delivered after the events.
    pub ephemeral: Vec<EphemeralEvent>,
    /// The time of the batch.
    pub at: Timestamp,
}
