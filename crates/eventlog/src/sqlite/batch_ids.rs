//! Ids of the last batches.

use rusqlite::Connection;

use crate::error::LogError;
use crate::write_backend::BatchId;

/// How many ids are kept. The writer asks for its last batch, before it commits another one.
const SLOTS: i64 = 64;

/// Stores an id in the next slot. Returns the slot.
pub(super) fn store(connection: &Connection, last_slot: i64, batch: BatchId) -> Result<i64, LogError> {
    let slot = (last_slot + 1) % SLOTS;
    connection
        .prepare_cached("INSERT OR REPLACE INTO batches (slot, id) VALUES (?1, ?2)")?
        .execute((slot, batch.0.as_bytes().as_slice()))?;
    Ok(slot)
}

pub(super) fn contains(connection: &Connection, batch: BatchId) -> Result<bool, LogError> {
    let mut find = connection.prepare_cached("SELECT EXISTS (SELECT 1 FROM batches WHERE id = ?1)")?;
    Ok(find.query_row([batch.0.as_bytes().as_slice()], |row| row.get(0))?)
}
