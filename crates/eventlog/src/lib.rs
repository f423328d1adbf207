//! Durable truth: what happened, and what is.
//!
//! Read in this order:
//!
//! - [`cursor`]: a place in the log: an epoch and a gapless sequence number. [`record`]: what the log hands out.
//! - [`submission`]: what goes in, and what comes back. [`writer`]: the one place where anything is written;
//!   batches, commits, then answers, then tells.
//! - [`inbox`]: the lines that tell a person what concerns them, and what of them is read.
//! - [`write_backend`]: what a database must do for the writer. [`read_backend`]: what it must be able to answer.
//!   [`accounts`], [`stats`]: people who sign in, and counts, in the same transaction as everything else.
//! - [`sqlite`]: both, on an embedded SQLite. Its tables, and why they lie as they do, are in `sqlite/schema.rs`.
//!
//! Nothing is answered or told before it is committed and synced. Nothing here knows HTTP or sockets, and nothing
//! outside knows SQL. A second database is a second folder beside `sqlite/`, and has to pass `tests/contract/`.

pub mod accounts;
pub mod clock;
pub mod consumers;
pub mod cursor;
pub mod ephemeral;
pub mod error;
pub mod head;
pub mod inbox;
pub mod read_backend;
pub mod recipients;
pub mod retention;
pub mod search;
pub mod sqlite;
pub mod stats;
pub mod stored_event;
pub mod submission;
pub mod topic;
pub mod write_backend;
pub mod writer;

pub use clock::Clock;
pub use consumers::{
    Consumer, ConsumerChange, ConsumerError, ConsumerName, ConsumerRefusal, LogConsumer, StartAt,
};
pub use cursor::{Cursor, Epoch, Seq};
pub use ephemeral::EphemeralEvent;
pub use error::{ErrorKind, LogError};
pub use head::poll_head;
pub use inbox::{InboxFilter, InboxPage, Mark, MarkRead, ReadState};
pub use read_backend::{EventPage, OrderFilter, OrderPage, ProductFilter, ReadAt, ReadBackend, TailError};
pub use stored_event::{CatalogProduct, EventWithContext, Snapshot, StoredEvent};
pub use submission::{
    CommandRequest, CommittedBatch, ExternalUser, Idempotency, Outcome, ReadReceipt, Receipt, Submission,
    SubmitError,
};
pub use topic::{Inbox, Topic};
pub use writer::Writer;
