//! The hub and its subscriptions, over a real log where the log matters, under a paused clock where time does.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

mod closing;
mod exactly_once;
mod gaps;
mod reading;
mod resets;
mod shop;
mod sight;
mod still;
mod threads;
mod time;
