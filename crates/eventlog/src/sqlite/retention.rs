//! Retention: the oldest events go, orders stay.
//!
//! Only a prefix of the log is ever deleted, so that one number says what is gone. An old order that is still open
//! keeps everything behind it.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use orders::{OrderNumber, Subject};
use rusqlite::{Connection, OptionalExtension};

use super::consumers;
use super::head::head;
use super::rows::{self, EVENT, earlier, status_of};
use crate::consumers::{RetentionHold, overtaken};
use crate::cursor::Seq;
use crate::error::LogError;

/// The most events that one round deletes.
const ROUND: i64 = 1000;

/// Up to and including which event the log was pruned.
pub(super) fn pruned_through(connection: &Connection) -> Result<Seq, LogError> {
    let floor: Option<i64> = connection
        .prepare_cached("SELECT value FROM meta WHERE name = 'pruned'")?
        .query_row((), |row| row.get(0))
        .optional()?;
    Ok(Seq(floor.unwrap_or(0).unsigned_abs()))
}

/// How long events are kept.
#[derive(Debug, Clone, Copy)]
pub(super) struct Retention {
    pub(super) keep: SignedDuration,
    /// How much longer a consumer that has not read an event can hold it back.
    pub(super) keep_for_consumers: SignedDuration,
}

/// Deletes a few of the oldest events that are old enough and about products or orders that are over. Returns whether
/// there were any.
pub(super) fn round(connection: &Connection, now: Timestamp, retention: Retention) -> Result<bool, LogError> {
    let (from, (head, _)) = (pruned_through(connection)?, head(connection)?);
    let forgotten = forget_run(connection, from)?;
    let limit = earlier(now, retention.keep);
    let consumers = consumers::all(connection)?;
    let hold = RetentionHold::new(&consumers, from, earlier(limit, retention.keep_for_consumers));
    let mut over = HashMap::new();
    let mut upto = from;
    // The last event stays: it says where the log goes on.
    let mut oldest = connection.prepare_cached(&format!(
        "SELECT {EVENT} FROM events e WHERE e.seq > ?1 AND e.seq < ?2 ORDER BY e.seq LIMIT ?3"
    ))?;
    let mut events = oldest.query((from.sql(), head.sql(), ROUND))?;
    while let Some(row) = events.next()? {
        let stored = rows::event(row)?;
        if stored.event.at >= limit || hold.keeps(stored.seq, stored.event.at) {
            break;
        }
        if let Subject::Order { number, .. } = &stored.event.subject
            && !is_over(connection, *number, &mut over)?
        {
            break;
        }
        upto = stored.seq;
    }
    drop(events);
    if upto == from {
        return Ok(forgotten);
    }
    for consumer in overtaken(&consumers, from, upto) {
        let (name, position) = (consumer.name.as_str(), consumer.position.0);
        tracing::error!(
            consumer = name,
            position,
            pruned = upto.0,
            "retention deleted events that this consumer has not read: remove it and register it again"
        );
    }
    connection.prepare_cached("DELETE FROM events WHERE seq <= ?1")?.execute([upto.sql()])?;
    connection
        .prepare_cached("INSERT OR REPLACE INTO meta (name, value) VALUES ('pruned', ?1)")?
        .execute([upto.sql()])?;
    Ok(true)
}

/// Deletes the oldest run of the index of events, once all of it is about deleted ones. Says whether it was.
fn forget_run(connection: &Connection, floor: Seq) -> Result<bool, LogError> {
    // The newest end stays: it says where the runs go on.
    let oldest: Option<i64> = connection
        .prepare_cached(
            "SELECT run FROM topic_run_ends WHERE run = (SELECT min(run) FROM topic_run_ends) \
             AND run < (SELECT max(run) FROM topic_run_ends) AND last <= ?1",
        )?
        .query_row([floor.sql()], |row| row.get(0))
        .optional()?;
    let Some(run) = oldest else { return Ok(false) };
    connection.prepare_cached("DELETE FROM topic_runs WHERE run = ?1")?.execute([run])?;
    connection.prepare_cached("DELETE FROM topic_run_ends WHERE run = ?1")?.execute([run])?;
    Ok(true)
}

/// Whether an order's status is final, asked once a round.
fn is_over(
    connection: &Connection,
    number: OrderNumber,
    known: &mut HashMap<OrderNumber, bool>,
) -> Result<bool, LogError> {
    if let Some(over) = known.get(&number) {
        return Ok(*over);
    }
    let status: Option<i64> = connection
        .prepare_cached("SELECT status FROM orders WHERE number = ?1")?
        .query_row([rows::number_to_sql(number)], |row| row.get(0))
        .optional()?;
    // An order whose row somebody deleted waits for nothing.
    let over = status.map(status_of).transpose()?.is_none_or(orders::Status::is_final);
    known.insert(number, over);
    Ok(over)
}
