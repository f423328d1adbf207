//! Rollups: the same counts stored at three resolutions, so that a long interval is read as few rows.
//!
//! A year has 35 040 buckets of 15 minutes, and 365 days are still many rows where there are many products. So every
//! count is stored for its bucket, its day and its chunk of 32 days. An interval is read as the chunks that fit into it,
//! with days and buckets at its ends.

use super::BUCKET_SECONDS;

/// Buckets of a day in UTC.
const DAY: i64 = 24 * 60 * 60 / BUCKET_SECONDS;

/// The length of the interval that one row counts. The numbers are stored, in columns named `span`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Resolution {
    Bucket = 0,
    Day = 1,
    /// 32 days.
    Chunk = 2,
}

impl Resolution {
    /// Shortest first.
    const ALL: [Self; 3] = [Self::Bucket, Self::Day, Self::Chunk];

    /// The length in buckets.
    fn buckets(self) -> i64 {
        match self {
            Self::Bucket => 1,
            Self::Day => DAY,
            Self::Chunk => 32 * DAY,
        }
    }
}

/// The intervals that contain a bucket, one of each resolution.
pub(crate) fn intervals_of(bucket: i64) -> [(Resolution, i64); 3] {
    Resolution::ALL.map(|resolution| (resolution, bucket.div_euclid(resolution.buckets())))
}

/// Consecutive intervals of one resolution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) resolution: Resolution,
    pub(crate) first: i64,
    /// Not included.
    pub(crate) end: i64,
}

/// The parts that together cover the buckets `from..to`, each bucket once.
pub(crate) fn parts(from: i64, to: i64) -> Vec<Part> {
    let mut parts = Vec::new();
    // What longer intervals leave at both ends.
    let mut rest = vec![(from, to)];
    for resolution in Resolution::ALL.into_iter().rev() {
        let length = resolution.buckets();
        rest = rest
            .into_iter()
            .flat_map(|(from, to)| {
                let first = from.div_euclid(length) + i64::from(from.rem_euclid(length) > 0);
                let end = to.div_euclid(length);
                if first >= end {
                    return [(from, to), (to, to)];
                }
                parts.push(Part { resolution, first, end });
                [(from, first * length), (end * length, to)]
            })
            .filter(|(from, to)| from < to)
            .collect();
    }
    parts
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn every_bucket_of_an_interval_is_read_once() {
        for (from, to) in [
            (0, 96),
            (1, 96),
            (0, 97),
            (-5, 300),
            (95, 97),
            (10, 20),
            (96, 96),
            (97, 96),
            (190, 195),
            (-200, -50),
            (0, 32 * 96),
            (1, 32 * 96 + 1),
            (-40_000, 40_000),
            (31 * 96, 64 * 96 + 1),
        ] {
            let mut read: Vec<i64> = Vec::new();
            for Part { resolution, first, end } in parts(from, to) {
                read.extend(first * resolution.buckets()..end * resolution.buckets());
            }
            read.sort_unstable();
            assert_eq!(read, (from..to).collect::<Vec<_>>(), "{from}..{to}");
        }
        let year = parts(1, 365 * 96 + 50);
        let rows: i64 = year.iter().map(|part| part.end - part.first).sum();
        assert!(year.len() <= 5 && rows < 2 * (96 + 32) + 12, "{year:?}");
        for bucket in [-1, 0, 95, 96, 3071, 3072] {
            for (resolution, at) in intervals_of(bucket) {
                assert!((at * resolution.buckets()..(at + 1) * resolution.buckets()).contains(&bucket));
            }
        }
    }

    #[test]
    fn the_rollups_of_an_interval_add_up_to_its_buckets() {
        let mut rng = fastrand::Rng::with_seed(1);
        for _ in 0..30 {
            let counts: Vec<(i64, i64)> =
                (0..rng.usize(0..60)).map(|_| (rng.i64(-9000..9000), rng.i64(1..100))).collect();
            let mut rows: BTreeMap<(Resolution, i64), i64> = BTreeMap::new();
            for (bucket, count) in &counts {
                for row in intervals_of(*bucket) {
                    *rows.entry(row).or_default() += count;
                }
            }
            let (from, to) = (rng.i64(-9500..9500), rng.i64(-9500..9500));
            let read = parts(from, to)
                .into_iter()
                .flat_map(|part| (part.first..part.end).map(move |at| (part.resolution, at)));
            let read: i64 = read.filter_map(|row| rows.get(&row)).sum();
            let counted = counts.iter().filter(|(bucket, _)| (from..to).contains(bucket));
            assert_eq!(read, counted.map(|(_, count)| count).sum::<i64>(), "{from}..{to}");
        }
    }
}
