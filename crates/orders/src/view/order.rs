//! The view of an order.

use jiff::Timestamp;
use serde::Serialize;

use super::{Person, partner_for};
use crate::actor::Origin;
use crate::audience::{Audience, Field};
use crate::contact::{Address, Contact, Partner};
use crate::decide::{AllowedTransition, allowed_transitions};
use crate::id::{OrderId, OrderNumber, ProductId, Reference, StoreId};
use crate::money::Money;
use crate::order::{
    Accuracy, Lifecycle, Location, Order, OrderItem, PaymentMethod, Shipment, ShipmentState, Version,
};
use crate::status::Status;
use crate::text::{Line, Prose};

/// An order as one audience sees it. A field is absent if it is unknown or the audience may not see it.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Order))]
#[serde(rename_all = "camelCase")]
pub struct OrderView {
    pub id: OrderId,
    pub number: OrderNumber,
    /// The order's id in the shop that it comes from, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<Reference>,
    pub store_id: StoreId,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<Person>,
    pub status: Status,
    /// Percent, for a progress bar.
    pub progress: u8,
    /// Incremented by every change. Send it in `If-Match` to change only the version that you saw.
    pub version: Version,
    pub items: Vec<ItemView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<Money>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment: Option<PaymentView>,
    pub shipments: Vec<ShipmentView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tracking_number: Option<Line<100>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(serialize_with = "crate::time::serialize")]
    pub estimated_delivery: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shipping_address: Option<Address>,
    /// Partner and location.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery: Option<DeliveryView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancellation: Option<CancellationView>,
    /// Whether the customer may cancel the order.
    pub can_cancel: bool,
    /// The statuses that the reader may set now.
    pub allowed_transitions: Vec<AllowedTransition>,
    #[serde(serialize_with = "crate::time::serialize")]
    pub created_at: Timestamp,
    #[serde(serialize_with = "crate::time::serialize")]
    pub updated_at: Timestamp,
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = OrderItem))]
#[serde(rename_all = "camelCase")]
pub struct ItemView {
    pub product_id: ProductId,
    /// The name when the order was placed.
    pub name: Line<200>,
    pub quantity: u32,
    /// The unit price when the order was placed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit_price: Option<Money>,
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = OrderPayment))]
#[serde(rename_all = "camelCase")]
pub struct PaymentView {
    pub method: PaymentMethod,
    /// `none`, `pending`, `authorized`, `paid`, `refunded` or `failed`.
    pub status: &'static str,
    /// The payment provider's reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<Line<128>>,
    /// Until when the goods are reserved for an online payment that is due. Absent when nothing is reserved until then. The
    /// order stays open after that, but the goods may be sold to others.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(serialize_with = "crate::time::serialize")]
    pub reserved_until: Option<Timestamp>,
}

/// One parcel.
#[derive(Debug, Clone, Copy, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = OrderShipment))]
#[serde(rename_all = "camelCase")]
pub struct ShipmentView {
    /// 1, 2, 3 … within the order.
    pub parcel: u16,
    pub status: ShipmentState,
}

impl From<&Shipment> for ShipmentView {
    fn from(shipment: &Shipment) -> Self {
        Self { parcel: shipment.parcel, status: shipment.state }
    }
}

/// The partner and location of a delivery.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = OrderDelivery))]
#[serde(rename_all = "camelCase")]
pub struct DeliveryView {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partner: Option<Partner>,
    /// The last reported location.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<LocationView>,
}

/// Where a delivery was, and when.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = OrderLocation))]
#[serde(rename_all = "camelCase")]
pub struct LocationView {
    /// Degrees, -90 to 90.
    pub latitude: f64,
    /// Degrees, -180 to 180.
    pub longitude: f64,
    /// When the device was there; if it did not say, when the server received the location.
    #[serde(serialize_with = "crate::time::serialize")]
    pub at: Timestamp,
    /// The radius in meters within which the device is likely to be, if it said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accuracy: Option<f64>,
}

impl From<Location> for LocationView {
    fn from(location: Location) -> Self {
        Self {
            latitude: location.point.latitude(),
            longitude: location.point.longitude(),
            at: location.measured(),
            accuracy: location.accuracy.map(Accuracy::meters),
        }
    }
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = OrderCancellation))]
#[serde(rename_all = "camelCase")]
pub struct CancellationView {
    pub by: Origin,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Prose<500>>,
    #[serde(serialize_with = "crate::time::serialize")]
    pub at: Timestamp,
}

impl OrderView {
    pub fn new(order: &Order, contact: &Contact, customer: Option<Person>, audience: Audience) -> Self {
        let money = audience.sees(Field::Money);
        let cancellation = match &order.lifecycle {
            Lifecycle::Placed => None,
            Lifecycle::Cancelled { by, reason, at } => {
                let reason = reason.clone().filter(|_| audience.sees(Field::Reason));
                Some(CancellationView { by: *by, reason, at: *at })
            }
        };
        Self {
            id: order.id,
            number: order.number,
            reference: order.reference.clone(),
            store_id: order.store.clone(),
            customer: customer.filter(|_| audience.sees(Field::Customer)),
            status: order.status(),
            progress: order.progress(),
            version: order.version,
            items: order.items.iter().map(|item| ItemView::new(item, money)).collect(),
            total: money.then_some(order.total),
            payment: money.then(|| PaymentView {
                method: order.payment.method,
                status: order.payment.state.name(),
                reference: order.payment.reference.clone().filter(|_| audience.sees(Field::PaymentReference)),
                reserved_until: order.reservation_ends(),
            }),
            shipments: order.shipments.iter().map(ShipmentView::from).collect(),
            tracking_number: order.tracking_number.clone(),
            estimated_delivery: order.estimated_delivery,
            shipping_address: contact.shipping.clone().filter(|_| audience.sees(Field::Address)),
            delivery: DeliveryView::new(order, contact, audience),
            cancellation,
            can_cancel: order.customer_may_cancel(),
            allowed_transitions: allowed_transitions(order, audience),
            created_at: order.created_at,
            updated_at: order.updated_at,
        }
    }
}

impl ItemView {
    pub(super) fn new(item: &OrderItem, money: bool) -> Self {
        Self {
            product_id: item.product,
            name: item.name.clone(),
            quantity: item.quantity,
            unit_price: money.then_some(item.unit_price),
        }
    }
}

impl DeliveryView {
    fn new(order: &Order, contact: &Contact, audience: Audience) -> Option<Self> {
        let partner = contact.partner.as_ref().map(|partner| partner_for(partner, audience));
        let location = order.location.map(LocationView::from);
        (partner.is_some() || location.is_some()).then_some(Self { partner, location })
    }
}
