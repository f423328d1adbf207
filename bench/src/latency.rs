//! Latency histograms.

use std::time::Duration;

use anyhow::{Context, Result};
use hdrhistogram::Histogram;
use serde::Serialize;

/// Longer times are recorded as this.
const MOST: Duration = Duration::from_mins(2);

/// Times from a microsecond to two minutes, with three significant digits.
#[derive(Debug)]
pub(crate) struct Latencies(Histogram<u64>);

/// Percentiles in milliseconds.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Summary {
    pub(crate) p50: f64,
    pub(crate) p95: f64,
    pub(crate) p99: f64,
    #[serde(rename = "p99_9")]
    pub(crate) p99_9: f64,
    pub(crate) max: f64,
}

impl Latencies {
    pub(crate) fn new() -> Result<Self> {
        let most = u64::try_from(MOST.as_micros()).unwrap_or(u64::MAX);
        Histogram::new_with_bounds(1, most, 3).map(Self).context("cannot make a histogram")
    }

    pub(crate) fn record(&mut self, took: Duration) {
        self.0.saturating_record(u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
    }

    /// Adds another histogram, and empties it.
    pub(crate) fn absorb(&mut self, other: &mut Self) -> Result<()> {
        self.0.add(&other.0).context("histograms differ")?;
        other.0.reset();
        Ok(())
    }

    pub(crate) fn summary(&self) -> Summary {
        let at = |quantile: f64| millis(self.0.value_at_quantile(quantile));
        Summary { p50: at(0.50), p95: at(0.95), p99: at(0.99), p99_9: at(0.999), max: millis(self.0.max()) }
    }
}

fn millis(micros: u64) -> f64 {
    crate::units::float(micros) / 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_in_milliseconds_and_survive_absorption() {
        let (mut all, mut window) = (Latencies::new().unwrap(), Latencies::new().unwrap());
        for millis in 1..=1000 {
            window.record(Duration::from_millis(millis));
        }
        all.absorb(&mut window).unwrap();
        let summary = all.summary();
        assert!((summary.p50 - 500.0).abs() < 1.0, "{summary:?}");
        assert!((summary.p99 - 990.0).abs() < 1.0, "{summary:?}");
        assert!((summary.max - 1000.0).abs() < 1.0, "{summary:?}");
        assert!(window.summary().max < 0.001);
    }
}
