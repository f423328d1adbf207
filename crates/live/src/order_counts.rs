//! A store's counts, pushed to its staff as they change.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use eventlog::{LogError, ReadBackend, Seq, Topic};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use orders::StoreId;
use socketio::Frame;
use tokio::sync::watch;

use crate::dialect::{COUNT, DialectId};
use crate::hub::Hub;
pub use crate::payload::order_counts::{CountsByStatus, CountsToday, OrderCounts};
use crate::registry::Waiter;
use crate::sse::frame::frame;
use crate::sync::lock;

/// The shortest time between two pushes.
const MIN_INTERVAL: Duration = Duration::from_millis(250);
/// How long to wait after the counts could not be read.
const RETRY_DELAY: Duration = Duration::from_secs(2);

/// Reads a store's counts. `zone` says when the store's day begins.
pub async fn read(
    read_backend: &dyn ReadBackend,
    store: StoreId,
    zone: &TimeZone,
    now: Timestamp,
) -> Result<OrderCounts, LogError> {
    Ok(OrderCounts::from(&read_backend.stats(store, midnight(now, zone)).await?))
}

/// When the store's day began.
fn midnight(now: Timestamp, zone: &TimeZone) -> Timestamp {
    now.to_zoned(zone.clone()).start_of_day().map_or(now, |day| day.timestamp())
}

/// Reads the counts of each watched store once for all of its watchers.
pub struct OrderCountsPublisher {
    hub: Arc<Hub>,
    zone: TimeZone,
    now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// For server-sent events. The task of a store runs as long as somebody holds a receiver.
    stores: Mutex<HashMap<StoreId, watch::Sender<Bytes>>>,
    /// For Socket.IO.
    newest: Mutex<HashMap<StoreId, VersionedCounts>>,
}

/// A store's newest counts, encoded.
struct VersionedCounts {
    version: u64,
    /// By dialect.
    frames: [Frame; COUNT],
}

impl OrderCountsPublisher {
    /// `zone` says when a store's day begins.
    pub fn new(hub: Arc<Hub>, zone: TimeZone, now: Arc<dyn Fn() -> Timestamp + Send + Sync>) -> Arc<Self> {
        Arc::new(Self { hub, zone, now, stores: Mutex::default(), newest: Mutex::default() })
    }

    /// Frames of server-sent events with a store's counts. The receiver has the present ones; its value is empty until
    /// they were read for the first time.
    pub fn watch(self: &Arc<Self>, store: &StoreId) -> watch::Receiver<Bytes> {
        let mut stores = lock(&self.stores);
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

    /// A store's newest counts and their version, if it is not `seen`.
    pub(crate) fn newest(&self, store: &StoreId, dialect: DialectId, seen: u64) -> Option<(u64, Frame)> {
        let newest = lock(&self.newest);
        let VersionedCounts { version, frames } = newest.get(store)?;
        (*version != seen).then(|| (*version, frames[dialect.index()].clone()))
    }

    fn store_newest(&self, store: &StoreId, counts: &OrderCounts) {
        let mut dialects = DialectId::all();
        let frames = std::array::from_fn(|_| {
            let dialect = dialects.next().unwrap_or_default();
            dialect.get().counts(counts).frame()
        });
        let mut newest = lock(&self.newest);
        let version = newest.get(store).map_or(1, |counts| counts.version + 1);
        newest.insert(store.clone(), VersionedCounts { version, frames });
    }

    async fn run(self: Arc<Self>, store: StoreId, sender: watch::Sender<Bytes>) {
        let topic = Topic::Store(store.clone());
        let mut waiter = Waiter::new(self.hub.register(topic.clone(), false));
        let mut sent: Option<(Seq, Timestamp)> = None;
        loop {
            waiter.mark_seen();
            let now = (self.now)();
            let midnight = midnight(now, &self.zone);
            let mut wait = self.until_tomorrow(now);
            match self.hub.read_backend().stats(store.clone(), midnight).await {
                Ok(stats) => {
                    let read = (stats.cursor.seq, midnight);
                    if sent.replace(read) != Some(read) {
                        let counts = OrderCounts::from(&stats);
                        self.store_newest(&store, &counts);
                        sender.send_replace(frame("stats.updated", None, &counts));
                        self.hub.notify_topic(&topic);
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, %store, "a store's counts cannot be read, trying again");
                    wait = RETRY_DELAY;
                }
            }
            tokio::time::sleep(MIN_INTERVAL).await;
            tokio::select! {
                () = waiter.changed() => {}
                // Today's counts start at zero.
                () = tokio::time::sleep(wait) => {}
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

    /// Whether nobody watches any more; then nobody can begin to, either.
    fn stop_if_unwatched(&self, store: &StoreId, sender: &watch::Sender<Bytes>) -> bool {
        let mut stores = lock(&self.stores);
        if sender.receiver_count() > 0 {
            return false;
        }
        // A new watcher may have started another task.
        if stores.get(store).is_some_and(|current| current.same_channel(sender)) {
            stores.remove(store);
            lock(&self.newest).remove(store);
        }
        true
    }
}
