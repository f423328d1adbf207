//! Orders by the reference that another shop gave them.

use std::sync::Arc;

use orders::{OrderId, Reference, StoreId};
use rusqlite::{Connection, OptionalExtension};

use super::keys::store_key;
use super::rows;
use crate::error::LogError;
use crate::stored_event::Snapshot;

pub(super) fn write(
    connection: &Connection,
    reference: &Reference,
    store: i64,
    number: i64,
) -> Result<(), LogError> {
    connection
        .prepare_cached("INSERT INTO order_references (reference, store, number) VALUES (?1, ?2, ?3)")?
        .execute((reference.as_str(), store, number))?;
    Ok(())
}

/// The order with a reference in one store.
pub(super) fn find_in(
    connection: &Connection,
    store: &StoreId,
    reference: &Reference,
) -> Result<Option<OrderId>, LogError> {
    let Some(store) = store_key(connection, store)? else { return Ok(None) };
    let mut find = connection.prepare_cached(
        "SELECT o.id FROM order_references r JOIN orders o ON o.number = r.number \
         WHERE r.reference = ?1 AND r.store = ?2",
    )?;
    let id: Option<Vec<u8>> = find.query_row((reference.as_str(), store), |row| row.get(0)).optional()?;
    id.map(|id| Ok(OrderId::new(rows::uuid(&id)?))).transpose()
}

/// The orders with a reference in any store.
pub(super) fn find(connection: &Connection, reference: &Reference) -> Result<Vec<Arc<Snapshot>>, LogError> {
    let mut find = connection.prepare_cached(&format!(
        "SELECT {} FROM order_references r JOIN orders o ON o.number = r.number \
         JOIN users u ON u.key = o.customer WHERE r.reference = ?1",
        rows::ORDER
    ))?;
    rows::collect(find.query([reference.as_str()])?, rows::snapshot)
}

/// Numbers of the orders with a reference in any store.
pub(super) fn numbers(connection: &Connection, reference: &Reference) -> Result<Vec<i64>, LogError> {
    let mut find = connection.prepare_cached("SELECT number FROM order_references WHERE reference = ?1")?;
    let numbers = find.query_map([reference.as_str()], |row| row.get(0))?;
    Ok(numbers.collect::<Result<_, _>>()?)
}
