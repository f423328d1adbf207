//! What a client may send.
//!
//! | event | argument | who | what happens |
//! |---|---|---|---|
//! | `join-order-tracking` | an order's id or number, or `{orderId}` | who may see the order | follows it; is told its state at once |
//! | `leave-order-tracking` | the same | | |
//! | `admin-status-update` | `{orderId, status}` | the store's staff | changes the order, for everybody |
//!
//! Each is acknowledged: `{ok: true, …}`, or `{ok: false, error: {code, message}}`. A client that asks for no
//! acknowledgement hears of a refusal by an event, `error`.

use orders::{Audience, OrderNumber, OrderRef, Role, Status};
use serde_json::{Value, json};
use socketio::{Event, Socket};

use super::client::{Client, JoinOutcome};
use super::{Authorizer, Denial, Gateway, Identity};
use crate::dialect::Dialect;
use eventlog::Topic;

impl<A: Authorizer> Gateway<A> {
    pub(super) async fn handle_event(&self, socket: &Socket<Self>, event: Event<Self>) {
        let Some(client) = socket.client() else { return };
        let argument = event.args.first();
        let answer = match self.authorizer.check_rate(&client.identity) {
            Err(denial) => Err(denial),
            Ok(()) => match event.name.as_str() {
                "join-order-tracking" => self.join(socket, client, argument).await,
                "leave-order-tracking" => self.leave_order(client, argument).await,
                "admin-status-update" => self.update_status(client, argument).await,
                other => Err(Denial {
                    code: "unknown_event",
                    message: format!("There is no event `{}`.", truncated(other)).into(),
                }),
            },
        };
        log_event(client, &event.name, argument, &answer);
        let sent = match (answer, event.ack) {
            (Ok(answer), Some(ack)) => ack.send(&answer),
            (Ok(_), None) => Ok(()),
            (Err(denial), Some(ack)) => ack.send(&json!({ "ok": false, "error": denial })),
            (Err(denial), None) => {
                let about = json!({
                    "event": truncated(&event.name), "code": denial.code, "message": denial.message, "argument": argument
                });
                socket.emit("error", &about)
            }
        };
        if let Err(error) = sent {
            tracing::error!(%error, "an answer is no JSON");
        }
    }

    async fn join(
        &self,
        socket: &Socket<Self>,
        client: &Client<A>,
        argument: Option<&Value>,
    ) -> Result<Value, Denial> {
        let snapshot = self.authorizer.visible_order(&client.identity, parse_order_ref(argument)?).await?;
        let view = snapshot.view(Audience::of(client.identity.role()));
        let number = view.number;
        match client.join(&self.joins, number, view.version, self.options.max_joined) {
            JoinOutcome::TooMany => {
                self.hub.counters().join_refused();
                return Err(Denial {
                    code: "too_many_joined",
                    message: format!(
                        "A connection can follow {} orders: leave one first.",
                        self.options.max_joined
                    )
                    .into(),
                });
            }
            JoinOutcome::Joined => self.joined(client, number),
            JoinOutcome::AlreadyJoined => {}
        }
        for (name, state) in Dialect::Rooms.state(&view, Audience::of(client.identity.role())) {
            // No offset: what came before may log be on its way.
            drop(socket.emit(name, &state));
        }
        Ok(
            json!({ "ok": true, "orderId": view.id, "orderNumber": number, "status": view.status, "version": view.version }),
        )
    }

    async fn leave_order(&self, client: &Client<A>, argument: Option<&Value>) -> Result<Value, Denial> {
        let snapshot = self.authorizer.visible_order(&client.identity, parse_order_ref(argument)?).await?;
        let number = snapshot.view(Audience::of(client.identity.role())).number;
        if client.leave_order(&self.joins, number) {
            self.left(client, number);
        }
        Ok(json!({ "ok": true }))
    }

    /// Row C3: the change is stored, and everybody concerned hears of it; `live` says how many of the customer's
    /// connections that was (row C5). Who may do it is decided by the domain.
    async fn update_status(&self, client: &Client<A>, argument: Option<&Value>) -> Result<Value, Denial> {
        let order = parse_order_ref(argument)?;
        let status = argument.and_then(|argument| argument.get("status")).cloned().unwrap_or_default();
        let status: Status = serde_json::from_value(status).map_err(|_| Denial {
            code: "invalid_body",
            message: "`status` is one of pending, processing, shipped, paid, delivered, cancelled.".into(),
        })?;
        let snapshot = self.authorizer.set_status(&client.identity, order, status).await?;
        let view = snapshot.view(Audience::of(client.identity.role()));
        let live = self.hub.connections(&Topic::Customer(snapshot.order.customer.clone()));
        Ok(json!({
            "ok": true, "orderId": view.id, "orderNumber": view.number, "status": view.status, "version": view.version,
            "live": live,
        }))
    }

    /// A client follows an order from now on.
    pub(super) fn joined(&self, client: &Client<A>, order: OrderNumber) {
        if client.identity.role() == Role::Staff {
            self.order_opened(client, order);
        }
    }

    /// A client does not follow an order any more.
    pub(super) fn left(&self, client: &Client<A>, order: OrderNumber) {
        if client.identity.role() == Role::Staff {
            self.order_closed(client, order);
        }
    }
}

/// Row A20: a line for each event that a client sent, with what came of it.
fn log_event<A: Authorizer>(
    client: &Client<A>,
    event: &str,
    argument: Option<&Value>,
    answer: &Result<Value, Denial>,
) {
    let (user, role) = (client.identity.user(), client.identity.role().name());
    let messages = |member: &str| argument.and_then(|argument| argument.get(member)).unwrap_or(&Value::Null);
    let order = parse_order_ref(argument).map_or_else(|_| String::from("none"), |order| order.to_string());
    match answer {
        Ok(answer) => {
            let (status, subscribers) = (answer["status"].as_str(), answer["live"].as_u64());
            tracing::info!(%user, role, event = truncated(event), order, status, subscribers, "received");
        }
        // Counted, and too many for a line each.
        Err(denial) if denial.code == "rate_limited" => {}
        Err(denial) => {
            let status = messages("status").as_str().map(truncated);
            tracing::info!(%user, role, event = truncated(event), order, status, refused = denial.code, "received");
        }
    }
}

/// The order that an argument names: `"…"`, a number, or `{orderId: …}`.
fn parse_order_ref(argument: Option<&Value>) -> Result<OrderRef, Denial> {
    let name = argument.map(|argument| argument.get("orderId").unwrap_or(argument));
    let named = match name {
        Some(Value::String(name)) => name.parse().ok(),
        Some(Value::Number(number)) => number.to_string().parse().ok(),
        _ => None,
    };
    named.ok_or(Denial { code: "invalid_order", message: "Name an order by its id or its number.".into() })
}

/// What a client sent, short enough to be sent back.
fn truncated(name: &str) -> String {
    name.chars().take(64).collect()
}
