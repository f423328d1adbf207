//! What Socket.IO clients may send, in every dialect, and how it is acknowledged.

use serde_json::{Map, Value, json};

use super::message::{in_channel, schema};

/// Name, the schemas of its argument and of its acknowledgement, who may send it, what happens.
const CLIENT_EVENTS: [(&str, &str, &str, &[&str], &str); 3] = [
    (
        "join-order-tracking",
        "NamedOrder",
        "JoinAcknowledged",
        &["customer", "staff", "driver"],
        "Follow an order: its state comes at once as `order-status-updated`, then every change",
    ),
    (
        "leave-order-tracking",
        "NamedOrder",
        "LeaveAcknowledged",
        &["customer", "staff", "driver"],
        "Follow an order no longer",
    ),
    (
        "admin-status-update",
        "StatusUpdate",
        "UpdateAcknowledged",
        &["staff"],
        "Set an order's status; everybody concerned hears of it",
    ),
];

fn acknowledged(name: &str) -> String {
    format!("{name}.ack")
}

/// The messages of a channel that clients send, and their acknowledgements.
pub(super) fn messages() -> Map<String, Value> {
    let mut messages = Map::new();
    for (name, argument, answer, who, summary) in CLIENT_EVENTS {
        let tags: Vec<Value> = who.iter().map(|who| json!({"name": who})).collect();
        let asked = json!({
            "name": name, "summary": summary, "payload": schema(argument), "tags": tags,
            "contentType": "application/json",
        });
        messages.insert(name.to_owned(), asked);
        let summary = "The acknowledgement, if one was asked for";
        let answer = json!({
            "name": acknowledged(name), "summary": summary, "payload": schema(answer), "contentType": "application/json",
        });
        messages.insert(acknowledged(name), answer);
    }
    messages
}

/// That the server takes them.
pub(super) fn operations(channel: &str) -> Vec<(String, Value)> {
    let within = json!({"$ref": format!("#/channels/{channel}")});
    let operation = |(name, _, _, _, summary): (&str, &str, &str, &[&str], &str)| {
        let operation = json!({
            "action": "receive", "channel": within, "summary": summary, "messages": [in_channel(channel, name)],
            "reply": {"channel": within, "messages": [in_channel(channel, &acknowledged(name))]},
        });
        (format!("{channel}.{name}"), operation)
    };
    CLIENT_EVENTS.into_iter().map(operation).collect()
}
