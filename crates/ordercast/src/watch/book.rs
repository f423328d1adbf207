//! What an event alone does not tell: the customer's name and the total of an order that was placed earlier, and what
//! a product is called.

use std::collections::HashMap;
use std::time::Duration;

use orders::Money;
use tokio::time::{Instant, timeout};

use crate::client::Client;
use crate::client::error::ClientError;
use crate::client::wire::{Event, Order};

/// How many orders, and how many products, are remembered.
const MOST: usize = 10_000;
/// How many orders are asked for at the start.
const FIRST: u32 = 100;
/// A line is not held up for longer than this.
const PATIENCE: Duration = Duration::from_secs(2);

/// What is known beside an event.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Known {
    /// The customer's name.
    pub(super) customer: Option<String>,
    /// The order's sum.
    pub(super) total: Option<Money>,
    /// The product's name.
    pub(super) product: Option<String>,
}

/// What was learned from earlier events, and by asking.
pub(super) struct Book {
    client: Client,
    orders: HashMap<String, Known>,
    products: HashMap<String, String>,
    /// The server is not asked before this, because it wished so or did not answer.
    quiet_until: Option<Instant>,
}

impl Book {
    pub(super) fn new(client: Client) -> Self {
        Self { client, orders: HashMap::new(), products: HashMap::new(), quiet_until: None }
    }

    /// Learns the newest orders at once.
    pub(super) async fn open(&mut self) {
        let newest = timeout(PATIENCE, self.client.newest(FIRST)).await;
        if let Some(orders) = self.answer(newest) {
            for order in &orders {
                self.note(order);
            }
        }
    }

    /// Learns an order.
    pub(super) fn note(&mut self, order: &Order) {
        let customer = order.customer.as_ref().map(|customer| customer.label().to_owned());
        keep(&mut self.orders, order.id.clone(), Known { customer, total: order.total, product: None });
    }

    /// What is known beside an event, asking the server the first time.
    pub(super) async fn about(&mut self, event: &Event) -> Known {
        match (&event.order_id, &event.product_id) {
            (Some(order), _) => self.order(order, event).await,
            (None, Some(product)) => self.product(product, event).await,
            (None, None) => Known::default(),
        }
    }

    async fn order(&mut self, id: &str, event: &Event) -> Known {
        if event.total.is_none() && !self.orders.contains_key(id) && self.may_ask() {
            let order = timeout(PATIENCE, self.client.order(id)).await;
            if let Some(order) = self.answer(order) {
                self.note(&order);
            }
        }
        let mut known = self.orders.get(id).cloned().unwrap_or_default();
        known.total = event.total.or(known.total);
        if let Some(name) = event.customer.as_ref().and_then(|customer| customer.name.clone()) {
            known.customer = Some(name);
        }
        if known.total.is_some() {
            keep(&mut self.orders, id.to_owned(), known.clone());
        }
        known
    }

    async fn product(&mut self, id: &str, event: &Event) -> Known {
        if let Some(name) = &event.name {
            keep(&mut self.products, id.to_owned(), name.clone());
        } else if !self.products.contains_key(id) && self.may_ask() {
            let product = timeout(PATIENCE, self.client.product(id)).await;
            if let Some(product) = self.answer(product) {
                keep(&mut self.products, id.to_owned(), product.name);
            }
        }
        Known { product: self.products.get(id).cloned(), ..Known::default() }
    }

    fn may_ask(&self) -> bool {
        self.quiet_until.is_none_or(|until| Instant::now() >= until)
    }

    /// The answer, if there was one; else the server is left alone for a while.
    fn answer<T, E>(&mut self, asked: Result<Result<T, ClientError>, E>) -> Option<T> {
        let wait = match asked {
            Ok(Ok(answer)) => return Some(answer),
            Ok(Err(error)) => error.wait().unwrap_or(PATIENCE),
            Err(_) => PATIENCE,
        };
        self.quiet_until = Some(Instant::now() + wait);
        None
    }
}

fn keep<V>(kept: &mut HashMap<String, V>, id: String, value: V) {
    if kept.len() >= MOST {
        kept.clear();
    }
    kept.insert(id, value);
}
