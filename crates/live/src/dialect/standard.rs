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

use super::{Said, Telling, base, base_of_state, pick, rooms};

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

pub(super) fn say(telling: &Telling<'_>) -> Said {
    let staff = telling.audience == Audience::Staff;
    let name = match (telling.view.kind, staff) {
        (Kind::OrderCreated, false) => "order:created",
        (Kind::OrderCreated, true) => "admin:order:created",
        (Kind::OrderCancelled, false) => "order:cancelled",
        (Kind::OrderCancelled, true) => "admin:order:cancelled",
        (Kind::ProductCreated, _) => "product:created",
        (Kind::ProductUpdated, _) => "product:updated",
        (_, false) => "order:updated",
        (_, true) => "admin:order:updated",
    };
    let mut payload = base(telling.view);
    if telling.view.order.is_some() {
        let order = pick(&payload, &OF_THE_ORDER);
        payload.insert("order".to_owned(), Value::Object(order));
    }
    let mut said = if telling.joined { rooms::say(telling) } else { Said::new() };
    // Before the event itself: that one carries the offset, and a line that comes twice is known by its id.
    said.extend(telling.notification.clone().map(|line| ("notification", line)));
    said.push((name, Value::Object(payload)));
    said
}

pub(super) fn state(order: &OrderView, audience: Audience) -> Said {
    let name = if audience == Audience::Staff { "admin:order:updated" } else { "order:updated" };
    vec![(name, Value::Object(base_of_state(order)))]
}
