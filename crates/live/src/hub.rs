//! Takes committed events in, keeps the newest in a ring, and wakes those who listen.

use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};

use eventlog::{CommittedBatch, Cursor, EphemeralEvent, Epoch, Inbox, ReadBackend, Seq};

use crate::counters::Counters;
use crate::ephemeral::EphemeralFrame;
use crate::fanout::FanoutQueue;
use crate::inbox::{InboxRegistry, InboxWatch};
use crate::registry::{Registry, Subscribers, Waiter, lock};
pub use crate::ring::LiveEvent;
use crate::ring::{Appended, Ring};
use crate::subscription::Subscription;
use eventlog::Topic;

/// Events kept in memory, for connections that are a little behind.
pub const RING: usize = 4_096;

/// The process's view of the log's head.
///
/// Locks are taken in this order, each only after those before it: topics, ring, a topic's own. That of the inboxes is
/// taken alone.
pub struct Hub {
    read_backend: Arc<dyn ReadBackend>,
    epoch: Epoch,
    ring: RwLock<Ring>,
    registry: Mutex<Registry>,
    fanout: FanoutQueue,
    inboxes: InboxRegistry,
    counters: Counters,
}

impl Hub {
    /// A hub that begins at the log's head.
    pub fn new(read_backend: Arc<dyn ReadBackend>, head: Cursor) -> Self {
        Self::with_ring(read_backend, head, RING)
    }

    /// One that keeps so many events in memory, at least one.
    pub fn with_ring(read_backend: Arc<dyn ReadBackend>, head: Cursor, size: usize) -> Self {
        let ring = RwLock::new(Ring::new(head.seq, size));
        let (registry, fanout, inboxes) =
            (Mutex::default(), FanoutQueue::default(), InboxRegistry::default());
        let counters = Counters::default();
        Self { read_backend, epoch: head.epoch, ring, registry, fanout, inboxes, counters }
    }

    /// The head, as a cursor.
    pub fn cursor(&self) -> Cursor {
        Cursor { epoch: self.epoch.clone(), seq: self.head() }
    }

    /// A place in this history, as a cursor.
    pub fn cursor_at(&self, seq: Seq) -> Cursor {
        Cursor { epoch: self.epoch.clone(), seq }
    }

    /// The place of the newest event known here.
    pub fn head(&self) -> Seq {
        self.ring().head()
    }

    /// Whether every event after a place is log in memory.
    pub(crate) fn holds_all_after(&self, after: Seq) -> bool {
        let ring = self.ring();
        after >= ring.complete_after() && ring.after(after).is_some()
    }

    pub(crate) fn read_backend(&self) -> &Arc<dyn ReadBackend> {
        &self.read_backend
    }

    pub(crate) fn epoch(&self) -> &Epoch {
        &self.epoch
    }

    pub(crate) fn registry(&self) -> &Mutex<Registry> {
        &self.registry
    }

    fn ring(&self) -> RwLockReadGuard<'_, Ring> {
        self.ring.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a committed batch in. Called in the order of commits, after each commit; never blocks for long.
    ///
    /// Events that are known already are dropped. After a gap the ring starts over behind it: connections that are not
    /// yet past the gap are served from the log, and all are woken, because nobody knows whom the gap concerns.
    ///
    /// Returns how many connections each event is for.
    pub fn publish(&self, committed: CommittedBatch) -> Vec<usize> {
        let mut deliveries = vec![0; committed.events.len()];
        let mut accepted: Vec<(usize, Arc<LiveEvent>)> = Vec::with_capacity(deliveries.len());
        let mut gap = false;
        {
            let mut ring = self.ring.write().unwrap_or_else(PoisonError::into_inner);
            for (index, event) in committed.events.into_iter().enumerate() {
                let entry = Arc::new(LiveEvent::new(event));
                match ring.append(Arc::clone(&entry)) {
                    Appended::Duplicate => continue,
                    Appended::Next => {}
                    Appended::AfterGap => gap = true,
                }
                accepted.push((index, entry));
            }
        }
        let mut woken: Vec<Arc<Subscribers>> = Vec::new();
        {
            let registry = lock(&self.registry);
            for (index, entry) in accepted {
                for topic in &entry.topics {
                    let Some((subscribers, connections)) = registry.record(topic, entry.seq()) else {
                        continue;
                    };
                    deliveries[index] += connections;
                    woken.push(subscribers);
                }
            }
            if gap {
                woken = registry.all().collect();
            }
        }
        self.counters.delivered(deliveries.iter().sum());
        for subscribers in woken {
            subscribers.wake();
            self.fanout.notify(subscribers);
        }
        for event in &committed.ephemeral {
            self.send_ephemeral(event);
        }
        deliveries
    }

    /// Has the connections of a topic look whether there is something for them, although nothing was committed.
    pub fn notify_topic(&self, topic: &Topic) {
        let subscribers = lock(&self.registry).subscribers(topic);
        if let Some(subscribers) = subscribers {
            self.fanout.notify(subscribers);
        }
    }

    /// Sends an event that is not in the log to the clients that are connected now.
    pub fn send_ephemeral(&self, event: &EphemeralEvent) {
        if let EphemeralEvent::InboxRead { inbox, state } = event {
            self.inboxes.publish(inbox, Arc::clone(state));
        }
        let Some(subscribers) = lock(&self.registry).subscribers(&event.topic()) else { return };
        match EphemeralFrame::encode(event, self.epoch.clone()) {
            Ok(frame) => self.fanout.send(subscribers, Arc::new(frame)),
            Err(error) => tracing::error!(%error, "an ephemeral event cannot be encoded"),
        }
    }

    /// How many connections listen to a topic.
    pub fn connections(&self, topic: &Topic) -> usize {
        lock(&self.registry).connections(topic)
    }

    /// Writes to the connections what [`publish`](Self::publish) has for them. Run it as a task, or as several; it
    /// never ends.
    pub async fn run_fanout(self: Arc<Self>) {
        self.fanout.run().await;
    }

    /// Hears what is read of an inbox from here on. The caller has checked that it is theirs.
    pub fn watch_inbox(self: &Arc<Self>, inbox: Inbox) -> InboxWatch {
        InboxWatch::new(self, inbox)
    }

    /// InboxRegistry that are open somewhere.
    pub fn watched_inboxes(&self) -> usize {
        self.inboxes.len()
    }

    pub(crate) fn inboxes(&self) -> &InboxRegistry {
        &self.inboxes
    }

    /// Listens to a topic, from a place on. The caller has checked that they may.
    #[expect(clippy::needless_pass_by_value, reason = "who resumes is done with the cursor")]
    pub fn subscribe(self: &Arc<Self>, topic: Topic, after: Option<Cursor>) -> Subscription {
        Subscription::new(Waiter::take(self, topic, true), after.as_ref())
    }

    /// What is counted.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// Registry somebody listens to.
    pub fn topics(&self) -> usize {
        lock(&self.registry).len()
    }

    /// Goes through at most `limit` events of a topic after a place, from memory. How many that were, and up to where
    /// they are complete; `None`: memory does not reach back so far.
    pub(crate) fn recent_events(
        &self,
        topic: &Topic,
        subscribers: &Subscribers,
        after: Seq,
        limit: usize,
        mut each: impl FnMut(&Arc<LiveEvent>),
    ) -> Option<(usize, Seq)> {
        let ring = self.ring();
        let (mut count, mut upto) = (0, after);
        let mut visit = |entry: &Arc<LiveEvent>| {
            count += 1;
            upto = upto.max(entry.seq());
            each(entry);
        };
        if after >= ring.complete_after() {
            // However far the ring has moved on, nothing else happened in this topic. A publisher that has moved the
            // head but not yet told the topic will wake us. What the ring lacks are the oldest, so that nothing was
            // visited where it lacks any.
            let all = subscribers.for_each_after(after, limit, |seq| ring.get(seq).map(&mut visit));
            if all.is_some() {
                return Some((count, upto));
            }
        }
        ring.after(after)?.filter(|entry| entry.topics.contains(topic)).take(limit).for_each(visit);
        // Not to be searched_upto through again.
        let searched_upto = if count < limit { ring.head().max(after) } else { after };
        Some((count, upto.max(searched_upto)))
    }
}
