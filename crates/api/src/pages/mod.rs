//! Serves the web app and the API reference: their files, which are embedded in the binary, and the page that serves
//! every address of the app.
//!
//! `site` has the files, `under` adapts pages to the base path, `policy` has the content security policies, `docs` the API
//! reference. The build embeds `web/app/dist` if it exists. A binary without it serves the API, and explains at `/` how to
//! build the app.

pub(crate) mod docs;
mod policy;
mod site;
mod under;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{Html, IntoResponse, Response};

use self::site::{Asset, Site};
use self::under::under;
use crate::app::AppState;
use crate::base_path::BasePath;
use crate::problem::{Code, Problem};

/// Prefixes that are never an address of the app.
const RESERVED_PATHS: [&str; 5] = ["/api", "/docs", "/health", "/metrics", "/socket.io"];

/// Addresses of the app, as in `web/app/src/routes.tsx`; `*` is one or more segments. Bots, monitors and `HEAD` get the page
/// there, too, although they do not ask for HTML.
const APP_PATHS: [&str; 13] = [
    "/",
    "/cart",
    "/checkout",
    "/sign-in",
    "/sign-up",
    "/reset-password",
    "/orders",
    "/orders/*",
    "/notifications",
    "/profile",
    "/real-time-test",
    "/admin",
    "/admin/*",
];

pub fn is_built() -> bool {
    Site::embedded().page(&BasePath::default()).is_some()
}

/// Serves every path that no route matches.
pub(crate) fn fallback(routes: Router<AppState>, base_path: &BasePath) -> Router<AppState> {
    // Read once, because the files do not change while the binary runs.
    let site = Site::embedded();
    let page = site.page(base_path);
    routes.fallback(async move |State(app): State<AppState>, request: Request| {
        answer(&app, site, page.as_ref(), request)
    })
}

fn answer(app: &AppState, site: &Site, page: Option<&Asset>, request: Request) -> Response {
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
    let is_page = match parts.method {
        Method::HEAD => is_app_path(path),
        _ => is_app_path(path) && !refuses_html(&parts.headers),
    };
    if is_file(path) || !(is_page || accepts_html(&parts.headers)) {
        return Problem::new(Code::NotFound).into_response();
    }
    let policy = policy::of(app, &parts);
    let mut page = match page {
        Some(page) => page.answer(&parts.headers),
        None => not_built(&app.settings.base_path),
    };
    if let Ok(policy) = HeaderValue::try_from(policy) {
        page.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
    policy::harden(page.headers_mut());
    page
}

fn is_app_path(path: &str) -> bool {
    // One slash at the end is ignored; `//` is no other name of `/`.
    let path = path.strip_suffix('/').filter(|rest| rest.len() > 1).unwrap_or(path);
    APP_PATHS.iter().any(|known| match known.strip_suffix('*') {
        Some(folder) => path.strip_prefix(folder).is_some_and(|rest| !rest.is_empty()),
        None => path == *known,
    })
}

/// Addresses of the app have no extension such as `.js`. Only an order's address may have a dot, from its reference (`SHOP.1`).
/// A missing file must not be served as a page.
fn is_file(path: &str) -> bool {
    let is_order = |prefix: &str| path.strip_prefix(prefix).is_some_and(|order| !order.contains('/'));
    let is_order = ["/orders/", "/admin/orders/"].into_iter().any(is_order);
    !is_order && path.rsplit('/').next().is_some_and(|last| last.contains('.'))
}

/// Whether a client wants something else than HTML, such as `application/json`. Most bots and monitors accept anything, or do
/// not say.
fn refuses_html(headers: &HeaderMap) -> bool {
    let mut accepted = headers.get_all(ACCEPT).iter().filter_map(|accept| accept.to_str().ok()).peekable();
    let says = accepted.peek().is_some();
    let mut kinds = accepted.flat_map(|accept| accept.split(',')).map(media_type);
    says && !kinds.any(|kind| {
        is_html(kind) || ["text/*", "*/*", "*", ""].iter().any(|any| kind.eq_ignore_ascii_case(any))
    })
}

fn media_type(accepted: &str) -> &str {
    accepted.split(';').next().unwrap_or_default().trim()
}

fn is_html(kind: &str) -> bool {
    ["text/html", "application/xhtml+xml"].iter().any(|html| kind.eq_ignore_ascii_case(html))
}

/// Browsers send `Accept: text/html` when a person follows a link. Scripts and curl do not.
fn accepts_html(headers: &HeaderMap) -> bool {
    headers
        .get(ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.split(',').map(media_type).any(is_html))
}

fn not_built(base_path: &BasePath) -> Response {
    let page = under(base_path, include_str!("not_built.html"));
    (StatusCode::OK, [(CACHE_CONTROL, "no-store")], Html(page)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bots_get_the_page_at_the_addresses_of_the_app() {
        for path in ["/", "/admin", "/admin/", "/admin/orders/7", "/orders/1", "/orders", "/cart"] {
            assert!(is_app_path(path), "{path}");
        }
        for other in ["/adminx", "/nothing", "/wp-login", "/order", "//", ""] {
            assert!(!is_app_path(other), "{other}");
        }
        let accept = |value: &'static str| [(ACCEPT, HeaderValue::from_static(value))].into_iter().collect();
        for bot in [
            "*/*",
            "text/*;q=0.5",
            "image/avif, */*;q=0.1",
            "text/html",
            "TEXT/HTML",
            "application/xhtml+xml",
        ] {
            assert!(!refuses_html(&accept(bot)), "{bot}");
        }
        assert!(!refuses_html(&HeaderMap::new()));
        assert!(refuses_html(&accept("application/json")) && refuses_html(&accept("text/event-stream")));
    }

    #[test]
    fn every_route_of_the_app_is_known() {
        let routes = include_str!("../../../../web/app/src/routes.tsx");
        let paths: Vec<_> =
            routes.split("page(\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert!(paths.len() > 5, "{paths:?}");
        for path in paths {
            let example = path.replace(":id", "7").replace("*?", "x");
            assert!(is_app_path(&example), "{path} is missing in APP_PATHS");
        }
    }

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
