//! RFC 6455, the server's side, without extensions: the handshake, and frames from a client.

pub mod decoder;
pub(crate) mod handshake;
