//! Signing in and out: sessions, their tokens and their cookie.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Response};
use eventlog::accounts::{AccountAnswer, AccountChange, AccountRefusal, NewSession, TokenHash, User};
use jiff::{SignedDuration, Timestamp};
use orders::text::Line;
use orders::{Role, StoreId, UserId};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::app::App;
use crate::auth::{Issuer, Principal, SessionId};
use crate::commands::not_committed;
use crate::problem::{Code, Problem};

/// Tokens of a session.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignedIn {
    /// Send it as `Authorization: Bearer …`.
    access_token: String,
    /// Exchanges for new tokens once. Store it where scripts of other pages cannot read it.
    refresh_token: String,
    /// Seconds until the access token expires.
    expires_in: i64,
    /// The account that signed in.
    user: Account,
}

/// An account.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// The account's id. Of a user of another system, the id there.
    #[serde(serialize_with = "UserId::serialize_subject")]
    pub id: UserId,
    /// The account's role.
    pub role: Role,
    /// The store they work for or order from.
    pub store_id: StoreId,
    /// The person's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

impl From<User> for Account {
    fn from(user: User) -> Self {
        Self { id: user.id, role: user.role, store_id: user.store, name: user.name, email: user.email }
    }
}

/// What the tokens of a session are made of.
pub struct SessionTokens {
    pub session: Uuid,
    /// The newest refresh token.
    pub refresh: String,
    /// When the access token was issued first. A repeated answer has the same access token.
    pub issued_at: Timestamp,
    /// When the session ends.
    pub ends_at: Timestamp,
}

/// A secret that is shown once, and its hash, which is stored.
pub struct OneTimeSecret {
    /// In base64url.
    pub text: String,
    pub hash: TokenHash,
}

impl OneTimeSecret {
    /// A new secret of 43 characters, from the operating system's random generator.
    pub fn fresh() -> Result<Self, Problem> {
        let mut bytes = [0; 32];
        SystemRandom::new().fill(&mut bytes).map_err(|error| Problem::internal(&error))?;
        let text = base64url(&bytes);
        Ok(Self { hash: Self::hash_of(&text), text })
    }

    /// The hash of a secret that a client sent.
    pub fn hash_of(text: &str) -> TokenHash {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, text.as_bytes()).as_ref());
        hash
    }
}

/// base64url without padding (RFC 4648, section 5).
pub(crate) fn base64url(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

impl App {
    /// Starts a session for a user whose password was verified against the hash in `user`. Refused with
    /// [`Code::InvalidCredentials`] if the account has another hash by now.
    pub async fn sign_in(&self, user: User, status: StatusCode, secure: bool) -> Result<Response, Problem> {
        let session = self.clock.uuid();
        let refresh = self.refresh_token(session)?;
        let now = self.now();
        let expires_at = later(now, self.settings.session_lifetime);
        let change = AccountChange::StartSession {
            user: user.id.clone(),
            verified: user.password_hash.clone(),
            session: NewSession { id: session, refresh: refresh.hash, expires_at },
        };
        let user = match self.account(change).await? {
            AccountAnswer::User(user) => user,
            AccountAnswer::Session { .. } | AccountAnswer::Done => user,
        };
        let tokens = SessionTokens { session, refresh: refresh.text, issued_at: now, ends_at: expires_at };
        self.signed_in(user, tokens, status, secure)
    }

    /// The first refresh token of a session.
    pub fn refresh_token(&self, session: Uuid) -> Result<OneTimeSecret, Problem> {
        let text = self.keys.mint_refresh(session).map_err(|error| Problem::internal(&error))?;
        Ok(OneTimeSecret { hash: OneTimeSecret::hash_of(&text), text })
    }

    /// The response to signing in or refreshing: tokens in the body, and the cookie.
    pub fn signed_in(
        &self,
        user: User,
        tokens: SessionTokens,
        status: StatusCode,
        secure: bool,
    ) -> Result<Response, Problem> {
        let now = self.now();
        self.revocations.cap(&user.id, now);
        let SessionTokens { issued_at, ends_at, .. } = tokens;
        let access_ends = later(issued_at, self.settings.access_token_lifetime).min(ends_at);
        let access_token = self.token(&user, &tokens, access_ends)?;
        let cookie_token = self.token(&user, &tokens, ends_at)?;
        let seconds = |until: Timestamp| until.duration_since(now).as_secs().max(0);
        let age = u32::try_from(seconds(ends_at)).unwrap_or(u32::MAX);
        let cookie = self.settings.cookies.set(&cookie_token, age, secure);
        let cookie = cookie.map_err(|error| Problem::internal(&error))?;
        let body = SignedIn {
            access_token,
            refresh_token: tokens.refresh,
            expires_in: seconds(access_ends),
            user: Account::from(user),
        };
        let mut response = (status, axum::Json(body)).into_response();
        response.headers_mut().insert(SET_COOKIE, cookie);
        set_no_store(&mut response);
        Ok(response)
    }

    /// An access token for a session.
    fn token(&self, user: &User, tokens: &SessionTokens, expires_at: Timestamp) -> Result<String, Problem> {
        let principal = Principal {
            user: user.id.clone(),
            role: user.role,
            store: user.store.clone(),
            name: user.name.as_deref().and_then(|name| Line::new(name).ok()),
            email: user.email.as_deref().and_then(|email| Line::new(email).ok()),
            session: Some(SessionId(tokens.session)),
            issued_at: Some(tokens.issued_at),
            expires_at: Some(expires_at),
            session_ends_at: Some(tokens.ends_at),
            issuer: Issuer::Local,
        };
        self.keys.mint(&principal).map_err(|error| Problem::internal(&error))
    }

    /// Changes an account. A refusal becomes a problem.
    pub async fn account(&self, change: AccountChange) -> Result<AccountAnswer, Problem> {
        self.writer.account(change).await.map_err(not_committed)?.map_err(|refusal| {
            if let AccountRefusal::SessionEnded { stolen: Some(session) } = &refusal {
                tracing::warn!(%session, "a refresh token was used twice; its session was ended");
                let until = later(self.now(), self.settings.session_lifetime);
                self.revocations.session_ended(*session, until);
            }
            account_problem(&refusal)
        })
    }
}

/// For responses with secrets.
pub fn set_no_store(response: &mut Response) {
    response.headers_mut().insert(axum::http::header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
}

fn account_problem(refusal: &AccountRefusal) -> Problem {
    let code = match refusal {
        AccountRefusal::EmailTaken => Code::EmailTaken,
        AccountRefusal::UnknownUser => Code::UserNotFound,
        AccountRefusal::PasswordChanged => Code::InvalidCredentials,
        AccountRefusal::SessionEnded { .. } => Code::SessionEnded,
        AccountRefusal::LinkInvalid => Code::LinkInvalid,
    };
    Problem::new(code)
}

/// Saturates at the largest time.
pub fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}
