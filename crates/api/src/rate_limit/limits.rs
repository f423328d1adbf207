//! The rate limits of the HTTP API.

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use orders::UserId;

use super::{LimiterClock, MAX_KEYS, Rate, RateLimiter, RetryAfter};
use crate::client_address::{AddressBucket, Network};

/// The rates that an operator configures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimitSettings {
    /// Requests from one address by clients that are not signed in. An office or a mobile network may share one.
    pub address: Rate,
    /// Requests of one account, from any address.
    pub account: Rate,
    /// Failed attempts to sign in to one account from one address.
    pub sign_in: Rate,
}

/// How many times as many failures one account may have, from all addresses together. Otherwise anybody could keep the
/// owner from signing in.
const ACCOUNT_FACTOR: u32 = 10;
/// One address may fail for, and create, this many times as many accounts. Many people share the address of an office or a
/// mobile network.
const ADDRESS_FACTOR: u32 = 3;

/// An e-mail address, hashed: any text that a client sends takes the same memory.
type EmailHash = [u8; 32];

/// All rate limits and their state.
#[derive(Debug)]
pub struct RateLimits {
    address: RateLimiter<AddressBucket>,
    account: RateLimiter<UserId>,
    sign_in: RateLimiter<(Network, EmailHash)>,
    sign_in_address: RateLimiter<Network>,
    sign_in_account: RateLimiter<EmailHash>,
    guess: RateLimiter<Network>,
    registration: RateLimiter<Network>,
}

/// An attempt to sign in, counted as a failure until it is [forgiven](Self::forgive).
#[derive(Debug)]
#[must_use]
pub struct SignInAttempt<'a> {
    limits: &'a RateLimits,
    address: AddressBucket,
    email: EmailHash,
    /// Whether it counts as another account for the address.
    is_new_for_address: bool,
}

impl SignInAttempt<'_> {
    /// Takes the attempt back: the password was right, or was not checked.
    pub fn forgive(self) {
        self.limits.sign_in_account.give_back(&self.email);
        self.give_back_to_address();
    }

    fn give_back_to_address(&self) {
        self.limits.sign_in.give_back(&(self.address.network(), self.email));
        if self.is_new_for_address {
            self.limits.sign_in_address.give_back(&self.address.network());
        }
    }
}

impl RateLimits {
    pub fn new(rates: &RateLimitSettings, clock: &LimiterClock) -> Self {
        Self {
            address: RateLimiter::new(rates.address, MAX_KEYS, clock.clone()),
            account: RateLimiter::new(rates.account, MAX_KEYS, clock.clone()),
            sign_in: RateLimiter::new(rates.sign_in, MAX_KEYS, clock.clone()),
            sign_in_address: RateLimiter::new(rates.sign_in.times(ADDRESS_FACTOR), MAX_KEYS, clock.clone()),
            sign_in_account: RateLimiter::new(rates.sign_in.times(ACCOUNT_FACTOR), MAX_KEYS, clock.clone()),
            guess: RateLimiter::new(rates.sign_in, MAX_KEYS, clock.clone()),
            registration: RateLimiter::new(rates.sign_in.times(ADDRESS_FACTOR), MAX_KEYS, clock.clone()),
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
    /// The address is checked first, so that one address that tries many accounts does not lock out their owners. Repeated
    /// failures for one account count once for the address, so that they do not lock out the other people behind it.
    pub fn check_sign_in(
        &self,
        address: AddressBucket,
        email: &str,
    ) -> Result<SignInAttempt<'_>, RetryAfter> {
        let email = hash_of(email);
        let is_new_for_address = self.sign_in.take(&(address.network(), email))?.was_empty;
        let pair = SignInAttempt { limits: self, address, email, is_new_for_address: false };
        if is_new_for_address && let Err(wait) = self.sign_in_address.check(&address.network()) {
            pair.give_back_to_address();
            return Err(wait);
        }
        let attempt = SignInAttempt { is_new_for_address, ..pair };
        if let Err(wait) = self.sign_in_account.check(&email) {
            attempt.give_back_to_address();
            return Err(wait);
        }
        Ok(attempt)
    }

    /// Counts an attempt to guess a secret that names no account, such as a link for a new password. It does not count as a
    /// failed sign-in.
    pub fn check_guess(&self, address: AddressBucket) -> Result<(), RetryAfter> {
        self.guess.check(&address.network())
    }

    /// Counts a new account, whose password costs time to hash.
    pub fn check_registration(&self, address: AddressBucket) -> Result<(), RetryAfter> {
        self.registration.check(&address.network())
    }

    pub fn remove_idle(&self) {
        self.address.remove_idle();
        self.account.remove_idle();
        self.sign_in.remove_idle();
        self.sign_in_address.remove_idle();
        self.sign_in_account.remove_idle();
        self.guess.remove_idle();
        self.registration.remove_idle();
    }

    /// Number of keys in memory, over all limits.
    pub fn keys(&self) -> usize {
        self.address.keys()
            + self.account.keys()
            + self.sign_in.keys()
            + self.sign_in_address.keys()
            + self.sign_in_account.keys()
            + self.guess.keys()
            + self.registration.keys()
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

fn hash_of(email: &str) -> EmailHash {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, email.trim().to_lowercase().as_bytes()).as_ref());
    hash
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
            sign_in: "4/min".parse().unwrap(),
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
        let fail = |ip: &str, email: &str| limits.check_sign_in(address(ip), email).map(|_| ());
        // One address, one account. Its owner, at another address, is let in.
        assert_eq!((0..50).filter(|_| fail("203.0.113.1", "asha@example.com").is_ok()).count(), 4);
        assert_eq!(fail("203.0.113.1", " ASHA@example.com"), Err(RetryAfter(15)));
        assert_eq!(fail("203.0.113.2", "asha@example.com"), Ok(()));
        assert_eq!(fail("203.0.113.1", "ben@example.com"), Ok(()), "others behind the address are let in");
        // One address, many accounts.
        let guesses = (0..50).filter(|n| fail("203.0.113.9", &format!("user{n}@example.com")).is_ok());
        assert_eq!(guesses.count(), 12);
        assert!(fail("203.0.113.9", "user15@example.com").is_err(), "also when it tries again");
        // Many addresses, one account.
        let guesses = (0..250).filter(|n| fail(&format!("198.51.100.{n}"), "cleo@example.com").is_ok());
        assert_eq!(guesses.count(), 40);
        // All addresses of a /48 count as one, because providers give a whole /48 to one customer.
        let guesses = (0..250).filter(|n| fail(&format!("2001:db8:1:{n:x}::1"), "dara@example.com").is_ok());
        assert_eq!(guesses.count(), 4);
        assert_eq!(fail("2001:db8:2::1", "dara@example.com"), Ok(()));
        assert_eq!(fail("2001:db8:1::1", "ben@example.com"), Ok(()));
        // Guesses of links do not count as failed sign-ins.
        assert_eq!((0..9).filter(|_| limits.check_guess(address("203.0.113.5")).is_ok()).count(), 4);
        assert_eq!(fail("203.0.113.5", "ben@example.com"), Ok(()));
        clock.advance(Duration::from_mins(2));
        assert_eq!(fail("203.0.113.1", "asha@example.com"), Ok(()));
    }

    #[test]
    fn signing_in_does_not_count() {
        let (limits, _) = limits();
        for n in 0..1000 {
            let email = format!("user{}@example.com", n % 100);
            limits.check_sign_in(address("203.0.113.1"), &email).unwrap().forgive();
        }
        // It takes no failure back either.
        for _ in 0..3 {
            let _ = limits.check_sign_in(address("203.0.113.1"), "asha@example.com").unwrap();
        }
        limits.check_sign_in(address("203.0.113.1"), "asha@example.com").unwrap().forgive();
        let _ = limits.check_sign_in(address("203.0.113.1"), "asha@example.com").unwrap();
        assert!(limits.check_sign_in(address("203.0.113.1"), "asha@example.com").is_err());
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
