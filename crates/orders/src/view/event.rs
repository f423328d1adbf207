//! The view of an event.

use jiff::Timestamp;
use serde::Serialize;

use super::{ItemView, LocationView, OrderView, Person, ShipmentView, partner_for};
use crate::actor::Origin;
use crate::audience::{Audience, Field};
use crate::contact::{Address, Contact, Partner};
use crate::decide::{AllowedTransition, OrderTransitions};
use crate::event::{Change, Event, Kind, Subject};
use crate::id::{OrderId, OrderNumber, ProductId, Reference, StoreId, UserId};
use crate::money::Money;
use crate::order::{Location, Order, PaymentMethod, Version};
use crate::status::Status;
use crate::text::{Line, Prose};

/// Who did something, as far as the reader may know.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ActorView {
    pub origin: Origin,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "UserId::serialize_optional_subject")]
    pub id: Option<UserId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// An event as one audience sees it: in the timeline, and on live connections.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Event))]
#[serde(rename_all = "camelCase")]
pub struct EventView {
    /// Drop an event whose id you have seen.
    pub id: crate::id::EventId,
    pub kind: Kind,
    #[serde(serialize_with = "crate::time::serialize")]
    pub at: Timestamp,
    pub actor: ActorView,
    pub store_id: StoreId,
    /// The version of the order or product after the event. Keep the newest.
    pub version: Version,
    #[serde(flatten)]
    pub order: Option<EventOrder>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product_id: Option<ProductId>,
    #[serde(flatten)]
    pub facts: EventFacts,
    /// A new order, whole. Live events have it, the timeline does not.
    #[serde(skip)]
    pub created: Option<Box<OrderView>>,
}

/// The order that an event is about.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = EventOrder))]
#[serde(rename_all = "camelCase")]
pub struct EventOrder {
    pub order_id: OrderId,
    pub order_number: OrderNumber,
    /// The order's id in the shop that it comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<Reference>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<Person>,
    /// The status after the event.
    pub status: Status,
    /// The status before the event.
    pub previous_status: Status,
    /// The statuses that the reader may set after this event. Absent in an event that was read after the order changed
    /// again, and in `delivery.located`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_transitions: Option<Vec<AllowedTransition>>,
}

/// What changed. A field that did not change is absent.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = EventFacts))]
#[serde(rename_all = "camelCase")]
pub struct EventFacts {
    /// Only for a new order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<Vec<ItemView>>,
    /// Only for a new order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<Money>,
    /// Only for a new order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_method: Option<PaymentMethod>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tracking_number: Option<Line<100>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(serialize_with = "crate::time::serialize")]
    pub estimated_delivery: Option<Timestamp>,
    /// Who delivers the order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partner: Option<Partner>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<LocationView>,
    /// A parcel that was created or whose state changed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub shipments: Vec<ShipmentView>,
    /// Why the order was cancelled or corrected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Prose<500>>,
    /// Only staff see notes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<Prose<2000>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Line<200>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<Money>,
    /// Units of the product in stock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_hand: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub archived: Option<bool>,
}

/// Personal data and details of the order, which an event does not contain. They are loaded when the event is shown.
#[derive(Debug, Clone, Default)]
pub struct EventContext {
    pub actor_name: Option<String>,
    pub customer: Option<Person>,
    pub partner: Option<Partner>,
    /// Needed only for a new order.
    pub address: Option<Address>,
    pub reference: Option<Reference>,
    pub tracking_number: Option<Line<100>>,
    pub estimated_delivery: Option<Timestamp>,
    pub transitions: Option<OrderTransitions>,
}

impl EventView {
    pub fn new(id: crate::id::EventId, event: &Event, context: &EventContext, audience: Audience) -> Self {
        let person = match event.actor.origin() {
            Origin::Customer => audience.sees(Field::Customer),
            Origin::Driver => audience == Audience::Staff || audience == Audience::Driver,
            _ => audience.sees(Field::StaffPerson),
        };
        let actor = ActorView {
            origin: event.actor.origin(),
            id: event.actor.user().filter(|_| person).cloned(),
            name: context.actor_name.clone().filter(|_| person),
        };
        let (order, product_id) = match &event.subject {
            Subject::Order { id, number, customer, from, to, .. } => {
                let known = || Person { id: customer.clone(), name: None, email: None };
                let customer = audience.sees(Field::Customer);
                let customer = customer.then(|| context.customer.clone().unwrap_or_else(known));
                let allowed_transitions = context
                    .transitions
                    .as_ref()
                    .filter(|_| event.kind != Kind::DeliveryLocated)
                    .and_then(|transitions| transitions.at(event.version, audience));
                let part = EventOrder {
                    order_id: *id,
                    order_number: *number,
                    reference: context.reference.clone(),
                    customer,
                    status: *to,
                    previous_status: *from,
                    allowed_transitions,
                };
                (Some(part), None)
            }
            Subject::Product { id, .. } => (None, Some(*id)),
        };
        let kind = match event.kind {
            Kind::PaymentChanged if !audience.sees(Field::Money) => Kind::OrderUpdated,
            kind => kind,
        };
        let mut facts = EventFacts::default();
        for change in &event.changes {
            facts.add(change, event.at, context, audience);
        }
        let created = (event.kind == Kind::OrderCreated).then(|| created(event, context, audience)).flatten();
        Self {
            id,
            kind,
            at: event.at,
            actor,
            store_id: event.subject.store().clone(),
            version: event.version,
            order,
            product_id,
            facts,
            created: created.map(Box::new),
        }
    }

    /// Whether an audience may see anything of an event. It may not if the event only has a note of the staff, or only a
    /// payment and the audience may not see payments.
    pub fn concerns(event: &Event, audience: Audience) -> bool {
        let internal = |change: &Change| match change {
            Change::Note { .. } => !audience.sees(Field::InternalNote),
            Change::Payment { .. } => !audience.sees(Field::Money),
            Change::Hold { .. } => audience != Audience::Staff,
            _ => false,
        };
        match event.subject {
            Subject::Order { from, to, .. } => from != to || !event.changes.iter().all(internal),
            Subject::Product { .. } => audience == Audience::Staff,
        }
    }
}

/// The order as it was placed, also when it has changed since.
fn created(event: &Event, context: &EventContext, audience: Audience) -> Option<OrderView> {
    let contact = Contact { shipping: context.address.clone(), partner: None };
    let order = Order::from_event(event)?;
    Some(OrderView::new(&order, &contact, context.customer.clone(), audience))
}

impl EventFacts {
    fn add(&mut self, change: &Change, at: Timestamp, context: &EventContext, audience: Audience) {
        let money = audience.sees(Field::Money);
        let told = |_: &Prose<500>| audience.sees(Field::Reason);
        match change {
            Change::Placed { items, total, method, .. } => {
                self.items = Some(items.iter().map(|item| ItemView::new(item, money)).collect());
                self.total = money.then_some(*total);
                self.payment_method = money.then_some(*method);
            }
            Change::Parcel { parcel, state } => {
                self.shipments.push(ShipmentView { parcel: *parcel, status: *state });
            }
            Change::Corrected { reason, .. } => self.reason = Some(reason.clone()).filter(told),
            Change::Cancelled { reason } => self.reason = reason.clone().filter(told),
            Change::Payment { state, .. } => self.payment_status = money.then_some(state.name()),
            Change::TrackingNumber { number } => self.tracking_number = Some(number.clone()),
            Change::EstimatedDelivery { at } => self.estimated_delivery = Some(*at),
            Change::Partner { .. } => {
                self.partner = context.partner.as_ref().map(|partner| partner_for(partner, audience));
            }
            Change::Located { point, measured_at, accuracy } => {
                let (point, measured_at, accuracy) = (*point, *measured_at, *accuracy);
                self.location = Some(LocationView::from(Location { point, at, measured_at, accuracy }));
            }
            Change::Note { text } => {
                self.note = Some(text.clone()).filter(|_| audience.sees(Field::InternalNote));
            }
            Change::ProductCreated { name, price, on_hand } => {
                self.name = Some(name.clone());
                self.price = Some(*price);
                self.on_hand = Some(*on_hand);
            }
            Change::Renamed { name } => self.name = Some(name.clone()),
            Change::Priced { price } => self.price = Some(*price),
            Change::Archived { archived } => self.archived = Some(*archived),
            Change::StockCounted { on_hand } => self.on_hand = Some(*on_hand),
            Change::ProcessingStarted | Change::Hold { .. } | Change::DetailsReplaced => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::Actor;
    use crate::id::EventId;
    use crate::order::PaymentState;
    use crate::status::Stage;

    /// A payment that does not change the status.
    fn payment(more: Option<Change>) -> Event {
        let state = PaymentState::Paid { during: Stage::Processing };
        let mut changes = vec![Change::Payment { state, reference: None }];
        changes.extend(more);
        let id = OrderId::new(Uuid::nil());
        let number = OrderNumber::FIRST;
        let (store, customer) = (StoreId::main(), UserId::new("asha").unwrap());
        let (from, to) = (Status::Processing, Status::Processing);
        let subject = Subject::Order { id, number, store, customer, driver: None, from, to };
        let (at, version) = (Timestamp::UNIX_EPOCH, Version(2));
        Event { subject, kind: Kind::PaymentChanged, version, actor: Actor::System, at, changes }
    }

    #[test]
    fn a_tracking_link_shows_no_payment() {
        assert!(!EventView::concerns(&payment(None), Audience::Link));
        assert!(EventView::concerns(&payment(None), Audience::Customer));
        let tracked = payment(Some(Change::TrackingNumber { number: "TRACK-1".parse().unwrap() }));
        assert!(EventView::concerns(&tracked, Audience::Link));
        let read = |audience| {
            EventView::new(EventId::new(Uuid::nil()), &tracked, &EventContext::default(), audience)
        };
        let link = read(Audience::Link);
        assert_eq!((link.kind, link.facts.payment_status), (Kind::OrderUpdated, None));
        let customer = read(Audience::Customer);
        assert_eq!((customer.kind, customer.facts.payment_status), (Kind::PaymentChanged, Some("paid")));
    }
}
