//! A rate, as an operator writes it.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::Duration;

use governor::Quota;

/// `600/min`, `20/s burst 40`, `1000/hour`, or `off`. Without a burst, the requests of a whole period may come at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rate {
    /// No limit.
    Off,
    Per {
        count: NonZeroU32,
        period: Period,
        burst: NonZeroU32,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    Second,
    Minute,
    Hour,
}

/// The text is not a rate that can be enforced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRate {
    #[error("must be a rate such as 600/min, 10/s or 1200/min burst 300, or off")]
    Syntax,
    #[error("must allow at least 1 request, such as 600/min; write off for no limit")]
    Zero,
    #[error("must be at most {max} per s, min or h, with a burst of at most {max}; write off for no limit", max = Rate::MAX)]
    TooLarge,
}

impl Period {
    fn seconds(self) -> u32 {
        match self {
            Self::Second => 1,
            Self::Minute => 60,
            Self::Hour => 3600,
        }
    }
}

impl Rate {
    /// The largest count and the largest burst. The limiter counts time in whole nanoseconds, in 64 bits: a shorter
    /// interval would be inexact, and a larger burst would overflow.
    pub const MAX: u32 = 1_000_000;

    /// A rate that is this many times as generous.
    #[must_use]
    pub fn times(self, factor: u32) -> Self {
        let more = |number: NonZeroU32| {
            let most = NonZeroU32::new(Self::MAX).unwrap_or(number);
            number.saturating_mul(NonZeroU32::new(factor).unwrap_or(NonZeroU32::MIN)).min(most)
        };
        match self {
            Self::Off => Self::Off,
            Self::Per { count, period, burst } => {
                Self::Per { count: more(count), period, burst: more(burst) }
            }
        }
    }

    /// The interval is rounded up, so that a limiter never lets through more than the rate; at the largest rates it
    /// lets through up to 0.1 % less.
    pub(super) fn quota(self) -> Option<Quota> {
        let Self::Per { count, period, burst } = self else { return None };
        let period = u64::from(period.seconds()) * 1_000_000_000;
        let interval = Duration::from_nanos(period.div_ceil(count.get().into()));
        Quota::with_period(interval).map(|quota| quota.allow_burst(burst))
    }
}

impl FromStr for Rate {
    type Err = InvalidRate;

    fn from_str(text: &str) -> Result<Self, InvalidRate> {
        let text = text.trim().to_ascii_lowercase();
        if matches!(&*text, "off" | "none") {
            return Ok(Self::Off);
        }
        let (rate, burst) = match text.split_once("burst") {
            Some((rate, burst)) => (rate, Some(number(burst)?)),
            None => (&*text, None),
        };
        let (count, period) = rate.split_once('/').ok_or(InvalidRate::Syntax)?;
        let count = number(count)?;
        let period = match period.trim() {
            "s" | "sec" | "second" => Period::Second,
            "m" | "min" | "minute" => Period::Minute,
            "h" | "hour" => Period::Hour,
            _ => return Err(InvalidRate::Syntax),
        };
        Ok(Self::Per { count, period, burst: burst.unwrap_or(count) })
    }
}

fn number(text: &str) -> Result<NonZeroU32, InvalidRate> {
    let text = text.trim();
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(InvalidRate::Syntax);
    }
    // A number that does not fit into 32 bits is too large.
    let number: u32 = text.parse().map_err(|_| InvalidRate::TooLarge)?;
    if number > Rate::MAX {
        return Err(InvalidRate::TooLarge);
    }
    NonZeroU32::new(number).ok_or(InvalidRate::Zero)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_read_and_written() {
        for (text, shown, interval_ns, burst) in [
            ("600/min", "600/min", 100_000_000, 600),
            ("20/s burst 40", "20/s burst 40", 50_000_000, 40),
            (" 20 / Second  BURST  40 ", "20/s burst 40", 50_000_000, 40),
            ("36/h", "36/hour", 100_000_000_000, 36),
            ("1/h", "1/hour", 3_600_000_000_000, 1),
            ("5/m burst 5", "5/min", 12_000_000_000, 5),
            ("7/s", "7/s", 142_857_143, 7),
            ("1000000/s", "1000000/s", 1000, 1_000_000),
            ("0001000000/s", "1000000/s", 1000, 1_000_000),
            ("1/h burst 1000000", "1/hour burst 1000000", 3_600_000_000_000, 1_000_000),
        ] {
            let rate: Rate = text.parse().unwrap();
            assert_eq!(rate.to_string(), shown);
            assert_eq!(shown.parse(), Ok(rate));
            let quota = rate.quota().unwrap();
            assert_eq!(
                (quota.replenish_interval().as_nanos(), quota.burst_size().get()),
                (interval_ns, burst)
            );
        }
        for off in ["off", "OFF", " none "] {
            assert_eq!(off.parse(), Ok(Rate::Off));
        }
        assert_eq!(Rate::Off.quota(), None);
        let times = |rate: &str| rate.parse::<Rate>().unwrap().times(10).to_string();
        assert_eq!(times("3/min burst 5"), "30/min burst 50");
        assert_eq!(times("500000/s"), "1000000/s");
        assert_eq!(times("off"), "off");
    }

    #[test]
    fn what_is_no_rate_is_told_how_to_write_one() {
        for text in [
            "",
            " ",
            "on",
            "-1/s",
            "+1/s",
            "1.5/s",
            "1e3/s",
            "5",
            "5/",
            "/s",
            "5/day",
            "5/s burst",
            "5/s burst x",
            "5 burst 3/s",
            "5 0/s",
            "5/s/s",
            "٥/s",
        ] {
            let error = text.parse::<Rate>().unwrap_err();
            assert_eq!(error, InvalidRate::Syntax, "{text}");
            assert!(error.to_string().contains("1200/min burst 300"));
        }
        for text in ["0/s", "00/min", "0/h burst 5", "5/s burst 0"] {
            assert_eq!(text.parse::<Rate>(), Err(InvalidRate::Zero), "{text}");
        }
    }

    #[test]
    fn a_rate_that_cannot_be_enforced_is_refused_with_the_maximum() {
        for text in [
            "1000001/s",
            "1000001/min",
            "1000001/h",
            "4000000000/s",
            "4294967296/s",
            "99999999999999999999999999/s",
            "1/h burst 1000001",
            "5/s burst 4294967295",
        ] {
            let error = text.parse::<Rate>().unwrap_err();
            assert_eq!(error, InvalidRate::TooLarge, "{text}");
            assert!(error.to_string().contains("at most 1000000 per s, min or h"), "{error}");
        }
    }
}
