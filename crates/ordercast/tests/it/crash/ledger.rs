//! Checks the database file after the crashes.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use orders::order::Hold;
use orders::{Order, OrderId, ProductId};
use rusqlite::{Connection, OpenFlags};
use uuid::Uuid;

use super::load::{Acknowledged, STOCK};
use super::reconnecting_client::ReceivedEvents;
use crate::support::users::id_of;

struct StoredOrderEvent {
    seq: u64,
    id: String,
    customer: Option<String>,
}

/// Returns the number of events in the log.
pub(super) fn check(data: &Path, acknowledged: &[Acknowledged], heard: &[ReceivedEvents]) -> usize {
    let file = data.join("ordercast.db");
    let database = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let verdict: String = database.query_row("PRAGMA integrity_check", (), |row| row.get(0)).unwrap();
    assert_eq!(verdict, "ok");
    let lines = log(&database);
    let orders = orders(&database);
    acknowledged_orders_exist_once(&orders, acknowledged);
    stock_adds_up(&database, &orders);
    for heard in heard {
        everything_was_heard_once_in_order(&lines, heard);
    }
    lines.len()
}

fn log(database: &Connection) -> Vec<StoredOrderEvent> {
    let mut find = database.prepare("SELECT seq, id, body FROM events ORDER BY seq").unwrap();
    let lines = find.query_map((), |row| {
        let (id, body): (Uuid, String) = (Uuid::from_bytes(row.get(1)?), row.get(2)?);
        let body: serde_json::Value = serde_json::from_str(&body).unwrap();
        let customer = body["subject"]["customer"].as_str().map(str::to_owned);
        Ok(StoredOrderEvent { seq: row.get::<_, i64>(0)?.unsigned_abs(), id: id.to_string(), customer })
    });
    let lines: Vec<StoredOrderEvent> = lines.unwrap().map(Result::unwrap).collect();
    for (line, expected) in lines.iter().zip(1..) {
        assert_eq!(line.seq, expected, "the log has a gap");
    }
    let ids: HashSet<_> = lines.iter().map(|line| &line.id).collect();
    assert_eq!(ids.len(), lines.len(), "an event was written twice");
    lines
}

fn orders(database: &Connection) -> HashMap<OrderId, Order> {
    let mut find = database.prepare("SELECT state FROM orders ORDER BY number").unwrap();
    let states = find.query_map((), |row| row.get::<_, String>(0)).unwrap();
    let orders: Vec<Order> = states.map(|state| serde_json::from_str(&state.unwrap()).unwrap()).collect();
    let count = orders.len();
    let orders: HashMap<_, _> = orders.into_iter().map(|order| (order.id, order)).collect();
    assert_eq!(orders.len(), count);
    orders
}

/// Every customer retried until each order was answered, so exactly the acknowledged orders exist.
fn acknowledged_orders_exist_once(orders: &HashMap<OrderId, Order>, acknowledged: &[Acknowledged]) {
    for answer in acknowledged {
        let order = orders.get(&answer.id.parse().unwrap()).unwrap_or_else(|| panic!("{answer:?} is lost"));
        assert_eq!(order.number.to_string(), answer.number);
        assert_eq!(order.customer.as_str(), id_of(&answer.customer));
        assert_eq!(order.items.len(), 2);
    }
    let distinct: HashSet<_> = acknowledged.iter().map(|answer| &answer.id).collect();
    assert_eq!(distinct.len(), acknowledged.len(), "two idempotency keys were answered with the same order");
    assert_eq!(orders.len(), acknowledged.len(), "a retry created a second order");
}

fn stock_adds_up(database: &Connection, orders: &HashMap<OrderId, Order>) {
    let mut held: HashMap<ProductId, (i64, i64)> = HashMap::new();
    for order in orders.values() {
        for item in &order.items {
            let (reserved, consumed) = held.entry(item.product).or_default();
            match order.hold {
                Hold::Reserved => *reserved += i64::from(item.quantity),
                Hold::Consumed => *consumed += i64::from(item.quantity),
                Hold::Released => {}
            }
        }
    }
    assert_eq!(held.len(), 2);
    let sql = "SELECT p.id, s.on_hand, s.reserved FROM products p JOIN stock s ON s.product = p.key";
    let mut find = database.prepare(sql).unwrap();
    let rows =
        find.query_map((), |row| Ok((Uuid::from_bytes(row.get(0)?), row.get(1)?, row.get(2)?))).unwrap();
    for row in rows {
        let (id, on_hand, reserved): (Uuid, i64, i64) = row.unwrap();
        let (promised, consumed) = held[&ProductId::new(id)];
        assert_eq!((on_hand, reserved), (i64::from(STOCK) - consumed, promised), "product {id}");
    }
}

fn everything_was_heard_once_in_order(lines: &[StoredOrderEvent], heard: &ReceivedEvents) {
    let mine = |line: &&StoredOrderEvent| {
        line.seq > heard.from
            && heard.customer.as_ref().is_none_or(|user| line.customer.as_ref() == Some(user))
    };
    let (seqs, ids): (Vec<_>, Vec<_>) =
        lines.iter().filter(mine).map(|line| (line.seq, line.id.clone())).unzip();
    assert_eq!(heard.seqs, seqs, "{:?}", heard.customer);
    assert_eq!(heard.ids, ids, "{:?}", heard.customer);
    assert!(!seqs.is_empty());
}
