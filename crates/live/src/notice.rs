//! What connections hear that is not in the log: it is not resumed, and who is not here never hears it.

use orders::UserId;
use socketio::Frame;

/// An event for those who are connected now, over Socket.IO.
#[derive(Debug, Clone)]
pub struct Notice {
    /// Whom it is for, of those who listen to a topic; `None`: all of them.
    pub only: Option<UserId>,
    /// It. Its payload is never a string: a string at the end of an event is an offset.
    pub frame: Frame,
}
