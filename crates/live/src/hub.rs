//! Takes committed events in, keeps the newest in a ring, and notifies subscribers.

use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use eventlog::{CommittedBatch, Cursor, EphemeralEvent, EventWithContext, Inbox, ReadBackend, Seq, Topic};

use crate::counters::Counters;
use crate::ephemeral::EphemeralMessage;
use crate::fanout::FanoutQueue;
use crate::inbox::{InboxRegistry, InboxWatch};
use crate::registry::{Registration, Registry, Subscribers};
pub use crate::ring::LiveEvent;
use crate::ring::{Appended, Generation, Ring};
use crate::sync::lock;

/// Events kept in memory, for connections that are a little behind.
pub const RING: usize = 4_096;

/// One process's view of the log's head. It is fed by [`follow_log`](Self::follow_log); [`publish`](Self::publish) is a
/// shortcut for the events that this process committed itself.
///
/// Lock order: `appending`, then the registry's map, then the ring, then one topic's positions.
pub struct Hub {
    read_backend: Arc<dyn ReadBackend>,
    /// Held while the ring's head moves and the topics record why, so that both happen in log order.
    appending: Mutex<()>,
    ring: RwLock<Ring>,
    registry: Arc<Registry>,
    fanout: FanoutQueue,
    inboxes: Arc<InboxRegistry>,
    counters: Arc<Counters>,
}

/// Events of a topic that are in memory.
pub(crate) enum RecentEvents {
    /// All events up to and including `through` were visited, unless the limit was reached.
    Visited { count: usize, through: Seq },
    /// Memory does not reach back to the position.
    NotInMemory,
    /// The position is of an earlier history.
    OtherGeneration,
}

impl Hub {
    /// A hub that starts at the log's head.
    pub fn new(read_backend: Arc<dyn ReadBackend>, head: Cursor) -> Self {
        Self::with_ring(read_backend, head, RING)
    }

    /// `size`: how many events to keep in memory, at least one.
    pub fn with_ring(read_backend: Arc<dyn ReadBackend>, head: Cursor, size: usize) -> Self {
        Self {
            read_backend,
            appending: Mutex::new(()),
            ring: RwLock::new(Ring::new(head, size)),
            registry: Arc::default(),
            fanout: FanoutQueue::default(),
            inboxes: Arc::default(),
            counters: Arc::default(),
        }
    }

    pub fn cursor(&self) -> Cursor {
        let ring = self.ring();
        Cursor { epoch: ring.epoch().clone(), seq: ring.head() }
    }

    /// A position in the present history, as a cursor.
    pub fn cursor_at(&self, seq: Seq) -> Cursor {
        Cursor { epoch: self.ring().epoch().clone(), seq }
    }

    /// The newest event that the hub knows.
    pub fn head(&self) -> Seq {
        self.ring().head()
    }

    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    pub(crate) fn shared_counters(&self) -> &Arc<Counters> {
        &self.counters
    }

    /// How many topics have subscribers.
    pub fn topics(&self) -> usize {
        self.registry.len()
    }

    /// How many connections are subscribed to a topic.
    pub fn connections(&self, topic: &Topic) -> usize {
        self.registry.connections(topic)
    }

    pub(crate) fn read_backend(&self) -> &Arc<dyn ReadBackend> {
        &self.read_backend
    }

    pub(crate) fn ring(&self) -> RwLockReadGuard<'_, Ring> {
        self.ring.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn ring_mut(&self) -> RwLockWriteGuard<'_, Ring> {
        self.ring.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// `connection`: the registration counts as a client's connection.
    pub(crate) fn register(&self, topic: Topic, connection: bool) -> Registration {
        self.registry.register(topic, connection, || self.head())
    }

    /// Takes in a batch that this process committed, right after its commit and in commit order. Never blocks for long.
    ///
    /// Only events that follow the hub's head are accepted. Those after a gap are left to [`follow_log`](Self::follow_log).
    /// Returns for each event how many connections it is for; zero if it was not accepted.
    pub fn publish(&self, committed: CommittedBatch) -> Vec<usize> {
        let deliveries = self.append(committed.events);
        for event in committed.ephemeral {
            self.send_ephemeral(event);
        }
        deliveries
    }

    pub(crate) fn append(&self, events: Vec<EventWithContext>) -> Vec<usize> {
        let mut deliveries = vec![0; events.len()];
        let mut accepted: Vec<(usize, Arc<LiveEvent>)> = Vec::with_capacity(events.len());
        let appending = lock(&self.appending);
        {
            let mut ring = self.ring_mut();
            for (index, event) in events.into_iter().enumerate() {
                let event = Arc::new(LiveEvent::new(event, ring.epoch().clone()));
                if ring.append(&event) == Appended::Next {
                    accepted.push((index, event));
                }
            }
        }
        let woken = self.registry.record_all(|record| {
            for (index, event) in &accepted {
                for topic in &event.topics {
                    deliveries[*index] += record(topic, event.seq());
                }
            }
        });
        drop(appending);
        self.counters.delivered(deliveries.iter().sum());
        self.wake(woken);
        deliveries
    }

    /// Leaves out all events up to and including `head`. Subscribers read them from the log.
    pub(crate) fn skip_to(&self, head: Seq) {
        let appending = lock(&self.appending);
        self.ring_mut().skip_to(head);
        let woken = self.registry.restart(head);
        drop(appending);
        self.wake(woken);
    }

    /// Goes on in another history: every subscription gets a reset.
    pub(crate) fn change_epoch(&self, head: Cursor) {
        let seq = head.seq;
        tracing::warn!(epoch = head.epoch.as_str(), "the log has a new epoch: all clients start over");
        let appending = lock(&self.appending);
        self.ring_mut().restart(head);
        let woken = self.registry.restart(seq);
        drop(appending);
        self.wake(woken);
    }

    fn wake(&self, subscribers: Vec<Arc<Subscribers>>) {
        for subscribers in subscribers {
            subscribers.wake();
            self.fanout.notify(subscribers);
        }
    }

    /// Has the connections of a topic check what is new although nothing was committed.
    pub(crate) fn notify_topic(&self, topic: &Topic) {
        if let Some(subscribers) = self.registry.subscribers(topic) {
            self.fanout.notify(subscribers);
        }
    }

    /// Sends an event that is not in the log to the clients that are connected now.
    pub fn send_ephemeral(&self, event: EphemeralEvent) {
        if let EphemeralEvent::InboxRead { inbox, state } = &event {
            self.inboxes.publish(inbox, Arc::clone(state));
        }
        if let Some(subscribers) = self.registry.subscribers(&event.topic()) {
            let epoch = self.ring().epoch().clone();
            self.fanout.send(subscribers, Arc::new(EphemeralMessage::new(event, epoch)));
        }
    }

    /// Notifies the connections that have no task of their own. Never ends. Several tasks may run it.
    pub async fn run_fanout(self: Arc<Self>) {
        self.fanout.run().await;
    }

    /// Watches what is read of an inbox from now on. The caller has checked that the inbox is the client's.
    pub fn watch_inbox(&self, inbox: Inbox) -> InboxWatch {
        InboxWatch::new(&self.inboxes, inbox)
    }

    /// How many inboxes are watched.
    pub fn watched_inboxes(&self) -> usize {
        self.inboxes.len()
    }

    /// Whether every event after `after` is in memory.
    pub(crate) fn holds_all_after(&self, after: Seq) -> bool {
        let ring = self.ring();
        after >= ring.complete_after() && ring.after(after).is_some()
    }

    /// Calls `visit` with at most `limit` events of the registration's topic after `after`.
    pub(crate) fn recent_events(
        &self,
        registration: &Registration,
        generation: Generation,
        after: Seq,
        limit: usize,
        visit: &mut dyn FnMut(&Arc<LiveEvent>),
    ) -> RecentEvents {
        let ring = self.ring();
        if ring.generation() != generation {
            return RecentEvents::OtherGeneration;
        }
        let (mut count, mut through) = (0, after);
        let mut count_and_visit = |event: &Arc<LiveEvent>| {
            count += 1;
            through = through.max(event.seq());
            visit(event);
        };
        if after >= ring.complete_after() {
            // The topic's own positions are complete, so the rest of the ring need not be searched. If a publisher moved the
            // head and has not recorded its event yet, it wakes this subscriber after that. Events leave the ring oldest
            // first, so nothing was visited if one is missing.
            let visited = registration
                .subscribers
                .for_each_after(after, limit, |seq| ring.get(seq).map(&mut count_and_visit));
            if visited.is_some() {
                return RecentEvents::Visited { count, through };
            }
        }
        let Some(events) = ring.after(after) else { return RecentEvents::NotInMemory };
        events
            .filter(|event| event.topics.contains(&registration.topic))
            .take(limit)
            .for_each(count_and_visit);
        // The whole ring was searched, and need not be again.
        let searched = if count < limit { ring.head().max(after) } else { after };
        RecentEvents::Visited { count, through: through.max(searched) }
    }
}
