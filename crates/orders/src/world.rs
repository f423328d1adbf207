//! The orders and products that a batch of commands needs.

use crate::id::{OrderId, OrderNumber, OrderRef, ProductId, Reference, StoreId};
use crate::order::Order;
use crate::product::Product;
use foldhash::{HashMap, HashMapExt as _};
use jiff::Timestamp;

/// The state that [`decide`](crate::decide()) reads and [`apply`](crate::apply) changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct World {
    pub orders: HashMap<OrderId, Order>,
    pub numbers: HashMap<OrderNumber, OrderId>,
    /// References that are taken, by store.
    pub references: HashMap<(StoreId, Reference), OrderId>,
    pub products: HashMap<ProductId, Product>,
    /// The number of the next order.
    pub next_number: OrderNumber,
    /// The time of the clock, if it is behind the log's time: the log's time never goes back, and the clock was ahead once.
    /// Reservations end by the clock.
    pub clock: Option<Timestamp>,
}

impl Default for World {
    fn default() -> Self {
        Self {
            orders: HashMap::new(),
            numbers: HashMap::new(),
            references: HashMap::new(),
            products: HashMap::new(),
            next_number: OrderNumber::FIRST,
            clock: None,
        }
    }
}

impl World {
    pub fn order(&self, name: OrderRef) -> Option<&Order> {
        let id = match name {
            OrderRef::Id(id) => id,
            OrderRef::Number(number) => *self.numbers.get(&number)?,
        };
        self.orders.get(&id)
    }

    pub fn insert(&mut self, order: Order) {
        self.numbers.insert(order.number, order.id);
        if let Some(reference) = &order.reference {
            self.references.insert((order.store.clone(), reference.clone()), order.id);
        }
        self.orders.insert(order.id, order);
    }
}
