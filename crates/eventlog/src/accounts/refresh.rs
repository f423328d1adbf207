//! Refresh token rotation, and the detection of stolen tokens (RFC 9700, section 4.14.2).
//!
//! Every refresh replaces the session's token. A token that was replaced before and is sent again has been copied:
//! either the thief or the owner holds it, so the session ends for both.

use jiff::{SignedDuration, Timestamp};

use super::TokenHash;

/// A token that was replaced less than this long ago was sent by a second tab or a retry, not by a thief.
pub const ROTATION_GRACE: SignedDuration = SignedDuration::from_secs(30);

/// The refresh tokens of a session that has not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshTokens {
    pub current: TokenHash,
    /// The token before the current one.
    pub previous: Option<TokenHash>,
    /// When `current` replaced `previous`.
    pub rotated_at: Option<Timestamp>,
}

/// What to do with a refresh token that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefreshDecision {
    /// It is the current token: replace it.
    Rotate,
    /// It was replaced a moment ago, by the token that would replace it now. Give the same answer again.
    Repeat(Timestamp),
    /// It was replaced before: end the session.
    Stolen,
}

impl RefreshTokens {
    /// Decides about a token that was issued for this session.
    pub fn decide(&self, sent: &TokenHash, replacement: &TokenHash, now: Timestamp) -> RefreshDecision {
        if self.current == *sent {
            return RefreshDecision::Rotate;
        }
        // Absolute, because the clock may have been set back since.
        let recent = self.rotated_at.filter(|at| now.duration_since(*at).abs() < ROTATION_GRACE);
        match recent {
            Some(at) if self.previous == Some(*sent) && self.current == *replacement => {
                RefreshDecision::Repeat(at)
            }
            _ => RefreshDecision::Stolen,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CURRENT: TokenHash = [2; 32];
    const PREVIOUS: TokenHash = [1; 32];
    const NEXT: TokenHash = [3; 32];

    fn rotated(previous: Option<TokenHash>) -> RefreshTokens {
        let rotated_at = previous.map(|_| Timestamp::UNIX_EPOCH);
        RefreshTokens { current: CURRENT, previous, rotated_at }
    }

    fn after(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    #[test]
    fn the_current_token_is_replaced_whenever_it_comes() {
        for seconds in [0, 1, 29, 30, 1_000_000] {
            for previous in [None, Some(PREVIOUS)] {
                assert_eq!(
                    rotated(previous).decide(&CURRENT, &NEXT, after(seconds)),
                    RefreshDecision::Rotate
                );
            }
        }
    }

    #[test]
    fn the_previous_token_ends_the_session_once_the_grace_period_is_over() {
        let tokens = rotated(Some(PREVIOUS));
        let again = RefreshDecision::Repeat(Timestamp::UNIX_EPOCH);
        for (seconds, decision) in [
            (0, again),
            (29, again),
            (-29, again),
            (30, RefreshDecision::Stolen),
            (-30, RefreshDecision::Stolen),
        ] {
            assert_eq!(tokens.decide(&PREVIOUS, &CURRENT, after(seconds)), decision, "{seconds}");
        }
    }

    #[test]
    fn an_older_token_ends_the_session_at_once() {
        assert_eq!(rotated(Some(PREVIOUS)).decide(&[9; 32], &CURRENT, after(0)), RefreshDecision::Stolen);
        assert_eq!(rotated(None).decide(&[9; 32], &CURRENT, after(0)), RefreshDecision::Stolen);
    }
}
