//! The event log and the state that follows from it: orders, products, accounts, inboxes and counts.
//!
//! Read in this order:
//!
//! - [`cursor`]: a position in the log, which is an epoch and a gapless sequence number. [`stored_event`]: the events, and
//!   orders and products as they are stored.
//! - [`submission`]: what callers submit and what they get back. [`writer`]: the single writer, which decides, commits,
//!   publishes and answers in batches.
//! - [`topic`], [`recipients`], [`inbox`]: whom an event concerns, and what of it they have read. [`ephemeral`]: events
//!   that are published and not stored. [`accounts`], [`stats`]: users with a password, and counts.
//! - [`head`], [`consumers`], [`retention`]: following the log, reading all of it from a stored position, and deleting old
//!   events.
//! - [`write_backend`], [`read_backend`]: what a database must be able to do. [`error`]: how it fails. [`sqlite`]: the
//!   backends on an embedded SQLite.
//!
//! Nothing is answered or published before it is durable. This crate knows neither HTTP nor sockets, and no other crate
//! knows SQL. To add a database, write both backends in a folder beside `sqlite/` and run `tests/contract/` against them.

pub mod accounts;
pub mod clock;
pub mod consumers;
pub mod cursor;
pub mod ephemeral;
pub mod error;
pub mod head;
pub mod inbox;
mod log_consumer;
pub mod read_backend;
pub mod recipients;
pub mod retention;
pub mod search;
pub mod sqlite;
pub mod stats;
pub mod storage;
pub mod stored_event;
pub mod submission;
pub mod topic;
pub mod write_backend;
pub mod writer;

pub use clock::Clock;
pub use consumers::{Consumer, ConsumerChange, ConsumerName, ConsumerRefusal, StartAt};
pub use cursor::{Cursor, Epoch, Seq};
pub use ephemeral::EphemeralEvent;
pub use error::{ErrorKind, LogError};
pub use head::poll_head;
pub use inbox::{InboxFilter, InboxPage, Mark, MarkRead, ReadState};
pub use log_consumer::{ConsumerError, LogConsumer};
pub use read_backend::{EventPage, OrderFilter, OrderPage, ProductFilter, ReadAt, ReadBackend, TailError};
pub use storage::{Storage, StorageConfig, StorageLock};
pub use stored_event::{CatalogProduct, EventWithContext, Snapshot, StoredEvent};
pub use submission::{
    CommandRequest, CommittedBatch, ExternalUser, Idempotency, Outcome, ReadReceipt, Receipt, Submission,
    SubmitError,
};
pub use topic::{Inbox, Topic};
pub use writer::Writer;
