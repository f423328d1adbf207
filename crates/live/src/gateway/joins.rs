//! Which orders clients had joined, for when they reconnect.
//!
//! Kept by the random part of a client's `pid`, while it is connected and for some minutes after. In memory: nothing is
//! known of a `pid` from before a restart.

use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;

use jiff::{SignedDuration, Timestamp};
use orders::order::Version;
use orders::{Event, Kind, OrderNumber};

use crate::sync::lock;

/// How long the joins of a disconnected client are kept.
const RETENTION: SignedDuration = SignedDuration::from_mins(10);
/// The most disconnected clients and their joins, added up.
const MAX_WEIGHT: usize = 131_072;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct JoinedOrder {
    pub(super) order: OrderNumber,
    /// The version that the client was shown when it joined. It is not sent earlier events.
    pub(super) version: Version,
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
    joined: Vec<JoinedOrder>,
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
    pub(super) fn get(&self, client: &str, now: Timestamp) -> Option<Vec<JoinedOrder>> {
        let mut entries = lock(&self.0);
        entries.evict(now, MAX_WEIGHT);
        entries.clients.get(client).map(|known| known.joined.clone())
    }

    /// A client connected and has joined these orders.
    pub(super) fn connect(&self, client: &str, joined: Vec<JoinedOrder>) {
        let mut entries = lock(&self.0);
        let known = entries.clients.entry(client.into()).or_default();
        known.connections += 1;
        known.disconnected_at = None;
        known.joined = joined;
    }

    /// Replaces the joins of a client that is known.
    pub(super) fn update(&self, client: &str, joined: Vec<JoinedOrder>) {
        if let Some(known) = lock(&self.0).clients.get_mut(client) {
            known.joined = joined;
        }
    }

    /// One of a client's connections closed.
    pub(super) fn disconnect(&self, client: &str, now: Timestamp) {
        let mut entries = lock(&self.0);
        let Some(known) = entries.clients.get_mut(client) else { return };
        known.connections = known.connections.saturating_sub(1);
        if known.connections == 0 {
            known.disconnected_at = Some(now);
            let weight = 1 + known.joined.len();
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

    fn orders(numbers: &[u64]) -> Vec<JoinedOrder> {
        numbers
            .iter()
            .map(|&number| JoinedOrder { order: OrderNumber(number), version: Version(1) })
            .collect()
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
