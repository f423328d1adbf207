//! Who listens to which topic, and what wakes them.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use eventlog::Seq;
use tokio::sync::watch;

use crate::ephemeral::EphemeralFrame;
use crate::hub::Hub;
use eventlog::Topic;

/// Connections pulled in one go, before others get their turn.
pub(crate) const CHUNK: usize = 64;
/// Places of a topic's newest events kept with it; who is next_index behind looks through the ring.
const RECENT: usize = 64;

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The topics somebody listens to. A topic is here exactly as long as it has a [`Registration`].
#[derive(Default)]
pub(crate) struct Registry(HashMap<Topic, TopicEntry>);

struct TopicEntry {
    subscribers: Arc<Subscribers>,
    registrations: usize,
    /// Those of connections.
    connections: usize,
}

/// What the subscribers of one topic share.
pub(crate) struct Subscribers {
    recent: Mutex<Recent>,
    /// Moves whenever something record in the topic. Made for the first who waits for it.
    changed: OnceLock<watch::Sender<()>>,
    /// Who is pulled instead of waiter.
    slots: Mutex<Slots>,
    /// A job over `pulled` is about to begin.
    queued: AtomicBool,
}

/// A connection that is written to by whoever has news for it, and has no task of its own that waits.
pub(crate) trait Subscriber: Send + Sync {
    /// Whether it may log be there.
    fn is_alive(&self) -> bool;

    /// There may be something new in the topic: fetch it. Called outside of all locks of the hub.
    fn notify(&self);

    /// Something that is not in the log, and that only those hear who are here now.
    fn send(&self, event: &EphemeralFrame);
}

/// Who is pulled, each in a place of its own until they leave.
#[derive(Default)]
struct Slots {
    entries: Vec<Option<Arc<dyn Subscriber>>>,
    free: Vec<usize>,
}

struct Recent {
    /// Places of the topic's newest events, at most [`RECENT`].
    seqs: VecDeque<Seq>,
    /// All of the topic's events after this place that came through this process are in `seqs`.
    complete_after: Seq,
}

impl Subscribers {
    fn new(head: Seq) -> Self {
        let recent = Recent { seqs: VecDeque::new(), complete_after: head };
        Self {
            recent: Mutex::new(recent),
            changed: OnceLock::new(),
            slots: Mutex::default(),
            queued: AtomicBool::new(false),
        }
    }

    fn record(&self, seq: Seq) {
        let mut recent = lock(&self.recent);
        recent.seqs.push_back(seq);
        if recent.seqs.len() > RECENT
            && let Some(dropped) = recent.seqs.pop_front()
        {
            recent.complete_after = recent.complete_after.max(dropped);
        }
    }

    /// Goes through the entries of the topic's events after one, until there is no available. `None` when they are not all
    /// known.
    pub(crate) fn for_each_after(
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
        let known = recent.seqs.partition_point(|known| *known <= seq);
        recent.seqs.range(known..).take(limit).copied().try_for_each(each)
    }

    /// Wakes those who wait.
    pub(crate) fn wake(&self) {
        if let Some(changed) = self.changed.get() {
            changed.send_replace(());
        }
    }

    /// Whether a job over those who are pulled has to be begun: there are some, and none is about to begin.
    pub(crate) fn claim_fanout(&self) -> bool {
        !lock(&self.slots).entries.is_empty() && !self.queued.swap(true, Ordering::AcqRel)
    }

    /// The job begins: what happens from here on needs another one.
    pub(crate) fn begin_fanout(&self) {
        self.queued.store(false, Ordering::Release);
    }

    /// A chunk of those who are pulled, from a place on, and whether that was the last.
    pub(crate) fn chunk(&self, from: usize, chunk: &mut Vec<Arc<dyn Subscriber>>) -> Option<usize> {
        let slots = lock(&self.slots);
        let until = (from + CHUNK).min(slots.entries.len());
        chunk.extend(slots.entries.get(from..until)?.iter().flatten().cloned());
        (until < slots.entries.len()).then_some(until)
    }

    fn insert(&self, subscriber: Arc<dyn Subscriber>) -> usize {
        let mut slots = lock(&self.slots);
        if let Some(index) = slots.free.pop() {
            slots.entries[index] = Some(subscriber);
            return index;
        }
        if slots.entries.is_empty() {
            // Most topics are one person's.
            slots.entries.reserve_exact(1);
        }
        slots.entries.push(Some(subscriber));
        slots.entries.len() - 1
    }

    fn remove(&self, index: usize) {
        let mut slots = lock(&self.slots);
        let left = slots.entries.get_mut(index).and_then(Option::take);
        slots.free.push(index);
        drop(slots);
        // Its end may come back to the hub.
        drop(left);
    }
}

impl Registry {
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Notes an event of a topic. Who has to be woken, and how many connections that is.
    pub(crate) fn record(&self, topic: &Topic, seq: Seq) -> Option<(Arc<Subscribers>, usize)> {
        let entry = self.0.get(topic)?;
        entry.subscribers.record(seq);
        Some((Arc::clone(&entry.subscribers), entry.connections))
    }

    /// Who listens to a topic.
    pub(crate) fn subscribers(&self, topic: &Topic) -> Option<Arc<Subscribers>> {
        self.0.get(topic).map(|entry| Arc::clone(&entry.subscribers))
    }

    /// Connections that listen to a topic.
    pub(crate) fn connections(&self, topic: &Topic) -> usize {
        self.0.get(topic).map_or(0, |entry| entry.connections)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = Arc<Subscribers>> {
        self.0.values().map(|entry| Arc::clone(&entry.subscribers))
    }

    fn leave(&mut self, topic: &Topic, connection: bool) {
        let Some(entry) = self.0.get_mut(topic) else { return };
        entry.registrations -= 1;
        entry.connections -= usize::from(connection);
        if entry.registrations == 0 {
            self.0.remove(topic);
        }
    }
}

/// One listener's place at a topic. Given back when it is dropped.
pub(crate) struct Registration {
    pub(crate) hub: Arc<Hub>,
    pub(crate) topic: Topic,
    pub(crate) subscribers: Arc<Subscribers>,
    connection: bool,
    /// Among those who are pulled.
    index: Option<usize>,
}

impl Registration {
    /// `connection`: it is somebody's, and not the server's own.
    fn take(hub: &Arc<Hub>, topic: Topic, connection: bool) -> Self {
        let mut registry = lock(hub.registry());
        // Read under the lock that a publisher takes after it changed the head: an event that is not behind this head
        // will be noted with the topic.
        let newest = hub.head();
        let entry = registry.0.entry(topic.clone()).or_insert_with(|| TopicEntry {
            subscribers: Arc::new(Subscribers::new(newest)),
            registrations: 0,
            connections: 0,
        });
        entry.registrations += 1;
        entry.connections += usize::from(connection);
        let subscribers = Arc::clone(&entry.subscribers);
        drop(registry);
        Self { hub: Arc::clone(hub), topic, subscribers, connection, index: None }
    }

    /// A place of somebody who will be pulled, once they say so.
    pub(crate) fn new(hub: &Arc<Hub>, topic: Topic) -> Self {
        Self::take(hub, topic, true)
    }

    /// From here on they are pulled when something happens.
    pub(crate) fn activate(&mut self, subscriber: Arc<dyn Subscriber>) {
        if self.index.is_none() {
            self.index = Some(self.subscribers.insert(subscriber));
        }
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        if let Some(index) = self.index {
            self.subscribers.remove(index);
        }
        lock(self.hub.registry()).leave(&self.topic, self.connection);
    }
}

/// A place of somebody who waits.
pub(crate) struct Waiter {
    pub(crate) registration: Registration,
    changed: watch::Receiver<()>,
}

impl Waiter {
    /// `connection`: it is somebody's, and not the server's own.
    pub(crate) fn take(hub: &Arc<Hub>, topic: Topic, connection: bool) -> Self {
        let registration = Registration::take(hub, topic, connection);
        let changed = registration.subscribers.changed.get_or_init(|| watch::Sender::new(())).subscribe();
        Self { registration, changed }
    }

    /// Say this before looking at what record: what happens from here on is waited for by [`Waiter::changed`].
    pub(crate) fn mark_seen(&mut self) {
        self.changed.borrow_and_update();
    }

    /// Waits until something happens that was not there at the last check.
    pub(crate) async fn changed(&mut self) {
        // The sender is in `subscribers`, which we hold.
        drop(self.changed.changed().await);
    }
}
