//! `rooms`, of reference shop C: whoever joined an order hears of it, and of nothing else.

use orders::view::{Around, OrderView};
use serde_json::Value;

use super::{Said, Telling, base, base_of_state, pick};

const STATUS: &str = "order-status-updated";

/// `trackingNumber` and `estimatedDelivery` are there as soon as the order has them: that shop's page shows those of the
/// last update (row C2).
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
    let mut members = base(telling.view);
    let Around { tracking_number, estimated_delivery, .. } = telling.around;
    if let Some(number) = tracking_number {
        members.entry("trackingNumber").or_insert_with(|| number.as_str().into());
    }
    if let Some(at) = estimated_delivery {
        members.entry("estimatedDelivery").or_insert_with(|| at.to_string().into());
    }
    vec![(STATUS, Value::Object(pick(&members, &MEMBERS)))]
}

pub(super) fn state(order: &OrderView) -> Said {
    vec![(STATUS, Value::Object(pick(&base_of_state(order), &MEMBERS)))]
}
