//! One row of a table: an event that somebody hears.

use serde_json::{Map, Value, json};

/// An event.
#[derive(Debug, Clone, Copy)]
pub(super) struct Message {
    /// Its name on the wire.
    pub(super) name: &'static str,
    /// The name of its payload's schema.
    pub(super) payload: &'static str,
    /// Who hears it.
    pub(super) to: &'static [&'static str],
    /// When they hear it.
    pub(super) summary: &'static str,
}

pub(super) const CUSTOMER_AND_DRIVER: &[&str] = &["customer", "driver"];
pub(super) const STAFF: &[&str] = &["staff"];
pub(super) const EVERYBODY: &[&str] = &["customer", "staff", "driver"];

impl Message {
    pub(super) const fn new(
        name: &'static str,
        payload: &'static str,
        to: &'static [&'static str],
        summary: &'static str,
    ) -> Self {
        Self { name, payload, to, summary }
    }

    fn json(&self) -> Value {
        let tags: Vec<Value> = self.to.iter().map(|who| json!({"name": who})).collect();
        json!({
            "name": self.name, "summary": self.summary, "payload": schema(self.payload), "tags": tags,
            "contentType": "application/json",
        })
    }
}

/// A reference to a payload's schema.
pub(super) fn schema(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// Keys are of letters, digits, `.`, `-` and `_` (`AsyncAPI` 3, "Components Object"); names of events are not always.
pub(super) fn key(name: &str) -> String {
    name.replace(':', ".")
}

/// Messages by their keys.
pub(super) fn all(messages: &[&Message]) -> Map<String, Value> {
    messages.iter().map(|message| (key(message.name), message.json())).collect()
}

/// A reference to a message of a channel.
pub(super) fn in_channel(channel: &str, key: &str) -> Value {
    json!({"$ref": format!("#/channels/{channel}/messages/{key}")})
}

/// That the server summary these.
pub(super) fn operation(channel: &str, messages: &[&Message]) -> Value {
    let messages: Vec<Value> =
        messages.iter().map(|message| in_channel(channel, &key(message.name))).collect();
    json!({
        "action": "send", "channel": {"$ref": format!("#/channels/{channel}")},
        "summary": "What the server summary", "messages": messages,
    })
}
