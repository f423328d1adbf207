//! Stretches of time that are counted apart: buckets of a quarter of an hour, days of 96 of them, and 32 days.
//!
//! A year of buckets would be many rows to read, and so would be a year of days where there are many products. So all
//! three are written, and a stretch is read as the largest that fit into it, with smaller ones at its ends.

use crate::stats::BUCKET_SECONDS;

/// Buckets of a day in UTC.
const DAY: i64 = 24 * 60 * 60 / BUCKET_SECONDS;

/// How long one row's stretch is. The numbers are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Span {
    Bucket = 0,
    Day = 1,
    Chunk = 2,
}

impl Span {
    /// Smallest first.
    const ALL: [Self; 3] = [Self::Bucket, Self::Day, Self::Chunk];

    /// How many buckets it has.
    fn buckets(self) -> i64 {
        match self {
            Self::Bucket => 1,
            Self::Day => DAY,
            Self::Chunk => 32 * DAY,
        }
    }
}

/// The rows in which a bucket is counted.
pub(super) fn of(bucket: i64) -> [(Span, i64); 3] {
    Span::ALL.map(|span| (span, bucket.div_euclid(span.buckets())))
}

/// What has to be read for the buckets from one up to and without another: a span, and from where to where.
pub(super) fn between(from: i64, to: i64) -> Vec<(Span, i64, i64)> {
    let mut parts = Vec::new();
    // What is left to read, around the middle that larger spans have.
    let mut ends = vec![(from, to)];
    for span in Span::ALL.into_iter().rev() {
        let long = span.buckets();
        ends = ends
            .into_iter()
            .flat_map(|(from, to)| {
                let first = from.div_euclid(long) + i64::from(from.rem_euclid(long) > 0);
                let last = to.div_euclid(long);
                if first >= last {
                    return [(from, to), (to, to)];
                }
                parts.push((span, first, last));
                [(from, first * long), (last * long, to)]
            })
            .filter(|(from, to)| from < to)
            .collect();
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bucket_of_a_stretch_is_read_once() {
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
            for (span, first, last) in between(from, to) {
                read.extend(first * span.buckets()..last * span.buckets());
            }
            read.sort_unstable();
            assert_eq!(read, (from..to).collect::<Vec<_>>(), "{from}..{to}");
        }
        let year = between(1, 365 * 96 + 50);
        let rows: i64 = year.iter().map(|(_, first, last)| last - first).sum();
        assert!(year.len() <= 5 && rows < 2 * (96 + 32) + 12, "{year:?}");
        for bucket in [-1, 0, 95, 96, 3071, 3072] {
            for (span, at) in of(bucket) {
                assert!((at * span.buckets()..(at + 1) * span.buckets()).contains(&bucket));
            }
        }
    }
}
