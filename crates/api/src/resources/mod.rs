//! One file per resource, with its requests, responses, errors, documentation and handlers.

pub mod auth;
pub mod config;
pub mod health;
pub mod me;
pub mod notifications;
pub mod orders;
mod page;
pub mod polling;
pub mod products;
pub mod series;
pub mod stats;
pub mod stream;
pub mod users;
