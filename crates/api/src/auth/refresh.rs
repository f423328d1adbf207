//! Refresh tokens: a session's id, random bytes, and a MAC of both, as 86 characters of base64url.
//!
//! A token that was made up is told from one of ours without the database, and so is whose session it belongs to. The
//! database therefore remembers only the newest of a session: whatever else is genuine was spent, however long ago, and
//! ends the session when it comes back (RFC 9700, section 4.14.2).

use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign, verify};
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

/// Keeps the key apart from the one that signs access tokens.
const PURPOSE: &[u8] = b"ordercast refresh token";
/// Bytes of a session's id.
const SESSION_BYTES: usize = 16;
/// Bytes of the id and the random part: what the MAC is of.
const SIGNED_BYTES: usize = SESSION_BYTES + 16;
/// Bytes of all of it.
const TOKEN_BYTES: usize = SIGNED_BYTES + 32;

/// Makes refresh tokens, and knows them again.
#[derive(Clone)]
pub(super) struct RefreshKey(Key);

impl RefreshKey {
    /// Derived from the deployment's secret: with another secret, everybody signs in again.
    pub(super) fn derive(secret: &[u8]) -> Self {
        Self(Key::new(HMAC_SHA256, sign(&Key::new(HMAC_SHA256, secret), PURPOSE).as_ref()))
    }

    /// A fresh one for a session.
    pub(super) fn mint(&self, session: Uuid) -> Result<String, Unspecified> {
        let mut bytes = [0; TOKEN_BYTES];
        bytes[..SESSION_BYTES].copy_from_slice(session.as_bytes());
        SystemRandom::new().fill(&mut bytes[SESSION_BYTES..SIGNED_BYTES])?;
        let mac = sign(&self.0, &bytes[..SIGNED_BYTES]);
        bytes[SIGNED_BYTES..].copy_from_slice(mac.as_ref());
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The session that one of ours was made for; `None` for anything else.
    pub(super) fn session(&self, token: &str) -> Option<Uuid> {
        let mut bytes = [0; TOKEN_BYTES];
        // The one spelling of these bytes: other ones with stray bits at the end are refused.
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
