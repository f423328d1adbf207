//! Refresh tokens: a session id, random bytes, and a MAC of both, as 86 characters of base64url.
//!
//! The MAC proves without the database that a token is genuine, and which session it belongs to. So the database
//! stores only the newest token of a session. Any other genuine token was already used. If it is used again more than
//! 30 seconds later, it ends the session (RFC 9700, section 4.14.2).
//!
//! Each token is computed from the token that it replaces and the secret. So a refresh whose answer was lost can be
//! answered again, although no token is stored.

use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hmac::{Context, HMAC_SHA256, Key, sign, verify};
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

/// Derives a key that differs from the one for access tokens.
const PURPOSE: &[u8] = b"ordercast refresh token";
/// Precedes the token from which the next one follows.
const SUCCESSOR: &[u8] = b"successor";
const SESSION_BYTES: usize = 16;
/// The session id and the random bytes.
const RANDOM_BYTES: usize = 16;
const SIGNED_BYTES: usize = SESSION_BYTES + RANDOM_BYTES;
const TOKEN_BYTES: usize = SIGNED_BYTES + 32;

#[derive(Clone)]
pub(super) struct RefreshKey(Key);

impl RefreshKey {
    /// Derives the key from the deployment's secret. Changing the secret signs everybody out.
    pub(super) fn derive(secret: &[u8]) -> Self {
        Self(Key::new(HMAC_SHA256, sign(&Key::new(HMAC_SHA256, secret), PURPOSE).as_ref()))
    }

    /// The first token of a session.
    pub(super) fn mint(&self, session: Uuid) -> Result<String, Unspecified> {
        let mut random = [0; RANDOM_BYTES];
        SystemRandom::new().fill(&mut random)?;
        Ok(self.signed(session, random))
    }

    /// The token that replaces a genuine one. Only the holder of the secret can compute it.
    pub(super) fn successor(&self, session: Uuid, token: &str) -> String {
        let mut context = Context::with_key(&self.0);
        context.update(SUCCESSOR);
        context.update(token.as_bytes());
        let mut random = [0; RANDOM_BYTES];
        random.copy_from_slice(&context.sign().as_ref()[..RANDOM_BYTES]);
        self.signed(session, random)
    }

    fn signed(&self, session: Uuid, random: [u8; RANDOM_BYTES]) -> String {
        let mut bytes = [0; TOKEN_BYTES];
        bytes[..SESSION_BYTES].copy_from_slice(session.as_bytes());
        bytes[SESSION_BYTES..SIGNED_BYTES].copy_from_slice(&random);
        let mac = sign(&self.0, &bytes[..SIGNED_BYTES]);
        bytes[SIGNED_BYTES..].copy_from_slice(mac.as_ref());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The session that a token was created for; `None` if the token is not genuine.
    pub(super) fn session(&self, token: &str) -> Option<Uuid> {
        let mut bytes = [0; TOKEN_BYTES];
        // Only the canonical encoding is accepted, without stray bits at the end.
        if URL_SAFE_NO_PAD.decode_slice(token, &mut bytes) != Ok(TOKEN_BYTES) {
            return None;
        }
        let (signed, mac) = bytes.split_at(SIGNED_BYTES);
        verify(&self.0, signed, mac).ok()?;
        Uuid::from_slice(&signed[..SESSION_BYTES]).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SESSION_ID: Uuid = Uuid::from_u128(7);

    #[test]
    fn a_token_names_its_session_and_no_two_are_the_same() {
        let key = RefreshKey::derive(b"a secret");
        let (one, two) = (key.mint(SESSION_ID).unwrap(), key.mint(SESSION_ID).unwrap());
        assert_ne!(one, two);
        assert_eq!((key.session(&one), key.session(&two)), (Some(SESSION_ID), Some(SESSION_ID)));
        assert_eq!(one.len(), 86);
    }

    #[test]
    fn the_next_token_follows_from_the_token_and_the_secret() {
        let key = RefreshKey::derive(b"a secret");
        let token = key.mint(SESSION_ID).unwrap();
        let next = key.successor(SESSION_ID, &token);
        assert_eq!(key.successor(SESSION_ID, &token), next);
        assert_eq!(key.session(&next), Some(SESSION_ID));
        assert_ne!(RefreshKey::derive(b"another secret").successor(SESSION_ID, &token), next);
        let chain: std::collections::HashSet<_> =
            std::iter::successors(Some(token), |token| Some(key.successor(SESSION_ID, token)))
                .take(100)
                .collect();
        assert_eq!(chain.len(), 100);
    }

    #[test]
    fn nothing_that_was_made_up_or_changed_is_taken() {
        let key = RefreshKey::derive(b"a secret");
        let token = key.mint(SESSION_ID).unwrap();
        for at in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(key.session(std::str::from_utf8(&changed).unwrap()), None, "character {at}");
        }
        for made_up in
            ["", "x", &token[1..], &format!("{token}A"), &"é".repeat(43), &"A".repeat(86), &"A".repeat(4096)]
        {
            assert_eq!(key.session(made_up), None, "{made_up}");
        }
        assert_eq!(RefreshKey::derive(b"another secret").session(&token), None);
    }
}
