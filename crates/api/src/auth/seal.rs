//! Signed texts that clients store and send back.

use aws_lc_rs::hmac::{self, HMAC_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Bytes of the signature that are kept; 128 bits cannot be guessed.
const TAG: usize = 16;

#[derive(Clone)]
pub struct Seal(hmac::Key);

impl Seal {
    /// The key differs from the one that signs tokens, so that neither can be used as the other.
    pub fn new(secret: &[u8]) -> Self {
        let key = hmac::sign(&hmac::Key::new(HMAC_SHA256, secret), b"ordercast seal");
        Self(hmac::Key::new(HMAC_SHA256, key.as_ref()))
    }

    /// The signature and the text, in base64url.
    pub fn seal(&self, text: &str) -> String {
        let tag = hmac::sign(&self.0, text.as_bytes());
        let mut bytes = tag.as_ref()[..TAG].to_vec();
        bytes.extend_from_slice(text.as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The text; `None` if it was not sealed with this key.
    pub fn unseal(&self, sealed: &str) -> Option<String> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (tag, text) = bytes.split_at_checked(TAG)?;
        let right = hmac::sign(&self.0, text);
        aws_lc_rs::constant_time::verify_slices_are_equal(tag, &right.as_ref()[..TAG]).ok()?;
        String::from_utf8(text.to_vec()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_sealed_here_is_believed() {
        let seal = Seal::new(b"a secret");
        let sealed = seal.seal("e:42 mira");
        assert_eq!(seal.unseal(&sealed).as_deref(), Some("e:42 mira"));
        assert_eq!(Seal::new(b"another").unseal(&sealed), None);
        let mut forged = sealed.into_bytes();
        let last = forged.len() - 1;
        forged[last] = if forged[last] == b'A' { b'B' } else { b'A' };
        assert_eq!(seal.unseal(str::from_utf8(&forged).unwrap()), None);
        for bad in ["", "AAAA", "***"] {
            assert_eq!(seal.unseal(bad), None);
        }
    }
}
