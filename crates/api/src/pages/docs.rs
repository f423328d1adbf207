//! The API reference at `/docs`. The web build makes it of the OpenAPI and AsyncAPI documents (`web/app/docs`).

use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

use super::policy;
use super::site::Site;
use crate::app::AppState;

pub(crate) fn routes() -> Router<AppState> {
    Router::new().route("/docs", get(page)).route("/docs/", get(page))
}

async fn page(request: HeaderMap) -> Response {
    let mut page = match Site::embedded().docs() {
        Some(page) => page.answer(&request),
        None => not_built(),
    };
    page.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy::DOCS));
    policy::harden(page.headers_mut());
    page
}

/// Links to the documents, in a binary that was built without the web app.
fn not_built() -> Response {
    ([(CACHE_CONTROL, "no-store")], Html(include_str!("docs_not_built.html"))).into_response()
}
