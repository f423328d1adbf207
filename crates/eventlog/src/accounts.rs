//! Users who sign in: accounts, sessions, one-time links. Kept in the same database, written by the same writer.

mod refresh;

use jiff::Timestamp;
use orders::text::Line;
use orders::{Role, StoreId, UserId};
use serde::Serialize;
use uuid::Uuid;

pub use refresh::{ROTATION_GRACE, RefreshDecision, RefreshTokens};

/// A hash of a secret token. The token itself is never stored.
pub type TokenHash = [u8; 32];

/// An e-mail address, in lower case: the name under which somebody signs in.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Email(String);

/// The text is no e-mail address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be an e-mail address such as asha@example.com, at most 254 characters")]
pub struct InvalidEmail;

impl Email {
    /// Checks what a mail server would need: something, an `@`, a host; no spaces or control characters.
    pub fn new(text: &str) -> Result<Self, InvalidEmail> {
        let text = text.trim().to_lowercase();
        let (local, host) = text.rsplit_once('@').ok_or(InvalidEmail)?;
        let part =
            |part: &str| !part.is_empty() && !part.chars().any(|c| c.is_whitespace() || c.is_control());
        let host_ok = part(host)
            && host.split('.').all(|label| {
                let inner = label.chars().all(|c| c.is_alphanumeric() || c == '-');
                !label.is_empty()
                    && label.len() <= 63
                    && inner
                    && !label.starts_with('-')
                    && !label.ends_with('-')
            });
        let local_ok = part(local)
            && local.len() <= 64
            && !local.contains(['@', '<', '>', '(', ')', ',', ';', ':', '\\', '"', '[', ']'])
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..");
        if text.len() <= 254 && local_ok && host_ok { Ok(Self(text)) } else { Err(InvalidEmail) }
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Email {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Somebody the shop knows: a local account, or a user whose tokens are made elsewhere and who acted here once.
#[derive(Debug, Clone)]
pub struct User {
    /// Their id.
    pub id: UserId,
    /// What they are.
    pub role: Role,
    /// The store they work for or usually buy at.
    pub store: StoreId,
    /// Called.
    pub name: Option<String>,
    /// Reached at; local accounts sign in with it.
    pub email: Option<String>,
    /// Argon2id in PHC form; none for users from elsewhere.
    pub password_hash: Option<String>,
    /// Since when.
    pub created_at: Timestamp,
    /// Tokens issued before this moment are void.
    pub valid_after: Timestamp,
}

/// A session that may be refreshed.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// Its id, carried in its tokens.
    pub id: Uuid,
    /// The hash of its refresh token.
    pub refresh: TokenHash,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
}

/// A change to the accounts.
#[derive(Debug, Clone)]
pub enum AccountChange {
    /// Make a local account.
    CreateUser {
        /// The id it shall have.
        id: UserId,
        /// What they are.
        role: Role,
        /// Of which store.
        store: StoreId,
        /// Called.
        name: Line<120>,
        /// Signing in as.
        email: Email,
        /// Argon2id in PHC form.
        password_hash: String,
    },
    /// Another password. Ends every session of theirs.
    SetPassword {
        /// Whose.
        user: UserId,
        /// Argon2id in PHC form.
        password_hash: String,
    },
    /// The same password, hashed with today's parameters. Ends nothing.
    Rehash {
        /// Whose.
        user: UserId,
        /// Argon2id in PHC form.
        password_hash: String,
    },
    /// Signed in.
    StartSession {
        /// Who.
        user: UserId,
        /// The session.
        session: NewSession,
    },
    /// Swap a refresh token for a fresh one. Any but the session's newest was swapped before and has been stolen: the
    /// session ends.
    Refresh {
        /// The session that the token was made for, as its signature says.
        session: Uuid,
        /// The one that was sent: one that was made for this session, now or before.
        refresh: TokenHash,
        /// The one that takes its place.
        replacement: TokenHash,
    },
    /// Signed out.
    EndSession {
        /// Which session.
        session: Uuid,
    },
    /// A one-time link to set a new password.
    CreateReset {
        /// For whom.
        user: UserId,
        /// The hash of the link's token.
        token: TokenHash,
        /// When it ends.
        expires_at: Timestamp,
    },
    /// The link was followed.
    UseReset {
        /// The hash of the link's token.
        token: TokenHash,
        /// Argon2id in PHC form.
        password_hash: String,
    },
}

/// What came of a change.
#[derive(Debug, Clone)]
pub enum AccountAnswer {
    /// Done; the account it concerned.
    User(User),
    /// Refreshed: the account, the session's id, and when it ends.
    Session {
        /// Whose.
        user: User,
        /// Which.
        session: Uuid,
        /// When it ends at the latest.
        expires_at: Timestamp,
    },
    /// Done.
    Done,
}

/// Why a change was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccountRefusal {
    /// Somebody has an account with this address.
    #[error("an account with this e-mail address exists already")]
    EmailTaken,
    /// Nobody has this id.
    #[error("there is no such user")]
    UnknownUser,
    /// The session ended, or never was.
    #[error("the session has ended, sign in again")]
    SessionEnded {
        /// The session that ends now, because its refresh token came twice.
        stolen: Option<Uuid>,
    },
    /// The link was used, is too old, or never was.
    #[error("this link was used already or is too old: ask for a new one")]
    LinkInvalid,
}

/// What ended before its tokens did. Checked on every request, so it is kept in memory; bounded by the number of
/// sessions that ended within the life of a token.
#[derive(Debug, Clone, Default)]
pub struct Revoked {
    /// Sessions that ended early, and when their tokens would have.
    pub sessions: Vec<(Uuid, Timestamp)>,
    /// Users whose tokens are void if they were issued before that moment.
    pub users: Vec<(UserId, Timestamp)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_email_address_is_one_a_mail_server_would_take() {
        assert_eq!(Email::new(" Asha@Example.COM ").unwrap().as_str(), "asha@example.com");
        for good in ["a@b", "a.b+c@d-e.fr", "o'neil@x.io", "ü@münchen.de"] {
            assert!(Email::new(good).is_ok(), "{good}");
        }
        for bad in [
            "", "a", "@b", "a@", "a b@c", "a@b c", "a@b..c", "a@-b", ".a@b", "a\n@b", "a@b\nc", "<a@b>",
            "a@@b",
        ] {
            assert_eq!(Email::new(bad), Err(InvalidEmail), "{bad:?}");
        }
        assert!(Email::new(&format!("{}@b", "x".repeat(65))).is_err());
    }
}
