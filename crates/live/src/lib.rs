//! Live connections: whoever may see an order hears of every change to it, once, in order, also after having been away.
//!
//! Read in this order:
//!
//! - [`Topic`]: what one can listen to. [`hub`]: takes committed events in and wakes those who listen; its parts are
//!   `ring` (the newest events) and `registration` (who listens to what).
//! - [`subscription`]: one listener's position in the log; served from the hub's ring, or past it from the log.
//! - [`inbox`]: what somebody has read, told to their other tabs.
//! - [`sse`]: a subscription as server-sent events. [`stats`]: a store's counts, pushed as they change.
//! - [`counters`]: what is counted of it all. [`limits`]: how many connections one user or address may hold.
//!
//! A connection holds a position, never a queue: a slow reader costs nothing and loses nothing. Nothing here writes,
//! and nothing here decides who may listen to what: it is handed a topic that the caller has authorised.

pub mod counters;
pub mod dialect;
mod ephemeral;
mod fanout;
pub mod gateway;
pub mod hub;
pub mod inbox;
pub mod limits;
pub mod order_counts;
mod registry;
mod ring;
pub mod sse;
pub mod subscription;

pub use eventlog::Topic;
pub use hub::Hub;
pub use inbox::InboxWatch;
pub use limits::ConnectionLimits;
pub use subscription::{Delivery, ResetReason, Subscription};
