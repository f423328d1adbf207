//! What the tests are made of.

pub(crate) mod application;
pub(crate) mod http;
pub(crate) mod websocket;
