//! Bloom filters over the sorted runs of idempotency keys, which say "surely not here" from memory.
//!
//! BloomFilters of 64 runs lie across each other: a word holds the same bit of each of them, so one look at a word asks
//! all 64. With a filter of its own for each run, a fresh key cost a cache miss or two for every run of the day.

use super::sorted_index::RUN;

/// Bits of one filter, 16 for a key.
const BITS: usize = RUN * 16;
/// Bits set for a key. One fresh key in two thousand is then searched for in a run in vain.
const PROBES: u64 = 8;
/// Runs whose filters share a slice: the bits of a word.
const RUNS: i64 = 64;

/// One filter for each run, oldest first.
#[derive(Default)]
pub(super) struct BloomFilters {
    slices: Vec<Slice>,
}

/// The filters of [`RUNS`] neighbouring runs.
struct Slice {
    /// The number of its first run, a multiple of [`RUNS`].
    first: i64,
    words: Box<[u64]>,
}

impl BloomFilters {
    /// Enters a key of a run. Runs come in rising order.
    pub(super) fn insert(&mut self, run: i64, key: i64) {
        let first = run - run.rem_euclid(RUNS);
        if self.slices.last().is_none_or(|last| last.first < first) {
            self.slices.push(Slice { first, words: vec![0; BITS].into_boxed_slice() });
        }
        if let Some(slice) = self.slices.iter_mut().rev().find(|slice| slice.first == first) {
            for place in places(key) {
                slice.words[place] |= 1 << (run - first);
            }
        }
    }

    /// The runs that may hold a key, newest first. May name runs that were forgotten or never committed.
    pub(super) fn maybe(&self, key: i64) -> impl Iterator<Item = i64> {
        self.slices.iter().rev().flat_map(move |slice| {
            let mut left = slice.runs_with(key);
            std::iter::from_fn(move || {
                let newest = 63_u32.checked_sub(left.leading_zeros())?;
                left &= !(1 << newest);
                Some(slice.first + i64::from(newest))
            })
        })
    }

    /// Forgets runs up to one, as far as that frees memory.
    pub(super) fn forget(&mut self, upto: i64) {
        self.slices.retain(|slice| slice.first + RUNS - 1 > upto);
    }
}

impl Slice {
    /// A bit for each run that may hold a key.
    fn runs_with(&self, key: i64) -> u64 {
        let mut runs = u64::MAX;
        for place in places(key) {
            runs &= self.words[place];
            if runs == 0 {
                break;
            }
        }
        runs
    }
}

/// Where a key's bits are: two halves of a key that is random already, added up again and again.
fn places(key: i64) -> impl Iterator<Item = usize> {
    let (low, high) = (key.cast_unsigned() & 0xffff_ffff, (key.cast_unsigned() >> 32) | 1);
    (0..PROBES).map(move |n| usize::try_from((low + n * high) % BITS as u64).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn maybe(filters: &BloomFilters, key: i64) -> Vec<i64> {
        filters.maybe(key).collect()
    }

    #[test]
    fn a_key_is_found_in_its_runs_newest_first() {
        let mut filters = BloomFilters::default();
        for run in [1, 63, 64, 65, 200] {
            filters.insert(run, -7);
        }
        assert_eq!(maybe(&filters, -7), [200, 65, 64, 63, 1]);
        assert_eq!(maybe(&filters, 8), [0; 0]);
        filters.forget(62);
        assert_eq!(maybe(&filters, -7), [200, 65, 64, 63, 1], "their neighbours are still needed");
        filters.forget(63);
        assert_eq!(maybe(&filters, -7), [200, 65, 64]);
    }

    #[test]
    fn of_full_runs_few_are_searched_in_vain() {
        let mut rng = fastrand::Rng::with_seed(1);
        let mut filters = BloomFilters::default();
        for run in 1..=130 {
            for _ in 0..RUN {
                filters.insert(run, rng.i64(..));
            }
        }
        let in_vain: usize = (0..10_000).map(|_| filters.maybe(rng.i64(..)).count()).sum();
        // 130 runs: 0.065 a key are expected.
        assert!(in_vain < 1300, "{in_vain} searches for 10000 fresh keys");
    }
}
