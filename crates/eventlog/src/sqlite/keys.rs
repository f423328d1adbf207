//! Integer keys of users, stores and products, which other tables use instead of their ids.

use orders::{ProductId, Role, StoreId, UserId};
use rusqlite::{Connection, OptionalExtension};

use crate::error::LogError;

pub(super) fn user_key(connection: &Connection, user: &UserId) -> Result<Option<i64>, LogError> {
    let mut find = connection.prepare_cached("SELECT key FROM users WHERE id = ?1")?;
    Ok(find.query_row([user.as_str()], |row| row.get(0)).optional()?)
}

pub(super) fn store_key(connection: &Connection, store: &StoreId) -> Result<Option<i64>, LogError> {
    let mut find = connection.prepare_cached("SELECT key FROM stores WHERE id = ?1")?;
    Ok(find.query_row([store.as_str()], |row| row.get(0)).optional()?)
}

pub(super) fn product_key(connection: &Connection, product: ProductId) -> Result<Option<i64>, LogError> {
    let mut find = connection.prepare_cached("SELECT key FROM products WHERE id = ?1")?;
    Ok(find.query_row([product.uuid().as_bytes().as_slice()], |row| row.get(0)).optional()?)
}

/// A user's key. A user who has no row gets one.
pub(super) fn ensure_user(
    connection: &Connection,
    user: &UserId,
    role: Role,
    store: &StoreId,
    created_at_millis: i64,
) -> Result<i64, LogError> {
    connection
        .prepare_cached(
            "INSERT INTO users (id, role, store, created_at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
        )?
        .execute((user.as_str(), role.name(), store.as_str(), created_at_millis))?;
    let mut find = connection.prepare_cached("SELECT key FROM users WHERE id = ?1")?;
    Ok(find.query_row([user.as_str()], |row| row.get(0))?)
}

/// A store's key. A store that has no row gets one.
pub(super) fn ensure_store(connection: &Connection, store: &StoreId) -> Result<i64, LogError> {
    connection
        .prepare_cached("INSERT INTO stores (id) VALUES (?1) ON CONFLICT DO NOTHING")?
        .execute([store.as_str()])?;
    let mut find = connection.prepare_cached("SELECT key FROM stores WHERE id = ?1")?;
    Ok(find.query_row([store.as_str()], |row| row.get(0))?)
}
