//! Who listens to which topic, and what wakes them.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use eventlog::Seq;
use tokio::sync::watch;

use crate::hub::Hub;
use crate::notice::Notice;
use eventlog::Topic;

/// Connections pulled in one go, before others get their turn.
pub(crate) const PORTION: usize = 64;
/// Places of a topic's newest events kept with it; who is further behind looks through the ring.
const RECENT: usize = 64;

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The topics somebody listens to. A topic is here exactly as long as it has a [`Seat`].
#[derive(Default)]
pub(crate) struct Topics(HashMap<Topic, Held>);

struct Held {
    listeners: Arc<Listeners>,
    seats: usize,
    /// Those of connections.
    connections: usize,
}

/// What the listeners of one topic share.
pub(crate) struct Listeners {
    recent: Mutex<Recent>,
    /// Moves whenever something happened in the topic. Made for the first who waits for it.
    moved: OnceLock<watch::Sender<()>>,
    /// Who is pulled instead of waiting.
    pulled: Mutex<Pulled>,
    /// A round over `pulled` is about to begin.
    queued: AtomicBool,
}

/// A connection that is written to by whoever has news for it, and has no task of its own that waits.
pub(crate) trait Pull: Send + Sync {
    /// Whether it may still be there.
    fn is_alive(&self) -> bool;

    /// There may be something new in the topic: fetch it. Called outside of all locks of the hub.
    fn pull(&self);

    /// Something that is not in the log, and that only those hear who are here now.
    fn tell(&self, notice: &Notice);
}

/// Who is pulled, each in a place of its own until they leave.
#[derive(Default)]
struct Pulled {
    places: Vec<Option<Arc<dyn Pull>>>,
    free: Vec<usize>,
}

struct Recent {
    /// Places of the topic's newest events, at most [`RECENT`].
    seqs: VecDeque<Seq>,
    /// All of the topic's events after this place that came through this process are in `seqs`.
    complete_after: Seq,
}

impl Listeners {
    fn new(head: Seq) -> Self {
        let recent = Recent { seqs: VecDeque::new(), complete_after: head };
        Self {
            recent: Mutex::new(recent),
            moved: OnceLock::new(),
            pulled: Mutex::default(),
            queued: AtomicBool::new(false),
        }
    }

    fn happened(&self, seq: Seq) {
        let mut recent = lock(&self.recent);
        recent.seqs.push_back(seq);
        if recent.seqs.len() > RECENT
            && let Some(dropped) = recent.seqs.pop_front()
        {
            recent.complete_after = recent.complete_after.max(dropped);
        }
    }

    /// Goes through the places of the topic's events after one, until there is no more. `None` when they are not all
    /// known.
    pub(crate) fn each_after(
        &self,
        seq: Seq,
        limit: usize,
        each: impl FnMut(Seq) -> Option<()>,
    ) -> Option<()> {
        let recent = lock(&self.recent);
        if seq < recent.complete_after {
            return None;
        }
        // The newest are at the end, and most who ask lack only those.
        let known = recent.seqs.partition_point(|place| *place <= seq);
        recent.seqs.range(known..).take(limit).copied().try_for_each(each)
    }

    /// Wakes those who wait.
    pub(crate) fn wake(&self) {
        if let Some(moved) = self.moved.get() {
            moved.send_replace(());
        }
    }

    /// Whether a round over those who are pulled has to be begun: there are some, and none is about to begin.
    pub(crate) fn needs_round(&self) -> bool {
        !lock(&self.pulled).places.is_empty() && !self.queued.swap(true, Ordering::AcqRel)
    }

    /// The round begins: what happens from here on needs another one.
    pub(crate) fn round_begins(&self) {
        self.queued.store(false, Ordering::Release);
    }

    /// A portion of those who are pulled, from a place on, and whether that was the last.
    pub(crate) fn portion(&self, from: usize, portion: &mut Vec<Arc<dyn Pull>>) -> Option<usize> {
        let pulled = lock(&self.pulled);
        let until = (from + PORTION).min(pulled.places.len());
        portion.extend(pulled.places.get(from..until)?.iter().flatten().cloned());
        (until < pulled.places.len()).then_some(until)
    }

    fn place(&self, pull: Arc<dyn Pull>) -> usize {
        let mut pulled = lock(&self.pulled);
        if let Some(place) = pulled.free.pop() {
            pulled.places[place] = Some(pull);
            return place;
        }
        if pulled.places.is_empty() {
            // Most topics are one person's.
            pulled.places.reserve_exact(1);
        }
        pulled.places.push(Some(pull));
        pulled.places.len() - 1
    }

    fn free(&self, place: usize) {
        let mut pulled = lock(&self.pulled);
        let left = pulled.places.get_mut(place).and_then(Option::take);
        pulled.free.push(place);
        drop(pulled);
        // Its end may come back to the hub.
        drop(left);
    }
}

impl Topics {
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Notes an event of a topic. Who has to be woken, and how many connections that is.
    pub(crate) fn happened(&self, topic: &Topic, seq: Seq) -> Option<(Arc<Listeners>, usize)> {
        let held = self.0.get(topic)?;
        held.listeners.happened(seq);
        Some((Arc::clone(&held.listeners), held.connections))
    }

    /// Who listens to a topic.
    pub(crate) fn listeners(&self, topic: &Topic) -> Option<Arc<Listeners>> {
        self.0.get(topic).map(|held| Arc::clone(&held.listeners))
    }

    /// Connections that listen to a topic.
    pub(crate) fn connections(&self, topic: &Topic) -> usize {
        self.0.get(topic).map_or(0, |held| held.connections)
    }

    pub(crate) fn everybody(&self) -> impl Iterator<Item = Arc<Listeners>> {
        self.0.values().map(|held| Arc::clone(&held.listeners))
    }

    fn leave(&mut self, topic: &Topic, connection: bool) {
        let Some(held) = self.0.get_mut(topic) else { return };
        held.seats -= 1;
        held.connections -= usize::from(connection);
        if held.seats == 0 {
            self.0.remove(topic);
        }
    }
}

/// One listener's place at a topic. Given back when it is dropped.
pub(crate) struct Seat {
    pub(crate) hub: Arc<Hub>,
    pub(crate) topic: Topic,
    pub(crate) listeners: Arc<Listeners>,
    connection: bool,
    /// Among those who are pulled.
    place: Option<usize>,
}

impl Seat {
    /// `connection`: it is somebody's, and not the server's own.
    fn take(hub: &Arc<Hub>, topic: Topic, connection: bool) -> Self {
        let mut topics = lock(hub.seats());
        // Read under the lock that a publisher takes after it moved the head: an event that is not behind this head
        // will be noted with the topic.
        let newest = hub.head();
        let held = topics.0.entry(topic.clone()).or_insert_with(|| Held {
            listeners: Arc::new(Listeners::new(newest)),
            seats: 0,
            connections: 0,
        });
        held.seats += 1;
        held.connections += usize::from(connection);
        let listeners = Arc::clone(&held.listeners);
        drop(topics);
        Self { hub: Arc::clone(hub), topic, listeners, connection, place: None }
    }

    /// A place of somebody who will be pulled, once they say so.
    pub(crate) fn pulled(hub: &Arc<Hub>, topic: Topic) -> Self {
        Self::take(hub, topic, true)
    }

    /// From here on they are pulled when something happens.
    pub(crate) fn begin(&mut self, pull: Arc<dyn Pull>) {
        if self.place.is_none() {
            self.place = Some(self.listeners.place(pull));
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        if let Some(place) = self.place {
            self.listeners.free(place);
        }
        lock(self.hub.seats()).leave(&self.topic, self.connection);
    }
}

/// A place of somebody who waits.
pub(crate) struct Waiting {
    pub(crate) seat: Seat,
    moved: watch::Receiver<()>,
}

impl Waiting {
    /// `connection`: it is somebody's, and not the server's own.
    pub(crate) fn take(hub: &Arc<Hub>, topic: Topic, connection: bool) -> Self {
        let seat = Seat::take(hub, topic, connection);
        let moved = seat.listeners.moved.get_or_init(|| watch::Sender::new(())).subscribe();
        Self { seat, moved }
    }

    /// Say this before looking at what happened: what happens from here on is waited for by [`Waiting::moved`].
    pub(crate) fn look(&mut self) {
        self.moved.borrow_and_update();
    }

    /// Waits until something happens that was not there at the last look.
    pub(crate) async fn moved(&mut self) {
        // The sender is in `listeners`, which we hold.
        drop(self.moved.changed().await);
    }
}
