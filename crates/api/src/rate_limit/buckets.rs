//! Leaky buckets (GCRA), one per key, in bounded memory.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use governor::Quota;

/// The buckets of one limit. Times are nanoseconds of the limiter's clock.
pub(super) struct Buckets<K> {
    /// The time in which one request leaks out.
    interval: u64,
    /// How far a bucket may be filled before the next request.
    tolerance: u64,
    max_keys: usize,
    segments: Mutex<Segments<K>>,
}

/// When each bucket is empty again. A missing bucket is empty.
///
/// A client with a /32 of IPv6 addresses could exhaust the memory, so keys are forgotten. When the recent segment is full,
/// it becomes the previous one, whose keys move back as they are used. So a flood of new keys displaces the keys that were
/// not used for longest, and never affects how a new key is treated.
struct Segments<K> {
    recent: HashMap<K, u64>,
    previous: HashMap<K, u64>,
}

/// A request that was let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Taken {
    /// Whether the bucket was empty before.
    pub(super) was_empty: bool,
}

impl<K: Hash + Eq + Clone> Buckets<K> {
    pub(super) fn new(quota: Quota, max_keys: usize) -> Self {
        // The largest rate fits: see `Rate::MAX`.
        let interval = u64::try_from(quota.replenish_interval().as_nanos()).unwrap_or(u64::MAX);
        let tolerance = interval.saturating_mul(u64::from(quota.burst_size().get()) - 1);
        let segments = Segments { recent: HashMap::new(), previous: HashMap::new() };
        Self { interval, tolerance, max_keys, segments: Mutex::new(segments) }
    }

    /// Counts a request, or returns how long to wait. A refused request costs nothing.
    pub(super) fn take(&self, key: &K, now: u64) -> Result<Taken, Duration> {
        self.with(|segments| {
            let empty_at = segments.get(key).unwrap_or(0).max(now);
            let filled = empty_at - now;
            if filled > self.tolerance {
                // Still in use, so not forgotten.
                segments.set(key, empty_at, self.max_keys);
                return Err(Duration::from_nanos(filled - self.tolerance));
            }
            segments.set(key, empty_at.saturating_add(self.interval), self.max_keys);
            Ok(Taken { was_empty: filled == 0 })
        })
    }

    /// Takes back one request that was counted.
    pub(super) fn give_back(&self, key: &K) {
        self.with(|segments| {
            if let Some(empty_at) = segments.get(key) {
                segments.set(key, empty_at.saturating_sub(self.interval), self.max_keys);
            }
        });
    }

    /// Removes empty buckets; a removed one behaves like a new one.
    pub(super) fn remove_empty(&self, now: u64) {
        self.with(|segments| {
            for segment in [&mut segments.recent, &mut segments.previous] {
                segment.retain(|_, empty_at| *empty_at > now);
                segment.shrink_to_fit();
            }
        });
    }

    pub(super) fn len(&self) -> usize {
        self.with(|segments| segments.recent.len() + segments.previous.len())
    }

    fn with<T>(&self, use_them: impl FnOnce(&mut Segments<K>) -> T) -> T {
        use_them(&mut self.segments.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<K: Hash + Eq + Clone> Segments<K> {
    fn get(&self, key: &K) -> Option<u64> {
        self.recent.get(key).copied().or_else(|| self.previous.get(key).copied())
    }

    fn set(&mut self, key: &K, empty_at: u64, max_keys: usize) {
        if let Some(bucket) = self.recent.get_mut(key) {
            *bucket = empty_at;
            return;
        }
        self.previous.remove(key);
        if self.recent.len() >= max_keys.div_ceil(2) {
            self.previous = std::mem::take(&mut self.recent);
        }
        self.recent.insert(key.clone(), empty_at);
    }
}

impl<K> std::fmt::Debug for Buckets<K> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Buckets").field("max_keys", &self.max_keys).finish_non_exhaustive()
    }
}
