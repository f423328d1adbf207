//! Deletes the events that [retention](crate::retention) no longer keeps, and the index entries of deleted events.

use std::collections::HashMap;

use jiff::Timestamp;
use orders::{OrderNumber, Status};
use rusqlite::{Connection, OptionalExtension};

use super::consumers;
use super::head::head;
use super::rows::{self, EVENT, status_of};
use crate::consumers::overtaken;
use crate::cursor::Seq;
use crate::error::LogError;
use crate::retention::{Pruning, Retention};

/// The most events that one round deletes.
const EVENTS_PER_ROUND: i64 = 1000;

/// The newest event that was deleted; 0 when none was.
pub(super) fn pruned_through(connection: &Connection) -> Result<Seq, LogError> {
    let pruned: Option<i64> = connection
        .prepare_cached("SELECT value FROM meta WHERE name = 'pruned'")?
        .query_row((), |row| row.get(0))
        .optional()?;
    Ok(Seq(pruned.unwrap_or(0).unsigned_abs()))
}

/// Deletes some of the oldest events. Returns whether there were any to delete.
pub(super) fn round(connection: &Connection, now: Timestamp, retention: Retention) -> Result<bool, LogError> {
    let (from, (head, _)) = (pruned_through(connection)?, head(connection)?);
    let deleted_run = delete_index_run(connection, from)?;
    let consumers = consumers::all(connection)?;
    let pruning = Pruning::new(retention, &consumers, from, now);
    let mut final_orders = HashMap::new();
    let mut through = from;
    // The last event stays, because the next position follows from it.
    let mut oldest = connection.prepare_cached(&format!(
        "SELECT {EVENT} FROM events e WHERE e.seq > ?1 AND e.seq < ?2 ORDER BY e.seq LIMIT ?3"
    ))?;
    let mut events = oldest.query((from.sql(), head.sql(), EVENTS_PER_ROUND))?;
    while let Some(row) = events.next()? {
        let stored = rows::event(row)?;
        if !pruning.may_delete(&stored, |order| is_final(connection, order, &mut final_orders))? {
            break;
        }
        through = stored.seq;
    }
    drop(events);
    if through == from {
        return Ok(deleted_run);
    }
    for consumer in overtaken(&consumers, from, through) {
        let (name, position) = (consumer.name.as_str(), consumer.position.0);
        tracing::error!(
            consumer = name,
            position,
            pruned = through.0,
            "retention deleted events that this consumer has not read: remove it and register it again"
        );
    }
    connection.prepare_cached("DELETE FROM events WHERE seq <= ?1")?.execute([through.sql()])?;
    connection
        .prepare_cached("INSERT OR REPLACE INTO meta (name, value) VALUES ('pruned', ?1)")?
        .execute([through.sql()])?;
    Ok(true)
}

/// Deletes the oldest run of the recipient index when all of its events are deleted. Returns whether it was.
fn delete_index_run(connection: &Connection, pruned: Seq) -> Result<bool, LogError> {
    // The newest run end stays, because the next run number follows from it.
    let oldest: Option<i64> = connection
        .prepare_cached(
            "SELECT run FROM topic_run_ends WHERE run = (SELECT min(run) FROM topic_run_ends) \
             AND run < (SELECT max(run) FROM topic_run_ends) AND last <= ?1",
        )?
        .query_row([pruned.sql()], |row| row.get(0))
        .optional()?;
    let Some(run) = oldest else { return Ok(false) };
    connection.prepare_cached("DELETE FROM topic_runs WHERE run = ?1")?.execute([run])?;
    connection.prepare_cached("DELETE FROM topic_run_ends WHERE run = ?1")?.execute([run])?;
    Ok(true)
}

/// Whether an order's status is final; looked up once a round. An order whose row was deleted by hand keeps no events.
fn is_final(
    connection: &Connection,
    number: OrderNumber,
    known: &mut HashMap<OrderNumber, bool>,
) -> Result<bool, LogError> {
    if let Some(is_final) = known.get(&number) {
        return Ok(*is_final);
    }
    let status: Option<i64> = connection
        .prepare_cached("SELECT status FROM orders WHERE number = ?1")?
        .query_row([rows::number_to_sql(number)], |row| row.get(0))
        .optional()?;
    let is_final = status.map(status_of).transpose()?.is_none_or(Status::is_final);
    known.insert(number, is_final);
    Ok(is_final)
}
