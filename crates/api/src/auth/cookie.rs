//! The session cookie (RFC 6265).

use std::borrow::Cow;

use axum::http::header::{COOKIE, InvalidHeaderValue};
use axum::http::{HeaderMap, HeaderValue};
use cookie::time::{Duration, OffsetDateTime};
use cookie::{Cookie, SameSite};
use percent_encoding::percent_decode_str;

use super::presented::presented;
use crate::base_path::BasePath;

pub const NAME: &str = "ordercast_session";

/// Which pages a browser sends the session cookie for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum CookieSameSite {
    /// Pages of the same site, and links to it.
    #[default]
    Lax,
    /// Pages of every site. Browsers accept such a cookie only over TLS.
    None,
}

/// The cookies that carry a token.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CookieSettings {
    pub same_site: CookieSameSite,
    /// Names of a shop's own cookies that hold a token, in the order in which they are tried after the session cookie.
    pub token_cookies: Vec<String>,
    /// The cookie's path. Browsers send it nowhere else.
    pub base_path: BasePath,
}

impl CookieSettings {
    /// The session cookie's name. Below a base path it contains the path, because browsers send the cookie of a shop at `/`
    /// also to a shop at `/shop`.
    pub fn name(&self) -> String {
        format!("{NAME}{}", self.base_path.as_str().replace('/', "."))
    }

    /// `Set-Cookie` that starts a session.
    ///
    /// `secure` is whether the request used TLS. Without TLS, the browser would drop a `Secure` cookie.
    pub fn set(
        &self,
        token: &str,
        max_age_seconds: u32,
        secure: bool,
    ) -> Result<HeaderValue, InvalidHeaderValue> {
        let cookie = self.base(token, secure).max_age(Duration::seconds(max_age_seconds.into()));
        HeaderValue::try_from(cookie.build().to_string())
    }

    /// `Set-Cookie` that ends a session.
    pub fn clear(&self, secure: bool) -> Result<HeaderValue, InvalidHeaderValue> {
        let cookie = self.base("", secure).max_age(Duration::ZERO).expires(OffsetDateTime::UNIX_EPOCH);
        HeaderValue::try_from(cookie.build().to_string())
    }

    /// Without `Domain`, the cookie is not sent to sibling hosts.
    fn base<'a>(&'a self, value: &'a str, secure: bool) -> cookie::CookieBuilder<'a> {
        // A browser drops `SameSite=None` without `Secure`.
        let same_site = match self.same_site {
            CookieSameSite::None if secure => SameSite::None,
            CookieSameSite::None | CookieSameSite::Lax => SameSite::Lax,
        };
        // The crate writes `Secure` only if it is true here.
        let path = if self.base_path.is_root() { "/" } else { self.base_path.as_str() };
        Cookie::build((self.name(), value)).http_only(true).same_site(same_site).secure(secure).path(path)
    }

    /// The tokens of a request, in the order in which they are tried: of the session cookie, then of the shop's own cookies.
    /// A browser keeps a cookie whose token is no longer accepted, and it must not hide the next one.
    pub fn tokens<'a>(&self, headers: &'a HeaderMap) -> impl Iterator<Item = Cow<'a, str>> {
        let own = self.token_cookies.iter();
        let own = own.filter_map(move |name| cookie_token(headers, |other| other == name));
        cookie_token(headers, |name| self.is_name(name)).into_iter().chain(own)
    }

    /// Whether this is [`name`](Self::name). Requests have other cookies, so this does not allocate.
    fn is_name(&self, name: &str) -> bool {
        let path = self.base_path.as_str().bytes().map(|byte| if byte == b'/' { b'.' } else { byte });
        name.strip_prefix(NAME).is_some_and(|rest| rest.bytes().eq(path))
    }
}

/// The token in the cookie whose name `is_name` accepts.
///
/// `None` if two such cookies differ. A page on a sibling host can set a cookie for a longer path, which comes first
/// and would sign the user in as somebody else.
fn cookie_token(headers: &HeaderMap, is_name: impl Fn(&str) -> bool) -> Option<Cow<'_, str>> {
    let mut tokens = headers
        .get_all(COOKIE)
        .into_iter()
        // Other programs on this host may set cookies that are not ASCII.
        .filter_map(|value| std::str::from_utf8(value.as_bytes()).ok())
        .flat_map(Cookie::split_parse::<&str>)
        .filter_map(Result::ok)
        .filter(|cookie| is_name(cookie.name()))
        .filter_map(|cookie| cookie.value_raw())
        .filter_map(token_in);
    let first = tokens.next()?;
    tokens.all(|other| other == first).then_some(first)
}

/// The token in a cookie's value. Shops write it percent-encoded, in quotes, or as `Bearer …`. Express also writes JSON
/// (`j:…`) or adds its own signature (`s:…`, cookie-signature), which is not checked because the token is signed.
fn token_in(value: &str) -> Option<Cow<'_, str>> {
    let Cow::Owned(decoded) = percent_decode_str(value).decode_utf8().ok()? else {
        return express_token(value).map(Cow::Borrowed);
    };
    express_token(&decoded).map(|token| token.to_owned().into())
}

fn express_token(value: &str) -> Option<&str> {
    let value = value.trim_matches('"');
    if let Some(signed) = value.strip_prefix("s:") {
        let (token, _) = signed.rsplit_once('.')?;
        return presented(token);
    }
    presented(value.strip_prefix("j:").unwrap_or(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_is_written_as_promised() {
        let lax = CookieSettings::default();
        assert_eq!(
            lax.set("a.b-c_d.e", 3600, true).unwrap(),
            "ordercast_session=a.b-c_d.e; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=3600"
        );
        assert_eq!(
            lax.set("a.b.c", 60, false).unwrap(),
            "ordercast_session=a.b.c; HttpOnly; SameSite=Lax; Path=/; Max-Age=60"
        );
        assert_eq!(
            lax.clear(false).unwrap(),
            "ordercast_session=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT"
        );
        assert!(lax.set("a\nb", 60, true).is_err());
    }

    #[test]
    fn shops_under_two_paths_of_a_host_have_two_cookies() {
        let under =
            |path: &str| CookieSettings { base_path: path.parse().unwrap(), ..CookieSettings::default() };
        let cookie = under("/shop").set("a.b.c", 60, true).unwrap();
        assert_eq!(
            cookie,
            "ordercast_session.shop=a.b.c; HttpOnly; SameSite=Lax; Secure; Path=/shop; Max-Age=60"
        );
        assert!(
            under("/de/shop").clear(true).unwrap().to_str().unwrap().contains("Path=/de/shop; Max-Age=0")
        );
        let sent = "ordercast_session=root; ordercast_session.shop=s; ordercast_session.de.shop=d";
        let headers = [(COOKIE, HeaderValue::from_static(sent))].into_iter().collect();
        for (path, token) in [("", "root"), ("/shop", "s"), ("/de/shop", "d")] {
            assert_eq!(under(path).tokens(&headers).next().as_deref(), Some(token), "{path}");
        }
        assert_eq!(under("/outlet").tokens(&headers).next(), None);
    }

    #[test]
    fn the_cookie_goes_to_other_sites_only_over_tls() {
        let none = CookieSettings { same_site: CookieSameSite::None, ..CookieSettings::default() };
        assert_eq!(
            none.set("a.b.c", 60, true).unwrap(),
            "ordercast_session=a.b.c; HttpOnly; SameSite=None; Secure; Path=/; Max-Age=60"
        );
        assert!(none.clear(true).unwrap().to_str().unwrap().contains("SameSite=None; Secure"));
        let lax = CookieSettings::default();
        assert_eq!(none.set("a.b.c", 60, false).unwrap(), lax.set("a.b.c", 60, false).unwrap());
    }

    fn token_of(cookies: &[&str]) -> Option<String> {
        token_with(&[], cookies)
    }

    fn token_with(token_cookies: &[&str], cookies: &[&str]) -> Option<String> {
        let headers =
            cookies.iter().map(|value| (COOKIE, HeaderValue::from_bytes(value.as_bytes()).unwrap()));
        let token_cookies = token_cookies.iter().map(ToString::to_string).collect();
        let settings = CookieSettings { token_cookies, ..CookieSettings::default() };
        settings.tokens(&headers.collect()).next().map(Cow::into_owned)
    }

    #[test]
    fn a_shop_s_own_cookie_is_read_after_the_session_cookie() {
        let token = |cookies: &[&str]| token_with(&["token", "jwt"], cookies);
        assert_eq!(token(&["theme=dark; token=t"]).as_deref(), Some("t"));
        assert_eq!(token(&["jwt=j; token=t"]).as_deref(), Some("t"), "in the order of the option");
        assert_eq!(token(&["token=t; ordercast_session=s"]).as_deref(), Some("s"));
        assert_eq!(token(&[r#"token="a.b.c""#]).as_deref(), Some("a.b.c"));
        assert_eq!(token(&["token=Bearer%20a.b.c"]).as_deref(), Some("a.b.c"));
        for value in [
            "s%3Aa.b.c.c2lnbmF0dXJl",
            "s:a.b.c.c2ln%2BbmF0",
            "j%3A%22a.b.c%22",
            "%22a.b.c%22",
            "a%2Eb%2Ec",
            "Bearer+a.b.c",
            "bearer%20a.b.c",
        ] {
            assert_eq!(token(&[&format!("token={value}")]).as_deref(), Some("a.b.c"), "{value}");
        }
        for none in ["undefined", "null", "%22%22", "s:"] {
            assert_eq!(token(&[&format!("token={none}")]), None, "{none}");
        }
        assert_eq!(token(&["token=mine; token=theirs"]), None);
        assert_eq!(token(&["Token=t; token2=t; token="]), None);
        assert_eq!(token_of(&["token=t"]), None, "only named cookies");
    }

    #[test]
    fn every_named_cookie_is_tried() {
        let headers = [(COOKIE, HeaderValue::from_static("jwt=j; token=t; ordercast_session=s"))];
        let headers: HeaderMap = headers.into_iter().collect();
        let token_cookies = vec!["token".to_owned(), "missing".to_owned(), "jwt".to_owned()];
        let settings = CookieSettings { token_cookies, ..CookieSettings::default() };
        assert_eq!(settings.tokens(&headers).collect::<Vec<_>>(), ["s", "t", "j"]);
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
