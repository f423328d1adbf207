//! Who listens to which topic, and what wakes them.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use log::Seq;
use tokio::sync::watch;

use crate::hub::Hub;
use crate::topic::Topic;

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
    /// Moves whenever something happened in the topic.
    moved: watch::Sender<()>,
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
        Self { recent: Mutex::new(recent), moved: watch::Sender::new(()) }
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

    /// Places of the topic's events after one; `None` when they are not all known.
    pub(crate) fn after(&self, seq: Seq, limit: usize) -> Option<Vec<Seq>> {
        let recent = lock(&self.recent);
        let later = || recent.seqs.iter().filter(|place| **place > seq).take(limit).copied().collect();
        (seq >= recent.complete_after).then(later)
    }

    pub(crate) fn wake(&self) {
        self.moved.send_replace(());
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
    moved: watch::Receiver<()>,
    connection: bool,
}

impl Seat {
    /// `connection`: it is somebody's, and not the server's own.
    pub(crate) fn take(hub: &Arc<Hub>, topic: Topic, connection: bool) -> Self {
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
        let moved = listeners.moved.subscribe();
        drop(topics);
        Self { hub: Arc::clone(hub), topic, listeners, moved, connection }
    }

    /// Say this before looking at what happened: what happens from here on is waited for by [`Seat::moved`].
    pub(crate) fn look(&mut self) {
        self.moved.borrow_and_update();
    }

    /// Waits until something happens that was not there at the last look.
    pub(crate) async fn moved(&mut self) {
        // The sender is in `listeners`, which we hold.
        drop(self.moved.changed().await);
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        lock(self.hub.seats()).leave(&self.topic, self.connection);
    }
}
