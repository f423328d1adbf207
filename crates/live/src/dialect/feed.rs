//! `feed`: updates and notifications under separate names.
//!
//! | what changed of an order | customer, driver | staff | also its customer, and a client that joined it | also a client that joined it |
//! |---|---|---|---|---|
//! | it was placed | `customer_order_update`, `customer_notification` | `order_notification` | | |
//! | it was cancelled, its status or payment status | `customer_order_update`, `customer_notification` | `order_notification` | `single_order_update` | `order_notification` |
//! | else tracking number or expected time | `delivery_update` | `delivery_update` | `single_order_update` | |
//! | anything else, such as the location | `delivery_update` | `delivery_update` | | |
//!
//! Staff get an `order_notification` for every entry of their inbox, too, such as an attempted delivery.
//!
//! The store's counts, and for customers those of their own orders, are `order_stats_update`; the greeting is
//! `connection_status`.

use jiff::Timestamp;
use orders::event::Kind;
use orders::notification::Category;
use orders::view::{EventOrder, OrderView};
use orders::{Audience, EventId, OrderId, OrderNumber, Status};
use serde::Serialize;

use super::{Dialect, Message, Messages, RenderInput, joined};
use crate::payload::event::{OrderState, SocketOrderEvent};
use crate::payload::order_counts::{CustomerOrderCounts, OrderCounts};
#[cfg(feature = "openapi")]
use crate::payload::order_name::OrderName;
use crate::payload::session::Connected;

pub(super) struct Feed;

/// Who you are, and where in the log.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
struct ConnectionStatus<'a> {
    status: ConnectionState,
    #[serde(flatten)]
    connected: &'a Connected<'a>,
    #[serde(serialize_with = "orders::time::serialize")]
    timestamp: Timestamp,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
enum ConnectionState {
    Connected,
}

/// An event of an order, as its receiver may see it.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
struct FeedOrderEvent<'a> {
    #[serde(flatten)]
    event: SocketOrderEvent<'a>,
    /// The same as `at`.
    #[serde(serialize_with = "orders::time::serialize")]
    timestamp: Timestamp,
    /// A sentence.
    message: &'a str,
    /// A new order, as `GET /api/v1/orders/{order}` gives it to the receiver.
    #[serde(skip_serializing_if = "Option::is_none")]
    order: Option<&'a OrderView>,
}

/// The present state of an order.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
struct FeedOrderState<'a> {
    #[serde(flatten)]
    state: OrderState<'a>,
    /// The same as `updatedAt`.
    #[serde(serialize_with = "orders::time::serialize")]
    timestamp: Timestamp,
}

/// An event of an order; after a `reset`, its present state.
#[cfg(feature = "openapi")]
#[derive(Serialize, utoipa::ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "describes two structs that are serialized apart")]
enum FeedOrderUpdate<'a> {
    Event(FeedOrderEvent<'a>),
    State(FeedOrderState<'a>),
}

/// An event of an order, which is named as the client named it that joined it.
#[cfg(feature = "openapi")]
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
struct FeedJoinedEvent<'a> {
    #[serde(flatten)]
    event: FeedOrderEvent<'a>,
    #[schema(inline)]
    order_id: OrderName,
}

/// An event of an order; after a `reset`, its present state.
#[cfg(feature = "openapi")]
#[derive(Serialize, utoipa::ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "describes two structs that are serialized apart")]
enum FeedJoinedUpdate<'a> {
    Event(&'a FeedJoinedEvent<'a>),
    State(&'a FeedOrderState<'a>),
}

/// A change as a sentence. The order is named as the client named it that joined it.
#[cfg(feature = "openapi")]
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
struct FeedJoinedNotification<'a> {
    #[serde(flatten)]
    notification: FeedNotification<'a>,
    #[schema(inline)]
    order_id: OrderName,
}

/// A store's counts; for customers those of their own orders.
#[cfg(feature = "openapi")]
#[derive(Serialize, utoipa::ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "describes two structs that are serialized apart")]
enum FeedOrderCounts {
    Store(OrderCounts),
    Customer(CustomerOrderCounts),
}

/// A change as a sentence. `id` is the id of its event.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
struct FeedNotification<'a> {
    id: EventId,
    order_id: OrderId,
    order_number: OrderNumber,
    status: Status,
    #[serde(serialize_with = "orders::time::serialize")]
    timestamp: Timestamp,
    #[serde(rename = "type")]
    category: Category,
    message: &'a str,
    read: bool,
    /// Absent if the event is not an entry of the receiver's inbox.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, required = false))]
    title: Option<&'static str>,
    /// A new order, as `GET /api/v1/orders/{order}` gives it to the receiver.
    #[serde(skip_serializing_if = "Option::is_none")]
    order: Option<&'a OrderView>,
}

impl<'a> FeedNotification<'a> {
    fn new(input: &RenderInput<'a>, order: &EventOrder, message: &'a str) -> Self {
        let notification = input.notification;
        Self {
            id: input.view.id,
            order_id: order.order_id,
            order_number: order.order_number,
            status: order.status,
            timestamp: input.view.at,
            category: notification.map_or(Category::Order, |notification| notification.category),
            message,
            read: notification.is_some_and(|notification| notification.read),
            title: notification.map(|notification| notification.title),
            order: input.view.created.as_deref(),
        }
    }
}

impl Dialect for Feed {
    fn name(&self) -> &'static str {
        "feed"
    }

    fn relies_on_joins(&self) -> bool {
        true
    }

    fn greeting(&self, connected: &Connected<'_>, now: Timestamp) -> Message {
        let status = ConnectionStatus { status: ConnectionState::Connected, connected, timestamp: now };
        Message::new("connection_status", &status)
    }

    fn event(&self, input: &RenderInput<'_>, messages: &mut Messages) {
        let Some(order) = input.order() else { return };
        let message = match input.notification {
            Some(notification) => notification.message.clone(),
            None if input.view.kind == Kind::DeliveryLocated => {
                format!("Order #{} has a new location", order.order_number)
            }
            None => format!("Order #{} is {}", order.order_number, order.status),
        };
        let notification = FeedNotification::new(input, order, &message);
        let event = FeedOrderEvent {
            event: SocketOrderEvent::new(input.view, order),
            timestamp: input.view.at,
            message: &message,
            order: input.view.created.as_deref(),
        };
        let staff = input.audience == Audience::Staff;
        let status = input.view.kind == Kind::OrderCreated || input.is_status_update();
        joined::event(input, messages);
        if (staff || input.is_joined()) && (status || (staff && input.notification.is_some())) {
            messages.append(Message::of_joined("order_notification", &notification, input.joined));
        }
        if status && !staff {
            messages.push("customer_notification", &notification);
        }
        // Pages of this dialect do not join their own order.
        let follows = input.is_joined() || input.audience == Audience::Customer;
        if follows && (input.is_status_update() || input.is_tracking_update()) {
            messages.append(Message::of_joined("single_order_update", &event, input.joined));
        }
        match (status, staff) {
            (false, _) => messages.push("delivery_update", &event),
            (true, false) => messages.push("customer_order_update", &event),
            (true, true) => {}
        }
    }

    fn state(&self, order: &OrderView, audience: Audience, messages: &mut Messages) {
        let name = if audience == Audience::Staff { "single_order_update" } else { "customer_order_update" };
        messages.push(name, &FeedOrderState { state: order.into(), timestamp: order.updated_at });
    }

    fn counts(&self, counts: &OrderCounts) -> Message {
        Message::new("order_stats_update", counts)
    }

    fn counts_customers(&self) -> bool {
        true
    }

    fn customer_counts(&self, counts: &CustomerOrderCounts) -> Option<Message> {
        Some(Message::new("order_stats_update", counts))
    }

    #[cfg(feature = "openapi")]
    fn messages(&self) -> Vec<crate::payload::MessageDoc> {
        use crate::payload::doc_roles::{CUSTOMER_AND_DRIVER, CUSTOMER_AND_STAFF, EVERYBODY};
        crate::payload::message_docs! {
            "connection_status": ConnectionStatus => EVERYBODY,
                "You are connected: as what, and from where on you receive events";
            "customer_order_update": FeedOrderUpdate => CUSTOMER_AND_DRIVER,
                "The status or payment status of an order changed; after a `reset`, its present state";
            "delivery_update": FeedOrderEvent => EVERYBODY,
                "Another detail of an order changed: who delivers it, when, where they are, the tracking number";
            "customer_notification": FeedNotification => CUSTOMER_AND_DRIVER, "The same as a sentence";
            "single_order_update": FeedJoinedUpdate => EVERYBODY,
                "An order that was joined, or a customer's own, changed; for staff, after a `reset`, its present state";
            "order_notification": FeedJoinedNotification => EVERYBODY,
                "A change as a sentence: for staff, and for clients that joined the order";
            "order_stats_update": FeedOrderCounts => CUSTOMER_AND_STAFF,
                "The store's counts, for customers those of their own orders; at most four times a second";
        }
    }
}
