//! Where a request carries its token.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

use super::cookie::CookieSettings;

/// A token and where it came from. A browser sends the cookie for any page, so the page's origin must be checked. A
/// bearer token is sent by the program that has it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Credential<'a> {
    /// `Authorization: Bearer …` (RFC 6750, section 2.1).
    Bearer(&'a str),
    Cookie(&'a str),
    /// The request has no token.
    None,
}

impl<'a> Credential<'a> {
    /// The bearer token, else the cookie. Other schemes are ignored; they may be meant for a proxy.
    pub fn find(headers: &'a HeaderMap, cookies: &CookieSettings) -> Self {
        if let Some(token) = headers.get(AUTHORIZATION).and_then(|value| bearer(value.to_str().ok()?)) {
            return Self::Bearer(token);
        }
        cookies.token(headers).map_or(Self::None, Self::Cookie)
    }

    pub fn token(self) -> Option<&'a str> {
        match self {
            Self::Bearer(token) | Self::Cookie(token) => Some(token),
            Self::None => None,
        }
    }

    /// Whether a browser sends it automatically.
    pub fn is_ambient(self) -> bool {
        matches!(self, Self::Cookie(_))
    }
}

/// Tokens must not be logged.
impl std::fmt::Debug for Credential<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Bearer(_) => "Bearer",
            Self::Cookie(_) => "Cookie",
            Self::None => "None",
        })
    }
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
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
            (vec![("authorization", "Bearer b"), cookie], Credential::Bearer("b")),
            (vec![("authorization", "bearer  b ")], Credential::Bearer("b")),
            (vec![("authorization", "Basic dTpw"), cookie], Credential::Cookie("c")),
            (vec![("authorization", "Bearer"), cookie], Credential::Cookie("c")),
            (vec![cookie], Credential::Cookie("c")),
            (vec![("cookie", "theme=dark")], Credential::None),
            (vec![], Credential::None),
        ] {
            assert_eq!(Credential::find(&headers(&list), &CookieSettings::default()), expected, "{list:?}");
        }
    }

    #[test]
    fn a_token_is_not_printed() {
        assert_eq!(format!("{:?}", Credential::Bearer("secret")), "Bearer");
    }
}
