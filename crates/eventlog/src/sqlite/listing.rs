//! Pages of orders, newest first.

use super::read_backend::SqliteReadBackend;
use super::reservations;
use crate::cursor::Seq;
use crate::read_backend::{OrderQueries, ReadAt};
use crate::stored_event::EventWithContext;
use async_trait::async_trait;
use jiff::Timestamp;
use orders::OrderRef;
use orders::{OrderNumber, Status, StoreId, UserId};
use rusqlite::{Connection, OptionalExtension};
use std::sync::Arc;

use super::rows::{self, millis, status_code};
use super::sorted_index::SortedIndex;
use super::statuses::Statuses;
use super::{history, search};
use crate::error::LogError;
use crate::read_backend::{OrderFilter, OrderPage};
use crate::stored_event::Snapshot;
use crate::topic::Topic;

pub(super) fn page(
    connection: &Connection,
    runs: &SortedIndex,
    filter: &OrderFilter,
) -> Result<OrderPage, LogError> {
    let before = filter.before.map_or(i64::MAX, rows::number_to_sql);
    let before = match filter.to {
        Some(to) => before.min(first_placed_at(connection, millis_up(to))?),
        None => before,
    };
    let oldest = filter.from.map(|from| first_placed_at(connection, millis(from))).transpose()?.unwrap_or(0);
    let mut source = Source::of(connection, runs, filter, before)?;
    let statuses: Vec<i64> = filter.statuses.iter().map(|status| status_code(*status)).collect();
    let mut found = Vec::new();
    while let Some(number) = source.next(connection, runs)? {
        if number < oldest {
            break;
        }
        if !has_status(connection, number, &statuses)? {
            continue;
        }
        let number = OrderNumber(number.unsigned_abs());
        let Some(snapshot) = history::snapshot(connection, number)? else { continue };
        if !matches(&snapshot, filter) {
            continue;
        }
        if found.len() == filter.limit {
            return Ok(OrderPage { orders: found, more: true });
        }
        found.push(snapshot);
    }
    Ok(OrderPage { orders: found, more: false })
}

/// A look at the row before all of it is read: of somebody's thousand orders, few may be in the wanted status.
fn has_status(connection: &Connection, number: i64, load: &[i64]) -> Result<bool, LogError> {
    if load.is_empty() {
        return Ok(true);
    }
    let mut find = connection.prepare_cached("SELECT status FROM orders WHERE number = ?1")?;
    let status: Option<i64> = find.query_row([number], |row| row.get(0)).optional()?;
    Ok(status.is_some_and(|status| load.contains(&status)))
}

/// Whether an order belongs into the answer. The sources are generous; this is what decides.
fn matches(snapshot: &Snapshot, filter: &OrderFilter) -> bool {
    let order = &snapshot.order;
    let mine = match &filter.topic {
        Topic::Customer(user) => order.customer == *user,
        Topic::Store(store) => order.store == *store,
        Topic::Driver(user) => order.driver.as_ref() == Some(user),
    };
    let in_time = filter.from.is_none_or(|from| order.created_at >= from)
        && filter.to.is_none_or(|to| order.created_at < to);
    mine && in_time && (filter.statuses.is_empty() || filter.statuses.contains(&order.status()))
}

/// The first whole millisecond that is not before a moment.
fn millis_up(at: Timestamp) -> i64 {
    let whole = millis(at);
    if Timestamp::from_millisecond(whole).is_ok_and(|whole| whole < at) { whole + 1 } else { whole }
}

/// The number of the first order placed at or after a millisecond. Numbers and times rise together, so this is a search.
fn first_placed_at(connection: &Connection, at: i64) -> Result<i64, LogError> {
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
        if created < at { low = number + 1 } else { high = middle }
    }
    Ok(low)
}

/// Where the numbers of candidates come from, newest first.
enum Source {
    /// Some that were found at once.
    Found(std::vec::IntoIter<i64>),
    /// A customer's, in portions; those in no wanted status are passed over.
    Customer { key: i64, portion: std::vec::IntoIter<i64>, before: i64, last: bool, load: Option<Statuses> },
    /// A store's, merged from the index of each status.
    Store { store: i64, heads: Vec<(i64, Option<i64>)> },
}

/// Numbers fetched at a time.
const PORTION: usize = 64;

impl Source {
    fn of(
        connection: &Connection,
        runs: &SortedIndex,
        filter: &OrderFilter,
        before: i64,
    ) -> Result<Self, LogError> {
        if let Some(text) = &filter.text {
            return Ok(Self::Found(search::find(connection, runs, text, before)?.into_iter()));
        }
        Ok(match &filter.topic {
            Topic::Customer(user) => match customer_key(connection, user)? {
                Some(key) => Self::Customer {
                    key,
                    portion: Vec::new().into_iter(),
                    before,
                    last: false,
                    load: Statuses::of(connection, &filter.statuses)?,
                },
                None => Self::Found(Vec::new().into_iter()),
            },
            Topic::Driver(user) => {
                let mut find = connection.prepare_cached(
                    "SELECT number FROM driver_orders WHERE driver = ?1 AND number < ?2 ORDER BY number DESC",
                )?;
                let numbers = find.query_map((user.as_str(), before), |row| row.get(0))?;
                Self::Found(numbers.collect::<Result<Vec<_>, _>>()?.into_iter())
            }
            Topic::Store(store) => {
                let Some(store) = store_key(connection, store)? else {
                    return Ok(Self::Found(Vec::new().into_iter()));
                };
                let load: &[Status] =
                    if filter.statuses.is_empty() { &Status::ALL } else { &filter.statuses };
                let mut heads = Vec::with_capacity(load.len());
                for status in load {
                    let status = status_code(*status);
                    if !heads.iter().any(|(known, _)| *known == status) {
                        heads.push((status, below(connection, store, status, before)?));
                    }
                }
                Self::Store { store, heads }
            }
        })
    }

    fn next(&mut self, connection: &Connection, runs: &SortedIndex) -> Result<Option<i64>, LogError> {
        match self {
            Self::Found(numbers) => Ok(numbers.next()),
            Self::Customer { key, portion, before, last, load } => loop {
                let Some(number) = portion.next() else {
                    if *last {
                        return Ok(None);
                    }
                    let numbers = runs.find(connection, *key, *before, PORTION)?;
                    *last = numbers.len() < PORTION;
                    *before = numbers.last().copied().unwrap_or(0);
                    *portion = numbers.into_iter();
                    continue;
                };
                let Some(load) = load else { return Ok(Some(number)) };
                let Some(next) = load.at_most(connection, number)? else { return Ok(None) };
                if next == number {
                    return Ok(Some(number));
                }
                // Nobody's order in between is in a wanted status.
                while portion.as_slice().first().is_some_and(|number| *number > next) {
                    portion.next();
                }
                if portion.as_slice().is_empty() {
                    *before = (*before).min(next + 1);
                }
            },
            Self::Store { store, heads } => {
                let newest =
                    heads.iter_mut().filter(|(_, head)| head.is_some()).max_by_key(|(_, head)| *head);
                let Some((status, head)) = newest else { return Ok(None) };
                let number = head.unwrap_or(0);
                *head = below(connection, *store, *status, number)?;
                Ok(Some(number))
            }
        }
    }
}

/// The newest order of a store in a status below a number.
pub(super) fn below(
    connection: &Connection,
    store: i64,
    status: i64,
    before: i64,
) -> Result<Option<i64>, LogError> {
    let mut find = connection.prepare_cached(
        "SELECT number FROM orders WHERE store = ?1 AND status = ?2 AND number < ?3 ORDER BY number DESC LIMIT 1",
    )?;
    Ok(find.query_row((store, status, before), |row| row.get(0)).optional()?)
}

pub(super) fn customer_key(connection: &Connection, user: &UserId) -> Result<Option<i64>, LogError> {
    let mut find = connection.prepare_cached("SELECT key FROM users WHERE id = ?1")?;
    Ok(find.query_row([user.as_str()], |row| row.get(0)).optional()?)
}

pub(super) fn store_key(connection: &Connection, store: &StoreId) -> Result<Option<i64>, LogError> {
    let mut find = connection.prepare_cached("SELECT key FROM stores WHERE id = ?1")?;
    Ok(find.query_row([store.as_str()], |row| row.get(0)).optional()?)
}

#[async_trait]
impl OrderQueries for SqliteReadBackend {
    async fn order(&self, name: OrderRef) -> Result<ReadAt<Option<Arc<Snapshot>>>, LogError> {
        self.read_at(move |connection, _| history::find(connection, name)).await
    }

    async fn orders(&self, filter: OrderFilter) -> Result<ReadAt<OrderPage>, LogError> {
        self.read_at(move |connection, indexes| page(connection, &indexes.customer_orders, &filter)).await
    }

    async fn timeline(&self, order: OrderNumber) -> Result<ReadAt<Vec<EventWithContext>>, LogError> {
        self.read_at(move |connection, _| {
            let events = history::of_order(connection, order, Seq(u64::MAX))?;
            history::with_context(connection, events)
        })
        .await
    }

    async fn reservations_due(&self, now: Timestamp, limit: usize) -> Result<Vec<OrderNumber>, LogError> {
        self.read(move |connection, _| reservations::due(connection, now, limit)).await
    }
}
