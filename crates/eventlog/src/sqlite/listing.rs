//! Lists orders.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use orders::{OrderNumber, OrderRef, Reference, Status, UserId};
use rusqlite::{Connection, OptionalExtension};

use super::candidates::Candidates;
use super::chunks::{CHUNK, Direction};
use super::filter::{matches, position, range};
use super::keys::user_key;
use super::read_backend::SqliteReadBackend;
use super::rows;
use super::search::Search;
use super::sorted_index::SortedIndex;
use super::wanted::Wanted;
use super::{history, references, reservations, sorted_listing};
use crate::cursor::Seq;
use crate::error::LogError;
use crate::read_backend::{
    OrderFilter, OrderPage, OrderQueries, OrderSort, PagePosition, ReadAt, TRACKED_EVENTS, TrackedPage,
};
use crate::stored_event::{EventWithContext, Snapshot};

/// The most orders that are looked at in vain for one page.
const MAX_PASSED_OVER: usize = 20_000;

pub(super) fn page(
    connection: &Connection,
    customer_orders: &SortedIndex,
    filter: &OrderFilter,
) -> Result<OrderPage, LogError> {
    let direction = match filter.sort {
        OrderSort::NewestFirst => Direction::Down,
        OrderSort::OldestFirst => Direction::Up,
        OrderSort::HighestTotalFirst | OrderSort::LowestTotalFirst | OrderSort::LastChangedFirst => {
            return sorted_listing::page(connection, customer_orders, filter);
        }
    };
    let range = range(connection, filter, direction)?;
    let search = Search::of(connection, filter)?;
    let mut candidates = Candidates::of(connection, filter, &search, range, direction)?;
    let are_wanted = candidates.are_wanted(filter, &search);
    let mut wanted = Wanted::new(connection, filter, &search)?;
    let mut current = history::CurrentOrders::new(connection)?;
    let mut orders: Vec<Arc<Snapshot>> = Vec::new();
    let mut passed_over = 0;
    while let Some(candidate) = candidates.next(connection, customer_orders)? {
        let number = OrderNumber(candidate.unsigned_abs());
        let snapshot = if are_wanted || wanted.contains(candidate)? { current.get(number)? } else { None };
        let Some(snapshot) = snapshot.filter(|snapshot| matches(snapshot, filter)) else {
            passed_over += 1;
            if passed_over == MAX_PASSED_OVER {
                return Ok(OrderPage { orders, next: Some(PagePosition { number, value: 0 }) });
            }
            continue;
        };
        if orders.len() == filter.limit {
            let before_first = || first_position(number, direction);
            let next = orders.last().map_or_else(before_first, |last| position(last, filter.sort));
            return Ok(OrderPage { orders, next: Some(next) });
        }
        orders.push(snapshot);
    }
    Ok(OrderPage { orders, next: None })
}

/// The position just before an order, for the next page of an empty one.
fn first_position(number: OrderNumber, direction: Direction) -> PagePosition {
    let number = match direction {
        Direction::Down => number.next(),
        Direction::Up => OrderNumber(number.0.saturating_sub(1)),
    };
    PagePosition { number, value: 0 }
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
