//! An event of the log, as one audience sees it.

use jiff::Timestamp;
use orders::event::Kind;
use orders::order::{PaymentMethod, Version};
use orders::text::{Line, Prose};
use orders::view::{
    ActorView, EventFacts, EventOrder, EventView, ItemView, LocationView, OrderView, ShipmentView,
};
use orders::{EventId, Money, Partner, ProductId, StoreId};
use serde::Serialize;

/// An event of an order, as its receiver may see it.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct OrderEvent<'a> {
    /// Drop an event whose id you have seen.
    id: EventId,
    kind: Kind,
    #[serde(serialize_with = "orders::time::serialize")]
    at: Timestamp,
    actor: &'a ActorView,
    store_id: &'a StoreId,
    /// The version of the order after the event. Keep the newest. A location repeats the version.
    version: Version,
    #[serde(flatten)]
    order: &'a EventOrder,
    #[serde(flatten)]
    facts: OrderFacts<'a>,
    /// A new order, as `GET /api/v1/orders/{order}` gives it to the receiver.
    #[serde(rename = "order", skip_serializing_if = "Option::is_none")]
    created: Option<&'a OrderView>,
}

/// An event of a product.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProductEvent<'a> {
    /// Drop an event whose id you have seen.
    id: EventId,
    kind: Kind,
    #[serde(serialize_with = "orders::time::serialize")]
    at: Timestamp,
    actor: &'a ActorView,
    store_id: &'a StoreId,
    /// The version of the product after the event.
    version: Version,
    product_id: ProductId,
    #[serde(flatten)]
    facts: ProductFacts<'a>,
}

/// What changed of an order.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct OrderFacts<'a> {
    /// The items of a new order.
    #[serde(skip_serializing_if = "Option::is_none")]
    items: Option<&'a [ItemView]>,
    /// The sum of a new order.
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<Money>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_method: Option<PaymentMethod>,
    /// `none`, `pending`, `authorized`, `paid`, `refunded` or `failed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tracking_number: Option<&'a Line<100>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(serialize_with = "orders::time::serialize")]
    pub(crate) estimated_delivery: Option<Timestamp>,
    /// Who delivers it.
    #[serde(skip_serializing_if = "Option::is_none")]
    partner: Option<&'a Partner>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<LocationView>,
    /// The parcels that changed.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    shipments: &'a [ShipmentView],
    /// Why it was cancelled or corrected.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a Prose<500>>,
    /// Staff only.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'a Prose<2000>>,
}

/// What changed of a product.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProductFacts<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a Line<200>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    price: Option<Money>,
    /// How many are in stock.
    #[serde(skip_serializing_if = "Option::is_none")]
    on_hand: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    archived: Option<bool>,
}

impl<'a> From<&'a EventFacts> for OrderFacts<'a> {
    fn from(facts: &'a EventFacts) -> Self {
        Self {
            items: facts.items.as_deref(),
            total: facts.total,
            payment_method: facts.payment_method,
            payment_status: facts.payment_status,
            tracking_number: facts.tracking_number.as_ref(),
            estimated_delivery: facts.estimated_delivery,
            partner: facts.partner.as_ref(),
            location: facts.location,
            shipments: &facts.shipments,
            reason: facts.reason.as_ref(),
            note: facts.note.as_ref(),
        }
    }
}

impl<'a> From<&'a EventFacts> for ProductFacts<'a> {
    fn from(facts: &'a EventFacts) -> Self {
        Self {
            name: facts.name.as_ref(),
            price: facts.price,
            on_hand: facts.on_hand,
            archived: facts.archived,
        }
    }
}

impl<'a> OrderEvent<'a> {
    pub(crate) fn new(view: &'a EventView, order: &'a EventOrder) -> Self {
        let EventView { id, kind, at, ref actor, ref store_id, version, .. } = *view;
        let created = view.created.as_deref();
        Self { id, kind, at, actor, store_id, version, order, facts: (&view.facts).into(), created }
    }
}

impl<'a> ProductEvent<'a> {
    pub(crate) fn new(view: &'a EventView, product_id: ProductId) -> Self {
        let EventView { id, kind, at, ref actor, ref store_id, version, .. } = *view;
        Self { id, kind, at, actor, store_id, version, product_id, facts: (&view.facts).into() }
    }
}

/// An event of an order over Socket.IO. `id` would be read as the order's, so the event's id is `eventId`.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct SocketOrderEvent<'a> {
    /// Drop an event whose id you have seen.
    event_id: EventId,
    kind: Kind,
    #[serde(serialize_with = "orders::time::serialize")]
    at: Timestamp,
    actor: &'a ActorView,
    store_id: &'a StoreId,
    /// The version of the order after the event. Keep the newest. A location repeats the version.
    version: Version,
    #[serde(flatten)]
    order: &'a EventOrder,
    #[serde(flatten)]
    facts: OrderFacts<'a>,
    /// The same as `at`.
    #[serde(serialize_with = "orders::time::serialize")]
    updated_at: Timestamp,
}

/// An event of a product.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct SocketProductEvent<'a> {
    /// Drop an event whose id you have seen.
    event_id: EventId,
    kind: Kind,
    #[serde(serialize_with = "orders::time::serialize")]
    at: Timestamp,
    actor: &'a ActorView,
    store_id: &'a StoreId,
    /// The version of the product after the event.
    version: Version,
    product_id: ProductId,
    #[serde(flatten)]
    facts: ProductFacts<'a>,
    /// The same as `at`.
    #[serde(serialize_with = "orders::time::serialize")]
    updated_at: Timestamp,
}

impl<'a> SocketOrderEvent<'a> {
    pub(crate) fn new(view: &'a EventView, order: &'a EventOrder) -> Self {
        let EventView { id: event_id, kind, at, ref actor, ref store_id, version, .. } = *view;
        let facts = (&view.facts).into();
        Self { event_id, kind, at, actor, store_id, version, order, facts, updated_at: at }
    }
}

impl<'a> SocketProductEvent<'a> {
    pub(crate) fn new(view: &'a EventView, product_id: ProductId) -> Self {
        let EventView { id: event_id, kind, at, ref actor, ref store_id, version, .. } = *view;
        let facts = (&view.facts).into();
        Self { event_id, kind, at, actor, store_id, version, product_id, facts, updated_at: at }
    }
}

/// The present state of an order.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct OrderState<'a> {
    order_id: orders::OrderId,
    order_number: orders::OrderNumber,
    status: orders::Status,
    version: Version,
    #[serde(serialize_with = "orders::time::serialize")]
    updated_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    tracking_number: Option<&'a Line<100>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(serialize_with = "orders::time::serialize")]
    estimated_delivery: Option<Timestamp>,
    order: &'a OrderView,
}

impl<'a> From<&'a OrderView> for OrderState<'a> {
    fn from(order: &'a OrderView) -> Self {
        Self {
            order_id: order.id,
            order_number: order.number,
            status: order.status,
            version: order.version,
            updated_at: order.updated_at,
            tracking_number: order.tracking_number.as_ref(),
            estimated_delivery: order.estimated_delivery,
            order,
        }
    }
}
