//! `rooms`: a client receives the orders that it joined, and no others.
//!
//! | what changed | event |
//! |---|---|
//! | status, tracking number or expected time | `order-status-updated` |
//! | else the payment status | `order:updated` |
//! | else the location | `delivery:located` |
//! | anything else | `delivery:updated` |

use jiff::Timestamp;
use orders::Audience;
use orders::view::OrderView;

use super::{Dialect, Joined, Message, Messages, RenderInput, detail_name, joined};
use crate::payload::event::SocketOrderEvent;
use crate::payload::order_counts::OrderCounts;
use crate::payload::session::Connected;

pub(super) struct Rooms;

/// An event of an order, which is named as the client named it.
#[cfg(feature = "openapi")]
#[derive(serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
struct JoinedOrderEvent<'a> {
    #[serde(flatten)]
    event: SocketOrderEvent<'a>,
    #[schema(inline)]
    order_id: crate::payload::order_name::OrderName,
}

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
        let (true, Some(order)) = (input.is_joined(), input.order()) else { return };
        if input.is_tracking_update() {
            joined::event(input, messages);
            return;
        }
        let name =
            if input.is_status_update() { "order:updated" } else { detail_name(input.view.kind, false) };
        let event = SocketOrderEvent::new(input.view, order);
        messages.append(Message::of_joined(name, &event, input.joined));
    }

    fn state(&self, order: &OrderView, _: Audience, messages: &mut Messages) {
        messages.append(joined::state(order, Joined::ById));
    }

    fn counts(&self, counts: &OrderCounts) -> Message {
        Message::new("stats:updated", counts)
    }

    #[cfg(feature = "openapi")]
    fn messages(&self) -> Vec<crate::payload::MessageDoc> {
        use crate::payload::doc_roles::{EVERYBODY, STAFF};
        crate::payload::message_docs! {
            "connected": Connected => EVERYBODY, "You are connected: as what, and from where on you receive events";
            "order:updated": JoinedOrderEvent => EVERYBODY, "Only the payment status of a joined order changed";
            "delivery:updated": JoinedOrderEvent => EVERYBODY,
                "Another detail of a joined order changed, such as who delivers it";
            "delivery:located": JoinedOrderEvent => EVERYBODY, "Where a joined order is";
            "stats:updated": OrderCounts => STAFF, "The store's counts, at most four times a second";
        }
    }
}
