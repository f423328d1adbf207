//! Sessions that ended before their tokens expired. Kept in memory, because every request checks them.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use eventlog::accounts::Revoked;
use jiff::Timestamp;
use orders::UserId;
use tokio::sync::watch;
use uuid::Uuid;

use crate::auth::{Issuer, Principal};

pub struct Revocations {
    revoked: RwLock<RevokedSet>,
    /// Counts the changes. Live connections check their session when it changes.
    changes: watch::Sender<u64>,
}

#[derive(Default, PartialEq)]
struct RevokedSet {
    sessions: HashMap<Uuid, Timestamp>,
    users: HashMap<UserId, Timestamp>,
}

impl Default for Revocations {
    fn default() -> Self {
        Self { revoked: RwLock::default(), changes: watch::Sender::new(0) }
    }
}

impl Revocations {
    /// Replaces the state with that of the database, which other processes may have changed. `as_of` is the value of
    /// [`changes`](Self::changes) before the database was read. If it changed since, `stored` may lack what was revoked
    /// in between, and nothing is replaced.
    pub fn replace(&self, as_of: u64, stored: Revoked) {
        let fresh = RevokedSet {
            sessions: stored.sessions.into_iter().collect(),
            users: stored.users.into_iter().collect(),
        };
        let mut revoked = self.revoked.write().unwrap_or_else(PoisonError::into_inner);
        if *self.changes.borrow() == as_of && *revoked != fresh {
            *revoked = fresh;
            self.changes.send_modify(|n| *n += 1);
        }
    }

    /// The present value of [`changes`](Self::changes).
    pub fn version(&self) -> u64 {
        *self.changes.borrow()
    }

    /// Records that a session ended. Its tokens expire at `until` at the latest.
    pub fn session_ended(&self, session: Uuid, until: Timestamp) {
        self.change(|revoked| {
            revoked.sessions.insert(session, until);
        });
    }

    /// Revokes every token of a user that was issued before `at`.
    pub fn user_signed_out(&self, user: UserId, at: Timestamp) {
        self.change(|revoked| {
            revoked.users.insert(user, at);
        });
    }

    /// Takes back a revocation in the future, which the database took back: the clock was ahead when it was made.
    pub fn cap(&self, user: &UserId, now: Timestamp) {
        let is_ahead = |revoked: &RevokedSet| revoked.users.get(user).is_some_and(|after| *after > now);
        if is_ahead(&self.revoked.read().unwrap_or_else(PoisonError::into_inner)) {
            self.user_signed_out(user.clone(), now);
        }
    }

    fn change(&self, change: impl FnOnce(&mut RevokedSet)) {
        let mut revoked = self.revoked.write().unwrap_or_else(PoisonError::into_inner);
        change(&mut revoked);
        // With the lock held, so that `replace` sees both or neither.
        self.changes.send_modify(|n| *n += 1);
    }

    /// Whether a token was revoked. Tokens of other systems cannot be.
    pub fn is_revoked(&self, principal: &Principal) -> bool {
        if principal.issuer != Issuer::Local {
            return false;
        }
        let revoked = self.revoked.read().unwrap_or_else(PoisonError::into_inner);
        let ended = principal.session.is_some_and(|session| revoked.sessions.contains_key(&session.0));
        // A token's time of issue is in whole seconds.
        let void = revoked.users.get(&principal.user).is_some_and(|after| {
            principal.issued_at.is_none_or(|issued| issued.as_second() < after.as_second())
        });
        ended || void
    }

    /// Changes with every revocation.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use orders::{Role, StoreId};

    use super::*;
    use crate::auth::SessionId;

    const SESSION: Uuid = Uuid::from_u128(1);

    fn asha() -> Principal {
        Principal {
            user: UserId::new("asha").unwrap(),
            role: Role::Customer,
            store: StoreId::main(),
            name: None,
            email: None,
            session: Some(SessionId(SESSION)),
            issued_at: Some(Timestamp::UNIX_EPOCH),
            expires_at: None,
            session_ends_at: None,
            issuer: Issuer::Local,
        }
    }

    #[test]
    fn what_the_database_did_not_know_when_it_was_read_stays_revoked() {
        let end_session: fn(&Revocations) = |revocations| revocations.session_ended(SESSION, Timestamp::MAX);
        let sign_out: fn(&Revocations) =
            |revocations| revocations.user_signed_out(asha().user, Timestamp::MAX);
        for revoke in [end_session, sign_out] {
            let revocations = Revocations::default();
            let (as_of, stored) = (revocations.version(), Revoked::default());
            revoke(&revocations);
            revocations.replace(as_of, stored);
            assert!(revocations.is_revoked(&asha()));
            revocations.replace(revocations.version(), Revoked::default());
            assert!(!revocations.is_revoked(&asha()), "the database has forgotten it since");
        }
    }

    #[test]
    fn what_another_process_revoked_is_a_change() {
        let revocations = Revocations::default();
        let stored = Revoked { sessions: vec![(SESSION, Timestamp::MAX)], users: Vec::new() };
        revocations.replace(revocations.version(), stored.clone());
        assert!(revocations.is_revoked(&asha()));
        let version = revocations.version();
        assert_eq!(version, 1);
        revocations.replace(version, stored);
        assert_eq!(revocations.version(), version, "nothing is new");
    }
}
