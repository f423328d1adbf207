//! SQLite, against the contract and on its own.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

mod contract;

use std::sync::Arc;

use contract::{Backend, contract};
use jiff::SignedDuration;
use ordercast_log::Queries;
use ordercast_log::sqlite::{Database, Options, SqliteJournal};
use uuid::Uuid;

/// A database in a directory of its own.
pub(crate) struct Sqlite {
    directory: tempfile::TempDir,
}

impl Backend for Sqlite {
    type Journal = SqliteJournal;

    async fn fresh() -> Self {
        Self { directory: tempfile::tempdir().unwrap() }
    }

    async fn open(&self, keep_events: Option<SignedDuration>, random: Uuid) -> (SqliteJournal, Arc<dyn Queries>) {
        let options = Options { keep_events, ..Options::default() };
        let Database { journal, queries, .. } = Database::open(self.directory.path(), &options, random).unwrap();
        (journal, queries)
    }
}

contract!(Sqlite);
