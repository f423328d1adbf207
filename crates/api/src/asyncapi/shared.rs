//! What Socket.IO clients of every dialect hear.

use super::message::{EVERYBODY, Message, STAFF};

pub(super) const MESSAGES: &[Message] = &[
    Message::new(
        "order-status-updated",
        "OrderStatusUpdated",
        EVERYBODY,
        "An order that was joined changed; its present state, right after joining",
    ),
    Message::new(
        "order:presence",
        "Presence",
        STAFF,
        "Who of the store looks at an order, when that changes",
    ),
    Message::new(
        "notifications:read",
        "ReadView",
        EVERYBODY,
        "You read something, in this tab or another; the last one summary everything",
    ),
    Message::new(
        "reset",
        "Reset",
        EVERYBODY,
        "What was missed cannot be told: forget what you had. The same orders follow as ordinary events",
    ),
    Message::new(
        "error",
        "AskedInVain",
        EVERYBODY,
        "Something was refused that you sent without asking for an acknowledgement",
    ),
];
