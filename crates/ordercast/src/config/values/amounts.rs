//! Counts, sizes, intervals and durations.

use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::Duration;

use jiff::SignedDuration;

#[derive(Debug, Clone, Copy)]
pub struct Count(pub u32);

impl FromStr for Count {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.parse::<NonZeroU32>()
            .map(|n| Self(n.get()))
            .map_err(|_| "must be a whole number of at least 1".to_owned())
    }
}

/// A size in bytes.
#[derive(Debug, Clone, Copy)]
pub struct Bytes(pub u64);

impl FromStr for Bytes {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (digits, unit) = text.split_at(end);
        let unit = match unit.trim().to_ascii_lowercase().as_str() {
            "" | "b" => 1,
            "kb" => 1_000,
            "mb" => 1_000_000,
            "gb" => 1_000_000_000,
            "k" | "kib" => 1 << 10,
            "m" | "mib" => 1 << 20,
            "g" | "gib" => 1 << 30,
            _ => 0_u64,
        };
        let bytes = digits.parse::<u64>().ok().and_then(|n| n.checked_mul(unit)).filter(|bytes| *bytes > 0);
        bytes.map(Self).ok_or_else(|| "must be a size such as 512KiB, 256MiB or 1GB".to_owned())
    }
}

/// A duration greater than zero.
#[derive(Debug, Clone, Copy)]
pub struct LongDuration(pub SignedDuration);

impl FromStr for LongDuration {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        span(text).map(Self).ok_or_else(|| "must be a duration such as 90s, 15m, 12h or 30d".to_owned())
    }
}

impl LongDuration {
    pub fn unsigned(self) -> Duration {
        self.0.unsigned_abs()
    }
}

/// An interval or timeout of a connection, within what client timers can hold.
#[derive(Debug, Clone, Copy)]
pub struct Interval(pub Duration);

impl FromStr for Interval {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bounds = SignedDuration::from_millis(100)..=SignedDuration::from_hours(24);
        span(text)
            .filter(|span| bounds.contains(span))
            .map(|span| Self(span.unsigned_abs()))
            .ok_or_else(|| "must be a duration from 100ms to 24h, such as 25s".to_owned())
    }
}

/// At least the size of a client's authentication message.
#[derive(Debug, Clone, Copy)]
pub struct MessageSize(pub usize);

impl FromStr for MessageSize {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let size = text.parse::<Bytes>().ok().and_then(|bytes| usize::try_from(bytes.0).ok());
        size.filter(|size| *size >= 1000)
            .map(Self)
            .ok_or_else(|| "must be a size of at least 1KB, such as 100KB".to_owned())
    }
}

/// Parses `90s`, `5m`, `1h 30m`, `30d`; a day is 24 hours.
pub fn span(text: &str) -> Option<SignedDuration> {
    let span: jiff::Span = text.trim().parse().ok()?;
    let duration = span.to_duration(jiff::SpanRelativeTo::days_are_24_hours()).ok()?;
    duration.is_positive().then_some(duration)
}

/// A duration, or `forever`.
#[derive(Debug, Clone, Copy)]
pub struct RetentionSetting(pub Option<SignedDuration>);

impl FromStr for RetentionSetting {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if matches!(text, "forever" | "off") {
            return Ok(Self(None));
        }
        span(text)
            .map(|span| Self(Some(span)))
            .ok_or_else(|| "must be a duration such as 90d or 720h, or forever".to_owned())
    }
}
