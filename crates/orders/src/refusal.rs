//! Why a command was refused. Each has a stable code, and a sentence for the person who asked.

use crate::id::ProductId;
use crate::money::Money;
use crate::order::Version;
use crate::status::Status;

/// A refusal. It changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such order, or it is none of theirs; which of the two is not told.
    #[error("there is no such order")]
    UnknownOrder,
    /// There is no such product in this store.
    #[error("there is no product {0} in this store")]
    UnknownProduct(ProductId),
    /// Their role may not do this at all.
    #[error("{0}")]
    Forbidden(&'static str),
    /// Somebody else changed it since they looked.
    #[error("it changed since you looked: it is at version {}, you saw {}", current.0, expected.0)]
    VersionConflict {
        /// What they saw.
        expected: Version,
        /// What it is.
        current: Version,
    },
    /// An order without items, with too many, or with an impossible quantity.
    #[error("{0}")]
    BadItems(&'static str),
    /// It is sold no more.
    #[error("{name} is no longer sold")]
    ProductArchived {
        /// Which.
        product: ProductId,
        /// Its name.
        name: String,
    },
    /// Fewer are left than they want.
    #[error("only {available} of {name} left, {wanted} wanted")]
    OutOfStock {
        /// Which.
        product: ProductId,
        /// Its name.
        name: String,
        /// How many they want, all lines together.
        wanted: u32,
        /// How many there are to have.
        available: u32,
    },
    /// The items have prices in different currencies.
    #[error("the items are priced in different currencies, order them separately")]
    MixedCurrencies,
    /// A price or total past every bound.
    #[error("an amount is at most {} minor units and not negative", Money::MOST)]
    AmountOutOfRange,
    /// The total is not what the customer was shown.
    #[error("the total is now {now}")]
    TotalChanged {
        /// What it is.
        now: Money,
    },
    /// The customer is too late.
    #[error("an order can be cancelled until processing starts, and this one is {status}")]
    TooLateToCancel {
        /// Where it is.
        status: Status,
    },
    /// Nothing leads out of a final status.
    #[error("the order is {status}, which is final")]
    Final {
        /// Which.
        status: Status,
    },
    /// A way back needs a reason.
    #[error("going back from {from} to {to} corrects a mistake: say why in `reason`")]
    ReasonNeeded {
        /// From here.
        from: Status,
        /// To there.
        to: Status,
    },
    /// It is so already.
    #[error("nothing to change: {0}")]
    Unchanged(&'static str),
    /// The payment is not at a point where this can happen.
    #[error("the payment is {state}: {why}")]
    PaymentState {
        /// Where it is.
        state: &'static str,
        /// What would be needed.
        why: &'static str,
    },
    /// The parcel is not at a point where this can happen.
    #[error("{0}")]
    ParcelState(&'static str),
    /// Fewer than are promised to placed orders.
    #[error("{reserved} are promised to placed orders, so there cannot be fewer on hand")]
    StockReserved {
        /// How many.
        reserved: u32,
    },
    /// A count past every bound.
    #[error("stock is counted from 0 to {}", crate::product::Stock::MOST)]
    StockOutOfRange,
    /// The reservation has time left, or there is none.
    #[error("the reservation is not due to expire")]
    NotExpired,
}

impl Refusal {
    /// The stable code clients match on.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownOrder => "order_not_found",
            Self::UnknownProduct(_) => "product_not_found",
            Self::Forbidden(_) => "forbidden",
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
