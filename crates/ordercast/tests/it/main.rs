//! The whole server, asked over real connections. Each module is a part of what it promises; `support` starts it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

mod auth;
mod bad_input;
mod binary;
mod cli;
mod config;
mod crash;
mod demo;
mod inbox;
mod matrix;
mod operations;
mod orders;
mod payment;
mod resume;
mod series;
mod shutdown;
mod support;
mod time;
