//! The reading side: a pool of connections that only read, each query in one snapshot.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;

use super::checkpoint::Checkpointer;
use super::completeness::CloseGuard;
use super::head::head;
use super::indexes::SortedIndexes;
use crate::cursor::Cursor;
use crate::error::{ErrorKind, LogError};
use crate::read_backend::ReadAt;

/// How often a query starts over because its snapshot became too old while it waited for a processor.
const MAX_ATTEMPTS: usize = 5;

/// Reads from SQLite. Each subject's queries are implemented beside its SQL. It also owns the checkpointing thread, which
/// stops with it.
pub struct SqliteReadBackend {
    pool: Arc<ConnectionPool>,
    permits: Arc<Semaphore>,
    _checkpointer: Checkpointer,
    // After everything that has a connection.
    _close: Arc<CloseGuard>,
}

struct ConnectionPool {
    idle: Mutex<Vec<Connection>>,
    path: PathBuf,
    indexes: SortedIndexes,
    _close: Arc<CloseGuard>,
}

impl SqliteReadBackend {
    pub(super) fn new(
        readers: Vec<Connection>,
        path: PathBuf,
        indexes: SortedIndexes,
        checkpointer: Checkpointer,
        close: Arc<CloseGuard>,
    ) -> Self {
        let permits = Arc::new(Semaphore::new(readers.len()));
        let pool =
            Arc::new(ConnectionPool { idle: Mutex::new(readers), path, indexes, _close: Arc::clone(&close) });
        Self { pool, permits, _checkpointer: checkpointer, _close: close }
    }

    pub(super) fn path(&self) -> &Path {
        &self.pool.path
    }

    /// Runs a query in one snapshot, on a thread for blocking work.
    pub(super) async fn read<T, F>(&self, query: F) -> Result<T, LogError>
    where
        T: Send + 'static,
        F: Fn(&Connection) -> Result<T, LogError> + Send + 'static,
    {
        self.run(move |connection, _| query(connection)).await
    }

    /// Runs a query that uses the sorted indexes.
    pub(super) async fn read_indexed<T, F>(&self, query: F) -> Result<T, LogError>
    where
        T: Send + 'static,
        F: Fn(&Connection, &SortedIndexes) -> Result<T, LogError> + Send + 'static,
    {
        self.run(move |connection, shared| query(connection, &shared.for_snapshot(connection)?)).await
    }

    /// Runs a query, and says which snapshot it read.
    pub(super) async fn read_at<T, F>(&self, query: F) -> Result<ReadAt<T>, LogError>
    where
        T: Send + 'static,
        F: Fn(&Connection) -> Result<T, LogError> + Send + 'static,
    {
        self.read(move |connection| at_head(connection, query(connection)?)).await
    }

    /// Runs a query that uses the sorted indexes, and says which snapshot it read.
    pub(super) async fn read_indexed_at<T, F>(&self, query: F) -> Result<ReadAt<T>, LogError>
    where
        T: Send + 'static,
        F: Fn(&Connection, &SortedIndexes) -> Result<T, LogError> + Send + 'static,
    {
        self.read_indexed(move |connection, indexes| at_head(connection, query(connection, indexes)?)).await
    }

    async fn run<T, F>(&self, query: F) -> Result<T, LogError>
    where
        T: Send + 'static,
        F: Fn(&Connection, &SortedIndexes) -> Result<T, LogError> + Send + 'static,
    {
        let pool = Arc::clone(&self.pool);
        let permits = Arc::clone(&self.permits);
        if let Ok(permit) = Arc::clone(&permits).try_acquire_owned() {
            return run_on_thread(permit, pool, query).await;
        }
        // A caller may stop polling: one that serves a slow client polls again when that client has read. As its own task,
        // the query goes on all the same. Otherwise it would keep the connection that it is given from all other queries.
        let mut waiting = JoinSet::new();
        waiting.spawn(async move {
            let permit = permits.acquire_owned().await.map_err(|_| LogError::cancelled())?;
            run_on_thread(permit, pool, query).await
        });
        waiting.join_next().await.and_then(Result::ok).ok_or_else(LogError::cancelled)?
    }
}

async fn run_on_thread<T, F>(
    permit: OwnedSemaphorePermit,
    pool: Arc<ConnectionPool>,
    query: F,
) -> Result<T, LogError>
where
    T: Send + 'static,
    F: Fn(&Connection, &SortedIndexes) -> Result<T, LogError> + Send + 'static,
{
    let task = tokio::task::spawn_blocking(move || {
        let _permit = permit;
        let reader = pool.take()?;
        in_snapshot(reader.connection()?, &pool.indexes, &query)
    });
    task.await.map_err(|_| LogError::cancelled())?
}

/// Within the snapshot, so the head belongs to the value.
fn at_head<T>(connection: &Connection, value: T) -> Result<ReadAt<T>, LogError> {
    let (seq, epoch) = head(connection)?;
    Ok(ReadAt { value, cursor: Cursor { epoch, seq } })
}

impl ConnectionPool {
    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> Result<PooledConnection<'_>, LogError> {
        let connection = self.idle().pop().ok_or_else(LogError::cancelled)?;
        Ok(PooledConnection { pool: self, connection: Some(connection) })
    }
}

/// Returns to the pool when it is dropped, also when a query panics.
struct PooledConnection<'a> {
    pool: &'a ConnectionPool,
    connection: Option<Connection>,
}

impl PooledConnection<'_> {
    fn connection(&self) -> Result<&Connection, LogError> {
        self.connection.as_ref().ok_or_else(LogError::cancelled)
    }
}

impl Drop for PooledConnection<'_> {
    fn drop(&mut self) {
        self.pool.idle().extend(self.connection.take());
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
            Err(error) if error.kind() == ErrorKind::StaleSnapshot && attempts < MAX_ATTEMPTS => {
                drop(transaction);
            }
            answer => return answer,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future as _;
    use std::pin::pin;
    use std::sync::mpsc;
    use std::task::{Context, Waker};
    use std::time::Duration;

    use super::super::checkpoint::CheckpointCoordinator;
    use super::super::{Database, DatabaseOptions};
    use super::*;

    fn with_one_connection(path: &Path) -> SqliteReadBackend {
        let connect = || Connection::open(path).unwrap();
        let checkpoints = Arc::new(CheckpointCoordinator::new());
        let checkpointer = Checkpointer::start(connect(), checkpoints, path.to_owned()).unwrap();
        let indexes = SortedIndexes::open(&connect()).unwrap();
        let close = Arc::new(CloseGuard::new(path.to_owned(), None));
        SqliteReadBackend::new(vec![connect()], path.to_owned(), indexes, checkpointer, close)
    }

    #[tokio::test]
    async fn a_query_that_nobody_polls_does_not_keep_others_from_reading() {
        let directory = tempfile::tempdir().unwrap();
        let _database =
            Database::open(directory.path(), &DatabaseOptions::default(), uuid::Uuid::nil()).unwrap();
        let backend = with_one_connection(&Database::file(directory.path()));
        let (finish, may_finish) = mpsc::channel::<()>();
        let may_finish = Mutex::new(may_finish);
        let mut context = Context::from_waker(Waker::noop());
        let mut reading = pin!(backend.read(move |_| {
            let _ = may_finish.lock().unwrap().recv();
            Ok(())
        }));
        assert!(reading.as_mut().poll(&mut context).is_pending(), "it has the only connection");
        let mut abandoned = pin!(backend.read(|_| Ok(())));
        assert!(abandoned.as_mut().poll(&mut context).is_pending(), "it waits for the connection");
        finish.send(()).unwrap();
        reading.await.unwrap();
        let next = tokio::time::timeout(Duration::from_secs(30), backend.read(|_| Ok(())));
        next.await.expect("the connection is free again").unwrap();
    }
}
