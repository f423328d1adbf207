//! Tests with a small application on a real server, and clients that send raw frames and requests.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

mod backlog;
mod decoding;
mod framing;
mod leaving;
mod namespaces;
mod order;
mod packet_rate;
mod polling;
mod support;
mod time;
mod upgrading;
