//! Orders in some statuses, of all stores, read in falling order.
//!
//! A customer's orders in one status are found by walking down two sorted lists at once: the customer's orders, and
//! the index of the status. Each list is asked for what lies below the other list's position, so that no order's row is
//! read in vain.

use orders::Status;
use rusqlite::{Connection, OptionalExtension};

use super::rows::status_code;
use crate::error::LogError;

/// The most pairs of store and status to walk. Where there are more, it is faster to read rows.
const MAX_PAIRS: usize = 64;

/// Walks the index of each store and wanted status.
pub(super) struct StatusWalk {
    cursors: Vec<StatusCursor>,
}

struct StatusCursor {
    store: i64,
    status: i64,
    /// The newest order that is not above the last number asked for; `None` past the oldest.
    number: Option<i64>,
}

impl StatusWalk {
    /// `None` when every status is wanted, or when there are too many stores.
    pub(super) fn new(connection: &Connection, wanted: &[Status]) -> Result<Option<Self>, LogError> {
        let mut find = connection.prepare_cached("SELECT key FROM stores ORDER BY key LIMIT ?1")?;
        let stores = find.query_map([i64::try_from(MAX_PAIRS + 1).unwrap_or(i64::MAX)], |row| row.get(0))?;
        let stores: Vec<i64> = stores.collect::<Result<_, _>>()?;
        if wanted.is_empty() || stores.len() * wanted.len() > MAX_PAIRS {
            return Ok(None);
        }
        let pairs =
            stores.iter().flat_map(|store| wanted.iter().map(|status| (*store, status_code(*status))));
        let cursors =
            pairs.map(|(store, status)| StatusCursor { store, status, number: Some(i64::MAX) }).collect();
        Ok(Some(Self { cursors }))
    }

    /// The newest order in a wanted status whose number is at most `number`, which falls from call to call.
    pub(super) fn at_most(&mut self, connection: &Connection, number: i64) -> Result<Option<i64>, LogError> {
        for cursor in &mut self.cursors {
            if cursor.number.is_some_and(|current| current > number) {
                cursor.number = below(connection, cursor.store, cursor.status, number.saturating_add(1))?;
            }
        }
        Ok(self.cursors.iter().filter_map(|cursor| cursor.number).max())
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
