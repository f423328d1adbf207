//! What somebody asks for. A command is parsed and bounded before it gets here; whether it may happen is decided
//! in [`decide`](crate::decide()).

use jiff::Timestamp;

use crate::contact::{Address, Contact, Partner};
use crate::id::{OrderId, OrderRef, ProductId, StoreId};
use crate::money::Money;
use crate::order::{GeoPoint, Parcel, PaymentMethod, PaymentState, ShipmentState};
use crate::product::Details;
use crate::status::Status;
use crate::text::{Line, Prose};

/// Everything that can be asked of the domain.
#[derive(Debug, Clone)]
pub enum Command {
    /// A customer orders.
    PlaceOrder(PlaceOrder),
    /// Call an order off.
    CancelOrder {
        /// Which.
        order: OrderRef,
        /// Why, for the other side to read; whoever only has the tracking link does not.
        reason: Option<Prose<500>>,
    },
    /// Set the simple status, and what usually changes with it: a macro over the model.
    SetStatus(SetStatus),
    /// Say who brings an order, and when.
    SetDelivery(SetDelivery),
    /// Say where the delivery is. Sampled: one within [`LOCATION_INTERVAL`] is kept, and none once it was delivered.
    ReportLocation {
        /// Which.
        order: OrderRef,
        /// Where.
        point: GeoPoint,
    },
    /// Move one parcel on; the next unused number makes a new one (staff only, and at most 100).
    MoveParcel {
        /// Which order.
        order: OrderRef,
        /// Which parcel.
        parcel: Parcel,
        /// How far it is now.
        state: ShipmentState,
    },
    /// Money came, was refused, or went back.
    RecordPayment {
        /// Which.
        order: OrderRef,
        /// What happened.
        outcome: PaymentOutcome,
        /// The provider's own name of it.
        reference: Option<Line<128>>,
    },
    /// An online order that nobody paid in time gives its stock back: see [`Order::reservation_ends`].
    ///
    /// [`Order::reservation_ends`]: crate::order::Order::reservation_ends
    ExpireReservation {
        /// Which.
        order: OrderRef,
    },
    /// Put a product on the shelf.
    CreateProduct(CreateProduct),
    /// Change what a product is. What is `None` stays.
    UpdateProduct(UpdateProduct),
    /// Say how many there are.
    SetStock {
        /// Of what.
        product: ProductId,
        /// The count, or the change of it.
        stock: StockCount,
    },
}

/// A customer's order.
#[derive(Debug, Clone)]
pub struct PlaceOrder {
    /// The id it shall have.
    pub id: OrderId,
    /// Who sells.
    pub store: StoreId,
    /// What, and how many (1 to [`MOST_OF_ONE`]); at most [`MOST_LINES`] lines.
    pub items: Vec<(ProductId, u32)>,
    /// How they pay.
    pub payment: PaymentMethod,
    /// Where it goes.
    pub address: Address,
    /// What the customer was shown; another total is refused.
    pub expected_total: Option<Money>,
}

/// The most lines of one order.
pub const MOST_LINES: usize = 100;
/// The most of one product in one line.
pub const MOST_OF_ONE: u32 = 10_000;
/// A location sooner after the last kept one than this is left out.
pub const LOCATION_INTERVAL: jiff::SignedDuration = jiff::SignedDuration::from_secs(2);
/// How long an online order that nobody pays, and the store does not start on, keeps its reservation.
pub const RESERVATION: jiff::SignedDuration = jiff::SignedDuration::from_mins(15);

/// A new simple status, with what usually changes together with it.
#[derive(Debug, Clone)]
pub struct SetStatus {
    /// Which.
    pub order: OrderRef,
    /// To what.
    pub status: Status,
    /// The carrier's number, if it is known now.
    pub tracking_number: Option<Line<100>>,
    /// When it should arrive, if that is known now.
    pub estimated_delivery: Option<Timestamp>,
    /// A note for the store's own eyes.
    pub note: Option<Prose<2000>>,
    /// Why, when the status is corrected backwards or the order is called off; the customer can read it. Not kept
    /// for a step forward.
    pub reason: Option<Prose<500>>,
}

/// Who brings it, and when. What is `None` stays.
#[derive(Debug, Clone)]
pub struct SetDelivery {
    /// Which.
    pub order: OrderRef,
    /// The name and phone the customer sees.
    pub partner: Option<Partner>,
    /// The driver's account, if they have one. Whoever had the order before can no longer see it.
    pub driver: Option<crate::id::UserId>,
    /// Where they are.
    pub location: Option<GeoPoint>,
    /// When they should arrive.
    pub estimated_delivery: Option<Timestamp>,
}

/// What a payment provider, or whoever took the cash, reports. Of a whole order: a part of its total is none of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentOutcome {
    /// The provider holds the money.
    Authorized,
    /// The money is here.
    Paid,
    /// The provider refused.
    Failed,
    /// The money went back.
    Refunded,
}

impl PaymentOutcome {
    /// The state it leads to, for an order at a stage.
    pub(crate) fn state(self, during: crate::status::Stage) -> PaymentState {
        match self {
            Self::Authorized => PaymentState::Authorized,
            Self::Paid => PaymentState::Paid { during },
            Self::Failed => PaymentState::Failed,
            Self::Refunded => PaymentState::Refunded,
        }
    }
}

/// A new product.
#[derive(Debug, Clone)]
pub struct CreateProduct {
    /// The id it shall have.
    pub id: ProductId,
    /// Its name.
    pub name: Line<200>,
    /// The price of one.
    pub price: Money,
    /// How many there are.
    pub on_hand: u32,
    /// What people look at.
    pub details: Details,
}

/// A change to a product.
#[derive(Debug, Clone)]
pub struct UpdateProduct {
    /// Which.
    pub product: ProductId,
    /// Another name.
    pub name: Option<Line<200>>,
    /// Another price, for orders from now on.
    pub price: Option<Money>,
    /// Off the shelf, or back on it.
    pub archived: Option<bool>,
    /// What people look at, replaced as a whole.
    pub details: Option<Details>,
}

/// A count of stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StockCount {
    /// Counted: so many are there.
    OnHand(u32),
    /// So many came or went.
    Change(i64),
}

impl Command {
    /// The order it names, if it names one that exists already.
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

    /// The products it names itself, as far as it can need them: an order of too many lines is refused without a look at
    /// any. Those of a named order's items come on top.
    pub fn products(&self) -> impl Iterator<Item = ProductId> {
        let (lines, one): (&[(ProductId, u32)], _) = match self {
            Self::PlaceOrder(place) => (&place.items[..place.items.len().min(MOST_LINES)], None),
            Self::UpdateProduct(update) => (&[], Some(update.product)),
            Self::SetStock { product, .. } => (&[], Some(*product)),
            _ => (&[], None),
        };
        lines.iter().map(|line| line.0).chain(one)
    }

    /// The personal data of its order once it has happened, if the command changes that.
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
