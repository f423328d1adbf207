//! Bloom filters over the sorted runs of idempotency keys. They say from memory that a run does not hold a key.
//!
//! One word holds a bit for each of 64 runs, so that reading a word tests 64 filters. With a separate filter for each run,
//! a new key would cost a cache miss or two for every run of the day.

use super::sorted_index::RUN;

/// Bits of one filter, 16 for a key.
const BITS: usize = RUN * 16;
/// Bits set for a key. The rate of false positives of a full filter is 1 in 2000.
const PROBES: u64 = 8;
/// Runs whose filters share a slice: one for each bit of a word.
const RUNS: i64 = 64;

/// One filter for each run, oldest first.
#[derive(Default)]
pub(super) struct BloomFilters {
    slices: Vec<Slice>,
}

/// The filters of [`RUNS`] consecutive runs.
struct Slice {
    /// The number of its first run, a multiple of [`RUNS`].
    first: i64,
    words: Box<[u64]>,
}

impl BloomFilters {
    /// Runs come in rising order.
    pub(super) fn insert(&mut self, run: i64, key: i64) {
        let first = run - run.rem_euclid(RUNS);
        if self.slices.last().is_none_or(|last| last.first < first) {
            self.slices.push(Slice { first, words: vec![0; BITS].into_boxed_slice() });
        }
        if let Some(slice) = self.slices.iter_mut().rev().find(|slice| slice.first == first) {
            for position in bit_positions(key) {
                slice.words[position] |= 1 << (run - first);
            }
        }
    }

    /// The runs that may hold a key, newest first. They can include runs that were deleted or never committed.
    pub(super) fn candidates(&self, key: i64) -> impl Iterator<Item = i64> {
        self.slices.iter().rev().flat_map(move |slice| {
            let mut remaining = slice.runs_with(key);
            std::iter::from_fn(move || {
                let newest = 63_u32.checked_sub(remaining.leading_zeros())?;
                remaining &= !(1 << newest);
                Some(slice.first + i64::from(newest))
            })
        })
    }

    /// Frees the slices whose runs are all deleted, up to and including this run.
    pub(super) fn discard_through(&mut self, through: i64) {
        self.slices.retain(|slice| slice.first + RUNS - 1 > through);
    }
}

impl Slice {
    /// A set bit for each run that may hold a key.
    fn runs_with(&self, key: i64) -> u64 {
        let mut runs = u64::MAX;
        for position in bit_positions(key) {
            runs &= self.words[position];
            if runs == 0 {
                break;
            }
        }
        runs
    }
}

/// The positions of a key's bits, by double hashing: the halves of the key are random already.
fn bit_positions(key: i64) -> impl Iterator<Item = usize> {
    let (low, high) = (key.cast_unsigned() & 0xffff_ffff, (key.cast_unsigned() >> 32) | 1);
    (0..PROBES).map(move |n| usize::try_from((low + n * high) % BITS as u64).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidates(filters: &BloomFilters, key: i64) -> Vec<i64> {
        filters.candidates(key).collect()
    }

    #[test]
    fn a_key_is_found_in_its_runs_newest_first() {
        let mut filters = BloomFilters::default();
        for run in [1, 63, 64, 65, 200] {
            filters.insert(run, -7);
        }
        assert_eq!(candidates(&filters, -7), [200, 65, 64, 63, 1]);
        assert_eq!(candidates(&filters, 8), [0; 0]);
        filters.discard_through(62);
        assert_eq!(
            candidates(&filters, -7),
            [200, 65, 64, 63, 1],
            "the other runs of the slice are still stored"
        );
        filters.discard_through(63);
        assert_eq!(candidates(&filters, -7), [200, 65, 64]);
    }

    #[test]
    fn full_filters_have_few_false_positives() {
        let mut rng = fastrand::Rng::with_seed(1);
        let mut filters = BloomFilters::default();
        for run in 1..=130 {
            for _ in 0..RUN {
                filters.insert(run, rng.i64(..));
            }
        }
        let false_positives: usize = (0..10_000).map(|_| filters.candidates(rng.i64(..)).count()).sum();
        // 130 runs: 0.065 for each key are expected.
        assert!(false_positives < 1300, "{false_positives} false positives for 10000 new keys");
    }
}
