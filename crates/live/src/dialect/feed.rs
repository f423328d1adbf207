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

use super::{Messages, RenderInput, base, base_of_state, pick, rooms};

pub(super) fn render(input: &RenderInput<'_>) -> Messages {
    let Some(order) = &input.view.order else { return Messages::new() };
    let mut payload = base(input.view);
    if let Some(at) = payload.get("at").cloned() {
        payload.insert("timestamp".to_owned(), at);
    }
    let message = input.notification.as_ref().map(|line| line["message"].clone());
    let message =
        message.unwrap_or_else(|| format!("Order #{} is {}", order.order_number, order.status).into());
    payload.insert("message".to_owned(), message.clone());
    let notification = notification(&payload, input.notification.as_ref(), &message);
    let delivery = matches!(input.view.kind, Kind::DeliveryUpdated | Kind::DeliveryLocated);
    let payload = Value::Object(payload);
    let mut messages = Messages::new();
    if input.joined {
        messages.extend(rooms::render(input));
        messages.push(("order_notification", notification.clone()));
        messages.push(("single_order_update", payload.clone()));
    }
    match input.audience {
        Audience::Staff if input.joined => {}
        Audience::Staff => messages.push(("order_notification", notification)),
        _ if delivery => messages.push(("delivery_update", payload)),
        _ => {
            messages.push(("customer_notification", notification));
            messages.push(("customer_order_update", payload));
        }
    }
    messages
}

pub(super) fn state(order: &OrderView, audience: Audience) -> Messages {
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
