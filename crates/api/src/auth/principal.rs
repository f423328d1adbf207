//! Somebody whose token was verified.

use std::fmt;

use jiff::Timestamp;
use orders::text::Line;
use orders::{Actor, Role, StoreId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// One sign-in. Signing out revokes it, and with it every token that names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[schema(value_type = String, format = Uuid)]
#[serde(transparent)]
pub struct SessionId(pub Uuid);

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Who made a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Issuer {
    /// Ordercast, at a sign-in. The user is an account of ours.
    Local,
    /// Somebody who shares the secret. The user is `issuer|subject`, and there may be no account.
    External,
}

/// A person, as a verified token describes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// Who.
    pub user: UserId,
    /// What they are. From the token's `role` and from nothing else (row X1).
    pub role: Role,
    /// For staff, the store they work for.
    pub store: StoreId,
    /// What to call them.
    pub name: Option<Line<120>>,
    /// Their e-mail address, as the issuer knows it; it gives no rights.
    pub email: Option<Line<254>>,
    /// The sign-in, for a token of ours.
    pub session: Option<SessionId>,
    /// When the token was made, where it says so.
    pub issued_at: Option<Timestamp>,
    /// When it ends. `None` only where tokens without an end are allowed.
    pub expires_at: Option<Timestamp>,
    /// Who made the token.
    pub issuer: Issuer,
}

impl Principal {
    /// Them as an actor of the domain.
    pub fn actor(&self) -> Actor {
        Actor::from_role(self.role, self.user.clone(), self.store.clone())
    }
}
