//! Live events over server-sent events.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use eventlog::Cursor;
use futures_util::StreamExt as _;
use live::Close;
use live::limits::ConnectionPermit;
use live::sse::{self, StreamUser};
use orders::Role;
use orders::view::Person;

use crate::app::AppState;
use crate::auth::{Lifetime, Principal};
use crate::caller::LiveCaller;
use crate::problem::{Code, Problem};

/// The longest timer: a token that expires later, or never, is checked again after this long.
const MAX_TIMER: Duration = Duration::from_hours(24);

/// One message of the stream, in the format of server-sent events (html.spec.whatwg.org, section 9.2).
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "describes the messages, which `live` encodes")]
struct StreamMessage {
    /// The name of the event, as in the AsyncAPI document at `/api/asyncapi.json`.
    #[schema(nullable = false)]
    event: Option<String>,
    /// JSON of the event.
    #[schema(nullable = false)]
    data: Option<String>,
    /// The cursor after the event. Messages that are not in the log have none.
    #[schema(nullable = false)]
    id: Option<String>,
    /// After how many milliseconds to reconnect.
    #[schema(nullable = false)]
    retry: Option<u32>,
}

/// Follow orders live
///
/// Customers get the events of their own orders, staff those of their store, drivers those of the orders they deliver:
/// every event once and in order, also those that happened while the client was disconnected. The stream begins with
/// `connected` (role, user, cursor). Events follow under the names of their kinds, each with its cursor as `id`. There are
/// also `heartbeat` every 25 seconds, `stats.updated` for staff, `notifications.read` when something was read in another
/// tab, `reset` when the cursor cannot be resumed, and `reconnect` before the server closes the stream.
#[utoipa::path(
    get, path = "/api/v1/stream", tag = "live",
    params(
        ("last_event_id" = Option<String>, Query, description = "The last cursor that you received, for clients that cannot send the header. `lastEventId`, `Last-Event-ID` and `evs_last_event_id` are accepted, too, and all other parameters are ignored"),
        ("Last-Event-ID" = Option<String>, Header, description = "The last cursor that you received. It takes precedence over the query"),
    ),
    responses(
        (status = OK, body = StreamMessage, content_type = "text/event-stream"),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn stream(
    State(app): State<AppState>,
    LiveCaller(caller): LiveCaller,
    parts: Parts,
) -> Result<Response, Problem> {
    let (inbox, topic) = (caller.inbox(), caller.topic());
    let principal = caller.principal;
    let permit = app.connections.acquire(principal.user.clone()).map_err(|error| {
        Problem::new(Code::TooManyConnections).detail(format!("{error}.")).retry_after(10)
    })?;
    let seen = last_event_id(&parts);
    let subscription = match seen.as_deref().map(str::parse::<Cursor>) {
        None => app.hub.subscribe(topic, None),
        Some(Ok(cursor)) => app.hub.subscribe(topic, Some(cursor)),
        Some(Err(_)) => app.hub.subscribe(topic, None).with_unknown_cursor(),
    };
    let inbox = app.hub.watch_inbox(inbox);
    let counts = (principal.role == Role::Staff).then(|| app.order_counts.watch(&principal.store));
    let person = Person {
        id: principal.user.clone(),
        name: principal.name.as_ref().map(|name| name.as_str().to_owned()),
        email: principal.email.as_ref().map(|email| email.as_str().to_owned()),
    };
    let user = StreamUser { role: principal.role, person };
    let guard = StreamGuard::begin(&app, &principal, permit, subscription.resumes() && seen.is_some());
    let closing = Box::pin(closing(Arc::clone(&app), principal));
    let clock = Arc::clone(&app.clock);
    let now = Box::new(move || clock.now());
    let events = sse::stream(subscription, &user, seen.is_some(), counts, Some(inbox), closing, now);
    let bytes = events.map(move |frame| {
        guard.sent(frame.len());
        Ok::<_, std::convert::Infallible>(frame)
    });
    let mut response = Response::new(Body::from_stream(bytes));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store, no-transform"));
    // `no-transform` keeps proxies from compressing the stream: compression would hold events back (RFC 9111, section
    // 5.2.2.6). The next one turns off buffering in nginx (ngx_http_proxy_module, proxy_buffering).
    headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    Ok(response)
}

/// The last cursor that the client received. Replacements of `EventSource` send it in the query, under several names, and
/// give up for good when a parameter is refused. They may append another one with each attempt, so the last one counts.
fn last_event_id(parts: &Parts) -> Option<String> {
    let header = parts.headers.get("last-event-id").map(|id| id.to_str().unwrap_or("?").to_owned());
    let is_id = |name: &str| {
        let letters = name.chars().filter(|c| !matches!(c, '-' | '_')).map(|c| c.to_ascii_lowercase());
        letters.collect::<String>().ends_with("lasteventid")
    };
    let query = url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
    let query =
        query.filter(|(name, id)| is_id(name) && !id.is_empty()).last().map(|(_, id)| id.into_owned());
    header.filter(|id| !id.is_empty()).or(query)
}

/// Logs and counts one connection, and holds its permit, until it is dropped.
struct StreamGuard {
    app: AppState,
    user: orders::UserId,
    role: Role,
    _permit: ConnectionPermit,
}

impl StreamGuard {
    fn begin(app: &AppState, principal: &Principal, permit: ConnectionPermit, resumed: bool) -> Self {
        let (user, role) = (principal.user.clone(), principal.role);
        app.metrics.stream_opened(resumed);
        tracing::info!(%user, role = role.name(), transport = "sse", resumed, "connected");
        Self { app: Arc::clone(app), user, role, _permit: permit }
    }

    fn sent(&self, bytes: usize) {
        self.app.metrics.stream_sent(bytes);
    }
}

impl Drop for StreamGuard {
    fn drop(&mut self) {
        self.app.metrics.stream_closed();
        tracing::info!(user = %self.user, role = self.role.name(), "disconnected");
    }
}

/// Resolves when the server stops, the token expires, or the session is ended.
async fn closing(app: AppState, principal: Principal) -> Close {
    let mut stopping = app.stopping.clone();
    let mut changes = app.revocations.changes();
    loop {
        if app.revocations.is_revoked(&principal) {
            return Close::SessionEnded;
        }
        let left = match principal.ends_at(Lifetime::Session) {
            None => MAX_TIMER,
            Some(end) => match Duration::try_from(end.duration_since(app.now())) {
                Ok(left) if !left.is_zero() => left.min(MAX_TIMER),
                _ => return Close::TokenExpired,
            },
        };
        tokio::select! {
            // The sender lives as long as the server.
            _ = stopping.wait_for(|stopping| *stopping) => return Close::ShuttingDown,
            _ = changes.changed() => {}
            () = tokio::time::sleep(left) => {}
        }
    }
}
