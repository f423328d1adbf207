//! What happened. An event is written once and never changed; it holds facts and references, no personal data.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::id::{OrderId, OrderNumber, ProductId, StoreId, UserId};
use crate::money::Money;
use crate::order::{GeoPoint, Hold, OrderItem, Parcel, PaymentMethod, PaymentState, ShipmentState, Version};
use crate::status::{Stage, Status};
use crate::text::{Line, Prose};

/// One thing that happened, to one order or one product. One command makes at most one. Reasons and notes are the
/// only words in it that people typed freely; whoever writes one is writing into the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// To what.
    pub subject: Subject,
    /// What, in one word.
    pub kind: Kind,
    /// The subject's version afterwards.
    pub version: Version,
    /// Who did it.
    pub actor: Actor,
    /// When.
    pub at: Timestamp,
    /// What changed, in the order it is applied.
    pub changes: Vec<Change>,
}

/// What an event is about, and whom that concerns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Subject {
    /// An order.
    Order {
        /// Its id.
        id: OrderId,
        /// Its number.
        number: OrderNumber,
        /// Its store.
        store: StoreId,
        /// Its customer.
        customer: UserId,
        /// Its driver, if it has one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        driver: Option<UserId>,
        /// The simple status before.
        from: Status,
        /// The simple status afterwards; the same where it did not change.
        to: Status,
    },
    /// A product.
    Product {
        /// Its id.
        id: ProductId,
        /// Its store.
        store: StoreId,
    },
}

impl Subject {
    /// The store concerned.
    pub fn store(&self) -> &StoreId {
        match self {
            Self::Order { store, .. } | Self::Product { store, .. } => store,
        }
    }
}

/// What happened, in one word. The names are stable: clients match on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Kind {
    /// An order was placed.
    #[serde(rename = "order.created")]
    OrderCreated,
    /// The simple status changed (to anything but cancelled).
    #[serde(rename = "order.status_changed")]
    OrderStatusChanged,
    /// Something else about the order changed: a tracking number, a note, its reservation.
    #[serde(rename = "order.updated")]
    OrderUpdated,
    /// The order was called off.
    #[serde(rename = "order.cancelled")]
    OrderCancelled,
    /// A payment was recorded that left the status alone.
    #[serde(rename = "payment.changed")]
    PaymentChanged,
    /// The partner, the expected time or a parcel changed, and the status did not.
    #[serde(rename = "delivery.updated")]
    DeliveryUpdated,
    /// The delivery is somewhere else now. Does not raise the version.
    #[serde(rename = "delivery.located")]
    DeliveryLocated,
    /// A product came onto the shelf.
    #[serde(rename = "product.created")]
    ProductCreated,
    /// A product, its price or its stock changed.
    #[serde(rename = "product.updated")]
    ProductUpdated,
}

impl Kind {
    /// The wire name.
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

/// One fact of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Change {
    /// The order came into being, its goods reserved.
    Placed {
        /// What was bought.
        items: Vec<OrderItem>,
        /// The sum.
        total: Money,
        /// How it is paid.
        method: PaymentMethod,
    },
    /// The store started on it.
    ProcessingStarted,
    /// A parcel was made, or moved on.
    Parcel {
        /// Which.
        parcel: Parcel,
        /// How far it is now.
        state: ShipmentState,
    },
    /// The way back: a mistake was corrected.
    Corrected {
        /// To which stage. The one it was at: then only the payment was the mistake, and its change follows.
        to: Stage,
        /// Why.
        reason: Prose<500>,
    },
    /// The order was called off.
    Cancelled {
        /// Why, for the other side to read.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Prose<500>>,
    },
    /// Money came, was refused, or went back.
    Payment {
        /// How far it is now.
        state: PaymentState,
        /// The provider's own name of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reference: Option<Line<128>>,
    },
    /// What the order holds of the stock.
    Hold {
        /// From now on.
        hold: Hold,
    },
    /// The carrier's number became known.
    TrackingNumber {
        /// It.
        number: Line<100>,
    },
    /// It should arrive then.
    EstimatedDelivery {
        /// When.
        at: Timestamp,
    },
    /// Who brings it was told, again or anew; name and phone stand in the order's contact.
    Partner {
        /// Their account, if they have one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        driver: Option<UserId>,
    },
    /// The delivery is here now.
    Located {
        /// Where.
        #[serde(rename = "place")]
        point: GeoPoint,
    },
    /// A note for the store's own eyes.
    Note {
        /// It.
        text: Prose<2000>,
    },
    /// A product came onto the shelf.
    ProductCreated {
        /// Its name.
        name: Line<200>,
        /// Its price.
        price: Money,
        /// How many there are.
        on_hand: u32,
    },
    /// A product is called something else.
    Renamed {
        /// What.
        name: Line<200>,
    },
    /// A product costs something else.
    Priced {
        /// What.
        price: Money,
    },
    /// A product went off the shelf, or came back.
    Archived {
        /// Whether it is off.
        archived: bool,
    },
    /// What people look at was replaced; it stands beside the product.
    DetailsReplaced,
    /// So many are there now.
    StockCounted {
        /// How many.
        on_hand: u32,
    },
}
