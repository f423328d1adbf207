//! Numbers of orders, fetched in chunks in one direction.

use rusqlite::Connection;

use super::sorted_index::SortedIndex;
use crate::error::LogError;

/// Order numbers fetched at a time.
pub(super) const CHUNK: usize = 64;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// Newest first.
    Down,
    /// Oldest first.
    Up,
}

/// Orders of a customer in a range.
pub(super) fn of_customer(
    connection: &Connection,
    customer_orders: &SortedIndex,
    key: i64,
    (after, before): (i64, i64),
    direction: Direction,
    limit: usize,
) -> Result<Vec<i64>, LogError> {
    match direction {
        Direction::Up => customer_orders.oldest(connection, key, (after, before), limit),
        Direction::Down => {
            let mut numbers = customer_orders.find(connection, key, before, limit)?;
            numbers.retain(|number| *number > after);
            Ok(numbers)
        }
    }
}
