//! What happened in a scope, for somebody who was away.

use orders::{StoreId, Subject};
use rusqlite::{Connection, OptionalExtension};

use super::listing::customer_key;
use super::rows::{self, EVENT};
use super::runs::Runs;
use super::{history, journal, prune};
use crate::cursor::Seq;
use crate::error::LogError;
use crate::queries::{Scope, Stretch};
use crate::record::Recorded;

/// How many events a tail of a store looks at before it hands over what it found.
const MOST_LOOKED_AT: i64 = 20_000;
/// Up to so many events a person's tail is read straight from the log; past it through their orders, of which one
/// person has few.
const SHORT: u64 = 500;

/// What happened in a scope after a place in the log; `None` where that was pruned.
pub(super) fn read(
    connection: &Connection,
    runs: &Runs,
    scope: &Scope,
    after: Seq,
    limit: usize,
) -> Result<Option<Stretch>, LogError> {
    let (head, _) = journal::head(connection)?;
    if after < prune::floor(connection)? {
        return Ok(None);
    }
    let limit = limit.max(1);
    let (events, upto) = match scope {
        Scope::Store(store) => of_store(connection, store, after, head, limit)?,
        _ if head.0.saturating_sub(after.0) <= SHORT => straight(connection, scope, after, head, limit)?,
        _ => through_orders(connection, runs, scope, after, head, limit)?,
    };
    Ok(Some(Stretch { events: history::tell(connection, events)?, upto, head }))
}

type Found = (Vec<Recorded>, Seq);

fn of_store(
    connection: &Connection,
    store: &StoreId,
    after: Seq,
    head: Seq,
    limit: usize,
) -> Result<Found, LogError> {
    let mut find = connection.prepare_cached(&format!(
        "SELECT {EVENT} FROM events e WHERE e.seq > ?1 AND e.seq <= ?2 AND e.store = ?3 ORDER BY e.seq LIMIT ?4"
    ))?;
    // A bound on what one call looks at: a store of which nothing happened must not hold a snapshot for long.
    let upto = head.sql().min(after.sql().saturating_add(MOST_LOOKED_AT));
    let sql_limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let events = rows::collect(find.query((after.sql(), upto, store.as_str(), sql_limit))?, rows::recorded)?;
    let seen = reached(&events, limit, Seq(upto.unsigned_abs()));
    Ok((events, seen))
}

/// A person's, from all that happened.
fn straight(
    connection: &Connection,
    scope: &Scope,
    after: Seq,
    head: Seq,
    limit: usize,
) -> Result<Found, LogError> {
    let mut find = connection.prepare_cached(&format!(
        "SELECT {EVENT} FROM events e WHERE e.seq > ?1 AND e.seq <= ?2 ORDER BY e.seq"
    ))?;
    let mut rows = find.query((after.sql(), head.sql()))?;
    let mut events = Vec::new();
    while let Some(row) = rows.next()? {
        let recorded = rows::recorded(row)?;
        if concerns(&recorded, scope) {
            events.push(recorded);
            if events.len() == limit {
                break;
            }
        }
    }
    let seen = reached(&events, limit, head);
    Ok((events, seen))
}

/// The orders that a person has or had something to do with.
fn orders_of(connection: &Connection, runs: &Runs, scope: &Scope) -> Result<Vec<i64>, LogError> {
    match scope {
        Scope::Customer(user) => match customer_key(connection, user)? {
            Some(key) => runs.find(connection, key, i64::MAX, usize::MAX),
            None => Ok(Vec::new()),
        },
        Scope::Driver(user) => {
            let mut find = connection.prepare_cached("SELECT number FROM driver_orders WHERE driver = ?1")?;
            Ok(find.query_map([user.as_str()], |row| row.get(0))?.collect::<Result<_, _>>()?)
        }
        // A store has too many of them to go this way.
        Scope::Store(_) => Ok(Vec::new()),
    }
}

/// A person's, from their orders.
pub(super) fn through_orders(
    connection: &Connection,
    runs: &Runs,
    scope: &Scope,
    after: Seq,
    head: Seq,
    limit: usize,
) -> Result<Found, LogError> {
    let mut changed =
        connection.prepare_cached("SELECT first_seq FROM orders WHERE number = ?1 AND last_seq > ?2")?;
    let mut later = connection.prepare_cached("SELECT seq FROM events WHERE follows = ?1 AND seq > ?2")?;
    // First the places alone, which cost eight bytes each, then the events, until there are enough.
    let mut places = Vec::new();
    for number in orders_of(connection, runs, scope)? {
        let first: Option<i64> = changed.query_row((number, after.sql()), |row| row.get(0)).optional()?;
        let Some(first) = first else { continue };
        places.extend(Some(first).filter(|first| *first > after.sql()));
        for place in later.query_map((number, after.sql()), |row| row.get(0))? {
            places.push(place?);
        }
    }
    places.sort_unstable();
    let mut find = connection.prepare_cached(&format!("SELECT {EVENT} FROM events e WHERE e.seq = ?1"))?;
    let mut events = Vec::new();
    for place in places {
        let found = rows::first(find.query([place])?, rows::recorded)?;
        events.extend(found.filter(|recorded| concerns(recorded, scope)));
        if events.len() == limit {
            break;
        }
    }
    let seen = reached(&events, limit, head);
    Ok((events, seen))
}

/// Up to where a scope has been looked at: a full portion ends at its last event.
fn reached(events: &[Recorded], limit: usize, all: Seq) -> Seq {
    if events.len() < limit { all } else { events.last().map_or(all, |last| last.seq) }
}

/// Whether an event belongs to somebody.
fn concerns(recorded: &Recorded, scope: &Scope) -> bool {
    match (&recorded.event.subject, scope) {
        (Subject::Order { customer, .. }, Scope::Customer(user)) => customer == user,
        (Subject::Order { driver, .. }, Scope::Driver(user)) => driver.as_ref() == Some(user),
        (subject, Scope::Store(store)) => subject.store() == store,
        (Subject::Product { .. }, _) => false,
    }
}
