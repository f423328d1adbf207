//! `rooms`, of reference shop C: whoever joined an order hears of it, and of nothing else.

use orders::view::{EventContext, OrderView};
use serde_json::Value;

use super::{Messages, RenderInput, base, base_of_state, pick};

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

pub(super) fn render(input: &RenderInput<'_>) -> Messages {
    if !input.joined || input.view.order.is_none() {
        return Messages::new();
    }
    let mut members = base(input.view);
    let EventContext { tracking_number, estimated_delivery, .. } = input.context;
    if let Some(number) = tracking_number {
        members.entry("trackingNumber").or_insert_with(|| number.as_str().into());
    }
    if let Some(at) = estimated_delivery {
        members.entry("estimatedDelivery").or_insert_with(|| at.to_string().into());
    }
    vec![(STATUS, Value::Object(pick(&members, &MEMBERS)))]
}

pub(super) fn state(order: &OrderView) -> Messages {
    vec![(STATUS, Value::Object(pick(&base_of_state(order), &MEMBERS)))]
}
