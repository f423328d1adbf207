//! What a database must do for the writer. There is one implementation per database, and one contract test suite for
//! all of them.

use std::sync::Arc;

use foldhash::{HashMap, HashMapExt as _};
use jiff::Timestamp;
use orders::product::{Details, Stock};
use orders::view::Person;
use orders::{Contact, OrderId, OrderRef, Product, ProductId, Reference, StoreId, UserId, World};
use uuid::Uuid;

use crate::accounts::{AccountAnswer, AccountChange, AccountRefusal};
use crate::consumers::{Consumer, ConsumerName};
use crate::cursor::{Cursor, Seq};
use crate::error::LogError;
use crate::inbox::{MarkRead, ReadState};
use crate::kept_state::{StateChange, StateOwner};
use crate::stats::StatsDelta;
use crate::stored_event::{Snapshot, StoredEvent};
use crate::submission::{ExternalUser, Idempotency, Outcome};

/// What the requests of a batch name.
#[derive(Debug, Default)]
pub struct LoadRequest {
    pub orders: Vec<OrderRef>,
    /// References of new orders, to know whether they are taken.
    pub references: Vec<(StoreId, Reference)>,
    pub products: Vec<ProductId>,
    /// Products of which the details are needed too.
    pub details: Vec<ProductId>,
    /// Users who act.
    pub users: Vec<UserId>,
    /// Scopes of idempotency keys.
    pub keys: Vec<[u8; 16]>,
    /// The time of the batch, by the clock.
    pub now: Timestamp,
}

/// Rows of a [`LoadRequest`] that another process has locked. They are not loaded.
#[derive(Debug, Default)]
pub struct LockedRows {
    /// Every requested name of an order whose row, or the row of one of its products, is locked.
    pub orders: Vec<OrderRef>,
    pub products: Vec<ProductId>,
}

/// What is in memory while a batch is decided. The head and the products stay for the next batch if the backend
/// [detects foreign writes](WriteBackend::detects_foreign_writes).
#[derive(Debug)]
pub struct BatchContext {
    /// Orders, products and the next order number.
    pub world: World,
    /// Personal data of the orders.
    pub contacts: HashMap<OrderId, Contact>,
    pub details: HashMap<ProductId, Details>,
    /// The users who act, and the customers of the orders.
    pub users: HashMap<UserId, Person>,
    /// Earlier responses to the idempotency keys of this batch.
    pub responses: HashMap<[u8; 16], IdempotentResponse>,
    /// `None` until the backend has loaded it.
    pub head: Option<LogHead>,
}

impl BatchContext {
    pub fn empty() -> Self {
        Self {
            world: World::default(),
            contacts: HashMap::new(),
            details: HashMap::new(),
            users: HashMap::new(),
            responses: HashMap::new(),
            head: None,
        }
    }
}

/// The end of the log, where the next batch appends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogHead {
    pub cursor: Cursor,
    /// When the last event happened. No later event may have an earlier time, whatever the clock says.
    pub latest: Timestamp,
}

/// A response that was given under an idempotency key.
#[derive(Debug, Clone)]
pub struct IdempotentResponse {
    /// Hash of the request body that came with the key.
    pub body: [u8; 16],
    pub outcomes: Vec<Outcome>,
}

/// What a batch changes.
#[derive(Debug, Default)]
pub struct Writes {
    /// The new state of each changed order, sorted by number.
    pub orders: Vec<OrderWrite>,
    /// The new state of each changed product, and its details if they changed.
    pub products: Vec<(Product, Option<Details>)>,
    /// Stock that orders moved, of products that did not change otherwise.
    pub stock: Vec<(ProductId, Stock)>,
    /// In log order.
    pub events: Vec<Arc<StoredEvent>>,
    /// Responses to store under their idempotency keys.
    pub responses: Vec<(Idempotency, Seq, Vec<Outcome>)>,
    /// Users whose accounts live elsewhere.
    pub external_users: Vec<ExternalUser>,
    pub stats: StatsDelta,
    /// The time of the batch.
    pub at: Timestamp,
}

#[derive(Debug)]
pub struct OrderWrite {
    pub snapshot: Arc<Snapshot>,
    /// Whether the batch created the order.
    pub new: bool,
    /// The order's first event in this batch.
    pub first_seq: Seq,
    /// The order's last event in this batch.
    pub last_seq: Seq,
}

/// Names a batch, to find out whether it was committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BatchId(pub Uuid);

/// One database's way to commit batches. It is used by one thread, one batch at a time:
/// `begin`, any number of `account`s, `write`, any number of `mark_read`s and changes of consumers and kept state, `commit`; or
/// `rollback` at any point.
pub trait WriteBackend: Send + 'static {
    /// Whether `begin` removes from the context everything that another process changed since the last batch. If not, the
    /// writer keeps nothing between batches.
    fn detects_foreign_writes(&self) -> bool;

    /// The committed head. Called once, before the first batch.
    fn head(&mut self) -> Result<LogHead, LogError>;

    /// Starts a transaction and loads what the batch names. Where `context.head` is `None`, loads the head and the next
    /// order number too. Returns the rows that another process has locked; a backend that waits for locks returns none.
    fn begin(&mut self, load: &LoadRequest, context: &mut BatchContext) -> Result<LockedRows, LogError>;

    /// Changes an account inside the transaction. A refusal does not end the transaction: what was written before it,
    /// such as the end of a stolen session, is committed with the batch.
    fn account(
        &mut self,
        change: &AccountChange,
        now: Timestamp,
    ) -> Result<Result<AccountAnswer, AccountRefusal>, LogError>;

    /// Writes a batch inside the transaction.
    fn write(&mut self, writes: &Writes) -> Result<(), LogError>;

    /// Stores what a person has read, inside the transaction and after `write`: the batch's own events count. Returns
    /// everything they have read, and whether that changed.
    fn mark_read(&mut self, read: &MarkRead, now: Timestamp) -> Result<(ReadState, bool), LogError>;

    /// The newest event that retention deleted; 0 when it deleted none.
    fn pruned(&mut self) -> Result<Seq, LogError>;

    fn consumer(&mut self, name: &ConsumerName) -> Result<Option<Consumer>, LogError>;

    /// Inserts or replaces a consumer, inside the transaction.
    fn store_consumer(&mut self, consumer: &Consumer) -> Result<(), LogError>;

    fn remove_consumer(&mut self, name: &ConsumerName) -> Result<(), LogError>;

    /// Stores or removes what a live client has joined, inside the transaction.
    fn change_state(&mut self, owner: StateOwner, change: &StateChange) -> Result<(), LogError>;

    /// Makes `commit` write and sync the batch although it may change nothing, to find out whether that works.
    fn check(&mut self) -> Result<(), LogError>;

    /// Stores the id of the batch, unless the batch changed nothing, and commits. When this returns `Ok`, the batch
    /// survives a power loss. [`CommitUnknown`](crate::ErrorKind::CommitUnknown) means that the database did not answer;
    /// after any other error the batch is not committed.
    fn commit(&mut self, batch: BatchId) -> Result<(), LogError>;

    /// Whether a recent batch of this process was committed. Called after `commit` returned `CommitUnknown` and after
    /// `rollback`, if need be on a new connection. `false` is final: while the database may still commit the batch, this
    /// must fail.
    fn was_committed(&mut self, batch: BatchId) -> Result<bool, LogError>;

    /// Ends the transaction, and forgets what was cached because of it.
    fn rollback(&mut self);

    /// Does a short piece of maintenance in a transaction of its own, such as retention. Called between batches: every
    /// second, or every minute when idle. Returns whether there is more to do. After an error the caller rolls back.
    ///
    /// `log_time` is the time of the log, which never goes back. `now` is the time of the clock, by which sessions and reset
    /// links expire. A clock that is ahead for days must not delete them, because it may be set back.
    fn maintain(&mut self, log_time: Timestamp, now: Timestamp) -> Result<bool, LogError>;

    /// The newest time of events and accounts; `None` when there are none.
    fn newest_time(&mut self) -> Result<Option<Timestamp>, LogError>;
}
