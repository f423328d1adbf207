//! What a client may send.
//!
//! | event | argument | who | what happens |
//! |---|---|---|---|
//! | `join-order-tracking` | an order's id, number or reference, or an object with one of them | everybody who may see the order | joins it; its state is in the acknowledgement |
//! | `leave-order-tracking` | the same | | |
//! | `admin-status-update` | `{orderId, status}` | the store's staff | changes the order, for everybody |
//!
//! Names are accepted in every spelling: `joinOrderTracking`, `join_order_tracking`. A join and a leave may have more names,
//! for clients of other servers: [`GatewayOptions::join_events`](super::GatewayOptions::join_events).
//!
//! Each is acknowledged: `{ok: true, …}`, or `{ok: false, error: {code, message}}`. A client that asks for no
//! acknowledgement receives a refusal as the event `error`.

use std::iter;
use std::sync::Arc;

use eventlog::{EventWithContext, Seq, Snapshot, Topic};
use jiff::Timestamp;
use orders::{Audience, Order, OrderNumber, OrderRef, Role, Status};
use serde_json::Value;
use socketio::{ClientEvent, Socket};

use super::client::{ConnectedClient, JoinOutcome};
use super::joins::JoinedOrder;
use super::{Authorizer, Denial, Gateway, Identity};
use crate::dialect::{Joined, joined};
use crate::payload::client::{Acknowledgement, Denied, Done, ErrorPayload, OrderAcknowledged, StatusUpdated};
use crate::payload::order_name::OrderName;

/// What a client asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Request {
    Join,
    Leave,
    UpdateStatus,
}

impl Request {
    /// `join_events`: more names of `join-order-tracking`.
    fn parse(event: &str, join_events: &[String]) -> Option<Self> {
        let event = spelled(event);
        let mut joins = iter::once("join-order-tracking").chain(join_events.iter().map(String::as_str));
        if event == spelled("admin-status-update") {
            Some(Self::UpdateStatus)
        } else if joins.clone().any(|join| spelled(join) == event) {
            Some(Self::Join)
        } else if joins.any(|join| leave_event(&spelled(join)) == event) {
            Some(Self::Leave)
        } else {
            None
        }
    }
}

/// The common form of all spellings of a name: `joinOrder`, `join-order`, `join_order` and `join:order` are the same.
fn spelled(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '-' | '_' | ':' | '.')).flat_map(char::to_lowercase).collect()
}

/// The name of the event that leaves what `join` joined.
fn leave_event(join: &str) -> String {
    if join.contains("join") {
        join.replacen("join", "leave", 1)
    } else {
        join.replacen("track", "untrack", 1)
    }
}

impl<A: Authorizer> Gateway<A> {
    pub(super) async fn handle_event(&self, socket: &Socket<Self>, event: ClientEvent<Self>) {
        let Some(client) = socket.client() else { return };
        let argument = event.args.first();
        let answer = match self.authorizer.check_rate(&client.identity) {
            Err(denial) => Err(denial),
            Ok(()) => match Request::parse(&event.name, &self.options.join_events) {
                Some(Request::Join) => self.join(socket, client, argument).await,
                Some(Request::Leave) => self.leave(client, argument).await,
                Some(Request::UpdateStatus) => self.update_status(client, argument).await,
                None => Err(Denial {
                    code: "unknown_event",
                    message: format!("There is no event `{}`.", truncated(&event.name)).into(),
                }),
            },
        };
        log_event(client, &event.name, argument, &answer);
        let sent = match (answer, event.ack) {
            (Ok(answer), Some(ack)) => ack.send(&answer),
            (Ok(_), None) => Ok(()),
            (Err(error), Some(ack)) => ack.send(&Acknowledgement::Denied(Denied { ok: false, error })),
            (Err(denial), None) => {
                let (event, message) = (&*truncated(&event.name), &*denial.message);
                socket.emit("error", &ErrorPayload { event, code: denial.code, message, argument })
            }
        };
        if let Err(error) = sent {
            tracing::error!(%error, "an acknowledgement cannot be serialized");
        }
    }

    async fn join(
        &self,
        socket: &Socket<Self>,
        client: &ConnectedClient<A>,
        argument: Option<&Value>,
    ) -> Result<Acknowledgement, Denial> {
        let name = OrderName::parse(argument)?;
        let order_ref = self.order_ref(client, &name).await?;
        let mut snapshot = self.authorizer.visible_order(&client.identity, order_ref).await?;
        let number = snapshot.order.number;
        let max_joined = self.options.max_joined;
        let own_name = (!name.is_id(snapshot.order.id)).then(|| name.clone());
        let version = snapshot.order.version;
        let joined = JoinedOrder { order: number, name: own_name.clone(), version, inherited: false };
        match client.join(&self.joins, joined, max_joined) {
            JoinOutcome::TooMany => {
                self.hub.counters().join_refused();
                let message = format!("A connection can join {max_joined} orders: leave one first.");
                return Err(Denial { code: "too_many_joined", message: message.into() });
            }
            JoinOutcome::Joined { left } => {
                // Before anything waits: the client may disconnect meanwhile, and leaves the orders that it has joined.
                self.order_joined(client, number);
                match self.joined_order(client, number).await {
                    Ok(newest) => snapshot = newest,
                    Err(denial) => {
                        if client.undo_join(&self.joins, number, left) {
                            self.order_left(client, number);
                        }
                        self.save_joins_later();
                        return Err(denial);
                    }
                }
                // What the client missed. Without an offset: earlier events may still be on their way.
                if let Some(left) = left
                    && self.tracking_changed(&snapshot.order, left, None).await
                {
                    let order = snapshot.view(Audience::of(client.identity.role()));
                    socket.send_events([joined::state(&order, Joined::by(own_name.as_ref())).frame()]);
                }
            }
            JoinOutcome::AlreadyJoined => {}
        }
        let order = snapshot.view(Audience::of(client.identity.role()));
        Ok(Acknowledgement::Order(OrderAcknowledged::new(&order, name)))
    }

    /// An order that the client has just joined. The order is read again, because an event between the first read and the join
    /// may not have reached the client. The join is stored before it is acknowledged, so that it survives a restart.
    async fn joined_order(
        &self,
        client: &ConnectedClient<A>,
        order: OrderNumber,
    ) -> Result<Arc<Snapshot>, Denial> {
        let snapshot = self.authorizer.visible_order(&client.identity, OrderRef::Number(order)).await?;
        self.save_joins().await?;
        Ok(snapshot)
    }

    /// The order that a client names. A name of no known form is that of an order that does not exist.
    async fn order_ref(&self, client: &ConnectedClient<A>, name: &OrderName) -> Result<OrderRef, Denial> {
        match name.text() {
            Some(text) => self.authorizer.order_ref(&client.identity, &text).await,
            None => Err(Denial {
                code: "order_not_found",
                message: "The order does not exist, or you don't have access.".into(),
            }),
        }
    }

    async fn leave(
        &self,
        client: &ConnectedClient<A>,
        argument: Option<&Value>,
    ) -> Result<Acknowledgement, Denial> {
        let order = self.order_ref(client, &OrderName::parse(argument)?).await?;
        let order = self.authorizer.visible_order(&client.identity, order).await?.order.number;
        if client.leave_order(self, order) {
            self.order_left(client, order);
            // The client has left the order, even if that cannot be stored now.
            let _ = self.save_joins().await;
        }
        Ok(Acknowledgement::Done(Done { ok: true }))
    }

    /// Whether something that `order-status-updated` tells changed after a position, or after `since`, up to the version of
    /// `order`. Also `true` when that is not known any more.
    pub(super) async fn tracking_changed(&self, order: &Order, after: Seq, since: Option<Timestamp>) -> bool {
        let timeline = match self.hub.read_backend().timeline(order.number).await {
            Ok(timeline) => timeline.value,
            Err(error) => {
                tracing::warn!(%error, order = %order.number, "the timeline of a joined order cannot be read");
                return true;
            }
        };
        let newer = |event: &&EventWithContext| {
            let is_new = event.stored.seq > after || since.is_some_and(|since| event.stored.event.at > since);
            is_new && event.stored.event.version <= order.version
        };
        timeline.iter().filter(newer).any(|event| joined::is_tracking_update(&event.stored.event))
    }

    /// The domain decides who may set a status.
    async fn update_status(
        &self,
        client: &ConnectedClient<A>,
        argument: Option<&Value>,
    ) -> Result<Acknowledgement, Denial> {
        let name = OrderName::parse(argument)?;
        let order = self.order_ref(client, &name).await?;
        let status = argument.and_then(|argument| argument.get("status")).and_then(Value::as_str);
        let status = status.and_then(Status::from_name).ok_or_else(|| Denial {
            code: "invalid_body",
            message: "`status` is one of pending, processing, shipped, paid, delivered, cancelled.".into(),
        })?;
        let snapshot = self.authorizer.set_status(&client.identity, order, status).await?;
        let order = OrderAcknowledged::new(&snapshot.view(Audience::of(client.identity.role())), name);
        let live = self.hub.connections(&Topic::Customer(snapshot.order.customer.clone()));
        Ok(Acknowledgement::Update(StatusUpdated { order, live }))
    }

    pub(super) fn order_joined(&self, client: &ConnectedClient<A>, order: OrderNumber) {
        if client.identity.role() == Role::Staff {
            self.order_opened(client, order);
        }
    }

    pub(super) fn order_left(&self, client: &ConnectedClient<A>, order: OrderNumber) {
        if client.identity.role() == Role::Staff {
            self.order_closed(client, order);
        }
    }
}

/// One log line for each event that a client sent, with its result.
fn log_event<A: Authorizer>(
    client: &ConnectedClient<A>,
    event: &str,
    argument: Option<&Value>,
    answer: &Result<Acknowledgement, Denial>,
) {
    let (user, role) = (client.identity.user(), client.identity.role().name());
    let event = truncated(event);
    let order = match OrderName::parse(argument) {
        Ok(OrderName::Text(name)) => truncated(&name),
        Ok(OrderName::Number(number)) => number.to_string(),
        Err(_) => String::from("none"),
    };
    match answer {
        Ok(answer) => {
            let (status, listeners) = match answer {
                Acknowledgement::Order(order) => (Some(order.status.name()), None),
                Acknowledgement::Update(update) => (Some(update.order.status.name()), Some(update.live)),
                Acknowledgement::Done(_) | Acknowledgement::Denied(_) => (None, None),
            };
            tracing::info!(%user, role, event, order, status, listeners, "received");
        }
        // Counted in the metrics. There may be too many for a line each.
        Err(denial) if denial.code == "rate_limited" => {}
        Err(denial) => {
            let status = argument.and_then(|argument| argument.get("status")).and_then(Value::as_str);
            let status = status.map(truncated);
            tracing::info!(%user, role, event, order, status, refused = denial.code, "received");
        }
    }
}

/// What a client sent, short enough to be logged or sent back.
fn truncated(name: &str) -> String {
    name.chars().take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_of_a_join_has_a_name_of_its_leave() {
        let joins = ["join_order", "JoinOrderRoom", "track-order"].map(str::to_owned);
        for (join, leave) in [
            ("join_order", "leave_order"),
            ("join-order", "leave-order"),
            ("joinOrder", "leaveOrder"),
            ("join:order", "leave:order"),
            ("join_order_room", "leave_order_room"),
            ("joinOrderRoom", "leave-order-room"),
            ("track_order", "untrack_order"),
            ("trackOrder", "untrackOrder"),
        ] {
            assert_eq!(Request::parse(join, &joins), Some(Request::Join), "{join}");
            assert_eq!(Request::parse(leave, &joins), Some(Request::Leave), "{leave}");
            assert_eq!(Request::parse(join, &[]), None, "not configured");
        }
        for join in ["join-order-tracking", "joinOrderTracking", "join_order_tracking"] {
            assert_eq!(Request::parse(join, &[]), Some(Request::Join), "{join}");
        }
        assert_eq!(Request::parse("leaveOrderTracking", &[]), Some(Request::Leave));
        assert_eq!(Request::parse("adminStatusUpdate", &[]), Some(Request::UpdateStatus));
        assert_eq!(Request::parse("subscribe", &joins), None);
    }
}
