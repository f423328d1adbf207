//! The status of an order, and the changes of status that are allowed.
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
//! *staff*: staff and Ordercast itself may make the change. *reason*: they may move the order back to correct a mistake,
//! with a reason. An empty cell is refused, except on the
//! diagonal.
//!
//! - ¹ A payment. Staff and the driver may report cash; the payment provider may report either method.
//! - ² The payment is recorded as an event, and the status stays. Setting `paid` again changes nothing.
//! - ³ A step forward if the order was paid before processing; a correction with a reason if it was paid while shipped.
//! - ⁴ The customer only until processing starts.
//! - ⁵ If the order is at this stage already, and only its payment makes the status `paid`, the payment is corrected, with
//!   a reason: the cash is due again. An online payment is undone by its refund.
//! - ⁶ A late report of the payment provider is recorded, and the status stays. Nothing else is accepted.
//!
//! A payment is recorded once: a report of ¹, ² or ⁶ is refused for an order that is paid already. An order has the status
//! `paid` whenever it is at the stage at which the payment arrived, also after it was moved back to `pending` or shipped again.
//! After a refund its status is `pending` or `shipped`. Setting the status that an order already has is accepted and makes
//! an event only if a tracking number, an expected time or a note comes with it. So a repeated request is harmless.
//!
//! `tests/transitions.rs` checks every cell of the table against [`decide`](crate::decide()).

use serde::{Deserialize, Serialize};

/// The status of an order, derived from its lifecycle, payment and shipments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Pending,
    Processing,
    /// At least one parcel left the store.
    Shipped,
    /// Paid before processing, or while shipped.
    Paid,
    Delivered,
    Cancelled,
}

impl Status {
    /// In the order of the table above.
    pub const ALL: [Self; 6] =
        [Self::Pending, Self::Processing, Self::Shipped, Self::Paid, Self::Delivered, Self::Cancelled];

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

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }

    /// A delivered order can only be returned or corrected; a cancelled order cannot change.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Delivered | Self::Cancelled)
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// The stage of a delivery. Payments do not change it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    Pending,
    Processing,
    Shipped,
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
