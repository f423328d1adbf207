//! The first events of orders, which are not in the recipient index. They are found through the numbers of the orders,
//! which rise with the positions of the events.

use orders::Status;
use rusqlite::Connection;

use super::indexes::SortedIndexes;
use super::rows::status_code;
use crate::error::LogError;

/// Positions of the first events of a customer's orders within a range of the log, oldest first.
pub(super) fn oldest_of_customer(
    connection: &Connection,
    indexes: &SortedIndexes,
    customer: i64,
    range: (i64, i64),
    limit: usize,
) -> Result<Vec<i64>, LogError> {
    let Some(numbers) = number_range(connection, range)? else { return Ok(Vec::new()) };
    let numbers = indexes.customer_orders.oldest(connection, customer, numbers, limit)?;
    first_events(connection, numbers)
}

/// Positions of the first events of a customer's orders within a range, newest first.
pub(super) fn newest_of_customer(
    connection: &Connection,
    indexes: &SortedIndexes,
    customer: i64,
    range: (i64, i64),
    limit: usize,
) -> Result<Vec<i64>, LogError> {
    let Some(numbers) = number_range(connection, range)? else { return Ok(Vec::new()) };
    let numbers = indexes.customer_orders.newest(connection, customer, numbers, limit)?;
    first_events(connection, numbers)
}

/// Positions of the first events of a store's orders within a range, newest first. Merged from the index of each status.
pub(super) fn newest_of_store(
    connection: &Connection,
    store: i64,
    range: (i64, i64),
    limit: usize,
) -> Result<Vec<i64>, LogError> {
    let mut numbers = of_store(
        connection,
        "SELECT number FROM orders WHERE store = ?1 AND status = ?2 AND number > ?3 AND number < ?4 \
         ORDER BY number DESC LIMIT ?5",
        store,
        range,
        limit,
    )?;
    numbers.sort_unstable_by(|a, b| b.cmp(a));
    numbers.truncate(limit);
    first_events(connection, numbers)
}

/// Positions of the first events of a store's orders within a range, oldest first.
pub(super) fn oldest_of_store(
    connection: &Connection,
    store: i64,
    range: (i64, i64),
    limit: usize,
) -> Result<Vec<i64>, LogError> {
    let mut numbers = of_store(
        connection,
        "SELECT number FROM orders WHERE store = ?1 AND status = ?2 AND number > ?3 AND number < ?4 \
         ORDER BY number LIMIT ?5",
        store,
        range,
        limit,
    )?;
    numbers.sort_unstable();
    numbers.truncate(limit);
    first_events(connection, numbers)
}

/// How many orders of a store were placed within a range, at most `limit`.
pub(super) fn count_of_store(
    connection: &Connection,
    store: i64,
    range: (i64, i64),
    limit: usize,
) -> Result<usize, LogError> {
    let numbers = of_store(
        connection,
        "SELECT number FROM orders WHERE store = ?1 AND status = ?2 AND number > ?3 AND number < ?4 LIMIT ?5",
        store,
        range,
        limit,
    )?;
    Ok(numbers.len().min(limit))
}

fn of_store(
    connection: &Connection,
    find: &str,
    store: i64,
    range: (i64, i64),
    limit: usize,
) -> Result<Vec<i64>, LogError> {
    let Some((after, before)) = number_range(connection, range)? else { return Ok(Vec::new()) };
    let mut find = connection.prepare_cached(find)?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut numbers = Vec::new();
    for status in Status::ALL {
        for number in find.query_map((store, status_code(status), after, before, limit), |row| row.get(0))? {
            numbers.push(number?);
        }
    }
    Ok(numbers)
}

fn first_events(connection: &Connection, numbers: Vec<i64>) -> Result<Vec<i64>, LogError> {
    let mut first = connection.prepare_cached("SELECT first_seq FROM orders WHERE number = ?1")?;
    let mut seqs = Vec::with_capacity(numbers.len());
    for number in numbers {
        // No row: the order was deleted by hand.
        for seq in first.query_map([number], |row| row.get(0))? {
            seqs.push(seq?);
        }
    }
    Ok(seqs)
}

/// The range of numbers of the orders whose first events are within a range of positions. Both ends are excluded. `None`
/// when there is none. A binary search, because numbers and positions rise together.
fn number_range(
    connection: &Connection,
    (after, before): (i64, i64),
) -> Result<Option<(i64, i64)>, LogError> {
    let newest: Option<(i64, i64)> = {
        let mut newest = connection.prepare_cached(
            "SELECT number, first_seq FROM orders WHERE number = (SELECT max(number) FROM orders)",
        )?;
        let mut rows = newest.query(())?;
        rows.next()?.map(|row| Ok::<_, LogError>((row.get(0)?, row.get(1)?))).transpose()?
    };
    let Some((last, last_seq)) = newest else { return Ok(None) };
    // The usual case: nothing was placed since.
    if last_seq <= after || before <= after {
        return Ok(None);
    }
    let from = if after <= 0 { 0 } else { first_order_after(connection, after, last)? - 1 };
    let to = if before > last_seq { last + 1 } else { first_order_after(connection, before - 1, last)? };
    Ok(Some((from, to)))
}

/// The number of the first order whose first event is after a position. `last` is the newest order.
fn first_order_after(connection: &Connection, seq: i64, last: i64) -> Result<i64, LogError> {
    let mut placed = connection
        .prepare_cached("SELECT number, first_seq FROM orders WHERE number >= ?1 ORDER BY number LIMIT 1")?;
    let (mut low, mut high) = (0, last + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        let (number, first): (i64, i64) = placed.query_row([middle], |row| Ok((row.get(0)?, row.get(1)?)))?;
        if first <= seq { low = number + 1 } else { high = middle }
    }
    Ok(low)
}
