//! The reading side: a few connections that only read, each query in one snapshot.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::checkpoint::Checkpointer;
use super::head::head;
use super::sorted_index::SortedIndexes;
use crate::cursor::Cursor;
use crate::error::{ErrorKind, LogError};
use crate::read_backend::ReadAt;

/// The queries on SQLite. Also owns the checkpointing thread: it stops with the last reader.
pub struct SqliteReadBackend {
    shared: Arc<Shared>,
    permits: Arc<Semaphore>,
    _checkpointer: Checkpointer,
}

struct Shared {
    idle: Mutex<Vec<Connection>>,
    path: PathBuf,
    indexes: SortedIndexes,
}

/// How often a query starts over because its snapshot became too old while it waited for the processor.
const ATTEMPTS: usize = 5;

impl SqliteReadBackend {
    pub(super) fn new(
        readers: Vec<Connection>,
        path: PathBuf,
        indexes: SortedIndexes,
        checkpointer: Checkpointer,
    ) -> Self {
        let permits = Arc::new(Semaphore::new(readers.len()));
        let shared = Arc::new(Shared { idle: Mutex::new(readers), path, indexes });
        Self { shared, permits, _checkpointer: checkpointer }
    }

    pub(super) fn path(&self) -> &Path {
        &self.shared.path
    }

    /// Runs a query on a reader of its own, in one snapshot, away from the async threads.
    pub(super) async fn read<T, F>(&self, query: F) -> Result<T, LogError>
    where
        T: Send + 'static,
        F: Fn(&Connection, &SortedIndexes) -> Result<T, LogError> + Send + 'static,
    {
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| LogError::cancelled())?;
        let shared = Arc::clone(&self.shared);
        let task = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let reader = shared.lend()?;
            in_snapshot(reader.connection()?, &shared.indexes, &query)
        });
        task.await.map_err(|_| LogError::cancelled())?
    }

    pub(super) async fn read_at<T, F>(&self, query: F) -> Result<ReadAt<T>, LogError>
    where
        T: Send + 'static,
        F: Fn(&Connection, &SortedIndexes) -> Result<T, LogError> + Send + 'static,
    {
        self.read(move |connection, indexes| {
            let (seq, epoch) = head(connection)?;
            Ok(ReadAt { value: query(connection, indexes)?, cursor: Cursor { epoch, seq } })
        })
        .await
    }
}

impl Shared {
    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lend(&self) -> Result<Lent<'_>, LogError> {
        let connection = self.idle().pop().ok_or_else(LogError::cancelled)?;
        Ok(Lent { shared: self, connection: Some(connection) })
    }
}

/// A reader in use. It goes back also when a query panics.
struct Lent<'a> {
    shared: &'a Shared,
    connection: Option<Connection>,
}

impl Lent<'_> {
    fn connection(&self) -> Result<&Connection, LogError> {
        self.connection.as_ref().ok_or_else(LogError::cancelled)
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        self.shared.idle().extend(self.connection.take());
    }
}

fn in_snapshot<T>(
    connection: &Connection,
    indexes: &SortedIndexes,
    query: &impl Fn(&Connection, &SortedIndexes) -> Result<T, LogError>,
) -> Result<T, LogError> {
    let mut attempts = 0;
    loop {
        attempts += 1;
        let transaction = connection.unchecked_transaction()?;
        match query(connection, indexes) {
            Err(error) if error.kind() == ErrorKind::StaleSnapshot && attempts < ATTEMPTS => {
                drop(transaction);
            }
            answer => return answer,
        }
    }
}
