//! A database that fails and locks rows as a test says, over a real one.

use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use jiff::{SignedDuration, Timestamp};
use ordercast_eventlog::accounts::{AccountAnswer, AccountChange, AccountRefusal};
use ordercast_eventlog::write_backend::{
    BatchContext, BatchId, LoadRequest, LockedRows, LogHead, WriteBackend, Writes,
};
use ordercast_eventlog::{
    Consumer, ConsumerName, ErrorKind, LogError, MarkRead, ReadBackend, ReadState, Seq, StateChange,
    StateOwner,
};
use orders::{OrderRef, ProductId};
use uuid::Uuid;

use super::Backend;

/// How a COMMIT fails that is not answered.
#[derive(Debug, Clone, Copy)]
pub(crate) enum CommitFault {
    /// The batch is committed all the same.
    AfterCommit,
    /// The batch is not committed.
    BeforeCommit,
}

/// What the database does wrong, and what it was asked for.
#[derive(Default)]
pub(crate) struct Faults {
    /// The next commits fail like this, one after the other.
    pub(crate) commits: VecDeque<CommitFault>,
    /// The next writes fail like this, one after the other.
    pub(crate) writes: VecDeque<ErrorKind>,
    /// How many times `was_committed` fails before it answers.
    pub(crate) lookups: usize,
    /// Rows that another process has locked. Each order under all of its names.
    pub(crate) locked_orders: HashSet<OrderRef>,
    pub(crate) locked_products: HashSet<ProductId>,
    /// Whether another process may write unnoticed.
    pub(crate) shared: bool,
    /// How often `write` was called.
    pub(crate) written: usize,
    /// Of each batch: whether the context was empty, and how many orders it named.
    pub(crate) begun: Vec<(bool, usize)>,
}

/// Another backend with faults.
pub(crate) struct Faulty<B> {
    inner: B,
    faults: Arc<Mutex<Faults>>,
}

impl<B> Faulty<B> {
    pub(crate) fn faults(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().unwrap()
    }
}

impl<B: Backend> Backend for Faulty<B> {
    type WriteBackend = FaultyWriteBackend<B::WriteBackend>;

    async fn fresh() -> Self {
        Self { inner: B::fresh().await, faults: Arc::default() }
    }

    async fn open(
        &self,
        keep_events: Option<SignedDuration>,
        random: Uuid,
    ) -> (Self::WriteBackend, Arc<dyn ReadBackend>) {
        let (inner, read_backend) = self.inner.open(keep_events, random).await;
        (FaultyWriteBackend { inner, faults: Arc::clone(&self.faults) }, read_backend)
    }
}

pub(crate) struct FaultyWriteBackend<W> {
    inner: W,
    faults: Arc<Mutex<Faults>>,
}

fn connection_lost(kind: ErrorKind) -> LogError {
    LogError::new(kind, "the connection was lost")
}

impl<W: WriteBackend> WriteBackend for FaultyWriteBackend<W> {
    fn detects_foreign_writes(&self) -> bool {
        !self.faults.lock().unwrap().shared && self.inner.detects_foreign_writes()
    }

    fn head(&mut self) -> Result<LogHead, LogError> {
        self.inner.head()
    }

    fn begin(&mut self, load: &LoadRequest, context: &mut BatchContext) -> Result<LockedRows, LogError> {
        let mut faults = self.faults.lock().unwrap();
        faults.begun.push((context.head.is_none() && context.world.products.is_empty(), load.orders.len()));
        let orders = load.orders.iter().filter(|name| faults.locked_orders.contains(*name));
        let products = load.products.iter().filter(|id| faults.locked_products.contains(*id));
        let locked = LockedRows { orders: orders.copied().collect(), products: products.copied().collect() };
        // A locked row is not loaded.
        let free = LoadRequest {
            orders: load.orders.iter().filter(|name| !locked.orders.contains(name)).copied().collect(),
            products: load.products.iter().filter(|id| !locked.products.contains(id)).copied().collect(),
            details: load.details.iter().filter(|id| !locked.products.contains(id)).copied().collect(),
            users: load.users.clone(),
            keys: load.keys.clone(),
            references: load.references.clone(),
            now: load.now,
        };
        self.inner.begin(&free, context)?;
        Ok(locked)
    }

    fn account(
        &mut self,
        change: &AccountChange,
        now: Timestamp,
    ) -> Result<Result<AccountAnswer, AccountRefusal>, LogError> {
        self.inner.account(change, now)
    }

    fn write(&mut self, writes: &Writes) -> Result<(), LogError> {
        let mut faults = self.faults.lock().unwrap();
        faults.written += 1;
        if let Some(kind) = faults.writes.pop_front() {
            return Err(LogError::new(kind, "injected failure"));
        }
        drop(faults);
        self.inner.write(writes)
    }

    fn mark_read(&mut self, read: &MarkRead, now: Timestamp) -> Result<(ReadState, bool), LogError> {
        self.inner.mark_read(read, now)
    }

    fn pruned(&mut self) -> Result<Seq, LogError> {
        self.inner.pruned()
    }

    fn consumer(&mut self, name: &ConsumerName) -> Result<Option<Consumer>, LogError> {
        self.inner.consumer(name)
    }

    fn store_consumer(&mut self, consumer: &Consumer) -> Result<(), LogError> {
        self.inner.store_consumer(consumer)
    }

    fn remove_consumer(&mut self, name: &ConsumerName) -> Result<(), LogError> {
        self.inner.remove_consumer(name)
    }

    fn change_state(&mut self, owner: StateOwner, change: &StateChange) -> Result<(), LogError> {
        self.inner.change_state(owner, change)
    }

    fn check(&mut self) -> Result<(), LogError> {
        self.inner.check()
    }

    fn commit(&mut self, batch: BatchId) -> Result<(), LogError> {
        let fault = self.faults.lock().unwrap().commits.pop_front();
        match fault {
            None => self.inner.commit(batch),
            Some(CommitFault::AfterCommit) => {
                self.inner.commit(batch)?;
                Err(connection_lost(ErrorKind::CommitUnknown))
            }
            Some(CommitFault::BeforeCommit) => {
                self.inner.rollback();
                Err(connection_lost(ErrorKind::CommitUnknown))
            }
        }
    }

    fn was_committed(&mut self, batch: BatchId) -> Result<bool, LogError> {
        let mut faults = self.faults.lock().unwrap();
        if faults.lookups > 0 {
            faults.lookups -= 1;
            return Err(connection_lost(ErrorKind::Unavailable));
        }
        drop(faults);
        self.inner.was_committed(batch)
    }

    fn rollback(&mut self) {
        self.inner.rollback();
    }

    fn newest_time(&mut self) -> Result<Option<Timestamp>, LogError> {
        self.inner.newest_time()
    }

    fn maintain(&mut self, log_time: Timestamp, now: Timestamp) -> Result<bool, LogError> {
        self.inner.maintain(log_time, now)
    }
}
