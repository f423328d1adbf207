//! Security headers of pages: the content security policy (CSP Level 3) and its permissions.

use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue};

use crate::app::AppState;
use crate::resources::config::live_url;

/// Everything comes from this server and nothing is inline. Map tiles, product images and live connections may be
/// on other origins.
pub(super) fn of(app: &AppState, parts: &Parts) -> String {
    let tiles = app.settings.tiles.as_ref().map(|tiles| &tiles.origin);
    policy(tiles.into_iter().chain(&app.settings.image_origins), live_url(app, parts).as_deref())
}

fn policy<'a>(images: impl Iterator<Item = &'a String>, live: Option<&str>) -> String {
    let images: String = images.flat_map(|origin| [" ", origin]).collect();
    let live = live.and_then(|url| url::Url::parse(url).ok()).map(|url| url.origin().ascii_serialization());
    // `ws:` is another origin than `http:`.
    let live = live.map_or(String::new(), |origin| format!(" {origin} {}", origin.replacen("http", "ws", 1)));
    format!(
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:{images}; connect-src 'self'{live}; \
         worker-src 'self'; manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; \
         object-src 'none'"
    )
}

/// The API reference is complete HTML: it sends no requests, and its script puts only text into the page.
pub(super) const DOCS: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
                               frame-ancestors 'none'; base-uri 'none'; form-action 'none'; \
                               require-trusted-types-for 'script'; trusted-types 'none'";

/// Disables browser features that the app does not use.
pub(super) fn harden(headers: &mut HeaderMap) {
    headers.insert(
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), microphone=(), payment=(), usb=(), geolocation=(self)"),
    );
    headers.insert(
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_inline_and_nobody_else() {
        let policy = policy([].iter(), None);
        assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");
        assert!(policy.contains("script-src 'self';") && policy.contains("connect-src 'self';"), "{policy}");
    }

    #[test]
    fn images_and_live_connections_elsewhere_are_named() {
        let images = ["https://tiles.example".to_owned(), "https://cdn.example".to_owned()];
        let policy = policy(images.iter(), Some("https://live.example:8443/socket.io"));
        assert!(
            policy.contains("img-src 'self' data: blob: https://tiles.example https://cdn.example;"),
            "{policy}"
        );
        assert!(
            policy.contains("connect-src 'self' https://live.example:8443 wss://live.example:8443;"),
            "{policy}"
        );
    }
}
