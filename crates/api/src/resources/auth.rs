//! Registering, signing in and out, and resetting a password.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use eventlog::accounts::{AccountAnswer, AccountChange, Email, RECENT_ROTATIONS, User};
use orders::text::{Line, is_format};
use orders::{Role, UserId};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::{App, AppState};
use crate::auth::password::{Password, Verdict};
use crate::caller::{LiveCaller, address};
use crate::client_address::ClientAddress;
use crate::commands::database_error;
use crate::extract::Json;
use crate::problem::{Code, Problem};
use crate::sessions::{OneTimeSecret, SessionTokens, SignedIn, later};

/// A new customer account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Register {
    /// The e-mail address to sign in with.
    #[schema(example = "asha@example.com")]
    email: String,
    /// 8 to 128 characters.
    #[schema(min_length = 8, max_length = 128)]
    password: String,
    /// The person's name.
    name: Line<120>,
}

/// E-mail address and password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// The account's e-mail address.
    email: String,
    /// The account's password.
    password: String,
}

/// A refresh token.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Refresh {
    /// The newest refresh token of the session.
    refresh_token: String,
}

/// A new password and the token of a one-time link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordReset {
    /// The `token` of the link.
    token: String,
    /// 8 to 128 characters.
    #[schema(min_length = 8, max_length = 128)]
    password: String,
}

fn email(text: &str) -> Result<Email, Problem> {
    Email::new(text).map_err(|error| {
        Problem::new(Code::InvalidBody).detail(format!("`email` {error}.")).error("email", error.to_string())
    })
}

/// Register
///
/// Creates a customer account and signs it in. Create staff accounts with `ordercast user add`.
#[utoipa::path(
    post, path = "/api/v1/auth/register", tag = "accounts", security(()), request_body = Register,
    responses(
        (status = CREATED, body = SignedIn),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`email_taken`"),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn register(
    State(app): State<AppState>,
    parts: Parts,
    Json(body, _): Json<Register>,
) -> Result<Response, Problem> {
    let from = address(&parts, &app);
    let email = email(&body.email)?;
    app.limits.check_registration(from.bucket())?;
    let password = Password::new(&body.password, email.as_str())?;
    let password_hash = app.passwords.hash(&password).await?;
    let change = AccountChange::CreateUser {
        id: new_user_id(&app)?,
        role: Role::Customer,
        store: app.settings.store.clone(),
        name: body.name,
        email,
        password_hash,
    };
    match app.account(change).await? {
        AccountAnswer::User(user) => {
            app.metrics.registered();
            tracing::info!(user = %user.id, "account registered");
            app.sign_in(user, StatusCode::CREATED, from.is_secure).await
        }
        AccountAnswer::Session { .. } | AccountAnswer::Done => Err(Problem::new(Code::Internal)),
    }
}

fn new_user_id(app: &App) -> Result<UserId, Problem> {
    UserId::new(app.clock.uuid().to_string()).map_err(|error| Problem::internal(&error))
}

/// Sign in
///
/// Returns tokens, and sets the session cookie for browsers.
#[utoipa::path(
    post, path = "/api/v1/auth/login", tag = "accounts", security(()), request_body = Login,
    responses(
        (status = OK, body = SignedIn),
        (status = UNAUTHORIZED, body = Problem, content_type = "application/problem+json", description = "`invalid_credentials`"),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn login(
    State(app): State<AppState>,
    parts: Parts,
    Json(body, _): Json<Login>,
) -> Result<Response, Problem> {
    let from = address(&parts, &app);
    let email = email(&body.email)?;
    let attempt = app.limits.check_sign_in(from.bucket(), email.as_str())?;
    let answer = sign_in(&app, &email, &body.password, &from).await;
    if !answer.as_ref().is_err_and(|problem| problem.code() == Code::InvalidCredentials) {
        attempt.forgive();
    }
    answer
}

async fn sign_in(
    app: &App,
    email: &Email,
    password: &str,
    from: &ClientAddress,
) -> Result<Response, Problem> {
    let mut retries = 0;
    loop {
        let (user, verdict) = verified(app, email, password, from).await?;
        match start_session(app, user, verdict, password, from.is_secure).await {
            // The hash was replaced after it was verified. The password must match the new one.
            Err(problem) if problem.code() == Code::InvalidCredentials && retries < MAX_RETRIES => {
                retries += 1;
            }
            answer => return answer,
        }
    }
}

/// How often a sign-in is repeated because another request replaced the password's hash meanwhile.
const MAX_RETRIES: u32 = 2;

/// The account with this password.
async fn verified(
    app: &App,
    email: &Email,
    password: &str,
    from: &ClientAddress,
) -> Result<(User, Verdict), Problem> {
    let user = app.read_backend.user_by_email(email.clone()).await.map_err(|error| database_error(&error))?;
    // Takes as long whether the account exists or not.
    let stored = user.as_ref().and_then(|user| user.password_hash.as_deref());
    let verdict = app.passwords.verify(password, stored).await?;
    if let (verdict @ (Verdict::Right | Verdict::RightInOldForm), Some(user)) = (verdict, user) {
        Ok((user, verdict))
    } else {
        tracing::info!(address = %from.ip, "sign-in refused");
        Err(Problem::new(Code::InvalidCredentials))
    }
}

/// Starts a session after the password was verified. A hash of another form, or with other parameters than configured, is
/// replaced first.
async fn start_session(
    app: &App,
    mut user: User,
    verdict: Verdict,
    password: &str,
    secure: bool,
) -> Result<Response, Problem> {
    let is_old = |stored: &str| verdict == Verdict::RightInOldForm || app.passwords.needs_rehash(stored);
    if let Some(stored) = user.password_hash.take_if(|stored| is_old(stored)) {
        let fresh = Password::new(password, user.email.as_deref().unwrap_or_default());
        user.password_hash = Some(match fresh {
            Ok(fresh) => {
                let password_hash = app.passwords.hash(&fresh).await?;
                let change = AccountChange::Rehash {
                    user: user.id.clone(),
                    verified: stored,
                    password_hash: password_hash.clone(),
                };
                app.account(change).await?;
                password_hash
            }
            // An old password that today's rules refuse keeps its hash.
            Err(_) => stored,
        });
    }
    app.sign_in(user, StatusCode::OK, secure).await
}

/// Refresh the tokens
///
/// A refresh token works once, and the answer has the next one. For 30 seconds after its use, a token gets the newest
/// answer again, for a client whose answer was lost and for two tabs that refresh at once. A token that is used later was
/// stolen, and its session ends.
#[utoipa::path(
    post, path = "/api/v1/auth/refresh", tag = "accounts", security(()), request_body = Refresh,
    responses(
        (status = OK, body = SignedIn),
        (status = UNAUTHORIZED, body = Problem, content_type = "application/problem+json", description = "`session_ended`"),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn refresh(
    State(app): State<AppState>,
    parts: Parts,
    Json(body, _): Json<Refresh>,
) -> Result<Response, Problem> {
    let secure = address(&parts, &app).is_secure;
    let session = app.keys.session_of_refresh(&body.refresh_token);
    let session = session.ok_or_else(|| Problem::new(Code::SessionEnded))?;
    let next = |token: &str| app.keys.next_refresh(session, token);
    let successors: Vec<_> =
        std::iter::successors(Some(next(&body.refresh_token)), |token| Some(next(token)))
            .take(RECENT_ROTATIONS)
            .collect();
    let change = AccountChange::Refresh {
        session,
        refresh: OneTimeSecret::hash_of(&body.refresh_token),
        successors: successors.iter().map(|token| OneTimeSecret::hash_of(token)).collect(),
    };
    match app.account(change).await? {
        AccountAnswer::Session { user, session, successor, refreshed_at, expires_at } => {
            let refresh = successors.into_iter().nth(successor);
            let refresh = refresh.ok_or_else(|| Problem::new(Code::Internal))?;
            let tokens = SessionTokens { session, refresh, issued_at: refreshed_at, ends_at: expires_at };
            app.signed_in(user, tokens, StatusCode::OK, secure)
        }
        AccountAnswer::User(_) | AccountAnswer::Done => Err(Problem::new(Code::Internal)),
    }
}

/// Sign out
///
/// Ends the session. Its tokens are no longer valid and its live connections close. The token from sign-in is enough, also
/// after it has expired.
#[utoipa::path(
    post, path = "/api/v1/auth/logout", tag = "accounts",
    responses((status = NO_CONTENT, description = "Signed out"), (status = "4XX", body = Problem, content_type = "application/problem+json")),
)]
pub async fn logout(
    State(app): State<AppState>,
    parts: Parts,
    LiveCaller(caller): LiveCaller,
) -> Result<Response, Problem> {
    if let Some(session) = caller.principal.session {
        app.account(AccountChange::EndSession { session: session.0 }).await?;
        app.revocations.session_ended(session.0, later(app.now(), app.settings.session_lifetime));
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    let cookie = app.settings.cookies.clear(address(&parts, &app).is_secure);
    let cookie = cookie.map_err(|error| Problem::internal(&error))?;
    response.headers_mut().insert(SET_COOKIE, cookie);
    Ok(response)
}

/// Set a new password
///
/// Needs the token of a one-time link. Ends every session of the account.
#[utoipa::path(
    post, path = "/api/v1/auth/password-reset", tag = "accounts", security(()), request_body = PasswordReset,
    responses(
        (status = NO_CONTENT, description = "The password was set. Sign in with it"),
        (status = GONE, body = Problem, content_type = "application/problem+json", description = "`link_invalid`"),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn password_reset(
    State(app): State<AppState>,
    parts: Parts,
    Json(body, _): Json<PasswordReset>,
) -> Result<StatusCode, Problem> {
    app.limits.check_guess(address(&parts, &app).bucket())?;
    // A mistake does not use the link up.
    Password::new(&body.password, "")?;
    // A token that is copied from a message may have line breaks and invisible characters.
    let token: String = body.token.chars().filter(|c| !c.is_whitespace() && !is_format(*c)).collect();
    let token = OneTimeSecret::hash_of(&token);
    let user =
        app.read_backend.user_by_reset(token, app.now()).await.map_err(|error| database_error(&error))?;
    let user = user.ok_or_else(|| Problem::new(Code::LinkInvalid))?;
    let password = Password::new(&body.password, user.email.as_deref().unwrap_or_default())?;
    let password_hash = app.passwords.hash(&password).await?;
    let change = AccountChange::UseReset { token, password_hash };
    if let AccountAnswer::User(user) = app.account(change).await? {
        app.revocations.user_signed_out(user.id, app.now());
        let as_of = app.revocations.version();
        let revoked = app.read_backend.revoked().await.map_err(|error| database_error(&error))?;
        app.revocations.replace(as_of, revoked);
    }
    Ok(StatusCode::NO_CONTENT)
}
