//! Where a request carries its token.

use std::borrow::Cow;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

use super::cookie::CookieSettings;
use super::presented::presented;

/// A token and where it came from. A browser sends the cookie for any page, so the page's origin must be checked. A
/// bearer token is sent by the program that has it.
#[derive(Clone, PartialEq, Eq)]
pub enum Credential<'a> {
    /// `Authorization: Bearer …` (RFC 6750, section 2.1).
    Bearer(&'a str),
    Cookie(Cow<'a, str>),
}

impl<'a> Credential<'a> {
    /// The bearer token, or else the cookies in the order in which they are tried. Other schemes are ignored; they may be
    /// meant for a proxy.
    pub fn all(headers: &'a HeaderMap, cookies: &CookieSettings) -> impl Iterator<Item = Self> {
        let bearer = headers.get(AUTHORIZATION).and_then(|value| bearer(value.to_str().ok()?));
        let cookies = bearer.is_none().then(|| cookies.tokens(headers));
        bearer.map(Self::Bearer).into_iter().chain(cookies.into_iter().flatten().map(Self::Cookie))
    }

    pub fn token(&self) -> &str {
        match self {
            Self::Bearer(token) => token,
            Self::Cookie(token) => token,
        }
    }

    /// Whether a browser sends it automatically.
    pub fn is_ambient(&self) -> bool {
        matches!(self, Self::Cookie(_))
    }
}

/// Tokens must not be logged.
impl std::fmt::Debug for Credential<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Bearer(_) => "Bearer",
            Self::Cookie(_) => "Cookie",
        })
    }
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, _) = value.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") { presented(value) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(list: &[(&'static str, &'static str)]) -> HeaderMap {
        list.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn the_bearer_token_comes_before_the_cookie() {
        let cookie = ("cookie", "theme=dark; ordercast_session=c");
        for (list, expected) in [
            (vec![("authorization", "Bearer b"), cookie], Some(Credential::Bearer("b"))),
            (vec![("authorization", "bearer  b ")], Some(Credential::Bearer("b"))),
            (vec![("authorization", "Basic dTpw"), cookie], Some(Credential::Cookie("c".into()))),
            (vec![("authorization", "Bearer undefined"), cookie], Some(Credential::Cookie("c".into()))),
            (vec![("authorization", "Bearer null"), cookie], Some(Credential::Cookie("c".into()))),
            (vec![("authorization", "Bearer"), cookie], Some(Credential::Cookie("c".into()))),
            (vec![cookie], Some(Credential::Cookie("c".into()))),
            (vec![("cookie", "theme=dark")], None),
            (vec![], None),
        ] {
            let (headers, cookies) = (headers(&list), CookieSettings::default());
            let found: Vec<_> = Credential::all(&headers, &cookies).collect();
            assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "{list:?}");
        }
    }

    #[test]
    fn a_token_is_not_printed() {
        assert_eq!(format!("{:?}", Credential::Bearer("secret")), "Bearer");
    }
}
