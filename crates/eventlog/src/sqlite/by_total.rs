//! Lists orders by their total. No index has the totals, because it would grow in the middle with every order: the matching
//! orders are read, and the first ones kept.

use orders::OrderNumber;
use rusqlite::{Connection, OptionalExtension};

use super::candidates::{Candidate, Candidates};
use super::chunks::Direction;
use super::filter::{matches, position, range};
use super::history;
use super::keys::{store_key, user_key};
use super::rows::status_code;
use super::sorted_index::SortedIndex;
use crate::error::LogError;
use crate::read_backend::{OrderFilter, OrderPage, OrderSort};
use crate::topic::Topic;

/// The most orders that are sorted: the newest ones that match.
const MAX_SORTED: usize = 200_000;

/// What decides whether an order matches, and where it is sorted.
struct Row {
    store: i64,
    customer: i64,
    status: i64,
    total: i64,
    driver: Option<String>,
}

pub(super) fn page(
    connection: &Connection,
    customer_orders: &SortedIndex,
    filter: &OrderFilter,
) -> Result<OrderPage, LogError> {
    let unpaged = OrderFilter { after: None, ..filter.clone() };
    let range = range(connection, &unpaged, Direction::Down)?;
    let mut candidates = Candidates::of(connection, &unpaged, range, Direction::Down)?;
    // Sorted by this key, the order is always from low to high.
    let sign = if filter.sort == OrderSort::HighestTotalFirst { -1 } else { 1 };
    let key = |total: i64, number: i64| (sign * total, sign * number);
    let after = filter.after.map(|after| key(after.total, super::rows::number_to_sql(after.number)));
    let is_wanted = wanted(connection, filter)?;
    let mut find = connection.prepare_cached(
        "SELECT store, customer, status, state ->> '$.total.amount', state ->> '$.driver' FROM orders WHERE number = ?1",
    )?;
    let keep = filter.limit.saturating_add(1);
    let mut first: Vec<(i64, i64)> = Vec::new();
    for _ in 0..MAX_SORTED {
        let Candidate::Number(number) = candidates.next(connection, customer_orders)? else { break };
        let row = find.query_row([number], |row| {
            let (store, customer, status) = (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok(Row { store, customer, status, total: row.get(3)?, driver: row.get(4)? })
        });
        let Some(row) = row.optional()? else { continue };
        let key = key(row.total, number);
        if !is_wanted(&row) || after.is_some_and(|after| key <= after) {
            continue;
        }
        first.push(key);
        // Seldom enough that it costs little for each order.
        if first.len() >= keep * 2 + 1024 {
            first.select_nth_unstable(keep);
            first.truncate(keep);
        }
    }
    first.sort_unstable();
    let more = first.len() > filter.limit;
    first.truncate(filter.limit);
    let mut current = history::CurrentOrders::new(connection)?;
    let mut orders = Vec::with_capacity(first.len());
    for (_, number) in first {
        let number = OrderNumber((sign * number).unsigned_abs());
        orders.extend(current.get(number)?.filter(|snapshot| matches(snapshot, filter)));
    }
    let next = orders.last().map(|last| position(last)).filter(|_| more);
    Ok(OrderPage { orders, next })
}

/// Whether a row is of the topic and in a wanted status.
fn wanted(connection: &Connection, filter: &OrderFilter) -> Result<impl Fn(&Row) -> bool, LogError> {
    let (store, customer, driver) = match &filter.topic {
        Topic::Store(store) => (store_key(connection, store)?, None, None),
        Topic::Customer(user) => (None, user_key(connection, user)?, None),
        Topic::Driver(user) => (None, None, Some(user.as_str().to_owned())),
    };
    let statuses: Vec<i64> = filter.statuses.iter().map(|status| status_code(*status)).collect();
    Ok(move |row: &Row| {
        let of_topic = store == Some(row.store)
            || customer == Some(row.customer)
            || (driver.is_some() && driver == row.driver);
        of_topic && (statuses.is_empty() || statuses.contains(&row.status))
    })
}
