//! Statistics of orders, in the tables `counts` (by status) and `flow` (activity by bucket).

use async_trait::async_trait;
use jiff::Timestamp;
use orders::StoreId;
use rusqlite::Connection;

use super::keys::store_key;
use super::read_backend::SqliteReadBackend;
use super::rows::{status_code, status_of};
use super::sales::currency;
use super::{deliveries, sales};
use crate::error::LogError;
use crate::read_backend::{ReadAt, StatsQueries};
use crate::stats::{OrderActivity, Series, Stats, StatsDelta, StatusTotals, bucket};

pub(super) fn write(connection: &Connection, delta: &StatsDelta) -> Result<(), LogError> {
    let mut counts = connection.prepare_cached(
        "INSERT INTO counts (store, currency, status, orders, amount) VALUES (?1, ?2, ?3, ?4, ?5) \
         ON CONFLICT DO UPDATE SET orders = orders + excluded.orders, amount = amount + excluded.amount",
    )?;
    for ((store, currency, status), totals) in &delta.by_status {
        counts.execute((
            store.as_str(),
            currency.code(),
            status_code(*status),
            totals.orders,
            totals.amount,
        ))?;
    }
    let mut activity = connection.prepare_cached(
        "INSERT INTO flow (store, bucket, currency, placed, amount, cancelled, cancelled_amount, delivered, reversed) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO UPDATE SET placed = placed + excluded.placed, \
         amount = amount + excluded.amount, cancelled = cancelled + excluded.cancelled, \
         cancelled_amount = cancelled_amount + excluded.cancelled_amount, \
         delivered = delivered + excluded.delivered, reversed = reversed + excluded.reversed",
    )?;
    for ((store, currency, bucket), flow) in &delta.by_time {
        activity.execute((
            store.as_str(),
            bucket,
            currency.code(),
            flow.placed,
            flow.amount,
            flow.cancelled,
            flow.cancelled_amount,
            flow.delivered,
            flow.reversed,
        ))?;
    }
    Ok(())
}

pub(super) fn read(connection: &Connection, store: &StoreId, since: Timestamp) -> Result<Stats, LogError> {
    let currency = |code: String| currency(&code);
    let mut stats = Stats::default();
    let mut counts =
        connection.prepare_cached("SELECT status, currency, orders, amount FROM counts WHERE store = ?1")?;
    let mut rows = counts.query([store.as_str()])?;
    while let Some(row) = rows.next()? {
        let totals = StatusTotals { orders: row.get(2)?, amount: row.get(3)? };
        stats.by_status.push((status_of(row.get(0)?)?, currency(row.get(1)?)?, totals));
    }
    let mut find_activity = connection.prepare_cached(
        "SELECT currency, sum(placed), sum(amount), sum(cancelled), sum(cancelled_amount), sum(delivered), \
         sum(reversed) \
         FROM flow WHERE store = ?1 AND bucket >= ?2 GROUP BY currency",
    )?;
    let mut rows = find_activity.query((store.as_str(), bucket(since)))?;
    while let Some(row) = rows.next()? {
        let flow = OrderActivity {
            placed: row.get(1)?,
            amount: row.get(2)?,
            cancelled: row.get(3)?,
            cancelled_amount: row.get(4)?,
            delivered: row.get(5)?,
            reversed: row.get(6)?,
        };
        stats.since.push((currency(row.get(0)?)?, flow));
    }
    Ok(stats)
}

/// See [`StatsQueries::series`].
pub(super) fn series(
    connection: &Connection,
    store: &StoreId,
    edges: &[Timestamp],
    top: usize,
) -> Result<Series, LogError> {
    let (Some(from), Some(to)) = (edges.first(), edges.last()) else { return Ok(Series::default()) };
    let edges: Vec<i64> = edges.iter().map(|edge| bucket(*edge)).collect();
    let range = (bucket(*from), bucket(*to));
    let mut series =
        Series { intervals: vec![Vec::new(); edges.len().saturating_sub(1)], ..Series::default() };
    let mut find_activity = connection.prepare_cached(
        "SELECT bucket, currency, placed, amount, cancelled, cancelled_amount, delivered, reversed \
         FROM flow WHERE store = ?1 AND bucket >= ?2 AND bucket < ?3 ORDER BY bucket",
    )?;
    let mut rows = find_activity.query((store.as_str(), range.0, range.1))?;
    let mut interval = 0;
    while let Some(row) = rows.next()? {
        let at: i64 = row.get(0)?;
        while edges.get(interval + 1).is_some_and(|end| *end <= at) {
            interval += 1;
        }
        let currency = currency(row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?)?;
        let flow = OrderActivity {
            placed: row.get(2)?,
            amount: row.get(3)?,
            cancelled: row.get(4)?,
            cancelled_amount: row.get(5)?,
            delivered: row.get(6)?,
            reversed: row.get(7)?,
        };
        let Some(flows) = series.intervals.get_mut(interval) else { break };
        match flows.iter_mut().find(|(of, _)| *of == currency) {
            Some((_, sum)) => sum.add(&flow),
            None => flows.push((currency, flow)),
        }
    }
    if let Some(store) = store_key(connection, store)? {
        series.deliveries = deliveries::read(connection, store, range)?;
        series.top_products = sales::best_sellers_between(connection, store, range, top)?;
    }
    Ok(series)
}

#[async_trait]
impl StatsQueries for SqliteReadBackend {
    async fn stats(&self, store: StoreId, since: Timestamp) -> Result<ReadAt<Stats>, LogError> {
        self.read_at(move |connection| read(connection, &store, since)).await
    }

    async fn series(
        &self,
        store: StoreId,
        edges: Vec<Timestamp>,
        top: usize,
    ) -> Result<ReadAt<Series>, LogError> {
        self.read_at(move |connection| series(connection, &store, &edges, top)).await
    }
}
