//! The API reference at `/docs`. The web build makes it of the OpenAPI and AsyncAPI documents (`web/app/docs`).

use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

use super::policy;
use super::site::{Asset, Site};
use super::under::under;
use crate::app::AppState;
use crate::base_path::BasePath;

pub(crate) fn routes(base_path: &BasePath) -> Router<AppState> {
    let page = Site::embedded().docs(base_path);
    let links = under(base_path, include_str!("docs_not_built.html"));
    let page = get(async move |request: HeaderMap| answer(page.as_ref(), &links, &request));
    Router::new().route("/docs", page.clone()).route("/docs/", page)
}

fn answer(page: Option<&Asset>, links: &str, request: &HeaderMap) -> Response {
    let mut page = match page {
        Some(page) => page.answer(request),
        None => not_built(links),
    };
    page.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy::DOCS));
    policy::harden(page.headers_mut());
    page
}

/// Links to the documents, in a binary that was built without the web app.
fn not_built(links: &str) -> Response {
    ([(CACHE_CONTROL, "no-store")], Html(links.to_owned())).into_response()
}
