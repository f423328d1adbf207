//! Serves the web app: its files, which are embedded in the binary, and the page that serves every address of the
//! app.
//!
//! `site` has the files, `policy` the content security policy. The build embeds `web/app/dist` if it exists. A
//! binary without it serves the API, and explains at `/` how to build the app.

mod policy;
mod site;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{Html, IntoResponse, Response};

use self::site::Site;
use crate::app::AppState;
use crate::problem::{Code, Problem};

/// Prefixes that are never an address of the app.
const RESERVED_PATHS: [&str; 5] = ["/api", "/docs", "/health", "/metrics", "/socket.io"];

pub fn is_built() -> bool {
    Site::embedded().page().is_some()
}

/// Serves every path that no route matches.
pub(crate) fn fallback(routes: Router<AppState>) -> Router<AppState> {
    // Read once, because the files do not change while the binary runs.
    let site = Site::embedded();
    routes.fallback(async move |State(app): State<AppState>, request: Request| answer(&app, site, request))
}

fn answer(app: &AppState, site: &Site, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let path = parts.uri.path();
    let reserved = RESERVED_PATHS
        .iter()
        .any(|own| path.strip_prefix(own).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')));
    if reserved || !matches!(parts.method, Method::GET | Method::HEAD) {
        return Problem::new(Code::NotFound).into_response();
    }
    if let Some(file) = site.file(path) {
        return file.answer(&parts.headers);
    }
    // The app's addresses have no extension such as `.js`. A missing file must not be served as a page.
    let named = path.rsplit('/').next().is_some_and(|last| last.contains('.'));
    if named || !(path == "/" || accepts_html(&parts.headers)) {
        return Problem::new(Code::NotFound).into_response();
    }
    let policy = policy::of(app, &parts);
    let mut page = match site.page() {
        Some(page) => page.answer(&parts.headers),
        None if path == "/" => not_built(),
        None => return Problem::new(Code::NotFound).into_response(),
    };
    if let Ok(policy) = HeaderValue::try_from(policy) {
        page.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
    policy::harden(page.headers_mut());
    page
}

/// Browsers send `Accept: text/html` when a person follows a link. Scripts and curl do not.
fn accepts_html(headers: &HeaderMap) -> bool {
    headers
        .get(ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}

fn not_built() -> Response {
    (StatusCode::OK, [(CACHE_CONTROL, "no-store")], Html(include_str!("not_built.html"))).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_for_whoever_follows_a_link() {
        let accept = |value: &'static str| [(ACCEPT, HeaderValue::from_static(value))].into_iter().collect();
        assert!(accepts_html(&accept("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8")));
        for other in ["*/*", "application/json", "image/avif,*/*"] {
            assert!(!accepts_html(&accept(other)), "{other}");
        }
        assert!(!accepts_html(&HeaderMap::new()));
    }
}
