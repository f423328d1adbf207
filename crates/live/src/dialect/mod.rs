//! Event names and payload shapes that existing clients expect. One event of the log becomes different Socket.IO events
//! in each dialect.
//!
//! To add a dialect: write a file here with a type that implements [`Dialect`], and add the type to [`DIALECTS`]. Its
//! options, its frames and its part of the `AsyncAPI` document follow from that.

mod feed;
pub(crate) mod joined;
mod rooms;
mod standard;
#[cfg(test)]
mod tests;

use std::str::FromStr;

use eventlog::{Cursor, EphemeralEvent, Epoch, EventWithContext};
use jiff::Timestamp;
use orders::view::{EventContext, EventOrder, EventView, OrderView};
use orders::{Audience, Kind};
use serde::{Deserialize, Serialize};
use socketio::{Frame, packet};

use crate::payload::inbox::{LiveNotification, NotificationsRead, OrderViewersPayload};
use crate::payload::json;
use crate::payload::order_counts::{CustomerOrderCounts, OrderCounts};
use crate::payload::order_name::OrderName;
use crate::payload::session::{Connected, ResetPayload};
#[cfg(feature = "openapi")]
use crate::payload::{MessageDoc, doc_roles, message_docs};

/// All dialects. The first is the default.
const DIALECTS: [&dyn Dialect; 3] = [&standard::Standard, &rooms::Rooms, &feed::Feed];

/// How many there are.
pub(crate) const COUNT: usize = DIALECTS.len();

/// What a client of one kind is sent.
pub(crate) trait Dialect: Send + Sync {
    fn name(&self) -> &'static str;

    /// Whether its clients receive most events through the orders they joined. They are not told that they recovered
    /// unless their joins are known, so that they join again.
    fn relies_on_joins(&self) -> bool;

    /// The first event of a connection.
    fn greeting(&self, connected: &Connected<'_>, now: Timestamp) -> Message;

    /// An event of the log. The last message gets the cursor, so the event that a client keeps comes last.
    fn event(&self, input: &RenderInput<'_>, messages: &mut Messages);

    /// The present state of an order, for a client that missed events which are not in the log any more.
    fn state(&self, order: &OrderView, audience: Audience, messages: &mut Messages);

    /// A store's counts changed.
    fn counts(&self, counts: &OrderCounts) -> Message;

    /// Whether customers are sent the counts of their own orders.
    fn counts_customers(&self) -> bool {
        false
    }

    /// The counts of a customer's own orders changed. `None` if the dialect's customers are sent none.
    fn customer_counts(&self, counts: &CustomerOrderCounts) -> Option<Message> {
        let _ = counts;
        None
    }

    /// An event that is not in the log.
    fn ephemeral(&self, event: &EphemeralEvent, epoch: &Epoch) -> Message {
        match event {
            EphemeralEvent::InboxRead { state, .. } => {
                Message::new("notifications:read", &NotificationsRead::new(state, epoch.clone()))
            }
            EphemeralEvent::OrderViewers { order, viewers, .. } => {
                Message::new("order:presence", &OrderViewersPayload { order_number: *order, people: viewers })
            }
        }
    }

    /// What the dialect sends besides the messages of every dialect.
    #[cfg(feature = "openapi")]
    fn messages(&self) -> Vec<MessageDoc>;
}

/// One of [`DIALECTS`], by its index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DialectId(u8);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no dialect `{0}`: use {list}", list = names("`", " or "))]
pub struct UnknownDialect(String);

impl DialectId {
    pub fn all() -> impl Iterator<Item = Self> {
        (0..COUNT).filter_map(|index| u8::try_from(index).ok()).map(Self)
    }

    pub fn name(self) -> &'static str {
        self.get().name()
    }

    pub(crate) fn index(self) -> usize {
        usize::from(self.0)
    }

    pub(crate) fn get(self) -> &'static dyn Dialect {
        DIALECTS[self.index()]
    }

    /// An event of the log as frames; none if the audience is told nothing of it.
    pub(crate) fn frames(
        self,
        event: &EventWithContext,
        cursor: &Cursor,
        audience: Audience,
        joined: Joined<'_>,
    ) -> Box<[Frame]> {
        let Some(view) = event.view(audience) else { return Box::default() };
        let notification =
            view.order.as_ref().and_then(|order| LiveNotification::new(event, &view, order, audience));
        let input = RenderInput {
            view: &view,
            context: &event.context,
            audience,
            joined,
            notification: notification.as_ref(),
        };
        let mut messages = Messages::default();
        self.get().event(&input, &mut messages);
        messages.frames(cursor)
    }

    /// A reset as frames: one that names it, and the same orders as ordinary events for clients that do not know resets.
    /// The oldest order comes first, so that a list that puts new orders on top ends up sorted.
    pub(crate) fn reset_frames(self, reset: &ResetPayload<'_>, audience: Audience) -> Box<[Frame]> {
        let mut messages = Messages::default();
        messages.push("reset", reset);
        for order in reset.orders.iter().rev() {
            self.get().state(order, audience, &mut messages);
        }
        messages.frames(reset.cursor)
    }

    /// The messages of this dialect and those of every dialect.
    #[cfg(feature = "openapi")]
    pub fn documentation(self) -> Vec<MessageDoc> {
        let mut messages = shared_messages();
        messages.extend(self.get().messages());
        messages
    }
}

impl FromStr for DialectId {
    type Err = UnknownDialect;

    fn from_str(name: &str) -> Result<Self, UnknownDialect> {
        let found = Self::all().find(|dialect| dialect.name() == name);
        found.ok_or_else(|| UnknownDialect(name.chars().take(40).collect()))
    }
}

impl TryFrom<String> for DialectId {
    type Error = UnknownDialect;

    fn try_from(name: String) -> Result<Self, UnknownDialect> {
        name.parse()
    }
}

impl From<DialectId> for String {
    fn from(dialect: DialectId) -> Self {
        dialect.name().to_owned()
    }
}

/// The names of all dialects, as a list in a sentence.
fn names(quote: &str, last: &str) -> String {
    let names: Vec<String> =
        DIALECTS.iter().map(|dialect| format!("{quote}{}{quote}", dialect.name())).collect();
    match names.split_last() {
        Some((end, rest)) if !rest.is_empty() => format!("{}{last}{end}", rest.join(", ")),
        _ => names.concat(),
    }
}

/// Whether a client joined an order, and how it named the order then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Joined<'a> {
    No,
    /// By its id, in the form in which the server writes it.
    ById,
    /// `orderId` is this name in what the client is sent because it joined.
    ByName(&'a OrderName),
}

impl<'a> Joined<'a> {
    pub(crate) fn by(name: Option<&'a OrderName>) -> Self {
        name.map_or(Self::ById, Self::ByName)
    }
}

/// What a dialect renders.
pub(crate) struct RenderInput<'a> {
    pub(crate) view: &'a EventView,
    pub(crate) context: &'a EventContext,
    pub(crate) audience: Audience,
    pub(crate) joined: Joined<'a>,
    /// The event's entry in the receiver's inbox, if it has one.
    pub(crate) notification: Option<&'a LiveNotification>,
}

impl<'a> RenderInput<'a> {
    pub(crate) fn order(&self) -> Option<&'a EventOrder> {
        self.view.order.as_ref()
    }

    fn is_joined(&self) -> bool {
        self.joined != Joined::No
    }

    fn status_changed(&self) -> bool {
        self.order().is_some_and(|order| order.status != order.previous_status)
    }

    /// Whether the status or the payment status changed. Clients show a message for each such event, so an event that
    /// changed neither has another name.
    fn is_status_update(&self) -> bool {
        self.status_changed() || self.view.facts.payment_status.is_some()
    }

    /// Whether the event changed what `order-status-updated` tells: the status, the tracking number or the expected time.
    fn is_tracking_update(&self) -> bool {
        let facts = &self.view.facts;
        self.status_changed() || facts.tracking_number.is_some() || facts.estimated_delivery.is_some()
    }
}

/// The name of an order's event that changed neither the status nor the payment status.
fn detail_name(kind: Kind, staff: bool) -> &'static str {
    match (kind, staff) {
        (Kind::DeliveryLocated, false) => "delivery:located",
        (Kind::DeliveryLocated, true) => "admin:delivery:located",
        (_, false) => "delivery:updated",
        (_, true) => "admin:delivery:updated",
    }
}

/// A Socket.IO event: a name and a payload as JSON. The payload is not a string: a client takes a string at the end of
/// an event for an offset.
pub(crate) struct Message {
    name: &'static str,
    json: String,
}

impl Message {
    pub(crate) fn new(name: &'static str, payload: &impl Serialize) -> Self {
        Self { name, json: json(payload) }
    }

    /// A message that a client is sent because it joined the order.
    pub(crate) fn of_joined(name: &'static str, payload: &impl Serialize, joined: Joined<'_>) -> Self {
        let Joined::ByName(order) = joined else { return Self::new(name, payload) };
        let mut payload = serde_json::to_value(payload).unwrap_or_default();
        if let Some(members) = payload.as_object_mut() {
            members.insert(String::from("orderId"), serde_json::to_value(order).unwrap_or_default());
        }
        Self::new(name, &payload)
    }

    pub(crate) fn frame(&self) -> Frame {
        packet::event(self.name, &self.json, None)
    }
}

/// The Socket.IO events that one event of the log becomes, in order.
#[derive(Default)]
pub(crate) struct Messages(Vec<Message>);

impl Messages {
    pub(crate) fn push(&mut self, name: &'static str, payload: &impl Serialize) {
        self.0.push(Message::new(name, payload));
    }

    pub(crate) fn append(&mut self, message: Message) {
        self.0.push(message);
    }

    /// Frames of which the last ends with the cursor: a client that saw it has seen the others.
    pub(crate) fn frames(&self, cursor: &Cursor) -> Box<[Frame]> {
        let offset = cursor.to_string();
        let last = self.0.len().saturating_sub(1);
        let frames = self.0.iter().enumerate().map(|(index, Message { name, json })| {
            packet::event(name, json, (index == last).then_some(offset.as_str()))
        });
        frames.collect()
    }
}

#[cfg(feature = "openapi")]
fn shared_messages() -> Vec<MessageDoc> {
    use doc_roles::{EVERYBODY, STAFF};
    message_docs! {
        "order-status-updated": joined::OrderStatusUpdated => EVERYBODY,
            "The status, tracking number or expected time of a joined order changed";
        "order:presence": OrderViewersPayload => STAFF, "Which staff have an order open, when that changes";
        "notifications:read": NotificationsRead => EVERYBODY,
            "You read notifications, in this tab or another. The last one is complete";
        "reset": ResetPayload => EVERYBODY,
            "Missed events cannot be sent: forget what you had. The same orders follow as ordinary events";
        "error": crate::payload::client::ErrorPayload => EVERYBODY,
            "An event was refused that you sent without asking for an acknowledgement";
    }
}
