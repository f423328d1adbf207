//! The dialect of reference shop C: besides the orders that were joined, only the greeting and the counts.

use super::message::{EVERYBODY, Message, STAFF};

pub(super) const MESSAGES: &[Message] = &[
    Message::new(
        "connected",
        "Connected",
        EVERYBODY,
        "You are in: as what, and from where on you hear of changes",
    ),
    Message::new("stats:updated", "Stats", STAFF, "The store's counts, at most four times a second"),
];
