//! The notification of an event, for the inbox. It is computed from the event whenever it is shown, and not stored.
//!
//! | what happened | category | severity | customer | store's staff | driver |
//! |---|---|---|---|---|---|
//! | the order was placed | `order` | success; staff: info | yes | yes | |
//! | processing started | `order` | info | yes | | yes |
//! | a parcel was packed, or the order was moved back | `order` | info | yes | | yes |
//! | the order shipped, or is out for delivery | `delivery` | info | yes | | yes |
//! | the order arrived | `delivery` | success | yes | | yes |
//! | a delivery was attempted | `delivery` | warning | yes | yes | yes |
//! | tracking number, expected time or partner were set | `delivery` | info | yes | | yes |
//! | the payment was received | `payment` | success | yes | | yes |
//! | the payment was authorized or refunded | `payment` | info | yes | | yes |
//! | the payment failed | `payment` | error | yes | yes | yes |
//! | a parcel was returned | `return` | warning | yes | yes | yes |
//! | the order was cancelled | `cancellation` | warning | yes | unless by staff | yes |
//!
//! Notes, reservations and locations make no notification. The index of an inbox is written when an event is committed:
//! a change to this table needs a migration that indexes the stored events again.

use serde::{Deserialize, Serialize};

use crate::actor::{Actor, Origin};
use crate::audience::{Audience, Field};
use crate::contact::Partner;
use crate::event::{Change, Event, Kind, Subject};
use crate::id::OrderNumber;
use crate::order::{PaymentState, ShipmentState};
use crate::status::Status;

/// What a notification is about. Inboxes can be filtered by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = NotificationCategory))]
#[serde(rename_all = "snake_case")]
pub enum Category {
    Order,
    Payment,
    Delivery,
    Return,
    Cancellation,
}

impl Category {
    pub const ALL: [Self; 5] = [Self::Order, Self::Payment, Self::Delivery, Self::Return, Self::Cancellation];

    pub fn name(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::Payment => "payment",
            Self::Delivery => "delivery",
            Self::Return => "return",
            Self::Cancellation => "cancellation",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|category| category.name() == name)
    }
}

/// Decides the color of a toast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Info,
    Success,
    Warning,
    Error,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    pub category: Category,
    pub severity: Severity,
    pub title: &'static str,
    /// A sentence that names the order, without a period at the end.
    pub message: String,
}

impl Notification {
    /// The notification of an event for an audience; `None` if the event does not notify it. `partner` delivers the
    /// order; it is not needed for events that leave the partner unchanged.
    pub fn new(event: &Event, audience: Audience, partner: Option<&Partner>) -> Option<Self> {
        let kind = kind_for(event, audience)?;
        let Subject::Order { number, .. } = &event.subject else { return None };
        let (category, severity, title) = kind.heading(audience);
        let by_them = audience == Audience::Customer && event.actor.origin() == Origin::Customer;
        let mut message = kind.message_text(*number, audience, by_them, partner);
        for detail in event.changes.iter().filter_map(|change| detail(change, audience)) {
            message.push_str(&detail);
        }
        Some(Self { category, severity, title, message })
    }

    /// Whether an event notifies an audience.
    pub fn concerns(event: &Event, audience: Audience) -> bool {
        kind_for(event, audience).is_some()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NotificationKind {
    Placed,
    Processing,
    Corrected(Status),
    Packed,
    Shipped,
    AnotherShipped,
    OutForDelivery,
    Delivered,
    ParcelDelivered,
    Attempted,
    Returned,
    Tracking,
    Expected,
    Partner,
    Paid,
    Authorized,
    Refunded,
    PaymentFailed,
    Cancelled,
}

/// The change of status, or else the first change that notifies.
fn kind_for(event: &Event, audience: Audience) -> Option<NotificationKind> {
    let Subject::Order { from, to, .. } = event.subject else { return None };
    if event.kind == Kind::DeliveryLocated {
        return None;
    }
    let kind = if event.kind == Kind::OrderCreated {
        NotificationKind::Placed
    } else if from != to {
        kind_of_status_change(event, to)
    } else {
        event.changes.iter().find_map(|change| kind_of_change(change, to))?
    };
    let notifies = match audience {
        Audience::Customer => true,
        // A driver is assigned later.
        Audience::Driver => kind != NotificationKind::Placed,
        Audience::Staff => match kind {
            NotificationKind::Placed
            | NotificationKind::Returned
            | NotificationKind::Attempted
            | NotificationKind::PaymentFailed => true,
            NotificationKind::Cancelled => !matches!(event.actor, Actor::Staff { .. }),
            _ => false,
        },
        Audience::Link => false,
    };
    notifies.then_some(kind)
}

fn kind_of_status_change(event: &Event, to: Status) -> NotificationKind {
    let has = |wanted: fn(&Change) -> bool| event.changes.iter().any(wanted);
    match to {
        Status::Cancelled => NotificationKind::Cancelled,
        _ if has(|change| matches!(change, Change::Corrected { .. })) => NotificationKind::Corrected(to),
        _ if has(|change| matches!(change, Change::Payment { state: PaymentState::Refunded, .. })) => {
            NotificationKind::Refunded
        }
        Status::Processing => NotificationKind::Processing,
        Status::Shipped => NotificationKind::Shipped,
        Status::Paid => NotificationKind::Paid,
        Status::Delivered => NotificationKind::Delivered,
        Status::Pending => NotificationKind::Corrected(to),
    }
}

fn kind_of_change(change: &Change, status: Status) -> Option<NotificationKind> {
    Some(match change {
        Change::Parcel { state, .. } => match state {
            ShipmentState::Packed => NotificationKind::Packed,
            ShipmentState::Shipped => NotificationKind::AnotherShipped,
            ShipmentState::OutForDelivery => NotificationKind::OutForDelivery,
            ShipmentState::Attempted => NotificationKind::Attempted,
            ShipmentState::Delivered => NotificationKind::ParcelDelivered,
            ShipmentState::Returned => NotificationKind::Returned,
        },
        Change::Payment { state, .. } => match state {
            PaymentState::Authorized => NotificationKind::Authorized,
            PaymentState::Paid { .. } => NotificationKind::Paid,
            PaymentState::Refunded => NotificationKind::Refunded,
            PaymentState::Failed => NotificationKind::PaymentFailed,
            PaymentState::None | PaymentState::Pending => return None,
        },
        Change::Corrected { .. } => NotificationKind::Corrected(status),
        Change::TrackingNumber { .. } => NotificationKind::Tracking,
        Change::EstimatedDelivery { .. } => NotificationKind::Expected,
        Change::Partner { .. } => NotificationKind::Partner,
        Change::Placed { .. }
        | Change::ProcessingStarted
        | Change::Cancelled { .. }
        | Change::Hold { .. }
        | Change::Located { .. }
        | Change::Note { .. }
        | Change::ProductCreated { .. }
        | Change::Renamed { .. }
        | Change::Priced { .. }
        | Change::Archived { .. }
        | Change::DetailsReplaced
        | Change::StockCounted { .. } => return None,
    })
}

impl NotificationKind {
    fn heading(self, audience: Audience) -> (Category, Severity, &'static str) {
        use Category::{Cancellation, Delivery, Order, Payment, Return};
        use Severity::{Error, Info, Success, Warning};
        match self {
            Self::Placed if audience == Audience::Staff => (Order, Info, "New order"),
            Self::Placed => (Order, Success, "Order placed"),
            Self::Processing => (Order, Info, "Order in preparation"),
            Self::Corrected(_) => (Order, Info, "Order moved back"),
            Self::Packed => (Order, Info, "Parcel packed"),
            Self::Shipped => (Delivery, Info, "Order shipped"),
            Self::AnotherShipped => (Delivery, Info, "Parcel shipped"),
            Self::OutForDelivery => (Delivery, Info, "Out for delivery"),
            Self::Delivered => (Delivery, Success, "Order delivered"),
            Self::ParcelDelivered => (Delivery, Success, "Parcel delivered"),
            Self::Attempted => (Delivery, Warning, "Delivery attempted"),
            Self::Returned => (Return, Warning, "Parcel returned"),
            Self::Tracking => (Delivery, Info, "Tracking number added"),
            Self::Expected => (Delivery, Info, "Expected delivery updated"),
            Self::Partner if audience == Audience::Driver => (Delivery, Info, "Delivery assigned"),
            Self::Partner => (Delivery, Info, "Driver assigned"),
            Self::Paid => (Payment, Success, "Payment received"),
            Self::Authorized => (Payment, Info, "Payment authorized"),
            Self::Refunded => (Payment, Info, "Payment refunded"),
            Self::PaymentFailed => (Payment, Error, "Payment failed"),
            Self::Cancelled => (Cancellation, Warning, "Order cancelled"),
        }
    }

    fn message_text(
        self,
        number: OrderNumber,
        audience: Audience,
        by_them: bool,
        partner: Option<&Partner>,
    ) -> String {
        match self {
            Self::Placed if audience == Audience::Staff => format!("New order #{number}"),
            Self::Placed if by_them => format!("You placed order #{number}"),
            Self::Placed => format!("Order #{number} was placed"),
            Self::Processing => format!("Order #{number} is being prepared"),
            Self::Corrected(to) => format!("Order #{number} was moved back to {to}"),
            Self::Packed => format!("A parcel of order #{number} was packed"),
            Self::Shipped => format!("Order #{number} has shipped"),
            Self::AnotherShipped => format!("Another parcel of order #{number} has shipped"),
            Self::OutForDelivery => format!("Order #{number} is out for delivery"),
            Self::Delivered => format!("Order #{number} was delivered"),
            Self::ParcelDelivered => format!("A parcel of order #{number} was delivered"),
            Self::Attempted => format!("A delivery attempt for order #{number} failed"),
            Self::Returned => format!("A parcel of order #{number} was returned"),
            Self::Tracking => format!("Order #{number} can now be tracked"),
            Self::Expected => format!("Order #{number} has a new expected delivery time"),
            Self::Partner if audience == Audience::Driver => format!("Order #{number} was assigned to you"),
            Self::Partner => match partner {
                Some(partner) => format!("{} will deliver #{number}", partner.name),
                None => format!("A driver was assigned to #{number}"),
            },
            Self::Paid => format!("Payment for order #{number} was received"),
            Self::Authorized => format!("Payment for order #{number} was authorized"),
            Self::Refunded => format!("Payment for order #{number} was refunded"),
            Self::PaymentFailed => format!("Payment for order #{number} failed"),
            Self::Cancelled if by_them => format!("You cancelled order #{number}"),
            Self::Cancelled => format!("Order #{number} was cancelled"),
        }
    }
}

/// Details at the end of the sentence, as far as the audience may see them.
fn detail(change: &Change, audience: Audience) -> Option<String> {
    match change {
        Change::TrackingNumber { number } => Some(format!(". Tracking number: {number}")),
        Change::Placed { total, .. } if audience.sees(Field::Money) => Some(format!(" for {total}")),
        Change::Cancelled { reason: Some(reason) } | Change::Corrected { reason, .. }
            if audience.sees(Field::Reason) =>
        {
            Some(format!(": {reason}"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
