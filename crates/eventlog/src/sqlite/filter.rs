//! What a filter of orders means: which numbers the page may hold, and whether an order matches.

use jiff::Timestamp;
use rusqlite::Connection;

use super::chunks::Direction;
use super::rows::{self, millis};
use crate::error::LogError;
use crate::read_backend::{OrderFilter, OrderSort, PagePosition};
use crate::stored_event::Snapshot;
use crate::topic::Topic;

pub(super) fn position(snapshot: &Snapshot, sort: OrderSort) -> PagePosition {
    let order = &snapshot.order;
    let value = match sort {
        OrderSort::NewestFirst | OrderSort::OldestFirst => 0,
        OrderSort::HighestTotalFirst | OrderSort::LowestTotalFirst => order.total.amount,
        OrderSort::LastChangedFirst => millis(order.updated_at),
    };
    PagePosition { number: order.number, value }
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
