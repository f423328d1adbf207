use std::fmt;

use jiff::Timestamp;
use orders::text::Line;
use orders::{Actor, Role, StoreId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// A session. Signing out revokes it and all its tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[schema(value_type = String, format = Uuid)]
#[serde(transparent)]
pub struct SessionId(pub Uuid);

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Issuer {
    /// Ordercast. The user is a local account.
    Local,
    /// Another system that shares the secret. The user id is `issuer|subject`, and there may be no account.
    External,
}

/// The user of a verified token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    pub user: UserId,
    /// From the token's `role` claim only.
    pub role: Role,
    /// For staff, the store they work for.
    pub store: StoreId,
    pub name: Option<Line<120>>,
    /// As the issuer states it. Grants no rights.
    pub email: Option<Line<254>>,
    /// For local tokens.
    pub session: Option<SessionId>,
    pub issued_at: Option<Timestamp>,
    /// `None` only if tokens without expiry are allowed.
    pub expires_at: Option<Timestamp>,
    /// When the session of a local token ends.
    pub session_ends_at: Option<Timestamp>,
    pub issuer: Issuer,
}

/// How long a token is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lifetime {
    /// Until the token expires.
    Token,
    /// As long as its session, for live connections and polling: pages that keep the token from sign-in and never refresh
    /// it stay live. A token without a session is accepted until it expires.
    Session,
}

impl Principal {
    /// When the token is no longer accepted; `None` if it never expires.
    pub fn ends_at(&self, lifetime: Lifetime) -> Option<Timestamp> {
        match lifetime {
            Lifetime::Token => self.expires_at,
            Lifetime::Session => self.session_ends_at.or(self.expires_at),
        }
    }

    /// The user as an actor of the domain.
    pub fn actor(&self) -> Actor {
        Actor::from_role(self.role, self.user.clone(), self.store.clone())
    }
}
