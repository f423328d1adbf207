//! Which orders a client had joined, for when it comes back.
//!
//! Known by the random part of its `pid`: as long as it is connected, and for some minutes after it left. Kept in memory,
//! so nothing is clients of a `pid` from before a restart; `recovery` says what happens then.

use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;

use jiff::{SignedDuration, Timestamp};
use orders::OrderNumber;
use orders::order::Version;

use crate::registry::lock;

/// How long after it left.
const RETENTION: SignedDuration = SignedDuration::from_mins(10);
/// Clients that left, and the orders they had joined, together.
const MAX_WEIGHT: usize = 131_072;

/// An order that a client follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct JoinedOrder {
    pub(super) order: OrderNumber,
    /// What it was shown when it joined; what came before is not told.
    pub(super) version: Version,
}

/// What every clients client joined.
#[derive(Default)]
pub(super) struct JoinCache(Mutex<Entries>);

#[derive(Default)]
struct Entries {
    clients: HashMap<Box<str>, JoinEntry>,
    /// Who left, the first first. Some came back since.
    departures: VecDeque<Departure>,
    weight: usize,
}

#[derive(Default)]
struct JoinEntry {
    joined: Vec<JoinedOrder>,
    /// Two, where a client came back before it was found that its old connection is dead.
    connections: usize,
    left: Option<Timestamp>,
}

struct Departure {
    left: Timestamp,
    client: Box<str>,
    weight: usize,
}

impl JoinCache {
    /// What a client had joined; `None` where it is not clients.
    pub(super) fn get(&self, client: &str, now: Timestamp) -> Option<Vec<JoinedOrder>> {
        let mut cache = lock(&self.0);
        cache.evict(now, MAX_WEIGHT);
        cache.clients.get(client).map(|clients| clients.joined.clone())
    }

    /// A client has a connection, on which it joined these.
    pub(super) fn connect(&self, client: &str, joined: Vec<JoinedOrder>) {
        let mut cache = lock(&self.0);
        let clients = cache.clients.entry(client.into()).or_default();
        clients.connections += 1;
        clients.left = None;
        clients.joined = joined;
    }

    /// A client joined an order, or left one: it is these now.
    pub(super) fn update(&self, client: &str, joined: Vec<JoinedOrder>) {
        if let Some(clients) = lock(&self.0).clients.get_mut(client) {
            clients.joined = joined;
        }
    }

    /// One of its connections is gone.
    pub(super) fn disconnect(&self, client: &str, now: Timestamp) {
        let mut cache = lock(&self.0);
        let Some(clients) = cache.clients.get_mut(client) else { return };
        clients.connections = clients.connections.saturating_sub(1);
        if clients.connections == 0 {
            clients.left = Some(now);
            let weight = 1 + clients.joined.len();
            cache.weight += weight;
            cache.departures.push_back(Departure { left: now, client: client.into(), weight });
        }
        cache.evict(now, MAX_WEIGHT);
    }
}

impl Entries {
    /// Forgets who left long ago, and the first of too many.
    fn evict(&mut self, now: Timestamp, most: usize) {
        while let Some(departure) = self.departures.front()
            && (self.weight > most || now.duration_since(departure.left) > RETENTION)
            && let Some(departure) = self.departures.pop_front()
        {
            self.weight -= departure.weight;
            if self.clients.get(&departure.client).is_some_and(|clients| clients.left == Some(departure.left))
            {
                self.clients.remove(&departure.client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_772_366_400 + minute * 60).unwrap()
    }

    fn orders(numbers: &[u64]) -> Vec<JoinedOrder> {
        numbers
            .iter()
            .map(|&number| JoinedOrder { order: OrderNumber(number), version: Version(1) })
            .collect()
    }

    #[test]
    fn x4_who_comes_back_within_minutes_has_their_orders_still() {
        let joins = JoinCache::default();
        joins.connect("mira", orders(&[1001]));
        joins.update("mira", orders(&[1001, 1002]));
        joins.disconnect("mira", at(0));
        assert_eq!(joins.get("mira", at(9)), Some(orders(&[1001, 1002])));
        assert_eq!(joins.get("ben", at(9)), None);
        assert_eq!(joins.get("mira", at(11)), None, "for some minutes");
    }

    #[test]
    fn x4_who_came_back_is_not_forgotten_for_having_left() {
        let joins = JoinCache::default();
        joins.connect("mira", orders(&[1001]));
        joins.disconnect("mira", at(0));
        joins.connect("mira", orders(&[1001]));
        assert!(joins.get("mira", at(60)).is_some());
    }

    #[test]
    fn x4_an_old_connection_that_is_found_dead_later_changes_nothing() {
        let joins = JoinCache::default();
        joins.connect("mira", orders(&[1001]));
        joins.connect("mira", orders(&[1001]));
        joins.disconnect("mira", at(0));
        assert!(joins.get("mira", at(60)).is_some(), "the new one is log there");
    }

    #[test]
    fn x7_what_is_kept_of_those_who_left_is_bounded() {
        let joins = JoinCache::default();
        for (client, minute) in [("asha", 0), ("ben", 1), ("chi", 2)] {
            joins.connect(client, orders(&[1001, 1002]));
            joins.disconnect(client, at(minute));
        }
        let mut cache = lock(&joins.0);
        cache.evict(at(2), 6);
        assert_eq!((cache.clients.len(), cache.departures.len(), cache.weight), (2, 2, 6));
        assert!(!cache.clients.contains_key("asha"), "who left first");
    }
}
