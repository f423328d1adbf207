//! The HTTP API of Ordercast: routes, authentication, limits, and the problems that clients receive.
//!
//! Read in this order:
//!
//! - [`router`]: the table of contents: every path and its handler in [`resources`]. [`app`]: the state that
//!   handlers share.
//! - [`server`]: accepts connections. [`base_path`]: the path under which the server is public. [`middleware`]: runs for every request. `compression` (private) compresses answers. `panics` (private) turns a panic into
//!   a response.
//! - [`client_address`]: the client's address, through trusted proxies only. [`rate_limit`]: limits for an address
//!   and an account.
//! - [`auth`]: tokens, the session cookie, allowed origins, passwords. [`caller`]: the authenticated user of a
//!   request. [`sessions`], [`revocations`]: signing in and out.
//! - [`extract`]: request bodies, query strings and paths. [`problem`]: every error, as one type with a stable code
//!   (RFC 9457).
//! - [`commands`], [`idempotency`]: from a request to the log's writer, and the response to it. [`waiting_locations`]: locations
//!   that come too soon after the last one. `device_clocks`: when a device whose clock is ahead measured them.
//! - [`gateway`]: authorizes Socket.IO clients and their events.
//! - [`pages`]: serves the web app and the API reference.
//! - [`metrics`], [`openapi`], [`asyncapi`]: the generated documents and the metrics.
//!
//! To add an endpoint: add a file to `resources/` with its request, response, documentation and handler, and a line
//! to `router.rs`.
//!
//! This crate runs no SQL, does not read the wall clock (handlers take the time from [`App::clock`]), and has no
//! rules about orders: those are in `orders`. No request makes it panic or respond with 5xx.

pub mod app;
pub mod asyncapi;
pub mod auth;
pub mod base_path;
pub mod caller;
pub mod client_address;
pub mod commands;
mod compression;
mod device_clocks;
pub mod extract;
pub mod gateway;
pub mod idempotency;
mod locations;
pub mod metrics;
pub mod middleware;
pub mod openapi;
pub mod pages;
mod panics;
pub mod problem;
pub mod rate_limit;
pub mod resources;
pub mod revocations;
pub mod router;
pub mod server;
pub mod sessions;
pub mod waiting_locations;

pub use app::{ApiSettings, App, AppState};
pub use problem::Problem;
