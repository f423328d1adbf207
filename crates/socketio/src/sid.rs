//! Session ids.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// 120 random bits: 20 base64 characters without padding.
const BYTES: usize = 15;
const CHARACTERS: usize = 20;

/// An unguessable session id, the protocol's `sid`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sid([u8; BYTES]);

impl Sid {
    /// A new id from the operating system's random generator.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; BYTES];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// Calls `f` with the id as text, without allocating.
    pub fn with_str<T>(&self, f: impl FnOnce(&str) -> T) -> T {
        let mut text = [0; CHARACTERS];
        let written = URL_SAFE_NO_PAD.encode_slice(self.0, &mut text).unwrap_or(0);
        f(str::from_utf8(&text[..written]).unwrap_or_default())
    }
}

impl fmt::Display for Sid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.with_str(|text| f.pad(text))
    }
}

impl fmt::Debug for Sid {
    /// A session id is a credential, so only its first characters are printed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.with_str(|text| write!(f, "Sid({}…)", &text[..4]))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a session id")]
pub struct InvalidSid;

impl FromStr for Sid {
    type Err = InvalidSid;

    fn from_str(text: &str) -> Result<Self, InvalidSid> {
        if text.len() != CHARACTERS {
            return Err(InvalidSid);
        }
        let mut bytes = [0; BYTES];
        match URL_SAFE_NO_PAD.decode_slice(text, &mut bytes) {
            Ok(BYTES) => Ok(Self(bytes)),
            _ => Err(InvalidSid),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_as_itself() {
        let sid = Sid::random().unwrap();
        assert_eq!(sid.to_string().parse(), Ok(sid));
        assert_eq!(sid.to_string().len(), CHARACTERS);
        assert_eq!("short".parse::<Sid>(), Err(InvalidSid));
        assert_eq!("!!!!!!!!!!!!!!!!!!!!".parse::<Sid>(), Err(InvalidSid));
    }
}
