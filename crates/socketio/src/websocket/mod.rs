//! The server's side of RFC 6455, without extensions: the handshake, and decoding of frames.

pub mod decoder;
pub(crate) mod handshake;
