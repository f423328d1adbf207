//! The log's head.

use rusqlite::Connection;

use crate::cursor::{Epoch, Seq};
use crate::error::LogError;

/// The position of the newest event, and the epoch.
pub(super) fn head(connection: &Connection) -> Result<(Seq, Epoch), LogError> {
    let head: Option<i64> =
        connection.prepare_cached("SELECT max(seq) FROM events")?.query_row((), |row| row.get(0))?;
    let epoch: String = connection
        .prepare_cached("SELECT value FROM meta WHERE name = 'epoch'")?
        .query_row((), |row| row.get(0))?;
    Ok((Seq(head.unwrap_or(0).unsigned_abs()), Epoch::stored(&epoch)))
}
