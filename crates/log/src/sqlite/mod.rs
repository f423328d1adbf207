//! The log on an embedded SQLite.
//!
//! - `schema.rs` and `schema/`: the tables, and migrations between their versions.
//! - `open.rs`: how a database is opened, and by whom. `rows.rs`: between rows and the types of the domain.
//! - `journal.rs`, `write.rs`: the writer's side. `answers.rs`, `filters.rs`: remembered answers; `runs.rs`: indexes
//!   written sequentially; `people.rs`, `catalogue.rs`, `accounts.rs`, `stats.rs`, `reservations.rs`: what else is
//!   written. `sales.rs`, `deliveries.rs`: what was sold, and how long that took, by stretches of time (`spans.rs`).
//! - `readers.rs`: the reading side, a few connections of its own. `listing.rs`, `statuses.rs`, `search.rs`: pages of
//!   orders; `history.rs`, `tail.rs`: the log itself. `topics.rs`: whom an event concerns;
//!   `placed.rs`: the first events of orders; `shelves.rs`, `inbox.rs`: lines of an inbox, and what was read of them.
//! - `checkpoint.rs`: keeps the write-ahead log short. `prune.rs`: retention. `backup.rs`: copies of the whole.

mod accounts;
mod answers;
pub mod backup;
mod catalogue;
mod checkpoint;
mod deliveries;
mod filters;
mod history;
mod inbox;
mod journal;
mod listing;
mod open;
mod people;
mod placed;
#[cfg(test)]
mod plans;
mod prune;
mod readers;
mod reservations;
mod rows;
mod runs;
mod sales;
mod schema;
mod search;
mod shelves;
mod spans;
mod stats;
mod statuses;
mod tail;
mod topics;
mod write;

pub use journal::SqliteJournal;
pub use open::{Database, Lock, Options, Synchronous};
pub use readers::SqliteQueries;

/// The database's file within a data directory.
pub const FILE: &str = "ordercast.db";
