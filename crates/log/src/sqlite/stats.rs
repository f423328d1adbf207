//! Counts, written with every batch.

use jiff::Timestamp;
use orders::{Currency, StoreId};
use rusqlite::Connection;

use super::rows::{status_code, status_of};
use crate::error::LogError;
use crate::stats::{Flow, Stats, StatsDelta, Tally, bucket};

pub(super) fn write(connection: &Connection, delta: &StatsDelta) -> Result<(), LogError> {
    let mut counts = connection.prepare_cached(
        "INSERT INTO counts (store, currency, status, orders, amount) VALUES (?1, ?2, ?3, ?4, ?5) \
         ON CONFLICT DO UPDATE SET orders = orders + excluded.orders, amount = amount + excluded.amount",
    )?;
    for ((store, currency, status), tally) in &delta.by_status {
        counts.execute((
            store.as_str(),
            currency.code(),
            status_code(*status),
            tally.orders,
            tally.amount,
        ))?;
    }
    let mut flows = connection.prepare_cached(
        "INSERT INTO flow (store, bucket, currency, placed, amount, cancelled, cancelled_amount, delivered) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO UPDATE SET placed = placed + excluded.placed, \
         amount = amount + excluded.amount, cancelled = cancelled + excluded.cancelled, \
         cancelled_amount = cancelled_amount + excluded.cancelled_amount, \
         delivered = delivered + excluded.delivered",
    )?;
    for ((store, currency, bucket), flow) in &delta.by_time {
        flows.execute((
            store.as_str(),
            bucket,
            currency.code(),
            flow.placed,
            flow.amount,
            flow.cancelled,
            flow.cancelled_amount,
            flow.delivered,
        ))?;
    }
    Ok(())
}

pub(super) fn read(connection: &Connection, store: &StoreId, since: Timestamp) -> Result<Stats, LogError> {
    let currency = |code: String| -> Result<Currency, LogError> {
        code.parse().map_err(|_| LogError::Corrupt(format!("currency {code}")))
    };
    let mut stats = Stats::default();
    let mut counts =
        connection.prepare_cached("SELECT status, currency, orders, amount FROM counts WHERE store = ?1")?;
    let mut rows = counts.query([store.as_str()])?;
    while let Some(row) = rows.next()? {
        let tally = Tally { orders: row.get(2)?, amount: row.get(3)? };
        stats.by_status.push((status_of(row.get(0)?)?, currency(row.get(1)?)?, tally));
    }
    let mut flows = connection.prepare_cached(
        "SELECT currency, sum(placed), sum(amount), sum(cancelled), sum(cancelled_amount), sum(delivered) \
         FROM flow WHERE store = ?1 AND bucket >= ?2 GROUP BY currency",
    )?;
    let mut rows = flows.query((store.as_str(), bucket(since)))?;
    while let Some(row) = rows.next()? {
        let flow = Flow {
            placed: row.get(1)?,
            amount: row.get(2)?,
            cancelled: row.get(3)?,
            cancelled_amount: row.get(4)?,
            delivered: row.get(5)?,
        };
        stats.since.push((currency(row.get(0)?)?, flow));
    }
    Ok(stats)
}
