//! Converts between rows and the types of the domain.

use std::sync::Arc;

use jiff::Timestamp;
use orders::product::{Details, Stock};
use orders::view::Person;
use orders::{Contact, EventId, Order, OrderNumber, Product, ProductId, Role, Status, StoreId, UserId};
use rusqlite::Row;
use uuid::Uuid;

use crate::accounts::User;
use crate::cursor::Seq;
use crate::error::LogError;
use crate::stored_event::{CatalogProduct, Snapshot, StoredEvent};

/// Milliseconds since 1970, as every time is stored.
pub(super) fn millis(at: Timestamp) -> i64 {
    at.as_millisecond()
}

pub(super) fn timestamp(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(millis).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// An order number as it is stored.
pub(super) fn number_to_sql(number: OrderNumber) -> i64 {
    i64::try_from(number.0).unwrap_or(i64::MAX)
}

/// A status as it is stored: its index in [`Status::ALL`].
pub(super) fn status_code(status: Status) -> i64 {
    Status::ALL.iter().position(|other| *other == status).and_then(|i| i64::try_from(i).ok()).unwrap_or(0)
}

pub(super) fn status_of(code: i64) -> Result<Status, LogError> {
    let status = usize::try_from(code).ok().and_then(|i| Status::ALL.get(i));
    status.copied().ok_or_else(|| LogError::corrupt(format!("status {code}")))
}

pub(super) fn uuid(bytes: &[u8]) -> Result<Uuid, LogError> {
    Uuid::from_slice(bytes).map_err(|error| LogError::corrupt(error.to_string()))
}

fn valid<T, E: std::fmt::Display>(value: Result<T, E>) -> Result<T, LogError> {
    value.map_err(|error| LogError::corrupt(error.to_string()))
}

/// Columns of an order with its customer, for [`snapshot`].
pub(super) const ORDER: &str = "o.state, o.contact, u.name, u.email";

pub(super) fn snapshot(row: &Row<'_>) -> Result<Arc<Snapshot>, LogError> {
    let order: Order = serde_json::from_str(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?)?;
    let contact = match row.get_ref(1)?.as_str_or_null().map_err(rusqlite::Error::from)? {
        Some(json) => serde_json::from_str(json)?,
        None => Contact::default(),
    };
    let customer = Person { id: order.customer.clone(), name: row.get(2)?, email: row.get(3)? };
    Ok(Arc::new(Snapshot { order, contact, customer }))
}

/// Columns of an event, for [`event`].
pub(super) const EVENT: &str = "e.seq, e.id, e.schema, e.body";

pub(super) fn event(row: &Row<'_>) -> Result<StoredEvent, LogError> {
    let seq: u64 = row.get::<_, i64>(0)?.unsigned_abs();
    let id = uuid(row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?)?;
    let body = row.get_ref(3)?.as_str().map_err(rusqlite::Error::from)?;
    let event = orders::upcast::read(row.get(2)?, body)
        .map_err(|error| LogError::corrupt(format!("event {seq}")).caused_by(error))?;
    Ok(StoredEvent { seq: Seq(seq), id: EventId::new(id), event })
}

/// Columns of a product with its stock, for [`catalog_product`].
pub(super) const PRODUCT: &str = "p.id, p.store, p.name, p.amount, p.currency, p.archived, p.version, s.on_hand, \
                                  s.reserved, p.details";

pub(super) fn product(row: &Row<'_>) -> Result<Product, LogError> {
    let name: String = row.get(2)?;
    let currency: String = row.get(4)?;
    Ok(Product {
        id: ProductId::new(uuid(row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?)?),
        store: valid(StoreId::new(row.get::<_, String>(1)?))?,
        name: valid(name.parse())?,
        price: orders::Money { amount: row.get(3)?, currency: valid(currency.parse())? },
        archived: row.get(5)?,
        version: orders::Version(row.get(6)?),
        stock: Stock { on_hand: row.get(7)?, reserved: row.get(8)? },
    })
}

pub(super) fn catalog_product(row: &Row<'_>) -> Result<CatalogProduct, LogError> {
    let details: Details = serde_json::from_str(row.get_ref(9)?.as_str().map_err(rusqlite::Error::from)?)?;
    Ok(CatalogProduct { product: product(row)?, details })
}

/// Columns of a user, for [`user`].
pub(super) const USER: &str = "id, role, store, name, email, password_hash, created_at, valid_after";

pub(super) fn user(row: &Row<'_>) -> Result<User, LogError> {
    let role: String = row.get(1)?;
    Ok(User {
        id: valid(UserId::new(row.get::<_, String>(0)?))?,
        role: Role::from_claim(&role).ok_or_else(|| LogError::corrupt(format!("role {role}")))?,
        store: valid(StoreId::new(row.get::<_, String>(2)?))?,
        name: row.get(3)?,
        email: row.get(4)?,
        password_hash: row.get(5)?,
        created_at: timestamp(row.get(6)?),
        valid_after: timestamp(row.get(7)?),
    })
}

pub(super) fn collect<T>(
    mut rows: rusqlite::Rows<'_>,
    read: impl Fn(&Row<'_>) -> Result<T, LogError>,
) -> Result<Vec<T>, LogError> {
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        all.push(read(row)?);
    }
    Ok(all)
}

pub(super) fn first<T>(
    mut rows: rusqlite::Rows<'_>,
    read: impl Fn(&Row<'_>) -> Result<T, LogError>,
) -> Result<Option<T>, LogError> {
    rows.next()?.map(read).transpose()
}
