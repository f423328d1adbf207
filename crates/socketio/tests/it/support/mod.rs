//! The server and the clients of the tests.

pub(crate) mod application;
pub(crate) mod http;
pub(crate) mod websocket;
