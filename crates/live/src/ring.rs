//! The newest events, in memory.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use eventlog::{Cursor, Epoch, EventWithContext, Seq, Topic};
use orders::Audience;
use socketio::Frame;

use crate::dialect::{COUNT, DialectId, Joined};

/// An event of the log with its encodings. Each encoding is made once, for the first connection that needs it.
#[derive(Debug)]
pub struct LiveEvent {
    pub event: EventWithContext,
    epoch: Epoch,
    pub(crate) topics: Vec<Topic>,
    /// For server-sent events, by audience.
    encodings: [OnceLock<Option<Bytes>>; 4],
    /// For Socket.IO, by dialect, audience, and whether the client joined the order.
    frames: OnceLock<Box<Frames>>,
}

type Frames = [OnceLock<Box<[Frame]>>; COUNT * 4 * 2];

impl LiveEvent {
    pub fn new(event: EventWithContext, epoch: Epoch) -> Self {
        Self {
            topics: Topic::of_subject(&event.stored.event.subject),
            event,
            epoch,
            encodings: Default::default(),
            frames: OnceLock::new(),
        }
    }

    pub fn seq(&self) -> Seq {
        self.event.stored.seq
    }

    pub fn cursor(&self) -> Cursor {
        Cursor { epoch: self.epoch.clone(), seq: self.seq() }
    }

    /// The bytes for an audience; `None` if the event tells it nothing. `encode` is called once for each audience.
    pub fn encoded(
        &self,
        audience: Audience,
        encode: impl FnOnce(&EventWithContext, Cursor) -> Option<Bytes>,
    ) -> Option<Bytes> {
        let encoding = &self.encodings[audience_index(audience)];
        encoding.get_or_init(|| encode(&self.event, self.cursor())).clone()
    }

    /// The Socket.IO frames for an audience; none if the event tells it nothing. Those of a client that joined the order by
    /// another name than its id are made for that client alone.
    pub(crate) fn frames(
        &self,
        dialect: DialectId,
        audience: Audience,
        joined: Joined<'_>,
    ) -> Cow<'_, [Frame]> {
        if let Joined::ByName(_) = joined {
            return dialect.frames(&self.event, &self.cursor(), audience, joined).into_vec().into();
        }
        let frames = self.frames.get_or_init(|| Box::new(std::array::from_fn(|_| OnceLock::new())));
        let index =
            (dialect.index() * 4 + audience_index(audience)) * 2 + usize::from(joined == Joined::ById);
        let cached =
            frames[index].get_or_init(|| dialect.frames(&self.event, &self.cursor(), audience, joined));
        Cow::Borrowed(cached)
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

/// Counts the histories that a hub has served. A position is valid in one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Generation(u32);

/// The newest events of one history, without a gap.
pub(crate) struct Ring {
    epoch: Epoch,
    generation: Generation,
    /// The newest event that the hub knows.
    head: Seq,
    /// Every event after this one was in the ring. Earlier ones may never have been.
    complete_after: Seq,
    /// Ends at `head`.
    events: VecDeque<Arc<LiveEvent>>,
    size: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Appended {
    /// The event follows `head`.
    Next,
    /// It is in the ring, or was.
    Duplicate,
    /// Events between `head` and this one are missing. It was not appended.
    Gap,
}

impl Ring {
    /// `size`: how many events to keep, at least one.
    pub(crate) fn new(head: Cursor, size: usize) -> Self {
        Self {
            epoch: head.epoch,
            generation: Generation(0),
            head: head.seq,
            complete_after: head.seq,
            events: VecDeque::with_capacity(size.min(1024)),
            size: size.max(1),
        }
    }

    pub(crate) fn epoch(&self) -> &Epoch {
        &self.epoch
    }

    pub(crate) fn generation(&self) -> Generation {
        self.generation
    }

    pub(crate) fn head(&self) -> Seq {
        self.head
    }

    pub(crate) fn size(&self) -> usize {
        self.size
    }

    pub(crate) fn complete_after(&self) -> Seq {
        self.complete_after
    }

    pub(crate) fn append(&mut self, event: &Arc<LiveEvent>) -> Appended {
        let seq = event.seq();
        if seq <= self.head {
            return Appended::Duplicate;
        }
        if seq != self.head.next() {
            return Appended::Gap;
        }
        if self.events.len() == self.size {
            self.events.pop_front();
        }
        self.head = seq;
        self.events.push_back(Arc::clone(event));
        Appended::Next
    }

    /// Goes on after `head` and leaves out the events in between.
    pub(crate) fn skip_to(&mut self, head: Seq) {
        self.events.clear();
        self.head = head;
        self.complete_after = head;
    }

    /// Goes on in another history.
    pub(crate) fn restart(&mut self, head: Cursor) {
        self.skip_to(head.seq);
        self.epoch = head.epoch;
        self.generation = Generation(self.generation.0.wrapping_add(1));
    }

    pub(crate) fn get(&self, seq: Seq) -> Option<&Arc<LiveEvent>> {
        self.events.get(usize::try_from(seq.0.checked_sub(self.first().0)?).ok()?)
    }

    /// All events after one; `None` if some of them are not in the ring any more.
    pub(crate) fn after(&self, seq: Seq) -> Option<impl Iterator<Item = &Arc<LiveEvent>>> {
        let skip = usize::try_from(seq.next().0.checked_sub(self.first().0)?).unwrap_or(usize::MAX);
        Some(self.events.iter().skip(skip))
    }

    /// The oldest event in the ring; if it is empty, the next one.
    fn first(&self) -> Seq {
        Seq(self.head.0 + 1 - self.events.len() as u64)
    }
}
