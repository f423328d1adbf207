//! What a database must do for the writer. One implementation for each database, one contract test suite for all.

use foldhash::{HashMap, HashMapExt as _};
use std::sync::Arc;

use jiff::Timestamp;
use orders::product::{Details, Stock};
use orders::view::Person;
use orders::{Contact, OrderId, OrderRef, Product, ProductId, UserId, World};

use crate::accounts::{AccountAnswer, AccountChange, AccountRefusal};
use crate::consumers::{Consumer, ConsumerName};
use crate::cursor::{Cursor, Seq};
use crate::error::LogError;
use crate::inbox::{MarkRead, ReadState};
use crate::stats::StatsDelta;
use crate::stored_event::{Snapshot, StoredEvent};
use crate::submission::{ExternalUser, Idempotency, Outcome};

/// What a batch names.
#[derive(Debug, Default)]
pub struct LoadRequest {
    /// Orders.
    pub orders: Vec<OrderRef>,
    /// Products.
    pub products: Vec<ProductId>,
    /// Products that a command of the catalogue names: their details are wanted too.
    pub details: Vec<ProductId>,
    /// Users who act.
    pub people: Vec<UserId>,
    /// Idempotency keys.
    pub keys: Vec<[u8; 16]>,
    /// The time of the batch, as far as the clock knows.
    pub now: Timestamp,
}

/// What was loaded for a batch. Products stay between batches, as long as this process is the only writer.
#[derive(Debug)]
pub struct BatchContext {
    /// Orders, products and the next order number.
    pub world: World,
    /// Personal data of the orders.
    pub contacts: HashMap<OrderId, Contact>,
    /// What people look at, of products named by a command of the catalogue.
    pub details: HashMap<ProductId, Details>,
    /// Names of whoever acts, and of the orders' customers.
    pub people: HashMap<UserId, Person>,
    /// Answers given before under the wanted keys.
    pub answers: HashMap<[u8; 16], IdempotentResponse>,
    /// `None` until the backend has loaded it.
    pub head: Option<LogHead>,
}

/// The end of the log, where the next batch appends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogHead {
    pub cursor: Cursor,
    /// When the last event happened. No later event may have an earlier time, whatever the clock says.
    pub latest: Timestamp,
}

/// An answer that was given under an idempotency key.
#[derive(Debug, Clone)]
pub struct IdempotentResponse {
    /// Hash of the body that the key came with.
    pub body: [u8; 16],
    /// What was answered.
    pub outcomes: Vec<Outcome>,
}

impl BatchContext {
    /// An empty context: the first batch starts with it, and so does the batch after a failure.
    pub fn empty() -> Self {
        Self {
            world: World::default(),
            contacts: HashMap::new(),
            details: HashMap::new(),
            people: HashMap::new(),
            answers: HashMap::new(),
            head: None,
        }
    }
}

/// What a batch changes.
#[derive(Debug, Default)]
pub struct Writes {
    /// Orders as they are now. The last one of each counts.
    pub orders: Vec<OrderWrite>,
    /// Products as they are now, and their details where those changed.
    pub products: Vec<(Product, Option<Details>)>,
    /// Stock that orders moved.
    pub stock: Vec<(ProductId, Stock)>,
    /// What happened, in order.
    pub events: Vec<Arc<StoredEvent>>,
    /// Answers to remember.
    pub answers: Vec<(Idempotency, Seq, Vec<Outcome>)>,
    /// Users whose tokens are made elsewhere.
    pub people: Vec<ExternalUser>,
    /// Counts.
    pub stats: StatsDelta,
    /// When.
    pub at: Timestamp,
}

/// One order's new state.
#[derive(Debug)]
pub struct OrderWrite {
    /// The state.
    pub snapshot: Arc<Snapshot>,
    /// Whether it is new.
    pub new: bool,
    /// Its first event of this batch.
    pub first_seq: Seq,
    /// Its last event.
    pub last_seq: Seq,
}

/// One database's way to commit a batch. Used by one thread, one batch at a time:
/// `begin`, any number of `account`s, `write`, any number of `mark_read`s and changes of consumers, `commit`; or
/// `rollback` at any point.
pub trait WriteBackend: Send + 'static {
    /// The committed head. Called once, before the first batch.
    fn head(&mut self) -> Result<LogHead, LogError>;

    /// Starts a transaction and loads what the batch names. Where `context.head` is `None`, loads the head and the next
    /// order number too. Removes from `context` what another process may have changed since the last batch.
    fn begin(&mut self, load: &LoadRequest, context: &mut BatchContext) -> Result<(), LogError>;

    /// Changes an account inside the transaction. After a refusal the transaction goes on: what it wrote, such as
    /// the end of a stolen session, is committed with the rest.
    fn account(
        &mut self,
        change: &AccountChange,
        now: Timestamp,
    ) -> Result<Result<AccountAnswer, AccountRefusal>, LogError>;

    /// Writes a batch inside the transaction.
    fn write(&mut self, writes: &Writes) -> Result<(), LogError>;

    /// Keeps what somebody has read, inside the transaction, after `write`: the batch's own events count. Returns
    /// everything they have read, and whether this is any news.
    fn mark_read(&mut self, read: &MarkRead, now: Timestamp) -> Result<(ReadState, bool), LogError>;

    /// The newest event that retention deleted; 0 when it deleted none.
    fn pruned(&mut self) -> Result<Seq, LogError>;

    fn consumer(&mut self, name: &ConsumerName) -> Result<Option<Consumer>, LogError>;

    /// Inserts or replaces a consumer, inside the transaction.
    fn store_consumer(&mut self, consumer: &Consumer) -> Result<(), LogError>;

    fn remove_consumer(&mut self, name: &ConsumerName) -> Result<(), LogError>;

    /// Makes it durable. When this returns, the batch survives a power loss.
    fn commit(&mut self) -> Result<(), LogError>;

    /// Forgets the transaction, and everything that was cached because of it; the caller forgets what was loaded.
    fn rollback(&mut self);

    /// A little housekeeping between batches, in a transaction of its own; must be short. Called every second or so,
    /// when idle once a minute. Says whether there is more to do. After an error the caller rolls back.
    fn maintain(&mut self, now: Timestamp) -> Result<bool, LogError>;
}
