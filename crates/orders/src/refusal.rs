//! Why a command was refused: a stable code, and a sentence for the person who sent it.

use crate::id::{ProductId, Reference};
use crate::money::Money;
use crate::order::Version;
use crate::status::Status;

/// A refused command changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The order does not exist, or the actor may not see it. The answer does not say which.
    #[error("the order does not exist, or you don't have access")]
    UnknownOrder,
    #[error("there is no product {0} in this store")]
    UnknownProduct(ProductId),
    /// The role may not do this.
    #[error("{0}")]
    Forbidden(&'static str),
    #[error(
        "only people whom the shop's own sign-in signed in may give an order a `reference`; leave it out, or send a token of the shop"
    )]
    ReferenceNotAllowed,
    #[error("another order of this store has the reference {reference}")]
    ReferenceTaken { reference: Reference },
    /// Somebody else changed the order or product since the actor read it.
    #[error("it has changed: the version is {}, and you expected {}", current.0, expected.0)]
    VersionConflict { expected: Version, current: Version },
    /// No items, too many items, or an invalid quantity.
    #[error("{0}")]
    BadItems(&'static str),
    #[error("{name} is no longer sold")]
    ProductArchived { product: ProductId, name: String },
    #[error("only {available} of {name} available, {wanted} requested")]
    OutOfStock {
        product: ProductId,
        name: String,
        /// The sum over all lines of the product.
        wanted: u32,
        available: u32,
    },
    #[error("the items have prices in different currencies; order them separately")]
    MixedCurrencies,
    #[error("an amount must be from 0 to {} minor units", Money::MOST)]
    AmountOutOfRange,
    /// The total differs from what the customer was shown.
    #[error("the total is now {now}")]
    TotalChanged { now: Money },
    #[error("an order can be cancelled only until processing starts; this order is {status}")]
    TooLateToCancel { status: Status },
    #[error("the order is {status}, which is final")]
    Final { status: Status },
    #[error("moving an order back from {from} to {to} requires a `reason`")]
    ReasonNeeded { from: Status, to: Status },
    #[error("nothing to change: {0}")]
    Unchanged(&'static str),
    #[error("the payment is {state}: {why}")]
    PaymentState {
        state: &'static str,
        /// Why the payment state does not allow it.
        why: &'static str,
    },
    #[error("{0}")]
    ParcelState(&'static str),
    /// The new count is lower than the reserved units.
    #[error("{reserved} units are reserved for orders, so the stock cannot be lower")]
    StockReserved { reserved: u32 },
    #[error("stock must be from 0 to {}", crate::product::Stock::MOST)]
    StockOutOfRange,
    #[error("the reservation is not due to expire")]
    NotExpired,
}

impl Refusal {
    /// The stable code that clients match on.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownOrder => "order_not_found",
            Self::UnknownProduct(_) => "product_not_found",
            Self::Forbidden(_) => "forbidden",
            Self::ReferenceNotAllowed => "reference_not_allowed",
            Self::ReferenceTaken { .. } => "reference_taken",
            Self::VersionConflict { .. } => "version_conflict",
            Self::BadItems(_) => "invalid_items",
            Self::ProductArchived { .. } => "product_archived",
            Self::OutOfStock { .. } => "out_of_stock",
            Self::MixedCurrencies => "mixed_currencies",
            Self::AmountOutOfRange => "amount_out_of_range",
            Self::TotalChanged { .. } => "total_changed",
            Self::TooLateToCancel { .. } => "too_late_to_cancel",
            Self::Final { .. } => "final_status",
            Self::ReasonNeeded { .. } => "reason_required",
            Self::Unchanged(_) => "unchanged",
            Self::PaymentState { .. } => "payment_state",
            Self::ParcelState(_) => "parcel_state",
            Self::StockReserved { .. } => "stock_reserved",
            Self::StockOutOfRange => "stock_out_of_range",
            Self::NotExpired => "not_expired",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_total_reads_like_money() {
        let now = Money { amount: 6260, currency: "EUR".parse().unwrap() };
        assert_eq!(Refusal::TotalChanged { now }.to_string(), "the total is now €62.60");
    }
}
