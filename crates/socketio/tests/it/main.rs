//! A server made of a small application, and clients that speak raw frames and requests to it.

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
