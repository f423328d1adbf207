//! Which orders a client had joined, for when it comes back.
//!
//! Known by the random part of its `pid`: as long as it is connected, and for some minutes after it left. Kept in memory,
//! so nothing is known of a `pid` from before a restart; `recovery` says what happens then.

use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;

use jiff::{SignedDuration, Timestamp};
use orders::OrderNumber;
use orders::order::Version;

use crate::seat::lock;

/// How long after it left.
const KEPT: SignedDuration = SignedDuration::from_mins(10);
/// Clients that left, and the orders they had joined, together.
const MOST: usize = 131_072;

/// An order that a client follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Joined {
    pub(super) order: OrderNumber,
    /// What it was shown when it joined; what came before is not told.
    pub(super) version: Version,
}

/// What every known client joined.
#[derive(Default)]
pub(super) struct Joins(Mutex<Book>);

#[derive(Default)]
struct Book {
    known: HashMap<Box<str>, Known>,
    /// Who left, the first first. Some came back since.
    away: VecDeque<Away>,
    weight: usize,
}

#[derive(Default)]
struct Known {
    joined: Vec<Joined>,
    /// Two, where a client came back before it was found that its old connection is dead.
    connections: usize,
    left: Option<Timestamp>,
}

struct Away {
    left: Timestamp,
    client: Box<str>,
    weight: usize,
}

impl Joins {
    /// What a client had joined; `None` where it is not known.
    pub(super) fn recall(&self, client: &str, now: Timestamp) -> Option<Vec<Joined>> {
        let mut book = lock(&self.0);
        book.forget(now, MOST);
        book.known.get(client).map(|known| known.joined.clone())
    }

    /// A client has a connection, on which it joined these.
    pub(super) fn arrive(&self, client: &str, joined: Vec<Joined>) {
        let mut book = lock(&self.0);
        let known = book.known.entry(client.into()).or_default();
        known.connections += 1;
        known.left = None;
        known.joined = joined;
    }

    /// A client joined an order, or left one: it is these now.
    pub(super) fn change(&self, client: &str, joined: Vec<Joined>) {
        if let Some(known) = lock(&self.0).known.get_mut(client) {
            known.joined = joined;
        }
    }

    /// One of its connections is gone.
    pub(super) fn depart(&self, client: &str, now: Timestamp) {
        let mut book = lock(&self.0);
        let Some(known) = book.known.get_mut(client) else { return };
        known.connections = known.connections.saturating_sub(1);
        if known.connections == 0 {
            known.left = Some(now);
            let weight = 1 + known.joined.len();
            book.weight += weight;
            book.away.push_back(Away { left: now, client: client.into(), weight });
        }
        book.forget(now, MOST);
    }
}

impl Book {
    /// Forgets who left long ago, and the first of too many.
    fn forget(&mut self, now: Timestamp, most: usize) {
        while let Some(away) = self.away.front()
            && (self.weight > most || now.duration_since(away.left) > KEPT)
            && let Some(away) = self.away.pop_front()
        {
            self.weight -= away.weight;
            if self.known.get(&away.client).is_some_and(|known| known.left == Some(away.left)) {
                self.known.remove(&away.client);
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

    fn orders(numbers: &[u64]) -> Vec<Joined> {
        numbers.iter().map(|&number| Joined { order: OrderNumber(number), version: Version(1) }).collect()
    }

    #[test]
    fn x4_who_comes_back_within_minutes_has_their_orders_still() {
        let joins = Joins::default();
        joins.arrive("mira", orders(&[1001]));
        joins.change("mira", orders(&[1001, 1002]));
        joins.depart("mira", at(0));
        assert_eq!(joins.recall("mira", at(9)), Some(orders(&[1001, 1002])));
        assert_eq!(joins.recall("ben", at(9)), None);
        assert_eq!(joins.recall("mira", at(11)), None, "for some minutes");
    }

    #[test]
    fn x4_who_came_back_is_not_forgotten_for_having_left() {
        let joins = Joins::default();
        joins.arrive("mira", orders(&[1001]));
        joins.depart("mira", at(0));
        joins.arrive("mira", orders(&[1001]));
        assert!(joins.recall("mira", at(60)).is_some());
    }

    #[test]
    fn x4_an_old_connection_that_is_found_dead_later_changes_nothing() {
        let joins = Joins::default();
        joins.arrive("mira", orders(&[1001]));
        joins.arrive("mira", orders(&[1001]));
        joins.depart("mira", at(0));
        assert!(joins.recall("mira", at(60)).is_some(), "the new one is still there");
    }

    #[test]
    fn x7_what_is_kept_of_those_who_left_is_bounded() {
        let joins = Joins::default();
        for (client, minute) in [("asha", 0), ("ben", 1), ("chi", 2)] {
            joins.arrive(client, orders(&[1001, 1002]));
            joins.depart(client, at(minute));
        }
        let mut book = lock(&joins.0);
        book.forget(at(2), 6);
        assert_eq!((book.known.len(), book.away.len(), book.weight), (2, 2, 6));
        assert!(!book.known.contains_key("asha"), "who left first");
    }
}
