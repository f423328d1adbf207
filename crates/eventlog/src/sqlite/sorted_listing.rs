//! Lists orders by their total or their last change. There is no index for this, because every order would be inserted in the
//! middle of it. The matching orders are read, and the first ones are kept.

use orders::OrderNumber;
use rusqlite::{Connection, OptionalExtension};

use super::candidates::Candidates;
use super::chunks::Direction;
use super::filter::{matches, position, range};
use super::history;
use super::rows::millis;
use super::search::Search;
use super::sorted_index::SortedIndex;
use super::wanted::Wanted;
use crate::error::LogError;
use crate::read_backend::{OrderFilter, OrderPage, OrderSort};

/// The most orders that are sorted: the newest ones that match.
const MAX_SORTED: usize = 200_000;

pub(super) fn page(
    connection: &Connection,
    customer_orders: &SortedIndex,
    filter: &OrderFilter,
) -> Result<OrderPage, LogError> {
    let unpaged = OrderFilter { after: None, ..filter.clone() };
    let range = range(connection, &unpaged, Direction::Down)?;
    let search = Search::of(connection, filter)?;
    let mut candidates = Candidates::of(connection, &unpaged, &search, range, Direction::Down)?;
    let are_wanted = candidates.are_wanted(filter, &search);
    let mut wanted = Wanted::new(connection, filter, &search)?;
    let by_change = filter.sort == OrderSort::LastChangedFirst;
    // This key always sorts from low to high. It saturates, because a client can send any value as a position.
    let sign = if filter.sort == OrderSort::LowestTotalFirst { 1 } else { -1 };
    let key = |value: i64, number: i64| (value.saturating_mul(sign), number.saturating_mul(sign));
    let after = filter.after.map(|after| key(after.value, super::rows::number_to_sql(after.number)));
    let mut find = connection.prepare_cached(if by_change {
        "SELECT state ->> '$.updatedAt' FROM orders WHERE number = ?1"
    } else {
        "SELECT state ->> '$.total.amount' FROM orders WHERE number = ?1"
    })?;
    let mut value_of = |number: i64| {
        find.query_row([number], |row| if by_change { changed_at(row) } else { row.get(0) }).optional()
    };
    let keep = filter.limit.saturating_add(1);
    let mut first: Vec<(i64, i64)> = Vec::new();
    for _ in 0..MAX_SORTED {
        let Some(number) = candidates.next(connection, customer_orders)? else { break };
        if !are_wanted && !wanted.contains(number)? {
            continue;
        }
        let Some(value) = value_of(number)? else { continue };
        let key = key(value, number);
        if after.is_some_and(|after| key <= after) {
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
    let next = orders.last().map(|last| position(last, filter.sort)).filter(|_| more);
    Ok(OrderPage { orders, next })
}

/// The time of the last change in milliseconds. Clients get no finer times.
fn changed_at(row: &rusqlite::Row<'_>) -> rusqlite::Result<i64> {
    let text = row.get_ref(0)?.as_str()?;
    text.parse().map(millis).map_err(|error: jiff::Error| {
        rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, error.into())
    })
}
