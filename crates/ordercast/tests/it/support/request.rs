//! Requests and responses.

use reqwest::header::{CONTENT_TYPE, HeaderMap};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use super::{Shop, within};

#[must_use]
pub(crate) struct TestRequest(RequestBuilder);

/// A response with its whole body.
#[derive(Debug, Clone)]
pub(crate) struct TestResponse {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Shop {
    pub(crate) fn ask(&self, method: &str, path: &str) -> TestRequest {
        TestRequest(self.client.request(Method::from_bytes(method.as_bytes()).unwrap(), self.url(path)))
    }

    pub(crate) fn get(&self, path: &str) -> TestRequest {
        self.ask("GET", path)
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> TestRequest {
        self.ask("POST", path).json(body)
    }

    pub(crate) fn put(&self, path: &str, body: &Value) -> TestRequest {
        self.ask("PUT", path).json(body)
    }
}

impl TestRequest {
    pub(crate) fn of(request: RequestBuilder) -> Self {
        Self(request)
    }

    /// Sends a bearer token, or none if it is empty.
    pub(crate) fn by(self, token: &str) -> Self {
        if token.is_empty() { self } else { Self(self.0.bearer_auth(token)) }
    }

    /// Sends the session cookie.
    pub(crate) fn cookie(self, token: &str) -> Self {
        self.header("cookie", &format!("ordercast_session={token}"))
    }

    pub(crate) fn header(self, name: &str, value: &str) -> Self {
        Self(self.0.header(name, value))
    }

    pub(crate) fn body(self, content_type: &str, bytes: impl Into<reqwest::Body>) -> Self {
        Self(self.0.header(CONTENT_TYPE, content_type).body(bytes))
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        Self(self.0.json(body))
    }

    /// Sends the request and returns the response before its body is read, for streams.
    pub(crate) async fn open(self) -> reqwest::Response {
        self.0.send().await.unwrap()
    }

    pub(crate) async fn send(self) -> TestResponse {
        self.attempt().await.unwrap()
    }

    /// Sends the request. The connection may fail.
    pub(crate) async fn attempt(self) -> reqwest::Result<TestResponse> {
        within(async {
            let response = self.0.send().await?;
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            Ok(TestResponse { status, headers, text: response.text().await? })
        })
        .await
    }

    /// The body of a response, which must have this status.
    #[track_caller]
    pub(crate) fn gives(self, status: u16) -> impl Future<Output = Value> {
        let caller = std::panic::Location::caller();
        async move {
            let answer = self.send().await;
            assert_eq!(answer.status, status, "at {caller}: {}", answer.text);
            answer.json()
        }
    }

    /// The problem code of a response, which must have this status.
    #[track_caller]
    pub(crate) fn refused(self, status: u16) -> impl Future<Output = String> {
        let caller = std::panic::Location::caller();
        async move {
            let answer = self.send().await;
            assert_eq!(answer.status, status, "at {caller}: {}", answer.text);
            answer.code()
        }
    }
}

impl TestResponse {
    /// The body as JSON; null if it is empty.
    pub(crate) fn json(&self) -> Value {
        if self.text.is_empty() { Value::Null } else { serde_json::from_str(&self.text).unwrap() }
    }

    /// The value of a header; empty if it is missing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The code of the problem. Checks that the problem is complete (RFC 9457).
    #[track_caller]
    pub(crate) fn code(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json", "{self:?}");
        let problem = self.json();
        let code = problem["code"].as_str().unwrap_or_default();
        assert!(api::problem::Code::ALL.iter().any(|known| known.name() == code), "{problem}");
        assert_eq!(problem["type"], format!("urn:ordercast:problem:{code}"), "{problem}");
        assert_eq!(problem["status"], self.status, "{problem}");
        assert!(problem["title"].as_str().is_some_and(|title| title.len() > 3), "{problem}");
        let detail = problem["detail"].as_str().unwrap_or_default();
        assert!(detail.len() > 10 && detail.ends_with(['.', '…']), "the detail is no sentence: {problem}");
        code.to_owned()
    }
}
