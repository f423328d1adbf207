//! Who is subscribed to which topic.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use eventlog::{Seq, Topic};
use tokio::sync::watch;

use crate::ephemeral::EphemeralMessage;
use crate::sync::lock;

/// Subscribers that are notified at a time, before those of other topics.
pub(crate) const CHUNK: usize = 64;
/// How many of a topic's newest positions are kept with it. A subscriber that is further behind searches the ring.
const RECENT: usize = 64;

/// The topics with subscribers. A topic is removed with its last [`Registration`].
#[derive(Default)]
pub(crate) struct Registry(Mutex<HashMap<Topic, TopicEntry>>);

struct TopicEntry {
    subscribers: Arc<Subscribers>,
    registrations: usize,
    /// How many of the registrations are clients' connections.
    connections: usize,
}

/// What the subscribers of one topic share.
pub(crate) struct Subscribers {
    recent: Mutex<Recent>,
    /// Wakes [`Waiter`]s. Created for the first one.
    changed: OnceLock<watch::Sender<()>>,
    /// Subscribers that the fan-out notifies.
    slots: Mutex<Slots>,
    /// A notification of all `slots` is queued and has not begun.
    queued: AtomicBool,
}

/// A connection without a task of its own: the fan-out tells it to fetch what is new.
pub(crate) trait Subscriber: Send + Sync {
    /// Cheap; `true` for a short time after the connection closed.
    fn is_alive(&self) -> bool;

    /// The topic may have new events. Called without any lock of the hub.
    fn notify(&self);

    /// Sends an event that is not in the log. Called without any lock of the hub.
    fn send(&self, message: &EphemeralMessage);
}

/// Subscribers by index. A free index is used again, so that a fan-out in chunks skips nobody.
#[derive(Default)]
struct Slots {
    entries: Vec<Option<Arc<dyn Subscriber>>>,
    free: Vec<usize>,
}

struct Recent {
    /// Positions of the topic's newest events, at most [`RECENT`].
    seqs: VecDeque<Seq>,
    /// Every event of the topic after this one that the ring accepted is in `seqs`.
    complete_after: Seq,
}

impl Subscribers {
    fn new(head: Seq) -> Self {
        Self {
            recent: Mutex::new(Recent { seqs: VecDeque::new(), complete_after: head }),
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

    fn forget_recent(&self, head: Seq) {
        *lock(&self.recent) = Recent { seqs: VecDeque::new(), complete_after: head };
    }

    /// Calls `each` with the positions of the topic's events after `after`, until it returns `None`. Returns `None` then,
    /// or if some positions are not known.
    pub(crate) fn for_each_after(
        &self,
        after: Seq,
        limit: usize,
        each: impl FnMut(Seq) -> Option<()>,
    ) -> Option<()> {
        let recent = lock(&self.recent);
        if after < recent.complete_after {
            return None;
        }
        let known = recent.seqs.partition_point(|seq| *seq <= after);
        recent.seqs.range(known..).take(limit).copied().try_for_each(each)
    }

    /// Wakes the [`Waiter`]s.
    pub(crate) fn wake(&self) {
        if let Some(changed) = self.changed.get() {
            changed.send_replace(());
        }
    }

    /// Whether the caller has to queue a notification of all subscribers: there are some, and none is queued.
    pub(crate) fn claim_notification(&self) -> bool {
        !lock(&self.slots).entries.is_empty() && !self.queued.swap(true, Ordering::AcqRel)
    }

    /// A queued notification begins. Events from now on need another one.
    pub(crate) fn begin_notification(&self) {
        self.queued.store(false, Ordering::Release);
    }

    /// Appends the subscribers from index `from` on, at most [`CHUNK`]. Returns where the next chunk begins, if there is one.
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
            // Most topics have one subscriber.
            slots.entries.reserve_exact(1);
        }
        slots.entries.push(Some(subscriber));
        slots.entries.len() - 1
    }

    fn remove(&self, index: usize) {
        let mut slots = lock(&self.slots);
        let removed = slots.entries.get_mut(index).and_then(Option::take);
        slots.free.push(index);
        drop(slots);
        // Dropping it may call the registry again.
        drop(removed);
    }
}

impl Registry {
    /// How many topics have subscribers.
    pub(crate) fn len(&self) -> usize {
        lock(&self.0).len()
    }

    pub(crate) fn subscribers(&self, topic: &Topic) -> Option<Arc<Subscribers>> {
        lock(&self.0).get(topic).map(|entry| Arc::clone(&entry.subscribers))
    }

    /// How many connections are subscribed to a topic.
    pub(crate) fn connections(&self, topic: &Topic) -> usize {
        lock(&self.0).get(topic).map_or(0, |entry| entry.connections)
    }

    /// Records events of topics under one lock. `record` is called with a function that records one event of one topic,
    /// and returns how many connections it is for. Returns the subscribers to wake.
    pub(crate) fn record_all(
        &self,
        record: impl FnOnce(&mut dyn FnMut(&Topic, Seq) -> usize),
    ) -> Vec<Arc<Subscribers>> {
        let mut woken = Vec::new();
        let entries = lock(&self.0);
        record(&mut |topic, seq| {
            let Some(entry) = entries.get(topic) else { return 0 };
            entry.subscribers.record(seq);
            woken.push(Arc::clone(&entry.subscribers));
            entry.connections
        });
        woken
    }

    /// Forgets which events topics had, because the ring begins again at `head`. Returns everybody, to be woken.
    pub(crate) fn restart(&self, head: Seq) -> Vec<Arc<Subscribers>> {
        let entries = lock(&self.0);
        let all = entries.values().map(|entry| {
            entry.subscribers.forget_recent(head);
            Arc::clone(&entry.subscribers)
        });
        all.collect()
    }

    /// `connection`: the registration counts as a client's connection. `head` is called under the lock under which
    /// [`record_all`](Self::record_all) records events: an event after that head will be recorded with the topic.
    pub(crate) fn register(
        self: &Arc<Self>,
        topic: Topic,
        connection: bool,
        head: impl FnOnce() -> Seq,
    ) -> Registration {
        let mut entries = lock(&self.0);
        let head = head();
        let entry = entries.entry(topic.clone()).or_insert_with(|| TopicEntry {
            subscribers: Arc::new(Subscribers::new(head)),
            registrations: 0,
            connections: 0,
        });
        entry.registrations += 1;
        entry.connections += usize::from(connection);
        let subscribers = Arc::clone(&entry.subscribers);
        drop(entries);
        Registration { registry: Arc::clone(self), topic, subscribers, connection, index: None }
    }

    fn unregister(&self, topic: &Topic, connection: bool) {
        let mut entries = lock(&self.0);
        let Some(entry) = entries.get_mut(topic) else { return };
        entry.registrations -= 1;
        entry.connections -= usize::from(connection);
        if entry.registrations == 0 {
            entries.remove(topic);
        }
    }
}

/// A subscription to one topic, until it is dropped.
pub(crate) struct Registration {
    registry: Arc<Registry>,
    pub(crate) topic: Topic,
    pub(crate) subscribers: Arc<Subscribers>,
    connection: bool,
    /// In [`Slots`].
    index: Option<usize>,
}

impl Registration {
    /// From now on the fan-out notifies the subscriber.
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
        self.registry.unregister(&self.topic, self.connection);
    }
}

/// A registration whose task waits for events.
pub(crate) struct Waiter {
    pub(crate) registration: Registration,
    changed: watch::Receiver<()>,
}

impl Waiter {
    pub(crate) fn new(registration: Registration) -> Self {
        let sender = registration.subscribers.changed.get_or_init(|| watch::Sender::new(()));
        let changed = sender.subscribe();
        Self { registration, changed }
    }

    /// Call before reading events: [`changed`](Self::changed) waits for what happens after this.
    pub(crate) fn mark_seen(&mut self) {
        self.changed.borrow_and_update();
    }

    pub(crate) async fn changed(&mut self) {
        // The registration keeps the sender alive.
        drop(self.changed.changed().await);
    }
}
