//! The HTTP edge of Ordercast: what clients send is judged here, and what went wrong is told here.
//!
//! Read in this order:
//!
//! - [`problem`]: every failure, as one type with a stable code (RFC 9457).
//! - [`extract`]: bodies, query strings and paths, refused with a problem that names the field.
//! - [`client_address`]: where a request comes from, through trusted proxies only.
//! - [`rate_limit`]: how often somebody may ask.
//! - [`auth`]: tokens, the session cookie, allowed origins, passwords.
//!
//! It never reaches into SQL, never reads the wall clock (the time is handed in), and decides nothing about orders:
//! that is `orders`. Nothing a client sends makes it panic or answer 5xx.

pub mod auth;
pub mod client_address;
pub mod extract;
pub mod problem;
pub mod rate_limit;

pub use problem::Problem;
