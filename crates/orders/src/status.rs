//! The simple status people see, and what may follow what.
//!
//! | from \ to    | pending  | processing | shipped  | paid | delivered | cancelled         |
//! |--------------|----------|------------|----------|------|-----------|-------------------|
//! | `pending`    |          | staff      | staff    | ¹    | staff     | customer, staff   |
//! | `processing` | reason   |            | staff    | ²    | staff     | staff             |
//! | `shipped`    | reason   | reason     |          | ¹    | staff     | staff             |
//! | `paid`       | reason ⁵ | staff ³    | staff ³⁵ |      | staff     | staff, customer ⁴ |
//! | `delivered`  | reason   | reason     | reason   | ²    |           |                   |
//! | `cancelled`  |          |            |          | ⁶    |           |                   |
//!
//! *staff* (and Ordercast itself) may do it; *reason*: they may correct the mistake, and must say why; an empty cell
//! is refused.
//!
//! - ¹ A payment: for cash, from staff and the driver who took it; from the payment provider for either method.
//! - ² The payment is recorded as an event, the status stays.
//! - ³ Forward when it was paid before processing; a correction with a reason when it was paid on the road.
//! - ⁴ The customer only while processing has not started.
//! - ⁵ Where the order is there already and only the payment makes it read `paid`, the payment is what is corrected,
//!   with a reason: cash that did not come is due again. An online payment is undone by its refund.
//! - ⁶ Only a payment provider's late report is recorded; the status stays.
//!
//! Money comes once: where it is here already, ¹, ² and ⁶ are refused. Where the money came, the order reads `paid`
//! whenever it is there again: corrected back to `pending`, or sent out once more. A refund takes the `paid` away, and
//! the order reads `pending` or `shipped`. Asking for the status an order has is refused, unless a tracking number, an
//! expected time or a note comes along.
//!
//! The table is checked against [`decide`](crate::decide()) cell by cell, and against this page, in
//! `tests/transitions.rs`.

use serde::{Deserialize, Serialize};

/// The simple status of an order, derived from its lifecycle, payment and shipments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Placed; nobody has started on it.
    Pending,
    /// The store is preparing it.
    Processing,
    /// The first parcel left.
    Shipped,
    /// Paid before processing, or on the road.
    Paid,
    /// Every parcel arrived.
    Delivered,
    /// Called off, for good.
    Cancelled,
}

impl Status {
    /// All of them, in the order of the table above.
    pub const ALL: [Self; 6] =
        [Self::Pending, Self::Processing, Self::Shipped, Self::Paid, Self::Delivered, Self::Cancelled];

    /// The wire name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Processing => "processing",
            Self::Shipped => "shipped",
            Self::Paid => "paid",
            Self::Delivered => "delivered",
            Self::Cancelled => "cancelled",
        }
    }

    /// The status of a wire name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }

    /// Whether the story ends here: a delivered order can only be returned or corrected, a cancelled one not even that.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Delivered | Self::Cancelled)
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// How far an order got on its way to the customer. Payment does not move it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Nobody has started on it.
    Pending,
    /// Being prepared.
    Processing,
    /// At least one parcel left.
    Shipped,
    /// All parcels arrived.
    Delivered,
}

impl Stage {
    /// The stage a simple status asks for; none for `paid` and `cancelled`, which are no places on the way.
    pub fn of(status: Status) -> Option<Self> {
        Some(match status {
            Status::Pending => Self::Pending,
            Status::Processing => Self::Processing,
            Status::Shipped => Self::Shipped,
            Status::Delivered => Self::Delivered,
            Status::Paid | Status::Cancelled => return None,
        })
    }
}
