//! `rooms`, of reference shop C: whoever joined an order hears of it, and of nothing else.

use orders::view::OrderView;
use serde_json::Value;

use super::{Said, Telling, base, base_of_state, pick};

const STATUS: &str = "order-status-updated";

/// `trackingNumber` and `estimatedDelivery` are there where they changed.
const MEMBERS: [(&str, &str); 9] = [
    ("eventId", "eventId"),
    ("orderId", "orderId"),
    ("orderNumber", "orderNumber"),
    ("status", "status"),
    ("previousStatus", "previousStatus"),
    ("version", "version"),
    ("trackingNumber", "trackingNumber"),
    ("estimatedDelivery", "estimatedDelivery"),
    ("updatedAt", "updatedAt"),
];

pub(super) fn say(telling: &Telling<'_>) -> Said {
    if !telling.joined || telling.view.order.is_none() {
        return Said::new();
    }
    vec![(STATUS, Value::Object(pick(&base(telling.view), &MEMBERS)))]
}

pub(super) fn state(order: &OrderView) -> Said {
    vec![(STATUS, Value::Object(pick(&base_of_state(order), &MEMBERS)))]
}
