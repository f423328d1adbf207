//! The little state that a batch of commands needs: the orders and products they name.

use crate::id::{OrderId, OrderNumber, OrderRef, ProductId};
use crate::order::Order;
use crate::product::Product;
use foldhash::{HashMap, HashMapExt as _};

/// What [`decide`](crate::decide()) reads and [`apply`](crate::apply) changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct World {
    /// Orders by id.
    pub orders: HashMap<OrderId, Order>,
    /// Their ids by number.
    pub numbers: HashMap<OrderNumber, OrderId>,
    /// Products by id.
    pub products: HashMap<ProductId, Product>,
    /// The number the next order gets.
    pub next_number: OrderNumber,
}

impl Default for World {
    fn default() -> Self {
        Self {
            orders: HashMap::new(),
            numbers: HashMap::new(),
            products: HashMap::new(),
            next_number: OrderNumber::FIRST,
        }
    }
}

impl World {
    /// The order somebody named.
    pub fn order(&self, name: OrderRef) -> Option<&Order> {
        let id = match name {
            OrderRef::Id(id) => id,
            OrderRef::Number(number) => *self.numbers.get(&number)?,
        };
        self.orders.get(&id)
    }

    /// Takes an order in.
    pub fn insert(&mut self, order: Order) {
        self.numbers.insert(order.number, order.id);
        self.orders.insert(order.id, order);
    }
}
