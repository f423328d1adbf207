//! The caller's own account.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::{App, AppState};
use crate::auth::{Issuer, Principal};
use crate::caller::Caller;
use crate::commands::database_error;
use crate::problem::{Code, Problem};
use crate::sessions::{Account, set_no_store};

/// Get your account
///
/// For users of another system, as their token describes them.
#[utoipa::path(
    get, path = "/api/v1/me", tag = "accounts",
    responses((status = OK, body = Account), (status = "4XX", body = Problem, content_type = "application/problem+json")),
)]
pub async fn me(State(app): State<AppState>, caller: Caller) -> Result<Response, Problem> {
    Ok(private(app.account_of(caller).await?))
}

/// The current session.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Session)]
pub struct SessionView {
    /// The signed-in account; null if nobody is signed in.
    #[schema(required)]
    account: Option<Account>,
}

/// Get the current session
///
/// For a page that cannot read the session cookie. If nobody is signed in, `account` is null and the status is 200.
/// A session that has ended is an error.
#[utoipa::path(
    get, path = "/api/v1/auth/session", tag = "accounts", security((), ("bearer" = []), ("cookie" = [])),
    responses((status = OK, body = SessionView), (status = "4XX", body = Problem, content_type = "application/problem+json")),
)]
pub async fn session(
    caller: Result<Caller, Problem>,
    State(app): State<AppState>,
) -> Result<Response, Problem> {
    let account = match caller {
        Ok(caller) => Some(app.account_of(caller).await?),
        Err(problem) if problem.code() == Code::Unauthenticated => None,
        Err(problem) => return Err(problem),
    };
    Ok(private(SessionView { account }))
}

impl App {
    async fn account_of(&self, caller: Caller) -> Result<Account, Problem> {
        let Principal { user, role, store, name, email, issuer, .. } = caller.principal;
        match issuer {
            Issuer::Local => {
                let found = self.read_backend.user(user).await.map_err(|error| database_error(&error))?;
                Ok(Account::from(found.ok_or_else(|| Problem::new(Code::SessionEnded))?))
            }
            Issuer::External => Ok(Account {
                id: user,
                role,
                store_id: store,
                name: name.map(|name| name.as_str().to_owned()),
                email: email.map(|email| email.as_str().to_owned()),
            }),
        }
    }
}

fn private(body: impl Serialize) -> Response {
    let mut response = axum::Json(body).into_response();
    set_no_store(&mut response);
    response
}
