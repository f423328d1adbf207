//! Orders in some statuses, read in falling order: of one store, or of all stores.
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
/// Orders in one status that are fetched at a time: few at first, because a page of all statuses takes few of each.
const FIRST_CHUNK: usize = 2;
const GROWTH: usize = 8;
const LARGEST_CHUNK: usize = 128;

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

/// A store's orders in some statuses, newest first: merged from the index of each status.
pub(super) struct StoreWalk {
    store: i64,
    chunks: Vec<StatusChunk>,
}

/// The next orders of a store in one status.
struct StatusChunk {
    status: i64,
    numbers: std::vec::IntoIter<i64>,
    /// Everything from this number on was fetched.
    before: i64,
    /// How many to fetch next; 0 when all were fetched.
    fetch: usize,
}

impl StoreWalk {
    /// Orders below `before`. No status means every status.
    pub(super) fn new(store: i64, wanted: &[Status], before: i64) -> Self {
        let is_wanted = |status: &Status| wanted.is_empty() || wanted.contains(status);
        let chunk = |status| StatusChunk {
            status: status_code(status),
            numbers: Vec::new().into_iter(),
            before,
            fetch: FIRST_CHUNK,
        };
        Self { store, chunks: Status::ALL.into_iter().filter(is_wanted).map(chunk).collect() }
    }

    pub(super) fn next(&mut self, connection: &Connection) -> Result<Option<i64>, LogError> {
        for chunk in &mut self.chunks {
            if chunk.numbers.as_slice().is_empty() && chunk.fetch > 0 {
                chunk.read(connection, self.store)?;
            }
        }
        let newest = self.chunks.iter_mut().max_by_key(|chunk| chunk.numbers.as_slice().first().copied());
        Ok(newest.and_then(|chunk| chunk.numbers.next()))
    }
}

impl StatusChunk {
    fn read(&mut self, connection: &Connection, store: i64) -> Result<(), LogError> {
        let mut find = connection.prepare_cached(
            "SELECT number FROM orders WHERE store = ?1 AND status = ?2 AND number < ?3 ORDER BY number DESC LIMIT ?4",
        )?;
        let limit = i64::try_from(self.fetch).unwrap_or(i64::MAX);
        let numbers = find.query_map((store, self.status, self.before, limit), |row| row.get(0))?;
        let numbers: Vec<i64> = numbers.collect::<Result<_, _>>()?;
        let all = numbers.len() < self.fetch;
        self.fetch = if all { 0 } else { (self.fetch * GROWTH).min(LARGEST_CHUNK) };
        self.before = numbers.last().copied().unwrap_or(self.before);
        self.numbers = numbers.into_iter();
        Ok(())
    }
}

/// The newest order of a store in a status below a number.
fn below(connection: &Connection, store: i64, status: i64, before: i64) -> Result<Option<i64>, LogError> {
    let mut find = connection.prepare_cached(
        "SELECT number FROM orders WHERE store = ?1 AND status = ?2 AND number < ?3 ORDER BY number DESC LIMIT 1",
    )?;
    Ok(find.query_row((store, status, before), |row| row.get(0)).optional()?)
}
