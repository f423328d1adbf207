//! The rate limits of the HTTP API.

use std::sync::Arc;
use std::time::Duration;

use orders::UserId;

use super::{LimiterClock, MAX_KEYS, Rate, RateLimiter, RetryAfter};
use crate::client_address::AddressBucket;

/// The rates that an operator configures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimitSettings {
    /// Requests from one address, signed in or not. An office or a mobile network may share one.
    pub address: Rate,
    /// Requests of one account, from any address.
    pub account: Rate,
    /// Attempts to sign in from one address.
    pub sign_in_address: Rate,
    /// Attempts to sign in to one account, from any address.
    pub sign_in_email: Rate,
}

/// All rate limits and their state.
#[derive(Debug)]
pub struct RateLimits {
    address: RateLimiter<AddressBucket>,
    account: RateLimiter<UserId>,
    sign_in_address: RateLimiter<AddressBucket>,
    sign_in_email: RateLimiter<Box<str>>,
}

impl RateLimits {
    pub fn new(rates: &RateLimitSettings, clock: &LimiterClock) -> Self {
        Self {
            address: RateLimiter::new(rates.address, MAX_KEYS, clock.clone()),
            account: RateLimiter::new(rates.account, MAX_KEYS, clock.clone()),
            sign_in_address: RateLimiter::new(rates.sign_in_address, MAX_KEYS, clock.clone()),
            sign_in_email: RateLimiter::new(rates.sign_in_email, MAX_KEYS, clock.clone()),
        }
    }

    pub fn check_address(&self, address: AddressBucket) -> Result<(), RetryAfter> {
        self.address.check(&address)
    }

    pub fn check_account(&self, user: &UserId) -> Result<(), RetryAfter> {
        self.account.check(user)
    }

    /// Counts an attempt to sign in, before the password is checked.
    ///
    /// The address is checked first, so that one address that tries many accounts does not lock out their owners.
    pub fn check_sign_in(&self, address: AddressBucket, email: &str) -> Result<(), RetryAfter> {
        self.sign_in_address.check(&address)?;
        // 254 characters is the longest address (RFC 5321). Longer input is no account's, so its prefix is enough.
        let email: String = email.trim().chars().take(254).flat_map(char::to_lowercase).collect();
        self.sign_in_email.check(&email.into())
    }

    /// Counts an attempt to guess a secret that names no account, such as a link for a new password.
    pub fn check_guess(&self, address: AddressBucket) -> Result<(), RetryAfter> {
        self.sign_in_address.check(&address)
    }

    pub fn remove_idle(&self) {
        self.address.remove_idle();
        self.account.remove_idle();
        self.sign_in_address.remove_idle();
        self.sign_in_email.remove_idle();
    }

    /// Number of keys in memory, over all limits.
    pub fn keys(&self) -> usize {
        self.address.keys() + self.account.keys() + self.sign_in_address.keys() + self.sign_in_email.keys()
    }

    /// Removes idle keys at an interval. Never returns.
    pub async fn remove_idle_periodically(self: Arc<Self>, every: Duration) {
        let mut interval = tokio::time::interval(every);
        interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            interval.tick().await;
            self.remove_idle();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::FakeRelativeClock;
    use super::*;

    fn limits() -> (RateLimits, FakeRelativeClock) {
        let clock = FakeRelativeClock::default();
        let rates = RateLimitSettings {
            address: "3/s".parse().unwrap(),
            account: "2/s".parse().unwrap(),
            sign_in_address: "4/min".parse().unwrap(),
            sign_in_email: "2/min".parse().unwrap(),
        };
        (RateLimits::new(&rates, &LimiterClock::Manual(clock.clone())), clock)
    }

    fn address(ip: &str) -> AddressBucket {
        AddressBucket::of(ip.parse().unwrap())
    }

    #[test]
    fn addresses_and_accounts_are_counted_apart() {
        let (limits, _) = limits();
        let user = UserId::new("42").unwrap();
        assert_eq!((0..9).filter(|_| limits.check_address(address("2001:db8::1")).is_ok()).count(), 3);
        assert!(limits.check_address(address("2001:db8::2")).is_err(), "the same /64");
        assert!(limits.check_address(address("2001:db8:0:1::")).is_ok());
        assert_eq!((0..9).filter(|_| limits.check_account(&user).is_ok()).count(), 2);
    }

    #[test]
    fn guessing_is_slow_for_an_address_and_for_an_account() {
        let (limits, clock) = limits();
        let sign_in = |ip: &str, email: &str| limits.check_sign_in(address(ip), email);
        assert_eq!(sign_in("203.0.113.1", "asha@example.com"), Ok(()));
        assert_eq!(sign_in("203.0.113.2", " ASHA@example.com"), Ok(()));
        assert_eq!(
            sign_in("203.0.113.3", "asha@example.com"),
            Err(RetryAfter(30)),
            "many addresses, one account"
        );
        let guesses = (0..50).filter(|n| sign_in("203.0.113.9", &format!("user{n}@example.com")).is_ok());
        assert_eq!(guesses.count(), 4, "one address, many accounts");
        clock.advance(Duration::from_mins(2));
        assert_eq!(sign_in("203.0.113.3", "asha@example.com"), Ok(()));
    }

    #[test]
    fn a_long_address_is_not_remembered_whole() {
        let (limits, _) = limits();
        let long = "x".repeat(1_000_000);
        assert_eq!(limits.check_sign_in(address("203.0.113.1"), &long), Ok(()));
        assert_eq!(limits.check_sign_in(address("203.0.113.1"), &format!("{long}@")), Ok(()));
        assert!(
            limits.check_sign_in(address("203.0.113.1"), &long[..999]).is_err(),
            "only the prefix counts"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn the_sweep_forgets_who_is_idle() {
        let (limits, clock) = limits();
        let limits = Arc::new(limits);
        limits.check_account(&UserId::new("42").unwrap()).unwrap();
        assert_eq!(limits.keys(), 1);
        clock.advance(Duration::from_mins(1));
        let sweep = tokio::time::timeout(
            Duration::from_secs(25),
            Arc::clone(&limits).remove_idle_periodically(Duration::from_secs(10)),
        );
        assert!(sweep.await.is_err(), "it never returns");
        assert_eq!(limits.keys(), 0);
    }
}
