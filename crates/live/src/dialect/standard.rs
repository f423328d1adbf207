//! `standard`: `order:*` for customers and drivers, the same with `admin:` before it for staff.
//!
//! | event of the log | customer, driver | staff |
//! |---|---|---|
//! | `order.created` | `order:created` | `admin:order:created` |
//! | `order.cancelled` | `order:cancelled` | `admin:order:cancelled` |
//! | any other that changed the status or the payment status | `order:updated` | `admin:order:updated` |
//! | `delivery.located` | `delivery:located` | `admin:delivery:located` |
//! | any other of an order | `delivery:updated` | `admin:delivery:updated` |
//! | one that is in the receiver's inbox | before it `notification` | before it `notification` |
//! | `product.created`, `product.updated` | | `product:created`, `product:updated` |

use jiff::Timestamp;
use orders::event::Kind;
use orders::order::{PaymentMethod, Version};
use orders::text::Line;
use orders::view::{EventOrder, EventView, ItemView, OrderView, Person};
use orders::{Audience, Money, OrderId, OrderNumber, Status};
use serde::Serialize;

use super::{Dialect, Message, Messages, RenderInput, detail_name, joined};
use crate::payload::event::{OrderState, SocketOrderEvent, SocketProductEvent};
use crate::payload::order_counts::OrderCounts;
use crate::payload::session::Connected;

pub(super) struct Standard;

/// An event of an order, as its receiver may see it.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
struct StandardOrderEvent<'a> {
    #[serde(flatten)]
    event: SocketOrderEvent<'a>,
    order: StandardOrder<'a>,
}

/// An order was placed.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
struct StandardOrderCreated<'a> {
    #[serde(flatten)]
    event: SocketOrderEvent<'a>,
    order: CreatedOrder<'a>,
}

/// The order as `GET /api/v1/orders/{order}` gives it to the receiver.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
struct CreatedOrder<'a> {
    #[serde(flatten)]
    order: &'a OrderView,
    /// The same as `number`.
    order_number: OrderNumber,
    /// The same as `payment.method`.
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_method: Option<PaymentMethod>,
}

/// What the event says of the order.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
struct StandardOrder<'a> {
    id: OrderId,
    order_number: OrderNumber,
    status: Status,
    version: Version,
    #[serde(skip_serializing_if = "Option::is_none")]
    customer: Option<&'a Person>,
    #[serde(skip_serializing_if = "Option::is_none")]
    items: Option<&'a [ItemView]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<Money>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_method: Option<PaymentMethod>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tracking_number: Option<&'a Line<100>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(serialize_with = "orders::time::serialize")]
    estimated_delivery: Option<Timestamp>,
    #[serde(serialize_with = "orders::time::serialize")]
    updated_at: Timestamp,
}

impl<'a> StandardOrderEvent<'a> {
    fn new(view: &'a EventView, order: &'a EventOrder) -> Self {
        let facts = &view.facts;
        let order_payload = StandardOrder {
            id: order.order_id,
            order_number: order.order_number,
            status: order.status,
            version: view.version,
            customer: order.customer.as_ref(),
            items: facts.items.as_deref(),
            total: facts.total,
            payment_method: facts.payment_method,
            payment_status: facts.payment_status,
            tracking_number: facts.tracking_number.as_ref(),
            estimated_delivery: facts.estimated_delivery,
            updated_at: view.at,
        };
        Self { event: SocketOrderEvent::new(view, order), order: order_payload }
    }
}

impl<'a> StandardOrderCreated<'a> {
    fn new(view: &'a EventView, order: &'a EventOrder, created: &'a OrderView) -> Self {
        let created = CreatedOrder {
            order: created,
            order_number: created.number,
            payment_method: view.facts.payment_method,
        };
        Self { event: SocketOrderEvent::new(view, order), order: created }
    }
}

/// An event of an order; after a `reset`, its present state.
#[cfg(feature = "openapi")]
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = StandardOrderUpdate)]
#[serde(untagged)]
#[expect(dead_code, clippy::large_enum_variant, reason = "describes two structs that are serialized apart")]
enum StandardOrderUpdate<'a> {
    Event(StandardOrderEvent<'a>),
    State(OrderState<'a>),
}

impl Dialect for Standard {
    fn name(&self) -> &'static str {
        "standard"
    }

    fn relies_on_joins(&self) -> bool {
        false
    }

    fn greeting(&self, connected: &Connected<'_>, _: Timestamp) -> Message {
        Message::new("connected", connected)
    }

    fn event(&self, input: &RenderInput<'_>, messages: &mut Messages) {
        let staff = input.audience == Audience::Staff;
        let name = match (input.view.kind, staff) {
            (Kind::OrderCreated, false) => "order:created",
            (Kind::OrderCreated, true) => "admin:order:created",
            (Kind::OrderCancelled, false) => "order:cancelled",
            (Kind::OrderCancelled, true) => "admin:order:cancelled",
            (Kind::ProductCreated, _) => "product:created",
            (Kind::ProductUpdated, _) => "product:updated",
            (_, false) if input.is_status_update() => "order:updated",
            (_, true) if input.is_status_update() => "admin:order:updated",
            (kind, staff) => detail_name(kind, staff),
        };
        joined::event(input, messages);
        // Before the event itself, which carries the cursor: a notification that comes twice is recognized by its id.
        if let Some(notification) = input.notification {
            messages.push("notification", notification);
        }
        match (input.order(), input.view.product_id) {
            (Some(order), _) => match &input.view.created {
                Some(created) => messages.push(name, &StandardOrderCreated::new(input.view, order, created)),
                None => messages.push(name, &StandardOrderEvent::new(input.view, order)),
            },
            (None, Some(product)) => messages.push(name, &SocketProductEvent::new(input.view, product)),
            (None, None) => {}
        }
    }

    fn state(&self, order: &OrderView, audience: Audience, messages: &mut Messages) {
        let name = if audience == Audience::Staff { "admin:order:updated" } else { "order:updated" };
        messages.push(name, &OrderState::from(order));
    }

    fn counts(&self, counts: &OrderCounts) -> Message {
        Message::new("stats:updated", counts)
    }

    #[cfg(feature = "openapi")]
    fn messages(&self) -> Vec<crate::payload::MessageDoc> {
        use crate::payload::doc_roles::{CUSTOMER_AND_DRIVER, EVERYBODY, STAFF};
        use crate::payload::inbox::LiveNotification;
        crate::payload::message_docs! {
            "connected": Connected => EVERYBODY, "You are connected: as what, and from where on you receive events";
            "order:created": StandardOrderCreated => CUSTOMER_AND_DRIVER, "An order was placed";
            "order:updated": StandardOrderUpdate => CUSTOMER_AND_DRIVER,
                "The status or payment status of an order changed; after a `reset`, its present state";
            "delivery:updated": StandardOrderEvent => CUSTOMER_AND_DRIVER,
                "Another detail of an order changed: who delivers it, when, its tracking number or a parcel";
            "delivery:located": StandardOrderEvent => CUSTOMER_AND_DRIVER, "Where an order is";
            "order:cancelled": StandardOrderEvent => CUSTOMER_AND_DRIVER, "An order was cancelled";
            "admin:order:created": StandardOrderCreated => STAFF, "An order was placed";
            "admin:order:updated": StandardOrderUpdate => STAFF,
                "The status or payment status of an order changed; after a `reset`, its present state";
            "admin:delivery:updated": StandardOrderEvent => STAFF,
                "Another detail of an order changed: who delivers it, when, its tracking number, a parcel or a note";
            "admin:delivery:located": StandardOrderEvent => STAFF, "Where an order is";
            "admin:order:cancelled": StandardOrderEvent => STAFF, "An order was cancelled";
            "product:created": SocketProductEvent => STAFF, "A product was created";
            "product:updated": SocketProductEvent => STAFF, "A product changed";
            "notification": LiveNotification => EVERYBODY, "An entry of your inbox, before its event";
            "stats:updated": OrderCounts => STAFF, "The store's counts, at most four times a second";
        }
    }
}
