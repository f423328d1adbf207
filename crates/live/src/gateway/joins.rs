//! The orders that one client has joined and left. Stored as JSON.

use eventlog::Seq;
use orders::order::Version;
use orders::{Event, Kind, OrderNumber};
use serde::{Deserialize, Serialize};

use crate::payload::order_name::OrderName;

/// The most orders that a client is known to have left.
const MAX_LEFT: usize = 32;

/// An order that a client has joined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct JoinedOrder {
    pub(super) order: OrderNumber,
    /// How the client named the order last; `None`: by its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<OrderName>,
    /// The version that the client was shown when it joined. It is not sent earlier events.
    pub(super) version: Version,
    /// An earlier connection of the user joined it, and this one perhaps does not need it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) inherited: bool,
}

/// An order that a client had joined and left. When it joins again, it is sent what it missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LeftOrder {
    pub(super) order: OrderNumber,
    /// The client's position when it left.
    pub(super) seq: Seq,
}

/// The orders that one client has joined and left.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Joins {
    pub(super) joined: Vec<JoinedOrder>,
    /// Oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    left: Vec<LeftOrder>,
}

impl Joins {
    pub(super) fn is_empty(&self) -> bool {
        self.joined.is_empty() && self.left.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.joined.len() + self.left.len()
    }

    /// The orders that the client has joined.
    pub(super) fn orders(&self) -> impl Iterator<Item = OrderNumber> {
        self.joined.iter().map(|joined| joined.order)
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

    /// Removes the order that was inherited first, to make room. Returns whether there was one.
    pub(super) fn drop_inherited(&mut self) -> bool {
        let index = self.joined.iter().position(|joined| joined.inherited);
        index.map(|index| self.joined.remove(index)).is_some()
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

    /// Takes back a join. `left` is the value that [`join`](Self::join) returned.
    pub(super) fn undo_join(&mut self, order: OrderNumber, left: Option<Seq>) {
        self.joined.retain(|joined| joined.order != order);
        self.left.extend(left.map(|seq| LeftOrder { order, seq }));
    }
}

impl JoinedOrder {
    /// Whether an event of the order is newer than what the client was shown. A location repeats the order's version.
    pub(super) fn is_before(&self, event: &Event) -> bool {
        event.version > self.version || (event.version == self.version && event.kind == Kind::DeliveryLocated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(order: u64) -> JoinedOrder {
        JoinedOrder { order: OrderNumber(order), name: None, version: Version(1), inherited: false }
    }

    #[test]
    fn an_order_that_was_left_is_known_until_it_is_joined_again() {
        let mut joins = Joins::default();
        assert_eq!(joins.join(joined(1001)), None);
        assert!(joins.leave(OrderNumber(1001), Seq(7)));
        assert!(!joins.leave(OrderNumber(1001), Seq(8)), "it had left");
        assert_eq!(joins.join(joined(1001)), Some(Seq(7)));
        assert_eq!(joins.len(), 1);
        for order in 0..100 {
            joins.join(joined(order));
            joins.leave(OrderNumber(order), Seq(9));
        }
        assert_eq!(joins.len(), 1 + MAX_LEFT);
        let before = joins.clone();
        for order in [99, 2000] {
            let left = joins.join(joined(order));
            assert_eq!(left, (order == 99).then_some(Seq(9)));
            joins.undo_join(OrderNumber(order), left);
            assert_eq!(joins, before);
        }
    }

    #[test]
    fn what_was_inherited_makes_room() {
        let mut joins = Joins::default();
        joins.join(joined(1001));
        joins.join(JoinedOrder { inherited: true, ..joined(1002) });
        assert!(joins.drop_inherited());
        assert!(!joins.drop_inherited(), "the client joined the other one itself");
        assert!(joins.find(OrderNumber(1001)).is_some());
    }

    #[test]
    fn joins_are_stored_as_json() {
        let mut joins = Joins::default();
        joins.join(JoinedOrder { name: Some(OrderName::Number(1001)), ..joined(1001) });
        joins.join(JoinedOrder { name: Some(OrderName::Text("#1002".into())), ..joined(1002) });
        joins.join(joined(1003));
        joins.leave(OrderNumber(1003), Seq(5));
        let stored = serde_json::to_string(&joins).unwrap();
        assert_eq!(serde_json::from_str::<Joins>(&stored).unwrap(), joins);
    }
}
