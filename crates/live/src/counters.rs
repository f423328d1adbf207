//! Counts, for metrics.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use crate::hub::Hub;

/// What one hub counts, over Socket.IO and server-sent events alike. Gauges say how it is now, the others only grow.
#[derive(Debug, Default)]
pub struct Counters {
    /// Events for live connections: each counts once for each connection it was for when it was committed.
    pub deliveries: AtomicU64,
    /// Times a connection was behind what is in memory, and was served from the log.
    pub replays: AtomicU64,
    /// Events that were read from the log for them.
    pub replayed_events: AtomicU64,
    /// Times a client had to start over.
    pub resets: AtomicU64,
    /// Orders that were not joined, because their connection follows as many as it may.
    pub joins_refused: AtomicU64,
    /// Gauge: connections that are being served from the log.
    pub catching_up: AtomicUsize,
}

impl Counters {
    pub(crate) fn delivered(&self, connections: usize) {
        if connections > 0 {
            self.deliveries.fetch_add(connections as u64, Ordering::Relaxed);
        }
    }

    pub(crate) fn replayed(&self, events: usize) {
        self.replayed_events.fetch_add(events as u64, Ordering::Relaxed);
    }

    pub(crate) fn join_refused(&self) {
        self.joins_refused.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn reset(&self) {
        self.resets.fetch_add(1, Ordering::Relaxed);
    }
}

/// A connection is served from the log, for as long as this is there.
pub(crate) struct CatchingUp(Arc<Hub>);

impl CatchingUp {
    /// Counts one that begins to be.
    pub(crate) fn begin(hub: &Arc<Hub>) -> Self {
        let counters = hub.counters();
        counters.replays.fetch_add(1, Ordering::Relaxed);
        counters.catching_up.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(hub))
    }
}

impl Drop for CatchingUp {
    fn drop(&mut self) {
        self.0.counters().catching_up.fetch_sub(1, Ordering::Relaxed);
    }
}
