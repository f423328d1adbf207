//! The caller's own account.

use axum::extract::State;
use axum::response::IntoResponse;
use axum::response::Response;

use crate::app::Shared;
use crate::auth::{Issuer, Principal};
use crate::caller::Caller;
use crate::problem::{Code, Problem};
use crate::sessions::{Account, never_cached};
use crate::submit::failed;

/// Get your account
///
/// As we know it; of a user whose tokens are made elsewhere, as the token says.
#[utoipa::path(
    get, path = "/api/v1/me", tag = "accounts",
    responses((status = OK, body = Account), (status = "4XX", body = Problem, content_type = "application/problem+json")),
)]
pub async fn me(State(app): State<Shared>, caller: Caller) -> Result<Response, Problem> {
    let Principal { user, role, store, name, email, issuer, .. } = caller.principal;
    let account = match issuer {
        Issuer::Local => {
            let found = app.queries.user(user).await.map_err(|error| failed(&error))?;
            Account::from(found.ok_or_else(|| Problem::new(Code::SessionEnded))?)
        }
        Issuer::External => Account {
            id: user,
            role,
            store_id: store,
            name: name.map(|name| name.as_str().to_owned()),
            email: email.map(|email| email.as_str().to_owned()),
        },
    };
    let mut response = axum::Json(account).into_response();
    never_cached(&mut response);
    Ok(response)
}
