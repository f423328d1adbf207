//! The newest events of this process, for connections that are a little behind.

use std::collections::VecDeque;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use eventlog::{Epoch, EventWithContext, Seq};
use orders::Audience;
use socketio::Frame;

use crate::dialect::{DIALECTS, Dialect};
use eventlog::Topic;

/// One event in the ring, with its encodings, each made once, when the first connection needs it.
#[derive(Debug)]
pub struct LiveEvent {
    /// The event and the people around it.
    pub event: EventWithContext,
    pub(crate) topics: Vec<Topic>,
    encodings: [OnceLock<Option<Bytes>>; 4],
    /// By dialect, audience, and whether the listener joined the order. Made for the first Socket.IO connection.
    frames: OnceLock<Box<Frames>>,
}

/// The frames of one event, each kind made once.
type Frames = [OnceLock<Box<[Frame]>>; DIALECTS * 4 * 2];

impl LiveEvent {
    /// Wraps an event for delivery.
    pub fn new(event: EventWithContext) -> Self {
        Self {
            topics: Topic::of_subject(&event.stored.event.subject),
            event,
            encodings: Default::default(),
            frames: OnceLock::new(),
        }
    }

    /// Its place in the log.
    pub fn seq(&self) -> Seq {
        self.event.stored.seq
    }

    /// The bytes an audience gets; `None` when there is nothing in it for them. `encode` is called once an audience.
    pub fn encoded(
        &self,
        audience: Audience,
        encode: impl FnOnce(&EventWithContext) -> Option<Bytes>,
    ) -> Option<Bytes> {
        self.encodings[audience_index(audience)].get_or_init(|| encode(&self.event)).clone()
    }

    /// The frames an audience gets over Socket.IO. Encoded once.
    pub(crate) fn frames(
        &self,
        dialect: Dialect,
        epoch: &Epoch,
        audience: Audience,
        joined: bool,
    ) -> &[Frame] {
        let frames = self.frames.get_or_init(|| Box::new(std::array::from_fn(|_| OnceLock::new())));
        let index = (dialect.index() * 4 + audience_index(audience)) * 2 + usize::from(joined);
        frames[index].get_or_init(|| dialect.frames(&self.event, epoch, audience, joined))
    }
}

fn audience_index(audience: Audience) -> usize {
    match audience {
        Audience::Customer => 0,
        Audience::Staff => 1,
        Audience::Driver => 2,
        Audience::Link => 3,
    }
}

/// The newest events, without a gap.
pub(crate) struct Ring {
    /// The place of the newest event known here.
    head: Seq,
    /// Every event after this place came through here; what came before may have passed this process by.
    complete_after: Seq,
    /// Ending at `head`.
    entries: VecDeque<Arc<LiveEvent>>,
    size: usize,
}

/// Whether an event was taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Appended {
    /// It was known already.
    Duplicate,
    /// It follows the one before.
    Next,
    /// Something between it and the one before is missing here.
    AfterGap,
}

impl Ring {
    pub(crate) fn new(head: Seq, size: usize) -> Self {
        Self {
            head,
            complete_after: head,
            entries: VecDeque::with_capacity(size.min(1024)),
            size: size.max(1),
        }
    }

    pub(crate) fn head(&self) -> Seq {
        self.head
    }

    pub(crate) fn complete_after(&self) -> Seq {
        self.complete_after
    }

    pub(crate) fn append(&mut self, entry: Arc<LiveEvent>) -> Appended {
        let seq = entry.seq();
        if seq <= self.head {
            return Appended::Duplicate;
        }
        let follows = seq == self.head.next();
        if !follows {
            self.entries.clear();
            self.complete_after = Seq(seq.0 - 1);
        }
        if self.entries.len() == self.size {
            self.entries.pop_front();
        }
        self.head = seq;
        self.entries.push_back(entry);
        if follows { Appended::Next } else { Appended::AfterGap }
    }

    /// The event at a place, if it is log here.
    pub(crate) fn get(&self, seq: Seq) -> Option<&Arc<LiveEvent>> {
        self.entries.get(usize::try_from(seq.0.checked_sub(self.first().0)?).ok()?)
    }

    /// All events after a place; `None` when some of them are no longer here.
    pub(crate) fn after(&self, seq: Seq) -> Option<impl Iterator<Item = &Arc<LiveEvent>>> {
        let skip = usize::try_from(seq.next().0.checked_sub(self.first().0)?).unwrap_or(usize::MAX);
        Some(self.entries.iter().skip(skip))
    }

    /// The place of the oldest event here; where there is none, of the next one.
    fn first(&self) -> Seq {
        Seq(self.head.0 + 1 - self.entries.len() as u64)
    }
}
