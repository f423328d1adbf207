//! A rate, as an operator writes it.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::Duration;

use governor::Quota;
use serde::{Deserialize, Serialize};

/// `600/min`, `20/s burst 40`, `1000/hour`, or `off`. Without a burst, one period's worth may come at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Rate {
    /// No limit.
    Off,
    /// So many in a period.
    Per {
        /// How many.
        count: NonZeroU32,
        /// In which time.
        period: Period,
        /// How many at once.
        burst: NonZeroU32,
    },
}

/// The time a rate counts over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// `s`
    Second,
    /// `min`
    Minute,
    /// `hour`
    Hour,
}

/// The text is not a rate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a rate: write `600/min`, `20/s burst 40`, `1000/hour` or `off`")]
pub struct InvalidRate(String);

impl Rate {
    pub(super) fn quota(self) -> Option<Quota> {
        let Self::Per { count, period, burst } = self else { return None };
        let seconds = match period {
            Period::Second => 1,
            Period::Minute => 60,
            Period::Hour => 3600,
        };
        // `count` is below 2^32 nanoseconds' worth of any period, so the interval is never zero.
        Quota::with_period(Duration::from_secs(seconds) / count.get()).map(|quota| quota.allow_burst(burst))
    }
}

impl FromStr for Rate {
    type Err = InvalidRate;

    fn from_str(text: &str) -> Result<Self, InvalidRate> {
        parse(&text.trim().to_ascii_lowercase()).ok_or_else(|| InvalidRate(text.to_owned()))
    }
}

fn parse(text: &str) -> Option<Rate> {
    if text == "off" {
        return Some(Rate::Off);
    }
    let (rate, burst) = match text.split_once("burst") {
        Some((rate, burst)) => (rate, Some(burst.trim().parse().ok()?)),
        None => (text, None),
    };
    let (count, period) = rate.split_once('/')?;
    let count: NonZeroU32 = count.trim().parse().ok()?;
    let period = match period.trim() {
        "s" | "sec" | "second" => Period::Second,
        "min" | "minute" => Period::Minute,
        "h" | "hour" => Period::Hour,
        _ => return None,
    };
    // Faster than this the interval would be zero nanoseconds, and the limit a fiction.
    (count.get() <= 1_000_000_000).then(|| Rate::Per { count, period, burst: burst.unwrap_or(count) })
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Per { count, period, burst } = self else { return f.write_str("off") };
        let period = match period {
            Period::Second => "s",
            Period::Minute => "min",
            Period::Hour => "hour",
        };
        write!(f, "{count}/{period}")?;
        if burst == count { Ok(()) } else { write!(f, " burst {burst}") }
    }
}

impl TryFrom<String> for Rate {
    type Error = InvalidRate;

    fn try_from(text: String) -> Result<Self, InvalidRate> {
        text.parse()
    }
}

impl From<Rate> for String {
    fn from(rate: Rate) -> Self {
        rate.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_read_and_written() {
        for (text, shown, interval_ms, burst) in [
            ("600/min", "600/min", 100, 600),
            ("20/s burst 40", "20/s burst 40", 50, 40),
            (" 20 / Second  BURST  40 ", "20/s burst 40", 50, 40),
            ("36/h", "36/hour", 100_000, 36),
            ("5/min burst 5", "5/min", 12_000, 5),
        ] {
            let rate: Rate = text.parse().unwrap();
            assert_eq!(rate.to_string(), shown);
            assert_eq!(shown.parse(), Ok(rate));
            let quota = rate.quota().unwrap();
            assert_eq!(
                (quota.replenish_interval().as_millis(), quota.burst_size().get()),
                (interval_ms, burst)
            );
        }
        assert_eq!("OFF".parse::<Rate>().unwrap().quota(), None);
    }

    #[test]
    fn what_is_no_rate_is_told_how_to_write_one() {
        for text in [
            "",
            "on",
            "0/s",
            "-1/s",
            "1.5/s",
            "5",
            "5/",
            "/s",
            "5/day",
            "5/s burst",
            "5/s burst 0",
            "4000000000/s",
            "5 burst 3/s",
        ] {
            let error = text.parse::<Rate>().unwrap_err().to_string();
            assert!(error.contains("20/s burst 40"), "{error}");
        }
    }
}
