//! A JSON body.

use axum::extract::{FromRequest, OptionalFromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use super::objects::ObjectsOnly;
use super::{RawBody, field_name, truncate_message};
use crate::problem::{Code, Problem};

/// A JSON body and the bytes it was parsed from: `Json(order, _): Json<PlaceOrder>`.
///
/// Refuses another content type (415), a body that is too large (413), invalid JSON (400, with line and column),
/// and JSON of another shape (422, naming the field). `Option<Json<T>>` is `None` for an empty body.
#[derive(Debug, Clone)]
pub struct Json<T>(pub T, pub RawBody);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::new(Code::UnsupportedMediaType));
        }
        let body = RawBody::from_request(request, state).await?;
        parse(body)
    }
}

impl<T: DeserializeOwned, S: Send + Sync> OptionalFromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Option<Self>, Problem> {
        let is_json = is_json(request.headers());
        let body = RawBody::from_request(request, state).await?;
        match (body.0.is_empty(), is_json) {
            (true, _) => Ok(None),
            (false, true) => parse(body).map(Some),
            (false, false) => Err(Problem::new(Code::UnsupportedMediaType)),
        }
    }
}

/// `application/json` or `application/…+json`. A page of another origin can send these only after a CORS preflight
/// (Fetch standard, "CORS-safelisted request-header"), unlike a missing type or `text/plain`.
fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence
        .strip_prefix("application/")
        .is_some_and(|subtype| subtype == "json" || subtype.ends_with("+json"))
}

fn parse<T: DeserializeOwned>(body: RawBody) -> Result<Json<T>, Problem> {
    match objects_only(&body.0) {
        Ok(value) => Ok(Json(value, body)),
        Err(error) => Err(explain::<T>(&body.0, &error)),
    }
}

/// Parses one JSON value, in which every struct is an object.
fn objects_only<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, serde_json::Error> {
    let mut parser = serde_json::Deserializer::from_slice(bytes);
    let value = T::deserialize(ObjectsOnly(&mut parser))?;
    parser.end()?;
    Ok(value)
}

/// The first parse is fast but does not track the path. After an error, a second one finds it.
#[cold]
fn explain<T: DeserializeOwned>(bytes: &[u8], error: &serde_json::Error) -> Problem {
    let (line, column) = (error.line(), error.column());
    // serde_json calls a number in place of a string "expected value", although the JSON is valid.
    let is_json = || serde_json::from_slice::<serde_json::Value>(bytes).is_ok();
    if error.classify() != Category::Data && !is_json() {
        let message = truncate_message(without_position(&error.to_string()));
        return Problem::new(Code::InvalidJson)
            .detail(format!("Line {line}, column {column}: {message}."))
            .member("line", line)
            .member("column", column);
    }
    let mut parser = serde_json::Deserializer::from_slice(bytes);
    let (field, message) = match serde_path_to_error::deserialize::<_, T>(ObjectsOnly(&mut parser)) {
        Ok(_) => (String::new(), error.to_string()),
        Err(tracked) => {
            let message = tracked.inner().to_string();
            (field_name(&tracked.path().to_string(), &message), message)
        }
    };
    let message = truncate_message(without_position(&message));
    let subject = if field.is_empty() { "The body".to_owned() } else { format!("`{field}`") };
    Problem::new(Code::InvalidBody).detail(format!("{subject}: {message}.")).error(field, message)
}

/// `serde_json` messages end with the position, which is sent separately.
fn without_position(message: &str) -> &str {
    message.rfind(" at line ").map_or(message, |end| &message[..end])
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Order {
        items: Vec<Item>,
        note: Option<String>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Item {
        sku: String,
        quantity: u32,
    }

    fn request(content_type: &str, body: impl Into<Body>) -> Request {
        Request::builder().header(CONTENT_TYPE, content_type).body(body.into()).unwrap()
    }

    async fn order(body: impl Into<Body>) -> Result<Order, Problem> {
        let request = request("application/json", body);
        <Json<Order> as FromRequest<()>>::from_request(request, &()).await.map(|Json(order, _)| order)
    }

    #[tokio::test]
    async fn a_body_is_parsed_and_kept() {
        let bytes = r#"{"items": [{"sku": "tea", "quantity": 2}]}"#;
        let Json(order, raw) = <Json<Order> as FromRequest<()>>::from_request(
            request("Application/JSON; charset=utf-8", bytes),
            &(),
        )
        .await
        .unwrap();
        assert_eq!(order.items[0].quantity, 2);
        assert_eq!(raw.0, bytes);
    }

    #[tokio::test]
    async fn only_json_types_are_taken() {
        for (content_type, good) in [
            ("application/json", true),
            ("application/merge-patch+json", true),
            ("text/plain", false),
            ("text/json", false),
            ("application/x-www-form-urlencoded", false),
            ("application/jsonp", false),
            ("", false),
        ] {
            let result =
                <Json<Order> as FromRequest<()>>::from_request(request(content_type, r#"{"items":[]}"#), &())
                    .await;
            match result {
                Ok(_) => assert!(good, "{content_type:?}"),
                Err(problem) => {
                    assert_eq!((good, problem.status_code().as_u16()), (false, 415), "{content_type:?}");
                }
            }
        }
        let bare = Request::new(Body::from(r#"{"items":[]}"#));
        let problem = <Json<Order> as FromRequest<()>>::from_request(bare, &()).await.unwrap_err();
        assert_eq!(problem.code(), Code::UnsupportedMediaType);
    }

    #[tokio::test]
    async fn what_is_not_json_is_a_400_with_its_place() {
        let deep = "[".repeat(100_000);
        let bad: [&[u8]; 9] = [
            b"",
            b"{",
            b"{\"items\": [],}",
            b"{\"items\": []} x",
            b"{\"items\": []}{}",
            b"{\"items\": [], \"note\": \"\xff\"}",
            b"{\"items\": [], \"note\": \"\\ud800\"}",
            b"\xef\xbb\xbf{\"items\": []}",
            b"{\"items\": [{\"sku\": \"a\", \"quantity\": 1e999}]}",
        ];
        for body in bad {
            let problem = order(body.to_vec()).await.unwrap_err();
            assert_eq!(problem.code(), Code::InvalidJson, "{:?}", String::from_utf8_lossy(body));
            assert!(problem.members().contains_key("line") && problem.members().contains_key("column"));
        }
        let anything = request("application/json", deep);
        let problem =
            <Json<serde_json::Value> as FromRequest<()>>::from_request(anything, &()).await.unwrap_err();
        assert_eq!(problem.code(), Code::InvalidJson);

        let problem = order("{\n  \"items\": nope}").await.unwrap_err();
        assert_eq!(
            (problem.members()["line"].as_u64(), problem.members()["column"].as_u64()),
            (Some(2), Some(13))
        );
    }

    #[tokio::test]
    async fn json_of_another_shape_is_a_422_that_names_the_field() {
        for (body, field, part) in [
            ("{}", "items", "missing field"),
            (r#"{"items": [], "admin": true}"#, "admin", "unknown field"),
            (r#"{"items": [], "items": []}"#, "items", "duplicate field"),
            (r#"{"items": {}}"#, "items", "expected a sequence"),
            (r#"{"items": [{"sku": "a"}]}"#, "items[0].quantity", "missing field"),
            (r#"{"items": [{"sku": "a", "quantity": 1, "price": 0}]}"#, "items[0].price", "unknown field"),
            (r#"{"items": [{"sku": "a", "quantity": "2"}]}"#, "items[0].quantity", "invalid type"),
            (r#"{"items": [{"sku": "a", "quantity": -1}]}"#, "items[0].quantity", "invalid value"),
            ("[]", "", "expected an object"),
            (r#"[[{"sku": "a", "quantity": 1}], null]"#, "", "expected an object"),
            (r#"{"items": [["a", 1]]}"#, "items[0]", "expected an object"),
            (r#""text""#, "", "expected struct Order"),
            ("null", "", "expected struct Order"),
        ] {
            let problem = order(body).await.unwrap_err();
            assert_eq!((problem.code(), problem.status_code().as_u16()), (Code::InvalidBody, 422), "{body}");
            let error = &problem.members()["errors"][0];
            assert_eq!(error["field"], field, "{body}");
            let message = error["message"].as_str().unwrap();
            assert!(message.contains(part) && !message.contains("at line"), "{body}: {message}");
        }
    }

    #[tokio::test]
    async fn what_is_quoted_back_is_short() {
        let long = "x".repeat(10_000);
        let problem = order(format!(r#"{{"items": "{long}"}}"#)).await.unwrap_err();
        assert!(problem.message().len() < 1_000);
        let problem = order(format!(r#"{{"items": [], "{long}": 1}}"#)).await.unwrap_err();
        assert!(serde_json::to_string(&problem).unwrap().len() < 2_000);
    }

    #[tokio::test]
    async fn an_optional_body_may_be_absent_but_not_wrong() {
        let absent = Request::new(Body::empty());
        assert!(<Json<Order> as OptionalFromRequest<()>>::from_request(absent, &()).await.unwrap().is_none());
        let empty = request("application/json", "");
        assert!(<Json<Order> as OptionalFromRequest<()>>::from_request(empty, &()).await.unwrap().is_none());
        let wrong = request("application/json", "{}");
        let problem = <Json<Order> as OptionalFromRequest<()>>::from_request(wrong, &()).await.unwrap_err();
        assert_eq!(problem.code(), Code::InvalidBody);
        let typeless = Request::new(Body::from("{}"));
        let problem =
            <Json<Order> as OptionalFromRequest<()>>::from_request(typeless, &()).await.unwrap_err();
        assert_eq!(problem.code(), Code::UnsupportedMediaType);
    }
}
