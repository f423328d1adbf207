//! Lists orders, newest first.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use orders::{OrderNumber, OrderRef, Status, UserId};
use rusqlite::{Connection, OptionalExtension};

use super::keys::{store_key, user_key};
use super::read_backend::SqliteReadBackend;
use super::rows::{self, millis, status_code};
use super::sorted_index::SortedIndex;
use super::statuses::{StatusWalk, StoreWalk};
use super::{history, reservations, search};
use crate::cursor::Seq;
use crate::error::LogError;
use crate::read_backend::{OrderFilter, OrderPage, OrderQueries, ReadAt, TRACKED_EVENTS, TrackedPage};
use crate::stored_event::{EventWithContext, Snapshot};
use crate::topic::Topic;

/// Order numbers fetched at a time.
const CHUNK: usize = 64;

pub(super) fn page(
    connection: &Connection,
    customer_orders: &SortedIndex,
    filter: &OrderFilter,
) -> Result<OrderPage, LogError> {
    let before = filter.before.map_or(i64::MAX, rows::number_to_sql);
    let before = match filter.to {
        Some(to) => before.min(first_placed_at(connection, millis_up(to))?),
        None => before,
    };
    let oldest = filter.from.map(|from| first_placed_at(connection, millis(from))).transpose()?.unwrap_or(0);
    let mut candidates = Candidates::of(connection, customer_orders, filter, before)?;
    let statuses: Vec<i64> = filter.statuses.iter().map(|status| status_code(*status)).collect();
    let check_status = !statuses.is_empty() && !candidates.are_in_status();
    let mut current = history::CurrentOrders::new(connection)?;
    let mut orders = Vec::new();
    while let Some(number) = candidates.next(connection, customer_orders)? {
        if number < oldest {
            break;
        }
        if check_status && !has_status(connection, number, &statuses)? {
            continue;
        }
        let number = OrderNumber(number.unsigned_abs());
        let Some(snapshot) = current.get(number)? else { continue };
        if !matches(&snapshot, filter) {
            continue;
        }
        if orders.len() == filter.limit {
            return Ok(OrderPage { orders, more: true });
        }
        orders.push(snapshot);
    }
    Ok(OrderPage { orders, more: false })
}

/// Checks the status column before the whole row is read: few of a customer's orders may be in a wanted status.
fn has_status(connection: &Connection, number: i64, wanted: &[i64]) -> Result<bool, LogError> {
    let mut find = connection.prepare_cached("SELECT status FROM orders WHERE number = ?1")?;
    let status: Option<i64> = find.query_row([number], |row| row.get(0)).optional()?;
    Ok(status.is_some_and(|status| wanted.contains(&status)))
}

/// How many orders of a customer are in each status.
fn count_by_status(
    connection: &Connection,
    customer_orders: &SortedIndex,
    customer: &UserId,
) -> Result<Vec<(Status, i64)>, LogError> {
    let Some(key) = user_key(connection, customer)? else { return Ok(Vec::new()) };
    let mut find = connection.prepare_cached("SELECT status FROM orders WHERE number = ?1")?;
    let mut counts = Status::ALL.map(|status| (status, 0));
    let mut before = i64::MAX;
    loop {
        let numbers = customer_orders.find(connection, key, before, CHUNK)?;
        for number in &numbers {
            let status: Option<i64> = find.query_row([number], |row| row.get(0)).optional()?;
            let Some(status) = status.map(rows::status_of).transpose()? else { continue };
            if let Some((_, count)) = counts.iter_mut().find(|(other, _)| *other == status) {
                *count += 1;
            }
        }
        match numbers.last() {
            Some(last) if numbers.len() == CHUNK => before = *last,
            _ => return Ok(counts.to_vec()),
        }
    }
}

/// Whether an order matches the filter. Candidates may include orders that do not.
fn matches(snapshot: &Snapshot, filter: &OrderFilter) -> bool {
    let order = &snapshot.order;
    let in_topic = match &filter.topic {
        Topic::Customer(user) => order.customer == *user,
        Topic::Store(store) => order.store == *store,
        Topic::Driver(user) => order.driver.as_ref() == Some(user),
    };
    let in_time = filter.from.is_none_or(|from| order.created_at >= from)
        && filter.to.is_none_or(|to| order.created_at < to);
    in_topic && in_time && (filter.statuses.is_empty() || filter.statuses.contains(&order.status()))
}

/// Rounds up to a whole millisecond.
fn millis_up(at: Timestamp) -> i64 {
    let whole = millis(at);
    if Timestamp::from_millisecond(whole).is_ok_and(|whole| whole < at) { whole + 1 } else { whole }
}

/// The number of the first order placed at or after a millisecond: a binary search, because numbers and times rise
/// together.
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

/// Numbers of orders that may match, newest first.
enum Candidates {
    /// All of them are known.
    List(std::vec::IntoIter<i64>),
    /// A customer's orders, fetched in chunks. With `statuses`, orders in other statuses are skipped.
    Customer {
        key: i64,
        chunk: std::vec::IntoIter<i64>,
        before: i64,
        last_chunk: bool,
        statuses: Option<StatusWalk>,
    },
    Store(StoreWalk),
}

impl Candidates {
    fn of(
        connection: &Connection,
        customer_orders: &SortedIndex,
        filter: &OrderFilter,
        before: i64,
    ) -> Result<Self, LogError> {
        if let Some(text) = &filter.text {
            return Ok(Self::List(search::find(connection, customer_orders, text, before)?.into_iter()));
        }
        Ok(match &filter.topic {
            Topic::Customer(user) => match user_key(connection, user)? {
                Some(key) => Self::Customer {
                    key,
                    chunk: Vec::new().into_iter(),
                    before,
                    last_chunk: false,
                    statuses: StatusWalk::new(connection, &filter.statuses)?,
                },
                None => Self::List(Vec::new().into_iter()),
            },
            Topic::Driver(user) => {
                let mut find = connection.prepare_cached(
                    "SELECT number FROM driver_orders WHERE driver = ?1 AND number < ?2 ORDER BY number DESC",
                )?;
                let numbers = find.query_map((user.as_str(), before), |row| row.get(0))?;
                Self::List(numbers.collect::<Result<Vec<_>, _>>()?.into_iter())
            }
            Topic::Store(store) => match store_key(connection, store)? {
                Some(store) => Self::Store(StoreWalk::new(store, &filter.statuses, before)),
                None => Self::List(Vec::new().into_iter()),
            },
        })
    }

    /// Whether all candidates are in the wanted statuses.
    fn are_in_status(&self) -> bool {
        match self {
            Self::List(_) => false,
            Self::Customer { statuses, .. } => statuses.is_some(),
            Self::Store(_) => true,
        }
    }

    fn next(
        &mut self,
        connection: &Connection,
        customer_orders: &SortedIndex,
    ) -> Result<Option<i64>, LogError> {
        match self {
            Self::List(numbers) => Ok(numbers.next()),
            Self::Customer { key, chunk, before, last_chunk, statuses } => loop {
                let Some(number) = chunk.next() else {
                    if *last_chunk {
                        return Ok(None);
                    }
                    let numbers = customer_orders.find(connection, *key, *before, CHUNK)?;
                    *last_chunk = numbers.len() < CHUNK;
                    *before = numbers.last().copied().unwrap_or(0);
                    *chunk = numbers.into_iter();
                    continue;
                };
                let Some(statuses) = statuses else { return Ok(Some(number)) };
                let Some(in_status) = statuses.at_most(connection, number)? else { return Ok(None) };
                if in_status == number {
                    return Ok(Some(number));
                }
                // No order in between is in a wanted status.
                while chunk.as_slice().first().is_some_and(|number| *number > in_status) {
                    chunk.next();
                }
                if chunk.as_slice().is_empty() {
                    *before = (*before).min(in_status + 1);
                }
            },
            Self::Store(walk) => walk.next(connection),
        }
    }
}

#[async_trait]
impl OrderQueries for SqliteReadBackend {
    async fn order(&self, name: OrderRef) -> Result<ReadAt<Option<Arc<Snapshot>>>, LogError> {
        self.read_at(move |connection| history::find(connection, name)).await
    }

    async fn orders(&self, filter: OrderFilter) -> Result<ReadAt<OrderPage>, LogError> {
        self.read_indexed_at(move |connection, indexes| page(connection, &indexes.customer_orders, &filter))
            .await
    }

    async fn tracked_orders(&self, filter: OrderFilter) -> Result<ReadAt<TrackedPage>, LogError> {
        self.read_indexed_at(move |connection, indexes| {
            let OrderPage { orders, more } = page(connection, &indexes.customer_orders, &filter)?;
            let with_events = orders.into_iter().map(|snapshot| {
                let events = history::newest_of_order(connection, snapshot.order.number, TRACKED_EVENTS)?;
                Ok((snapshot, events))
            });
            Ok(TrackedPage { orders: with_events.collect::<Result<_, LogError>>()?, more })
        })
        .await
    }

    async fn timeline(&self, order: OrderNumber) -> Result<ReadAt<Vec<EventWithContext>>, LogError> {
        self.read_at(move |connection| {
            let events = history::of_order(connection, order, Seq(u64::MAX))?;
            history::with_context(connection, events)
        })
        .await
    }

    async fn customer_counts(&self, customer: UserId) -> Result<ReadAt<Vec<(Status, i64)>>, LogError> {
        self.read_indexed_at(move |connection, indexes| {
            count_by_status(connection, &indexes.customer_orders, &customer)
        })
        .await
    }

    async fn reservations_due(&self, now: Timestamp, limit: usize) -> Result<Vec<OrderNumber>, LogError> {
        self.read(move |connection| reservations::due(connection, now, limit)).await
    }
}
