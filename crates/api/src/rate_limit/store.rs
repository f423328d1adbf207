//! The buckets of a limiter: one for each key, up to a number of keys, and one for all the others.

use std::fmt;
use std::hash::Hash;

use governor::nanos::Nanos;
use governor::state::StateStore;
use governor::state::keyed::{DashMapStateStore, HashMapStateStore, ShrinkableKeyedStateStore};

/// Without the bound, whoever has a /32 of IPv6 addresses could fill the memory between two sweeps.
pub(super) struct Bounded<K: Hash + Eq + Clone> {
    own: DashMapStateStore<K>,
    shared: HashMapStateStore<()>,
    most: usize,
}

impl<K: Hash + Eq + Clone> Bounded<K> {
    pub(super) fn new(most: usize) -> Self {
        Self { own: DashMapStateStore::default(), shared: HashMapStateStore::default(), most }
    }
}

impl<K: Hash + Eq + Clone> StateStore for Bounded<K> {
    type Key = K;

    fn measure_and_replace<T, F, E>(&self, key: &K, f: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        // Counting takes a lock for each shard, so it is only done for a key that is new. A few too many get in when
        // several come at the same moment; the bound is about megabytes.
        if self.own.contains_key(key) || self.own.len() < self.most {
            self.own.measure_and_replace(key, f)
        } else {
            self.shared.measure_and_replace(&(), f)
        }
    }
}

impl<K: Hash + Eq + Clone> ShrinkableKeyedStateStore<K> for Bounded<K> {
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

impl<K: Hash + Eq + Clone> fmt::Debug for Bounded<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bounded")
            .field("keys", &self.own.len())
            .field("most", &self.most)
            .finish_non_exhaustive()
    }
}
