//! The document of the live events ([AsyncAPI 3](https://www.asyncapi.com/docs/reference/specification/v3.0.0)), at
//! `/api/asyncapi.json`.
//!
//! Read in this order: `message` is one row of a table. `standard`, `rooms` and `feed` are what each dialect of
//! Socket.IO summary, `shared` is what all of them say, `client_events` what clients may send; `stream` is server-sent events.
//! `schemas` has the payloads, made of those of the `OpenAPI` document.
//!
//! To add an event: a row in a table here, and its payload in `schemas` if it is a new one.
//! `ordercast/tests/it/operations/asyncapi.rs` fails for an event that is not here, and for a row that nobody hears.

mod client_events;
mod feed;
mod message;
mod rooms;
mod schemas;
mod shape;
mod shared;
mod standard;
mod stream;

use axum::Router;
use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use serde_json::{Map, Value, json};
use utoipa::openapi::OpenApi;

use self::message::Message;
use crate::app::AppState;

const ABOUT: &str = "Live events of orders.

Customers hear of their own orders, staff of their store's, drivers of those they bring; `tags` of a message say who \
hears it. Every event of the log is told once, in order, also after having been away.

**Socket.IO** (Engine.IO 4, Socket.IO 5), path `/socket.io/`, namespace `/`: a client sends `auth.token`, or has the session \
cookie. It picks a dialect by `auth.dialect` or `?dialect=`. The payload is an event's first argument. The last message of an \
event of the log has one more, a string: its cursor. `auth.cursor`, or Socket.IO's own connection state recovery, resumes from it.

**Server-sent events**: `GET /api/v1/stream`; a frame's `id` is its cursor, `Last-Event-ID` resumes from it.";

/// The dialects of Socket.IO, each a channel, and what each summary besides what all of them say.
const DIALECTS: [(&str, &[Message]); 3] =
    [("standard", standard::MESSAGES), ("rooms", rooms::MESSAGES), ("feed", feed::MESSAGES)];

/// The document; `base_url` is where the server is reached, if it is about a certain one, `openapi` has the schemas they
/// share.
pub fn document(openapi: &OpenApi, base_url: Option<&str>) -> Value {
    let (mut channels, mut operations) = (Map::new(), Map::new());
    for (dialect, own) in DIALECTS {
        let rows: Vec<&Message> = shared::MESSAGES.iter().chain(own).collect();
        let about = format!("Socket.IO, dialect `{dialect}`.");
        let bindings = json!({"ws": {"query": {"type": "object", "properties": {
            "dialect": {"type": "string", "enum": [dialect]},
            "EIO": {"type": "string", "enum": ["4"]},
            "transport": {"type": "string", "enum": ["websocket", "polling"]},
        }}}});
        let mut messages = message::all(&rows);
        messages.extend(client_events::messages());
        channels.insert(
            dialect.to_owned(),
            json!({
                "address": "/socket.io/", "title": about, "description": about, "messages": messages,
                "bindings": bindings,
            }),
        );
        operations.insert(format!("{dialect}.say"), message::operation(dialect, &rows));
        operations.extend(client_events::operations(dialect));
    }
    let rows: Vec<&Message> = stream::MESSAGES.iter().collect();
    channels.insert("stream".to_owned(), stream::channel(&rows));
    operations.insert("stream.say".to_owned(), message::operation("stream", &rows));
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
            "schemas": schemas::all(openapi),
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "cookie": {"type": "httpApiKey", "in": "cookie", "name": "ordercast_session"},
            },
        },
    });
    if let Some(base_url) = base_url {
        set_servers(&mut document, base_url);
    }
    document
}

/// Says where the channels are.
fn set_servers(document: &mut Value, base_url: &str) {
    let secure = base_url.starts_with("https://");
    let host = base_url.split_once("://").map_or(base_url, |(_, host)| host);
    let security = json!([{"$ref": "#/components/securitySchemes/bearer"}, {"$ref": "#/components/securitySchemes/cookie"}]);
    document["servers"] = json!({
        "sockets": {"host": host, "protocol": if secure { "wss" } else { "ws" }, "security": security},
        "streams": {"host": host, "protocol": if secure { "https" } else { "http" }, "security": security},
    });
    let channels = document["channels"].as_object_mut().into_iter().flatten();
    for (name, channel) in channels {
        let server = if name == "stream" { "#/servers/streams" } else { "#/servers/sockets" };
        channel["servers"] = json!([{"$ref": server}]);
    }
}

/// `/api/asyncapi.json`.
pub(crate) fn page(openapi: &OpenApi, base_url: &str) -> Router<AppState> {
    let text = document(openapi, Some(base_url)).to_string();
    let json = HeaderValue::from_static("application/json");
    Router::new().route("/api/asyncapi.json", get(|| async { ([(CONTENT_TYPE, json)], text) }))
}
