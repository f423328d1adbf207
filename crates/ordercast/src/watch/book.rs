//! What an event alone does not tell: the customer's name and the total of an order that was placed earlier.

use std::collections::HashMap;
use std::time::Duration;

use orders::Money;
use tokio::time::{Instant, timeout};

use crate::client::Client;
use crate::client::error::ClientError;
use crate::client::wire::{Event, Order};

/// How many orders are remembered.
const MOST: usize = 10_000;
/// How many are asked for at the start.
const FIRST: u32 = 100;
/// A line is not held up for longer than this.
const PATIENCE: Duration = Duration::from_secs(2);

/// What is known of an order.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Known {
    /// The customer's name.
    pub(super) customer: Option<String>,
    /// The sum.
    pub(super) total: Option<Money>,
}

/// Orders by id.
pub(super) struct Book {
    client: Client,
    orders: HashMap<String, Known>,
    /// The server asked not to be asked before this.
    quiet_until: Option<Instant>,
}

impl Book {
    pub(super) fn new(client: Client) -> Self {
        Self { client, orders: HashMap::new(), quiet_until: None }
    }

    /// Learns the newest orders at once.
    pub(super) async fn open(&mut self) {
        if let Ok(Ok(orders)) = timeout(PATIENCE, self.client.newest(FIRST)).await {
            for order in &orders {
                self.note(order);
            }
        }
    }

    /// Learns an order.
    pub(super) fn note(&mut self, order: &Order) {
        let customer = order.customer.as_ref().map(|customer| customer.label().to_owned());
        self.put(order.id.clone(), Known { customer, total: order.total });
    }

    /// What is known of an event's order, asking the server the first time.
    pub(super) async fn about(&mut self, event: &Event) -> Known {
        let Some(id) = &event.order_id else { return Known::default() };
        let customer = event.customer.as_ref().and_then(|customer| customer.name.clone());
        let mut known = self.orders.get(id).cloned();
        if event.total.is_some() {
            known = Some(Known { customer: None, total: event.total });
        } else if known.is_none() {
            known = self.ask(id).await;
        }
        let mut known = known.unwrap_or_default();
        known.customer = customer.or(known.customer);
        if known != Known::default() {
            self.put(id.clone(), known.clone());
        }
        known
    }

    async fn ask(&mut self, id: &str) -> Option<Known> {
        if self.quiet_until.is_some_and(|until| Instant::now() < until) {
            return None;
        }
        match timeout(PATIENCE, self.client.order(id)).await {
            Ok(Ok(order)) => {
                self.note(&order);
                self.orders.get(id).cloned()
            }
            Ok(Err(ClientError::Throttled { after })) => {
                self.quiet_until = Some(Instant::now() + after);
                None
            }
            _ => {
                self.quiet_until = Some(Instant::now() + PATIENCE);
                None
            }
        }
    }

    fn put(&mut self, id: String, known: Known) {
        if self.orders.len() >= MOST {
            self.orders.clear();
        }
        self.orders.insert(id, known);
    }
}
