//! The state of one order.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::actor::Origin;
use crate::command::RESERVATION;
use crate::id::{OrderId, OrderNumber, ProductId, StoreId, UserId};
use crate::money::Money;
use crate::status::{Stage, Status};
use crate::text::{Line, Prose};

pub use crate::geo::{GeoPoint, InvalidGeoPoint, Location};
pub use crate::shipment::{Parcel, Shipment, ShipmentState};

/// Counts the events of one order (or product): 1 when it is made, then 2, 3, … without a gap. A location of the
/// delivery repeats the version it found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Version(pub u32);

impl Version {
    /// The version after this one; the last one is its own successor, so that nothing wraps or panics.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// One order. Its personal data is a [`Contact`](crate::contact::Contact), kept beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    /// Its id.
    pub id: OrderId,
    /// The number people use.
    pub number: OrderNumber,
    /// Who sells.
    pub store: StoreId,
    /// Who bought.
    pub customer: UserId,
    /// What was bought.
    pub items: Vec<OrderItem>,
    /// The sum of the items.
    pub total: Money,
    /// Placed or cancelled.
    pub lifecycle: Lifecycle,
    /// Whether the store has started on it. Parcels imply it.
    pub processing: bool,
    /// The money.
    pub payment: Payment,
    /// The parcels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shipments: Vec<Shipment>,
    /// What the order holds of the stock.
    pub hold: Hold,
    /// The carrier's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracking_number: Option<Line<100>>,
    /// The driver's account, when one is assigned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub driver: Option<UserId>,
    /// When it should arrive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimated_delivery: Option<Timestamp>,
    /// The last sampled place of the delivery.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    /// Rises with every event but a location.
    pub version: Version,
    /// When it was placed.
    pub created_at: Timestamp,
    /// When it last changed, its location included. Never goes back.
    pub updated_at: Timestamp,
}

/// One line of an order: the product as it was when it was bought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderItem {
    /// What.
    pub product: ProductId,
    /// Its name then.
    pub name: Line<200>,
    /// Its price then.
    pub unit_price: Money,
    /// How many.
    pub quantity: u32,
}

/// Whether the order stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Lifecycle {
    /// It stands.
    Placed,
    /// Called off. Terminal.
    Cancelled {
        /// By whom.
        by: Origin,
        /// Why, as the customer may read it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Prose<500>>,
        /// When.
        at: Timestamp,
    },
}

/// How the customer pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PaymentMethod {
    /// Cash, to the driver.
    CashOnDelivery,
    /// Through a payment provider, before processing.
    Online,
}

impl PaymentMethod {
    /// The wire name.
    pub fn name(self) -> &'static str {
        match self {
            Self::CashOnDelivery => "cash_on_delivery",
            Self::Online => "online",
        }
    }
}

/// The money of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Payment {
    /// How.
    pub method: PaymentMethod,
    /// How far.
    pub state: PaymentState,
    /// The provider's own name of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Line<128>>,
}

/// How far a payment got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum PaymentState {
    /// Nothing is due: the order costs nothing.
    None,
    /// Due. Cash on delivery stays here until the cash is recorded.
    Pending,
    /// The provider holds the money for us.
    Authorized,
    /// Received.
    Paid {
        /// Where the order was then: this decides whether the simple status reads `paid`.
        during: Stage,
    },
    /// Given back.
    Refunded,
    /// The provider refused it; the customer may try again.
    Failed,
}

impl PaymentState {
    /// The wire name.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Pending => "pending",
            Self::Authorized => "authorized",
            Self::Paid { .. } => "paid",
            Self::Refunded => "refunded",
            Self::Failed => "failed",
        }
    }
}

/// What an order holds of the stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hold {
    /// Its goods are promised to it.
    Reserved,
    /// Its goods left the store, all of them with the first parcel. It stays so when the order is cancelled on the
    /// road: what comes back is counted again by hand.
    Consumed,
    /// Nothing: cancelled before they left, or not paid in time.
    Released,
}

impl Order {
    /// How far it got on its way. A parcel that came back without arriving keeps it [`Stage::Shipped`]; one that
    /// was returned after it arrived leaves it [`Stage::Delivered`].
    pub fn stage(&self) -> Stage {
        let parcels = &self.shipments;
        if !parcels.is_empty() && parcels.iter().all(Shipment::has_arrived) {
            Stage::Delivered
        } else if parcels.iter().any(|parcel| parcel.state.has_left()) {
            Stage::Shipped
        } else if self.processing || !parcels.is_empty() {
            Stage::Processing
        } else {
            Stage::Pending
        }
    }

    /// The simple status: the stage, or `paid` while the order is at the stage where its money came, if that is
    /// [`Stage::Pending`] or [`Stage::Shipped`].
    pub fn status(&self) -> Status {
        if self.is_cancelled() {
            return Status::Cancelled;
        }
        let stage = self.stage();
        match stage {
            Stage::Pending | Stage::Shipped
                if self.payment.state == (PaymentState::Paid { during: stage }) =>
            {
                Status::Paid
            }
            Stage::Pending => Status::Pending,
            Stage::Processing => Status::Processing,
            Stage::Shipped => Status::Shipped,
            Stage::Delivered => Status::Delivered,
        }
    }

    /// Whether it was called off.
    pub fn is_cancelled(&self) -> bool {
        matches!(self.lifecycle, Lifecycle::Cancelled { .. })
    }

    /// Whether its customer may still cancel it: until processing starts, prepaid or not.
    pub fn customer_may_cancel(&self) -> bool {
        !self.is_cancelled() && self.stage() == Stage::Pending
    }

    /// When its goods go back on the shelf unless somebody pays; `None` where they do not: cash on delivery, money
    /// that came or is held, nothing due, nothing reserved, or a store that is at work on it.
    pub fn reservation_ends(&self) -> Option<Timestamp> {
        let unpaid = matches!(self.payment.state, PaymentState::Pending | PaymentState::Failed);
        let online = self.payment.method == PaymentMethod::Online;
        let waits = unpaid && online && self.hold == Hold::Reserved && self.stage() == Stage::Pending;
        waits.then(|| self.created_at.checked_add(RESERVATION).unwrap_or(Timestamp::MAX))
    }

    /// Per cent of the way, for a progress bar; 0 once it was called off.
    pub fn progress(&self) -> u8 {
        if self.is_cancelled() {
            return 0;
        }
        match self.stage() {
            Stage::Pending => 10,
            Stage::Processing => 40,
            Stage::Shipped if self.shipments.iter().any(|p| p.state == ShipmentState::OutForDelivery) => 85,
            Stage::Shipped => 70,
            Stage::Delivered => 100,
        }
    }

    /// How many of each product, lines of the same product added up, in the order of their ids.
    pub fn quantities(&self) -> Vec<(ProductId, u32)> {
        sum_lines(self.items.iter().map(|item| (item.product, item.quantity)))
    }
}

/// Adds up lines of the same product. Quantities are bounded where they are parsed, so the sum cannot overflow
/// within the bound on lines; a larger one saturates and then fails the stock check.
pub(crate) fn sum_lines(lines: impl Iterator<Item = (ProductId, u32)>) -> Vec<(ProductId, u32)> {
    let mut lines: Vec<_> = lines.collect();
    lines.sort_unstable_by_key(|line| line.0);
    lines.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 = kept.1.saturating_add(next.1);
        }
        same
    });
    lines
}
