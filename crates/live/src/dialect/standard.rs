//! `standard`, of reference shops A and B.
//!
//! | event of the log | customer, driver | staff |
//! |---|---|---|
//! | `order.created` | `order:created` | `admin:order:created` |
//! | `order.cancelled` | `order:cancelled` | `admin:order:cancelled` |
//! | any other of an order | `order:updated` | `admin:order:updated` |
//! | one that is in the listener's inbox | before it `notification` | before it `notification` |
//! | `product.created`, `product.updated` | | `product:created`, `product:updated` |

use orders::Audience;
use orders::event::Kind;
use orders::view::OrderView;
use serde_json::Value;

use super::{Messages, RenderInput, base, base_of_state, pick, rooms};

/// The members of an event that are the order's.
const OF_THE_ORDER: [(&str, &str); 12] = [
    ("orderId", "id"),
    ("orderNumber", "orderNumber"),
    ("status", "status"),
    ("version", "version"),
    ("customer", "customer"),
    ("items", "items"),
    ("total", "total"),
    ("paymentMethod", "paymentMethod"),
    ("paymentStatus", "paymentStatus"),
    ("trackingNumber", "trackingNumber"),
    ("estimatedDelivery", "estimatedDelivery"),
    ("updatedAt", "updatedAt"),
];

pub(super) fn render(input: &RenderInput<'_>) -> Messages {
    let staff = input.audience == Audience::Staff;
    let name = match (input.view.kind, staff) {
        (Kind::OrderCreated, false) => "order:created",
        (Kind::OrderCreated, true) => "admin:order:created",
        (Kind::OrderCancelled, false) => "order:cancelled",
        (Kind::OrderCancelled, true) => "admin:order:cancelled",
        (Kind::ProductCreated, _) => "product:created",
        (Kind::ProductUpdated, _) => "product:updated",
        (_, false) => "order:updated",
        (_, true) => "admin:order:updated",
    };
    let mut payload = base(input.view);
    if input.view.order.is_some() {
        let order = pick(&payload, &OF_THE_ORDER);
        payload.insert("order".to_owned(), Value::Object(order));
    }
    let mut messages = if input.joined { rooms::render(input) } else { Messages::new() };
    // Before the event itself: that one carries the offset, and a line that comes twice is known by its id.
    messages.extend(input.notification.clone().map(|line| ("notification", line)));
    messages.push((name, Value::Object(payload)));
    messages
}

pub(super) fn state(order: &OrderView, audience: Audience) -> Messages {
    let name = if audience == Audience::Staff { "admin:order:updated" } else { "order:updated" };
    vec![(name, Value::Object(base_of_state(order)))]
}
