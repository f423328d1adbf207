//! Tokens of external users, signed with the server's secret.

use anyhow::{Context, Result};
use jsonwebtoken::{EncodingKey, Header};
use serde::Serialize;

use crate::environment::SECRET;

/// 2100-01-01T00:00:00Z. A fixed time, so that tokens never expire during a run.
const FAR_FUTURE: u64 = 4_102_444_800;

#[derive(Serialize)]
struct Claims<'a> {
    sub: &'a str,
    role: &'a str,
    exp: u64,
}

pub(crate) fn staff() -> Result<String> {
    sign("bench-staff", "admin")
}

pub(crate) fn customer(number: u32) -> Result<String> {
    sign(&format!("bench-customer-{number}"), "customer")
}

fn sign(sub: &str, role: &str) -> Result<String> {
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    jsonwebtoken::encode(&Header::default(), &Claims { sub, role, exp: FAR_FUTURE }, &key)
        .context("cannot sign a token")
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::{Algorithm, DecodingKey, Validation};
    use serde_json::Value;

    use super::*;

    #[test]
    fn a_token_says_who_and_in_which_role() {
        let key = DecodingKey::from_secret(SECRET.as_bytes());
        let checks = Validation::new(Algorithm::HS256);
        let claims = jsonwebtoken::decode::<Value>(customer(7).unwrap(), &key, &checks).unwrap().claims;
        assert_eq!((&claims["sub"], &claims["role"]), (&"bench-customer-7".into(), &"customer".into()));
    }
}
