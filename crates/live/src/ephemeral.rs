//! An [`EphemeralEvent`] as it is sent over Socket.IO, encoded once for all connections.

use eventlog::{Cursor, EphemeralEvent, Epoch, ReadState};
use orders::view::Person;
use orders::{EventId, OrderNumber, UserId};
use serde::Serialize;
use socketio::{Frame, packet};

/// An encoded event, and who receives it.
#[derive(Debug)]
pub(crate) struct EphemeralFrame {
    /// The only person who receives it; `None` if every subscriber of the topic does.
    pub(crate) recipient: Option<UserId>,
    /// Its payload is not a string: a client takes a string at the end of an event for an offset.
    pub(crate) frame: Frame,
}

/// What a person has read, as it is sent.
#[derive(Serialize)]
pub(crate) struct NotificationsRead<'a> {
    /// Everything up to here is read.
    through: Cursor,
    /// And these later ones.
    ids: Vec<&'a EventId>,
    /// 999 means 999 or more.
    unread: usize,
}

impl<'a> NotificationsRead<'a> {
    pub(crate) fn new(state: &'a ReadState, epoch: Epoch) -> Self {
        let through = Cursor { epoch, seq: state.through };
        Self { through, ids: state.above.values().collect(), unread: state.unread }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Presence<'a> {
    order_number: OrderNumber,
    people: &'a [Person],
}

impl EphemeralFrame {
    pub(crate) fn encode(event: &EphemeralEvent, epoch: Epoch) -> serde_json::Result<Self> {
        let (name, json) = match event {
            EphemeralEvent::InboxRead { state, .. } => {
                ("notifications:read", serde_json::to_string(&NotificationsRead::new(state, epoch))?)
            }
            EphemeralEvent::OrderViewers { order, viewers, .. } => {
                let presence = Presence { order_number: *order, people: viewers };
                ("order:presence", serde_json::to_string(&presence)?)
            }
        };
        Ok(Self { recipient: event.recipient().cloned(), frame: packet::event(name, &json, None) })
    }
}
