//! Live connections: a client that may see an order receives every change of it once and in order, also the changes that
//! happened while it was disconnected.
//!
//! The modules in reading order; each imports only those before it:
//!
//! - [`close`]: why the server closes a connection, and when the client may reconnect. [`payload`]: what is sent, as structs.
//!   [`dialect`]: names and shapes of events for existing clients. `ephemeral`: events that are not in the log.
//! - `ring`: the newest events, in memory. `registry`: who is subscribed to which [`Topic`]. `fanout`: notifies them.
//!   [`inbox`]: watches on what a person has read.
//! - [`hub`]: puts these together for one process. `follow`: feeds the hub from the log.
//! - `catch_up`: one subscriber's position, and how it gets to the head. [`subscription`]: the same with `async`.
//! - [`order_counts`]: a store's counts, pushed as they change.
//! - [`sse`]: a subscription as server-sent events. [`gateway`]: Socket.IO clients, and what they may send.
//! - [`limits`]: how many connections a user or an address may have. [`counters`]: for the metrics.
//!
//! A connection holds a position, not a queue. Nothing here writes to the log, and nothing here decides what a client may
//! see: the caller passes topics and orders that it has authorized.

mod catch_up;
pub mod close;
pub mod counters;
pub mod dialect;
mod ephemeral;
mod fanout;
mod follow;
pub mod gateway;
pub mod hub;
pub mod inbox;
pub mod limits;
pub mod order_counts;
pub mod payload;
mod registry;
mod ring;
pub mod sse;
pub mod subscription;
mod sync;

pub use close::Close;
pub use eventlog::Topic;
pub use hub::Hub;
pub use inbox::InboxWatch;
pub use limits::ConnectionLimits;
pub use subscription::{Delivery, Reset, ResetReason, Subscription};
