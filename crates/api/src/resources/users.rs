//! Accounts, as managed by staff.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use eventlog::accounts::{AccountChange, Email, User};
use jiff::Timestamp;
use orders::id::InvalidId;
use orders::{OrderRef, Role, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::{App, AppState};
use crate::auth::token::UNNAMED_ISSUER;
use crate::caller::{Caller, Staff};
use crate::commands::{database_error, visible};
use crate::extract::Path;
use crate::problem::{Code, Problem};
use crate::sessions::{OneTimeSecret, later, set_no_store};

/// A one-time link for a new password.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResetLink {
    /// Give it only to the account's owner.
    url: String,
    /// When the link expires.
    #[serde(serialize_with = "orders::time::serialize")]
    expires_at: Timestamp,
}

/// How staff name a customer.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
pub enum UserName {
    Email(Email),
    Id(UserId),
}

impl TryFrom<String> for UserName {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        match Email::new(&text) {
            Ok(email) => Ok(Self::Email(email)),
            Err(_) => UserId::new(text).map(Self::Id),
        }
    }
}

/// Create a password link
///
/// For a customer of the store who forgot their password. For staff accounts, run `ordercast user reset-link` on
/// the server.
#[utoipa::path(
    post, path = "/api/v1/users/{user}/reset-link", tag = "accounts",
    params(("user" = String, Path, description = "The customer's id, or the e-mail address of the account")),
    responses((status = CREATED, body = ResetLink), (status = "4XX", body = Problem, content_type = "application/problem+json")),
)]
pub async fn reset_link(
    State(app): State<AppState>,
    staff: Staff,
    Path(user): Path<UserName>,
) -> Result<Response, Problem> {
    let found = match user {
        UserName::Email(email) => app.read_backend.user_by_email(email).await,
        UserName::Id(id) => app.read_backend.user(id).await,
    };
    let found = found.map_err(|error| database_error(&error))?;
    // A password link gives access to the account. Staff must not get access to colleagues or to customers of other
    // stores.
    let theirs = found.filter(|user| {
        user.role == Role::Customer && user.store == *staff.store() && user.password_hash.is_some()
    });
    let Some(User { id: user, .. }) = theirs else { return Err(Problem::new(Code::UserNotFound)) };
    let link = make_reset_link(&app, user.clone()).await?;
    tracing::info!(staff = %staff.caller.principal.user, %user, "password link created");
    let mut response = (StatusCode::CREATED, axum::Json(link)).into_response();
    set_no_store(&mut response);
    Ok(response)
}

async fn make_reset_link(app: &App, user: UserId) -> Result<ResetLink, Problem> {
    let token = OneTimeSecret::fresh()?;
    let expires_at = later(app.now(), app.settings.reset_link_lifetime);
    app.account(AccountChange::CreateReset { user, token: token.hash, expires_at }).await?;
    Ok(ResetLink { url: reset_url(&app.settings.base_url, &token.text), expires_at })
}

/// The user that a client names for an order. An id without an issuer names a local account. If there is none, it names a user
/// of the caller's shop, whose full id is `issuer|subject`. For a caller with a local account, the shop is that of the order's
/// customer.
pub(crate) async fn resolve_user(
    app: &App,
    caller: &Caller,
    order: OrderRef,
    named: UserId,
) -> Result<UserId, Problem> {
    let known = app.read_backend.user(named.clone()).await.map_err(|error| database_error(&error))?;
    let mut shop = caller.principal.user.clone();
    if shop.issuer().is_none() && known.is_none() {
        shop = visible(app, caller, order).await?.0.order.customer.clone();
    }
    let own_issuer = shop.issuer().unwrap_or(UNNAMED_ISSUER);
    // A subject may contain a `|` itself, such as `auth0|17`.
    let is_full = named
        .issuer()
        .is_some_and(|issuer| issuer == own_issuer || issuer == UNNAMED_ISSUER || issuer.contains("://"));
    if known.is_some() || is_full {
        return Ok(named);
    }
    UserId::external(own_issuer, named.as_str()).map_err(|error| {
        let problem = Problem::new(Code::InvalidBody).detail(format!("`driverId`: {error}."));
        problem.error("driverId", error.to_string())
    })
}

/// The URL of a password link.
pub fn reset_url(base_url: &str, token: &str) -> String {
    // The fragment is not sent to a server, so the token appears in no log.
    format!("{base_url}/reset-password#token={token}")
}
