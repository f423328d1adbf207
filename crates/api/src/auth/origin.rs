//! Which origins may use the session cookie and read responses.
//!
//! A browser sends the cookie for any page. `SameSite=Lax` protects against forms of other sites. This module also
//! protects against sibling hosts, and it protects streams and WebSocket connections, for which browsers send no
//! CORS preflight.

use std::collections::HashSet;
use std::sync::OnceLock;

use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, Method, Uri};
use url::Url;

use crate::problem::{Code, Problem};

/// Allowed origins besides the server's own.
#[derive(Debug, Clone, Default)]
pub struct AllowedOrigins {
    list: HashSet<Box<str>>,
    /// The port of the server's pages, if live connections have a port of their own.
    pages: OnceLock<u16>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{entry}` is not an allowed origin: {why}")]
pub struct InvalidOrigin {
    entry: String,
    why: &'static str,
}

/// What a request with the session cookie does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// POST, PUT, PATCH, DELETE.
    Change,
    /// GET, an event stream, a WebSocket.
    Read,
}

impl Purpose {
    /// Safe methods read (RFC 9110, section 9.2.1).
    pub fn of(method: &Method) -> Self {
        if method.is_safe() { Self::Read } else { Self::Change }
    }
}

/// The page may not use the session cookie.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OriginRefused {
    #[error("pages of {0} may not use the session cookie")]
    NotAllowed(Box<str>),
    /// A change without `Origin`, which is not known to come from the server's own page.
    #[error(
        "a change with the session cookie needs an `Origin` header; programs should send `Authorization: Bearer` instead"
    )]
    Missing,
    /// A page of another origin shows the response as an image, a script or a frame.
    #[error("pages of other origins may not embed what the session cookie shows")]
    Embedded,
}

impl From<OriginRefused> for Problem {
    fn from(refused: OriginRefused) -> Self {
        Self::new(Code::OriginNotAllowed)
            .detail(format!("{refused}. An operator can allow an origin with CORS_ORIGIN."))
    }
}

impl AllowedOrigins {
    /// Parses a list such as `https://shop.example, http://localhost:5173`.
    pub fn parse(list: &str) -> Result<Self, InvalidOrigin> {
        list.split([',', ' '])
            .map(str::trim)
            .filter(|entry| !entry.is_empty())
            .map(parse_origin)
            .collect::<Result<_, _>>()
            .map(|list| Self { list, pages: OnceLock::new() })
    }

    /// The server's pages are on this port, and open live connections on another port of the same host.
    pub fn set_page_port(&self, port: u16) {
        // Set once, when the server begins to listen.
        let _ = self.pages.set(port);
    }

    /// Whether a page of this origin may read the response.
    pub fn may_read(&self, origin: &str, headers: &HeaderMap, uri: &Uri) -> bool {
        self.contains(origin) || self.is_page(origin, headers, uri)
    }

    fn is_page(&self, origin: &str, headers: &HeaderMap, uri: &Uri) -> bool {
        self.pages.get().is_some_and(|port| is_page_on_port(origin, headers, uri, *port))
    }

    /// Whether the list contains the value of an `Origin` header.
    pub fn contains(&self, origin: &str) -> bool {
        self.list.contains(origin)
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|origin| &**origin)
    }

    /// Checks a request with the session cookie. `secure` is whether it used TLS, according to trusted proxies. A
    /// request with a bearer token needs no check.
    pub fn check(
        &self,
        purpose: Purpose,
        headers: &HeaderMap,
        uri: &Uri,
        secure: bool,
    ) -> Result<(), OriginRefused> {
        // Pages cannot set this header. It is reliable even if a proxy rewrote `Host` or hid TLS.
        let fetch_site = headers.get("sec-fetch-site").map(axum::http::HeaderValue::as_bytes);
        let Some(origin) = headers.get(ORIGIN) else {
            if matches!(fetch_site, Some(b"same-origin" | b"none")) {
                return Ok(());
            }
            // For images, scripts and frames of a page, browsers send no `Origin`.
            let is_embedded = matches!(fetch_site, Some(b"cross-site" | b"same-site")) && !is_link(headers);
            return match purpose {
                Purpose::Change => Err(OriginRefused::Missing),
                Purpose::Read if is_embedded => Err(OriginRefused::Embedded),
                Purpose::Read => Ok(()),
            };
        };
        let Ok(origin) = origin.to_str() else {
            return Err(OriginRefused::NotAllowed("an invalid origin".into()));
        };
        let same_site = fetch_site == Some(b"same-origin") || is_same_origin(origin, headers, uri, secure);
        if same_site || self.contains(origin) || (!secure && self.is_page(origin, headers, uri)) {
            return Ok(());
        }
        Err(OriginRefused::NotAllowed(origin.chars().take(200).collect()))
    }
}

/// Whether a browser goes to the address, as with a link. A frame goes there too, but without the person.
fn is_link(headers: &HeaderMap) -> bool {
    let is = |name: &str, value: &str| headers.get(name).map(|sent| sent == value);
    is("sec-fetch-mode", "navigate") == Some(true) && is("sec-fetch-dest", "document") != Some(false)
}

/// Whether a request comes from a page of another site, for which browsers keep a `SameSite=Lax` cookie back. Older
/// browsers do not say; then every page of another host counts.
pub(crate) fn is_cross_site(headers: &HeaderMap, uri: &Uri) -> bool {
    match headers.get("sec-fetch-site") {
        Some(site) => site == "cross-site",
        None => headers.get(ORIGIN).and_then(|origin| origin.to_str().ok()).is_some_and(|origin| {
            let page = origin.split_once("://").and_then(|(_, page)| host_name(page));
            page.is_some_and(|page| {
                host(headers, uri).and_then(host_name).is_none_or(|host| !host.eq_ignore_ascii_case(page))
            })
        }),
    }
}

/// The host a request was sent to. HTTP/2 has it in the URI.
pub(crate) fn host<'a>(headers: &'a HeaderMap, uri: &'a Uri) -> Option<&'a str> {
    match headers.get(HOST) {
        Some(host) => host.to_str().ok(),
        None => uri.authority().map(axum::http::uri::Authority::as_str),
    }
}

/// The host without its port; `None` if either is malformed.
pub(crate) fn host_name(host: &str) -> Option<&str> {
    let end = host.rfind(']').map_or(0, |end| end + 1);
    let name = host[end..].find(':').map_or(host, |colon| &host[..end + colon]);
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let inner = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
    let well = match inner {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => !name.is_empty() && name.chars().all(plain),
    };
    well.then_some(name)
}

/// Whether a page's origin is the given port of the request's host. Only without TLS: a TLS proxy has its own
/// ports.
pub(crate) fn is_page_on_port(origin: &str, headers: &HeaderMap, uri: &Uri, port: u16) -> bool {
    let Some(page) = origin.strip_prefix("http://") else { return false };
    let Some(name) = host(headers, uri).and_then(host_name) else { return false };
    host_name(page).is_some_and(|page| page.eq_ignore_ascii_case(name))
        && page[name.len()..].strip_prefix(':').map_or(Some(80), |port| port.parse().ok()) == Some(port)
}

/// Whether a page's origin is the one that the request was sent to.
fn is_same_origin(origin: &str, headers: &HeaderMap, uri: &Uri, secure: bool) -> bool {
    let host = host(headers, uri);
    let scheme = if secure { "https" } else { "http" };
    origin.split_once("://").is_some_and(|(of, page)| {
        of == scheme && !page.is_empty() && host.is_some_and(|host| host.eq_ignore_ascii_case(page))
    })
}

/// The origin of an app's pages, such as `capacitor://localhost`, in the form that its web view sends. URL libraries give
/// such a scheme no origin. `None` for anything else.
pub fn app_origin(entry: &str) -> Option<String> {
    let (scheme, rest) = entry.split_once("://")?;
    let host = rest.strip_suffix('/').unwrap_or(rest);
    let scheme = scheme.to_ascii_lowercase();
    let mut letters = scheme.bytes();
    let is_scheme = letters.next().is_some_and(|first| first.is_ascii_lowercase())
        && letters.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.'));
    // Schemes of the web have their own rules, and `htps` is a mistake.
    let is_reserved = scheme.starts_with("ht")
        || ["ftp", "ws", "wss", "file", "data", "blob", "about", "javascript"].contains(&&*scheme);
    let (name, port) = host.rsplit_once(':').unwrap_or((host, "0"));
    let is_host = name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'));
    let is_host = is_host && !name.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
    let good = is_scheme && !is_reserved && is_host && port.parse::<u16>().is_ok();
    good.then(|| format!("{scheme}://{}", host.to_ascii_lowercase()))
}

fn parse_origin(entry: &str) -> Result<Box<str>, InvalidOrigin> {
    let invalid = |why| InvalidOrigin { entry: entry.to_owned(), why };
    if entry == "*" {
        return Err(invalid(
            "it would let every page act as the signed-in user; list the shop's own origins",
        ));
    }
    if entry.contains('*') {
        return Err(invalid("wildcards are not supported; list each origin"));
    }
    if let Some(app) = app_origin(entry) {
        return Ok(app.into());
    }
    let url = match Url::parse(entry) {
        Ok(url) => url,
        Err(url::ParseError::RelativeUrlWithoutBase) => {
            return Err(invalid("the scheme is missing, as in https://shop.example"));
        }
        Err(url::ParseError::InvalidPort) => return Err(invalid("the port is not a number up to 65535")),
        Err(_) => return Err(invalid("it is not a URL such as https://shop.example")),
    };
    if !matches!(url.scheme(), "http" | "https") {
        return Err(invalid(
            "it must start with http://, https://, or the scheme of an app, such as capacitor://localhost",
        ));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(invalid("it has a user name"));
    }
    // `https://shop.example/` is what people copy from the browser, and its meaning is clear.
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return Err(invalid("an origin has no path: only scheme, host and port"));
    }
    Ok(url.origin().ascii_serialization().into())
}

#[cfg(test)]
mod tests;
