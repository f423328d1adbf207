//! Events. An event is written once and never changed. It has facts and references, and no personal data.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::id::{OrderId, OrderNumber, ProductId, Reference, StoreId, UserId};
use crate::money::Money;
use crate::order::{
    Accuracy, GeoPoint, Hold, OrderItem, Parcel, PaymentMethod, PaymentState, ShipmentState, Version,
};
use crate::status::{Stage, Status};
use crate::text::{Line, Prose};

/// Something that happened to one order or one product. A command makes at most one event. Reasons and notes are the only
/// free text in it; they stay in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    pub subject: Subject,
    pub kind: Kind,
    /// The version of the subject after the event.
    pub version: Version,
    pub actor: Actor,
    pub at: Timestamp,
    /// The changes, in the order in which they are applied.
    pub changes: Vec<Change>,
}

/// What an event is about, and who may read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Subject {
    Order {
        id: OrderId,
        number: OrderNumber,
        store: StoreId,
        customer: UserId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        driver: Option<UserId>,
        /// The status before the event.
        from: Status,
        /// The status after the event; equal to `from` if it did not change.
        to: Status,
    },
    Product {
        id: ProductId,
        store: StoreId,
    },
}

impl Subject {
    pub fn store(&self) -> &StoreId {
        match self {
            Self::Order { store, .. } | Self::Product { store, .. } => store,
        }
    }
}

/// The kind of an event. The names are stable, because clients match on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Kind {
    #[serde(rename = "order.created")]
    OrderCreated,
    /// The status changed, but not to cancelled.
    #[serde(rename = "order.status_changed")]
    OrderStatusChanged,
    /// Another part of the order changed: tracking number, note, reservation.
    #[serde(rename = "order.updated")]
    OrderUpdated,
    #[serde(rename = "order.cancelled")]
    OrderCancelled,
    /// A payment was recorded, and the status did not change.
    #[serde(rename = "payment.changed")]
    PaymentChanged,
    /// The partner, the expected time or a parcel changed, and the status did not.
    #[serde(rename = "delivery.updated")]
    DeliveryUpdated,
    /// The location of the delivery changed. Does not increment the version.
    #[serde(rename = "delivery.located")]
    DeliveryLocated,
    #[serde(rename = "product.created")]
    ProductCreated,
    #[serde(rename = "product.updated")]
    ProductUpdated,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Self::OrderCreated => "order.created",
            Self::OrderStatusChanged => "order.status_changed",
            Self::OrderUpdated => "order.updated",
            Self::OrderCancelled => "order.cancelled",
            Self::PaymentChanged => "payment.changed",
            Self::DeliveryUpdated => "delivery.updated",
            Self::DeliveryLocated => "delivery.located",
            Self::ProductCreated => "product.created",
            Self::ProductUpdated => "product.updated",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Change {
    /// The order was placed, and its goods were reserved.
    Placed {
        items: Vec<OrderItem>,
        total: Money,
        method: PaymentMethod,
        /// The order's id in the shop that it comes from.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reference: Option<Reference>,
        /// When the reservation began by the clock, if that was behind the log's time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reserved_at: Option<Timestamp>,
    },
    ProcessingStarted,
    /// A parcel was created, or its state changed.
    Parcel {
        parcel: Parcel,
        state: ShipmentState,
    },
    /// The order was moved back to correct a mistake.
    Corrected {
        /// If this is the current stage, only the payment is corrected, by the change that follows.
        to: Stage,
        reason: Prose<500>,
    },
    Cancelled {
        /// Customer and store can read it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Prose<500>>,
    },
    /// The payment state changed.
    Payment {
        state: PaymentState,
        /// The payment provider's reference.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reference: Option<Line<128>>,
    },
    Hold {
        hold: Hold,
    },
    TrackingNumber {
        number: Line<100>,
    },
    EstimatedDelivery {
        at: Timestamp,
    },
    /// The delivery partner was set. Name and phone are in the order's contact.
    Partner {
        /// The partner's account, if there is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        driver: Option<UserId>,
    },
    Located {
        #[serde(rename = "place")]
        point: GeoPoint,
        /// When the device was there, if it said so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        measured_at: Option<Timestamp>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        accuracy: Option<Accuracy>,
    },
    /// A note that only staff can read.
    Note {
        text: Prose<2000>,
    },
    ProductCreated {
        name: Line<200>,
        price: Money,
        on_hand: u32,
    },
    Renamed {
        name: Line<200>,
    },
    Priced {
        price: Money,
    },
    /// The product was archived or restored.
    Archived {
        archived: bool,
    },
    /// The product's [`Details`](crate::product::Details) were replaced. They are stored beside the product.
    DetailsReplaced,
    StockCounted {
        on_hand: u32,
    },
}
