//! An order.

use jiff::Timestamp;
use serde::Serialize;

use super::{Person, partner_for};
use crate::actor::Origin;
use crate::audience::{Audience, Field};
use crate::contact::{Address, Contact, Partner};
use crate::decide::{AllowedTransition, allowed_transitions};
use crate::id::{OrderId, OrderNumber, ProductId, StoreId};
use crate::money::Money;
use crate::order::{Lifecycle, Location, Order, OrderItem, PaymentMethod, Shipment, ShipmentState, Version};
use crate::status::Status;
use crate::text::{Line, Prose};

/// An order as one audience sees it. A field that is absent is unknown, or none of theirs.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Order))]
#[serde(rename_all = "camelCase")]
pub struct OrderView {
    /// Its id.
    pub id: OrderId,
    /// The number people use.
    pub number: OrderNumber,
    /// The store.
    pub store_id: StoreId,
    /// The customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<Person>,
    /// The simple status.
    pub status: Status,
    /// Per cent of the way, for a progress bar.
    pub progress: u8,
    /// Rises by one with every change. Send it back in `If-Match` to change only what you saw.
    pub version: Version,
    /// What was bought.
    pub items: Vec<ItemView>,
    /// The sum.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<Money>,
    /// The money.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment: Option<PaymentView>,
    /// The parcels.
    pub shipments: Vec<ShipmentView>,
    /// The carrier's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tracking_number: Option<Line<100>>,
    /// When it should arrive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub estimated_delivery: Option<Timestamp>,
    /// Where it goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shipping_address: Option<Address>,
    /// Who brings it, and where they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery: Option<DeliveryView>,
    /// Who called it off, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancellation: Option<CancellationView>,
    /// Whether the customer may still cancel it.
    pub can_cancel: bool,
    /// The statuses that the reader may set now.
    pub allowed_transitions: Vec<AllowedTransition>,
    /// When it was placed.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// One line of an order.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = OrderItem))]
#[serde(rename_all = "camelCase")]
pub struct ItemView {
    /// What.
    pub product_id: ProductId,
    /// Its name when it was bought.
    pub name: Line<200>,
    /// How many.
    pub quantity: u32,
    /// The price of one when it was bought.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit_price: Option<Money>,
}

/// The money of an order.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = OrderPayment))]
#[serde(rename_all = "camelCase")]
pub struct PaymentView {
    /// How.
    pub method: PaymentMethod,
    /// How far: `none`, `pending`, `authorized`, `paid`, `refunded`, `failed`.
    pub status: &'static str,
    /// The provider's own name of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<Line<128>>,
}

/// One parcel.
#[derive(Debug, Clone, Copy, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = OrderShipment))]
#[serde(rename_all = "camelCase")]
pub struct ShipmentView {
    /// 1, 2, 3 … within the order.
    pub parcel: u16,
    /// How far it got.
    pub status: ShipmentState,
}

impl From<&Shipment> for ShipmentView {
    fn from(shipment: &Shipment) -> Self {
        Self { parcel: shipment.parcel, status: shipment.state }
    }
}

/// Who brings an order, and where they are.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = OrderDelivery))]
#[serde(rename_all = "camelCase")]
pub struct DeliveryView {
    /// Name and phone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partner: Option<Partner>,
    /// The last place that was told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<LocationView>,
}

/// A place and when somebody was there.
#[derive(Debug, Clone, Copy, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = OrderLocation))]
#[serde(rename_all = "camelCase")]
pub struct LocationView {
    /// Degrees, -90 to 90.
    pub latitude: f64,
    /// Degrees, -180 to 180.
    pub longitude: f64,
    /// When.
    pub at: Timestamp,
}

impl From<Location> for LocationView {
    fn from(location: Location) -> Self {
        Self { latitude: location.point.latitude(), longitude: location.point.longitude(), at: location.at }
    }
}

/// Who called an order off.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = OrderCancellation))]
#[serde(rename_all = "camelCase")]
pub struct CancellationView {
    /// Which side.
    pub by: Origin,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Prose<500>>,
    /// When.
    pub at: Timestamp,
}

impl OrderView {
    /// An order, with the personal data kept beside it, for an audience.
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
