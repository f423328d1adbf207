//! Errors as clients receive them: RFC 9457 problem details with a stable `code`.
//!
//! A [`Problem`] starts from a [`Code`], which sets its status, title and default detail. The builder methods add
//! the details of the case. Every error of the API is of this type.
//!
//! - [`code`]: the table of all codes. A new code is one line there; the API documentation includes it.
//! - `refusal` (private): the problems for the domain's refusals.

pub mod code;
mod refusal;

use std::borrow::Cow;
use std::error::Error;
use std::hash::{BuildHasher as _, RandomState};
use std::panic::Location;

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};
use utoipa::openapi::schema::{AdditionalProperties, ArrayBuilder, Object, ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

pub use code::Code;

/// RFC 9457, section 6.1.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// One error, as JSON and as a response.
///
/// ```json
/// {"type": "urn:ordercast:problem:out_of_stock", "title": "Not enough in stock", "status": 409,
///  "code": "out_of_stock", "detail": "only 2 of Teapot left, 5 wanted", "available": 2}
/// ```
#[derive(Debug, Clone)]
pub struct Problem(Box<ProblemBody>);

// Boxed, because handlers return it in a `Result`, whose size is that of its larger side.
#[derive(Debug, Clone)]
struct ProblemBody {
    code: Code,
    status: StatusCode,
    detail: Cow<'static, str>,
    members: Map<String, Value>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Problem {
    pub fn new(code: Code) -> Self {
        Self(Box::new(ProblemBody {
            code,
            status: code.status(),
            detail: Cow::Borrowed(code.advice()),
            members: Map::new(),
            headers: Vec::new(),
        }))
    }

    /// An internal error. The cause is logged with an incident id. The client receives only the id.
    #[track_caller]
    pub fn internal(cause: &dyn Error) -> Self {
        let incident = incident_id();
        let at = Location::caller();
        tracing::error!(%incident, cause = %Chain(cause), %at, "internal error");
        Self::new(Code::Internal)
            .detail(format!("Try again. If it happens again, report incident {incident}."))
            .member("incident", incident)
    }

    /// What happened and what to do about it, for the person who reads it.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.0.detail = detail.into();
        self
    }

    /// Overrides the code's status: 412 for a version conflict with `If-Match`.
    #[must_use]
    pub fn status(mut self, status: StatusCode) -> Self {
        self.0.status = status;
        self
    }

    /// Adds an extension member (RFC 9457, section 3.2), in camelCase.
    #[must_use]
    pub fn member(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        debug_assert!(!STANDARD.contains(&name), "`{name}` is a standard member");
        self.0.members.insert(name.to_owned(), value.into());
        self
    }

    /// Adds an entry to `errors`: a field and the rule it broke.
    #[must_use]
    pub fn error(mut self, field: impl Into<String>, message: impl Into<String>) -> Self {
        let entry = json!({"field": field.into(), "message": message.into()});
        match self.0.members.entry("errors").or_insert_with(|| Value::Array(Vec::new())) {
            Value::Array(errors) => errors.push(entry),
            other => *other = Value::Array(vec![entry]),
        }
        self
    }

    /// Adds the current state of the resource as `current`, so that the client can show it and retry.
    #[must_use]
    pub fn current(self, resource: &impl Serialize) -> Self {
        match serde_json::to_value(resource) {
            Ok(value) => self.member("current", value),
            Err(error) => {
                tracing::error!(%error, "cannot serialize the current state for a problem");
                self
            }
        }
    }

    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.push((name, value));
        self
    }

    /// Sets `Retry-After` in seconds, as a header and as the member `retryAfter`.
    #[must_use]
    pub fn retry_after(self, seconds: u64) -> Self {
        self.member("retryAfter", seconds).header(RETRY_AFTER, HeaderValue::from(seconds))
    }

    pub fn code(&self) -> Code {
        self.0.code
    }

    pub fn status_code(&self) -> StatusCode {
        self.0.status
    }

    /// The detail.
    pub fn message(&self) -> &str {
        &self.0.detail
    }

    pub fn members(&self) -> &Map<String, Value> {
        &self.0.members
    }
}

const STANDARD: [&str; 5] = ["type", "title", "status", "code", "detail"];

impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let inner = &*self.0;
        let mut map = serializer.serialize_map(Some(STANDARD.len() + inner.members.len()))?;
        map.serialize_entry("type", &inner.code.urn())?;
        map.serialize_entry("title", inner.code.title())?;
        map.serialize_entry("status", &inner.status.as_u16())?;
        map.serialize_entry("code", inner.code.name())?;
        map.serialize_entry("detail", &*inner.detail)?;
        for (name, value) in &inner.members {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        // Strings and JSON values always serialize.
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (self.0.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        headers.extend(self.0.headers);
        response
    }
}

impl PartialSchema for Problem {
    fn schema() -> RefOr<Schema> {
        let text = |what: &str| Object::builder().schema_type(Type::String).description(Some(what));
        let entry = ObjectBuilder::new()
            .property("field", text("Path of the field, such as `items[0].quantity`."))
            .property("message", text("The rule it broke."))
            .required("field")
            .required("message");
        ObjectBuilder::new()
            .description(Some("Problem details (RFC 9457). Match on `code`; display `detail`."))
            .property("type", text("`urn:ordercast:problem:` and the code."))
            .property("title", text("The kind of problem, the same for every problem of this code."))
            .property(
                "status",
                ObjectBuilder::new().schema_type(Type::Integer).description(Some("The HTTP status.")),
            )
            .property("code", text("Stable; the description of this API lists all codes."))
            .property("detail", text("What happened, and what to do about it."))
            .property(
                "errors",
                ArrayBuilder::new()
                    .items(entry)
                    .description(Some("The invalid fields and the rules they broke.")),
            )
            .required("type")
            .required("title")
            .required("status")
            .required("code")
            .required("detail")
            .additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(true)))
            .examples(serde_json::to_value(Self::new(Code::VersionConflict).member("currentVersion", 7)))
            .into()
    }
}

impl ToSchema for Problem {}

/// An error and its causes on one line.
struct Chain<'a>(&'a dyn Error);

impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

/// Identifies a log line. It is not secret, so the standard library's hash seed is random enough.
fn incident_id() -> String {
    format!("{:016x}", RandomState::new().hash_one(()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json_of(problem: &Problem) -> Value {
        serde_json::to_value(problem).unwrap()
    }

    #[tokio::test]
    async fn a_problem_is_a_response_of_its_media_type() {
        let problem = Problem::new(Code::RateLimited).retry_after(7);
        let response = problem.into_response();
        assert_eq!(response.status(), 429);
        assert_eq!(response.headers()[CONTENT_TYPE], MEDIA_TYPE);
        assert_eq!(response.headers()[RETRY_AFTER], "7");
        let body = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
        let body: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(body["type"], "urn:ordercast:problem:rate_limited");
        assert_eq!(body["status"], 429);
        assert_eq!(body["retryAfter"], 7);
    }

    #[test]
    fn fields_collect_in_errors() {
        let problem = Problem::new(Code::InvalidBody).error("a", "is missing").error("b[0]", "is too long");
        assert_eq!(
            json_of(&problem)["errors"],
            json!([{"field": "a", "message": "is missing"}, {"field": "b[0]", "message": "is too long"}])
        );
    }

    #[test]
    fn a_fault_of_ours_tells_the_incident_and_not_the_cause() {
        let cause = std::io::Error::other("password=hunter2");
        let (one, two) = (Problem::internal(&cause), Problem::internal(&cause));
        assert_eq!(one.status_code(), 500);
        assert!(!json_of(&one).to_string().contains("hunter2"));
        let incident = one.members()["incident"].as_str().unwrap();
        assert!(one.message().contains(incident));
        assert_ne!(one.members()["incident"], two.members()["incident"]);
    }

    #[test]
    fn the_log_tells_causes_of_causes() {
        #[derive(Debug, thiserror::Error)]
        #[error("outer")]
        struct Outer(#[source] std::io::Error);
        assert_eq!(Chain(&Outer(std::io::Error::other("inner"))).to_string(), "outer: inner");
    }

    #[test]
    fn the_schema_requires_what_is_always_there() {
        let schema = serde_json::to_value(Problem::schema()).unwrap();
        assert_eq!(schema["required"], json!(STANDARD.map(|name| name)));
        assert_eq!(schema["additionalProperties"], true);
        for name in STANDARD {
            assert!(schema["properties"][name].is_object(), "{name}");
        }
        assert_eq!(Problem::name(), "Problem");
    }
}
