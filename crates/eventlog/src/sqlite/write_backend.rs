//! The write backend: one connection, one transaction per batch.

use foldhash::{HashMap, HashMapExt as _};
use std::sync::Arc;

use jiff::Timestamp;
use orders::{OrderNumber, OrderRef, ProductId, Role, StoreId};
use rusqlite::{Connection, OptionalExtension};

use super::account_cleanup::AccountCleanup;
use super::catalogue::{self, Catalogue};
use super::checkpoint::CheckpointCoordinator;
use super::completeness::CloseGuard;
use super::head::head;
use super::idempotency::IdempotencyStore;
use super::inbox::InboxReader;
use super::indexes::SortedIndexes;
use super::keys::ensure_store;
use super::newest_batch::NewestBatch;
use super::open_files::OpenFiles;
use super::sales::Sales;
use super::users::Users;
use super::{accounts, batch_ids, consumers, deliveries, history, kept_state, references, retention, stats};
use crate::accounts::{AccountAnswer, AccountChange, AccountRefusal};
use crate::consumers::{Consumer, ConsumerName};
use crate::cursor::{Cursor, Seq};
use crate::error::LogError;
use crate::inbox::{MarkRead, ReadState};
use crate::kept_state::{StateChange, StateOwner};
use crate::retention::Retention;
use crate::topic::Topic;
use crate::write_backend::{BatchContext, BatchId, LoadRequest, LockedRows, LogHead, WriteBackend, Writes};

/// Past this many, the keys of stores in memory are dropped and read again when they are needed.
const STORES_KEPT: usize = 10_000;

pub struct SqliteWriteBackend {
    pub(super) connection: Connection,
    /// `None` on a VFS of a test.
    files: Option<OpenFiles>,
    newest: Option<NewestBatch>,
    checkpoints: Arc<CheckpointCoordinator>,
    pub(super) indexes: SortedIndexes,
    idempotency: IdempotencyStore,
    pub(super) users: Users,
    pub(super) catalogue: Catalogue,
    pub(super) sales: Sales,
    /// The integer keys of stores in the tables.
    stores: HashMap<StoreId, i64>,
    /// SQLite's `data_version`. It changes when another connection wrote; what is in memory is then out of date.
    data_version: i64,
    retention: Option<Retention>,
    account_cleanup: AccountCleanup,
    /// The slot with the id of the last batch.
    batch_slot: i64,
    /// `total_changes` of the connection when the batch began.
    changes_before: u64,
    /// Whether the batch has to be written although it changes nothing.
    is_check: bool,
    pub(super) scratch: Vec<u8>,
    // After the connection.
    _close: Arc<CloseGuard>,
}

impl SqliteWriteBackend {
    pub(super) fn new(
        connection: Connection,
        files: Option<OpenFiles>,
        newest: Option<NewestBatch>,
        checkpoints: Arc<CheckpointCoordinator>,
        indexes: SortedIndexes,
        retention: Option<Retention>,
        close: Arc<CloseGuard>,
    ) -> Result<Self, LogError> {
        let idempotency = IdempotencyStore::open(&connection)?;
        let data_version = data_version(&connection)?;
        Ok(Self {
            connection,
            files,
            newest,
            checkpoints,
            indexes,
            idempotency,
            users: Users::default(),
            catalogue: Catalogue::default(),
            sales: Sales::default(),
            stores: HashMap::new(),
            data_version,
            retention,
            account_cleanup: AccountCleanup::default(),
            batch_slot: 0,
            changes_before: 0,
            is_check: false,
            scratch: Vec::with_capacity(4096),
            _close: close,
        })
    }

    /// Clears the caches: the next batch reads the tables again.
    fn clear_caches(&mut self) {
        self.users.clear();
        self.catalogue.clear();
        self.sales.clear();
        self.stores.clear();
    }

    /// Brings every cache up to date when another connection wrote since the last batch, and bounds their size.
    fn refresh(&mut self, context: &mut BatchContext) -> Result<(), LogError> {
        let version = data_version(&self.connection)?;
        if version != self.data_version {
            self.clear_caches();
            context.world.products.clear();
            context.head = None;
        }
        // Also after a failed batch: its COMMIT may have succeeded, although the database reported an error.
        if context.head.is_none() {
            self.indexes.reload(&self.connection)?;
            self.idempotency.reload(&self.connection)?;
        }
        // Only now: after an error the next batch tries again.
        self.data_version = version;
        if context.world.products.is_empty() {
            self.catalogue.clear();
        }
        if self.stores.len() > STORES_KEPT {
            self.stores.clear();
        }
        Ok(())
    }

    /// Fails when what is committed would not be found after a restart.
    fn check_files(&mut self) -> Result<(), LogError> {
        self.files.as_mut().map_or(Ok(()), OpenFiles::check)
    }

    fn load_head(&self, context: &mut BatchContext) -> Result<(), LogError> {
        if context.head.is_some() {
            return Ok(());
        }
        let last: Option<i64> =
            self.connection.query_row("SELECT max(number) FROM orders", (), |row| row.get(0))?;
        context.head = Some(log_head(&self.connection)?);
        context.world.next_number = last.map_or(OrderNumber::FIRST, |n| OrderNumber(n.unsigned_abs()).next());
        Ok(())
    }

    fn load_orders(
        &self,
        names: &[OrderRef],
        context: &mut BatchContext,
    ) -> Result<Vec<ProductId>, LogError> {
        let mut products = Vec::new();
        for name in names {
            let Some(found) = history::find(&self.connection, *name)? else { continue };
            let order = found.order.clone();
            products.extend(order.items.iter().map(|item| item.product));
            context.contacts.insert(order.id, found.contact.clone());
            context.users.insert(order.customer.clone(), found.customer.clone());
            context.world.insert(order);
        }
        Ok(products)
    }

    fn load(&mut self, load: &LoadRequest, context: &mut BatchContext) -> Result<(), LogError> {
        let of_orders = self.load_orders(&load.orders, context)?;
        for (store, reference) in &load.references {
            if let Some(id) = references::find_in(&self.connection, store, reference)? {
                context.world.references.insert((store.clone(), reference.clone()), id);
            }
        }
        for id in load.products.iter().chain(&of_orders) {
            self.catalogue.load(&self.connection, *id, context)?;
        }
        for id in &load.details {
            if let Some(catalog_product) = catalogue::find(&self.connection, *id)? {
                context.details.insert(*id, catalog_product.details);
            }
        }
        for user in &load.users {
            if !context.users.contains_key(user)
                && let Some(person) = self.users.find(&self.connection, user)?
            {
                context.users.insert(user.clone(), person);
            }
        }
        self.idempotency.find(&self.connection, &load.keys, load.now, &mut context.responses)
    }

    pub(crate) fn note(&self, name: &str) -> Result<Option<String>, LogError> {
        let mut find = self.connection.prepare_cached("SELECT value FROM meta WHERE name = ?1")?;
        Ok(find.query_row([note_name(name)], |row| row.get(0)).optional()?)
    }

    pub(crate) fn set_note(&mut self, name: &str, text: &str) -> Result<(), LogError> {
        self.connection
            .prepare_cached("INSERT OR REPLACE INTO meta (name, value) VALUES (?1, ?2)")?
            .execute((note_name(name), text))?;
        Ok(())
    }

    /// The key of a store, which is inserted if it is new.
    pub(super) fn store_key(&mut self, store: &StoreId) -> Result<i64, LogError> {
        if let Some(key) = self.stores.get(store) {
            return Ok(*key);
        }
        let key = ensure_store(&self.connection, store)?;
        self.stores.insert(store.clone(), key);
        Ok(key)
    }
}

impl WriteBackend for SqliteWriteBackend {
    /// SQLite tells when another connection wrote: see `refresh`.
    fn detects_foreign_writes(&self) -> bool {
        true
    }

    fn head(&mut self) -> Result<LogHead, LogError> {
        log_head(&self.connection)
    }

    fn begin(&mut self, load: &LoadRequest, context: &mut BatchContext) -> Result<LockedRows, LogError> {
        self.checkpoints.begin_batch();
        self.is_check = false;
        self.check_files()?;
        self.connection.prepare_cached("BEGIN IMMEDIATE")?.execute(())?;
        self.refresh(context)?;
        self.load_head(context)?;
        self.load(load, context)?;
        self.changes_before = self.connection.total_changes();
        // SQLite locks the whole database, and BEGIN IMMEDIATE waits for the lock.
        Ok(LockedRows::default())
    }

    fn account(
        &mut self,
        change: &AccountChange,
        now: Timestamp,
    ) -> Result<Result<AccountAnswer, AccountRefusal>, LogError> {
        accounts::change(&self.connection, &mut self.users, change, now)
    }

    fn write(&mut self, writes: &Writes) -> Result<(), LogError> {
        for user in &writes.external_users {
            self.users.record_external(&self.connection, user, writes.at)?;
        }
        self.catalogue.write(&self.connection, writes)?;
        self.write_orders(&writes.orders, &writes.stats.reversed, writes.at)?;
        self.write_events(&writes.events)?;
        self.idempotency.add(&self.connection, &writes.responses, writes.at)?;
        for ((store, at, slot), count) in &writes.stats.deliveries {
            let store = self.store_key(store)?;
            deliveries::write(&self.connection, store, *at, *slot, *count)?;
        }
        stats::write(&self.connection, &writes.stats)
    }

    fn mark_read(&mut self, read: &MarkRead, now: Timestamp) -> Result<(ReadState, bool), LogError> {
        let (inbox, own) = (&read.inbox, StoreId::main());
        let role = inbox.topic().role();
        let store = if let Topic::Store(store) = inbox.topic() { store } else { &own };
        let person = self.users.key_as(&self.connection, inbox.reader(), role, store.as_str(), now)?;
        let store = if role == Role::Staff { self.store_key(store)? } else { 0 };
        InboxReader::of(&self.connection, &self.indexes, inbox, (person, store))?.mark(read.mark)
    }

    fn pruned(&mut self) -> Result<Seq, LogError> {
        retention::pruned_through(&self.connection)
    }

    fn consumer(&mut self, name: &ConsumerName) -> Result<Option<Consumer>, LogError> {
        consumers::find(&self.connection, name)
    }

    fn store_consumer(&mut self, consumer: &Consumer) -> Result<(), LogError> {
        consumers::store(&self.connection, consumer)
    }

    fn remove_consumer(&mut self, name: &ConsumerName) -> Result<(), LogError> {
        consumers::remove(&self.connection, name)
    }

    fn change_state(&mut self, owner: StateOwner, change: &StateChange) -> Result<(), LogError> {
        kept_state::change(&self.connection, owner, change)
    }

    fn check(&mut self) -> Result<(), LogError> {
        self.is_check = true;
        Ok(())
    }

    fn commit(&mut self, batch: BatchId) -> Result<(), LogError> {
        self.check_files()?;
        // A transaction that changed nothing is not synced.
        let is_stored = self.is_check || self.connection.total_changes() != self.changes_before;
        if is_stored {
            self.batch_slot = batch_ids::store(&self.connection, self.batch_slot, batch)?;
        }
        self.connection.prepare_cached("COMMIT")?.execute(())?;
        if is_stored {
            self.newest.take_if(|newest| newest.record(batch).is_err());
        }
        self.indexes.customer_orders.committed();
        self.indexes.recipients.committed();
        self.idempotency.committed();
        self.checkpoints.end_batch();
        Ok(())
    }

    fn was_committed(&mut self, batch: BatchId) -> Result<bool, LogError> {
        batch_ids::contains(&self.connection, batch)
    }

    fn rollback(&mut self) {
        if !self.connection.is_autocommit()
            && let Err(error) = self.connection.execute_batch("ROLLBACK")
        {
            tracing::error!(%error, "could not roll back");
        }
        self.indexes.customer_orders.rolled_back();
        self.indexes.recipients.rolled_back();
        self.idempotency.rolled_back();
        self.clear_caches();
        self.checkpoints.end_batch();
    }

    fn newest_time(&mut self) -> Result<Option<Timestamp>, LogError> {
        history::newest_time(&self.connection)
    }

    fn maintain(&mut self, log_time: Timestamp, now: Timestamp) -> Result<bool, LogError> {
        self.checkpoints.begin_batch();
        self.check_files()?;
        self.connection.execute_batch("BEGIN IMMEDIATE")?;
        let responses = self.idempotency.maintain(&self.connection, log_time)?;
        let accounts = self.account_cleanup.maintain(&self.connection, now)?;
        let events = match self.retention {
            Some(keep) => retention::round(&self.connection, log_time, keep)?,
            None => false,
        };
        let any = responses || accounts || events;
        // Without changes there is nothing to sync.
        self.connection.execute_batch(if any { "COMMIT" } else { "ROLLBACK" })?;
        self.idempotency.committed();
        self.checkpoints.end_batch();
        Ok(any)
    }
}

impl Drop for SqliteWriteBackend {
    fn drop(&mut self) {
        // The checkpointer must not wait for a writer that panicked.
        self.checkpoints.end_batch();
    }
}

/// The prefix keeps notes apart from the log's own rows in `meta`.
fn note_name(name: &str) -> String {
    format!("note:{name}")
}

fn data_version(connection: &Connection) -> Result<i64, LogError> {
    Ok(connection.prepare_cached("PRAGMA data_version")?.query_row((), |row| row.get(0))?)
}

fn log_head(connection: &Connection) -> Result<LogHead, LogError> {
    let (seq, epoch) = head(connection)?;
    Ok(LogHead { cursor: Cursor { epoch, seq }, latest: history::latest(connection)? })
}
