//! Reading the log itself.

use std::collections::HashMap;
use std::sync::Arc;

use orders::view::{Around, Person};
use orders::{Contact, Order, OrderNumber, Subject, UserId};
use rusqlite::Connection;

use super::rows::{self, EVENT};
use crate::cursor::Seq;
use crate::error::LogError;
use crate::record::{Recorded, Snapshot, Told};

/// Every event of one order, oldest first, up to a place in the log.
pub(super) fn of_order(connection: &Connection, number: OrderNumber, upto: Seq) -> Result<Vec<Recorded>, LogError> {
    let mut first = connection.prepare_cached(&format!(
        "SELECT {EVENT} FROM events e WHERE e.seq = (SELECT first_seq FROM orders WHERE number = ?1)"
    ))?;
    let mut events = rows::collect(first.query([sql(number)])?, rows::recorded)?;
    let mut later = connection.prepare_cached(&format!(
        "SELECT {EVENT} FROM events e WHERE e.follows = ?1 AND e.seq <= ?2 ORDER BY e.seq"
    ))?;
    events.extend(rows::collect(later.query((sql(number), upto.sql()))?, rows::recorded)?);
    Ok(events)
}

/// An order as it was right after a place in the log; its personal data as it is now.
pub(super) fn as_of(connection: &Connection, number: OrderNumber, upto: Seq) -> Result<Arc<Snapshot>, LogError> {
    let missing = || LogError::Corrupt(format!("order {number} has no readable history"));
    let now = snapshot(connection, number)?.ok_or_else(missing)?;
    let mut order: Option<Order> = None;
    for recorded in of_order(connection, number, upto)? {
        match &mut order {
            None => order = Order::from_event(&recorded.event),
            Some(order) => order.apply(&recorded.event),
        }
    }
    let order = order.ok_or_else(missing)?;
    Ok(Arc::new(Snapshot { order, contact: now.contact.clone(), customer: now.customer.clone() }))
}

/// An order as it is.
pub(super) fn snapshot(connection: &Connection, number: OrderNumber) -> Result<Option<Arc<Snapshot>>, LogError> {
    let mut find = connection.prepare_cached(&format!(
        "SELECT {} FROM orders o JOIN users u ON u.key = o.customer WHERE o.number = ?1",
        rows::ORDER
    ))?;
    rows::first(find.query([sql(number)])?, rows::snapshot)
}

/// Puts the people around events, as they are now.
pub(super) fn tell(connection: &Connection, events: Vec<Recorded>) -> Result<Vec<Told>, LogError> {
    let mut people: HashMap<UserId, Person> = HashMap::new();
    let mut contacts: HashMap<OrderNumber, Contact> = HashMap::new();
    let mut told = Vec::with_capacity(events.len());
    for recorded in events {
        let mut around = Around::default();
        if let Some(user) = recorded.event.actor.user() {
            around.actor_name = person(connection, user, &mut people)?.name;
        }
        if let Subject::Order { number, customer, .. } = &recorded.event.subject {
            around.customer = Some(person(connection, customer, &mut people)?);
            // Only an event about the partner shows them.
            if recorded.event.changes.iter().any(|change| matches!(change, orders::Change::Partner { .. })) {
                if !contacts.contains_key(number) {
                    let now = snapshot(connection, *number)?;
                    contacts.insert(*number, now.map(|now| now.contact.clone()).unwrap_or_default());
                }
                around.partner.clone_from(&contacts[number].partner);
            }
        }
        told.push(Told { recorded: Arc::new(recorded), around });
    }
    Ok(told)
}

fn person(
    connection: &Connection,
    user: &UserId,
    known: &mut HashMap<UserId, Person>,
) -> Result<Person, LogError> {
    if let Some(person) = known.get(user) {
        return Ok(person.clone());
    }
    let person = find_person(connection, user)?
        .unwrap_or_else(|| Person { id: user.clone(), name: None, email: None });
    known.insert(user.clone(), person.clone());
    Ok(person)
}

/// A user's name and address, if they are known.
pub(super) fn find_person(connection: &Connection, user: &UserId) -> Result<Option<Person>, LogError> {
    let mut find = connection.prepare_cached("SELECT name, email FROM users WHERE id = ?1")?;
    rows::first(find.query([user.as_str()])?, |row| {
        Ok(Person { id: user.clone(), name: row.get(0)?, email: row.get(1)? })
    })
}

/// An order's number as SQLite stores it.
pub(super) fn sql(number: OrderNumber) -> i64 {
    i64::try_from(number.0).unwrap_or(i64::MAX)
}
