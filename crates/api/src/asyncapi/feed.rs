//! The dialect of reference shop D.

use super::message::{CUSTOMER_AND_DRIVER, EVERYBODY, Message, STAFF};

pub(super) const MESSAGES: &[Message] = &[
    Message::new(
        "connection_status",
        "ConnectionStatus",
        EVERYBODY,
        "You are in: as what, and from where on you hear of changes",
    ),
    Message::new(
        "customer_order_update",
        "FeedOrderUpdate",
        CUSTOMER_AND_DRIVER,
        "An order changed; after a `reset`, its present state",
    ),
    Message::new(
        "delivery_update",
        "FeedOrderEvent",
        CUSTOMER_AND_DRIVER,
        "Who brings an order, when, and where they are",
    ),
    Message::new("customer_notification", "FeedNotification", CUSTOMER_AND_DRIVER, "The same as a sentence"),
    Message::new(
        "single_order_update",
        "FeedOrderUpdate",
        EVERYBODY,
        "An order that was joined changed; for staff, after a `reset`, an order's present state",
    ),
    Message::new(
        "order_notification",
        "FeedNotification",
        EVERYBODY,
        "A change as a sentence: to staff, and to who joined the order",
    ),
    Message::new("order_stats_update", "Stats", STAFF, "The store's counts, at most four times a second"),
];
