//! Counts that are kept up to date with every batch, so that nobody has to count orders.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use orders::{Currency, Kind, Money, ProductId, Status, StoreId, Subject};

use crate::stored_event::{Snapshot, StoredEvent};

/// Length of the buckets in which a store's day is counted. Time zones differ by multiples of it.
pub const BUCKET_SECONDS: i64 = 15 * 60;

/// How many orders of a store are in one status, and their sum.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StatusTotals {
    /// How many.
    pub orders: i64,
    /// Their sum, in minor units.
    pub amount: i64,
}

/// What a batch changes about the counts.
#[derive(Debug, Default)]
pub struct StatsDelta {
    /// By store, currency and status.
    pub by_status: BTreeMap<(StoreId, CurrencyKey, Status), StatusTotals>,
    /// By store, currency and bucket: orders placed, and called off (whenever they were placed).
    pub by_time: BTreeMap<(StoreId, CurrencyKey, i64), OrderActivity>,
    /// By store, bucket and [`slot`]: orders delivered, by how long that took.
    pub deliveries: BTreeMap<(StoreId, i64, u16), i64>,
}

/// A currency, ordered for a map's sake.
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
    /// The code.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }
}

/// What happened within one bucket.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OrderActivity {
    /// Orders placed.
    pub placed: i64,
    /// Their sum, in minor units.
    pub amount: i64,
    /// Orders called off.
    pub cancelled: i64,
    /// The sum of those.
    pub cancelled_amount: i64,
    /// Orders delivered.
    pub delivered: i64,
}

impl OrderActivity {
    /// Adds another one.
    pub fn add(&mut self, other: &Self) {
        self.placed += other.placed;
        self.amount += other.amount;
        self.cancelled += other.cancelled;
        self.cancelled_amount += other.cancelled_amount;
        self.delivered += other.delivered;
    }
}

/// The bucket a moment lies in: the number of whole buckets since 1970.
pub fn bucket(at: Timestamp) -> i64 {
    at.as_second().div_euclid(BUCKET_SECONDS)
}

impl StatsDelta {
    /// Counts one event, with its order as it is afterwards.
    pub fn count(&mut self, stored: &StoredEvent, snapshot: &Snapshot) {
        let Subject::Order { from, to, store, .. } = &stored.event.subject else { return };
        let created = stored.event.kind == Kind::OrderCreated;
        if from == to && !created {
            return;
        }
        let total = snapshot.order.total;
        let currency = CurrencyKey::from(total.currency);
        let mut add = |status: Status, sign: i64| {
            let tally = self.by_status.entry((store.clone(), currency, status)).or_default();
            tally.orders += sign;
            tally.amount += sign * total.amount;
        };
        if !created {
            add(*from, -1);
        }
        add(*to, 1);
        let flow = self.by_time.entry((store.clone(), currency, bucket(stored.event.at))).or_default();
        if created {
            flow.placed += 1;
            flow.amount += total.amount;
        } else if *to == Status::Cancelled {
            flow.cancelled += 1;
            flow.cancelled_amount += total.amount;
        } else if *to == Status::Delivered {
            flow.delivered += 1;
            let took = slot(stored.event.at.duration_since(snapshot.order.created_at));
            *self.deliveries.entry((store.clone(), bucket(stored.event.at), took)).or_default() += 1;
        }
    }
}

/// A store's counts, read at one moment.
#[derive(Debug, Clone, Default)]
pub struct Stats {
    /// By status and currency.
    pub by_status: Vec<(Status, Currency, StatusTotals)>,
    /// Since the moment asked for, by currency.
    pub since: Vec<(Currency, OrderActivity)>,
}

/// A store's counts over time, read at one moment.
#[derive(Debug, Clone, Default)]
pub struct Series {
    /// For each stretch that was asked for, by currency; none where nothing happened.
    pub intervals: Vec<Vec<(Currency, OrderActivity)>>,
    /// How long what was delivered in all of them took.
    pub deliveries: DeliveryTimes,
    /// What was ordered most in all of them, by quantity.
    pub top_products: Vec<ProductSales>,
}

/// What was ordered of one product, in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductSales {
    /// Which.
    pub product: ProductId,
    /// Its name now.
    pub name: String,
    /// How many.
    pub quantity: i64,
    /// What they cost together.
    pub revenue: Money,
}

/// Parts of an octave in the histogram of delivery times: a slot is at most a sixteenth of its seconds wide.
const PARTS: u64 = 16;

/// The slot of the histogram for a delivery that took so long: each second its own up to 32, then sixteen for each
/// doubling, so that any time is known to within 3.2 per cent, and a year needs 352 of them.
pub fn slot(took: SignedDuration) -> u16 {
    let seconds = u64::try_from(took.as_secs()).unwrap_or(0);
    let octave = u64::from(seconds.max(PARTS).ilog2() - PARTS.ilog2());
    u16::try_from(octave * PARTS + (seconds >> octave)).unwrap_or(u16::MAX)
}

/// The middle of a slot, in seconds.
fn middle(slot: u16) -> i64 {
    let slot = u64::from(slot);
    if slot < 2 * PARTS {
        return i64::try_from(slot).unwrap_or(i64::MAX);
    }
    let (octave, part) = (slot / PARTS - 1, slot % PARTS + PARTS);
    let (width, begin) = (1_u64.checked_shl(u32::try_from(octave).unwrap_or(u32::MAX)), part);
    let middle = width.map_or(u64::MAX, |width| begin.saturating_mul(width).saturating_add(width / 2));
    i64::try_from(middle).unwrap_or(i64::MAX)
}

/// How long deliveries took, as a histogram.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeliveryTimes(BTreeMap<u16, i64>);

impl DeliveryTimes {
    /// Counts so many more in a slot.
    pub fn add(&mut self, slot: u16, deliveries: i64) {
        *self.0.entry(slot).or_default() += deliveries;
    }

    /// The seconds within which so many of a hundred were delivered (the nearest rank); `None` where nothing was.
    pub fn percentile(&self, percent: i64) -> Option<i64> {
        let all: i64 = self.0.values().sum();
        let rank = (all * percent + 99) / 100;
        let mut seen = 0;
        let found = self.0.iter().find(|(_, deliveries)| {
            seen += **deliveries;
            seen >= rank.max(1)
        });
        found.map(|(slot, _)| middle(*slot))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: i64) -> u16 {
        slot(SignedDuration::from_secs(seconds))
    }

    #[test]
    fn a_slot_is_never_far_from_what_it_stands_for() {
        let mut before = 0;
        for n in (0..70_000).chain((70_000..400_000_000).step_by(9973)) {
            let at = seconds(n);
            assert!(at == before || at == before + 1 || n >= 70_000, "{n}: {before} {at}");
            assert!(at >= before, "{n}");
            before = at;
            let off = (middle(at) - n).abs();
            assert!(off * 1000 <= n * 32, "{n} is told as {}", middle(at));
        }
        assert_eq!((seconds(-5), seconds(0), seconds(31), seconds(32), seconds(33)), (0, 0, 31, 32, 32));
        assert!(seconds(365 * 24 * 3600) < 352);
        assert!(middle(seconds(i64::MAX)) > 0 && middle(u16::MAX) > 0);
    }

    #[test]
    fn a_percentile_is_the_nearest_rank() {
        let mut times = DeliveryTimes::default();
        assert_eq!(times.percentile(50), None);
        for n in 1..=10 {
            times.add(seconds(n), 1);
        }
        assert_eq!([1, 50, 51, 90, 100].map(|percent| times.percentile(percent)), [1, 5, 6, 9, 10].map(Some));
        times.add(seconds(1000), 90);
        assert_eq!(times.percentile(50), Some(middle(seconds(1000))));
    }
}
