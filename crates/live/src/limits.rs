//! Limits on the open connections of one user and of one address.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
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

/// Counts one open connection until it is dropped.
pub struct ConnectionPermit {
    limits: Arc<ConnectionLimits>,
    user: UserId,
    address: IpAddr,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LimitReached {
    #[error("you have {0} live connections open, which is the limit: close one")]
    User(usize),
    #[error("your network has {0} live connections open, which is the limit")]
    Address(usize),
}

impl ConnectionLimits {
    /// The caller passes the /64 of an IPv6 address as the address.
    pub fn new(per_user: usize, per_address: usize) -> Arc<Self> {
        Arc::new(Self { per_user, per_address, counts: Mutex::default() })
    }

    pub fn acquire(
        self: &Arc<Self>,
        user: UserId,
        address: IpAddr,
    ) -> Result<ConnectionPermit, LimitReached> {
        let mut counts = lock(&self.counts);
        if counts.users.get(&user).is_some_and(|n| *n >= self.per_user) {
            return Err(LimitReached::User(self.per_user));
        }
        if counts.addresses.get(&address).is_some_and(|n| *n >= self.per_address) {
            return Err(LimitReached::Address(self.per_address));
        }
        *counts.users.entry(user.clone()).or_default() += 1;
        *counts.addresses.entry(address).or_default() += 1;
        counts.all += 1;
        Ok(ConnectionPermit { limits: Arc::clone(self), user, address })
    }

    /// The open connections, and how many users have them.
    pub fn count(&self) -> (usize, usize) {
        let counts = lock(&self.counts);
        (counts.all, counts.users.len())
    }
}

impl Drop for ConnectionPermit {
    fn drop(&mut self) {
        let mut counts = lock(&self.limits.counts);
        decrement(&mut counts.users, &self.user);
        decrement(&mut counts.addresses, &self.address);
        counts.all -= 1;
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
    fn a_user_and_an_address_have_a_limit_of_connections() {
        let limits = ConnectionLimits::new(2, 3);
        let user = |name: &str| UserId::new(name).unwrap();
        let home: IpAddr = "192.0.2.1".parse().unwrap();
        let first = limits.acquire(user("a"), home).ok().unwrap();
        let _second = limits.acquire(user("a"), home).ok().unwrap();
        assert_eq!(limits.acquire(user("a"), home).err(), Some(LimitReached::User(2)));
        let _third = limits.acquire(user("b"), home).ok().unwrap();
        assert_eq!(limits.acquire(user("b"), home).err(), Some(LimitReached::Address(3)));
        drop(first);
        assert!(limits.acquire(user("b"), home).is_ok());
        assert_eq!(limits.count(), (2, 2));
    }
}
