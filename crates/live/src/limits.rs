//! How many connections one user, or one address, may hold.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use orders::UserId;

/// Counts open connections.
pub struct ConnectionLimits {
    per_user: usize,
    per_address: usize,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    users: HashMap<UserId, usize>,
    addresses: HashMap<IpAddr, usize>,
    all: usize,
}

/// One connection's place. Freed when it is dropped.
pub struct Place {
    limits: Arc<ConnectionLimits>,
    user: UserId,
    address: IpAddr,
}

/// Too many already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TooMany {
    /// Of this user.
    #[error("you have {0} live connections open already, the most there may be: close one")]
    OfUser(usize),
    /// From this address.
    #[error("your network has {0} live connections open already, the most there may be")]
    OfAddress(usize),
}

impl ConnectionLimits {
    /// So many of one user, so many from one address (an IPv6 address counts with its /64).
    pub fn new(per_user: usize, per_address: usize) -> Arc<Self> {
        Arc::new(Self { per_user, per_address, open: Mutex::default() })
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a place, or says which limit is reached.
    pub fn enter(self: &Arc<Self>, user: UserId, address: IpAddr) -> Result<Place, TooMany> {
        let mut open = self.open();
        if open.users.get(&user).is_some_and(|n| *n >= self.per_user) {
            return Err(TooMany::OfUser(self.per_user));
        }
        if open.addresses.get(&address).is_some_and(|n| *n >= self.per_address) {
            return Err(TooMany::OfAddress(self.per_address));
        }
        *open.users.entry(user.clone()).or_default() += 1;
        *open.addresses.entry(address).or_default() += 1;
        open.all += 1;
        Ok(Place { limits: Arc::clone(self), user, address })
    }

    /// Connections open now, and users they belong to.
    pub fn count(&self) -> (usize, usize) {
        let open = self.open();
        (open.all, open.users.len())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.limits.open();
        leave(&mut open.users, &self.user);
        leave(&mut open.addresses, &self.address);
        open.all -= 1;
    }
}

fn leave<K: Eq + Hash>(counts: &mut HashMap<K, usize>, key: &K) {
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
    fn d14_a_user_and_an_address_hold_only_so_many_connections() {
        let limits = ConnectionLimits::new(2, 3);
        let user = |name: &str| UserId::new(name).unwrap();
        let home: IpAddr = "192.0.2.1".parse().unwrap();
        let first = limits.enter(user("a"), home).ok().unwrap();
        let _second = limits.enter(user("a"), home).ok().unwrap();
        assert_eq!(limits.enter(user("a"), home).err(), Some(TooMany::OfUser(2)));
        let _third = limits.enter(user("b"), home).ok().unwrap();
        assert_eq!(limits.enter(user("b"), home).err(), Some(TooMany::OfAddress(3)));
        drop(first);
        assert!(limits.enter(user("b"), home).is_ok());
        assert_eq!(limits.count(), (2, 2));
    }
}
