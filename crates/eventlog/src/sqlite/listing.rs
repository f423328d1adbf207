//! Lists orders.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use orders::{OrderNumber, OrderRef, Reference, Status, UserId};
use rusqlite::{Connection, OptionalExtension};

use super::candidates::{Candidate, Candidates, Direction};
use super::read_backend::SqliteReadBackend;
use super::rows::{self, millis, status_code};
use super::sorted_index::SortedIndex;
use super::{by_total, history, references, reservations};
use crate::cursor::Seq;
use crate::error::LogError;
use crate::read_backend::{
    OrderFilter, OrderPage, OrderQueries, OrderSort, PagePosition, ReadAt, TRACKED_EVENTS, TrackedPage,
};
use crate::stored_event::{EventWithContext, Snapshot};
use crate::topic::Topic;

pub(super) fn page(
    connection: &Connection,
    customer_orders: &SortedIndex,
    filter: &OrderFilter,
) -> Result<OrderPage, LogError> {
    let direction = match filter.sort {
        OrderSort::NewestFirst => Direction::Down,
        OrderSort::OldestFirst => Direction::Up,
        OrderSort::HighestTotalFirst | OrderSort::LowestTotalFirst => {
            return by_total::page(connection, customer_orders, filter);
        }
    };
    let range = range(connection, filter, direction)?;
    let mut candidates = Candidates::of(connection, filter, range, direction)?;
    let statuses: Vec<i64> = filter.statuses.iter().map(|status| status_code(*status)).collect();
    let check_status = !statuses.is_empty() && !candidates.are_in_status();
    let mut current = history::CurrentOrders::new(connection)?;
    let mut orders: Vec<Arc<Snapshot>> = Vec::new();
    loop {
        let number = match candidates.next(connection, customer_orders)? {
            Candidate::Number(number) => number,
            Candidate::Paused(at) => {
                let next = PagePosition { number: OrderNumber(at.unsigned_abs()), total: 0 };
                return Ok(OrderPage { orders, next: Some(next) });
            }
            Candidate::End => return Ok(OrderPage { orders, next: None }),
        };
        if check_status && !has_status(connection, number, &statuses)? {
            continue;
        }
        let number = OrderNumber(number.unsigned_abs());
        let Some(snapshot) = current.get(number)? else { continue };
        if !matches(&snapshot, filter) {
            continue;
        }
        if orders.len() == filter.limit {
            let before_first = || first_position(number, direction);
            let next = orders.last().map_or_else(before_first, |last| position(last));
            return Ok(OrderPage { orders, next: Some(next) });
        }
        orders.push(snapshot);
    }
}

pub(super) fn position(snapshot: &Snapshot) -> PagePosition {
    PagePosition { number: snapshot.order.number, total: snapshot.order.total.amount }
}

/// The position just before an order, for the next page of an empty one.
fn first_position(number: OrderNumber, direction: Direction) -> PagePosition {
    let number = match direction {
        Direction::Down => number.next(),
        Direction::Up => OrderNumber(number.0.saturating_sub(1)),
    };
    PagePosition { number, total: 0 }
}

/// The numbers that the page may hold. Both ends are excluded.
pub(super) fn range(
    connection: &Connection,
    filter: &OrderFilter,
    direction: Direction,
) -> Result<(i64, i64), LogError> {
    let placed = |at| first_placed_at(connection, at);
    let from = filter.from.map(|from| placed(millis_up(from))).transpose()?.map_or(0, |first| first - 1);
    let to = filter.to.map(|to| placed(millis_up(to))).transpose()?.unwrap_or(i64::MAX);
    let after = filter.after.map(|after| rows::number_to_sql(after.number));
    Ok(match (direction, after) {
        (_, None) => (from, to),
        (Direction::Down, Some(number)) => (from, to.min(number)),
        (Direction::Up, Some(number)) => (from.max(number), to),
    })
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
pub(super) fn matches(snapshot: &Snapshot, filter: &OrderFilter) -> bool {
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

#[async_trait]
impl OrderQueries for SqliteReadBackend {
    async fn order(&self, name: OrderRef) -> Result<ReadAt<Option<Arc<Snapshot>>>, LogError> {
        self.read_at(move |connection| history::find(connection, name)).await
    }

    async fn referenced(&self, reference: Reference) -> Result<Vec<Arc<Snapshot>>, LogError> {
        self.read(move |connection| references::find(connection, &reference)).await
    }

    async fn orders(&self, filter: OrderFilter) -> Result<ReadAt<OrderPage>, LogError> {
        self.read_indexed_at(move |connection, indexes| page(connection, &indexes.customer_orders, &filter))
            .await
    }

    async fn tracked_orders(&self, filter: OrderFilter) -> Result<ReadAt<TrackedPage>, LogError> {
        self.read_indexed_at(move |connection, indexes| {
            let OrderPage { orders, next } = page(connection, &indexes.customer_orders, &filter)?;
            let with_events = orders.into_iter().map(|snapshot| {
                let events = history::newest_of_order(connection, snapshot.order.number, TRACKED_EVENTS)?;
                Ok((snapshot, events))
            });
            Ok(TrackedPage { orders: with_events.collect::<Result<_, LogError>>()?, next })
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
