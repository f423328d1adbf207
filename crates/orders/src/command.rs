//! Commands. A command is parsed and bounded before it gets here; [`decide`](crate::decide()) accepts or refuses it.

use std::borrow::Cow;

use jiff::Timestamp;

use crate::contact::{Address, Contact, Partner};
use crate::id::{OrderId, OrderRef, ProductId, Reference, StoreId};
use crate::money::Money;
use crate::order::{LocationReport, Parcel, PaymentMethod, PaymentState, ShipmentState};
use crate::product::Details;
use crate::status::Status;
use crate::text::{Line, Prose};

#[derive(Debug, Clone)]
pub enum Command {
    PlaceOrder(PlaceOrder),
    CancelOrder {
        order: OrderRef,
        /// Customer, store and driver can read it; the holder of a tracking link cannot.
        reason: Option<Prose<500>>,
    },
    /// Sets the status, and the payment and parcels that it implies.
    SetStatus(SetStatus),
    SetDelivery(SetDelivery),
    /// Reports the location of a delivery. At most one per [`LOCATION_INTERVAL`] is stored, and none after the delivery. A
    /// location that was measured before the stored one is not stored.
    ReportLocation {
        order: OrderRef,
        location: LocationReport,
        /// The caller has waited until the interval ended, so that its own clock decides.
        waited: bool,
    },
    /// Changes the state of a parcel. The next unused number creates a parcel (only by staff, at most 100).
    MoveParcel {
        order: OrderRef,
        parcel: Parcel,
        state: ShipmentState,
    },
    /// The payment state changed.
    RecordPayment {
        order: OrderRef,
        outcome: PaymentOutcome,
        /// The payment provider's reference.
        reference: Option<Line<128>>,
    },
    /// Releases the stock of an online order that was not paid in time: see [`Order::reservation_ends`].
    ///
    /// [`Order::reservation_ends`]: crate::order::Order::reservation_ends
    ExpireReservation {
        order: OrderRef,
    },
    CreateProduct(CreateProduct),
    /// Changes a product. A part that is `None` stays.
    UpdateProduct(UpdateProduct),
    SetStock {
        product: ProductId,
        stock: StockCount,
    },
}

#[derive(Debug, Clone)]
pub struct PlaceOrder {
    pub id: OrderId,
    pub store: StoreId,
    /// Products and quantities (1 to [`MOST_OF_ONE`]); at most [`MOST_LINES`] lines.
    pub items: Vec<(ProductId, u32)>,
    pub payment: PaymentMethod,
    pub address: Address,
    /// The total that the customer was shown. Another total is refused.
    pub expected_total: Option<Money>,
    /// The order's id in the shop that it comes from. Refused if another order of the store has it.
    pub reference: Option<Reference>,
}

pub const MOST_LINES: usize = 100;
pub const MOST_OF_ONE: u32 = 10_000;
/// Minimum time between two stored locations.
pub const LOCATION_INTERVAL: jiff::SignedDuration = jiff::SignedDuration::from_secs(2);
/// How long an unpaid online order keeps its reservation, unless the store starts processing it.
pub const RESERVATION: jiff::SignedDuration = jiff::SignedDuration::from_mins(15);

/// A new status, with details that often change together with it.
#[derive(Debug, Clone)]
pub struct SetStatus {
    pub order: OrderRef,
    pub status: Status,
    pub tracking_number: Option<Line<100>>,
    pub estimated_delivery: Option<Timestamp>,
    /// A note that only staff can read.
    pub note: Option<Prose<2000>>,
    /// Required to move the order back, optional to cancel it. The customer can read it. Not stored for a step
    /// forward.
    pub reason: Option<Prose<500>>,
}

/// Delivery details. A part that is `None` stays.
#[derive(Debug, Clone)]
pub struct SetDelivery {
    pub order: OrderRef,
    /// Name and phone, as the customer sees them.
    pub partner: Option<Partner>,
    /// The driver's account. The previous driver can no longer see the order.
    pub driver: Option<crate::id::UserId>,
    pub location: Option<LocationReport>,
    pub estimated_delivery: Option<Timestamp>,
}

/// A report about a payment, always of the whole total: there are no partial payments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentOutcome {
    /// The provider holds the money.
    Authorized,
    Paid,
    Failed,
    Refunded,
}

impl PaymentOutcome {
    pub(crate) fn state(self, during: crate::status::Stage) -> PaymentState {
        match self {
            Self::Authorized => PaymentState::Authorized,
            Self::Paid => PaymentState::Paid { during },
            Self::Failed => PaymentState::Failed,
            Self::Refunded => PaymentState::Refunded,
        }
    }
}

#[derive(Debug, Clone)]
pub struct CreateProduct {
    pub id: ProductId,
    pub name: Line<200>,
    pub price: Money,
    pub on_hand: u32,
    pub details: Details,
}

/// A change to a product.
#[derive(Debug, Clone)]
pub struct UpdateProduct {
    pub product: ProductId,
    pub name: Option<Line<200>>,
    /// The price of new orders.
    pub price: Option<Money>,
    pub archived: Option<bool>,
    /// Replaced as a whole.
    pub details: Option<Details>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StockCount {
    /// The counted number of units.
    OnHand(u32),
    /// The number of units to add (positive) or remove (negative).
    Change(i64),
}

impl Command {
    /// The existing order that the command names.
    pub fn order(&self) -> Option<OrderRef> {
        match self {
            Self::CancelOrder { order, .. }
            | Self::ReportLocation { order, .. }
            | Self::MoveParcel { order, .. }
            | Self::RecordPayment { order, .. }
            | Self::ExpireReservation { order } => Some(*order),
            Self::SetStatus(set) => Some(set.order),
            Self::SetDelivery(set) => Some(set.order),
            Self::PlaceOrder(_) | Self::CreateProduct(_) | Self::UpdateProduct(_) | Self::SetStock { .. } => {
                None
            }
        }
    }

    /// The products that the command names; an order with too many lines is refused without loading more. The products of a
    /// named order's items are not included.
    pub fn products(&self) -> impl Iterator<Item = ProductId> {
        let (lines, one): (&[(ProductId, u32)], _) = match self {
            Self::PlaceOrder(place) => (&place.items[..place.items.len().min(MOST_LINES)], None),
            Self::UpdateProduct(update) => (&[], Some(update.product)),
            Self::SetStock { product, .. } => (&[], Some(*product)),
            _ => (&[], None),
        };
        lines.iter().map(|line| line.0).chain(one)
    }

    /// The command without the personal data that the order has already, because repeating that data changes nothing.
    pub fn without_known(&self, contact: &Contact) -> Cow<'_, Self> {
        match self {
            Self::SetDelivery(set) if set.partner.is_some() && set.partner == contact.partner => {
                Cow::Owned(Self::SetDelivery(SetDelivery { partner: None, ..set.clone() }))
            }
            _ => Cow::Borrowed(self),
        }
    }

    /// The personal data of the order after the command; `None` if it does not change.
    pub fn contact_after(&self, mut before: Contact) -> Option<Contact> {
        match self {
            Self::PlaceOrder(place) => before.shipping = Some(place.address.clone()),
            Self::SetDelivery(SetDelivery { partner: Some(partner), .. }) => {
                before.partner = Some(partner.clone());
            }
            _ => return None,
        }
        Some(before)
    }
}
