//! The log on an embedded SQLite.
//!
//! - `schema.rs` and `schema/`: the tables, and migrations between their versions.
//! - `journal.rs`: the writer's side. `answers.rs`: remembered answers; `runs.rs`: indexes written sequentially;
//!   `people.rs`, `accounts.rs`, `stats.rs`: what else is written.
//! - `readers.rs`: the reading side, a few connections of its own; `history.rs`, `listing.rs`, `search.rs`: queries.
//! - `checkpoint.rs`: keeps the write-ahead log short. `backup.rs`: copies of the whole.

mod accounts;
mod answers;
pub mod backup;
mod checkpoint;
mod history;
mod journal;
mod listing;
mod open;
mod people;
mod readers;
mod rows;
mod runs;
mod schema;
mod stats;

pub use journal::SqliteJournal;
pub use open::{Database, Lock, Options, Synchronous};
pub use readers::SqliteQueries;

/// The database's file within a data directory.
pub const FILE: &str = "ordercast.db";
