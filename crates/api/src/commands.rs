//! From a request to the writer and back: preconditions, submitting a command, and the response.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::{CONTENT_TYPE, ETAG, IF_MATCH, IF_NONE_MATCH};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use eventlog::{
    CatalogProduct, CommandRequest, Cursor, ErrorKind, LogError, Outcome, Receipt, Snapshot, Submission,
    SubmitError,
};
use live::Topic;
use orders::decide::policy;
use orders::order::Version;
use orders::{Actor, Audience, Command, OrderRef, Refusal, Role};

use crate::app::App;
use crate::caller::Caller;
use crate::extract::RawBody;
use crate::idempotency::IdempotencyKey;
use crate::problem::{Code, Problem};

/// Set on a stored response that is sent again.
pub const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// The cursor at which a response is current: `epoch:seq`.
pub const CURSOR: HeaderName = HeaderName::from_static("ordercast-cursor");
/// How many connections of the customer were live when staff changed an order.
pub const LIVE: HeaderName = HeaderName::from_static("ordercast-live-connections");

/// The version a client saw, from `If-Match: "3"`. `*` and a missing header match any version. A compressing proxy
/// makes the tag weak (`W/"3"`); it names the same version.
#[derive(Debug, Clone, Copy)]
pub struct IfMatch(pub Option<Version>);

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get(IF_MATCH) else { return Ok(Self(None)) };
        let text = value.to_str().unwrap_or_default().trim();
        if text == "*" {
            return Ok(Self(None));
        }
        let version = version(text).ok_or_else(|| {
            Problem::new(Code::InvalidHeader)
                .detail("`If-Match` must be the `ETag` you received, such as \"3\".")
                .error("If-Match", "must be a version in double quotes")
        })?;
        Ok(Self(Some(version)))
    }
}

/// The version in an entity tag. The quotes may be missing.
fn version(tag: &str) -> Option<Version> {
    let tag = tag.strip_prefix("W/").unwrap_or(tag);
    let digits = without_encoding(tag.strip_prefix('"').map_or(Some(tag), |rest| rest.strip_suffix('"'))?);
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse().ok().filter(|_| plain).map(Version)
}

/// Whether `If-None-Match` matches a tag: in a list, weak, or `*` (RFC 9110, section 13.1.2).
pub fn none_match_has(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    let lines = headers.get_all(IF_NONE_MATCH).into_iter().filter_map(|line| line.to_str().ok());
    lines
        .flat_map(|line| line.split(','))
        .any(|have| have.trim() == "*" || same_tag(have, tag.to_str().unwrap_or_default()))
}

/// Whether an entity tag that a client sends is one that this server sent. Proxies that compress make it weak, or add the
/// name of the encoding (`"3-gzip"`).
pub(crate) fn same_tag(have: &str, sent: &str) -> bool {
    let opaque = |tag: &'_ str| -> Option<String> {
        let tag = tag.trim();
        let tag = tag.strip_prefix("W/").unwrap_or(tag).strip_prefix('"')?.strip_suffix('"')?;
        Some(tag.to_owned())
    };
    match (opaque(have), opaque(sent)) {
        (Some(have), Some(sent)) => have == sent || without_encoding(&have) == sent,
        _ => false,
    }
}

/// A tag without the suffix for the encoding that Apache, Caddy, Jetty and other proxies add.
fn without_encoding(tag: &str) -> &str {
    let without_one = |encoding: &str| {
        let rest = tag.strip_suffix(encoding)?;
        let rest = rest.strip_suffix("--").or_else(|| rest.strip_suffix(['-', ':', ';', '+']))?;
        (!rest.is_empty()).then_some(rest)
    };
    let encodings = ["gzip", "gz", "br", "zstd", "deflate"];
    encodings.into_iter().find_map(without_one).map_or(tag, without_encoding)
}

pub fn not_modified(tag: HeaderValue) -> Response {
    let mut response = StatusCode::NOT_MODIFIED.into_response();
    response.headers_mut().insert(ETAG, tag);
    response
}

/// The parts of a request that a command is submitted with.
pub struct CommandContext<'a> {
    pub caller: &'a Caller,
    pub key: &'a IdempotencyKey,
    /// The idempotency key is bound to these bytes.
    pub body: &'a RawBody,
    /// The version that the client saw.
    pub expected: Option<Version>,
}

impl App {
    pub async fn command(
        &self,
        command: Command,
        context: CommandContext<'_>,
    ) -> Result<CommandOutcome, Problem> {
        let actor = context.caller.actor();
        self.command_as(command, actor, context).await
    }

    /// Submits a command of another actor on the caller's behalf, such as a payment provider.
    pub(crate) async fn command_as(
        &self,
        command: Command,
        actor: Actor,
        context: CommandContext<'_>,
    ) -> Result<CommandOutcome, Problem> {
        let name = command.order();
        let CommandContext { caller, key, body, expected } = context;
        let request = CommandRequest { command, actor, expected };
        let submission = Submission {
            requests: vec![request],
            idempotency: key.bind(&caller.principal, body),
            external_user: caller.external_user(),
        };
        let mut receipt = self.writer.submit(submission).await.map_err(not_committed)?;
        match receipt.outcomes.pop() {
            Some(Outcome::Refused(refusal)) => Err(self.refused(refusal, name, caller).await),
            Some(outcome) => {
                if receipt.replayed {
                    self.check_replay(&outcome, caller).await?;
                }
                let live = self.live(&outcome, caller);
                Ok(CommandOutcome { outcome, receipt, audience: Audience::of(caller.principal.role), live })
            }
            None => Err(Problem::new(Code::Internal)),
        }
    }

    /// A stored response is shown again only to a caller who may see the order now: it carries the order's present contacts.
    pub(crate) async fn check_replay(&self, outcome: &Outcome, caller: &Caller) -> Result<(), Problem> {
        if let Some(snapshot) = outcome.order() {
            visible(self, caller, OrderRef::Id(snapshot.order.id)).await?;
        }
        Ok(())
    }

    /// For staff: how many connections of the order's customer are live. They have received the change before this
    /// is counted. It is not stored: a replayed response counts again.
    pub(crate) fn live(&self, outcome: &Outcome, caller: &Caller) -> Option<usize> {
        let snapshot = outcome.order()?;
        let staff = caller.principal.role == Role::Staff;
        staff.then(|| self.hub.connections(&Topic::Customer(snapshot.order.customer.clone())))
    }

    /// Converts a refusal. A version conflict includes the current state.
    async fn refused(&self, refusal: Refusal, name: Option<OrderRef>, caller: &Caller) -> Problem {
        if !matches!(refusal, Refusal::VersionConflict { .. }) {
            return Problem::from(refusal);
        }
        // Only `If-Match` sets an expected version.
        let problem = Problem::from(refusal).status(StatusCode::PRECONDITION_FAILED);
        let Some(name) = name else { return problem };
        match self.read_backend.order(name).await {
            Ok(found) => match found.value {
                Some(now) => problem.current(&now.view(Audience::of(caller.principal.role))),
                None => problem,
            },
            Err(error) => database_error(&error),
        }
    }
}

/// A command that was executed.
pub struct CommandOutcome {
    outcome: Outcome,
    receipt: Receipt,
    audience: Audience,
    live: Option<usize>,
}

impl CommandOutcome {
    /// The order, if the command was about one.
    pub fn order(&self) -> Option<&Arc<Snapshot>> {
        self.outcome.order()
    }

    /// The product, if the command was about one.
    pub fn product(&self) -> Option<&Arc<CatalogProduct>> {
        match &self.outcome {
            Outcome::Product(product_entry) => Some(product_entry),
            _ => None,
        }
    }

    /// Whether the response is the stored one of an earlier request with the same idempotency key.
    pub(crate) fn replayed(&self) -> bool {
        self.receipt.replayed
    }

    /// Adds the headers of every response to a command.
    pub fn add_headers(&self, response: &mut Response) {
        let headers = response.headers_mut();
        if self.receipt.replayed {
            headers.insert(REPLAYED, HeaderValue::from_static("true"));
        }
        if let Ok(cursor) = HeaderValue::try_from(self.receipt.cursor.to_string()) {
            headers.insert(CURSOR, cursor);
        }
        if let Some(live) = self.live {
            headers.insert(LIVE, HeaderValue::from(live));
        }
    }

    /// The order as a response, with its version as `ETag`.
    pub fn into_order(self, status: StatusCode) -> Result<Response, Problem> {
        let Some(snapshot) = self.order() else { return Err(Problem::new(Code::Internal)) };
        let mut response = order_response(status, snapshot, self.audience);
        self.add_headers(&mut response);
        Ok(response)
    }
}

/// Initial capacity: the JSON of most orders fits.
const ORDER_BYTES: usize = 1536;

/// An order as a response, with its version as `ETag`.
pub fn order_response(status: StatusCode, snapshot: &Snapshot, audience: Audience) -> Response {
    let mut body = Vec::with_capacity(ORDER_BYTES);
    if let Err(error) = serde_json::to_writer(&mut body, &snapshot.view(audience)) {
        return Problem::internal(&error).into_response();
    }
    let json = HeaderValue::from_static("application/json");
    let mut response = (status, [(CONTENT_TYPE, json)], body).into_response();
    response.headers_mut().insert(ETAG, etag(snapshot.order.version));
    response
}

pub fn etag(version: Version) -> HeaderValue {
    // Digits in quotes are a valid header value.
    HeaderValue::try_from(format!("\"{}\"", version.0)).unwrap_or(HeaderValue::from_static("\"0\""))
}

/// A database error. The client receives an incident id; the cause is logged.
pub fn database_error(error: &LogError) -> Problem {
    Problem::internal(error)
}

/// The problem for a submission that was not committed, or whose result is unknown.
pub fn not_committed(error: SubmitError) -> Problem {
    match error {
        SubmitError::KeyReused => Problem::new(Code::IdempotencyKeyReused),
        SubmitError::Busy => Problem::new(Code::Busy).retry_after(1),
        SubmitError::Stopping => Problem::new(Code::Busy)
            .detail("The server is stopping. Nothing was changed. Try again in a moment.")
            .retry_after(2),
        SubmitError::Lost => Problem::internal(&error)
            .detail("The result is unknown. Send the request again with the same `Idempotency-Key`."),
        // Not `Busy`, which promises that nothing was changed.
        SubmitError::CommitUnknown => Problem::internal(&error)
            .status(StatusCode::SERVICE_UNAVAILABLE)
            .detail("The result is unknown. Send the request again with the same `Idempotency-Key`.")
            .retry_after(1),
        SubmitError::Failed(error) if error.is_retryable() => Problem::new(Code::Busy).retry_after(1),
        // The writer has logged it.
        SubmitError::Failed(error) if error.kind() == ErrorKind::Storage => {
            Problem::new(Code::StorageUnavailable).retry_after(30)
        }
        SubmitError::Failed(error) => Problem::internal(&*error),
    }
}

/// An order that the caller may see, and the cursor at which it was read.
pub(crate) async fn visible(
    app: &App,
    caller: &Caller,
    name: OrderRef,
) -> Result<(Arc<Snapshot>, Cursor), Problem> {
    let found = app.read_backend.order(name).await.map_err(|error| database_error(&error))?;
    let actor = caller.actor();
    let order = found.value.filter(|snapshot| policy::may_see(&actor, &snapshot.order));
    Ok((order.ok_or_else(|| Problem::new(Code::OrderNotFound))?, found.cursor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_known_again_after_a_proxy_changed_it() {
        for have in [
            "\"3\"",
            " W/\"3\" ",
            "\"3-gzip\"",
            "W/\"3-br\"",
            "\"3--gzip\"",
            "\"3;gzip\"",
            "\"3-zstd\"",
            "\"3:deflate\"",
            "\"3;gz\"",
            "\"3-br-gzip\"",
            "W/\"3-gzip-gzip\"",
        ] {
            assert!(same_tag(have, "\"3\""), "{have}");
        }
        for other in ["3", "\"4-gzip\"", "\"3gzip\"", "\"3-tar\"", "\"-gzip\"", "\"3-gzip", "\"33\""] {
            assert!(!same_tag(other, "\"3\""), "{other}");
        }
        assert_eq!(version("\"3-gzip\""), Some(Version(3)));
        assert_eq!(version("\"3;gz\""), Some(Version(3)));
        assert_eq!(version("\"3gzip\""), None);
    }

    #[test]
    fn only_what_certainly_did_not_happen_is_answered_busy() {
        let failed = |kind| SubmitError::Failed(Arc::new(LogError::new(kind, "injected failure")));
        for (error, code, status) in [
            (SubmitError::Busy, Code::Busy, 503),
            (SubmitError::Stopping, Code::Busy, 503),
            (failed(ErrorKind::Unavailable), Code::Busy, 503),
            (failed(ErrorKind::Storage), Code::StorageUnavailable, 503),
            (failed(ErrorKind::Rejected), Code::Internal, 500),
            (SubmitError::Lost, Code::Internal, 500),
            (SubmitError::CommitUnknown, Code::Internal, 503),
        ] {
            let problem = not_committed(error.clone());
            assert_eq!((problem.code(), problem.status_code().as_u16()), (code, status), "{error}");
        }
    }
}
