//! Query and path parameters.

use axum::extract::path::ErrorKind;
use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts, Path as AxumPath};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::{field_name, truncate_message};
use crate::problem::{Code, Problem};

/// Parameters that clients add so that no cache answers, in small letters and without `_` and `-`. The empty name is jQuery's
/// `_`. No read has a parameter with one of these names.
const CACHE_BUSTERS: [&str; 25] = [
    "",
    "t",
    "ts",
    "time",
    "timestamp",
    "now",
    "v",
    "r",
    "rnd",
    "rand",
    "random",
    "nonce",
    "dc",
    "cb",
    "cache",
    "cachebust",
    "cachebuster",
    "cachebusting",
    "bust",
    "buster",
    "nc",
    "nocache",
    "preventcache",
    "refresh",
    "reload",
];

/// The query string as a flat struct. A key that may be repeated is a `Vec` with `#[serde(default)]`. Parameters without a
/// value count as absent, and those whose only purpose is to avoid caches are ignored.
#[derive(Debug, Clone, Copy)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let pairs = parts.uri.query().unwrap_or_default().split('&');
        let query = pairs.filter(|pair| is_meant(pair)).collect::<Vec<_>>().join("&");
        let parser = serde_html_form::Deserializer::from_bytes(query.as_bytes());
        serde_path_to_error::deserialize(parser).map(Self).map_err(|error| {
            let message = error.inner().to_string();
            let field = field_name(&error.path().to_string(), &message);
            refused(Code::InvalidQuery, "The query string", &field, &message)
        })
    }
}

/// Whether a pair of a query string has a value and is no cache buster.
fn is_meant(pair: &str) -> bool {
    let (name, value) = match pair.split_once('=') {
        Some((_, "")) => return false,
        Some((name, value)) => (name, value),
        None => (pair, ""),
    };
    // `?1733072400000`, and `?0.123` of `Math.random()`.
    if value.is_empty() && name.starts_with(|c: char| c.is_ascii_digit()) && name.parse::<f64>().is_ok() {
        return false;
    }
    let name = name
        .replace("%5F", "")
        .replace("%5f", "")
        .replace("%2D", "")
        .replace("%2d", "")
        .replace(['_', '-'], "");
    !CACHE_BUSTERS.contains(&name.to_ascii_lowercase().as_str())
}

/// Path parameters: one value, a tuple, or a struct with the route's names.
#[derive(Debug, Clone, Copy)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match AxumPath::from_request_parts(parts, state).await {
            Ok(AxumPath(value)) => Ok(Self(value)),
            Err(rejection) => Err(explain(&rejection)),
        }
    }
}

#[cold]
fn explain(rejection: &PathRejection) -> Problem {
    let PathRejection::FailedToDeserializePathParams(failed) = rejection else {
        return Problem::internal(rejection);
    };
    let (field, message) = match failed.kind() {
        ErrorKind::ParseErrorAtKey { key, expected_type, .. } => {
            (&**key, format!("expected {expected_type}"))
        }
        ErrorKind::ParseErrorAtIndex { expected_type, .. } | ErrorKind::ParseError { expected_type, .. } => {
            ("", format!("expected {expected_type}"))
        }
        ErrorKind::DeserializeError { key, message, .. } => (&**key, message.clone()),
        ErrorKind::InvalidUtf8InPathParam { key } => (&**key, "is not valid UTF-8".to_owned()),
        ErrorKind::Message(message) => ("", message.clone()),
        // The route and the handler do not match. No request can cause this, so it is an internal error.
        _ => return Problem::internal(rejection),
    };
    refused(Code::InvalidPath, "The path", field, &message)
}

fn refused(code: Code, whole: &str, field: &str, message: &str) -> Problem {
    let (field, message) = (truncate_message(field), truncate_message(message));
    let subject = if field.is_empty() { whole.to_owned() } else { format!("`{field}`") };
    Problem::new(code).detail(format!("{subject}: {message}.")).error(field, message)
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::extract::Request;
    use axum::routing::get;
    use axum::{Router, http};
    use orders::OrderRef;
    use serde::Deserialize;
    use serde_json::Value;
    use tower::ServiceExt as _;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct ListQuery {
        limit: Option<u16>,
        #[serde(default)]
        status: Vec<String>,
    }

    async fn query(text: &str) -> Result<ListQuery, Problem> {
        let uri = format!("/orders?{text}").parse::<http::Uri>().unwrap();
        let (mut parts, ()) = Request::builder().uri(uri).body(()).unwrap().into_parts();
        Query::from_request_parts(&mut parts, &()).await.map(|Query(filter)| filter)
    }

    #[tokio::test]
    async fn a_query_has_optional_and_repeated_parameters() {
        assert_eq!(query("").await.unwrap(), ListQuery { limit: None, status: vec![] });
        let filter = query("status=paid&limit=5&status=%73hipped").await.unwrap();
        assert_eq!(filter, ListQuery { limit: Some(5), status: vec!["paid".into(), "shipped".into()] });
    }

    #[tokio::test]
    async fn parameters_against_caches_are_ignored() {
        for text in [
            "_=1769860800500",
            "limit=5&t=1&ts=2&cb=3",
            "nocache&limit=5",
            "rand=0.5&_=1&_=2&limit=5",
            "noCache=1",
            "timestamp=1769860800500&limit=5",
            "v=1&r=2&rnd=0.5&_dc=3&time=4&cache_bust=5&nc=6",
            "1769860800500",
            "limit=5&0.7312",
            "%5F=1",
            "cacheBuster=abc&limit=5",
        ] {
            let filter = query(text).await.unwrap();
            assert!(filter.status.is_empty() && filter.limit.is_none_or(|limit| limit == 5), "{text}");
            assert_eq!(filter.limit.is_some(), text.contains("limit"), "{text}");
        }
    }

    #[tokio::test]
    async fn a_parameter_without_a_value_is_absent() {
        for text in ["limit=", "limit=&status=", "page=", "&&"] {
            assert_eq!(query(text).await.unwrap(), ListQuery { limit: None, status: vec![] }, "{text}");
        }
    }

    #[tokio::test]
    async fn a_wrong_parameter_is_named() {
        for (text, field) in [
            ("limit=many", "limit"),
            ("limit=-1", "limit"),
            ("limit=70000", "limit"),
            ("limit=1&limit=2", "limit"),
            ("limit=%ff", "limit"),
            ("page=2", "page"),
            ("limits=2", "limits"),
            ("tim=2", "tim"),
            ("sinc", "sinc"),
        ] {
            let problem = query(text).await.unwrap_err();
            assert_eq!((problem.code(), problem.status_code().as_u16()), (Code::InvalidQuery, 400), "{text}");
            assert_eq!(problem.members()["errors"][0]["field"], field, "{text}: {}", problem.message());
        }
    }

    async fn path(uri: &str) -> (u16, Value) {
        async fn by_order(Path(order): Path<OrderRef>) -> String {
            order.to_string()
        }
        async fn by_two(Path((order, line)): Path<(OrderRef, u8)>) -> String {
            format!("{order} {line}")
        }
        let router = Router::new()
            .route("/orders/{order}", get(by_order))
            .route("/orders/{order}/{line}", get(by_two));
        let request = Request::builder().uri(uri).body(Body::empty()).unwrap();
        let response = router.oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let body = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
        let text = String::from_utf8(body.to_vec()).unwrap();
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    #[tokio::test]
    async fn an_order_is_named_in_the_path_by_number_or_id() {
        assert_eq!(path("/orders/10001").await, (200, Value::from(10_001)));
        assert_eq!(path("/orders/%2310001").await.0, 200);
        assert_eq!(path("/orders/01903e4c-0000-7000-8000-000000000000").await.0, 200);
        assert_eq!(path("/orders/10001/3").await.0, 200);
    }

    #[tokio::test]
    async fn a_wrong_path_is_a_400_that_says_the_rule() {
        for uri in ["/orders/nope", "/orders/%ff", "/orders/%00", "/orders/10001/-1", "/orders/10001/300"] {
            let (status, body) = path(uri).await;
            assert_eq!((status, &body["code"]), (400, &Value::from("invalid_path")), "{uri}: {body}");
        }
        let (_, body) = path("/orders/nope").await;
        assert!(body["detail"].as_str().unwrap().contains("its number (such as 10001)"), "{body}");
    }
}
