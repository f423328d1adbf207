//! Takes committed events in, keeps the newest in a ring, and wakes those who listen.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock};

use bytes::Bytes;
use log::{Committed, Cursor, Epoch, Queries, Seq, Told};
use orders::Audience;
use tokio::sync::watch;

use crate::subscription::Subscription;
use crate::topic::Topic;

/// Events kept in memory, for connections that are a little behind.
pub const RING: usize = 16_384;
/// Places of a topic's newest events kept with it; who is further behind looks through the ring.
const RECENT: usize = 64;

/// One event in the ring, with its encodings, each made once, when the first connection needs it.
#[derive(Debug)]
pub struct Entry {
    /// The event and the people around it.
    pub told: Told,
    topics: Vec<Topic>,
    encodings: [OnceLock<Option<Bytes>>; 4],
}

impl Entry {
    /// Wraps an event for delivery.
    pub fn new(told: Told) -> Self {
        Self { topics: Topic::of(&told.recorded), told, encodings: Default::default() }
    }

    /// Its place in the log.
    pub fn seq(&self) -> Seq {
        self.told.recorded.seq
    }

    /// The bytes an audience gets; `None` when there is nothing in it for them. `encode` is called once an audience.
    pub fn encoded(&self, audience: Audience, encode: impl FnOnce(&Told) -> Option<Bytes>) -> Option<Bytes> {
        let place = match audience {
            Audience::Customer => 0,
            Audience::Staff => 1,
            Audience::Driver => 2,
            Audience::Link => 3,
        };
        self.encodings[place].get_or_init(|| encode(&self.told)).clone()
    }
}

/// The process's view of the log's head.
pub struct Hub {
    queries: Arc<dyn Queries>,
    epoch: Epoch,
    ring: RwLock<Ring>,
    topics: Mutex<HashMap<Topic, Arc<Listeners>>>,
}

struct Ring {
    /// The place of the newest event known here.
    head: Seq,
    /// The newest events, without a gap, ending at `head`.
    entries: VecDeque<Arc<Entry>>,
}

/// Those who listen to one topic.
pub(crate) struct Listeners {
    /// Places of the topic's newest events, at most [`RECENT`].
    recent: Mutex<Recent>,
    /// The place of the newest one.
    pub(crate) newest: watch::Sender<Seq>,
}

struct Recent {
    seqs: VecDeque<Seq>,
    /// All of the topic's events after this place are in `seqs`.
    complete_after: Seq,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Hub {
    /// A hub that begins at the log's head.
    pub fn new(queries: Arc<dyn Queries>, head: Cursor) -> Self {
        let ring = Ring { head: head.seq, entries: VecDeque::with_capacity(1024) };
        Self { queries, epoch: head.epoch, ring: RwLock::new(ring), topics: Mutex::default() }
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
        self.ring.read().unwrap_or_else(PoisonError::into_inner).head
    }

    pub(crate) fn queries(&self) -> &Arc<dyn Queries> {
        &self.queries
    }

    pub(crate) fn epoch(&self) -> &Epoch {
        &self.epoch
    }

    /// Takes a committed batch in. Called in the order of commits, after each commit; never blocks for long.
    ///
    /// Only the event after the head is accepted. After a gap the ring starts over behind it: connections that are
    /// not yet past the gap are served from the log.
    ///
    /// Returns how many listeners each event is for.
    pub fn publish(&self, committed: Committed) -> Vec<usize> {
        let mut told = vec![0; committed.events.len()];
        let mut woken: Vec<(usize, Topic, Seq)> = Vec::new();
        {
            let mut ring = self.ring.write().unwrap_or_else(PoisonError::into_inner);
            for (place, event) in committed.events.into_iter().enumerate() {
                let entry = Arc::new(Entry::new(event));
                let seq = entry.seq();
                if seq <= ring.head {
                    continue;
                }
                if seq != ring.head.next() {
                    ring.entries.clear();
                }
                ring.head = seq;
                woken.extend(entry.topics.iter().map(|topic| (place, topic.clone(), seq)));
                if ring.entries.len() == RING {
                    ring.entries.pop_front();
                }
                ring.entries.push_back(entry);
            }
        }
        let mut topics = lock(&self.topics);
        let mut heard: Vec<(Arc<Listeners>, Seq)> = Vec::new();
        for (place, topic, seq) in woken {
            let Some(listeners) = topics.get(&topic) else { continue };
            if listeners.newest.receiver_count() == 0 {
                topics.remove(&topic);
                continue;
            }
            told[place] += listeners.newest.receiver_count();
            let mut recent = lock(&listeners.recent);
            recent.seqs.push_back(seq);
            if recent.seqs.len() > RECENT
                && let Some(dropped) = recent.seqs.pop_front()
            {
                recent.complete_after = dropped;
            }
            drop(recent);
            heard.push((Arc::clone(listeners), seq));
        }
        drop(topics);
        for (listeners, seq) in heard {
            listeners.newest.send_replace(seq);
        }
        told
    }

    /// Listens to a topic, from a place on. The caller has checked that they may.
    pub fn subscribe(self: &Arc<Self>, topic: Topic, after: Option<Cursor>) -> Subscription {
        let listeners = {
            let mut topics = lock(&self.topics);
            // Taken under the lock that a publisher needs before it looks for listeners, after it moved the head.
            let head = self.head();
            Arc::clone(topics.entry(topic.clone()).or_insert_with(|| {
                let recent = Recent { seqs: VecDeque::new(), complete_after: head };
                Arc::new(Listeners { recent: Mutex::new(recent), newest: watch::Sender::new(head) })
            }))
        };
        Subscription::new(Arc::clone(self), topic, listeners, after)
    }

    /// Topics somebody listens to.
    pub fn topics(&self) -> usize {
        let mut topics = lock(&self.topics);
        topics.retain(|_, listeners| listeners.newest.receiver_count() > 0);
        topics.len()
    }

    /// Events of a topic after a place, from memory, and up to where that is complete; `None`: memory does not reach
    /// back so far.
    pub(crate) fn recent(
        &self,
        topic: &Topic,
        listeners: &Listeners,
        after: Seq,
        limit: usize,
    ) -> Option<(Vec<Arc<Entry>>, Seq)> {
        let ring = self.ring.read().unwrap_or_else(PoisonError::into_inner);
        let first = Seq(ring.head.0 + 1 - ring.entries.len() as u64);
        let at = |seq: &Seq| ring.entries.get(usize::try_from(seq.0.checked_sub(first.0)?).ok()?);
        let known = {
            let recent = lock(&listeners.recent);
            (after >= recent.complete_after)
                .then(|| recent.seqs.iter().filter(|seq| **seq > after).take(limit).copied().collect::<Vec<_>>())
        };
        let entries: Vec<Arc<Entry>> = match known {
            // However far the ring has moved on, nothing else happened in this topic. A publisher that has moved the
            // head but not yet told the topic will wake us again.
            Some(seqs) => seqs.iter().map(|seq| at(seq).cloned()).collect::<Option<_>>()?,
            None if after.next() < first => return None,
            None => {
                let skip = usize::try_from(after.next().0 - first.0).unwrap_or(usize::MAX);
                let later = ring.entries.iter().skip(skip);
                later.filter(|entry| entry.topics.contains(topic)).take(limit).cloned().collect()
            }
        };
        let upto = match entries.last() {
            Some(last) => last.seq(),
            None => after,
        };
        Some((entries, upto))
    }
}
