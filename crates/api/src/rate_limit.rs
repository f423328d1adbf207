//! Rate limits.
//!
//! - [`Rate`]: `600/min`, `20/s burst 40`, `off`, as an operator writes it.
//! - [`RateLimiter`]: one rate for each of many keys, in bounded memory.
//! - [`RateLimits`]: all limits of the HTTP API.
//!
//! A limit is a leaky bucket (GCRA): the burst is its size, and the rate is how fast it refills.

mod buckets;
mod limits;
mod rate;

use std::hash::Hash;
use std::time::Duration;

use governor::clock::{Clock, MonotonicClock};
use governor::nanos::Nanos;

use crate::problem::{Code, Problem};
use buckets::{Buckets, Taken};

pub use governor::clock::FakeRelativeClock;
pub use limits::{RateLimitSettings, RateLimits, SignInAttempt};
pub use rate::{InvalidRate, Period, Rate};

/// Keys that one limiter remembers, which take a few megabytes. With more, the ones unused for longest are forgotten.
pub const MAX_KEYS: usize = 100_000;

/// The limit is exceeded. Retry after this many seconds, at least 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("too many requests; try again in {0} s")]
pub struct RetryAfter(pub u64);

impl From<RetryAfter> for Problem {
    fn from(RetryAfter(seconds): RetryAfter) -> Self {
        Self::new(Code::RateLimited).retry_after(seconds)
    }
}

/// A monotonic clock: setting the system's time must not change a limit.
#[derive(Debug, Clone)]
pub enum LimiterClock {
    /// The system's monotonic clock, counted from this instant.
    Machine(<MonotonicClock as Clock>::Instant),
    /// A clock that a test moves.
    Manual(FakeRelativeClock),
}

impl LimiterClock {
    pub fn machine() -> Self {
        Self::Machine(MonotonicClock.now())
    }
}

impl Clock for LimiterClock {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        match self {
            Self::Machine(start) => MonotonicClock.now().duration_since(*start).into(),
            Self::Manual(clock) => clock.now(),
        }
    }
}

/// One rate, applied to each key separately.
#[derive(Debug)]
pub struct RateLimiter<K: Hash + Eq + Clone> {
    /// `None`: no limit.
    buckets: Option<Buckets<K>>,
    clock: LimiterClock,
}

impl<K: Hash + Eq + Clone> RateLimiter<K> {
    pub fn new(rate: Rate, max_keys: usize, clock: LimiterClock) -> Self {
        Self { buckets: rate.quota().map(|quota| Buckets::new(quota, max_keys)), clock }
    }

    /// Counts one request of a key.
    pub fn check(&self, key: &K) -> Result<(), RetryAfter> {
        self.take(key).map(|_| ())
    }

    fn take(&self, key: &K) -> Result<Taken, RetryAfter> {
        let Some(buckets) = &self.buckets else { return Ok(Taken { was_empty: true }) };
        buckets.take(key, self.now()).map_err(|wait| RetryAfter(whole_seconds(wait)))
    }

    /// Takes back one request that was counted.
    fn give_back(&self, key: &K) {
        if let Some(buckets) = &self.buckets {
            buckets.give_back(key);
        }
    }

    /// Removes keys whose bucket is empty; a removed key behaves like a new one.
    pub fn remove_idle(&self) {
        if let Some(buckets) = &self.buckets {
            buckets.remove_empty(self.now());
        }
    }

    /// Number of keys in memory.
    pub fn keys(&self) -> usize {
        self.buckets.as_ref().map_or(0, Buckets::len)
    }

    fn now(&self) -> u64 {
        self.clock.now().as_u64()
    }
}

/// Rounded up, so that a client that waits this long is accepted.
fn whole_seconds(wait: Duration) -> u64 {
    (wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiter(rate: &str, max_keys: usize) -> (RateLimiter<u32>, FakeRelativeClock) {
        let clock = FakeRelativeClock::default();
        (RateLimiter::new(rate.parse().unwrap(), max_keys, LimiterClock::Manual(clock.clone())), clock)
    }

    #[test]
    fn the_burst_passes_and_then_the_rate() {
        let (limiter, clock) = limiter("2/s burst 5", 10);
        assert_eq!((0..10).filter(|_| limiter.check(&1).is_ok()).count(), 5);
        assert_eq!(limiter.check(&2), Ok(()), "keys do not share");
        clock.advance(Duration::from_millis(500));
        assert_eq!(limiter.check(&1), Ok(()));
        assert_eq!(limiter.check(&1), Err(RetryAfter(1)));
        clock.advance(Duration::from_mins(1));
        assert_eq!(
            (0..10).filter(|_| limiter.check(&1).is_ok()).count(),
            5,
            "no more than the burst is saved up"
        );
    }

    /// Sends requests until one is refused.
    fn allowed(limiter: &RateLimiter<u32>) -> u32 {
        (0..u32::MAX).find(|_| limiter.check(&1).is_err()).unwrap()
    }

    #[test]
    fn every_accepted_rate_lets_through_its_burst_and_then_no_more_than_its_count() {
        for (rate, period, burst, count) in [
            ("1000000/s", Duration::from_secs(1), 1_000_000, 1_000_000),
            ("999983/s burst 1000000", Duration::from_secs(1), 1_000_000, 999_000),
            ("1000000/h burst 1000", Duration::from_hours(1), 1_000, 1_000),
            ("1/h burst 100000", Duration::from_hours(1), 100_000, 1),
            ("7/s", Duration::from_secs(1), 7, 6),
            ("3/min burst 5", Duration::from_mins(1), 5, 3),
        ] {
            let (limiter, clock) = limiter(rate, 1);
            assert_eq!(allowed(&limiter), burst, "{rate}: the burst");
            clock.advance(period);
            assert_eq!(allowed(&limiter), count, "{rate}: one period later");
        }
    }

    #[test]
    fn the_largest_rate_is_enforced_from_one_request_to_the_next() {
        let (limiter, clock) = limiter("1000000/s burst 1", 1);
        assert_eq!(limiter.check(&1), Ok(()));
        for _ in 0..1000 {
            clock.advance(Duration::from_nanos(999));
            assert!(limiter.check(&1).is_err());
            clock.advance(Duration::from_nanos(1));
            assert_eq!(limiter.check(&1), Ok(()));
        }
    }

    #[test]
    fn whoever_waits_as_told_is_let_in() {
        let (limiter, clock) = limiter("1/min burst 1", 10);
        assert_eq!(limiter.check(&1), Ok(()));
        assert_eq!(limiter.check(&1), Err(RetryAfter(60)));
        clock.advance(Duration::from_millis(57_500));
        assert_eq!(limiter.check(&1), Err(RetryAfter(3)));
        clock.advance(Duration::from_secs(3));
        assert_eq!(limiter.check(&1), Ok(()));
    }

    #[test]
    fn asking_while_over_the_limit_costs_nothing_more() {
        let (limiter, clock) = limiter("1/s burst 1", 10);
        assert_eq!(limiter.check(&1), Ok(()));
        for _ in 0..1000 {
            assert!(limiter.check(&1).is_err());
        }
        clock.advance(Duration::from_secs(1));
        assert_eq!(limiter.check(&1), Ok(()));
    }

    #[test]
    fn a_flood_of_new_keys_is_bounded_and_refuses_no_stranger() {
        let (limiter, clock) = limiter("1/min burst 2", 1000);
        assert_eq!(allowed(&limiter), 2);
        for key in 2..100_000 {
            assert_eq!(limiter.check(&key), Ok(()), "each stranger has a bucket of its own: {key}");
            assert!(limiter.keys() <= 1000);
            if key % 400 == 0 {
                assert!(limiter.check(&1).is_err(), "who keeps coming is not forgotten");
            }
        }
        clock.advance(Duration::from_mins(5));
        limiter.remove_idle();
        assert_eq!(limiter.keys(), 0, "empty buckets are removed");
    }

    #[test]
    fn a_request_that_is_given_back_does_not_count() {
        let (limiter, _) = limiter("1/min burst 3", 10);
        for _ in 0..100 {
            assert!(limiter.take(&1).unwrap().was_empty);
            limiter.give_back(&1);
        }
        assert_eq!(allowed(&limiter), 3);
        limiter.give_back(&2);
        assert_eq!(limiter.check(&2), Ok(()));
    }

    #[test]
    fn off_counts_nobody() {
        let (limiter, _) = limiter("off", 1);
        assert!((0..10_000).all(|_| limiter.check(&1).is_ok()));
        limiter.remove_idle();
        assert_eq!(limiter.keys(), 0);
    }

    #[test]
    fn the_machine_s_clock_moves() {
        let ticks = LimiterClock::machine();
        let (one, other) = (ticks.now(), ticks.now());
        assert!(one <= other && other < Nanos::from(Duration::from_mins(1)));
    }

    #[test]
    fn a_429_says_how_long() {
        let problem = Problem::from(RetryAfter(7));
        assert_eq!((problem.code(), problem.status_code().as_u16()), (Code::RateLimited, 429));
        assert_eq!(problem.members()["retryAfter"], 7);
    }
}
