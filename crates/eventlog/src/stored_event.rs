//! What the log hands out.

use std::sync::Arc;

use orders::product::Details;
use orders::view::{EventContext, EventView, OrderView, Person};
use orders::{Audience, Contact, Event, EventId, Order, Product};

use crate::cursor::Seq;

/// An event in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// Its place.
    pub seq: Seq,
    /// Its id.
    pub id: EventId,
    /// It.
    pub event: Event,
}

/// An order at one moment, with the people and personal data around it.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The order.
    pub order: Order,
    /// The personal data kept beside it.
    pub contact: Contact,
    /// Its customer.
    pub customer: Person,
}

impl Snapshot {
    /// As an audience sees it.
    pub fn view(&self, audience: Audience) -> OrderView {
        OrderView::new(&self.order, &self.contact, Some(self.customer.clone()), audience)
    }
}

/// A product with what people look at.
#[derive(Debug, Clone)]
pub struct CatalogProduct {
    /// What the rules know.
    pub product: Product,
    /// What people look at.
    pub details: Details,
}

/// An event together with the people around it: what a live connection is told, and a line of the timeline.
#[derive(Debug, Clone)]
pub struct EventWithContext {
    /// The event in its place.
    pub stored: Arc<StoredEvent>,
    /// Names and personal data, as they are now.
    pub context: EventContext,
}

impl EventWithContext {
    /// As an audience sees it; `None` when there is nothing in it for them.
    pub fn view(&self, audience: Audience) -> Option<EventView> {
        EventView::concerns(&self.stored.event, audience)
            .then(|| EventView::new(self.stored.id, &self.stored.event, &self.context, audience))
    }
}
