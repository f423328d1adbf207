//! Durable truth: what happened, and what is.
//!
//! Read in this order:
//!
//! - [`cursor`]: a place in the log: an epoch and a gapless sequence number. [`record`]: what the log hands out.
//! - [`submission`]: what goes in, and what comes back. [`writer`]: the one place where anything is written;
//!   batches, commits, then answers, then tells.
//! - [`inbox`]: the lines that tell a person what concerns them, and what of them is read.
//! - [`journal`]: what a database must do for the writer. [`queries`]: what it must be able to answer.
//!   [`accounts`], [`stats`]: people who sign in, and counts, in the same transaction as everything else.
//! - [`sqlite`]: both, on an embedded SQLite. Its tables, and why they lie as they do, are in `sqlite/schema.rs`.
//!
//! Nothing is answered or told before it is committed and synced. Nothing here knows HTTP or sockets, and nothing
//! outside knows SQL. A second database is a second folder beside `sqlite/`, and has to pass `tests/contract/`.

pub mod accounts;
pub mod clock;
pub mod cursor;
pub mod error;
pub mod inbox;
pub mod journal;
pub mod queries;
pub mod record;
pub mod sqlite;
pub mod stats;
pub mod submission;
pub mod writer;

pub use clock::Clock;
pub use cursor::{Cursor, Epoch, Seq};
pub use error::LogError;
pub use inbox::{Inbox, InboxFilter, InboxPage, Mark, MarkRead, ReadState, Signal};
pub use queries::{At, OrderFilter, Page, ProductFilter, Queries, Scope, Stretch, TailError};
pub use record::{Recorded, Shelved, Snapshot, Told};
pub use submission::{
    Committed, Idempotency, Outcome, ReadReceipt, Receipt, Request, Seen, Submission, SubmitError,
};
pub use writer::Writer;
