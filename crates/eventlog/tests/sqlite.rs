//! The SQLite backend: the contract, and tests of its own.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

#[path = "sqlite/backup.rs"]
mod backup;
#[path = "sqlite/caches.rs"]
mod caches;
mod contract;
#[path = "sqlite/files.rs"]
mod files;
#[path = "sqlite/migration.rs"]
mod migration;
#[path = "sqlite/refusals.rs"]
mod refusals;
#[path = "sqlite/searches.rs"]
mod searches;
#[path = "sqlite/wal.rs"]
mod wal;

use std::path::Path;
use std::sync::Arc;

use contract::{Backend, contract};
use jiff::SignedDuration;
use ordercast_eventlog::ReadBackend;
use ordercast_eventlog::sqlite::{Database, DatabaseOptions, SqliteWriteBackend};
use rusqlite::Connection;
use uuid::Uuid;

/// A database in a temporary directory.
pub(crate) struct Sqlite {
    directory: tempfile::TempDir,
}

impl Sqlite {
    pub(crate) fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// A connection of another program.
    pub(crate) fn raw(&self) -> Connection {
        Connection::open(Database::file(self.directory())).unwrap()
    }
}

impl Backend for Sqlite {
    type WriteBackend = SqliteWriteBackend;

    async fn fresh() -> Self {
        Self { directory: tempfile::tempdir().unwrap() }
    }

    async fn open(
        &self,
        keep_events: Option<SignedDuration>,
        random: Uuid,
    ) -> (SqliteWriteBackend, Arc<dyn ReadBackend>) {
        // A small log, so that a test sees it truncated.
        let options = DatabaseOptions { keep_events, wal_bytes: 4 << 20, ..DatabaseOptions::default() };
        let Database { write_backend, read_backend, .. } =
            Database::open(self.directory(), &options, random).unwrap();
        (write_backend, read_backend)
    }
}

contract!(Sqlite);
