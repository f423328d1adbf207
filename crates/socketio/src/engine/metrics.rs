//! Counters and gauges.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use crate::engine::CloseReason;

#[derive(Debug, Default)]
pub struct EngineMetrics {
    /// Gauge: open connections over WebSocket.
    pub websocket: AtomicUsize,
    /// Gauge: open connections over HTTP long-polling.
    pub polling: AtomicUsize,
    pub opened: AtomicU64,
    /// Connections upgraded from long-polling to WebSocket.
    pub upgraded: AtomicU64,
    /// Times a connection had to wait because it reached its packet limit.
    pub throttled: AtomicU64,
    /// Requests to open a connection that were refused.
    pub refused: AtomicU64,
    closed: [AtomicU64; REASONS.len()],
}

/// Names of the reasons, in the order of the counters.
const REASONS: [&str; 10] = [
    "transport",
    "going_away",
    "ping_timeout",
    "violation",
    "parse",
    "connect_timeout",
    "too_slow",
    "overlap",
    "server",
    "panic",
];

impl EngineMetrics {
    pub(crate) fn count_closed(&self, reason: &CloseReason) {
        let name = reason.name();
        if let Some(index) = REASONS.iter().position(|other| *other == name) {
            self.closed[index].fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Number of connections that ended, by reason.
    pub fn closed(&self) -> impl Iterator<Item = (&'static str, u64)> {
        REASONS.into_iter().zip(self.closed.iter().map(|count| count.load(Ordering::Relaxed)))
    }
}

pub(crate) fn increment(gauge: &AtomicUsize) {
    gauge.fetch_add(1, Ordering::Relaxed);
}

pub(crate) fn decrement(gauge: &AtomicUsize) {
    gauge.fetch_sub(1, Ordering::Relaxed);
}

pub(crate) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}
