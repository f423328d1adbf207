//! The durable event log: everything that is written goes through its writer, and everything is read from it.
//!
//! Read in this order:
//!
//! - [`storage`]: opens the configured database, and returns its writer and its reading side.
//! - [`cursor`]: a position in the log: an epoch and a gapless sequence number. [`stored_event`]: events and orders as
//!   the log returns them.
//! - [`submission`]: what goes into the writer and what comes back. [`writer`]: commits submissions in batches, then
//!   publishes their events, then answers.
//! - The rules, without a database: [`topic`] and [`recipients`] (whom an event concerns), [`inbox`] (entries and read
//!   marks), [`accounts`] (users, sessions, stolen refresh tokens), [`search`] (which words a customer is found by),
//!   [`stats`] (buckets, rollups, percentiles), [`retention`] (what may be deleted), [`consumers`] (named readers of the
//!   whole log), [`kept_state`] (what the server has again after a restart).
//! - [`write_backend`] and [`read_backend`]: what a database must do for the writer, and what it must be able to read.
//!   [`sqlite`] implements both. [`error`]: how a database fails.
//!
//! Nothing is answered or published before it is committed and synced. Nothing here knows HTTP or sockets, and no SQL
//! leaves this crate. A database folder only loads and stores: rules live in the modules above, tested without one. A
//! second database is a second folder beside `sqlite/`, a case in `storage.rs`, and must pass `tests/contract/`.
//!
//! To add a query: a method in the trait of its subject in `read_backend/`, and its SQL in `sqlite/`.

pub mod accounts;
pub mod clock;
pub mod consumers;
pub mod cursor;
pub mod ephemeral;
pub mod error;
pub mod head;
pub mod inbox;
pub mod kept_state;
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
pub use kept_state::{KeptState, StateChange, StateOwner, UnsavedKeys};
pub use log_consumer::{ConsumerError, LogConsumer};
pub use read_backend::{
    EventPage, OrderFilter, OrderPage, OrderSort, PagePosition, ProductFilter, ReadAt, ReadBackend,
    TRACKED_EVENTS, TailError, TrackedPage,
};
pub use storage::{Storage, StorageConfig, StorageLock};
pub use stored_event::{CatalogProduct, EventWithContext, Snapshot, StoredEvent};
pub use submission::{
    CommandRequest, CommittedBatch, ExternalUser, IDEMPOTENCY_TTL, Idempotency, Outcome, ReadReceipt,
    Receipt, Submission, SubmitError,
};
pub use topic::{Inbox, Topic};
pub use writer::Writer;
