//! The payloads. What the API has too is taken from the `OpenAPI` document, so that there is one description of it.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use utoipa::openapi::OpenApi;

use super::message::schema;
use super::shape::Shape;

/// What an event of a product summary, of all that an event can say.
const OF_PRODUCTS: [&str; 4] = ["name", "price", "onHand", "archived"];

/// All schemas that the messages use, and what these use.
pub(super) fn all(openapi: &OpenApi) -> Value {
    let shared =
        openapi.components.as_ref().and_then(|components| serde_json::to_value(&components.schemas).ok());
    let shared = shared.unwrap_or_default();
    let mut schemas = Map::new();
    schemas.extend(events(&shared));
    schemas.extend(states(&shared));
    schemas.extend(notifications(&shared));
    schemas.extend(connections());
    schemas.extend(client_events(&shared));
    for name in ["Stats", "ReadView"] {
        schemas.insert(name.to_owned(), shared[name].clone());
    }
    let mut wanted = BTreeSet::new();
    schemas.values().for_each(|schema| references(schema, &mut wanted));
    while let Some(name) = wanted.pop_first() {
        if !schemas.contains_key(&name)
            && let Some(found) = shared.get(&name)
        {
            references(found, &mut wanted);
            schemas.insert(name, found.clone());
        }
    }
    Value::Object(schemas)
}

type Named = Vec<(String, Value)>;

fn named<const N: usize>(schemas: [(&str, Value); N]) -> Named {
    schemas.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect()
}

fn time() -> Value {
    json!({"type": "string", "format": "date-time"})
}

fn text(about: &str) -> Value {
    json!({"type": "string", "description": about})
}

fn list(item: &str) -> Value {
    json!({"type": "array", "items": schema(item)})
}

fn either(one: &str, other: &str) -> Value {
    json!({"anyOf": [schema(one), schema(other)]})
}

/// An event of an order, flat as it is on the wire.
fn order_event(shared: &Value) -> Shape {
    let facts = Shape::of(&shared["EventFacts"]);
    let facts = OF_PRODUCTS.iter().fold(facts, |facts, name| facts.without(name));
    about(shared).without("productId").and(&Shape::of(&shared["EventOrder"])).and(&facts)
}

fn product_event(shared: &Value) -> Shape {
    about(shared).and(&Shape::of(&shared["EventFacts"]).only(&OF_PRODUCTS))
}

/// What every event summary.
fn about(shared: &Value) -> Shape {
    let parts = shared["Event"]["allOf"].as_array().into_iter().flatten();
    parts.map(Shape::of).fold(Shape::default(), |all, part| all.and(&part))
}

/// The dialects call an event's id otherwise, because theirs is the order's.
fn socket_event(event: Shape) -> Shape {
    event.renamed("id", "eventId").with("updatedAt", time())
}

fn events(shared: &Value) -> Named {
    let socket = socket_event(order_event(shared));
    let order = socket.clone().only(&[
        "orderId",
        "orderNumber",
        "status",
        "version",
        "customer",
        "items",
        "total",
        "paymentMethod",
        "paymentStatus",
        "trackingNumber",
        "estimatedDelivery",
        "updatedAt",
    ]);
    let feed = socket.clone().with("timestamp", time()).with("message", text("A sentence."));
    let tracked = socket.clone().only(&[
        "eventId",
        "orderId",
        "orderNumber",
        "status",
        "previousStatus",
        "version",
        "trackingNumber",
        "estimatedDelivery",
        "updatedAt",
    ]);
    named([
        ("OrderEvent", order_event(shared).described("An event of an order, as its listener may see it.")),
        ("ProductEvent", product_event(shared).described("An event of a product.")),
        ("SocketProductEvent", socket_event(product_event(shared)).described("An event of a product.")),
        (
            "StandardOrderEvent",
            socket
                .with("order", schema("StandardOrder"))
                .described("An event of an order, as its listener may see it."),
        ),
        ("StandardOrder", order.renamed("orderId", "id").described("What the event summary of the order.")),
        ("FeedOrderEvent", feed.described("An event of an order, as its listener may see it.")),
        (
            "OrderStatusUpdated",
            tracked.loose(&["eventId", "previousStatus"]).described(
                "An order that was joined. Right after joining without `eventId` and `previousStatus`.",
            ),
        ),
        ("StandardOrderUpdate", either("StandardOrderEvent", "OrderState")),
        ("FeedOrderUpdate", either("FeedOrderEvent", "FeedOrderState")),
    ])
}

fn states(shared: &Value) -> Named {
    let order = Shape::of(&shared["Order"]);
    let state = order.only(&[
        "id",
        "number",
        "status",
        "version",
        "updatedAt",
        "trackingNumber",
        "estimatedDelivery",
    ]);
    let state =
        state.renamed("id", "orderId").renamed("number", "orderNumber").with("order", schema("Order"));
    named([
        ("OrderState", state.clone().described("The present state of an order.")),
        ("FeedOrderState", state.with("timestamp", time()).described("The present state of an order.")),
        ("Order", shared["Order"].clone()),
    ])
}

fn notifications(shared: &Value) -> Named {
    let line = Shape::of(&shared["NotificationView"]).without("cursor").with("status", schema("Status"));
    let feed = line
        .clone()
        .without("severity")
        .without("own")
        .renamed("category", "type")
        .renamed("at", "timestamp");
    named([
        ("Notification", line.described("A line of the inbox. `id` is that of its event, too.")),
        (
            "FeedNotification",
            feed.loose(&["title"]).described("A change as a sentence. `id` is that of its event."),
        ),
    ])
}

/// What is not about orders.
fn connections() -> Named {
    let connected = Shape::default()
        .with("message", text("For people."))
        .with("role", json!({"type": "string", "enum": ["user", "admin", "driver"]}))
        .with("user", schema("Person"))
        .with("cursor", text("Where in the log you are."))
        .with("head", text("Where the log ended when you came: what you are told up to there, you missed."))
        .with("recovered", json!({"type": "boolean", "description": "You go on where you were."}));
    let status = json!({"type": "string", "enum": ["connected"]});
    let why = json!({"type": "string", "enum": ["epoch_changed", "too_old", "unknown_cursor"]});
    let reset = Shape::default().with("reason", why).with("cursor", text("Go on from here."));
    let presence = Shape::default().with("orderNumber", schema("OrderNumber")).with("people", list("Person"));
    let wait = json!({"type": "integer", "description": "Milliseconds to wait; absent: sign in again."});
    let codes = json!({"type": "integer", "enum": [4001, 4002, 4003, 4501]});
    let names =
        json!({"type": "string", "enum": ["shutting_down", "token_expired", "unavailable", "session_ended"]});
    let reconnect = Shape::default().with("code", codes).with("reason", names).maybe("afterMs", wait);
    let orders =
        json!({"type": "array", "items": schema("Order"), "description": "The newest, newest first."});
    named([
        ("Connected", connected.clone().described("Who you are, and where.")),
        (
            "ConnectionStatus",
            connected.with("status", status).with("timestamp", time()).described("Who you are, and where."),
        ),
        ("Reset", reset.with("orders", orders).described("Start over.")),
        ("Presence", presence.described("Everybody who looks at an order now.")),
        ("Heartbeat", Shape::default().with("at", time()).described("The server's time.")),
        ("Reconnect", reconnect.described("Why the server closes, and when to come back.")),
    ])
}

/// What clients send, and how it is answered.
fn client_events(shared: &Value) -> Named {
    let name = json!({"type": ["string", "integer"], "description": "An order's id or number."});
    let by_name = Shape::default().with("orderId", name.clone());
    let code =
        text("Stable; those of the API's problems, and `unknown_event`, `invalid_order`, `too_many_joined`.");
    let denial = Shape::default().with("code", code).with("message", text("For people."));
    let denied = Shape::default().with("ok", json!({"const": false})).with("error", schema("Denial"));
    let done = Shape::default().with("ok", json!({"const": true}));
    let order = Shape::of(&shared["Order"]).only(&["id", "number", "status", "version"]);
    let order = done.clone().and(&order.renamed("id", "orderId").renamed("number", "orderNumber"));
    let live = json!({"type": "integer", "minimum": 0, "description": "The customer's connections that heard of it."});
    let update = order.clone().with("live", live);
    let or_denied = |done: Value| json!({"anyOf": [done, schema("Denied")]});
    let error = denial.clone().with("event", text("Its name.")).with("argument", json!({}));
    named([
        ("NamedOrder", json!({"anyOf": [name, by_name.clone().described("The same.")]})),
        ("StatusUpdate", by_name.with("status", schema("Status")).described("An order, and its new status.")),
        ("JoinAcknowledged", or_denied(order.described("The order is followed; this is its state."))),
        ("LeaveAcknowledged", or_denied(done.described("The order is followed no longer."))),
        ("UpdateAcknowledged", or_denied(update.described("The order was changed."))),
        ("Denied", denied.described("It was refused.")),
        ("Denial", denial.described("Why.")),
        ("AskedInVain", error.described("What was refused, and why.")),
    ])
}

/// Names of the schemas that a value refers to.
fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            let target = members.get("$ref").and_then(Value::as_str);
            let name = target.and_then(|target| target.strip_prefix("#/components/schemas/"));
            found.extend(name.map(str::to_owned));
            members.values().for_each(|member| references(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}
