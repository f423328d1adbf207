//! Payloads of live events. Each is a struct that serializes straight to JSON; the `AsyncAPI` document is generated from
//! the same structs.
//!
//! `event` has what every dialect says of an event of the log, `inbox` what concerns notifications, `session` what
//! concerns the connection, `client` what clients send and how it is answered, `denial` why not, `order_name` how they name an order,
//! `order_counts` a store's counts. A payload of only one dialect is in that dialect's file.

pub(crate) mod client;
mod denial;
mod doc;
pub(crate) mod event;
pub(crate) mod inbox;
pub(crate) mod order_counts;
pub(crate) mod order_name;
pub(crate) mod session;

#[cfg(feature = "openapi")]
pub use doc::MessageDoc;
pub(crate) use doc::json;
#[cfg(feature = "openapi")]
pub(crate) use doc::{message_docs, roles as doc_roles};
