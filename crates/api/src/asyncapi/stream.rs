//! Server-sent events.

use serde_json::{Value, json};

use super::message::{self, EVERYBODY, Message, STAFF};

pub(super) const MESSAGES: &[Message] = &[
    Message::new(
        "connected",
        "Connected",
        EVERYBODY,
        "You are in: as what, and from where on you hear of changes",
    ),
    Message::new("order.created", "OrderEvent", EVERYBODY, "An order was placed"),
    Message::new("order.status_changed", "OrderEvent", EVERYBODY, "An order's status changed"),
    Message::new("order.updated", "OrderEvent", EVERYBODY, "Something else of an order changed"),
    Message::new("order.cancelled", "OrderEvent", EVERYBODY, "An order was called off"),
    Message::new("payment.changed", "OrderEvent", EVERYBODY, "A payment got further, and the status stayed"),
    Message::new("delivery.updated", "OrderEvent", EVERYBODY, "Who brings an order, or when"),
    Message::new("delivery.located", "OrderEvent", EVERYBODY, "Where an order is"),
    Message::new("product.created", "ProductEvent", STAFF, "A product was put on the shelf"),
    Message::new("product.updated", "ProductEvent", STAFF, "A product changed"),
    Message::new(
        "stats.updated",
        "Stats",
        STAFF,
        "The store's counts, at most four times a second; without an id",
    ),
    Message::new(
        "notifications.read",
        "ReadView",
        EVERYBODY,
        "You read something, in this tab or another; the last one summary everything; without an id",
    ),
    Message::new("heartbeat", "Heartbeat", EVERYBODY, "Every 25 seconds; without an id"),
    Message::new("reset", "Reset", EVERYBODY, "What was missed cannot be told: forget what you had"),
    Message::new("reconnect", "Reconnect", EVERYBODY, "The server closes; without an id"),
];

pub(super) fn channel(messages: &[&Message]) -> Value {
    let about = "Server-sent events.";
    json!({
        "address": "/api/v1/stream", "title": about, "description": about, "messages": message::all(messages),
    })
}
