//! What a client is told first.

use serde::Serialize;
use socketio::Socket;

use super::client::Client;
use super::{Authorizer, Gateway, Identity};
use crate::dialect::Dialect;
use crate::sse::wire_role;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Connected<'a> {
    message: &'static str,
    role: &'static str,
    user: &'a orders::view::Person,
    cursor: &'a eventlog::Cursor,
    head: eventlog::Cursor,
    recovered: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the wire's name")]
struct Status<'a> {
    status: &'static str,
    #[serde(flatten)]
    connected: Connected<'a>,
    timestamp: jiff::Timestamp,
}

/// Row A9: `connected`, with the role exactly as reference shops A and B read it. In `feed` it is `connection_status`.
pub(super) fn send<A: Authorizer>(gateway: &Gateway<A>, socket: &Socket<Gateway<A>>, client: &Client<A>) {
    let connected = Connected {
        message: "Connected to real-time service",
        role: wire_role(client.identity.role()),
        user: &client.identity.person(),
        cursor: &client.cursor,
        head: gateway.hub.cursor(),
        recovered: client.recovered,
    };
    let sent = match client.dialect {
        Dialect::Standard | Dialect::Rooms => socket.emit("connected", &connected),
        Dialect::Feed => {
            let status = Status { status: "connected", connected, timestamp: gateway.authorizer.now() };
            socket.emit("connection_status", &status)
        }
    };
    if let Err(error) = sent {
        tracing::error!(%error, "a greeting is no JSON");
    }
}
