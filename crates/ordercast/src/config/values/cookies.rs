//! Cookies.

use std::str::FromStr;

use api::auth::cookie::{self, CookieSameSite};

#[derive(Debug, Clone, Copy)]
pub struct SameSite(pub CookieSameSite);

impl FromStr for SameSite {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.to_ascii_lowercase().as_str() {
            "lax" => Ok(Self(CookieSameSite::Lax)),
            "none" => Ok(Self(CookieSameSite::None)),
            _ => Err("must be lax or none".to_owned()),
        }
    }
}

/// Names of cookies.
#[derive(Debug, Clone, Default)]
pub struct CookieNames(pub Vec<String>);

/// More would be tried with every request.
const MAX_NAMES: usize = 8;

impl FromStr for CookieNames {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut names: Vec<String> = Vec::new();
        for name in super::network::list(text) {
            // A token of HTTP (RFC 9110, section 5.6.2).
            let good = name.len() <= 128
                && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b));
            if !good {
                return Err(format!(
                    "must be a list of cookie names, such as token,jwt; {name:?} is not the name of a cookie"
                ));
            }
            if name == cookie::NAME {
                return Err(format!("cannot have {name}, which is the session cookie of Ordercast itself"));
            }
            if !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
        if names.len() > MAX_NAMES {
            return Err(format!("must have at most {MAX_NAMES} names"));
        }
        Ok(Self(names))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_named_in_a_list() {
        let names = |text: &str| text.parse::<CookieNames>().map(|names| names.0);
        assert_eq!(names("token, jwt,,token").unwrap(), ["token", "jwt"]);
        assert!(names("").unwrap().is_empty());
        for bad in ["a b", "a=b", "a;b", "tökén", "ordercast_session", "a,b,c,d,e,f,g,h,i"] {
            assert!(names(bad).is_err(), "{bad}");
        }
        assert_eq!("None".parse::<SameSite>().unwrap().0, CookieSameSite::None);
        assert_eq!("strict".parse::<SameSite>().unwrap_err(), "must be lax or none");
    }
}
