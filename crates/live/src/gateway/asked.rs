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

use super::client::{Client, Follow};
use super::{Denial, Gate, Gateway, Pass};
use crate::dialect::Dialect;
use eventlog::Topic;

impl<G: Gate> Gateway<G> {
    pub(super) async fn asked(&self, socket: &Socket<Self>, event: Event<Self>) {
        let Some(client) = socket.client() else { return };
        let argument = event.args.first();
        let answer = match self.gate.may_ask(&client.pass) {
            Err(denial) => Err(denial),
            Ok(()) => match event.name.as_str() {
                "join-order-tracking" => self.join(socket, client, argument).await,
                "leave-order-tracking" => self.leave_order(client, argument).await,
                "admin-status-update" => self.update_status(client, argument).await,
                other => Err(Denial {
                    code: "unknown_event",
                    message: format!("There is no event `{}`.", shown(other)).into(),
                }),
            },
        };
        received(client, &event.name, argument, &answer);
        let sent = match (answer, event.ack) {
            (Ok(answer), Some(ack)) => ack.send(&answer),
            (Ok(_), None) => Ok(()),
            (Err(denial), Some(ack)) => ack.send(&json!({ "ok": false, "error": denial })),
            (Err(denial), None) => {
                let about = json!({
                    "event": shown(&event.name), "code": denial.code, "message": denial.message, "argument": argument
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
        client: &Client<G>,
        argument: Option<&Value>,
    ) -> Result<Value, Denial> {
        let snapshot = self.gate.order(&client.pass, named(argument)?).await?;
        let view = snapshot.view(Audience::of(client.pass.role()));
        let number = view.number;
        match client.follow(&self.joins, number, view.version, self.options.max_joined) {
            Follow::TooMany => {
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
            Follow::Begun => self.joined(client, number),
            Follow::Already => {}
        }
        for (name, state) in Dialect::Rooms.state(&view, Audience::of(client.pass.role())) {
            // No offset: what came before may still be on its way.
            drop(socket.emit(name, &state));
        }
        Ok(
            json!({ "ok": true, "orderId": view.id, "orderNumber": number, "status": view.status, "version": view.version }),
        )
    }

    async fn leave_order(&self, client: &Client<G>, argument: Option<&Value>) -> Result<Value, Denial> {
        let snapshot = self.gate.order(&client.pass, named(argument)?).await?;
        let number = snapshot.view(Audience::of(client.pass.role())).number;
        if client.unfollow(&self.joins, number) {
            self.left(client, number);
        }
        Ok(json!({ "ok": true }))
    }

    /// Row C3: the change is stored, and everybody concerned hears of it; `live` says how many of the customer's
    /// connections that was (row C5). Who may do it is decided by the domain.
    async fn update_status(&self, client: &Client<G>, argument: Option<&Value>) -> Result<Value, Denial> {
        let order = named(argument)?;
        let status = argument.and_then(|argument| argument.get("status")).cloned().unwrap_or_default();
        let status: Status = serde_json::from_value(status).map_err(|_| Denial {
            code: "invalid_body",
            message: "`status` is one of pending, processing, shipped, paid, delivered, cancelled.".into(),
        })?;
        let snapshot = self.gate.set_status(&client.pass, order, status).await?;
        let view = snapshot.view(Audience::of(client.pass.role()));
        let live = self.hub.connections(&Topic::Customer(snapshot.order.customer.clone()));
        Ok(json!({
            "ok": true, "orderId": view.id, "orderNumber": view.number, "status": view.status, "version": view.version,
            "live": live,
        }))
    }

    /// A client follows an order from now on.
    pub(super) fn joined(&self, client: &Client<G>, order: OrderNumber) {
        if client.pass.role() == Role::Staff {
            self.looks(client, order);
        }
    }

    /// A client does not follow an order any more.
    pub(super) fn left(&self, client: &Client<G>, order: OrderNumber) {
        if client.pass.role() == Role::Staff {
            self.looks_away(client, order);
        }
    }
}

/// Row A20: a line for each event that a client sent, with what came of it.
fn received<G: Gate>(
    client: &Client<G>,
    event: &str,
    argument: Option<&Value>,
    answer: &Result<Value, Denial>,
) {
    let (user, role) = (client.pass.user(), client.pass.role().name());
    let messages = |member: &str| argument.and_then(|argument| argument.get(member)).unwrap_or(&Value::Null);
    let order = named(argument).map_or_else(|_| String::from("none"), |order| order.to_string());
    match answer {
        Ok(answer) => {
            let (status, listeners) = (answer["status"].as_str(), answer["live"].as_u64());
            tracing::info!(%user, role, event = shown(event), order, status, listeners, "received");
        }
        // Counted, and too many for a line each.
        Err(denial) if denial.code == "rate_limited" => {}
        Err(denial) => {
            let status = messages("status").as_str().map(shown);
            tracing::info!(%user, role, event = shown(event), order, status, refused = denial.code, "received");
        }
    }
}

/// The order that an argument names: `"…"`, a number, or `{orderId: …}`.
fn named(argument: Option<&Value>) -> Result<OrderRef, Denial> {
    let name = argument.map(|argument| argument.get("orderId").unwrap_or(argument));
    let named = match name {
        Some(Value::String(name)) => name.parse().ok(),
        Some(Value::Number(number)) => number.to_string().parse().ok(),
        _ => None,
    };
    named.ok_or(Denial { code: "invalid_order", message: "Name an order by its id or its number.".into() })
}

/// What a client sent, short enough to be sent back.
fn shown(name: &str) -> String {
    name.chars().take(64).collect()
}
