//! The log on an embedded SQLite. Files here load and store; the rules are in the modules above.
//!
//! - Opening: `open.rs` (options, durability), `schema.rs` and `schema/` (tables, migrations), `checkpoint.rs` (bounds the
//!   write-ahead log), `open_files.rs` (files that are deleted or overwritten while they are open), `completeness.rs` and
//!   `newest_batch.rs` (missing files, lost commits), `backup.rs`, `error.rs` (result codes as kinds of errors).
//! - Writing: `write_backend.rs` (one transaction for each batch), `write.rs` (orders, events), `users.rs`, `accounts.rs`,
//!   `account_cleanup.rs`, `catalogue.rs`, `references.rs`, `reservations.rs`, `stats.rs`, `sales.rs`, `deliveries.rs`,
//!   `consumers.rs`, `kept_state.rs`, `batch_ids.rs` (ids of the last batches), `retention.rs`.
//! - Indexes that are written sequentially: `sorted_index.rs`, with `indexes.rs` (the shared ones), `recipient_index.rs`
//!   (whom an event concerns), `idempotency.rs` and `bloom.rs` (responses by idempotency key).
//! - Reading: `read_backend.rs` (a pool of connections), `listing.rs` with `filter.rs`, `candidates.rs`, `chunks.rs`, `statuses.rs`,
//!   `merged_walk.rs`, `wanted.rs`, `sorted_listing.rs` and `search.rs` (orders), `history.rs` and `tail.rs` (events), `inbox.rs`
//!   with `inbox_index.rs` and `created_events.rs`.
//! - Shared by all of them: `rows.rs` (conversions), `keys.rs` (integer keys), `head.rs`.
//!
//! Table and column names that differ from the names in the code: `people` holds search documents, `answers` holds
//! idempotent responses, `counts` and `flow` hold statistics, `topic_runs` is the recipient index, `customer_runs` is the
//! index of customers' orders, and a column `span` holds a `Resolution`.
//!
//! Caches of the writer, all brought up to date by `refresh` in `write_backend.rs` when another connection wrote: users,
//! product keys, products of the batch context, store keys, pending sales, the log's head, and what the sorted indexes
//! and the filters of idempotency keys hold in memory. Readers compare the shared indexes with their snapshot. Each cache
//! has a test in `tests/sqlite/caches.rs`.

mod account_cleanup;
mod accounts;
pub mod backup;
mod batch_ids;
mod bloom;
mod candidates;
mod catalogue;
mod checkpoint;
mod chunks;
mod completeness;
mod consumers;
mod created_events;
mod deliveries;
mod error;
mod file_names;
mod filter;
mod head;
mod history;
mod idempotency;
mod inbox;
mod inbox_index;
mod indexes;
mod kept_state;
mod keys;
mod listing;
mod merged_walk;
mod newest_batch;
mod open;
mod open_files;
#[cfg(test)]
mod query_plans;
mod read_backend;
mod recipient_index;
mod references;
mod reservations;
mod retention;
mod rows;
mod sales;
mod schema;
mod search;
mod sorted_index;
mod sorted_listing;
mod stats;
mod statuses;
mod tail;
mod users;
mod wanted;
mod write;
mod write_backend;

pub use open::{DataDirectoryLock, Database, DatabaseOptions, Synchronous};
pub use read_backend::SqliteReadBackend;
pub use write_backend::SqliteWriteBackend;

/// The database's file within a data directory.
pub const FILE: &str = "ordercast.db";
