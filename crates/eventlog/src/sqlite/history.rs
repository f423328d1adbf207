//! Reads orders, their events, and the people of an event.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use jiff::Timestamp;
use orders::order::Version;
use orders::view::{EventContext, Person};
use orders::{Kind, Order, OrderNumber, OrderRef, OrderTransitions, Subject, UserId};
use rusqlite::{CachedStatement, Connection, OptionalExtension};

use super::rows::{self, EVENT};
use crate::cursor::Seq;
use crate::error::LogError;
use crate::stored_event::{EventWithContext, Snapshot, StoredEvent};

/// The stored events of one order through a position, oldest first.
pub(super) fn of_order(
    connection: &Connection,
    number: OrderNumber,
    through: Seq,
) -> Result<Vec<StoredEvent>, LogError> {
    let mut first = connection.prepare_cached(&format!(
        "SELECT {EVENT} FROM events e WHERE e.seq = (SELECT first_seq FROM orders WHERE number = ?1)"
    ))?;
    let mut events = rows::collect(first.query([rows::number_to_sql(number)])?, rows::event)?;
    let mut later = connection.prepare_cached(&format!(
        "SELECT {EVENT} FROM events e WHERE e.follows = ?1 AND e.seq <= ?2 ORDER BY e.seq"
    ))?;
    events.extend(rows::collect(later.query((rows::number_to_sql(number), through.sql()))?, rows::event)?);
    Ok(events)
}

/// The newest events of one order, oldest first: at most `limit` that are no location, and as many locations.
pub(super) fn newest_of_order(
    connection: &Connection,
    number: OrderNumber,
    limit: usize,
) -> Result<Vec<StoredEvent>, LogError> {
    let (number, most) = (rows::number_to_sql(number), i64::try_from(limit).unwrap_or(i64::MAX));
    let mut events = Vec::new();
    for test in ["=", "<>"] {
        let mut newest = connection.prepare_cached(&format!(
            "SELECT {EVENT} FROM events e WHERE e.follows = ?1 AND e.body ->> '$.kind' {test} 'delivery.located' \
             ORDER BY e.seq DESC LIMIT ?2"
        ))?;
        events.extend(rows::collect(newest.query((number, most))?, rows::event)?);
    }
    let mut first = connection.prepare_cached(&format!(
        "SELECT {EVENT} FROM events e WHERE e.seq = (SELECT first_seq FROM orders WHERE number = ?1)"
    ))?;
    events.extend(rows::collect(first.query([number])?, rows::event)?);
    events.sort_unstable_by_key(|stored| stored.seq);
    Ok(events)
}

/// An order as it was at a position and no later than at a version, with its current personal data. If retention
/// deleted its first event, the current order.
pub(super) fn as_of(
    connection: &Connection,
    number: OrderNumber,
    through: Seq,
    version: Version,
) -> Result<Arc<Snapshot>, LogError> {
    let now = snapshot(connection, number)?;
    let now = now.ok_or_else(|| LogError::corrupt(format!("order {number} has events, but no row")))?;
    let events = of_order(connection, number, through)?;
    let Some(mut order) = events.first().and_then(|first| Order::from_event(&first.event)) else {
        return Ok(now);
    };
    for stored in events.iter().skip(1).take_while(|stored| stored.event.version <= version) {
        order.apply(&stored.event);
    }
    Ok(Arc::new(Snapshot { order, contact: now.contact.clone(), customer: now.customer.clone() }))
}

pub(super) fn find(connection: &Connection, name: OrderRef) -> Result<Option<Arc<Snapshot>>, LogError> {
    match name {
        OrderRef::Number(number) => snapshot(connection, number),
        OrderRef::Id(id) => {
            let mut find = connection.prepare_cached(&format!(
                "SELECT {} FROM orders o JOIN users u ON u.key = o.customer WHERE o.id = ?1",
                rows::ORDER
            ))?;
            rows::first(find.query([id.uuid().as_bytes().as_slice()])?, rows::snapshot)
        }
    }
}

/// The time of the newest event; [`Timestamp::MIN`] when there is none or it is unreadable.
pub(super) fn latest(connection: &Connection) -> Result<Timestamp, LogError> {
    let at: Option<Option<String>> = connection
        .prepare_cached("SELECT body ->> '$.at' FROM events ORDER BY seq DESC LIMIT 1")?
        .query_row((), |row| row.get(0))
        .optional()?;
    Ok(at.flatten().and_then(|at| at.parse().ok()).unwrap_or(Timestamp::MIN))
}

/// The newest time of events and accounts. Sessions are read by their end, which has an index: the last one to end is one
/// of the last ones to start.
pub(super) fn newest_time(connection: &Connection) -> Result<Option<Timestamp>, LogError> {
    let session: Option<i64> = connection
        .prepare_cached("SELECT created_at FROM sessions ORDER BY expires_at DESC LIMIT 1")?
        .query_row((), |row| row.get(0))
        .optional()?;
    let times = [Some(latest(connection)?), session.map(rows::timestamp)];
    Ok(times.into_iter().flatten().max().filter(|at| *at > Timestamp::MIN))
}

/// The current order.
pub(super) fn snapshot(
    connection: &Connection,
    number: OrderNumber,
) -> Result<Option<Arc<Snapshot>>, LogError> {
    CurrentOrders::new(connection)?.get(number)
}

/// Reads current orders one after another.
pub(super) struct CurrentOrders<'a>(CachedStatement<'a>);

impl<'a> CurrentOrders<'a> {
    pub(super) fn new(connection: &'a Connection) -> Result<Self, LogError> {
        Ok(Self(connection.prepare_cached(&format!(
            "SELECT {} FROM orders o JOIN users u ON u.key = o.customer WHERE o.number = ?1",
            rows::ORDER
        ))?))
    }

    pub(super) fn get(&mut self, number: OrderNumber) -> Result<Option<Arc<Snapshot>>, LogError> {
        rows::first(self.0.query([rows::number_to_sql(number)])?, rows::snapshot)
    }
}

/// Adds the current names and contact data to events.
pub(super) fn with_context(
    connection: &Connection,
    events: Vec<StoredEvent>,
) -> Result<Vec<EventWithContext>, LogError> {
    let mut people: HashMap<UserId, Person> = HashMap::new();
    let mut orders: HashMap<OrderNumber, Option<Arc<Snapshot>>> = HashMap::new();
    let mut with_context = Vec::with_capacity(events.len());
    for stored in events {
        let mut context = EventContext::default();
        if let Some(user) = stored.event.actor.user() {
            context.actor_name = person(connection, user, &mut people)?.name;
        }
        if let Subject::Order { number, customer, .. } = &stored.event.subject {
            context.customer = Some(person(connection, customer, &mut people)?);
            let order = match orders.entry(*number) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => new.insert(snapshot(connection, *number)?),
            };
            if let Some(now) = order {
                context.partner.clone_from(&now.contact.partner);
                if stored.event.kind == Kind::OrderCreated {
                    context.address.clone_from(&now.contact.shipping);
                }
                context.reference.clone_from(&now.order.reference);
                context.tracking_number.clone_from(&now.order.tracking_number);
                context.estimated_delivery = now.order.estimated_delivery;
                context.transitions = Some(OrderTransitions::of(&now.order));
            }
        }
        with_context.push(EventWithContext { stored: Arc::new(stored), context });
    }
    Ok(with_context)
}

fn person(
    connection: &Connection,
    user: &UserId,
    known: &mut HashMap<UserId, Person>,
) -> Result<Person, LogError> {
    if let Some(person) = known.get(user) {
        return Ok(person.clone());
    }
    let person = find_person(connection, user)?.unwrap_or_else(|| Person {
        id: user.clone(),
        name: None,
        email: None,
    });
    known.insert(user.clone(), person.clone());
    Ok(person)
}

/// A user's name and e-mail address.
pub(super) fn find_person(connection: &Connection, user: &UserId) -> Result<Option<Person>, LogError> {
    let mut find = connection.prepare_cached("SELECT name, email FROM users WHERE id = ?1")?;
    rows::first(find.query([user.as_str()])?, |row| {
        Ok(Person { id: user.clone(), name: row.get(0)?, email: row.get(1)? })
    })
}
