//! Orders: one, a page of them, and the events of one.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use orders::{OrderNumber, OrderRef, Reference, Status, UserId};

use super::ReadAt;
use crate::error::LogError;
use crate::stored_event::{EventWithContext, Snapshot, StoredEvent};
use crate::topic::Topic;

#[async_trait]
pub trait OrderQueries: Send + Sync + 'static {
    /// One order of any customer. The caller checks whether the reader may see it.
    async fn order(&self, name: OrderRef) -> Result<ReadAt<Option<Arc<Snapshot>>>, LogError>;

    /// The orders with a reference: at most one of each store. The caller checks which of them the reader may see.
    async fn referenced(&self, reference: Reference) -> Result<Vec<Arc<Snapshot>>, LogError>;

    async fn orders(&self, filter: OrderFilter) -> Result<ReadAt<OrderPage>, LogError>;

    /// A page of orders, each with its newest events: at most [`TRACKED_EVENTS`] and as many locations.
    async fn tracked_orders(&self, filter: OrderFilter) -> Result<ReadAt<TrackedPage>, LogError>;

    /// Every event of one order that is still kept, oldest first.
    async fn timeline(&self, order: OrderNumber) -> Result<ReadAt<Vec<EventWithContext>>, LogError>;

    /// How many orders of a customer are in each status. The cost grows with the customer's orders.
    async fn customer_counts(&self, customer: UserId) -> Result<ReadAt<Vec<(Status, i64)>>, LogError>;

    /// Unpaid orders whose stock reservation ended at `now` or before, oldest first; at most `limit`. The cost grows
    /// with the number of orders found, not with the number of orders stored.
    async fn reservations_due(&self, now: Timestamp, limit: usize) -> Result<Vec<OrderNumber>, LogError>;
}

/// Which orders to list, and in which order.
#[derive(Debug, Clone)]
pub struct OrderFilter {
    pub topic: Topic,
    /// Empty: any status.
    pub statuses: Vec<Status>,
    /// An order number or id, a tracking number, or words of the customer's name, e-mail address or phone.
    pub text: Option<String>,
    /// Placed at this time or later.
    pub from: Option<Timestamp>,
    /// Placed before this time.
    pub to: Option<Timestamp>,
    pub sort: OrderSort,
    /// Only orders after this position in the chosen order: the next page.
    pub after: Option<PagePosition>,
    pub limit: usize,
}

/// How a list is sorted. Of orders with the same total, the newest is next to the higher totals. Of orders that changed in the
/// same millisecond, the newest comes first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OrderSort {
    #[default]
    NewestFirst,
    OldestFirst,
    HighestTotalFirst,
    LowestTotalFirst,
    LastChangedFirst,
}

/// Where a page ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PagePosition {
    pub number: OrderNumber,
    /// The order's total in minor units, or the time of its last change in milliseconds, whichever the list is sorted by. 0 if
    /// the list is sorted by number only.
    pub value: i64,
}

impl OrderFilter {
    /// The newest orders of a topic.
    pub fn newest(topic: Topic, limit: usize) -> Self {
        let sort = OrderSort::NewestFirst;
        Self { topic, statuses: Vec::new(), text: None, from: None, to: None, sort, after: None, limit }
    }
}

/// How many events of each order [`OrderQueries::tracked_orders`] returns, and how many of its locations.
pub const TRACKED_EVENTS: usize = 50;

/// A page of orders with their events.
#[derive(Debug, Clone)]
pub struct TrackedPage {
    /// The events of each order are oldest first.
    pub orders: Vec<(Arc<Snapshot>, Vec<StoredEvent>)>,
    /// As in [`OrderPage`].
    pub next: Option<PagePosition>,
}

#[derive(Debug, Clone)]
pub struct OrderPage {
    pub orders: Vec<Arc<Snapshot>>,
    /// Where the next page begins; `None` when there is none. A page can have fewer orders than the limit, or none, although
    /// there is a next one: only so many orders are looked at for one page.
    pub next: Option<PagePosition>,
}
