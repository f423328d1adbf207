//! Limits on the open connections of one user, and on those of one address that are not signed in yet.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use orders::UserId;

use crate::sync::lock;

pub struct ConnectionLimits {
    per_user: usize,
    per_address: usize,
    counts: Mutex<Counts>,
}

#[derive(Default)]
struct Counts {
    users: HashMap<UserId, usize>,
    addresses: HashMap<IpAddr, usize>,
    all: usize,
}

/// Counts one open connection of a user until it is dropped.
pub struct ConnectionPermit {
    limits: Arc<ConnectionLimits>,
    user: UserId,
    /// The connection that the user signed in on.
    connection: Option<Arc<AnonymousPermit>>,
}

/// Counts one open connection against the limit of its address while nobody is signed in on it. Ends when dropped.
pub struct AnonymousPermit {
    limits: Arc<ConnectionLimits>,
    address: IpAddr,
    /// Changes while the counts are locked.
    signed_in: AtomicUsize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LimitReached {
    #[error("you have {0} live connections open, which is the limit: close one")]
    User(usize),
    #[error("your network has {0} connections open that are not signed in, which is the limit")]
    Address(usize),
}

impl ConnectionLimits {
    pub fn new(per_user: usize, per_address: usize) -> Arc<Self> {
        Arc::new(Self { per_user, per_address, counts: Mutex::default() })
    }

    /// A connection of a signed-in user. People who share an address do not share a limit.
    pub fn acquire(self: &Arc<Self>, user: UserId) -> Result<ConnectionPermit, LimitReached> {
        self.count_user(&mut lock(&self.counts), &user)?;
        Ok(ConnectionPermit { limits: Arc::clone(self), user, connection: None })
    }

    fn count_user(&self, counts: &mut Counts, user: &UserId) -> Result<(), LimitReached> {
        if counts.users.get(user).is_some_and(|n| *n >= self.per_user) {
            return Err(LimitReached::User(self.per_user));
        }
        *counts.users.entry(user.clone()).or_default() += 1;
        counts.all += 1;
        Ok(())
    }

    /// A connection that is not signed in yet. The caller passes the /64 of an IPv6 address as the address.
    pub fn acquire_anonymous(
        self: &Arc<Self>,
        address: IpAddr,
    ) -> Result<Arc<AnonymousPermit>, LimitReached> {
        let mut counts = lock(&self.counts);
        if counts.addresses.get(&address).is_some_and(|n| *n >= self.per_address) {
            return Err(LimitReached::Address(self.per_address));
        }
        *counts.addresses.entry(address).or_default() += 1;
        Ok(Arc::new(AnonymousPermit { limits: Arc::clone(self), address, signed_in: AtomicUsize::new(0) }))
    }

    /// The open connections of users, and how many users have them.
    pub fn count(&self) -> (usize, usize) {
        let counts = lock(&self.counts);
        (counts.all, counts.users.len())
    }
}

impl AnonymousPermit {
    /// Signs a user in on the connection. The connection counts for its address again if the returned permit is dropped while
    /// the connection is still open.
    pub fn sign_in(self: &Arc<Self>, user: UserId) -> Result<ConnectionPermit, LimitReached> {
        let mut counts = lock(&self.limits.counts);
        self.limits.count_user(&mut counts, &user)?;
        if self.signed_in.fetch_add(1, Ordering::Relaxed) == 0 {
            decrement(&mut counts.addresses, &self.address);
        }
        Ok(ConnectionPermit { limits: Arc::clone(&self.limits), user, connection: Some(Arc::clone(self)) })
    }
}

impl Drop for ConnectionPermit {
    fn drop(&mut self) {
        let mut counts = lock(&self.limits.counts);
        decrement(&mut counts.users, &self.user);
        counts.all -= 1;
        if let Some(connection) = &self.connection
            && connection.signed_in.fetch_sub(1, Ordering::Relaxed) == 1
        {
            *counts.addresses.entry(connection.address).or_default() += 1;
        }
    }
}

impl Drop for AnonymousPermit {
    fn drop(&mut self) {
        // Nobody is signed in, because a user's permit would keep this permit alive.
        decrement(&mut lock(&self.limits.counts).addresses, &self.address);
    }
}

fn decrement<K: Eq + Hash>(counts: &mut HashMap<K, usize>, key: &K) {
    if let Some(n) = counts.get_mut(key) {
        *n -= 1;
        if *n == 0 {
            counts.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_and_addresses_of_strangers_have_a_limit_of_connections() {
        let limits = ConnectionLimits::new(2, 3);
        let user = |name: &str| UserId::new(name).unwrap();
        let first = limits.acquire(user("a")).ok().unwrap();
        let _second = limits.acquire(user("a")).ok().unwrap();
        assert_eq!(limits.acquire(user("a")).err(), Some(LimitReached::User(2)));
        let others: Vec<_> = (0..100).map(|n| limits.acquire(user(&format!("b{n}"))).ok().unwrap()).collect();
        assert_eq!(limits.count(), (102, 101));
        drop((first, others));
        assert!(limits.acquire(user("a")).is_ok());
        let home: IpAddr = "192.0.2.1".parse().unwrap();
        let mut strangers: Vec<_> = (0..3).map(|_| limits.acquire_anonymous(home).ok().unwrap()).collect();
        assert_eq!(limits.acquire_anonymous(home).err(), Some(LimitReached::Address(3)));
        assert!(limits.acquire_anonymous("192.0.2.2".parse().unwrap()).is_ok());
        strangers.pop();
        assert!(limits.acquire_anonymous(home).is_ok());
        assert_eq!(limits.count(), (1, 1));
    }

    #[test]
    fn a_connection_that_its_user_left_counts_for_its_address_again() {
        let limits = ConnectionLimits::new(2, 1);
        let (user, home) = (UserId::new("a").unwrap(), "192.0.2.1".parse().unwrap());
        let open = || limits.acquire_anonymous(home).ok();
        let connection = open().unwrap();
        assert!(open().is_none());
        // The user signs in on two namespaces of the connection.
        let one = connection.sign_in(user.clone()).ok().unwrap();
        let other = connection.sign_in(user.clone()).ok().unwrap();
        assert_eq!(connection.sign_in(user).err(), Some(LimitReached::User(2)));
        assert_eq!(limits.count(), (2, 1));
        drop(open().unwrap());
        drop(one);
        drop(open().unwrap());
        drop(other);
        assert!(open().is_none());
        assert_eq!(limits.count(), (0, 0));
        drop(connection);
        assert!(open().is_some());
        assert!(lock(&limits.counts).addresses.is_empty());
    }
}
