//! `rooms`: a client receives the orders that it joined, as `order-status-updated`, and no others.

use jiff::Timestamp;
use orders::Audience;
use orders::view::OrderView;

use super::{Dialect, Message, Messages, RenderInput, joined};
use crate::payload::order_counts::OrderCounts;
use crate::payload::session::Connected;

pub(super) struct Rooms;

impl Dialect for Rooms {
    fn name(&self) -> &'static str {
        "rooms"
    }

    fn relies_on_joins(&self) -> bool {
        true
    }

    fn greeting(&self, connected: &Connected<'_>, _: Timestamp) -> Message {
        Message::new("connected", connected)
    }

    fn event(&self, input: &RenderInput<'_>, messages: &mut Messages) {
        joined::event(input, messages);
    }

    fn state(&self, order: &OrderView, _: Audience, messages: &mut Messages) {
        messages.append(joined::state(order));
    }

    fn counts(&self, counts: &OrderCounts) -> Message {
        Message::new("stats:updated", counts)
    }

    #[cfg(feature = "openapi")]
    fn messages(&self) -> Vec<crate::payload::MessageDoc> {
        use crate::payload::doc_roles::{EVERYBODY, STAFF};
        crate::payload::message_docs! {
            "connected": Connected => EVERYBODY, "You are connected: as what, and from where on you receive events";
            "stats:updated": OrderCounts => STAFF, "The store's counts, at most four times a second";
        }
    }
}
