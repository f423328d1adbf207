//! Statistics, updated with every batch, so that nothing has to be counted when they are read.

mod histogram;
pub(crate) mod rollup;

use std::collections::BTreeMap;

use std::sync::Arc;

use jiff::Timestamp;
use orders::order::PaymentState;
use orders::{Change, Currency, Event, Kind, Money, Order, ProductId, Status, StoreId, Subject};

use crate::stored_event::{Snapshot, StoredEvent};

pub use histogram::{DeliveryTimes, slot};

/// The length of a bucket of time. Time zone offsets are multiples of it.
pub const BUCKET_SECONDS: i64 = 15 * 60;

/// The orders of a store in one status.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StatusTotals {
    pub orders: i64,
    /// Sum of the totals of the orders that were not refunded, in minor units.
    pub amount: i64,
}

/// What a batch adds to the statistics.
#[derive(Debug, Default)]
pub struct StatsDelta {
    pub by_status: BTreeMap<(StoreId, CurrencyKey, Status), StatusTotals>,
    /// By store, currency and bucket. A cancellation counts in the bucket of the cancellation.
    pub by_time: BTreeMap<(StoreId, CurrencyKey, i64), OrderActivity>,
    /// Orders that no longer count as revenue: cancelled or refunded, each once.
    pub reversed: Vec<Arc<Snapshot>>,
    /// Delivered orders by store, bucket and [`slot`] of the delivery time.
    pub deliveries: BTreeMap<(StoreId, i64, u16), i64>,
}

/// A currency as a map key: [`Currency`] has no order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CurrencyKey([u8; 3]);

impl From<Currency> for CurrencyKey {
    fn from(currency: Currency) -> Self {
        let mut key = *b"XXX";
        key.copy_from_slice(currency.code().as_bytes());
        Self(key)
    }
}

impl CurrencyKey {
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }
}

/// What happened to the orders of a store within one bucket or interval.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OrderActivity {
    pub placed: i64,
    /// Sum of the totals of placed orders, in minor units.
    pub amount: i64,
    pub cancelled: i64,
    /// Sum of the totals of cancelled orders, in minor units.
    pub cancelled_amount: i64,
    pub delivered: i64,
    /// The part of `amount` that was cancelled or refunded, at any time.
    pub reversed: i64,
}

impl OrderActivity {
    /// The revenue: sum of the totals of placed orders that were neither cancelled nor refunded. It counts when the order was
    /// placed, so that it is never negative, and that parts add up to the whole.
    pub fn net(&self) -> i64 {
        self.amount - self.reversed
    }

    pub fn add(&mut self, other: &Self) {
        self.placed += other.placed;
        self.amount += other.amount;
        self.cancelled += other.cancelled;
        self.cancelled_amount += other.cancelled_amount;
        self.delivered += other.delivered;
        self.reversed += other.reversed;
    }
}

/// The bucket of a time: the number of whole buckets since 1970.
pub fn bucket(at: Timestamp) -> i64 {
    at.as_second().div_euclid(BUCKET_SECONDS)
}

impl StatsDelta {
    /// Counts one event. `snapshot` is its order after the event.
    pub fn count(&mut self, stored: &StoredEvent, snapshot: &Arc<Snapshot>) {
        let Subject::Order { from, to, store, .. } = &stored.event.subject else { return };
        let created = stored.event.kind == Kind::OrderCreated;
        let order = &snapshot.order;
        let total = order.total;
        let currency = CurrencyKey::from(total.currency);
        let refunds = refunds(&stored.event);
        let is_refunded = order.payment.state == PaymentState::Refunded;
        if reverses(&stored.event, order) {
            let placed = bucket(order.created_at);
            let activity = self.by_time.entry((store.clone(), currency, placed)).or_default();
            activity.reversed += total.amount;
            self.reversed.push(Arc::clone(snapshot));
        }
        if from == to && !created && !refunds {
            return;
        }
        let mut add = |status: Status, sign: i64, is_refunded: bool| {
            let totals = self.by_status.entry((store.clone(), currency, status)).or_default();
            totals.orders += sign;
            totals.amount += if is_refunded { 0 } else { sign * total.amount };
        };
        if !created {
            add(*from, -1, is_refunded && !refunds);
        }
        add(*to, 1, is_refunded);
        if from == to && !created {
            return;
        }
        let activity = self.by_time.entry((store.clone(), currency, bucket(stored.event.at))).or_default();
        if created {
            activity.placed += 1;
            activity.amount += total.amount;
        } else if *to == Status::Cancelled {
            activity.cancelled += 1;
            activity.cancelled_amount += total.amount;
        } else if *to == Status::Delivered {
            activity.delivered += 1;
            let took = slot(stored.event.at.duration_since(snapshot.order.created_at));
            *self.deliveries.entry((store.clone(), bucket(stored.event.at), took)).or_default() += 1;
        }
    }
}

/// Whether the order counted as revenue before the event, and no longer does. `order` is the order after the event.
fn reverses(event: &Event, order: &Order) -> bool {
    let cancels = event.changes.iter().any(|change| matches!(change, Change::Cancelled { .. }));
    let refunds = refunds(event);
    let was_cancelled = order.is_cancelled() && !cancels;
    let was_refunded = order.payment.state == PaymentState::Refunded && !refunds;
    (cancels || refunds) && !was_cancelled && !was_refunded
}

fn refunds(event: &Event) -> bool {
    event.changes.iter().any(|change| matches!(change, Change::Payment { state: PaymentState::Refunded, .. }))
}

/// A store's statistics.
#[derive(Debug, Clone, Default)]
pub struct Stats {
    pub by_status: Vec<(Status, Currency, StatusTotals)>,
    /// Since the requested time, by currency.
    pub since: Vec<(Currency, OrderActivity)>,
}

/// A store's statistics over time.
#[derive(Debug, Clone, Default)]
pub struct Series {
    /// For each requested interval, by currency; empty where nothing happened.
    pub intervals: Vec<Vec<(Currency, OrderActivity)>>,
    /// Of everything delivered within the intervals.
    pub deliveries: DeliveryTimes,
    /// The best-selling products of the intervals, by quantity.
    pub top_products: Vec<ProductSales>,
}

/// Sales of one product in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductSales {
    pub product: ProductId,
    /// The current name.
    pub name: String,
    pub quantity: i64,
    pub revenue: Money,
}

/// Quantity and revenue of one product, added up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct SalesTotal {
    pub(crate) quantity: i64,
    /// In minor units.
    pub(crate) amount: i64,
}

impl SalesTotal {
    pub(crate) fn add(&mut self, quantity: i64, amount: i64) {
        self.quantity += quantity;
        self.amount += amount;
    }
}

/// The best sellers by quantity, then revenue. Ties are in the order of their keys, so that the answer is stable.
pub(crate) fn best_sellers<K: Ord + Copy>(
    totals: impl IntoIterator<Item = (K, SalesTotal)>,
    limit: usize,
) -> Vec<(K, SalesTotal)> {
    // What was cancelled or refunded altogether was not sold.
    let mut totals: Vec<_> = totals.into_iter().filter(|(_, total)| total.quantity > 0).collect();
    totals.sort_unstable_by_key(|(key, total)| (std::cmp::Reverse((total.quantity, total.amount)), *key));
    totals.truncate(limit);
    totals
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn best_sellers_are_ranked_by_quantity_then_revenue_then_key() {
        let total = |quantity, amount| SalesTotal { quantity, amount };
        let totals =
            [(1, total(2, 5)), (2, total(3, 1)), (3, total(2, 9)), (4, total(2, 5)), (0, total(1, 99))];
        let ranked = |limit| best_sellers(totals, limit).into_iter().map(|(key, _)| key).collect::<Vec<_>>();
        assert_eq!(ranked(9), [2, 3, 1, 4, 0]);
        assert_eq!(ranked(2), [2, 3]);
    }

    #[test]
    fn a_bucket_is_a_quarter_of_an_hour() {
        let at = |seconds| bucket(Timestamp::from_second(seconds).unwrap());
        assert_eq!([-1, 0, 899, 900, 86_400].map(at), [-1, 0, 0, 1, 96]);
    }
}
