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
    /// Replaces the state with that of the database, which other processes may have changed.
    pub fn replace(&self, stored: Revoked) {
        let fresh = RevokedSet {
            sessions: stored.sessions.into_iter().collect(),
            users: stored.users.into_iter().collect(),
        };
        let mut revoked = self.revoked.write().unwrap_or_else(PoisonError::into_inner);
        if *revoked != fresh {
            *revoked = fresh;
            drop(revoked);
            self.changes.send_modify(|n| *n += 1);
        }
    }

    /// Records that a session ended. Its tokens expire at `until` at the latest.
    pub fn session_ended(&self, session: Uuid, until: Timestamp) {
        self.revoked.write().unwrap_or_else(PoisonError::into_inner).sessions.insert(session, until);
        self.changes.send_modify(|n| *n += 1);
    }

    /// Revokes every token of a user that was issued before `at`.
    pub fn user_signed_out(&self, user: UserId, at: Timestamp) {
        self.revoked.write().unwrap_or_else(PoisonError::into_inner).users.insert(user, at);
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
