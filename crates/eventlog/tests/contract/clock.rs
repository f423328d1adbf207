//! A clock that a test moves.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::{SignedDuration, Timestamp};
use ordercast_eventlog::Clock;
use uuid::Uuid;

/// Its ids are UUIDv7: they sort by time, and then by the order of the calls.
pub(crate) struct TestClock {
    now: Mutex<Timestamp>,
    ids: AtomicU64,
}

impl TestClock {
    pub(crate) fn new() -> Self {
        let noon = "2026-03-01T12:00:00Z".parse().unwrap();
        Self { now: Mutex::new(noon), ids: AtomicU64::new(0) }
    }

    /// Moves the clock forward, or back if `by` is negative.
    pub(crate) fn advance(&self, by: SignedDuration) {
        *self.now.lock().unwrap() += by;
    }

    pub(crate) fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    pub(crate) fn uuid(&self) -> Uuid {
        let mut random = [0; 10];
        random[2..].copy_from_slice(&self.ids.fetch_add(1, Ordering::Relaxed).to_be_bytes());
        let millis = u64::try_from(self.now().as_millisecond()).unwrap();
        uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        self.now()
    }

    fn uuid(&self) -> Uuid {
        self.uuid()
    }
}
