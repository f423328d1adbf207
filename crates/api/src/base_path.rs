//! The path under which a server is public, such as `/shop` of `https://site.example/shop/`.
//!
//! [`mount`] removes it from requests before they are routed, so that handlers do not know it. Requests without it are
//! accepted too: a proxy may have removed it already. Links, cookies and `Location` headers always have it.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::str::FromStr;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::extract::Request;
use axum::http::header::LOCATION;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use tower_service::Service;

/// Empty, or segments that each begin with a slash.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BasePath(Arc<str>);

/// The longest base path, in bytes. It is part of every link and of the cookie's name.
const MAX_BYTES: usize = 100;
/// First segments of addresses within the shop. A base path that begins with one of them could not be told from such an
/// address when a proxy has removed it.
const TAKEN: [&str; 15] = [
    "admin",
    "api",
    "assets",
    "cart",
    "checkout",
    "docs",
    "health",
    "metrics",
    "notifications",
    "orders",
    "profile",
    "real-time-test",
    "reset-password",
    "sign-in",
    "sign-up",
];

/// A phrase that follows the option's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidBasePath {
    #[error(
        "must be a path such as /shop: a slash, and letters, digits, -, _, . and ~ between slashes, at most {MAX_BYTES} characters. To \
         serve the shop at the root of its host, leave it empty"
    )]
    Malformed,
    #[error("cannot begin with /{0}, which is a path within the shop; use another one, such as /shop")]
    Taken(&'static str),
}

impl BasePath {
    /// Without a slash at the end; empty at the root.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The rest of a path below this one: `/orders` of `/shop/orders`. `None` for other paths, such as `/shopping`.
    fn strip<'a>(&self, path: &'a str) -> Option<&'a str> {
        path.strip_prefix(&*self.0).filter(|rest| rest.starts_with('/'))
    }
}

impl fmt::Display for BasePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for BasePath {
    type Err = InvalidBasePath;

    /// A slash at the end is ignored.
    fn from_str(text: &str) -> Result<Self, InvalidBasePath> {
        let path = text.strip_suffix('/').unwrap_or(text);
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
        // Browsers remove the segments `.` and `..`.
        let is_segment = |segment: &str| {
            !segment.is_empty() && !matches!(segment, "." | "..") && segment.bytes().all(plain)
        };
        let mut segments = path.split('/');
        if segments.next() != Some("") || path.len() > MAX_BYTES || !segments.clone().all(is_segment) {
            return Err(InvalidBasePath::Malformed);
        }
        let first = segments.next();
        if let Some(taken) = TAKEN.into_iter().find(|taken| first == Some(taken)) {
            return Err(InvalidBasePath::Taken(taken));
        }
        Ok(Self(path.into()))
    }
}

/// Serves the router below a base path and, for proxies that remove the base path, without it.
pub(crate) fn mount(base_path: &BasePath, router: Router) -> Router {
    if base_path.is_root() {
        return router;
    }
    Router::new().fallback_service(Mounted { base_path: base_path.clone(), router })
}

#[derive(Clone)]
struct Mounted {
    base_path: BasePath,
    router: Router,
}

impl Service<Request> for Mounted {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        // A router is always ready.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        let Self { base_path, mut router } = self.clone();
        Box::pin(async move {
            if request.uri().path() == base_path.as_str()
                && matches!(*request.method(), Method::GET | Method::HEAD)
            {
                return Ok(redirect_to_root(&base_path, request.uri()));
            }
            if let Some(uri) = stripped(&base_path, request.uri()) {
                *request.uri_mut() = uri;
            }
            let mut response = router.call(request).await?;
            prefix_location(&base_path, response.headers_mut());
            Ok(response)
        })
    }
}

fn stripped(base_path: &BasePath, uri: &Uri) -> Option<Uri> {
    let rest = base_path.strip(uri.path_and_query()?.as_str())?;
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(rest).ok()?);
    Uri::from_parts(parts).ok()
}

/// `/shop` is not below `/shop/`, where the service worker and the installed app are.
fn redirect_to_root(base_path: &BasePath, uri: &Uri) -> Response {
    let query = uri.query().map_or(String::new(), |query| format!("?{query}"));
    let mut response = StatusCode::TEMPORARY_REDIRECT.into_response();
    if let Ok(location) = HeaderValue::try_from(format!("{base_path}/{query}")) {
        response.headers_mut().insert(LOCATION, location);
    }
    response
}

/// Handlers write paths without the base path.
fn prefix_location(base_path: &BasePath, headers: &mut HeaderMap) {
    let path = headers.get(LOCATION).and_then(|location| location.to_str().ok());
    let path = path.filter(|path| path.starts_with('/') && !path.starts_with("//"));
    if let Some(location) = path.and_then(|path| HeaderValue::try_from(format!("{base_path}{path}")).ok()) {
        headers.insert(LOCATION, location);
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::routing::get;
    use tower::ServiceExt as _;

    use super::*;

    fn base(text: &str) -> BasePath {
        text.parse().unwrap()
    }

    #[test]
    fn a_base_path_is_a_plain_path_that_is_not_within_the_shop() {
        for (text, path) in [
            ("", ""),
            ("/", ""),
            ("/shop", "/shop"),
            ("/shop/", "/shop"),
            ("/de/Shop_2", "/de/Shop_2"),
            ("/~anna/index.php/", "/~anna/index.php"),
        ] {
            assert_eq!(base(text).as_str(), path);
        }
        let long = format!("/{}", "x".repeat(MAX_BYTES));
        for bad in [
            "shop",
            "//",
            "/shop//",
            "//shop",
            "/a b",
            "/sh%20op",
            "/..",
            "/shop/./x",
            "/shop?x",
            "/\"",
            "https://a.example",
            &long,
        ] {
            assert_eq!(bad.parse::<BasePath>(), Err(InvalidBasePath::Malformed), "{bad}");
        }
        for taken in ["/orders", "/api/v2/", "/admin/shop"] {
            assert!(matches!(taken.parse::<BasePath>(), Err(InvalidBasePath::Taken(_))), "{taken}");
        }
        assert!("/order".parse::<BasePath>().is_ok());
    }

    #[test]
    fn every_address_of_the_app_is_taken() {
        let routes = include_str!("../../../web/app/src/routes.tsx");
        let pages = routes.split("page(\"/").skip(1).filter_map(|rest| rest.split(['"', '/']).next());
        let pages: Vec<_> = pages.filter(|first| !first.is_empty()).collect();
        assert!(pages.len() > 5, "{pages:?}");
        for page in pages {
            assert!(TAKEN.contains(&page), "/{page} is missing in TAKEN");
        }
    }

    #[tokio::test]
    async fn a_request_is_the_same_with_and_without_the_base_path() {
        let uri = |request: Request| async move { request.uri().to_string() };
        let router = mount(&base("/shop"), Router::new().fallback(get(uri)));
        let answer = async |uri: &str| {
            let request = Request::get(uri).body(Body::empty()).unwrap();
            let response = router.clone().oneshot(request).await.unwrap();
            let bytes = axum::body::to_bytes(response.into_body(), 1024).await.unwrap();
            String::from_utf8(bytes.to_vec()).unwrap()
        };
        for (asked, seen) in [
            ("/shop/orders?q=a%20b", "/orders?q=a%20b"),
            ("/orders?q=a%20b", "/orders?q=a%20b"),
            ("/shop/", "/"),
            ("/", "/"),
            ("/shopping", "/shopping"),
            ("/shop/shop/x", "/shop/x"),
            ("/shop//x", "//x"),
            ("/x/shop/", "/x/shop/"),
        ] {
            assert_eq!(answer(asked).await, seen, "{asked}");
        }
    }

    #[tokio::test]
    async fn redirects_lead_below_the_base_path() {
        let to =
            |location: &'static str| get(move || async move { (StatusCode::FOUND, [(LOCATION, location)]) });
        let redirects = Router::new()
            .route("/here", to("/docs/"))
            .route("/other-host", to("//other.example/"))
            .route("/absolute", to("https://other.example/"));
        let router = mount(&base("/shop"), redirects);
        for (asked, location) in [
            ("/shop/here", "/shop/docs/"),
            ("/here", "/shop/docs/"),
            ("/shop/other-host", "//other.example/"),
            ("/absolute", "https://other.example/"),
            ("/shop", "/shop/"),
            ("/shop?a=1", "/shop/?a=1"),
        ] {
            let request = Request::get(asked).body(Body::empty()).unwrap();
            let response = router.clone().oneshot(request).await.unwrap();
            assert_eq!(response.headers()[LOCATION], location, "{asked}");
        }
    }
}
