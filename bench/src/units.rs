//! Conversions for reports.

use std::time::Duration;

/// Exact up to 2^53, which no count here reaches.
#[expect(clippy::cast_precision_loss, reason = "counts and bytes stay far below 2^53")]
pub(crate) fn float(count: u64) -> f64 {
    count as f64
}

/// 0 if no time passed.
pub(crate) fn per_second(count: u64, elapsed: Duration) -> f64 {
    ratio(float(count), elapsed.as_secs_f64())
}

/// 0 if the divisor is 0.
pub(crate) fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

pub(crate) fn micros_each(total: Duration, count: u64) -> f64 {
    ratio(total.as_secs_f64() * 1e6, float(count))
}

pub(crate) fn mebibytes(bytes: u64) -> f64 {
    float(bytes) / f64::from(1 << 20)
}
