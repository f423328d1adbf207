//! The buckets of a limiter: one per key, up to a number of keys, and one shared by all other keys.

use std::fmt;
use std::hash::Hash;

use governor::nanos::Nanos;
use governor::state::StateStore;
use governor::state::keyed::{DashMapStateStore, HashMapStateStore, ShrinkableKeyedStateStore};

/// Without a bound, a client with a /32 of IPv6 addresses could exhaust the memory.
pub(super) struct BoundedStore<K: Hash + Eq + Clone> {
    own: DashMapStateStore<K>,
    shared: HashMapStateStore<()>,
    max_keys: usize,
}

impl<K: Hash + Eq + Clone> BoundedStore<K> {
    pub(super) fn new(max_keys: usize) -> Self {
        Self { own: DashMapStateStore::default(), shared: HashMapStateStore::default(), max_keys }
    }
}

impl<K: Hash + Eq + Clone> StateStore for BoundedStore<K> {
    type Key = K;

    fn measure_and_replace<T, F, E>(&self, key: &K, f: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        // `len` locks every shard, so it is only called for new keys. Concurrent new keys may exceed the bound
        // slightly.
        if self.own.contains_key(key) || self.own.len() < self.max_keys {
            self.own.measure_and_replace(key, f)
        } else {
            self.shared.measure_and_replace(&(), f)
        }
    }
}

impl<K: Hash + Eq + Clone> ShrinkableKeyedStateStore<K> for BoundedStore<K> {
    fn retain_recent(&self, drop_below: Nanos) {
        ShrinkableKeyedStateStore::retain_recent(&self.own, drop_below);
    }

    fn shrink_to_fit(&self) {
        self.own.shrink_to_fit();
    }

    fn len(&self) -> usize {
        self.own.len()
    }

    fn is_empty(&self) -> bool {
        self.own.is_empty()
    }
}

impl<K: Hash + Eq + Clone> fmt::Debug for BoundedStore<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BoundedStore")
            .field("keys", &self.own.len())
            .field("max_keys", &self.max_keys)
            .finish_non_exhaustive()
    }
}
