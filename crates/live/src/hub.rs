//! Takes committed events in, keeps the newest in a ring, and wakes those who listen.

use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};

use eventlog::{Committed, Cursor, Epoch, Inbox, ReadBackend, Seq, Signal};

use crate::counters::Counters;
use crate::inbox::{InboxWatch, Inboxes, notice};
use crate::notice::Notice;
pub use crate::ring::Entry;
use crate::ring::{Ring, Taken};
use crate::rounds::Rounds;
use crate::seat::{Listeners, Topics, Waiting, lock};
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
    topics: Mutex<Topics>,
    rounds: Rounds,
    inboxes: Inboxes,
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
        let (topics, rounds, inboxes) = (Mutex::default(), Rounds::default(), Inboxes::default());
        let counters = Counters::default();
        Self { read_backend, epoch: head.epoch, ring, topics, rounds, inboxes, counters }
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

    /// Whether every event after a place is still in memory.
    pub(crate) fn remembers(&self, after: Seq) -> bool {
        let ring = self.ring();
        after >= ring.whole_after() && ring.after(after).is_some()
    }

    pub(crate) fn read_backend(&self) -> &Arc<dyn ReadBackend> {
        &self.read_backend
    }

    pub(crate) fn epoch(&self) -> &Epoch {
        &self.epoch
    }

    pub(crate) fn seats(&self) -> &Mutex<Topics> {
        &self.topics
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
    pub fn publish(&self, committed: Committed) -> Vec<usize> {
        let mut deliveries = vec![0; committed.events.len()];
        let mut news: Vec<(usize, Arc<Entry>)> = Vec::with_capacity(deliveries.len());
        let mut gap = false;
        {
            let mut ring = self.ring.write().unwrap_or_else(PoisonError::into_inner);
            for (place, event) in committed.events.into_iter().enumerate() {
                let entry = Arc::new(Entry::new(event));
                match ring.take(Arc::clone(&entry)) {
                    Taken::Known => continue,
                    Taken::Next => {}
                    Taken::AfterGap => gap = true,
                }
                news.push((place, entry));
            }
        }
        let mut heard: Vec<Arc<Listeners>> = Vec::new();
        {
            let topics = lock(&self.topics);
            for (place, entry) in news {
                for topic in &entry.topics {
                    let Some((listeners, connections)) = topics.happened(topic, entry.seq()) else {
                        continue;
                    };
                    deliveries[place] += connections;
                    heard.push(listeners);
                }
            }
            if gap {
                heard = topics.everybody().collect();
            }
        }
        self.counters.delivered(deliveries.iter().sum());
        for listeners in heard {
            listeners.wake();
            self.rounds.begin(listeners);
        }
        for signal in committed.signals {
            match signal {
                Signal::InboxRead { inbox, state } => {
                    if let Some((topic, notice)) = notice(&inbox, &state, self.epoch.clone()) {
                        self.tell(&topic, notice);
                    }
                    self.inboxes.tell(&inbox, state);
                }
            }
        }
        deliveries
    }

    /// Has the connections of a topic look whether there is something for them, although nothing was committed.
    pub fn nudge(&self, topic: &Topic) {
        let listeners = lock(&self.topics).listeners(topic);
        if let Some(listeners) = listeners {
            self.rounds.begin(listeners);
        }
    }

    /// Tells the connections of a topic something that is not in the log: only those hear it who are here now.
    pub fn tell(&self, topic: &Topic, notice: Notice) {
        let listeners = lock(&self.topics).listeners(topic);
        if let Some(listeners) = listeners {
            self.rounds.tell(listeners, Arc::new(notice));
        }
    }

    /// How many connections listen to a topic.
    pub fn connections(&self, topic: &Topic) -> usize {
        lock(&self.topics).connections(topic)
    }

    /// Writes to the connections what [`publish`](Self::publish) has for them. Run it as a task, or as several; it
    /// never ends.
    pub async fn deliver(self: Arc<Self>) {
        self.rounds.make().await;
    }

    /// Hears what is read of an inbox from here on. The caller has checked that it is theirs.
    pub fn watch_inbox(self: &Arc<Self>, inbox: Inbox) -> InboxWatch {
        InboxWatch::open(self, inbox)
    }

    /// Inboxes that are open somewhere.
    pub fn open_inboxes(&self) -> usize {
        self.inboxes.len()
    }

    pub(crate) fn inboxes(&self) -> &Inboxes {
        &self.inboxes
    }

    /// Listens to a topic, from a place on. The caller has checked that they may.
    #[expect(clippy::needless_pass_by_value, reason = "who resumes is done with the cursor")]
    pub fn subscribe(self: &Arc<Self>, topic: Topic, after: Option<Cursor>) -> Subscription {
        Subscription::new(Waiting::take(self, topic, true), after.as_ref())
    }

    /// What is counted.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// Topics somebody listens to.
    pub fn topics(&self) -> usize {
        lock(&self.topics).len()
    }

    /// Goes through at most `limit` events of a topic after a place, from memory. How many that were, and up to where
    /// they are complete; `None`: memory does not reach back so far.
    pub(crate) fn recent(
        &self,
        topic: &Topic,
        listeners: &Listeners,
        after: Seq,
        limit: usize,
        mut each: impl FnMut(&Arc<Entry>),
    ) -> Option<(usize, Seq)> {
        let ring = self.ring();
        let (mut count, mut upto) = (0, after);
        let mut visit = |entry: &Arc<Entry>| {
            count += 1;
            upto = upto.max(entry.seq());
            each(entry);
        };
        if after >= ring.whole_after() {
            // However far the ring has moved on, nothing else happened in this topic. A publisher that has moved the
            // head but not yet told the topic will wake us. What the ring lacks are the oldest, so that nothing was
            // visited where it lacks any.
            let all = listeners.each_after(after, limit, |seq| ring.at(seq).map(&mut visit));
            if all.is_some() {
                return Some((count, upto));
            }
        }
        ring.after(after)?.filter(|entry| entry.topics.contains(topic)).take(limit).for_each(visit);
        // Not to be looked through again.
        let looked = if count < limit { ring.head().max(after) } else { after };
        Some((count, upto.max(looked)))
    }
}
