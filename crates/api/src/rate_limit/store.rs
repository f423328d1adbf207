//! The buckets of a limiter: one for each key, up to a number of keys, and one for all the others.

use std::fmt;
use std::hash::Hash;

use governor::nanos::Nanos;
use governor::state::StateStore;
use governor::state::keyed::{DashMapStateStore, HashMapStateStore, ShrinkableKeyedStateStore};

/// Without the bound, whoever has a /32 of IPv6 addresses could fill the memory between two sweeps.
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
        // Counting takes a lock for each shard, so it is only done for a key that is new. A few too many get in when
        // several come at the same moment; the bound is about megabytes.
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
