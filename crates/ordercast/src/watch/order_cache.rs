//! Details that an event does not contain: the customer's name and the total of an earlier order, and the name of a
//! product.

use std::collections::HashMap;
use std::time::Duration;

use orders::Money;
use tokio::time::{Instant, timeout};

use crate::client::ApiClient;
use crate::client::error::ClientError;
use crate::client::wire::{ApiEvent, ApiOrder};

/// Maximum orders, and maximum products, in the cache.
const CAPACITY: usize = 10_000;
/// Orders loaded at the start.
const INITIAL_ORDERS: u32 = 100;
/// Timeout of a lookup, so that lines are not delayed for longer.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct EventDetails {
    pub(super) customer: Option<String>,
    pub(super) total: Option<Money>,
    pub(super) product: Option<String>,
}

/// Caches the details of orders and products, from events and from the API.
pub(super) struct OrderCache {
    client: ApiClient,
    orders: HashMap<String, EventDetails>,
    products: HashMap<String, String>,
    /// No lookups before this time, because the server asked to wait or did not answer.
    quiet_until: Option<Instant>,
}

impl OrderCache {
    pub(super) fn new(client: ApiClient) -> Self {
        Self { client, orders: HashMap::new(), products: HashMap::new(), quiet_until: None }
    }

    pub(super) async fn load_newest(&mut self) {
        let newest = timeout(PATIENCE, self.client.newest(INITIAL_ORDERS)).await;
        if let Some(orders) = self.answer(newest) {
            for order in &orders {
                self.insert(order);
            }
        }
    }

    pub(super) fn insert(&mut self, order: &ApiOrder) {
        let customer = order.customer.as_ref().map(|customer| customer.label().to_owned());
        insert_bounded(
            &mut self.orders,
            order.id.clone(),
            EventDetails { customer, total: order.total, product: None },
        );
    }

    /// The details of an event. Asks the server if the cache has none.
    pub(super) async fn details_for(&mut self, event: &ApiEvent) -> EventDetails {
        match (&event.order_id, &event.product_id) {
            (Some(order), _) => self.order(order, event).await,
            (None, Some(product)) => self.product(product, event).await,
            (None, None) => EventDetails::default(),
        }
    }

    async fn order(&mut self, id: &str, event: &ApiEvent) -> EventDetails {
        if event.total.is_none() && !self.orders.contains_key(id) && self.may_query() {
            let order = timeout(PATIENCE, self.client.order(id)).await;
            if let Some(order) = self.answer(order) {
                self.insert(&order);
            }
        }
        let mut details = self.orders.get(id).cloned().unwrap_or_default();
        details.total = event.total.or(details.total);
        if let Some(name) = event.customer.as_ref().and_then(|customer| customer.name.clone()) {
            details.customer = Some(name);
        }
        if details.total.is_some() {
            insert_bounded(&mut self.orders, id.to_owned(), details.clone());
        }
        details
    }

    async fn product(&mut self, id: &str, event: &ApiEvent) -> EventDetails {
        if let Some(name) = &event.name {
            insert_bounded(&mut self.products, id.to_owned(), name.clone());
        } else if !self.products.contains_key(id) && self.may_query() {
            let product = timeout(PATIENCE, self.client.product(id)).await;
            if let Some(product) = self.answer(product) {
                insert_bounded(&mut self.products, id.to_owned(), product.name);
            }
        }
        EventDetails { product: self.products.get(id).cloned(), ..EventDetails::default() }
    }

    fn may_query(&self) -> bool {
        self.quiet_until.is_none_or(|until| Instant::now() >= until)
    }

    /// Unwraps an answer. After an error, pauses lookups for a while.
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

fn insert_bounded<V>(kept: &mut HashMap<String, V>, id: String, value: V) {
    if kept.len() >= CAPACITY {
        kept.clear();
    }
    kept.insert(id, value);
}
