//! The hub and its subscriptions. Tests of reading use a real log, tests of time a paused clock.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

mod audiences;
mod closing;
mod exactly_once;
mod fixed_log;
mod follow;
mod gaps;
mod inbox;
mod resets;
mod sessions;
mod shop;
mod threads;
mod time;
