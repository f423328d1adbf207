//! Delivery times: a histogram for each interval, in the table `delivery_times`.

use orders::{Status, Subject};
use rusqlite::{Connection, OptionalExtension};

use super::keys::store_key;
use super::rows::{self, EVENT, timestamp};
use crate::error::LogError;
use crate::stats::rollup::{intervals_of, parts};
use crate::stats::{DeliveryTimes, bucket, slot};

/// Adds deliveries to a bucket.
pub(super) fn write(
    connection: &Connection,
    store: i64,
    at: i64,
    slot: u16,
    deliveries: i64,
) -> Result<(), LogError> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO delivery_times (store, span, bucket, slot, deliveries) VALUES (?1, ?2, ?3, ?4, ?5) \
         ON CONFLICT DO UPDATE SET deliveries = deliveries + excluded.deliveries",
    )?;
    for (resolution, at) in intervals_of(at) {
        insert.execute((store, resolution as i64, at, slot, deliveries))?;
    }
    Ok(())
}

/// The histogram of the buckets `from..to`.
pub(super) fn read(
    connection: &Connection,
    store: i64,
    (from, to): (i64, i64),
) -> Result<DeliveryTimes, LogError> {
    let mut times = DeliveryTimes::default();
    let mut find = connection.prepare_cached(
        "SELECT slot, deliveries FROM delivery_times \
         WHERE store = ?1 AND span = ?2 AND bucket >= ?3 AND bucket < ?4",
    )?;
    for part in parts(from, to) {
        let mut rows = find.query((store, part.resolution as i64, part.first, part.end))?;
        while let Some(row) = rows.next()? {
            times.add(row.get(0)?, row.get(1)?);
        }
    }
    Ok(times)
}

/// Counts the deliveries whose events are still in the log, inside the migration's transaction.
pub(super) fn fill(connection: &Connection) -> Result<(), LogError> {
    let mut later = connection
        .prepare(&format!("SELECT {EVENT} FROM events e WHERE e.follows IS NOT NULL ORDER BY e.seq"))?;
    let mut placed = connection.prepare("SELECT created_at FROM orders WHERE number = ?1")?;
    let mut events = later.query(())?;
    while let Some(row) = events.next()? {
        let event = rows::event(row)?.event;
        let Subject::Order { number, store, from, to, .. } = &event.subject else { continue };
        if from == to || *to != Status::Delivered {
            continue;
        }
        let placed: Option<i64> =
            placed.query_row([rows::number_to_sql(*number)], |row| row.get(0)).optional()?;
        if let (Some(placed), Some(store)) = (placed, store_key(connection, store)?) {
            write(connection, store, bucket(event.at), slot(event.at.duration_since(timestamp(placed))), 1)?;
        }
    }
    Ok(())
}
