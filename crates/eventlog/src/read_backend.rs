//! Questions that are asked of the log. Every answer comes from one snapshot and says at which cursor it was read.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use orders::{EventId, OrderNumber, OrderRef, ProductId, Status, StoreId, UserId};

use crate::accounts::{Email, Revoked, User};
use crate::consumers::Consumer;
use crate::cursor::{Cursor, Seq};
use crate::error::LogError;
use crate::inbox::{InboxEntry, InboxFilter, InboxPage};
use crate::stats::{Series, Stats};
use crate::stored_event::{CatalogProduct, EventWithContext, Snapshot};
use crate::topic::{Inbox, Topic};

/// Which orders, newest first.
#[derive(Debug, Clone)]
pub struct OrderFilter {
    /// Whose.
    pub topic: Topic,
    /// In one of these; empty means any.
    pub statuses: Vec<Status>,
    /// A number, a tracking number, or words of the customer's name, e-mail address or phone.
    pub text: Option<String>,
    /// Placed at or after.
    pub from: Option<Timestamp>,
    /// Placed before.
    pub to: Option<Timestamp>,
    /// Only orders older than this one: the next page.
    pub before: Option<OrderNumber>,
    /// At most so many.
    pub limit: usize,
}

impl OrderFilter {
    /// The newest page of a topic.
    pub fn newest(topic: Topic, limit: usize) -> Self {
        Self { topic, statuses: Vec::new(), text: None, from: None, to: None, before: None, limit }
    }
}

/// Something, and the cursor it was read at.
#[derive(Debug, Clone)]
pub struct ReadAt<T> {
    /// It.
    pub value: T,
    /// All events up to here are in it, and none after.
    pub cursor: Cursor,
}

/// One page of orders.
#[derive(Debug, Clone)]
pub struct OrderPage {
    /// Newest first.
    pub orders: Vec<Arc<Snapshot>>,
    /// Whether there are older ones.
    pub more: bool,
}

/// Which products.
#[derive(Debug, Clone)]
pub struct ProductFilter {
    /// ProductSales by; any store when absent.
    pub store: Option<StoreId>,
    /// Words of the name.
    pub text: Option<String>,
    /// Under this heading.
    pub category: Option<String>,
    /// Also those off the shelf.
    pub archived: bool,
    /// After this one: the next page.
    pub after: Option<ProductId>,
    /// At most so many.
    pub limit: usize,
}

/// A stretch of the log, for somebody who was away.
#[derive(Debug, Clone)]
pub struct EventPage {
    /// The events of the topic, in order.
    pub events: Vec<EventWithContext>,
    /// Everything of the topic up to here is in `events` or came before.
    pub through: Seq,
    /// The log's head at that moment; where `through` reaches it, nothing is missing.
    pub head: Seq,
}

/// What a stretch of the log could not give.
#[derive(Debug, thiserror::Error)]
pub enum TailError {
    /// Events before this place are no longer kept.
    #[error("the log no longer reaches back so far")]
    Pruned,
    /// The database failed.
    #[error(transparent)]
    Log(#[from] LogError),
}

/// The reading side of a log. Readers never wait for the writer.
#[async_trait]
pub trait ReadBackend: Send + Sync + 'static {
    /// The log's head.
    async fn head(&self) -> Result<Cursor, LogError>;

    /// One order, whoever asks.
    async fn order(&self, name: OrderRef) -> Result<ReadAt<Option<Arc<Snapshot>>>, LogError>;

    /// A page of orders.
    async fn orders(&self, filter: OrderFilter) -> Result<ReadAt<OrderPage>, LogError>;

    /// Everything that happened to one order, oldest first.
    async fn timeline(&self, order: OrderNumber) -> Result<ReadAt<Vec<EventWithContext>>, LogError>;

    /// What happened in a topic after a place in the log: at most `limit` events.
    async fn tail(&self, topic: Topic, after: Seq, limit: usize) -> Result<EventPage, TailError>;

    /// Every event after `after`, of all stores and products, in log order: at most `limit` of them.
    async fn events(&self, after: Seq, limit: usize) -> Result<EventPage, TailError>;

    /// The registered consumers by name. How far each one is behind is the distance between its position and the cursor.
    async fn consumers(&self) -> Result<ReadAt<Vec<Consumer>>, LogError>;

    /// A page of an inbox, newest first.
    async fn inbox(&self, filter: InboxFilter) -> Result<ReadAt<InboxPage>, LogError>;

    /// How many lines of an inbox are unread; [`MAX_UNREAD`](crate::inbox::MAX_UNREAD) or more.
    async fn unread(&self, inbox: Inbox) -> Result<ReadAt<usize>, LogError>;

    /// The line of an inbox that tells this event.
    async fn inbox_entry(&self, inbox: Inbox, id: EventId) -> Result<Option<InboxEntry>, LogError>;

    /// A store's counts; the flow since a moment.
    async fn stats(&self, store: StoreId, since: Timestamp) -> Result<ReadAt<Stats>, LogError>;

    /// A store's counts over time: for each stretch between two `edges`, which rise and lie on multiples of
    /// [`BUCKET_SECONDS`](crate::stats::BUCKET_SECONDS); and the `most` products sold most in all of them. Costs what
    /// lies between the edges, in quarters of an hour and in days, however many orders those were.
    async fn series(
        &self,
        store: StoreId,
        edges: Vec<Timestamp>,
        most: usize,
    ) -> Result<ReadAt<Series>, LogError>;

    /// Orders whose goods waited for an online payment until this moment or before it, and which nobody paid, oldest
    /// first; at most `limit`. Costs what it finds, however many orders there are.
    async fn reservations_due(&self, now: Timestamp, limit: usize) -> Result<Vec<OrderNumber>, LogError>;

    /// A page of products in the order of their making, and whether there are more.
    async fn products(&self, filter: ProductFilter) -> Result<(Vec<CatalogProduct>, bool), LogError>;

    /// One product.
    async fn product(&self, id: ProductId) -> Result<Option<CatalogProduct>, LogError>;

    /// An account by its id.
    async fn user(&self, id: UserId) -> Result<Option<User>, LogError>;

    /// A local account by its address.
    async fn user_by_email(&self, email: Email) -> Result<Option<User>, LogError>;

    /// All accounts, oldest first; local ones and those from elsewhere.
    async fn users(&self, limit: usize) -> Result<Vec<User>, LogError>;

    /// What ended before its tokens did.
    async fn revoked(&self, now: Timestamp) -> Result<Revoked, LogError>;

    /// Whether the database answers, and how large it is in bytes.
    async fn health(&self) -> Result<u64, LogError>;

    /// Writes a consistent copy of the whole database to a file that does not exist yet.
    async fn backup(&self, to: &Path) -> Result<(), LogError>;
}
