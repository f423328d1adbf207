//! The source of time and ids.

use jiff::Timestamp;
use uuid::Uuid;

/// Where the log takes the time and new ids from, so that a test can control both.
pub trait Clock: Send + Sync + 'static {
    fn now(&self) -> Timestamp;
    /// A new UUIDv7.
    fn uuid(&self) -> Uuid;
}
