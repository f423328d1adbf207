//! Names and shapes that existing clients expect: one event of the log, told as each of the reference shops tells it.
//!
//! | dialect | a customer hears | staff hear | who joined an order hears as well |
//! |---|---|---|---|
//! | [`standard`] | `order:created`, `order:updated`, `order:cancelled`, `notification` | the same with `admin:` before it | `order-status-updated` |
//! | [`rooms`] | | | `order-status-updated` |
//! | [`feed`] | `customer_order_update`, `delivery_update`, `customer_notification` | `order_notification` | `single_order_update`, `order_notification`, `order-status-updated` |
//!
//! To add one: a variant here, a file with its table, a line in `docs/events.md` and in the AsyncAPI document.

mod feed;
mod rooms;
mod standard;

use eventlog::{Cursor, Epoch, EventWithContext};
use orders::notification::Notification;
use orders::view::{EventContext, EventView, OrderView};
use orders::{Audience, Origin};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use socketio::Frame;
use socketio::packet;

/// A vocabulary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// Reference shops A and B.
    #[default]
    Standard,
    /// Reference shop C.
    Rooms,
    /// Reference shop D.
    Feed,
}

/// How many there are.
pub(crate) const DIALECTS: usize = 3;

/// No dialect has this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no dialect; there are `standard`, `rooms` and `feed`")]
pub struct UnknownDialect(String);

impl std::str::FromStr for Dialect {
    type Err = UnknownDialect;

    fn from_str(name: &str) -> Result<Self, UnknownDialect> {
        match name {
            "standard" => Ok(Self::Standard),
            "rooms" => Ok(Self::Rooms),
            "feed" => Ok(Self::Feed),
            other => Err(UnknownDialect(other.chars().take(40).collect())),
        }
    }
}

/// What an event is told as: names and payloads, in order.
pub(crate) type Messages = Vec<(&'static str, Value)>;

/// An event, and to whom it is told.
pub(crate) struct RenderInput<'a> {
    pub(crate) view: &'a EventView,
    pub(crate) context: &'a EventContext,
    pub(crate) audience: Audience,
    /// The listener joined the order.
    pub(crate) joined: bool,
    /// What it says in their inbox, where it is news to them.
    pub(crate) notification: Option<Value>,
}

impl Dialect {
    pub(crate) fn index(self) -> usize {
        match self {
            Self::Standard => 0,
            Self::Rooms => 1,
            Self::Feed => 2,
        }
    }

    /// An event of the log as frames. Its index in the log is at the end of the last one, so that whoever saw that
    /// one has seen all of them.
    pub(crate) fn frames(
        self,
        event: &EventWithContext,
        epoch: &Epoch,
        audience: Audience,
        joined: bool,
    ) -> Box<[Frame]> {
        let Some(view) = event.view(audience) else { return Box::default() };
        let notification = notification(event, &view, audience);
        let input = RenderInput { view: &view, context: &event.context, audience, joined, notification };
        let messages = match self {
            Self::Standard => standard::render(&input),
            Self::Rooms => rooms::render(&input),
            Self::Feed => feed::render(&input),
        };
        with_offset(&messages, &Cursor { epoch: epoch.clone(), seq: event.stored.seq })
    }

    /// The present state of an order, told like a change, to a client that cannot be told the changes.
    pub(crate) fn state(self, order: &OrderView, audience: Audience) -> Messages {
        match self {
            Self::Standard => standard::state(order, audience),
            Self::Rooms => rooms::state(order),
            Self::Feed => feed::state(order, audience),
        }
    }
}

/// A line of the inbox, as `GET /api/v1/notifications` has it.
fn notification(event: &EventWithContext, view: &EventView, audience: Audience) -> Option<Value> {
    let event = &event.stored.event;
    let line = Notification::new(event, audience)?;
    let order = view.order.as_ref()?;
    // What they did themselves is in their inbox, and does not call for them.
    let own = audience == Audience::Customer && event.actor.origin() == Origin::Customer;
    Some(json!({
        "id": view.id,
        "category": line.category,
        "severity": line.severity,
        "title": line.title,
        "message": line.message,
        "orderId": order.order_id,
        "orderNumber": order.order_number,
        "status": order.status,
        "at": view.at,
        "own": own,
        "read": own,
    }))
}

/// Frames of which the last ends with a cursor.
pub(crate) fn with_offset(messages: &[(&'static str, Value)], cursor: &Cursor) -> Box<[Frame]> {
    let offset = cursor.to_string();
    let last = messages.len().saturating_sub(1);
    let frames = messages.iter().enumerate().map(|(index, (name, payload))| {
        packet::event(name, &payload.to_string(), (index == last).then_some(offset.as_str()))
    });
    frames.collect()
}

/// The event as its audience sees it, in the shape all dialects share: the order's id and number, status, version,
/// who did it, what changed.
pub(crate) fn base(view: &EventView) -> Map<String, Value> {
    let Ok(Value::Object(mut map)) = serde_json::to_value(view) else { return Map::new() };
    // `id` would be read as the order's.
    if let Some(id) = map.remove("id") {
        map.insert("eventId".to_owned(), id);
    }
    if let Some(at) = map.get("at").cloned() {
        map.insert("updatedAt".to_owned(), at);
    }
    map
}

/// Members of an object, those that are there, some under another name.
pub(crate) fn pick(from: &Map<String, Value>, members: &[(&str, &str)]) -> Map<String, Value> {
    let found = members.iter().filter_map(|(name, to)| Some(((*to).to_owned(), from.get(*name)?.clone())));
    found.collect()
}

/// An order's present state in the shape of [`base`].
pub(crate) fn base_of_state(order: &OrderView) -> Map<String, Value> {
    let Ok(value @ Value::Object(_)) = serde_json::to_value(order) else { return Map::new() };
    let mut map = Map::new();
    let member = |name: &str| value.get(name).cloned();
    for (name, to) in [
        ("id", "orderId"),
        ("number", "orderNumber"),
        ("status", "status"),
        ("version", "version"),
        ("updatedAt", "updatedAt"),
        ("trackingNumber", "trackingNumber"),
        ("estimatedDelivery", "estimatedDelivery"),
    ] {
        if let Some(found) = member(name) {
            map.insert(to.to_owned(), found);
        }
    }
    map.insert("order".to_owned(), value);
    map
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dialects_are_found_by_their_names() {
        assert_eq!("feed".parse(), Ok(Dialect::Feed));
        assert!("klingon".parse::<Dialect>().is_err());
        assert_eq!(Dialect::default(), Dialect::Standard);
    }
}
