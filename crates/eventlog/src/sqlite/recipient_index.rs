//! The recipient index: for each person and store, the positions of the events that concern them.
//!
//! It is a [sorted index](super::sorted_index) over the log. Its tables are named `topic_runs` and `topic_run_ends`.
//!
//! An order's first event is not in it, so that placing an order does not write to it: `created_events.rs` finds those
//! through the orders. Live-only events of a store are not in it either: a store's tail reads the log itself.
//!
//! The entries of each recipient are split by relevance, so that unread entries are counted without reading events.

use orders::{Event, Kind, Subject};
use rusqlite::Connection;

use super::keys::{ensure_store, ensure_user, store_key, user_key};
use super::rows::{self, EVENT};
use super::sorted_index::{IndexEntry, IndexSource, RUN};
use crate::error::LogError;
use crate::recipients::{Recipient, Relevance, recipients};

/// Part of the index that belongs to one kind of recipient and one relevance. The numbers are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Partition {
    CustomerNews = 0,
    CustomerOwn = 1,
    CustomerLive = 2,
    DriverNews = 3,
    DriverOwn = 4,
    DriverLive = 5,
    StoreNews = 6,
    /// Actions of one of the store's staff, which are news to the others.
    StoreStaff = 7,
}

/// Every later event of a customer's orders.
pub(super) const CUSTOMER: [Partition; 3] =
    [Partition::CustomerNews, Partition::CustomerOwn, Partition::CustomerLive];
/// Every later event of the orders that a driver delivers.
pub(super) const DRIVER: [Partition; 3] =
    [Partition::DriverNews, Partition::DriverOwn, Partition::DriverLive];

impl Partition {
    /// `None`: such events are not indexed.
    fn of(recipient: Recipient<'_>, relevance: Relevance) -> Option<Self> {
        Some(match (recipient, relevance) {
            (Recipient::Customer(_), Relevance::News) => Self::CustomerNews,
            (Recipient::Customer(_), Relevance::OwnAction) => Self::CustomerOwn,
            (Recipient::Customer(_), Relevance::LiveOnly) => Self::CustomerLive,
            (Recipient::Driver(_), Relevance::News) => Self::DriverNews,
            (Recipient::Driver(_), Relevance::OwnAction) => Self::DriverOwn,
            (Recipient::Driver(_), Relevance::LiveOnly) => Self::DriverLive,
            (Recipient::Store(_), Relevance::News) => Self::StoreNews,
            (Recipient::Store(_), Relevance::OwnAction) => Self::StoreStaff,
            (Recipient::Store(_), Relevance::LiveOnly) => return None,
        })
    }

    /// The index key of a recipient, whose own key is `users.key` or `stores.key`.
    pub(super) fn key(self, recipient: i64) -> i64 {
        recipient << 3 | self as i64
    }
}

/// Under which recipients an event is indexed.
pub(super) fn partitions(event: &Event) -> impl Iterator<Item = (Recipient<'_>, Partition)> {
    let indexed = matches!(event.subject, Subject::Order { .. }) && event.kind != Kind::OrderCreated;
    let recipients = indexed.then(|| recipients(&event.subject)).into_iter().flatten();
    recipients.filter_map(|recipient| {
        Partition::of(recipient, recipient.relevance(event)).map(|partition| (recipient, partition))
    })
}

pub(super) const SOURCE: IndexSource = IndexSource {
    name: "topic",
    newest: "SELECT coalesce(max(seq), 0) FROM events",
    load_after: |connection, last| {
        let mut entries = Vec::new();
        // The transaction that wrote an event has inserted its users and stores.
        let key = |recipient: Recipient<'_>, _: &Event| match recipient {
            Recipient::Store(store) => store_key(connection, store),
            Recipient::Customer(user) | Recipient::Driver(user) => user_key(connection, user),
        };
        for_each_entry(connection, last, key, |_, entry| {
            entries.push(entry);
            Ok(())
        })?;
        Ok(entries)
    },
};

/// Indexes the events of a database that had no index, inside the migration's transaction.
pub(super) fn fill(connection: &Connection) -> Result<(), LogError> {
    let mut insert = connection.prepare("INSERT INTO topic_runs (run, key, value) VALUES (?1, ?2, ?3)")?;
    let mut insert_end = connection.prepare("INSERT INTO topic_run_ends (run, last) VALUES (?1, ?2)")?;
    let (mut run, mut entries, mut last) = (1, Vec::with_capacity(RUN), 0);
    let key = |recipient: Recipient<'_>, event: &Event| {
        Ok(Some(match recipient {
            Recipient::Store(store) => ensure_store(connection, store)?,
            Recipient::Customer(user) | Recipient::Driver(user) => {
                let (store, at) = (event.subject.store(), rows::millis(event.at));
                ensure_user(connection, user, recipient.role(), store, at)?
            }
        }))
    };
    for_each_entry(connection, 0, key, |seq, entry: IndexEntry| {
        // A run ends between two events.
        if seq != last && entries.len() >= RUN {
            entries.sort_unstable();
            for entry in entries.drain(..) {
                let IndexEntry { key, value } = entry;
                insert.execute((run, key, value))?;
            }
            insert_end.execute((run, last))?;
            run += 1;
        }
        last = seq;
        entries.push(entry);
        Ok(())
    })
}

/// Calls `with` for every entry of the events after a position, in log order. `key` gives a recipient's key.
fn for_each_entry(
    connection: &Connection,
    after: i64,
    key: impl Fn(Recipient<'_>, &Event) -> Result<Option<i64>, LogError>,
    mut with: impl FnMut(i64, IndexEntry) -> Result<(), LogError>,
) -> Result<(), LogError> {
    let mut later = connection.prepare_cached(&format!(
        "SELECT {EVENT} FROM events e WHERE e.seq > ?1 AND e.follows IS NOT NULL ORDER BY e.seq"
    ))?;
    let mut events = later.query([after])?;
    while let Some(row) = events.next()? {
        let stored = rows::event(row)?;
        let seq = stored.seq.sql();
        for (recipient, partition) in partitions(&stored.event) {
            if let Some(key) = key(recipient, &stored.event)? {
                with(seq, IndexEntry { key: partition.key(key), value: seq })?;
            }
        }
    }
    Ok(())
}
