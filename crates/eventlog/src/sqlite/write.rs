//! Writes orders and events.

use std::sync::Arc;

use jiff::Timestamp;
use orders::{Change, Event, Kind, Order, Subject};
use rusqlite::Connection;
use serde::Serialize;

use super::recipient_index;
use super::references;
use super::reservations;
use super::rows::{self, millis, status_code};
use super::sorted_index::IndexEntry;
use super::write_backend::SqliteWriteBackend;
use crate::error::LogError;
use crate::recipients::Recipient;
use crate::search::tracking_key;
use crate::stored_event::{Snapshot, StoredEvent};
use crate::write_backend::OrderWrite;

impl SqliteWriteBackend {
    /// `reversed` are orders that no longer count as revenue.
    pub(super) fn write_orders(
        &mut self,
        orders: &[OrderWrite],
        reversed: &[Arc<Snapshot>],
        at: Timestamp,
    ) -> Result<(), LogError> {
        let (mut placed, mut sold, mut unsold) = (Vec::new(), Vec::new(), Vec::new());
        for write in orders {
            if write.new {
                let (customer, store) = self.insert_order(write, at)?;
                sold.push((&write.snapshot.order, store));
                placed.push(IndexEntry {
                    key: customer,
                    value: rows::number_to_sql(write.snapshot.order.number),
                });
            } else {
                self.update_order(write)?;
            }
            reservations::write(&self.connection, write)?;
        }
        self.indexes.customer_orders.add(&self.connection, placed.into_iter())?;
        for snapshot in reversed {
            let order = &snapshot.order;
            if !sold.iter().any(|(new, _): &(&Order, i64)| new.id == order.id) {
                unsold.push((order, self.store_key(&order.store)?));
            }
        }
        self.sales.subtract(&self.connection, &self.catalogue, &unsold)?;
        self.sales.add(&self.connection, &self.catalogue, &sold)
    }

    /// Returns the keys of the customer and the store.
    fn insert_order(&mut self, write: &OrderWrite, at: Timestamp) -> Result<(i64, i64), LogError> {
        let (order, contact) = (&write.snapshot.order, &write.snapshot.contact);
        let customer = self.users.key(&self.connection, &order.customer, order.store.as_str(), at)?;
        let store = self.store_key(&order.store)?;
        let shipping = contact.shipping.as_ref();
        let contact = serde_json::to_string(contact)?;
        let state = json(&mut self.scratch, order)?;
        self.connection
            .prepare_cached(
                "INSERT INTO orders (number, id, store, customer, status, version, first_seq, last_seq, \
                 created_at, state, contact) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            )?
            .execute((
                rows::number_to_sql(order.number),
                order.id.uuid().as_bytes().as_slice(),
                store,
                customer,
                status_code(order.status()),
                order.version.0,
                write.first_seq.sql(),
                write.last_seq.sql(),
                millis(order.created_at),
                state,
                contact,
            ))?;
        if let Some(reference) = &order.reference {
            references::write(&self.connection, reference, store, rows::number_to_sql(order.number))?;
        }
        if let Some(shipping) = shipping {
            self.users.index(&self.connection, &order.customer, Some(shipping))?;
        }
        Ok((customer, store))
    }

    fn update_order(&mut self, write: &OrderWrite) -> Result<(), LogError> {
        let order = &write.snapshot.order;
        let contact = serde_json::to_string(&write.snapshot.contact)?;
        let state = json(&mut self.scratch, order)?;
        self.connection
            .prepare_cached(
                "UPDATE orders SET status = ?2, version = ?3, last_seq = ?4, state = ?5, contact = ?6 \
                 WHERE number = ?1",
            )?
            .execute((
                rows::number_to_sql(order.number),
                status_code(order.status()),
                order.version.0,
                write.last_seq.sql(),
                state,
                contact,
            ))?;
        Ok(())
    }

    pub(super) fn write_events(&mut self, events: &[Arc<StoredEvent>]) -> Result<(), LogError> {
        let mut insert = self.connection.prepare_cached(
            "INSERT INTO events (seq, id, store, follows, schema, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        for stored in events {
            let event = &stored.event;
            let follows = match &event.subject {
                Subject::Order { number, .. } if event.kind != Kind::OrderCreated => {
                    Some(rows::number_to_sql(*number))
                }
                _ => None,
            };
            let body = json(&mut self.scratch, event)?;
            insert.execute((
                stored.seq.sql(),
                stored.id.uuid().as_bytes().as_slice(),
                event.subject.store().as_str(),
                follows,
                orders::upcast::CURRENT,
                body,
            ))?;
            index_event(&self.connection, stored)?;
        }
        drop(insert);
        let mut entries = Vec::new();
        for stored in events {
            for (recipient, partition) in recipient_index::partitions(&stored.event) {
                let key = self.recipient_key(recipient, &stored.event)?;
                entries.push(IndexEntry { key: partition.key(key), value: stored.seq.sql() });
            }
        }
        let last = events.last().map_or(0, |last| last.seq.sql());
        self.indexes.recipients.add_through(&self.connection, entries.into_iter(), last)?;
        Ok(())
    }

    fn recipient_key(&mut self, recipient: Recipient<'_>, event: &Event) -> Result<i64, LogError> {
        match recipient {
            Recipient::Store(store) => self.store_key(store),
            Recipient::Customer(user) | Recipient::Driver(user) => {
                let store = event.subject.store().as_str();
                self.users.key_as(&self.connection, user, recipient.role(), store, event.at)
            }
        }
    }
}

/// Indexes the tracking numbers and drivers of an order.
fn index_event(connection: &Connection, stored: &StoredEvent) -> Result<(), LogError> {
    let Subject::Order { number, .. } = &stored.event.subject else { return Ok(()) };
    let number = rows::number_to_sql(*number);
    for change in &stored.event.changes {
        match change {
            Change::TrackingNumber { number: tracking } => {
                if let Some(key) = tracking_key(tracking.as_str()) {
                    connection
                        .prepare_cached(
                            "INSERT OR IGNORE INTO tracking_numbers (tracking, number) VALUES (?1, ?2)",
                        )?
                        .execute((key, number))?;
                }
            }
            Change::Partner { driver: Some(driver) } => {
                connection
                    .prepare_cached("INSERT OR IGNORE INTO driver_orders (driver, number) VALUES (?1, ?2)")?
                    .execute((driver.as_str(), number))?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// Serializes into a buffer that is reused.
fn json<'a>(scratch: &'a mut Vec<u8>, value: &impl Serialize) -> Result<&'a str, LogError> {
    scratch.clear();
    serde_json::to_writer(&mut *scratch, value)?;
    std::str::from_utf8(scratch).map_err(|error| LogError::corrupt(error.to_string()))
}
