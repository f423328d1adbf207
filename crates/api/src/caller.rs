//! The authenticated user of a request.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, Uri};
use eventlog::{ExternalUser, Inbox, Topic};
use orders::{Actor, Role, StoreId, UserId};

use crate::app::AppState;
use crate::auth::cookie::CookieSameSite;
use crate::auth::origin::{Purpose, is_cross_site};
use crate::auth::{Credential, Issuer, Lifetime, Principal, TokenError};
use crate::client_address::ClientAddress;
use crate::problem::{Code, Problem};

/// An authenticated user: the token is valid, the session has not ended, the page may use the cookie, and the
/// account is within its rate limit. A handler that takes a `Caller` cannot run without one.
#[derive(Debug, Clone)]
pub struct Caller {
    pub principal: Principal,
}

/// A [`Caller`] of a page that keeps the token from sign-in: it follows orders by a stream or by polling, or signs out. The
/// token counts as long as its session.
#[derive(Debug, Clone)]
pub struct LiveCaller(pub Caller);

/// A user who may be signed in. An invalid bearer token is an error all the same. Of cookies, which browsers send by
/// themselves, an invalid one counts as none: it must not close what is open to everybody.
#[derive(Debug, Clone)]
pub struct MaybeCaller(pub Option<Caller>);

/// A [`Caller`] who is staff of a store.
#[derive(Debug, Clone)]
pub struct Staff {
    pub caller: Caller,
}

/// [`Staff`] on a page that keeps the token from sign-in, like [`LiveCaller`].
#[derive(Debug, Clone)]
pub struct LiveStaff(pub Staff);

impl Caller {
    /// The caller as an actor of the domain.
    pub fn actor(&self) -> Actor {
        self.principal.actor()
    }

    /// Their inbox. Each role of a person has its own.
    pub fn inbox(&self) -> Inbox {
        let Principal { user, role, store, .. } = &self.principal;
        Inbox::of_user(*role, user.clone(), store)
    }

    /// The orders they may list and subscribe to.
    pub fn topic(&self) -> Topic {
        let Principal { user, role, store, .. } = &self.principal;
        Topic::of_user(*role, user, store)
    }

    /// What the token says about a user of another system, to be stored for staff to see.
    pub fn external_user(&self) -> Option<ExternalUser> {
        let Principal { user, role, store, name, email, .. } = &self.principal;
        (self.principal.issuer == Issuer::External).then(|| ExternalUser {
            user: user.clone(),
            role: *role,
            store: store.clone(),
            name: name.as_ref().map(|name| name.as_str().to_owned()),
            email: email.as_ref().map(|email| email.as_str().to_owned()),
        })
    }
}

impl Staff {
    fn of(caller: Caller) -> Result<Self, Problem> {
        if caller.principal.role == Role::Staff {
            return Ok(Self { caller });
        }
        Err(Problem::new(Code::Forbidden).detail("Only the store's staff can do this."))
    }

    /// The store that the caller works for.
    pub fn store(&self) -> &StoreId {
        &self.caller.principal.store
    }
}

/// The client's address, as found by the middleware, or computed if it did not run.
pub(crate) fn address(parts: &Parts, app: &AppState) -> ClientAddress {
    if let Some(address) = parts.extensions.get::<ClientAddress>() {
        return *address;
    }
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map_or(IpAddr::from([127, 0, 0, 1]), |ConnectInfo(peer)| peer.ip());
    ClientAddress::resolve(peer, &parts.headers, &app.trusted_proxies)
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        authenticate(parts, app, Lifetime::Token)?
            .ok_or_else(|| unauthenticated(cookie_is_kept_back(parts, app)))
    }
}

impl FromRequestParts<AppState> for LiveCaller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        let caller = authenticate(parts, app, Lifetime::Session)?;
        caller.map(Self).ok_or_else(|| unauthenticated(cookie_is_kept_back(parts, app)))
    }
}

impl FromRequestParts<AppState> for MaybeCaller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        match authenticate(parts, app, Lifetime::Token) {
            Err(problem) if is_dead(problem.code()) && !has_bearer(&parts.headers, app) => Ok(Self(None)),
            caller => caller.map(Self),
        }
    }
}

/// Whether a problem says that a token is not accepted.
fn is_dead(code: Code) -> bool {
    matches!(code, Code::InvalidToken | Code::TokenExpired | Code::SessionEnded)
}

fn has_bearer(headers: &HeaderMap, app: &AppState) -> bool {
    Credential::all(headers, &app.settings.cookies).any(|credential| !credential.is_ambient())
}

impl FromRequestParts<AppState> for Staff {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        Self::of(Caller::from_request_parts(parts, app).await?)
    }
}

impl FromRequestParts<AppState> for LiveStaff {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        let LiveCaller(caller) = LiveCaller::from_request_parts(parts, app).await?;
        Staff::of(caller).map(Self)
    }
}

/// Whether a browser may have the session cookie and not send it, because the page is on another site.
pub(crate) fn cookie_is_kept_back(parts: &Parts, app: &AppState) -> bool {
    app.settings.cookies.same_site == CookieSameSite::Lax && is_cross_site(&parts.headers, &parts.uri)
}

/// The problem of a request without a token.
pub(crate) fn unauthenticated(cookie_is_kept_back: bool) -> Problem {
    let problem = Problem::new(Code::Unauthenticated);
    if cookie_is_kept_back { problem.detail(CROSS_SITE_HINT) } else { problem }
}

/// What a page of another site can do.
const CROSS_SITE_HINT: &str = "This page is on another site than the server, so the browser keeps the session cookie \
    back. Send a token as `Authorization: Bearer`, or as `auth.token` of Socket.IO. Or let the operator set \
    `cookie_same_site` to `none`, which needs TLS, and add the page's origin to CORS_ORIGIN.";

/// The first credential of a request that is accepted, and its user; `None` if it has none. If none is accepted, the error
/// is the first one's.
pub(crate) fn verified<'a>(
    headers: &'a HeaderMap,
    app: &AppState,
    lifetime: Lifetime,
) -> Result<Option<(Credential<'a>, Principal)>, DeadToken> {
    let mut first_error = None;
    for credential in Credential::all(headers, &app.settings.cookies) {
        match verify(credential.token(), app, lifetime) {
            Ok(principal) => return Ok(Some((credential, principal))),
            Err(error) => first_error = first_error.or(Some(error)),
        }
    }
    first_error.map_or(Ok(None), Err)
}

/// The user of a token, if its session has not ended.
pub(crate) fn verify(token: &str, app: &AppState, lifetime: Lifetime) -> Result<Principal, DeadToken> {
    let principal = app.keys.verify_for(lifetime, token, app.now()).map_err(DeadToken::Invalid)?;
    if app.revocations.is_revoked(&principal) { Err(DeadToken::Ended) } else { Ok(principal) }
}

/// Why a token is not accepted.
pub(crate) enum DeadToken {
    Invalid(TokenError),
    /// Its session was ended.
    Ended,
}

impl From<DeadToken> for Problem {
    fn from(dead: DeadToken) -> Self {
        match dead {
            DeadToken::Invalid(error) => error.into(),
            DeadToken::Ended => Self::new(Code::SessionEnded),
        }
    }
}

fn authenticate(parts: &Parts, app: &AppState, lifetime: Lifetime) -> Result<Option<Caller>, Problem> {
    let Some((credential, principal)) = verified(&parts.headers, app, lifetime)? else { return Ok(None) };
    if credential.is_ambient() {
        let secure = address(parts, app).is_secure;
        app.origins.check(Purpose::of(&parts.method), &parts.headers, &parts.uri, secure)?;
    }
    let counted = parts.extensions.get::<CountedAccount>();
    if counted.is_none_or(|CountedAccount(user)| *user != principal.user) {
        app.limits.check_account(&principal.user)?;
    }
    Ok(Some(Caller { principal }))
}

/// The middleware has counted the request for this account.
#[derive(Debug, Clone)]
pub(crate) struct CountedAccount(pub(crate) UserId);

/// The account that a request counts for; `None` if it must be counted for its address.
pub(crate) fn signed_in(
    method: &Method,
    headers: &HeaderMap,
    uri: &Uri,
    app: &AppState,
    from: ClientAddress,
) -> Option<UserId> {
    let (credential, principal) = verified(headers, app, Lifetime::Session).ok()??;
    // A page of another origin must not use up the account's limit.
    let foreign = credential.is_ambient()
        && app.origins.check(Purpose::of(method), headers, uri, from.is_secure).is_err();
    (!foreign).then_some(principal.user)
}
