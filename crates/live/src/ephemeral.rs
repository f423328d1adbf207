//! An [`EphemeralEvent`] on its way to the subscribers of a topic.

use std::sync::OnceLock;

use eventlog::{EphemeralEvent, Epoch};
use orders::UserId;
use socketio::Frame;

use crate::dialect::{COUNT, DialectId};

#[derive(Debug)]
pub(crate) struct EphemeralMessage {
    event: EphemeralEvent,
    epoch: Epoch,
    /// By dialect. Each is encoded once.
    frames: [OnceLock<Frame>; COUNT],
}

impl EphemeralMessage {
    pub(crate) fn new(event: EphemeralEvent, epoch: Epoch) -> Self {
        Self { event, epoch, frames: Default::default() }
    }

    /// Whether a person who is subscribed to the topic receives it.
    pub(crate) fn is_for(&self, user: &UserId) -> bool {
        self.event.recipient().is_none_or(|recipient| recipient == user)
    }

    pub(crate) fn frame(&self, dialect: DialectId) -> &Frame {
        let encode = || dialect.get().ephemeral(&self.event, &self.epoch).frame();
        self.frames[dialect.index()].get_or_init(encode)
    }
}
