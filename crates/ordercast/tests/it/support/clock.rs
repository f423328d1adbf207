//! A clock that a test moves.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use eventlog::Clock;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

/// The system clock plus an offset. Tokens that the tests sign use the system's time.
#[derive(Debug, Default)]
pub(crate) struct AdjustableClock {
    millis: AtomicI64,
    broken: AtomicBool,
    writer_broken: AtomicBool,
}

impl AdjustableClock {
    pub(crate) fn advance(&self, by: SignedDuration) {
        self.millis.fetch_add(i64::try_from(by.as_millis()).unwrap(), Ordering::SeqCst);
    }

    /// From now on, a request handler that asks for an id panics. The writer does not.
    pub(crate) fn break_ids(&self, broken: bool) {
        self.broken.store(broken, Ordering::SeqCst);
    }

    /// From now on, the writer panics when it asks for an id.
    pub(crate) fn break_writer(&self) {
        self.writer_broken.store(true, Ordering::SeqCst);
    }
}

impl Clock for AdjustableClock {
    fn now(&self) -> Timestamp {
        ordercast::clock::now() + SignedDuration::from_millis(self.millis.load(Ordering::SeqCst))
    }

    fn uuid(&self) -> Uuid {
        let writes = std::thread::current().name() == Some("writer");
        let broken = if writes { &self.writer_broken } else { &self.broken };
        assert!(!broken.load(Ordering::SeqCst), "simulated bug");
        ordercast::clock::uuid()
    }
}
