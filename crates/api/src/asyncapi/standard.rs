//! The dialect of reference shops A and B.

use super::message::{CUSTOMER_AND_DRIVER, EVERYBODY, Message, STAFF};

pub(super) const MESSAGES: &[Message] = &[
    Message::new(
        "connected",
        "Connected",
        EVERYBODY,
        "You are in: as what, and from where on you hear of changes",
    ),
    Message::new("order:created", "StandardOrderEvent", CUSTOMER_AND_DRIVER, "An order was placed"),
    Message::new(
        "order:updated",
        "StandardOrderUpdate",
        CUSTOMER_AND_DRIVER,
        "An order changed; after a `reset`, its present state",
    ),
    Message::new("order:cancelled", "StandardOrderEvent", CUSTOMER_AND_DRIVER, "An order was called off"),
    Message::new("admin:order:created", "StandardOrderEvent", STAFF, "An order was placed"),
    Message::new(
        "admin:order:updated",
        "StandardOrderUpdate",
        STAFF,
        "An order changed; after a `reset`, its present state",
    ),
    Message::new("admin:order:cancelled", "StandardOrderEvent", STAFF, "An order was called off"),
    Message::new("product:created", "SocketProductEvent", STAFF, "A product was put on the shelf"),
    Message::new("product:updated", "SocketProductEvent", STAFF, "A product changed"),
    Message::new(
        "notification",
        "Notification",
        EVERYBODY,
        "A line of your inbox, before the event that it tells",
    ),
    Message::new("stats:updated", "Stats", STAFF, "The store's counts, at most four times a second"),
];
