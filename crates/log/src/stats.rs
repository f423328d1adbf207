//! Counts that are kept up to date with every batch, so that nobody has to count orders.

use std::collections::BTreeMap;

use jiff::Timestamp;
use orders::{Currency, Kind, Status, StoreId, Subject};

use crate::record::{Recorded, Snapshot};

/// Length of the buckets in which a store's day is counted. Time zones differ by multiples of it.
pub const BUCKET_SECONDS: i64 = 15 * 60;

/// How many orders of a store are in one status, and their sum.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many.
    pub orders: i64,
    /// Their sum, in minor units.
    pub amount: i64,
}

/// What a batch changes about the counts.
#[derive(Debug, Default)]
pub struct StatsDelta {
    /// By store, currency and status.
    pub by_status: BTreeMap<(StoreId, CurrencyKey, Status), Tally>,
    /// By store, currency and bucket: orders placed, and called off (whenever they were placed).
    pub by_time: BTreeMap<(StoreId, CurrencyKey, i64), Flow>,
}

/// A currency, ordered for a map's sake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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
pub struct Flow {
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

/// The bucket a moment lies in: the number of whole buckets since 1970.
pub fn bucket(at: Timestamp) -> i64 {
    at.as_second().div_euclid(BUCKET_SECONDS)
}

impl StatsDelta {
    /// Counts one event, with its order as it is afterwards.
    pub fn count(&mut self, recorded: &Recorded, snapshot: &Snapshot) {
        let Subject::Order { from, to, store, .. } = &recorded.event.subject else { return };
        let created = recorded.event.kind == Kind::OrderCreated;
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
        let flow = self.by_time.entry((store.clone(), currency, bucket(recorded.event.at))).or_default();
        if created {
            flow.placed += 1;
            flow.amount += total.amount;
        } else if *to == Status::Cancelled {
            flow.cancelled += 1;
            flow.cancelled_amount += total.amount;
        } else if *to == Status::Delivered {
            flow.delivered += 1;
        }
    }
}

/// A store's counts, read at one moment.
#[derive(Debug, Clone, Default)]
pub struct Stats {
    /// By status and currency.
    pub by_status: Vec<(Status, Currency, Tally)>,
    /// Since the moment asked for, by currency.
    pub since: Vec<(Currency, Flow)>,
}
