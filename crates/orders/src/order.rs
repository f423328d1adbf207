//! The state of one order.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::actor::Origin;
use crate::command::RESERVATION;
use crate::id::{OrderId, OrderNumber, ProductId, Reference, StoreId, UserId};
use crate::money::Money;
use crate::status::{Stage, Status};
use crate::text::{Line, Prose};

pub use crate::geo::{Accuracy, GeoPoint, InvalidAccuracy, InvalidGeoPoint, Location, LocationReport};
pub use crate::shipment::{Parcel, Shipment, ShipmentState};

/// Counts the events of one order or product: 1, 2, 3 … without a gap. A location of the delivery does not increment
/// it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Version(pub u32);

impl Version {
    /// Saturates, so that it never wraps or panics.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// An order. Its personal data is stored beside it, in a [`Contact`](crate::contact::Contact).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    pub id: OrderId,
    pub number: OrderNumber,
    /// The order's id in the shop that it comes from. Unique in its store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Reference>,
    pub store: StoreId,
    pub customer: UserId,
    pub items: Vec<OrderItem>,
    pub total: Money,
    pub lifecycle: Lifecycle,
    /// Whether the store started processing. Parcels imply it.
    pub processing: bool,
    pub payment: Payment,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shipments: Vec<Shipment>,
    pub hold: Hold,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracking_number: Option<Line<100>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub driver: Option<UserId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimated_delivery: Option<Timestamp>,
    /// The last stored location of the delivery.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    /// Incremented by every event except a location.
    pub version: Version,
    pub created_at: Timestamp,
    /// When the goods were reserved, if that was not `created_at`: see [`Change::Placed`](crate::Change::Placed).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reserved_at: Option<Timestamp>,
    /// When the order last changed, its location included. Never decreases.
    pub updated_at: Timestamp,
}

/// One line of an order, with the product as it was when the order was placed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderItem {
    pub product: ProductId,
    pub name: Line<200>,
    pub unit_price: Money,
    pub quantity: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Lifecycle {
    Placed,
    Cancelled {
        by: Origin,
        /// The customer can read it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Prose<500>>,
        at: Timestamp,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", try_from = "std::borrow::Cow<'_, str>")]
pub enum PaymentMethod {
    /// Input may also be `cod` or `cash`. Letter case and separators do not count.
    CashOnDelivery,
    /// Through a payment provider, before processing starts.
    Online,
}

impl PaymentMethod {
    pub fn name(self) -> &'static str {
        match self {
            Self::CashOnDelivery => "cash_on_delivery",
            Self::Online => "online",
        }
    }

    /// The method of a name as clients write it: `cash_on_delivery`, `cod`, `COD`, `Cash on delivery`, `online`.
    pub fn from_name(name: &str) -> Option<Self> {
        let letters = name.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).map(|c| c.to_ascii_lowercase());
        match letters.take(32).collect::<String>().as_str() {
            "cashondelivery" | "cod" | "cash" => Some(Self::CashOnDelivery),
            "online" => Some(Self::Online),
            _ => None,
        }
    }
}

/// The text is not a payment method.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be `cash_on_delivery` (or `cod`), or `online`")]
pub struct InvalidPaymentMethod;

impl TryFrom<std::borrow::Cow<'_, str>> for PaymentMethod {
    type Error = InvalidPaymentMethod;

    fn try_from(name: std::borrow::Cow<'_, str>) -> Result<Self, InvalidPaymentMethod> {
        Self::from_name(&name).ok_or(InvalidPaymentMethod)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Payment {
    pub method: PaymentMethod,
    pub state: PaymentState,
    /// The payment provider's reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Line<128>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum PaymentState {
    /// The order costs nothing.
    None,
    /// Due. Cash on delivery stays pending until the cash is recorded.
    Pending,
    /// The provider holds the money.
    Authorized,
    Paid {
        /// The stage of the order when the money arrived. It decides whether the status is `paid`.
        during: Stage,
    },
    Refunded,
    /// The provider refused the payment. The customer may try again.
    Failed,
}

impl PaymentState {
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

/// The stock that an order holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hold {
    Reserved,
    /// The goods left the store, all of them with the first parcel. Canceling a shipped order does not change this: the
    /// staff count what comes back.
    Consumed,
    /// The order holds nothing: it was cancelled before the goods left, or not paid in time.
    Released,
}

impl Order {
    /// The stage of the delivery. An order with a parcel that was returned without arriving stays [`Stage::Shipped`]; if it
    /// was returned after it arrived, the order stays [`Stage::Delivered`].
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

    /// The stage, or `paid` while the order is at the stage at which its money arrived, if that is
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

    pub fn is_cancelled(&self) -> bool {
        matches!(self.lifecycle, Lifecycle::Cancelled { .. })
    }

    /// Whether its total is revenue: it was neither cancelled nor refunded. An order that no longer counts never counts again.
    pub fn counts_as_revenue(&self) -> bool {
        !self.is_cancelled() && self.payment.state != PaymentState::Refunded
    }

    /// Customers may cancel until processing starts, prepaid or not.
    pub fn customer_may_cancel(&self) -> bool {
        !self.is_cancelled() && self.stage() == Stage::Pending
    }

    /// When the reservation expires; `None` if it does not: cash on delivery, money that arrived or is held, nothing due,
    /// nothing reserved, or processing has started.
    pub fn reservation_ends(&self) -> Option<Timestamp> {
        let unpaid = matches!(self.payment.state, PaymentState::Pending | PaymentState::Failed);
        let online = self.payment.method == PaymentMethod::Online;
        let waits = unpaid && online && self.hold == Hold::Reserved && self.stage() == Stage::Pending;
        let begin = self.reserved_at.unwrap_or(self.created_at);
        waits.then(|| begin.checked_add(RESERVATION).unwrap_or(Timestamp::MAX))
    }

    /// Percent, for a progress bar; 0 for a cancelled order.
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

    /// The quantity of each product, summed over lines, in the order of product ids.
    pub fn quantities(&self) -> Vec<(ProductId, u32)> {
        sum_lines(self.items.iter().map(|item| (item.product, item.quantity)))
    }
}

/// Sums the lines of the same product. Quantities and lines are bounded where they are parsed; a larger sum saturates, and
/// then fails the stock check.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payment_method_is_read_as_clients_write_it_and_written_in_one_form() {
        let read = |name: &str| serde_json::from_value::<PaymentMethod>(name.into());
        for name in [
            "cash_on_delivery",
            "cod",
            "COD",
            "Cod",
            "cash-on-delivery",
            "Cash on Delivery",
            "cashOnDelivery",
            "cash",
        ] {
            assert_eq!(read(name).unwrap(), PaymentMethod::CashOnDelivery, "{name}");
        }
        assert_eq!(read("Online").unwrap(), PaymentMethod::Online);
        for bad in ["", "card", "cod2", "c.o.d."] {
            assert!(read(bad).unwrap_err().to_string().contains("`cod`"), "{bad}");
        }
        assert_eq!(serde_json::to_value(PaymentMethod::CashOnDelivery).unwrap(), "cash_on_delivery");
    }
}
