//! `feed`, of reference shop D.
//!
//! | event of the log | customer | who joined the order | staff |
//! |---|---|---|---|
//! | `delivery.updated`, `delivery.located` | `delivery_update` | `single_order_update`, `order_notification` | `order_notification` |
//! | any other of an order | `customer_order_update`, `customer_notification` | `single_order_update`, `order_notification` | `order_notification` |
//!
//! The store's counts come as `order_stats_update`, the greeting as `connection_status`.

use orders::Audience;
use orders::event::Kind;
use orders::view::OrderView;
use serde_json::{Map, Value, json};

use super::{Said, Telling, base, base_of_state, pick, rooms};

pub(super) fn say(telling: &Telling<'_>) -> Said {
    let Some(order) = &telling.view.order else { return Said::new() };
    let mut payload = base(telling.view);
    if let Some(at) = payload.get("at").cloned() {
        payload.insert("timestamp".to_owned(), at);
    }
    let message = telling.notification.as_ref().map(|line| line["message"].clone());
    let message =
        message.unwrap_or_else(|| format!("Order #{} is {}", order.order_number, order.status).into());
    payload.insert("message".to_owned(), message.clone());
    let notification = notification(&payload, telling.notification.as_ref(), &message);
    let delivery = matches!(telling.view.kind, Kind::DeliveryUpdated | Kind::DeliveryLocated);
    let payload = Value::Object(payload);
    let mut said = Said::new();
    if telling.joined {
        said.extend(rooms::say(telling));
        said.push(("order_notification", notification.clone()));
        said.push(("single_order_update", payload.clone()));
    }
    match telling.audience {
        Audience::Staff if telling.joined => {}
        Audience::Staff => said.push(("order_notification", notification)),
        _ if delivery => said.push(("delivery_update", payload)),
        _ => {
            said.push(("customer_notification", notification));
            said.push(("customer_order_update", payload));
        }
    }
    said
}

pub(super) fn state(order: &OrderView, audience: Audience) -> Said {
    let mut payload = base_of_state(order);
    if let Some(at) = payload.get("updatedAt").cloned() {
        payload.insert("timestamp".to_owned(), at);
    }
    let name = if audience == Audience::Staff { "single_order_update" } else { "customer_order_update" };
    vec![(name, Value::Object(payload))]
}

/// A line of the inbox under the names of reference shop D: `type` is its category.
fn notification(payload: &Map<String, Value>, line: Option<&Value>, message: &Value) -> Value {
    let mut notification = pick(
        payload,
        &[
            ("eventId", "id"),
            ("orderId", "orderId"),
            ("orderNumber", "orderNumber"),
            ("status", "status"),
            ("timestamp", "timestamp"),
        ],
    );
    let member = |name: &str| line.and_then(|line| line.get(name)).cloned();
    notification.insert("type".to_owned(), member("category").unwrap_or_else(|| json!("order")));
    notification.insert("message".to_owned(), message.clone());
    notification.insert("read".to_owned(), member("read").unwrap_or(json!(false)));
    notification.extend(member("title").map(|title| ("title".to_owned(), title)));
    Value::Object(notification)
}
