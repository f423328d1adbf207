//! The HTTP edge of Ordercast: what clients send is judged here, and what went wrong is told here.
//!
//! Read in this order:
//!
//! - [`problem`]: every failure, as one type with a stable code (RFC 9457).
//! - [`extract`]: bodies, query strings and paths, refused with a problem that names the field.
//! - [`client_address`]: where a request comes from, through trusted proxies only.
//! - [`rate_limit`]: how often somebody may ask.
//! - [`auth`]: tokens, the session cookie, allowed origins, passwords.
//! - [`router`]: the table of contents, every path and its file in [`resources`]. [`app`]: what they share.
//! - [`gateway`]: Socket.IO clients, whom it lets in and what they may do.
//! - [`guard`]: every request passes it first; `panics` (private) answers for our mistakes. [`caller`]: who asks. [`sessions`], [`revocations`]: signing in and out.
//! - [`pages`]: the web app, which answers what nothing else does.
//! - [`server`]: the connections under it all, and what is refused before it is a request.
//! - [`idempotency`], [`submit`]: from a request to the log and back. [`metrics`], [`openapi`], [`asyncapi`]: what is told of it all.
//!
//! To add an endpoint: a file in `resources/` with its body, its documentation and its handler, and a line in
//! `router.rs`.
//!
//! It never reaches into SQL, never reads the wall clock (the time is handed in), and decides nothing about orders:
//! that is `orders`. Nothing a client sends makes it panic or answer 5xx.

pub mod app;
pub mod asyncapi;
pub mod auth;
pub mod caller;
pub mod client_address;
pub mod commands;
pub mod extract;
pub mod gateway;
pub mod idempotency;
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

pub use app::{ApiSettings, App, AppState};
pub use problem::Problem;
