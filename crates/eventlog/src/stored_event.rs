//! Events and orders as the log returns them.

use std::sync::Arc;

use orders::product::Details;
use orders::view::{EventContext, EventView, OrderView, Person};
use orders::{Audience, Contact, Event, EventId, Order, Product};

use crate::cursor::Seq;

/// An event and its position in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    pub seq: Seq,
    pub id: EventId,
    pub event: Event,
}

/// An order at one version, with its customer and personal data.
#[derive(Debug, Clone)]
pub struct Snapshot {
    pub order: Order,
    /// Personal data, which can be erased.
    pub contact: Contact,
    pub customer: Person,
}

impl Snapshot {
    /// The fields that an audience may see.
    pub fn view(&self, audience: Audience) -> OrderView {
        OrderView::new(&self.order, &self.contact, Some(self.customer.clone()), audience)
    }
}

#[derive(Debug, Clone)]
pub struct CatalogProduct {
    pub product: Product,
    pub details: Details,
}

/// An event with the names and data needed to show it, on a live connection or in a timeline.
#[derive(Debug, Clone)]
pub struct EventWithContext {
    pub stored: Arc<StoredEvent>,
    /// Current names and personal data.
    pub context: EventContext,
}

impl EventWithContext {
    /// The fields that an audience may see; `None` when the event does not concern it.
    pub fn view(&self, audience: Audience) -> Option<EventView> {
        EventView::concerns(&self.stored.event, audience)
            .then(|| EventView::new(self.stored.id, &self.stored.event, &self.context, audience))
    }
}
