//! A table of forged tokens. Base64 and HMAC are computed here, so that the library cannot reject a forgery while
//! encoding it.

use aws_lc_rs::hmac::{HMAC_SHA256, HMAC_SHA384, HMAC_SHA512, Key, sign};
use orders::{Role, StoreId, UserId};
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::auth::principal::Issuer;

const SECRET: &[u8] = b"a secret of at least 32 bytes, as it should be";
const NOW: i64 = 1_800_000_000;

fn now() -> Timestamp {
    Timestamp::from_second(NOW).unwrap()
}

fn keys() -> TokenKeys {
    TokenKeys::new(SECRET, TokenOptions::default()).unwrap()
}

fn base64url(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let group =
            chunk.iter().fold(0u32, |group, byte| group << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for index in 0..=chunk.len() {
            text.push(char::from(ALPHABET[(group >> (18 - 6 * index) & 63) as usize]));
        }
    }
    text
}

fn signed(header: &str, claims: &str, algorithm: aws_lc_rs::hmac::Algorithm, secret: &[u8]) -> String {
    let message = format!("{}.{}", base64url(header.as_bytes()), base64url(claims.as_bytes()));
    let signature = sign(&Key::new(algorithm, secret), message.as_bytes());
    format!("{message}.{}", base64url(signature.as_ref()))
}

/// A correctly signed token, whatever the header and the claims are.
fn token(header: &Value, claims: &Value) -> String {
    signed(&header.to_string(), &claims.to_string(), HMAC_SHA256, SECRET)
}

fn hs256() -> Value {
    json!({"alg": "HS256", "typ": "JWT"})
}

fn claims() -> Value {
    json!({"sub": "42", "role": "admin", "exp": NOW + 60})
}

fn principal() -> Principal {
    Principal {
        user: UserId::new("01903e4c-0000-7000-8000-000000000000").unwrap(),
        role: Role::Driver,
        store: StoreId::new("north").unwrap(),
        name: Some(Line::new("Aña").unwrap()),
        email: Some(Line::new("ana@example.com").unwrap()),
        session: Some(SessionId(Uuid::from_u128(7))),
        issued_at: Some(now()),
        expires_at: Some(Timestamp::from_second(NOW + 60).unwrap()),
        session_ends_at: Some(Timestamp::from_second(NOW + 3600).unwrap()),
        issuer: Issuer::Local,
    }
}

fn minted() -> String {
    keys().mint(&principal()).unwrap()
}

#[test]
fn what_we_mint_we_read_back() {
    assert_eq!(keys().verify(&minted(), now()), Ok(principal()));
    for principal in [
        Principal { session: None, ..principal() },
        Principal { issued_at: None, ..principal() },
        Principal { expires_at: None, ..principal() },
    ] {
        assert!(matches!(keys().mint(&principal), Err(MintError::Incomplete)));
    }
}

#[test]
fn a_cached_token_is_checked_for_the_purpose_it_is_used_for() {
    let keys = keys();
    let (token, later) = (minted(), Timestamp::from_second(NOW + 120).unwrap());
    keys.verify(&token, now()).unwrap();
    for _ in 0..2 {
        assert_eq!(keys.verify(&token, later), Err(TokenError::Expired));
        assert_eq!(keys.verify_for(Lifetime::Session, &token, later), Ok(principal()));
    }
    let end = Timestamp::from_second(NOW + 3600).unwrap();
    assert_eq!(keys.verify_for(Lifetime::Session, &token, end), Err(TokenError::Expired));
}

#[test]
fn a_token_made_elsewhere_is_read() {
    let principal = keys().verify(&token(&hs256(), &claims()), now()).unwrap();
    assert_eq!((principal.user.as_str(), principal.role), ("jwt|42", Role::Staff));
}

#[test]
fn forged_tokens_are_refused() {
    let good = token(&hs256(), &claims());
    let (message, signature) = good.rsplit_once('.').unwrap();
    let (header, payload) = message.split_once('.').unwrap();
    let header_of = |text: &str| base64url(text.as_bytes());
    let with_alg = |alg: &str| token(&json!({"alg": alg, "typ": "JWT"}), &claims());
    let unsigned = |alg: &str| format!("{}.{payload}.", header_of(&format!(r#"{{"alg":"{alg}"}}"#)));
    let promoted = base64url(claims().to_string().replace("42", "43").as_bytes());
    let minted = minted();
    let (minted_message, _) = minted.rsplit_once('.').unwrap();
    let text = hs256().to_string();
    let crit = json!({"alg": "HS256", "crit": ["b64"], "b64": false});

    let table: Vec<(&str, String, TokenError)> = vec![
        ("tampered payload", format!("{header}.{promoted}.{signature}"), TokenError::Signature),
        ("another key", signed(&text, &claims().to_string(), HMAC_SHA256, b"guessed"), TokenError::Signature),
        ("an empty key", signed(&text, &claims().to_string(), HMAC_SHA256, b""), TokenError::Signature),
        ("no signature", format!("{message}."), TokenError::Signature),
        ("half a signature", format!("{message}.{}", &signature[..20]), TokenError::Signature),
        ("another token's signature", format!("{minted_message}.{signature}"), TokenError::Signature),
        ("alg none", unsigned("none"), TokenError::Algorithm),
        ("alg None", unsigned("None"), TokenError::Algorithm),
        ("alg NONE", unsigned("NONE"), TokenError::Algorithm),
        ("alg nOnE", unsigned("nOnE"), TokenError::Algorithm),
        ("alg empty", unsigned(""), TokenError::Algorithm),
        ("alg none, yet signed", with_alg("none"), TokenError::Algorithm),
        ("alg hs256", with_alg("hs256"), TokenError::Algorithm),
        ("alg missing", token(&json!({"typ": "JWT"}), &claims()), TokenError::Algorithm),
        ("alg null", token(&json!({"alg": null}), &claims()), TokenError::Algorithm),
        (
            "alg twice",
            signed(r#"{"alg":"none","alg":"HS256"}"#, &claims().to_string(), HMAC_SHA256, SECRET),
            TokenError::Algorithm,
        ),
        (
            "HS384",
            signed(r#"{"alg":"HS384"}"#, &claims().to_string(), HMAC_SHA384, SECRET),
            TokenError::Algorithm,
        ),
        (
            "HS512",
            signed(r#"{"alg":"HS512"}"#, &claims().to_string(), HMAC_SHA512, SECRET),
            TokenError::Algorithm,
        ),
        ("RS256 with the secret as key", with_alg("RS256"), TokenError::Algorithm),
        ("ES256", with_alg("ES256"), TokenError::Algorithm),
        ("crit", token(&crit, &claims()), TokenError::Extension),
        ("crit alone", token(&json!({"alg": "HS256", "crit": []}), &claims()), TokenError::Extension),
        ("b64", token(&json!({"alg": "HS256", "b64": false}), &claims()), TokenError::Extension),
        ("b64 true", token(&json!({"alg": "HS256", "b64": true}), &claims()), TokenError::Extension),
        ("zip", token(&json!({"alg": "HS256", "zip": "DEF"}), &claims()), TokenError::Extension),
        ("nothing", String::new(), TokenError::Malformed),
        ("a word", "token".into(), TokenError::Malformed),
        ("two dots", "..".into(), TokenError::Algorithm),
        ("four parts", format!("{good}.x"), TokenError::Malformed),
        ("five parts (encrypted)", format!("{good}.x.y"), TokenError::Malformed),
        ("padded", format!("{good}="), TokenError::Malformed),
        ("white space", format!(" {good}"), TokenError::Malformed),
        ("not base64", format!("{header}.§.{signature}"), TokenError::Signature),
        ("claims are no object", signed(&text, "[]", HMAC_SHA256, SECRET), TokenError::Malformed),
        ("claims are no JSON", signed(&text, "{", HMAC_SHA256, SECRET), TokenError::Malformed),
        (
            "a claim twice",
            signed(&text, r#"{"sub":"1","sub":"2","exp":9e9}"#, HMAC_SHA256, SECRET),
            TokenError::Malformed,
        ),
        ("too long", token(&hs256(), &json!({"sub": "42", "pad": "x".repeat(4096)})), TokenError::TooLong),
        ("expired", token(&hs256(), &json!({"sub": "42", "exp": NOW})), TokenError::Expired),
        (
            "not yet",
            token(&hs256(), &json!({"sub": "42", "exp": NOW + 199, "nbf": NOW + 121})),
            TokenError::NotYet,
        ),
        (
            "issued in the future",
            token(&hs256(), &json!({"sub": "42", "exp": NOW + 199, "iat": NOW + 121})),
            TokenError::NotYet,
        ),
        ("no subject", token(&hs256(), &json!({"exp": NOW + 60})), TokenError::NoSubject),
        ("no end", token(&hs256(), &json!({"sub": "42"})), TokenError::NoExpiry),
        (
            "superadmin",
            token(&hs256(), &json!({"sub": "42", "role": "superadmin", "exp": NOW + 60})),
            TokenError::Claim("role"),
        ),
        (
            "our name without a session",
            token(&hs256(), &json!({"iss": ISSUER, "sub": "42", "exp": NOW + 60})),
            TokenError::Claim("sid"),
        ),
    ];
    for (forgery, token, error) in table {
        assert_eq!(keys().verify(&token, now()), Err(error), "{forgery}");
    }
    let long = token(&hs256(), &json!({"sub": "x".repeat(129), "exp": NOW + 60}));
    assert!(matches!(keys().verify(&long, now()), Err(TokenError::Subject(_))));
}

#[test]
fn every_changed_byte_is_noticed() {
    let good = minted();
    for at in 0..good.len() {
        let mut bytes = good.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).unwrap();
        assert!(keys().verify(&changed, now()).is_err(), "byte {at}");
    }
}

#[test]
fn a_token_ends_while_it_is_in_use() {
    let token = minted();
    assert!(keys().verify(&token, Timestamp::from_second(NOW + 59).unwrap()).is_ok());
    assert_eq!(keys().verify(&token, Timestamp::from_second(NOW + 60).unwrap()), Err(TokenError::Expired));
}

#[test]
fn the_secret_is_neither_empty_nor_shown() {
    assert_eq!(TokenKeys::new(b"", TokenOptions::default()).unwrap_err(), EmptySecret);
    assert!(TokenKeys::new(b"short", TokenOptions::default()).unwrap().secret_is_short());
    assert!(!keys().secret_is_short());
    assert!(!format!("{:?}", keys()).contains("secret of"));
}

#[test]
fn a_refused_token_is_a_401_that_says_why() {
    let problem = Problem::from(TokenError::Expired);
    assert_eq!((problem.code(), problem.status_code().as_u16()), (Code::TokenExpired, 401));
    assert_eq!(Problem::from(TokenError::Signature).code(), Code::InvalidToken);
}

#[test]
fn a_token_that_was_verified_before_ends_when_it_ends() {
    let keys = keys();
    let at = |seconds| Timestamp::from_second(NOW + seconds).unwrap();
    // The furthest start that is accepted at `NOW`.
    let token = token(&hs256(), &json!({"sub": "42", "nbf": NOW + 120, "exp": NOW + 160}));
    let first = keys.verify(&token, at(0)).unwrap();
    assert_eq!(keys.verify(&token, at(159)), Ok(first));
    assert_eq!(keys.verify(&token, at(160)), Err(TokenError::Expired));
    assert_eq!(keys.verify(&token, at(-1)), Err(TokenError::NotYet), "the clock was set back");
    // Only this exact token is cached.
    let other = if token.ends_with('A') { 'E' } else { 'A' };
    let forged = format!("{}{other}", &token[..token.len() - 1]);
    assert_eq!(keys.verify(&forged, at(1)), Err(TokenError::Signature));
}

#[test]
fn of_many_tokens_each_still_speaks_for_its_own() {
    let keys = keys();
    let tokens: Vec<_> =
        (0..6000).map(|n| token(&hs256(), &json!({"sub": n.to_string(), "exp": NOW + 60}))).collect();
    for _ in 0..2 {
        for (n, token) in tokens.iter().enumerate() {
            assert_eq!(keys.verify(token, now()).unwrap().user.subject(), n.to_string());
        }
    }
}
