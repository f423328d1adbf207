//! Requests and answers.

use reqwest::header::{CONTENT_TYPE, HeaderMap};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use super::{Shop, within};

/// A request that is being written.
#[must_use]
pub(crate) struct TestRequest(RequestBuilder);

/// An answer that was read to its end.
#[derive(Debug, Clone)]
pub(crate) struct TestResponse {
    /// Its status.
    pub(crate) status: u16,
    /// Its headers.
    pub(crate) headers: HeaderMap,
    /// Its body.
    pub(crate) text: String,
}

impl Shop {
    /// A request by any method.
    pub(crate) fn ask(&self, method: &str, path: &str) -> TestRequest {
        TestRequest(self.client.request(Method::from_bytes(method.as_bytes()).unwrap(), self.url(path)))
    }

    /// `GET`
    pub(crate) fn get(&self, path: &str) -> TestRequest {
        self.ask("GET", path)
    }

    /// `POST` with JSON.
    pub(crate) fn post(&self, path: &str, body: &Value) -> TestRequest {
        self.ask("POST", path).json(body)
    }

    /// `PUT` with JSON.
    pub(crate) fn put(&self, path: &str, body: &Value) -> TestRequest {
        self.ask("PUT", path).json(body)
    }
}

impl TestRequest {
    /// Around a request made elsewhere.
    pub(crate) fn of(request: RequestBuilder) -> Self {
        Self(request)
    }

    /// With a token; without any if it is empty.
    pub(crate) fn by(self, token: &str) -> Self {
        if token.is_empty() { self } else { Self(self.0.bearer_auth(token)) }
    }

    /// With the session cookie, as a browser sends it.
    pub(crate) fn cookie(self, token: &str) -> Self {
        self.header("cookie", &format!("ordercast_session={token}"))
    }

    /// With a header.
    pub(crate) fn header(self, name: &str, value: &str) -> Self {
        Self(self.0.header(name, value))
    }

    /// With bytes as they are, and their type.
    pub(crate) fn body(self, content_type: &str, bytes: impl Into<reqwest::Body>) -> Self {
        Self(self.0.header(CONTENT_TYPE, content_type).body(bytes))
    }

    /// With JSON.
    pub(crate) fn json(self, body: &Value) -> Self {
        Self(self.0.json(body))
    }

    /// The connection itself, for an answer that does not end.
    pub(crate) async fn open(self) -> reqwest::Response {
        self.0.send().await.unwrap()
    }

    /// The answer.
    pub(crate) async fn send(self) -> TestResponse {
        self.attempt().await.unwrap()
    }

    /// The answer, or the error of a connection that broke.
    pub(crate) async fn attempt(self) -> reqwest::Result<TestResponse> {
        within(async {
            let response = self.0.send().await?;
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            Ok(TestResponse { status, headers, text: response.text().await? })
        })
        .await
    }

    /// The body of an answer that must have this status.
    #[track_caller]
    pub(crate) fn gives(self, status: u16) -> impl Future<Output = Value> {
        let caller = std::panic::Location::caller();
        async move {
            let answer = self.send().await;
            assert_eq!(answer.status, status, "at {caller}: {}", answer.text);
            answer.json()
        }
    }

    /// The problem's code of an answer that must have this status.
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
    /// The body as JSON; null where there is none.
    pub(crate) fn json(&self) -> Value {
        if self.text.is_empty() { Value::Null } else { serde_json::from_str(&self.text).unwrap() }
    }

    /// A header's text; empty where there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The stable code, of what must be a whole and helpful problem (RFC 9457).
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
        assert!(detail.len() > 10 && detail.ends_with(['.', '…']), "a sentence is missing: {problem}");
        code.to_owned()
    }
}
