//! The document of the live events ([AsyncAPI 3](https://www.asyncapi.com/docs/reference/specification/v3.0.0)), at
//! `/api/asyncapi.json`.
//!
//! Everything in it comes from the `live` crate: each dialect, the stream and the gateway list their messages, and the
//! schemas are generated from the structs that are sent. To add an event, add it to one of these lists.
//! `ordercast/tests/it/operations/asyncapi.rs` fails for an event that is not listed, and for one that nobody receives.

mod schemas;

use axum::Router;
use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use live::dialect::DialectId;
use live::payload::MessageDoc;
use serde_json::{Map, Value, json};

use crate::app::{ApiSettings, AppState};
use crate::auth::cookie;

const ABOUT: &str = "Live events of orders.

Customers receive the events of their own orders, staff those of their store, drivers those of the orders they deliver; \
`tags` of a message name its receivers. Every event of the log arrives once and in order, also after a disconnection.

**Socket.IO** (Engine.IO 4, Socket.IO 5), path `/socket.io/`, namespace `/`: a client sends `auth.token`, or has the session \
cookie. It chooses a dialect by `auth.dialect` or `?dialect=`. The payload is an event's first argument. The last message of an \
event of the log has one more, a string: its cursor. `auth.cursor`, or Socket.IO's own connection state recovery, resumes from it.

**Server-sent events**: `GET /api/v1/stream`; a frame's `id` is its cursor, `Last-Event-ID` resumes from it.";

/// A channel of the document.
struct Channel {
    name: &'static str,
    /// What the server sends.
    sent: Vec<MessageDoc>,
    /// What clients send, with the acknowledgements.
    received: Vec<(MessageDoc, MessageDoc)>,
    description: String,
    address: &'static str,
    bindings: Option<Value>,
}

fn channels() -> Vec<Channel> {
    let dialect = |dialect: DialectId| Channel {
        name: dialect.name(),
        sent: dialect.documentation(),
        received: live::gateway::messages(),
        description: format!("Socket.IO, dialect `{}`.", dialect.name()),
        address: "/socket.io/",
        bindings: Some(json!({"ws": {"query": {"type": "object", "properties": {
            "dialect": {"type": "string", "enum": [dialect.name()]},
            "EIO": {"type": "string", "enum": ["4"]},
            "transport": {"type": "string", "enum": ["websocket", "polling"]},
        }}}})),
    };
    let stream = Channel {
        name: "stream",
        sent: live::sse::messages(),
        received: Vec::new(),
        description: String::from("Server-sent events."),
        address: "/api/v1/stream",
        bindings: None,
    };
    DialectId::all().map(dialect).chain([stream]).collect()
}

impl Channel {
    fn json(&self) -> Value {
        let sent = self.sent.iter();
        let received = self.received.iter().flat_map(|(message, acknowledgement)| [message, acknowledgement]);
        let messages: Map<String, Value> =
            sent.chain(received).map(|message| (key(message.name), message_json(message))).collect();
        let mut channel = json!({
            "address": self.address, "title": self.description, "description": self.description,
            "messages": messages,
        });
        if let Some(bindings) = &self.bindings {
            channel["bindings"] = bindings.clone();
        }
        channel
    }

    fn operations(&self) -> Vec<(String, Value)> {
        let name = self.name;
        let channel = json!({"$ref": format!("#/channels/{name}")});
        let reference = |message: &MessageDoc| json!({"$ref": format!("#/channels/{name}/messages/{}", key(message.name))});
        let sent: Vec<Value> = self.sent.iter().map(reference).collect();
        let outgoing = json!({
            "action": "send", "channel": channel, "summary": "What the server sends", "messages": sent,
        });
        let receive = |(message, acknowledgement): &(MessageDoc, MessageDoc)| {
            let operation = json!({
                "action": "receive", "channel": channel, "summary": message.summary,
                "messages": [reference(message)],
                "reply": {"channel": channel, "messages": [reference(acknowledgement)]},
            });
            (format!("{name}.{}", message.name), operation)
        };
        let mut operations = vec![(format!("{name}.say"), outgoing)];
        operations.extend(self.received.iter().map(receive));
        operations
    }
}

fn message_json(message: &MessageDoc) -> Value {
    let mut json = json!({
        "name": message.name, "summary": message.summary, "payload": schemas::reference(&message.schema),
        "contentType": "application/json",
    });
    if !message.roles.is_empty() {
        let tags: Vec<Value> = message.roles.iter().map(|role| json!({"name": role.name()})).collect();
        json["tags"] = Value::Array(tags);
    }
    json
}

/// A key consists of letters, digits, `.`, `-` and `_` (`AsyncAPI` 3, "Components Object"). Event names have colons, too.
fn key(name: &str) -> String {
    name.replace(':', ".")
}

/// `base_url`: the server's address, if the document is about one server.
pub fn document(base_url: Option<&str>) -> Value {
    let channels = channels();
    let messages = channels.iter().flat_map(|channel| {
        let received =
            channel.received.iter().flat_map(|(message, acknowledgement)| [message, acknowledgement]);
        channel.sent.iter().chain(received)
    });
    let schemas = schemas::all(messages);
    let operations: Map<String, Value> = channels.iter().flat_map(Channel::operations).collect();
    let channels: Map<String, Value> =
        channels.iter().map(|channel| (channel.name.to_owned(), channel.json())).collect();
    let mut document = json!({
        "asyncapi": "3.0.0",
        "id": "urn:ordercast:live",
        "info": {
            "title": "Ordercast, live", "version": env!("CARGO_PKG_VERSION"), "description": ABOUT,
            "license": {"name": "MIT OR Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "cookie": {"type": "httpApiKey", "in": "cookie", "name": cookie::NAME},
            },
        },
    });
    if let Some(base_url) = base_url {
        set_servers(&mut document, base_url);
    }
    document
}

fn set_servers(document: &mut Value, base_url: &str) {
    let secure = base_url.starts_with("https://");
    let address = base_url.split_once("://").map_or(base_url, |(_, address)| address);
    let (host, path) = address.split_at(address.find('/').unwrap_or(address.len()));
    let security = json!([{"$ref": "#/components/securitySchemes/bearer"}, {"$ref": "#/components/securitySchemes/cookie"}]);
    document["servers"] = json!({
        "sockets": {"host": host, "protocol": if secure { "wss" } else { "ws" }, "security": security},
        "streams": {"host": host, "protocol": if secure { "https" } else { "http" }, "security": security},
    });
    for server in ["sockets", "streams"].into_iter().filter(|_| !path.is_empty()) {
        document["servers"][server]["pathname"] = json!(path);
    }
    let channels = document["channels"].as_object_mut().into_iter().flatten();
    for (name, channel) in channels {
        let server = if name == "stream" { "#/servers/streams" } else { "#/servers/sockets" };
        channel["servers"] = json!([{"$ref": server}]);
    }
}

/// `/api/asyncapi.json`.
pub(crate) fn page(settings: &ApiSettings) -> Router<AppState> {
    let mut document = document(Some(&settings.base_url));
    document["components"]["securitySchemes"]["cookie"]["name"] = json!(settings.cookies.name());
    let text = document.to_string();
    let json = HeaderValue::from_static("application/json");
    Router::new().route("/api/asyncapi.json", get(|| async { ([(CONTENT_TYPE, json)], text) }))
}
