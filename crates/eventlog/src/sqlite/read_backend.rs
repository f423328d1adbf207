//! The reading side: a few connections that only read, each query in one snapshot.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;
use orders::{EventId, OrderNumber, OrderRef, ProductId, StoreId, UserId};
use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::checkpoint::Checkpointer;
use super::inbox::InboxReader;
use super::sorted_index::Indexes;
use super::{
    accounts, backup, catalogue, consumers, history, listing, reservations, stats, tail, write_backend,
};
use crate::accounts::{Email, Revoked, User};
use crate::consumers::Consumer;
use crate::cursor::{Cursor, Seq};
use crate::error::LogError;
use crate::inbox::{InboxEntry, InboxFilter, InboxPage};
use crate::read_backend::{EventPage, OrderFilter, OrderPage, ProductFilter, ReadAt, ReadBackend, TailError};
use crate::stats::{Series, Stats};
use crate::stored_event::{CatalogProduct, EventWithContext, Snapshot};
use crate::topic::{Inbox, Topic};

/// The queries on SQLite. Also owns the checkpointing thread: it stops with the last reader.
pub struct SqliteReadBackend {
    shared: Arc<Shared>,
    permits: Arc<Semaphore>,
    _checkpointer: Checkpointer,
}

struct Shared {
    idle: Mutex<Vec<Connection>>,
    path: PathBuf,
    indexes: Indexes,
}

/// How often a query starts over because its snapshot became too old while it waited for the processor.
const ATTEMPTS: usize = 5;

impl SqliteReadBackend {
    pub(super) fn new(
        readers: Vec<Connection>,
        path: PathBuf,
        indexes: Indexes,
        checkpointer: Checkpointer,
    ) -> Self {
        let permits = Arc::new(Semaphore::new(readers.len()));
        let shared = Arc::new(Shared { idle: Mutex::new(readers), path, indexes });
        Self { shared, permits, _checkpointer: checkpointer }
    }

    /// Runs a query on a reader of its own, in one snapshot, away from the async threads.
    async fn read<T, F>(&self, query: F) -> Result<T, LogError>
    where
        T: Send + 'static,
        F: Fn(&Connection, &Indexes) -> Result<T, LogError> + Send + 'static,
    {
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| LogError::Cancelled)?;
        let shared = Arc::clone(&self.shared);
        let task = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let reader = shared.lend()?;
            in_snapshot(reader.connection()?, &shared.indexes, &query)
        });
        task.await.map_err(|_| LogError::Cancelled)?
    }

    async fn read_at<T, F>(&self, query: F) -> Result<ReadAt<T>, LogError>
    where
        T: Send + 'static,
        F: Fn(&Connection, &Indexes) -> Result<T, LogError> + Send + 'static,
    {
        self.read(move |connection, indexes| {
            let (seq, epoch) = write_backend::head(connection)?;
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
        let connection = self.idle().pop().ok_or(LogError::Cancelled)?;
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
        self.connection.as_ref().ok_or(LogError::Cancelled)
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        self.shared.idle().extend(self.connection.take());
    }
}

fn in_snapshot<T>(
    connection: &Connection,
    indexes: &Indexes,
    query: &impl Fn(&Connection, &Indexes) -> Result<T, LogError>,
) -> Result<T, LogError> {
    let mut attempts = 0;
    loop {
        attempts += 1;
        let transaction = connection.unchecked_transaction()?;
        match query(connection, indexes) {
            Err(LogError::StaleSnapshot) if attempts < ATTEMPTS => drop(transaction),
            answer => return answer,
        }
    }
}

#[async_trait]
impl ReadBackend for SqliteReadBackend {
    async fn head(&self) -> Result<Cursor, LogError> {
        Ok(self.read_at(|_, _| Ok(())).await?.cursor)
    }

    async fn order(&self, name: OrderRef) -> Result<ReadAt<Option<Arc<Snapshot>>>, LogError> {
        self.read_at(move |connection, _| history::find(connection, name)).await
    }

    async fn orders(&self, filter: OrderFilter) -> Result<ReadAt<OrderPage>, LogError> {
        self.read_at(move |connection, indexes| listing::page(connection, &indexes.customer_runs, &filter))
            .await
    }

    async fn timeline(&self, order: OrderNumber) -> Result<ReadAt<Vec<EventWithContext>>, LogError> {
        self.read_at(move |connection, _| {
            let events = history::of_order(connection, order, Seq(u64::MAX))?;
            history::tell(connection, events)
        })
        .await
    }

    async fn tail(&self, topic: Topic, after: Seq, limit: usize) -> Result<EventPage, TailError> {
        let read = self
            .read(move |connection, indexes| tail::read(connection, indexes, &topic, after, limit))
            .await?;
        read.ok_or(TailError::Pruned)
    }

    async fn events(&self, after: Seq, limit: usize) -> Result<EventPage, TailError> {
        let read = self.read(move |connection, _| tail::events(connection, after, limit)).await?;
        read.ok_or(TailError::Pruned)
    }

    async fn consumers(&self) -> Result<ReadAt<Vec<Consumer>>, LogError> {
        self.read_at(|connection, _| consumers::all(connection)).await
    }

    async fn inbox(&self, filter: InboxFilter) -> Result<ReadAt<InboxPage>, LogError> {
        self.read_at(move |connection, indexes| {
            match InboxReader::find(connection, indexes, &filter.inbox)? {
                Some(opened) => opened.page(&filter),
                None => Ok(InboxPage { entries: Vec::new(), next: None, unread: 0 }),
            }
        })
        .await
    }

    async fn unread(&self, inbox: Inbox) -> Result<ReadAt<usize>, LogError> {
        self.read_at(move |connection, indexes| match InboxReader::find(connection, indexes, &inbox)? {
            Some(opened) => opened.unread(),
            None => Ok(0),
        })
        .await
    }

    async fn inbox_entry(&self, inbox: Inbox, id: EventId) -> Result<Option<InboxEntry>, LogError> {
        self.read(move |connection, indexes| match InboxReader::find(connection, indexes, &inbox)? {
            Some(opened) => opened.named(id),
            None => Ok(None),
        })
        .await
    }

    async fn stats(&self, store: StoreId, since: Timestamp) -> Result<ReadAt<Stats>, LogError> {
        self.read_at(move |connection, _| stats::read(connection, &store, since)).await
    }

    async fn series(
        &self,
        store: StoreId,
        edges: Vec<Timestamp>,
        most: usize,
    ) -> Result<ReadAt<Series>, LogError> {
        self.read_at(move |connection, _| stats::series(connection, &store, &edges, most)).await
    }

    async fn reservations_due(&self, now: Timestamp, limit: usize) -> Result<Vec<OrderNumber>, LogError> {
        self.read(move |connection, _| reservations::due(connection, now, limit)).await
    }

    async fn products(&self, filter: ProductFilter) -> Result<(Vec<CatalogProduct>, bool), LogError> {
        self.read(move |connection, _| catalogue::page(connection, &filter)).await
    }

    async fn product(&self, id: ProductId) -> Result<Option<CatalogProduct>, LogError> {
        self.read(move |connection, _| catalogue::find(connection, id)).await
    }

    async fn user(&self, id: UserId) -> Result<Option<User>, LogError> {
        self.read(move |connection, _| accounts::by_id(connection, &id)).await
    }

    async fn user_by_email(&self, email: Email) -> Result<Option<User>, LogError> {
        self.read(move |connection, _| accounts::by_email(connection, &email)).await
    }

    async fn users(&self, limit: usize) -> Result<Vec<User>, LogError> {
        self.read(move |connection, _| accounts::all(connection, limit)).await
    }

    async fn revoked(&self, now: Timestamp) -> Result<Revoked, LogError> {
        self.read(move |connection, _| accounts::revoked(connection, now)).await
    }

    async fn health(&self) -> Result<u64, LogError> {
        self.read(|connection, _| {
            let pages: i64 = connection.pragma_query_value(None, "page_count", |row| row.get(0))?;
            let size: i64 = connection.pragma_query_value(None, "page_size", |row| row.get(0))?;
            Ok(pages.unsigned_abs() * size.unsigned_abs())
        })
        .await
    }

    async fn backup(&self, to: &Path) -> Result<(), LogError> {
        let from = self.shared.path.clone();
        let to = to.to_owned();
        // On a connection of its own, so that a long copy takes no reader away.
        let task = tokio::task::spawn_blocking(move || backup::copy(&from, &to));
        task.await.map_err(|_| LogError::Cancelled)?
    }
}
