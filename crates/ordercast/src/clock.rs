//! The only module that reads the system's clock and randomness. Other code receives times and ids.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

/// The time in whole milliseconds, the precision in which times are stored and sent.
#[expect(clippy::disallowed_methods, reason = "this is the clock that everybody else is handed")]
pub fn now() -> Timestamp {
    whole_milliseconds(Timestamp::now())
}

/// A new UUIDv7. Ids sort by the time at which they were generated.
#[expect(clippy::disallowed_methods, reason = "this is the source of ids that everybody else is handed")]
pub fn uuid() -> Uuid {
    Uuid::now_v7()
}

/// A new UUIDv7 that sorts at another time, for orders that are entered late. Times before 1970 count as 1970.
pub fn uuid_at(at: Timestamp) -> Uuid {
    let since = std::time::Duration::try_from(at.duration_since(Timestamp::UNIX_EPOCH)).unwrap_or_default();
    Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, since.as_secs(), since.subsec_nanos()))
}

/// Random bytes from the operating system, suitable for secrets.
///
/// # Panics
///
/// If the operating system returns none.
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// Random bytes as text: base64url without padding.
pub fn random_text<const N: usize>() -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(random_bytes::<N>())
}

/// The clock of the event log: system time and system randomness.
#[derive(Debug, Clone, Copy)]
pub struct System;

impl eventlog::Clock for System {
    fn now(&self) -> Timestamp {
        now()
    }

    fn uuid(&self) -> Uuid {
        uuid()
    }
}

/// How often to look whether the clock was set.
const WATCH_EVERY: Duration = Duration::from_secs(10);
/// A clock that differs by less was adjusted, not set.
const TOLERANCE: SignedDuration = SignedDuration::from_mins(1);

/// Logs when the clock was set while the server runs. Never returns.
pub async fn watch(clock: Arc<dyn eventlog::Clock>) {
    let (mut began, mut at) = (tokio::time::Instant::now(), clock.now());
    loop {
        tokio::time::sleep(WATCH_EVERY).await;
        let (later, now) = (tokio::time::Instant::now(), clock.now());
        if let Some(by) = jump(at, now, later.duration_since(began)) {
            let way = if by.is_negative() { "back" } else { "forward" };
            tracing::warn!(
                %now, by = %format_args!("{:#}", by.abs()),
                "the clock was set {way}, or the machine was suspended; sessions, links and event times follow the clock"
            );
        }
        (began, at) = (later, now);
    }
}

/// By how much the clock was set between two readings that are `elapsed` apart.
fn jump(before: Timestamp, now: Timestamp, elapsed: Duration) -> Option<SignedDuration> {
    let elapsed = SignedDuration::try_from(elapsed).ok()?;
    let by = now.duration_since(before).checked_sub(elapsed)?;
    (by.abs() > TOLERANCE).then_some(by)
}

fn whole_milliseconds(at: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_whole_milliseconds() {
        let at: Timestamp = "2026-11-21T01:33:00.123456789Z".parse().unwrap();
        assert_eq!(whole_milliseconds(at).to_string(), "2026-11-21T01:33:00.123Z");
        assert_eq!(now().subsec_nanosecond() % 1_000_000, 0);
    }

    #[test]
    fn a_clock_that_was_set_is_noticed() {
        let (noon, ten) = (Timestamp::UNIX_EPOCH, Duration::from_secs(10));
        let after =
            |seconds| jump(noon, noon + SignedDuration::from_secs(seconds), ten).map(|by| by.as_secs());
        assert_eq!(after(10), None);
        assert_eq!((after(69), after(-49)), (None, None), "adjusted");
        assert_eq!((after(7210), after(-7190)), (Some(7200), Some(-7200)));
    }

    #[test]
    fn an_id_sorts_where_its_time_is() {
        let at = |text: &str| uuid_at(text.parse().unwrap());
        assert!(at("2026-01-01T00:00:00Z") < at("2026-01-01T00:00:01Z"));
        assert!(at("2026-01-01T00:00:00Z") < uuid());
        assert_eq!(at("1960-01-01T00:00:00Z").get_version_num(), 7);
    }
}
