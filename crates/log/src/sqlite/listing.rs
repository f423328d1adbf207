//! Pages of orders and products, newest first, and what happened in a scope.


use jiff::Timestamp;
use orders::{OrderNumber, OrderRef, Status, StoreId, Subject, UserId};
use rusqlite::{Connection, OptionalExtension};

use super::history;
use super::rows::{self, EVENT, PRODUCT, millis, status_code};
use super::runs::Runs;
use crate::cursor::Seq;
use crate::error::LogError;
use crate::queries::{OrderFilter, Page, ProductFilter, Scope, Stretch};
use crate::record::{Recorded, Shelved, Snapshot};

/// How many people a search by name looks at.
const MOST_PEOPLE: i64 = 200;
/// How many of a person's orders a search by name looks at.
const MOST_OF_A_PERSON: usize = 1000;
/// How many events a tail looks at before it hands over what it found.
const MOST_LOOKED_AT: i64 = 20_000;

pub(super) fn page(connection: &Connection, runs: &Runs, filter: &OrderFilter) -> Result<Page, LogError> {
    let before = filter.before.map_or(i64::MAX, history::sql);
    let before = match filter.to {
        Some(to) => before.min(first_placed_at(connection, to)?),
        None => before,
    };
    let oldest = filter.from.map(|from| first_placed_at(connection, from)).transpose()?.unwrap_or(0);
    let mut source = Source::of(connection, runs, filter, before)?;
    let mut found = Vec::new();
    while let Some(number) = source.next(connection, runs)? {
        if number < oldest {
            break;
        }
        let number = OrderNumber(number.unsigned_abs());
        let Some(snapshot) = history::snapshot(connection, number)? else { continue };
        if !matches(&snapshot, filter) {
            continue;
        }
        if found.len() == filter.limit {
            return Ok(Page { orders: found, more: true });
        }
        found.push(snapshot);
    }
    Ok(Page { orders: found, more: false })
}

/// Whether an order belongs into the answer. The sources are generous; this is what decides.
fn matches(snapshot: &Snapshot, filter: &OrderFilter) -> bool {
    let order = &snapshot.order;
    let mine = match &filter.scope {
        Scope::Customer(user) => order.customer == *user,
        Scope::Store(store) => order.store == *store,
        Scope::Driver(user) => order.driver.as_ref() == Some(user),
    };
    let in_time = filter.from.is_none_or(|from| order.created_at >= from)
        && filter.to.is_none_or(|to| order.created_at < to);
    mine && in_time && (filter.statuses.is_empty() || filter.statuses.contains(&order.status()))
}

/// The number of the first order placed at or after a moment. Numbers and times rise together, so this is a search.
fn first_placed_at(connection: &Connection, at: Timestamp) -> Result<i64, LogError> {
    let (first, last): (Option<i64>, Option<i64>) = connection
        .prepare_cached("SELECT (SELECT min(number) FROM orders), (SELECT max(number) FROM orders)")?
        .query_row((), |row| Ok((row.get(0)?, row.get(1)?)))?;
    let (Some(mut low), Some(last)) = (first, last) else { return Ok(0) };
    let mut high = last + 1;
    let mut placed = connection
        .prepare_cached("SELECT number, created_at FROM orders WHERE number >= ?1 ORDER BY number LIMIT 1")?;
    while low < high {
        let middle = low + (high - low) / 2;
        let (number, created): (i64, i64) =
            placed.query_row([middle], |row| Ok((row.get(0)?, row.get(1)?)))?;
        if created < millis(at) { low = number + 1 } else { high = middle }
    }
    Ok(low)
}

/// Where the numbers of candidates come from, newest first.
enum Source {
    /// Some that were found at once.
    Found(std::vec::IntoIter<i64>),
    /// A customer's, in portions.
    Customer { key: i64, portion: std::vec::IntoIter<i64>, before: i64, last: bool },
    /// A store's, merged from the index of each status.
    Store { store: i64, heads: Vec<(i64, Option<i64>)> },
}

/// Numbers fetched at a time.
const PORTION: usize = 64;

impl Source {
    fn of(connection: &Connection, runs: &Runs, filter: &OrderFilter, before: i64) -> Result<Self, LogError> {
        if let Some(text) = &filter.text {
            let mut numbers = search(connection, runs, text, before)?;
            numbers.sort_unstable_by(|a, b| b.cmp(a));
            numbers.dedup();
            return Ok(Self::Found(numbers.into_iter()));
        }
        Ok(match &filter.scope {
            Scope::Customer(user) => match customer_key(connection, user)? {
                Some(key) => Self::Customer { key, portion: Vec::new().into_iter(), before, last: false },
                None => Self::Found(Vec::new().into_iter()),
            },
            Scope::Driver(user) => {
                let mut find = connection.prepare_cached(
                    "SELECT number FROM driver_orders WHERE driver = ?1 AND number < ?2 ORDER BY number DESC",
                )?;
                let numbers = find.query_map((user.as_str(), before), |row| row.get(0))?;
                Self::Found(numbers.collect::<Result<Vec<_>, _>>()?.into_iter())
            }
            Scope::Store(store) => {
                let Some(store) = store_key(connection, store)? else {
                    return Ok(Self::Found(Vec::new().into_iter()));
                };
                let wanted: &[Status] = if filter.statuses.is_empty() { &Status::ALL } else { &filter.statuses };
                let mut heads = Vec::with_capacity(wanted.len());
                for status in wanted {
                    let status = status_code(*status);
                    if !heads.iter().any(|(known, _)| *known == status) {
                        heads.push((status, below(connection, store, status, before)?));
                    }
                }
                Self::Store { store, heads }
            }
        })
    }

    fn next(&mut self, connection: &Connection, runs: &Runs) -> Result<Option<i64>, LogError> {
        match self {
            Self::Found(numbers) => Ok(numbers.next()),
            Self::Customer { key, portion, before, last } => {
                if let Some(number) = portion.next() {
                    return Ok(Some(number));
                }
                if *last {
                    return Ok(None);
                }
                let numbers = runs.find(connection, *key, *before, PORTION)?;
                *last = numbers.len() < PORTION;
                *before = numbers.last().copied().unwrap_or(0);
                *portion = numbers.into_iter();
                Ok(portion.next())
            }
            Self::Store { store, heads } => {
                let newest = heads.iter_mut().filter(|(_, head)| head.is_some()).max_by_key(|(_, head)| *head);
                let Some((status, head)) = newest else { return Ok(None) };
                let number = head.unwrap_or(0);
                *head = below(connection, *store, *status, number)?;
                Ok(Some(number))
            }
        }
    }
}

/// The newest order of a store in a status below a number.
fn below(connection: &Connection, store: i64, status: i64, before: i64) -> Result<Option<i64>, LogError> {
    let mut find = connection.prepare_cached(
        "SELECT number FROM orders WHERE store = ?1 AND status = ?2 AND number < ?3 ORDER BY number DESC LIMIT 1",
    )?;
    Ok(find.query_row((store, status, before), |row| row.get(0)).optional()?)
}

fn customer_key(connection: &Connection, user: &UserId) -> Result<Option<i64>, LogError> {
    let mut find = connection.prepare_cached("SELECT key FROM users WHERE id = ?1")?;
    Ok(find.query_row([user.as_str()], |row| row.get(0)).optional()?)
}

fn store_key(connection: &Connection, store: &StoreId) -> Result<Option<i64>, LogError> {
    let mut find = connection.prepare_cached("SELECT key FROM stores WHERE id = ?1")?;
    Ok(find.query_row([store.as_str()], |row| row.get(0)).optional()?)
}

/// Orders by what a person types: an order's number or id, a tracking number, or words of the customer's name,
/// address or phone.
fn search(connection: &Connection, runs: &Runs, text: &str, before: i64) -> Result<Vec<i64>, LogError> {
    let text = text.trim();
    let mut numbers = Vec::new();
    match text.parse() {
        Ok(OrderRef::Number(number)) => numbers.push(history::sql(number)),
        Ok(OrderRef::Id(id)) => {
            let mut find = connection.prepare_cached("SELECT number FROM orders WHERE id = ?1")?;
            numbers.extend(find.query_row([id.uuid().as_bytes().as_slice()], |row| row.get::<_, i64>(0)).optional()?);
        }
        Err(_) => {}
    }
    let mut tracked = connection.prepare_cached("SELECT number FROM tracking_numbers WHERE tracking = ?1")?;
    numbers.extend(tracked.query_map([text], |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?);
    if let Some(query) = words(text) {
        let mut people = connection.prepare_cached("SELECT rowid FROM people WHERE people MATCH ?1 LIMIT ?2")?;
        let keys = people.query_map((query, MOST_PEOPLE), |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
        for key in keys {
            numbers.extend(runs.find(connection, key, before, MOST_OF_A_PERSON)?);
        }
    }
    numbers.retain(|number| *number < before);
    Ok(numbers)
}

/// What a person typed as an FTS5 query: every word must begin some word. Quoted, so that nothing in it is syntax.
fn words(text: &str) -> Option<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let query: Vec<String> = words.take(8).map(|word| format!("\"{word}\"*")).collect();
    (!query.is_empty()).then(|| query.join(" "))
}

pub(super) fn products(
    connection: &Connection,
    filter: &ProductFilter,
) -> Result<(Vec<Shelved>, bool), LogError> {
    let like = filter.text.as_deref().map(|text| {
        let escaped = text.trim().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        format!("%{escaped}%")
    });
    let after = filter.after.map(|id| id.uuid().as_bytes().to_vec()).unwrap_or_default();
    let mut find = connection.prepare_cached(&format!(
        "SELECT {PRODUCT} FROM products p JOIN stock s ON s.product = p.key \
         WHERE p.id > ?1 AND (?2 IS NULL OR p.store = ?2) AND (?3 OR NOT p.archived) \
         AND (?4 IS NULL OR p.name LIKE ?4 ESCAPE '\\') AND (?5 IS NULL OR p.category = ?5) \
         ORDER BY p.id LIMIT ?6"
    ))?;
    let limit = i64::try_from(filter.limit).unwrap_or(i64::MAX).saturating_add(1);
    let store = filter.store.as_ref().map(StoreId::as_str);
    let rows = find.query((after, store, filter.archived, like, &filter.category, limit))?;
    let mut found = rows::collect(rows, rows::shelved)?;
    let more = found.len() > filter.limit;
    found.truncate(filter.limit);
    Ok((found, more))
}

/// What happened in a scope after a place in the log.
pub(super) fn tail(
    connection: &Connection,
    runs: &Runs,
    scope: &Scope,
    after: Seq,
    limit: usize,
) -> Result<Stretch, LogError> {
    let (head, _) = super::journal::head(connection)?;
    let (events, upto) = match scope {
        Scope::Store(store) => of_store(connection, store, after, head, limit)?,
        // A short gap is read straight from the log; a long one through the orders, of which one person has few.
        _ if head.0.saturating_sub(after.0) <= 500 => of_person(connection, scope, after, head, limit)?,
        Scope::Customer(user) => {
            let Some(key) = customer_key(connection, user)? else {
                return Ok(Stretch { events: Vec::new(), upto: head, head });
            };
            let numbers = runs.find(connection, key, i64::MAX, usize::MAX)?;
            of_orders(connection, scope, numbers, after, head, limit)?
        }
        Scope::Driver(user) => {
            let mut find = connection.prepare_cached("SELECT number FROM driver_orders WHERE driver = ?1")?;
            let numbers = find.query_map([user.as_str()], |row| row.get(0))?.collect::<Result<Vec<_>, _>>()?;
            of_orders(connection, scope, numbers, after, head, limit)?
        }
    };
    Ok(Stretch { events: history::tell(connection, events)?, upto, head })
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

fn of_person(
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

fn of_orders(
    connection: &Connection,
    scope: &Scope,
    numbers: Vec<i64>,
    after: Seq,
    head: Seq,
    limit: usize,
) -> Result<Found, LogError> {
    let mut changed = connection
        .prepare_cached("SELECT first_seq FROM orders WHERE number = ?1 AND last_seq > ?2")?;
    let mut first = connection.prepare_cached(&format!("SELECT {EVENT} FROM events e WHERE e.seq = ?1"))?;
    let mut later = connection.prepare_cached(&format!(
        "SELECT {EVENT} FROM events e WHERE e.follows = ?1 AND e.seq > ?2 AND e.seq <= ?3 ORDER BY e.seq"
    ))?;
    let mut events = Vec::new();
    for number in numbers {
        let first_seq: Option<i64> = changed.query_row((number, after.sql()), |row| row.get(0)).optional()?;
        let Some(first_seq) = first_seq else { continue };
        if first_seq > after.sql() {
            events.extend(rows::first(first.query([first_seq])?, rows::recorded)?);
        }
        events.extend(rows::collect(later.query((number, after.sql(), head.sql()))?, rows::recorded)?);
    }
    events.retain(|recorded| concerns(recorded, scope));
    events.sort_unstable_by_key(|recorded| recorded.seq);
    events.truncate(limit);
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

