//! Which orders clients had joined, for when they reconnect.
//!
//! Kept by the random part of a client's `pid`, while it is connected and for some minutes after. In memory: nothing is
//! known of a `pid` from before a restart.

use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;

use eventlog::Seq;
use jiff::{SignedDuration, Timestamp};
use orders::order::Version;
use orders::{Event, Kind, OrderNumber};

use crate::payload::order_name::OrderName;
use crate::sync::lock;

/// How long the joins of a disconnected client are kept.
const RETENTION: SignedDuration = SignedDuration::from_mins(10);
/// The most disconnected clients and their joins, added up.
const MAX_WEIGHT: usize = 131_072;

/// The most orders that a client is known to have left.
const MAX_LEFT: usize = 32;

/// An order that a client has joined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct JoinedOrder {
    pub(super) order: OrderNumber,
    /// How the client named the order last; `None`: by its id.
    pub(super) name: Option<OrderName>,
    /// The version that the client was shown when it joined. It is not sent earlier events.
    pub(super) version: Version,
}

/// An order that a client had joined and left. When it joins again, it is sent what it missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LeftOrder {
    pub(super) order: OrderNumber,
    /// The client's position when it left.
    pub(super) seq: Seq,
}

/// The orders that one client has joined and left.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Joins {
    pub(super) joined: Vec<JoinedOrder>,
    /// Oldest first.
    left: Vec<LeftOrder>,
}

impl Joins {
    pub(super) fn is_empty(&self) -> bool {
        self.joined.is_empty() && self.left.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.joined.len() + self.left.len()
    }

    pub(super) fn find(&mut self, order: OrderNumber) -> Option<&mut JoinedOrder> {
        self.joined.iter_mut().find(|joined| joined.order == order)
    }

    /// Returns the client's position when it left the order before.
    pub(super) fn join(&mut self, joined: JoinedOrder) -> Option<Seq> {
        let index = self.left.iter().position(|left| left.order == joined.order);
        self.joined.push(joined);
        index.map(|index| self.left.remove(index).seq)
    }

    /// Returns whether the client had joined the order.
    pub(super) fn leave(&mut self, order: OrderNumber, seq: Seq) -> bool {
        let before = self.joined.len();
        self.joined.retain(|joined| joined.order != order);
        if self.joined.len() == before {
            return false;
        }
        if self.left.len() == MAX_LEFT {
            self.left.remove(0);
        }
        self.left.push(LeftOrder { order, seq });
        true
    }
}

impl JoinedOrder {
    /// Whether an event of the order is newer than what the client was shown. A location repeats the order's version.
    pub(super) fn is_before(&self, event: &Event) -> bool {
        event.version > self.version
            || (event.version == self.version && event.kind == Kind::DeliveryLocated)
    }
}

#[derive(Default)]
pub(super) struct JoinCache(Mutex<JoinEntries>);

#[derive(Default)]
struct JoinEntries {
    clients: HashMap<Box<str>, ClientJoins>,
    /// Oldest first. Some of the clients reconnected since.
    disconnects: VecDeque<Disconnect>,
    /// Of `disconnects`.
    weight: usize,
}

#[derive(Default)]
struct ClientJoins {
    joins: Joins,
    /// Two, if a client reconnected before its old connection was found dead.
    connections: usize,
    disconnected_at: Option<Timestamp>,
}

struct Disconnect {
    at: Timestamp,
    client: Box<str>,
    weight: usize,
}

impl JoinCache {
    /// What a client had joined; `None` if the client is not known.
    pub(super) fn get(&self, client: &str, now: Timestamp) -> Option<Joins> {
        let mut entries = lock(&self.0);
        entries.evict(now, MAX_WEIGHT);
        entries.clients.get(client).map(|known| known.joins.clone())
    }

    /// A client connected and has joined these orders.
    pub(super) fn connect(&self, client: &str, joins: Joins) {
        let mut entries = lock(&self.0);
        let known = entries.clients.entry(client.into()).or_default();
        known.connections += 1;
        known.disconnected_at = None;
        known.joins = joins;
    }

    /// Replaces the joins of a client that is known.
    pub(super) fn update(&self, client: &str, joins: Joins) {
        if let Some(known) = lock(&self.0).clients.get_mut(client) {
            known.joins = joins;
        }
    }

    /// One of a client's connections closed.
    pub(super) fn disconnect(&self, client: &str, now: Timestamp) {
        let mut entries = lock(&self.0);
        let Some(known) = entries.clients.get_mut(client) else { return };
        known.connections = known.connections.saturating_sub(1);
        if known.connections == 0 {
            known.disconnected_at = Some(now);
            let weight = 1 + known.joins.len();
            entries.weight += weight;
            entries.disconnects.push_back(Disconnect { at: now, client: client.into(), weight });
        }
        entries.evict(now, MAX_WEIGHT);
    }
}

impl JoinEntries {
    /// Removes clients that disconnected long ago, and the oldest of too many.
    fn evict(&mut self, now: Timestamp, max_weight: usize) {
        while let Some(oldest) = self.disconnects.front()
            && (self.weight > max_weight || now.duration_since(oldest.at) > RETENTION)
            && let Some(oldest) = self.disconnects.pop_front()
        {
            self.weight -= oldest.weight;
            let reconnected = |known: &ClientJoins| known.disconnected_at != Some(oldest.at);
            if self.clients.get(&oldest.client).is_some_and(|known| !reconnected(known)) {
                self.clients.remove(&oldest.client);
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

    fn orders(numbers: &[u64]) -> Joins {
        let joined = |&number| JoinedOrder { order: OrderNumber(number), name: None, version: Version(1) };
        Joins { joined: numbers.iter().map(joined).collect(), left: Vec::new() }
    }

    #[test]
    fn an_order_that_was_left_is_known_until_it_is_joined_again() {
        let mut joins = orders(&[1001]);
        assert!(joins.leave(OrderNumber(1001), Seq(7)));
        assert!(!joins.leave(OrderNumber(1001), Seq(8)), "it had left");
        let again = JoinedOrder { order: OrderNumber(1001), name: None, version: Version(3) };
        assert_eq!(joins.join(again), Some(Seq(7)));
        assert_eq!(joins.len(), 1);
        for order in 0..100 {
            joins.join(JoinedOrder { order: OrderNumber(order), name: None, version: Version(1) });
            joins.leave(OrderNumber(order), Seq(9));
        }
        assert_eq!(joins.len(), 1 + MAX_LEFT);
    }

    #[test]
    fn a_client_that_reconnects_within_minutes_has_its_joins() {
        let joins = JoinCache::default();
        joins.connect("mira", orders(&[1001]));
        joins.update("mira", orders(&[1001, 1002]));
        joins.disconnect("mira", at(0));
        assert_eq!(joins.get("mira", at(9)), Some(orders(&[1001, 1002])));
        assert_eq!(joins.get("ben", at(9)), None);
        assert_eq!(joins.get("mira", at(11)), None, "after the retention");
    }

    #[test]
    fn a_client_that_reconnected_is_not_evicted() {
        let joins = JoinCache::default();
        joins.connect("mira", orders(&[1001]));
        joins.disconnect("mira", at(0));
        joins.connect("mira", orders(&[1001]));
        assert!(joins.get("mira", at(60)).is_some());
    }

    #[test]
    fn an_old_connection_that_is_found_dead_later_changes_nothing() {
        let joins = JoinCache::default();
        joins.connect("mira", orders(&[1001]));
        joins.connect("mira", orders(&[1001]));
        joins.disconnect("mira", at(0));
        assert!(joins.get("mira", at(60)).is_some(), "the new connection is open");
    }

    #[test]
    fn the_joins_of_disconnected_clients_are_bounded() {
        let joins = JoinCache::default();
        for (client, minute) in [("asha", 0), ("ben", 1), ("chi", 2)] {
            joins.connect(client, orders(&[1001, 1002]));
            joins.disconnect(client, at(minute));
        }
        let mut entries = lock(&joins.0);
        entries.evict(at(2), 6);
        assert_eq!((entries.clients.len(), entries.disconnects.len(), entries.weight), (2, 2, 6));
        assert!(!entries.clients.contains_key("asha"), "the oldest");
    }
}
