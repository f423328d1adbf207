//! Stretches of time that are counted apart: buckets of a quarter of an hour, and days of 96 of them.
//!
//! A year of buckets would be many rows to read; a year of days is not. So both are written, and a stretch is read as its
//! whole days, and as buckets before and after them.

use crate::stats::BUCKET_SECONDS;

/// Buckets of a day in UTC.
const DAY: i64 = 24 * 60 * 60 / BUCKET_SECONDS;

/// How long one row's stretch is. The numbers are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Span {
    Bucket = 0,
    Day = 1,
}

/// The rows in which a bucket is counted.
pub(super) fn of(bucket: i64) -> [(Span, i64); 2] {
    [(Span::Bucket, bucket), (Span::Day, bucket.div_euclid(DAY))]
}

/// What has to be read for the buckets from one up to and without another: a span, and from where to where.
pub(super) fn between(from: i64, to: i64) -> impl Iterator<Item = (Span, i64, i64)> {
    let (first, last) = (from.div_euclid(DAY) + i64::from(from.rem_euclid(DAY) > 0), to.div_euclid(DAY));
    let parts = if first < last {
        [(Span::Bucket, from, first * DAY), (Span::Day, first, last), (Span::Bucket, last * DAY, to)]
    } else {
        [(Span::Bucket, from, to), (Span::Day, 0, 0), (Span::Bucket, 0, 0)]
    };
    parts.into_iter().filter(|(_, from, to)| from < to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bucket_of_a_stretch_is_read_once() {
        for (from, to) in
            [(0, 96), (1, 96), (0, 97), (-5, 300), (95, 97), (10, 20), (96, 96), (190, 195), (-200, -50)]
        {
            let mut read: Vec<i64> = Vec::new();
            for (span, from, to) in between(from, to) {
                match span {
                    Span::Bucket => read.extend(from..to),
                    Span::Day => read.extend(from * DAY..to * DAY),
                }
            }
            assert_eq!(read, (from..to).collect::<Vec<_>>(), "{from}..{to}");
        }
        assert!(between(-40_000, 40_000).count() == 3, "however long");
        for bucket in [-1, 0, 95, 96] {
            let [(_, own), (_, day)] = of(bucket);
            assert!(own == bucket && (day * DAY..(day + 1) * DAY).contains(&bucket));
        }
    }
}
