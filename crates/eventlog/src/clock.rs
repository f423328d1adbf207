//! Time and randomness, handed in.

use jiff::Timestamp;
use uuid::Uuid;

/// Where the log takes the time and fresh ids from. The binary gives it the real ones, a test its own.
pub trait Clock: Send + Sync + 'static {
    /// Now, in whole milliseconds.
    fn now(&self) -> Timestamp;
    /// A fresh UUIDv7.
    fn uuid(&self) -> Uuid;
}
