//! A store's counts: as they are shown, and pushed to its staff as they change (row D4).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use eventlog::{Cursor, LogError, ReadAt, ReadBackend, Seq};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use orders::{Money, Status, StoreId};
use serde::Serialize;
use socketio::{Frame, packet};
use tokio::sync::watch;

use crate::dialect::Dialect;
use crate::hub::Hub;
use crate::registry::Waiter;
use crate::sse;
use eventlog::Topic;

/// The least time between two pushes.
const MIN_INTERVAL: Duration = Duration::from_millis(250);
/// When the counts could not be read, they are tried again after this long.
const RETRY_DELAY: Duration = Duration::from_secs(2);

/// A store's counts, exact at `cursor`.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Stats))]
#[serde(rename_all = "camelCase")]
pub struct OrderCounts {
    /// All orders ever placed.
    pub total: i64,
    /// Orders that are neither delivered nor cancelled.
    pub active: i64,
    /// How many are in each status.
    pub by_status: CountsByStatus,
    /// The sum of all orders that were not cancelled, by currency.
    pub revenue: Vec<Money>,
    /// Since midnight in the store's time zone.
    pub today: CountsToday,
    /// Up to where the counts are exact.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub cursor: Cursor,
}

/// How many orders are in each status.
#[derive(Debug, Clone, Copy, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = StatsByStatus))]
#[expect(missing_docs, reason = "each field is the status of its name")]
pub struct CountsByStatus {
    pub pending: i64,
    pub processing: i64,
    pub shipped: i64,
    pub paid: i64,
    pub delivered: i64,
    pub cancelled: i64,
}

/// What happened today.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = StatsToday))]
#[serde(rename_all = "camelCase")]
pub struct CountsToday {
    /// Orders placed.
    pub orders: i64,
    /// Orders cancelled, whenever they were placed.
    pub cancelled: i64,
    /// Orders delivered, whenever they were placed.
    pub delivered: i64,
    /// The sum of the orders placed, by currency.
    pub revenue: Vec<Money>,
}

/// Reads a store's counts.
pub async fn read(
    read_backend: &dyn ReadBackend,
    store: StoreId,
    zone: &TimeZone,
    now: Timestamp,
) -> Result<OrderCounts, LogError> {
    Ok(view(&read_backend.stats(store, midnight(now, zone)).await?))
}

/// When the day began.
fn midnight(now: Timestamp, zone: &TimeZone) -> Timestamp {
    now.to_zoned(zone.clone()).start_of_day().map_or(now, |day| day.timestamp())
}

fn view(stats: &ReadAt<eventlog::stats::Stats>) -> OrderCounts {
    let mut by_status = CountsByStatus::default();
    let mut revenue: Vec<Money> = Vec::new();
    for (status, currency, tally) in &stats.value.by_status {
        let count = match status {
            Status::Pending => &mut by_status.pending,
            Status::Processing => &mut by_status.processing,
            Status::Shipped => &mut by_status.shipped,
            Status::Paid => &mut by_status.paid,
            Status::Delivered => &mut by_status.delivered,
            Status::Cancelled => &mut by_status.cancelled,
        };
        *count += tally.orders;
        if *status != Status::Cancelled {
            match revenue.iter_mut().find(|money| money.currency == *currency) {
                Some(money) => money.amount += tally.amount,
                None => revenue.push(Money { amount: tally.amount, currency: *currency }),
            }
        }
    }
    let mut today = CountsToday::default();
    for (currency, flow) in &stats.value.since {
        today.orders += flow.placed;
        today.cancelled += flow.cancelled;
        today.delivered += flow.delivered;
        today.revenue.push(Money { amount: flow.amount, currency: *currency });
    }
    let CountsByStatus { pending, processing, shipped, paid, delivered, cancelled } = by_status;
    let active = pending + processing + shipped + paid;
    let total = active + delivered + cancelled;
    OrderCounts { total, active, by_status, revenue, today, cursor: stats.cursor.clone() }
}

/// Reads the counts of a store once for all of its subscribers, and pushes them when they changed.
pub struct OrderCountsPublisher {
    hub: Arc<Hub>,
    zone: TimeZone,
    now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    stores: Mutex<HashMap<StoreId, watch::Sender<Bytes>>>,
    /// The newest counts of each store, as frames, numbered.
    newest: Mutex<HashMap<StoreId, (u64, [Frame; 2])>>,
}

impl OrderCountsPublisher {
    /// A board over a hub; `zone` says when a store's day begins.
    pub fn new(hub: Arc<Hub>, zone: TimeZone, now: Arc<dyn Fn() -> Timestamp + Send + Sync>) -> Arc<Self> {
        Arc::new(Self { hub, zone, now, stores: Mutex::default(), newest: Mutex::default() })
    }

    /// Frames with a store's counts, the present ones at once. The task behind them ends with its last listener.
    pub fn watch(self: &Arc<Self>, store: &StoreId) -> watch::Receiver<Bytes> {
        let mut stores = self.stores.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = stores.get(store)
            && sender.receiver_count() > 0
        {
            let mut receiver = sender.subscribe();
            receiver.mark_changed();
            return receiver;
        }
        let sender = watch::Sender::new(Bytes::new());
        let receiver = sender.subscribe();
        stores.insert(store.clone(), sender.clone());
        tokio::spawn(Arc::clone(self).run(store.clone(), sender));
        receiver
    }

    /// The newest counts of a store, if they are other ones than those of a number: their number, and the frame.
    pub(crate) fn newest(&self, store: &StoreId, dialect: Dialect, seen: u64) -> Option<(u64, Frame)> {
        let newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        let (number, frames) = newest.get(store)?;
        (*number != seen).then(|| (*number, frames[usize::from(dialect == Dialect::Feed)].clone()))
    }

    fn store_newest(&self, store: &StoreId, counts: &OrderCounts) {
        let Ok(json) = serde_json::to_string(counts) else { return };
        let frames = ["stats:updated", "order_stats_update"].map(|name| packet::event(name, &json, None));
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        let number = newest.get(store).map_or(1, |(number, _)| number + 1);
        newest.insert(store.clone(), (number, frames));
    }

    async fn run(self: Arc<Self>, store: StoreId, sender: watch::Sender<Bytes>) {
        // Only to be woken: what happened does not matter, the counts are read.
        let mut waiter = Waiter::take(&self.hub, Topic::Store(store.clone()), false);
        let mut shown: Option<(Seq, Timestamp)> = None;
        loop {
            waiter.mark_seen();
            let now = (self.now)();
            let midnight = midnight(now, &self.zone);
            let mut until = self.until_tomorrow(now);
            match self.hub.read_backend().stats(store.clone(), midnight).await {
                Ok(stats) => {
                    let newest = (stats.cursor.seq, midnight);
                    if shown.replace(newest) != Some(newest) {
                        let counts = view(&stats);
                        self.store_newest(&store, &counts);
                        sender.send_replace(sse::frame("stats.updated", None, &counts));
                        self.hub.notify_topic(&Topic::Store(store.clone()));
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, %store, "the counts of a store cannot be read");
                    until = RETRY_DELAY;
                }
            }
            tokio::time::sleep(MIN_INTERVAL).await;
            tokio::select! {
                () = waiter.changed() => {}
                // CountsToday's counts begin anew.
                () = tokio::time::sleep(until) => {}
                () = sender.closed() => {}
            }
            if self.stop_if_unwatched(&store, &sender) {
                return;
            }
        }
    }

    fn until_tomorrow(&self, now: Timestamp) -> Duration {
        let tomorrow = now.to_zoned(self.zone.clone()).tomorrow().and_then(|day| day.start_of_day());
        let left = tomorrow.ok().and_then(|day| Duration::try_from(day.timestamp().duration_since(now)).ok());
        left.unwrap_or(Duration::from_hours(24))
    }

    /// Whether nobody listens any more; then nobody can begin to, either.
    fn stop_if_unwatched(&self, store: &StoreId, sender: &watch::Sender<Bytes>) -> bool {
        let mut stores = self.stores.lock().unwrap_or_else(PoisonError::into_inner);
        if sender.receiver_count() > 0 {
            return false;
        }
        // Somebody who came in between has begun another task.
        if stores.get(store).is_some_and(|current| current.same_channel(sender)) {
            stores.remove(store);
            self.newest.lock().unwrap_or_else(PoisonError::into_inner).remove(store);
        }
        true
    }
}
