//! Counters of one hub, read by the metrics endpoint.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// Counts Socket.IO and server-sent events together. Gauges go up and down, the others only up.
#[derive(Debug, Default)]
pub struct Counters {
    /// Log events times the connections that each was for when it was published.
    pub deliveries: AtomicU64,
    /// How often a connection was behind the ring and was served from the log.
    pub replays: AtomicU64,
    /// Events that were read from the log for such connections.
    pub replayed_events: AtomicU64,
    /// Resets that were sent.
    pub resets: AtomicU64,
    /// Joins that were refused because the connection had joined as many orders as it may.
    pub joins_refused: AtomicU64,
    /// Gauge: connections that are served from the log now.
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

/// Counts a connection as catching up until it is dropped.
pub(crate) struct CatchingUpGuard(Arc<Counters>);

impl CatchingUpGuard {
    pub(crate) fn new(counters: &Arc<Counters>) -> Self {
        counters.replays.fetch_add(1, Ordering::Relaxed);
        counters.catching_up.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(counters))
    }
}

impl Drop for CatchingUpGuard {
    fn drop(&mut self) {
        self.0.catching_up.fetch_sub(1, Ordering::Relaxed);
    }
}
