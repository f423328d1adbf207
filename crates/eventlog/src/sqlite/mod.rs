//! The log on an embedded SQLite.
//!
//! - `schema.rs` and `schema/`: the tables, and migrations between their versions.
//! - `open.rs`: how a database is opened, and by whom. `rows.rs`: between rows and the types of the domain.
//!   `error.rs`: SQLite's result codes as kinds of errors.
//! - `write_backend.rs`, `write.rs`: the writer's side. `idempotency.rs`, `bloom.rs`: remembered answers; `sorted_index.rs`: indexes
//!   written sequentially; `users.rs`, `catalogue.rs`, `accounts.rs`, `stats.rs`, `reservations.rs`: what else is
//!   written. `sales.rs`, `deliveries.rs`: what was sold, and how long that took, by intervals of time (`rollup.rs`).
//! - `read_backend.rs`: the reading side, a few connections of its own. `listing.rs`, `statuses.rs`, `search.rs`: pages of
//!   orders; `history.rs`, `tail.rs`: the log itself. `recipient_index.rs`: whom an event concerns;
//!   `created_events.rs`: the first events of orders; `inbox_index.rs`, `inbox.rs`: lines of an inbox, and what was read of them.
//! - `checkpoint.rs`: keeps the write-ahead log short. `retention.rs`: retention, and `consumers.rs`:
//!   positions of those it keeps events for. `backup.rs`: copies of the whole.

mod accounts;
pub mod backup;
mod batches;
mod bloom;
mod catalogue;
mod checkpoint;
mod consumers;
mod created_events;
mod deliveries;
mod error;
mod head;
mod history;
mod idempotency;
mod inbox;
mod inbox_index;
mod indexes;
mod keys;
mod listing;
mod open;
#[cfg(test)]
mod query_plans;
mod read_backend;
mod recipient_index;
mod reservations;
mod retention;
mod rows;
mod sales;
mod schema;
mod search;
mod sorted_index;
mod stats;
mod statuses;
mod tail;
mod users;
mod write;
mod write_backend;

pub use open::{DataDirectoryLock, Database, DatabaseOptions, Synchronous};
pub use read_backend::SqliteReadBackend;
pub use write_backend::SqliteWriteBackend;

/// The database's file within a data directory.
pub const FILE: &str = "ordercast.db";
