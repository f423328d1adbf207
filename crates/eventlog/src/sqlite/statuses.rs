//! Orders in some statuses, whosever they are, asked for in falling order.
//!
//! Of a customer's thousand orders, those in a status are found by walking down two sorted lists at once: the
//! customer's, and the index of the status. Each list is asked for what lies below the other one's place, so that a
//! long stretch of one that the other has nothing in costs one search, and no order's row is read in vain.

use orders::Status;
use rusqlite::Connection;

use super::listing::below;
use super::rows::status_code;
use crate::error::LogError;

/// The most pairs of store and status that are looked through; past it, rows are read instead.
const MOST: usize = 64;

/// The index of each store and wanted status, with a place in it.
pub(super) struct Statuses {
    heads: Vec<Head>,
}

struct Head {
    store: i64,
    status: i64,
    /// The newest order that is not above the last place asked for; `None` below the oldest.
    at: Option<i64>,
}

impl Statuses {
    /// `None` where there is nothing to choose from, or more stores than it is worth looking through.
    pub(super) fn of(connection: &Connection, load: &[Status]) -> Result<Option<Self>, LogError> {
        let mut find = connection.prepare_cached("SELECT key FROM stores ORDER BY key LIMIT ?1")?;
        let stores = find.query_map([i64::try_from(MOST + 1).unwrap_or(i64::MAX)], |row| row.get(0))?;
        let stores: Vec<i64> = stores.collect::<Result<_, _>>()?;
        if load.is_empty() || stores.len() * load.len() > MOST {
            return Ok(None);
        }
        let pairs = stores.iter().flat_map(|store| load.iter().map(|status| (*store, status_code(*status))));
        let heads = pairs.map(|(store, status)| Head { store, status, at: Some(i64::MAX) }).collect();
        Ok(Some(Self { heads }))
    }

    /// The newest order in a wanted status whose number is not above this one, which falls from call to call.
    pub(super) fn at_most(&mut self, connection: &Connection, number: i64) -> Result<Option<i64>, LogError> {
        for head in &mut self.heads {
            if head.at.is_some_and(|at| at > number) {
                head.at = below(connection, head.store, head.status, number.saturating_add(1))?;
            }
        }
        Ok(self.heads.iter().filter_map(|head| head.at).max())
    }
}
