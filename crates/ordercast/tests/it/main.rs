//! Tests of the whole server over real connections. Each module covers one feature; `support` starts the server.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

mod auth;
mod bad_input;
mod base_path;
mod binary;
mod cli;
mod config;
mod crash;
mod demo;
mod expiry;
mod inbox;
mod operations;
mod orders;
mod payment;
mod permissions;
mod resume;
mod shutdown;
mod sockets;
mod statistics;
mod support;
