//! The session cookie (RFC 6265).

use axum::http::header::{COOKIE, InvalidHeaderValue};
use axum::http::{HeaderMap, HeaderValue};
use cookie::time::{Duration, OffsetDateTime};
use cookie::{Cookie, SameSite};

pub const NAME: &str = "ordercast_session";

/// `Set-Cookie` that starts a session.
///
/// `secure` is whether the request used TLS. Without TLS, the browser would drop a `Secure` cookie.
pub fn set(token: &str, max_age_seconds: u32, secure: bool) -> Result<HeaderValue, InvalidHeaderValue> {
    let cookie = base(token, secure).max_age(Duration::seconds(max_age_seconds.into()));
    HeaderValue::try_from(cookie.build().to_string())
}

/// `Set-Cookie` that ends a session.
pub fn clear(secure: bool) -> Result<HeaderValue, InvalidHeaderValue> {
    let cookie = base("", secure).max_age(Duration::ZERO).expires(OffsetDateTime::UNIX_EPOCH);
    HeaderValue::try_from(cookie.build().to_string())
}

/// Without `Domain`, the cookie is not sent to sibling hosts.
fn base(value: &str, secure: bool) -> cookie::CookieBuilder<'_> {
    // The crate writes `Secure` only if it is true here.
    Cookie::build((NAME, value)).http_only(true).same_site(SameSite::Lax).secure(secure).path("/")
}

/// The session token of a request.
///
/// `None` if two session cookies differ. A page on a sibling host can set a cookie for a longer path, which comes
/// first and would sign the user in as somebody else.
pub fn session_token(headers: &HeaderMap) -> Option<&str> {
    let mut tokens = headers
        .get_all(COOKIE)
        .into_iter()
        // Other programs on this host may set cookies that are not ASCII.
        .filter_map(|value| std::str::from_utf8(value.as_bytes()).ok())
        .flat_map(Cookie::split_parse::<&str>)
        .filter_map(Result::ok)
        .filter(|cookie| cookie.name() == NAME)
        .filter_map(|cookie| cookie.value_raw())
        .filter(|token| !token.is_empty());
    let first = tokens.next()?;
    tokens.all(|other| other == first).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_is_written_as_promised() {
        assert_eq!(
            set("a.b-c_d.e", 3600, true).unwrap(),
            "ordercast_session=a.b-c_d.e; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=3600"
        );
        assert_eq!(
            set("a.b.c", 60, false).unwrap(),
            "ordercast_session=a.b.c; HttpOnly; SameSite=Lax; Path=/; Max-Age=60"
        );
        assert_eq!(
            clear(false).unwrap(),
            "ordercast_session=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT"
        );
        assert!(set("a\nb", 60, true).is_err());
    }

    fn token_of(cookies: &[&str]) -> Option<String> {
        let headers =
            cookies.iter().map(|value| (COOKIE, HeaderValue::from_bytes(value.as_bytes()).unwrap()));
        session_token(&headers.collect()).map(ToOwned::to_owned)
    }

    #[test]
    fn the_cookie_is_found_among_others() {
        let some = |token: &str| Some(token.to_owned());
        assert_eq!(token_of(&["a=1; ordercast_session=t; b=2"]), some("t"));
        assert_eq!(token_of(&["a=1", "ordercast_session=t"]), some("t"), "HTTP/2 may split the header");
        assert_eq!(token_of(&["garbage;; =;ordercast_session=t"]), some("t"));
        assert_eq!(token_of(&["name=Aña; ordercast_session=t"]), some("t"));
        assert_eq!(token_of(&["ordercast_session="]), None);
        assert_eq!(token_of(&["xordercast_session=t", "Ordercast_Session=t"]), None);
        assert_eq!(token_of(&[]), None);
    }

    #[test]
    fn two_that_disagree_are_none() {
        assert_eq!(token_of(&["ordercast_session=mine; ordercast_session=theirs"]), None);
        assert_eq!(token_of(&["ordercast_session=t; ordercast_session=t"]).as_deref(), Some("t"));
    }
}
