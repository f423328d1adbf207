//! Counts, sizes, intervals and durations.

use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::Duration;

use eventlog::IDEMPOTENCY_TTL;
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

/// The lifetime of a token. A token's `exp` has whole seconds.
#[derive(Debug, Clone, Copy)]
pub struct TokenLifetime(pub SignedDuration);

impl FromStr for TokenLifetime {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        span(text).filter(|span| span.subsec_nanos() == 0).map(Self).ok_or_else(|| {
            "must be a duration of at least 1s, in whole seconds, such as 90s, 15m, 12h or 30d".to_owned()
        })
    }
}

/// An interval or timeout of a connection, within what client timers can hold. Clients are told whole milliseconds.
#[derive(Debug, Clone, Copy)]
pub struct Interval(pub Duration);

impl FromStr for Interval {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bounds = SignedDuration::from_millis(100)..=SignedDuration::from_hours(24);
        span(text)
            .filter(|span| bounds.contains(span) && span.subsec_nanos() % 1_000_000 == 0)
            .map(|span| Self(span.unsigned_abs()))
            .ok_or_else(|| {
                "must be a duration from 100ms to 24h, in whole milliseconds, such as 25s".to_owned()
            })
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

/// A duration, or `forever`. Stored responses are rebuilt from events, so events are kept at least as long.
#[derive(Debug, Clone, Copy)]
pub struct RetentionSetting(pub Option<SignedDuration>);

impl FromStr for RetentionSetting {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if matches!(text, "forever" | "off") {
            return Ok(Self(None));
        }
        span(text)
            .filter(|span| *span >= IDEMPOTENCY_TTL)
            .map(|span| Self(Some(span)))
            .ok_or_else(|| "must be a duration of at least 24h, such as 90d or 720h, or forever".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lifetime_of_a_token_is_in_whole_seconds() {
        for lifetime in ["1ms", "999ms", "1500ms", "1.5s", "1m 0.25s"] {
            let error = lifetime.parse::<TokenLifetime>().unwrap_err();
            assert!(error.contains("at least 1s, in whole seconds"), "{lifetime}: {error}");
        }
        assert_eq!("1s".parse::<TokenLifetime>().unwrap().0, SignedDuration::from_secs(1));
    }

    #[test]
    fn an_interval_is_in_the_whole_milliseconds_that_clients_are_told() {
        let error = "100500us".parse::<Interval>().unwrap_err();
        assert!(error.contains("in whole milliseconds"), "{error}");
        assert_eq!("1501ms".parse::<Interval>().unwrap().0, Duration::from_millis(1501));
    }

    #[test]
    fn events_are_kept_while_idempotency_keys_refer_to_them() {
        for retention in ["1s", "23h", "1439m 59s"] {
            let error = retention.parse::<RetentionSetting>().unwrap_err();
            assert!(error.contains("at least 24h"), "{retention}: {error}");
        }
        assert_eq!("24h".parse::<RetentionSetting>().unwrap().0, Some(SignedDuration::from_hours(24)));
    }
}
