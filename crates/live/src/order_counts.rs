//! Counts of orders, pushed as they change: a store's to its staff, and their own to customers.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use eventlog::{LogError, ReadBackend, Topic};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use orders::StoreId;
use socketio::Frame;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::dialect::{COUNT, DialectId};
use crate::hub::Hub;
pub use crate::payload::order_counts::{CountsByStatus, CountsToday, CustomerOrderCounts, OrderCounts};
use crate::registry::Waiter;
use crate::sse::frame::frame;
use crate::sync::lock;

/// The shortest time between two pushes.
const MIN_INTERVAL: Duration = Duration::from_millis(250);
/// How many times as long as a read takes to wait until the next one: a customer's orders are counted one by one.
const READ_SHARE: u32 = 20;
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

/// Whether the counts of a topic begin at zero every midnight. Those of a customer's orders are of all time.
fn has_day(topic: &Topic) -> bool {
    matches!(topic, Topic::Store(_))
}

/// Reads the counts of each watched topic, a store or a customer, once for all of its watchers.
pub struct OrderCountsPublisher {
    hub: Arc<Hub>,
    zone: TimeZone,
    now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// For server-sent events. The task of a topic runs as long as somebody holds a receiver.
    watched: Mutex<HashMap<Topic, watch::Sender<Bytes>>>,
    /// For Socket.IO.
    newest: Mutex<HashMap<Topic, VersionedCounts>>,
}

/// The newest counts of a topic, encoded.
struct VersionedCounts {
    version: u64,
    /// By dialect; `None` where a dialect sends none.
    frames: [Option<Frame>; COUNT],
}

/// Counts that were read.
enum ReadCounts {
    Store(OrderCounts),
    Customer(CustomerOrderCounts),
}

impl ReadCounts {
    /// Whether they differ from those that were sent last. A customer's counts are not sent again for every location.
    fn differ_from(&self, last: &Self) -> bool {
        match (self, last) {
            (Self::Store(counts), Self::Store(last)) => counts.cursor.seq != last.cursor.seq,
            (Self::Customer(counts), Self::Customer(last)) => counts.by_status != last.by_status,
            _ => true,
        }
    }

    fn frame(&self, dialect: DialectId) -> Option<Frame> {
        let message = match self {
            Self::Store(counts) => Some(dialect.get().counts(counts)),
            Self::Customer(counts) => dialect.get().customer_counts(counts),
        };
        message.map(|message| message.frame())
    }

    /// For server-sent events, which have no counts for customers.
    fn bytes(&self) -> Bytes {
        match self {
            Self::Store(counts) => frame("stats.updated", None, counts),
            Self::Customer(_) => Bytes::new(),
        }
    }
}

impl OrderCountsPublisher {
    /// `zone` says when a store's day begins.
    pub fn new(hub: Arc<Hub>, zone: TimeZone, now: Arc<dyn Fn() -> Timestamp + Send + Sync>) -> Arc<Self> {
        Arc::new(Self { hub, zone, now, watched: Mutex::default(), newest: Mutex::default() })
    }

    /// Frames of server-sent events with a store's counts. The receiver has the present ones; its value is empty until
    /// they were read for the first time.
    pub fn watch(self: &Arc<Self>, store: &StoreId) -> watch::Receiver<Bytes> {
        self.watch_topic(&Topic::Store(store.clone()))
    }

    /// Keeps the counts of a topic up to date for as long as the receiver exists. Drivers have none.
    pub(crate) fn watch_topic(self: &Arc<Self>, topic: &Topic) -> watch::Receiver<Bytes> {
        let mut watched = lock(&self.watched);
        if let Some(sender) = watched.get(topic)
            && sender.receiver_count() > 0
        {
            let mut receiver = sender.subscribe();
            receiver.mark_changed();
            return receiver;
        }
        let sender = watch::Sender::new(Bytes::new());
        let receiver = sender.subscribe();
        watched.insert(topic.clone(), sender.clone());
        tokio::spawn(Arc::clone(self).run(topic.clone(), sender));
        receiver
    }

    /// The newest counts of a topic and their version, if it is not `seen`.
    pub(crate) fn newest(&self, topic: &Topic, dialect: DialectId, seen: u64) -> Option<(u64, Frame)> {
        let newest = lock(&self.newest);
        let VersionedCounts { version, frames } = newest.get(topic)?;
        if *version == seen {
            return None;
        }
        Some((*version, frames[dialect.index()].clone()?))
    }

    fn store_newest(&self, topic: &Topic, counts: &ReadCounts) {
        let mut dialects = DialectId::all();
        let frames = std::array::from_fn(|_| counts.frame(dialects.next().unwrap_or_default()));
        let mut newest = lock(&self.newest);
        let version = newest.get(topic).map_or(1, |counts| counts.version + 1);
        newest.insert(topic.clone(), VersionedCounts { version, frames });
    }

    /// `None`: the topic has no counts.
    async fn read(&self, topic: &Topic, midnight: Timestamp) -> Option<Result<ReadCounts, LogError>> {
        let log = self.hub.read_backend();
        Some(match topic {
            Topic::Store(store) => {
                let stats = log.stats(store.clone(), midnight).await;
                stats.map(|stats| ReadCounts::Store(OrderCounts::from(&stats)))
            }
            Topic::Customer(customer) => {
                let counts = log.customer_counts(customer.clone()).await;
                counts.map(|counts| ReadCounts::Customer(CustomerOrderCounts::from(&counts)))
            }
            Topic::Driver(_) => return None,
        })
    }

    async fn run(self: Arc<Self>, topic: Topic, sender: watch::Sender<Bytes>) {
        let mut waiter = Waiter::new(self.hub.register(topic.clone(), false));
        let mut sent: Option<(ReadCounts, Option<Timestamp>)> = None;
        loop {
            waiter.mark_seen();
            let now = (self.now)();
            let midnight = midnight(now, &self.zone);
            let day = has_day(&topic).then_some(midnight);
            let mut wait = day.map(|_| self.until_tomorrow(now));
            let began = Instant::now();
            match self.read(&topic, midnight).await {
                Some(Ok(counts)) => {
                    let known = |(last, last_day): &(ReadCounts, Option<Timestamp>)| {
                        !counts.differ_from(last) && *last_day == day
                    };
                    if !sent.as_ref().is_some_and(known) {
                        self.store_newest(&topic, &counts);
                        sender.send_replace(counts.bytes());
                        self.hub.notify_topic(&topic);
                        sent = Some((counts, day));
                    }
                }
                Some(Err(error)) => {
                    tracing::warn!(%error, ?topic, "counts of orders cannot be read, trying again");
                    wait = Some(RETRY_DELAY);
                }
                None => {}
            }
            tokio::time::sleep(MIN_INTERVAL.max(began.elapsed() * READ_SHARE)).await;
            tokio::select! {
                () = waiter.changed() => {}
                // Today's counts start at zero.
                () = tokio::time::sleep(wait.unwrap_or_default()), if wait.is_some() => {}
                () = sender.closed() => {}
            }
            if self.stop_if_unwatched(&topic, &sender) {
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
    fn stop_if_unwatched(&self, topic: &Topic, sender: &watch::Sender<Bytes>) -> bool {
        let mut watched = lock(&self.watched);
        if sender.receiver_count() > 0 {
            return false;
        }
        // A new watcher may have started another task.
        if watched.get(topic).is_some_and(|current| current.same_channel(sender)) {
            watched.remove(topic);
            lock(&self.newest).remove(topic);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use orders::UserId;

    use super::*;

    #[test]
    fn only_a_stores_counts_begin_anew_at_midnight() {
        let user = || UserId::new("asha").unwrap();
        assert!(has_day(&Topic::Store(StoreId::main())));
        assert!(!has_day(&Topic::Customer(user())));
        assert!(!has_day(&Topic::Driver(user())));
    }
}
