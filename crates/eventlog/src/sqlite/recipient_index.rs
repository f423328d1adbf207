//! Who hears of an event: an index of the log by person and store, in sorted runs.
//!
//! An order's first event is not in it, so that placing an order adds nothing: it is found through the customer's orders
//! or the store's; it is the customer's own doing. Of every later one its customer and its driver have an entry, the store where it is news to the staff.
//! What of it is news, and was done by somebody else, has a shelf of its own, so that unread lines are counted without
//! reading a single event.

use orders::{Actor, Audience, Event, Kind, Notification, Role, StoreId, Subject, UserId};
use rusqlite::Connection;

use super::rows::{self, EVENT};
use super::sorted_index::{IndexEntry, RUN, SortedIndex};
use crate::error::LogError;

/// What part of somebody's events. The numbers are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shelf {
    /// News to the customer.
    CustomerNews = 0,
    /// News to the customer, who did it.
    CustomerOwn = 1,
    /// No news, for whoever follows the order live.
    CustomerRest = 2,
    /// Likewise for the driver.
    DriverNews = 3,
    DriverOwn = 4,
    DriverRest = 5,
    /// News to the store's staff.
    StoreNews = 6,
    /// News to those of the staff who did not do it themselves.
    StoreStaff = 7,
}

/// Everything of a customer's later events.
pub(super) const CUSTOMER: [Shelf; 3] = [Shelf::CustomerNews, Shelf::CustomerOwn, Shelf::CustomerRest];
/// Everything of a driver's.
pub(super) const DRIVER: [Shelf; 3] = [Shelf::DriverNews, Shelf::DriverOwn, Shelf::DriverRest];

impl Shelf {
    /// The key of a person's (`users.key`) or a store's (`stores.key`) shelf.
    pub(super) fn of(self, whose: i64) -> i64 {
        whose << 3 | self as i64
    }
}

/// Who has a shelf.
#[derive(Debug, Clone, Copy)]
pub(super) enum Whose<'a> {
    Person(&'a UserId, Role, &'a StoreId),
    Store(&'a StoreId),
}

/// Where an event goes.
pub(super) fn places(event: &Event) -> impl Iterator<Item = (Whose<'_>, Shelf)> {
    let found = match &event.subject {
        Subject::Order { store, customer, driver, .. } if event.kind != Kind::OrderCreated => {
            let theirs = |user: &UserId, audience, [news, own, rest]: [Shelf; 3]| {
                if !Notification::concerns(event, audience) {
                    rest
                } else if event.actor.user() == Some(user) {
                    own
                } else {
                    news
                }
            };
            let customers = theirs(customer, Audience::Customer, CUSTOMER);
            let drivers = driver.as_ref().map(|driver| {
                (Whose::Person(driver, Role::Driver, store), theirs(driver, Audience::Driver, DRIVER))
            });
            let by_staff = matches!(event.actor, Actor::Staff { .. });
            let stores = if by_staff { Shelf::StoreStaff } else { Shelf::StoreNews };
            let stores =
                Notification::concerns(event, Audience::Staff).then_some((Whose::Store(store), stores));
            [Some((Whose::Person(customer, Role::Customer, store), customers)), drivers, stores]
        }
        _ => [None, None, None],
    };
    found.into_iter().flatten()
}

/// The index, with what is in no run yet.
pub(super) fn open(connection: &Connection) -> Result<SortedIndex, LogError> {
    SortedIndex::open_after(connection, "topic", |last| {
        let mut entries = Vec::new();
        each(connection, last, |_, entry| {
            entries.push(entry);
            Ok(())
        })?;
        Ok(entries)
    })
}

/// Indexes the events of a database that had no index, inside the migration's transaction.
pub(super) fn fill(connection: &Connection) -> Result<(), LogError> {
    let mut insert = connection.prepare("INSERT INTO topic_runs (run, key, value) VALUES (?1, ?2, ?3)")?;
    let mut insert_end = connection.prepare("INSERT INTO topic_run_ends (run, last) VALUES (?1, ?2)")?;
    let (mut run, mut entries, mut last) = (1, Vec::with_capacity(RUN), 0);
    each(connection, 0, |seq, entry: IndexEntry| {
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

/// Every entry of the events after a place, in their order.
fn each(
    connection: &Connection,
    after: i64,
    mut with: impl FnMut(i64, IndexEntry) -> Result<(), LogError>,
) -> Result<(), LogError> {
    let mut later = connection.prepare(&format!(
        "SELECT {EVENT} FROM events e WHERE e.seq > ?1 AND e.follows IS NOT NULL ORDER BY e.seq"
    ))?;
    let mut events = later.query([after])?;
    while let Some(row) = events.next()? {
        let stored = rows::event(row)?;
        let seq = stored.seq.sql();
        for (whose, shelf) in places(&stored.event) {
            let whose = key_of(connection, whose, rows::millis(stored.event.at))?;
            with(seq, IndexEntry { key: shelf.of(whose), value: seq })?;
        }
    }
    Ok(())
}

fn key_of(connection: &Connection, whose: Whose<'_>, at: i64) -> Result<i64, LogError> {
    match whose {
        Whose::Person(user, role, store) => {
            connection
                .prepare_cached(
                    "INSERT INTO users (id, role, store, created_at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
                )?
                .execute((user.as_str(), role.name(), store.as_str(), at))?;
            let mut find = connection.prepare_cached("SELECT key FROM users WHERE id = ?1")?;
            Ok(find.query_row([user.as_str()], |row| row.get(0))?)
        }
        Whose::Store(store) => {
            connection
                .prepare_cached("INSERT INTO stores (id) VALUES (?1) ON CONFLICT DO NOTHING")?
                .execute([store.as_str()])?;
            let mut find = connection.prepare_cached("SELECT key FROM stores WHERE id = ?1")?;
            Ok(find.query_row([store.as_str()], |row| row.get(0))?)
        }
    }
}
