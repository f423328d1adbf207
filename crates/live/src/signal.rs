//! What connections hear that is not in the log: it is not resumed, and who is not here never hears it.

use bytes::Bytes;
use socketio::Frame;

/// An event for those who are connected now.
#[derive(Debug, Clone)]
pub struct Signal {
    /// Its name, the same in all dialects.
    pub name: &'static str,
    /// Its payload, as JSON. Never a string: a string at the end of an event is an offset.
    pub json: Bytes,
    /// It, for Socket.IO.
    pub frame: Frame,
}
