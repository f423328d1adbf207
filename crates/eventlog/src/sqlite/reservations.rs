//! Stock reservations of orders that wait for an online payment: one row each, written with the order.
//!
//! Every reservation lasts equally long, and order numbers rise with time. So the table is in the order of the times at
//! which reservations end, and needs no index over times. Orders that were placed while the clock was ahead are an exception:
//! their reservations end later than the reservations of newer orders, so their rows are skipped.

use jiff::Timestamp;
use orders::command::RESERVATION;
use orders::order::PaymentMethod;
use orders::{Order, OrderNumber, Status};
use rusqlite::Connection;

use super::rows::{self, millis, status_code};
use crate::error::LogError;
use crate::write_backend::OrderWrite;

/// Updates the reservation of an order that was written.
pub(super) fn write(connection: &Connection, write: &OrderWrite) -> Result<(), LogError> {
    let order = &write.snapshot.order;
    if order.payment.method != PaymentMethod::Online {
        return Ok(());
    }
    match order.reservation_ends() {
        Some(end) => insert(connection, order, end),
        // Created and paid in one batch: there is no row to delete.
        None if write.new => Ok(()),
        None => {
            connection
                .prepare_cached("DELETE FROM reservations WHERE number = ?1")?
                .execute([rows::number_to_sql(order.number)])?;
            Ok(())
        }
    }
}

fn insert(connection: &Connection, order: &Order, end: Timestamp) -> Result<(), LogError> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO reservations (number, ends_at) VALUES (?1, ?2)")?
        .execute((rows::number_to_sql(order.number), millis(end)))?;
    Ok(())
}

/// See [`OrderQueries::reservations_due`](crate::read_backend::OrderQueries::reservations_due).
pub(super) fn due(
    connection: &Connection,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<OrderNumber>, LogError> {
    let mut oldest = connection.prepare_cached("SELECT number, ends_at FROM reservations ORDER BY number")?;
    let mut rows = oldest.query(())?;
    let mut due = Vec::new();
    let latest = millis(now.checked_add(RESERVATION).unwrap_or(Timestamp::MAX));
    while due.len() < limit
        && let Some(row) = rows.next()?
    {
        let end: i64 = row.get(1)?;
        if end <= millis(now) {
            due.push(OrderNumber(row.get::<_, i64>(0)?.unsigned_abs()));
        } else if end <= latest {
            break;
        }
    }
    Ok(due)
}

/// Adds the reservations of a database that had no such table, inside the migration's transaction. Only pending orders
/// have one.
pub(super) fn fill(connection: &Connection) -> Result<(), LogError> {
    let mut find = connection.prepare(
        "SELECT o.state FROM stores s JOIN orders o ON o.store = s.key AND o.status = ?1 ORDER BY o.number",
    )?;
    let mut rows = find.query([status_code(Status::Pending)])?;
    while let Some(row) = rows.next()? {
        let order: Order = serde_json::from_str(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?)?;
        if let Some(end) = order.reservation_ends() {
            insert(connection, &order, end)?;
        }
    }
    Ok(())
}
