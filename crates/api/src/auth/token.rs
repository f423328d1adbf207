//! Access tokens: JSON web tokens (RFC 7519), signed with HS256 and the deployment's secret.
//!
//! Two kinds are accepted. Local tokens have `iss: ordercast` and name a session. Others come from a shop's own
//! sign-in, which shares the secret. Their users are named `issuer|subject`, so that none can be a local account.
//!
//! The audience (`aud`) is not checked, because any holder of the shared secret could set it.

mod cache;
mod claims;

use std::fmt;
use std::sync::Arc;

use axum::http::HeaderValue;
use axum::http::header::WWW_AUTHENTICATE;
use jiff::Timestamp;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use orders::StoreId;
use orders::id::InvalidId;
use orders::text::Line;
use serde::Serialize;
use uuid::Uuid;

use self::cache::TokenCache;
use self::claims::TokenClaims;
use super::principal::{Lifetime, Principal, SessionId};
use super::refresh::RefreshKey;
use super::seal::Seal;
use crate::problem::{Code, Problem};

/// The issuer of local tokens.
pub const ISSUER: &str = "ordercast";

/// The issuer in the user id, for a token that names none.
pub const UNNAMED_ISSUER: &str = "jwt";

pub const MAX_TOKEN_BYTES: usize = 4096;

/// RFC 7518, section 3.2: a key for HS256 is at least as long as the hash.
const STRONG_SECRET_BYTES: usize = 32;

/// What is accepted of tokens of other systems.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TokenOptions {
    /// Accept tokens without `exp`. They are valid until the secret changes, so this is off by default.
    pub allow_tokens_without_expiry: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the token secret is empty; set JWT_SECRET to 32 random bytes or more")]
pub struct EmptySecret;

#[derive(Debug, thiserror::Error)]
pub enum MintError {
    /// Local tokens need a session, a time of issue and an expiry.
    #[error("a local token needs a session, a time of issue and an expiry")]
    Incomplete,
    #[error("cannot sign a token")]
    Signing(#[from] jsonwebtoken::errors::Error),
}

/// Why a token is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    #[error("the token is longer than {MAX_TOKEN_BYTES} bytes")]
    TooLong,
    /// Not three parts of base64url and JSON.
    #[error("the token is not a JSON web token")]
    Malformed,
    /// Another algorithm than HS256, or none.
    #[error("the token is not signed with HS256")]
    Algorithm,
    /// A header that changes how the token must be read (RFC 7515 `crit`, RFC 7797 `b64`).
    #[error("the token needs an extension that is not supported")]
    Extension,
    #[error("the token's signature does not match")]
    Signature,
    #[error("the token has expired")]
    Expired,
    #[error("the token is not valid yet")]
    NotYet,
    #[error("the token has no `exp`")]
    NoExpiry,
    #[error(
        "the token names no user: it has no `sub`, `id`, `_id`, `userId`, `userID`, `user_id` or `uid`, and no object `user` or `data` with one of them"
    )]
    NoSubject,
    /// A time that is only plausible in another unit.
    #[error("the token's `{claim}` must be in seconds since 1970, not in {unit}; divide it by {divisor}")]
    NotSeconds { claim: &'static str, unit: &'static str, divisor: u32 },
    /// The subject is not a valid user id.
    #[error("the token's subject is invalid: {0}")]
    Subject(#[from] InvalidId),
    /// A claim is invalid.
    #[error("the token's `{0}` is invalid: {rule}", rule = rule_of(.0))]
    Claim(&'static str),
}

/// The rule for a claim, as the error message states it.
fn rule_of(claim: &str) -> &'static str {
    match claim {
        "role" | "roles" | "userRole" | "user_role" => {
            "a role is customer, user, staff, admin, store_owner or driver, as a text or in a list"
        }
        "store" | "storeId" | "store_id" => StoreId::RULE,
        "exp" | "iat" | "nbf" | "session_exp" => "a time is a number of seconds since 1970",
        "sub" => "a user's id is a text or a whole number",
        "sid" => "a token of this server names its session",
        _ => "it must be a text",
    }
}

impl From<TokenError> for Problem {
    fn from(error: TokenError) -> Self {
        let code = if error == TokenError::Expired { Code::TokenExpired } else { Code::InvalidToken };
        // RFC 6750, section 3.1.
        Self::new(code)
            .detail(format!("Sign in again: {error}."))
            .header(WWW_AUTHENTICATE, HeaderValue::from_static(r#"Bearer error="invalid_token""#))
    }
}

/// The keys derived from the secret.
#[derive(Clone)]
pub struct TokenKeys {
    signing: EncodingKey,
    verifying: DecodingKey,
    refresh: RefreshKey,
    validation: Validation,
    options: TokenOptions,
    secret_is_short: bool,
    seal: Seal,
    cache: Arc<TokenCache>,
}

impl TokenKeys {
    /// Accepts a secret of any length except 0, because shops bring their own.
    pub fn new(secret: &[u8], options: TokenOptions) -> Result<Self, EmptySecret> {
        if secret.is_empty() {
            return Err(EmptySecret);
        }
        // The library would use the system's clock. `claims` checks the times against the time it is given.
        let mut validation = Validation::new(Algorithm::HS256);
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_nbf = false;
        validation.validate_aud = false;
        Ok(Self {
            signing: EncodingKey::from_secret(secret),
            verifying: DecodingKey::from_secret(secret),
            refresh: RefreshKey::derive(secret),
            validation,
            options,
            secret_is_short: secret.len() < STRONG_SECRET_BYTES,
            seal: Seal::new(secret),
            cache: Arc::default(),
        })
    }

    /// Whether an operator should be warned: a short secret can be guessed from one token.
    pub fn secret_is_short(&self) -> bool {
        self.secret_is_short
    }

    /// The seal, with another key derived from the same secret.
    pub fn seal(&self) -> &Seal {
        &self.seal
    }

    /// Creates a local token, which [`verify`](Self::verify) reads back as this principal.
    pub fn mint(&self, principal: &Principal) -> Result<String, MintError> {
        let Principal { user, role, store, name, email, session, issued_at, expires_at, .. } = principal;
        let (Some(session), Some(issued_at), Some(expires_at)) = (session, issued_at, expires_at) else {
            return Err(MintError::Incomplete);
        };
        let claims = LocalClaims {
            iss: ISSUER,
            sub: user.as_str(),
            role: role.name(),
            store: store.as_str(),
            name: name.as_ref().map(Line::as_str),
            email: email.as_ref().map(Line::as_str),
            sid: *session,
            iat: issued_at.as_second(),
            exp: expires_at.as_second(),
            session_exp: principal.session_ends_at.map(Timestamp::as_second),
        };
        Ok(jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.signing)?)
    }

    /// Creates a refresh token for a session.
    pub fn mint_refresh(&self, session: Uuid) -> Result<String, aws_lc_rs::error::Unspecified> {
        self.refresh.mint(session)
    }

    /// The refresh token that replaces a genuine one: always the same, so that a repeated refresh gets the same answer.
    pub fn next_refresh(&self, session: Uuid, token: &str) -> String {
        self.refresh.successor(session, token)
    }

    /// The session of a genuine refresh token, used or not; `None` for any other text.
    pub fn session_of_refresh(&self, token: &str) -> Option<Uuid> {
        self.refresh.session(token)
    }

    /// The user of a token that has not expired at the given time.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<Principal, TokenError> {
        self.verify_for(Lifetime::Token, token, now)
    }

    /// The user of a token that is accepted at the given time.
    ///
    /// A verified token is cached by its hash, which takes a quarter of the time. Its expiry is checked every time.
    pub fn verify_for(
        &self,
        lifetime: Lifetime,
        token: &str,
        now: Timestamp,
    ) -> Result<Principal, TokenError> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(TokenError::TooLong);
        }
        let hash = cache::hash(token);
        if let Some(principal) = self.cache.get(&hash, lifetime, now) {
            return Ok(principal);
        }
        let principal = self.verify_uncached(lifetime, token, now)?;
        self.cache.insert(hash, &principal, now);
        Ok(principal)
    }

    fn verify_uncached(
        &self,
        lifetime: Lifetime,
        token: &str,
        now: Timestamp,
    ) -> Result<Principal, TokenError> {
        let decoded = jsonwebtoken::decode::<TokenClaims>(token, &self.verifying, &self.validation)
            .map_err(|error| token_error(token, error.kind()))?;
        let header = &decoded.header;
        if header.crit.is_some() || header.extras.inner().contains_key("b64") || header.zip.is_some() {
            return Err(TokenError::Extension);
        }
        decoded.claims.validate(self.options, lifetime, now)
    }
}

impl fmt::Debug for TokenKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenKeys").field("options", &self.options).finish_non_exhaustive()
    }
}

#[cold]
fn token_error(token: &str, kind: &ErrorKind) -> TokenError {
    match kind {
        ErrorKind::InvalidSignature => TokenError::Signature,
        ErrorKind::InvalidAlgorithm | ErrorKind::MissingAlgorithm | ErrorKind::UnsupportedAlgorithm => {
            TokenError::Algorithm
        }
        // The library does not parse a header with an unknown algorithm, such as `none`.
        ErrorKind::Json(_) if jsonwebtoken::decode_header(token).is_err() => TokenError::Algorithm,
        _ => TokenError::Malformed,
    }
}

#[derive(Serialize)]
struct LocalClaims<'a> {
    iss: &'a str,
    sub: &'a str,
    role: &'a str,
    store: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    sid: SessionId,
    iat: i64,
    exp: i64,
    /// When the session ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    session_exp: Option<i64>,
}

#[cfg(test)]
mod tests;
