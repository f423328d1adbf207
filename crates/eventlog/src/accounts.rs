//! Accounts of users who sign in: passwords, sessions, password reset links. Written by the same writer as orders.

mod refresh;

use icu_normalizer::ComposingNormalizerBorrowed;
use jiff::Timestamp;
use orders::text::{Line, without_format};
use orders::{Role, StoreId, UserId};
use serde::Serialize;
use uuid::Uuid;

pub use refresh::{RECENT_ROTATIONS, ROTATION_GRACE, RefreshDecision, RefreshTokens};

/// A hash of a secret token. The token itself is never stored.
pub type TokenHash = [u8; 32];

/// An e-mail address in lower case and NFC: macOS may type `é` as two characters, and a phone as one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Email(String);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be an e-mail address such as asha@example.com, at most 254 characters")]
pub struct InvalidEmail;

impl Email {
    /// Accepts what a mail server would: a local part, an `@` and a host, without spaces or control characters.
    pub fn new(text: &str) -> Result<Self, InvalidEmail> {
        // Programs add invisible characters when somebody copies an address from them.
        let text = without_format(text).trim().to_lowercase();
        let text = ComposingNormalizerBorrowed::new_nfc().normalize(&text).into_owned();
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

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Email {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A local account, or an external user: one whose tokens another issuer makes, and who acted here once.
#[derive(Debug, Clone)]
pub struct User {
    pub id: UserId,
    pub role: Role,
    /// The store that staff work for. Of a customer, the store of their token or of their first order.
    pub store: StoreId,
    pub name: Option<String>,
    /// Local accounts sign in with it.
    pub email: Option<String>,
    /// Argon2id in PHC form; `None` for external users.
    pub password_hash: Option<String>,
    pub created_at: Timestamp,
    /// Tokens issued before this time are revoked.
    pub valid_after: Timestamp,
}

/// A session to start.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// Its tokens carry this id.
    pub id: Uuid,
    /// The hash of its refresh token.
    pub refresh: TokenHash,
    pub expires_at: Timestamp,
}

/// A change to accounts and sessions. Password hashes are Argon2id in PHC form.
#[derive(Debug, Clone)]
pub enum AccountChange {
    CreateUser {
        id: UserId,
        role: Role,
        store: StoreId,
        name: Line<120>,
        email: Email,
        password_hash: String,
    },
    /// Ends every session of the user.
    SetPassword {
        user: UserId,
        password_hash: String,
    },
    /// Replaces the hash of an unchanged password, after the hashing parameters changed. Ends no session.
    Rehash {
        user: UserId,
        /// The hash that the password was verified against. Refused if the account has another one by now.
        verified: String,
        password_hash: String,
    },
    StartSession {
        user: UserId,
        /// The hash that the password was verified against. Refused if the account has another one by now: the password
        /// may have been changed in between. `None` for a session that an operator starts without a password.
        verified: Option<String>,
        session: NewSession,
    },
    /// Replaces a refresh token. A token that was replaced before has been stolen, and ends the session: see
    /// [`RefreshTokens`].
    Refresh {
        /// From the token, whose signature the caller has verified.
        session: Uuid,
        /// The token that was sent. It was issued for this session.
        refresh: TokenHash,
        /// The next [`RECENT_ROTATIONS`] tokens that follow from the sent token, in order. The first one replaces it.
        successors: Vec<TokenHash>,
    },
    EndSession {
        session: Uuid,
    },
    /// Creates a single-use link to set a new password.
    CreateReset {
        user: UserId,
        token: TokenHash,
        expires_at: Timestamp,
    },
    /// Sets a new password with such a link. Ends every session of the user.
    UseReset {
        token: TokenHash,
        password_hash: String,
    },
}

/// The result of an [`AccountChange`].
#[derive(Debug, Clone)]
pub enum AccountAnswer {
    /// The account that was changed.
    User(User),
    /// A refreshed session.
    Session {
        user: User,
        session: Uuid,
        /// The index of the session's newest refresh token in `successors`.
        successor: usize,
        /// When the newest token was made. In the past if the refresh was repeated.
        refreshed_at: Timestamp,
        expires_at: Timestamp,
    },
    /// Done, with nothing to return.
    Done,
}

/// Why an [`AccountChange`] was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccountRefusal {
    #[error("an account with this e-mail address exists already")]
    EmailTaken,
    #[error("there is no such user")]
    UnknownUser,
    /// The account has another password hash than the one that was verified.
    #[error("the password was changed in the meantime, sign in again")]
    PasswordChanged,
    #[error("the session has ended, sign in again")]
    SessionEnded {
        /// The session that this request ended, because its refresh token was stolen.
        stolen: Option<Uuid>,
    },
    /// The link was used, has expired, or never existed.
    #[error("this link was used already or is too old: ask for a new one")]
    LinkInvalid,
}

/// Sessions and users whose tokens were revoked. Every request checks them, so they are kept in memory. A session is in the
/// list until it is deleted: at most the lifetime of a session and two weeks.
#[derive(Debug, Clone, Default)]
pub struct Revoked {
    /// Sessions that ended early, and when their tokens expire. Expired ones stay in the list, because the clock may be set back.
    pub sessions: Vec<(Uuid, Timestamp)>,
    /// Users, and the time before which their tokens were issued.
    pub users: Vec<(UserId, Timestamp)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_email_address_is_one_a_mail_server_would_take() {
        assert_eq!(Email::new(" Asha@Example.COM ").unwrap().as_str(), "asha@example.com");
        assert_eq!(
            Email::new("\u{202a}asha\u{200b}@example.com\u{202c}").unwrap().as_str(),
            "asha@example.com"
        );
        for (typed, composed) in [
            ("Jose\u{301}@example.com", "jos\u{e9}@example.com"),
            ("a@mu\u{308}ller.example", "a@m\u{fc}ller.example"),
        ] {
            assert_eq!(Email::new(typed), Email::new(composed), "{typed}");
            assert_eq!(Email::new(typed).unwrap().as_str(), composed);
        }
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
