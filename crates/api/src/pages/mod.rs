//! The web app: its files, which are part of the binary, and the one page that answers every address of its own.
//!
//! [`site`] knows the files, [`policy`] what a page of reserved may load. `web/app/dist` is what is taken in, if it is there
//! when the binary is built; a binary without it serves the API, and says at `/` how to build the app.

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

/// What is the server's own, whatever a page would like to be called.
const RESERVED_PATHS: [&str; 5] = ["/api", "/docs", "/health", "/metrics", "/socket.io"];

/// Whether the web app is in this binary.
pub fn is_built() -> bool {
    Site::embedded().page().is_some()
}

/// Answers what nothing else answers.
pub(crate) fn fallback(routes: Router<AppState>) -> Router<AppState> {
    // Read once: the files do not change while the binary runs.
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
    // A page's address has no ending such as `.js`: a file that is gone must not be answered with a page.
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

/// Browsers say so when somebody follows a link; scripts that fetch, and curl, do not.
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
