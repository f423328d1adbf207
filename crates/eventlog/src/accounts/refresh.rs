//! Refresh token rotation, and the detection of stolen tokens (RFC 9700, section 4.14.2).
//!
//! Every refresh replaces the session's token. A token that was replaced before and is sent again has been copied:
//! either the thief or the owner holds it, so the session ends for both.
//!
//! If a token that was replaced less than [`ROTATION_GRACE`] ago is sent again, another tab sent it or the answer was lost. It
//! gets the newest answer. Each token is computed from the one before, so a sent token is recognized by its successors.

use jiff::{SignedDuration, Timestamp};

use super::TokenHash;

/// A token that was replaced less than this long ago was sent by a second tab or a retry, not by a thief.
pub const ROTATION_GRACE: SignedDuration = SignedDuration::from_secs(30);

/// How many rotations within the grace period are remembered.
pub const RECENT_ROTATIONS: usize = 32;

/// The refresh tokens of a session that has not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshTokens {
    pub current: TokenHash,
    /// When tokens were replaced, newest first: the first is when `current` was made.
    pub rotations: Vec<Timestamp>,
}

/// What to do with a refresh token that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefreshDecision {
    /// The current token was sent: replace it by the first successor.
    Rotate,
    /// The token was replaced less than [`ROTATION_GRACE`] ago. Answer with the current token: the successor with this index.
    Repeat { successor: usize, refreshed_at: Timestamp },
    /// The token was replaced earlier: end the session.
    Stolen,
}

impl RefreshTokens {
    /// Decides about a token that was issued for this session. `successors` are the tokens that follow from it, in order.
    pub fn decide(&self, sent: &TokenHash, successors: &[TokenHash], now: Timestamp) -> RefreshDecision {
        if self.current == *sent {
            return RefreshDecision::Rotate;
        }
        let current = successors.iter().position(|successor| *successor == self.current);
        let replaced_at = current.and_then(|index| self.rotations.get(index));
        match (current, replaced_at, self.rotations.first()) {
            (Some(successor), Some(at), Some(refreshed_at)) if is_recent(*at, now) => {
                RefreshDecision::Repeat { successor, refreshed_at: *refreshed_at }
            }
            _ => RefreshDecision::Stolen,
        }
    }

    /// The rotations to remember when the current token is replaced, without the new rotation.
    pub fn earlier_rotations(&self, now: Timestamp) -> impl Iterator<Item = Timestamp> {
        self.rotations.iter().copied().take_while(move |at| is_recent(*at, now)).take(RECENT_ROTATIONS - 1)
    }
}

/// Compares the absolute difference, because the clock may have been set back since `at`.
fn is_recent(at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(at).abs() < ROTATION_GRACE
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The token after `n` rotations.
    fn token(n: usize) -> TokenHash {
        [u8::try_from(n).unwrap(); 32]
    }

    fn after(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    /// A session whose tokens were replaced at these seconds.
    fn rotated(at: &[i64]) -> RefreshTokens {
        let mut tokens = RefreshTokens { current: token(0), rotations: Vec::new() };
        for (n, second) in at.iter().enumerate() {
            let earlier = tokens.earlier_rotations(after(*second)).collect::<Vec<_>>();
            tokens.rotations = [after(*second)].into_iter().chain(earlier).collect();
            tokens.current = token(n + 1);
        }
        tokens
    }

    fn decide(tokens: &RefreshTokens, sent: usize, seconds: i64) -> RefreshDecision {
        let successors: Vec<_> = (sent + 1..=sent + RECENT_ROTATIONS).map(token).collect();
        tokens.decide(&token(sent), &successors, after(seconds))
    }

    #[test]
    fn the_current_token_is_replaced_whenever_it_comes() {
        for seconds in [0, 1, 29, 30, 1_000_000] {
            for at in [&[][..], &[0], &[0, 10]] {
                assert_eq!(decide(&rotated(at), at.len(), seconds), RefreshDecision::Rotate);
            }
        }
    }

    #[test]
    fn a_replaced_token_gets_the_newest_answer_until_its_own_grace_period_is_over() {
        let repeat = |successor, at| RefreshDecision::Repeat { successor, refreshed_at: after(at) };
        let stolen = RefreshDecision::Stolen;
        for (at, sent, seconds, decision) in [
            (&[0][..], 0, 0, repeat(0, 0)),
            (&[0], 0, 29, repeat(0, 0)),
            (&[0], 0, -29, repeat(0, 0)),
            (&[0], 0, 30, stolen),
            (&[0], 0, -30, stolen),
            // Each token has its own half minute.
            (&[0, 0, 1], 0, 29, repeat(2, 1)),
            (&[0, 20], 0, 29, repeat(1, 20)),
            (&[0, 20], 0, 31, stolen),
            (&[0, 20], 1, 31, repeat(0, 20)),
            (&[0, 20], 1, 50, stolen),
            (&[0, 40], 0, 40, stolen),
            (&[0, 40], 1, 41, repeat(0, 40)),
        ] {
            assert_eq!(decide(&rotated(at), sent, seconds), decision, "{at:?} {sent} {seconds}");
        }
    }

    #[test]
    fn a_token_that_is_not_of_the_recent_rotations_ends_the_session_at_once() {
        let other = [token(90), token(91)];
        assert_eq!(rotated(&[0]).decide(&token(9), &other, after(0)), RefreshDecision::Stolen);
        assert_eq!(rotated(&[]).decide(&token(9), &other, after(0)), RefreshDecision::Stolen);
        let many = rotated(&[0; RECENT_ROTATIONS + 9]);
        assert_eq!(many.rotations.len(), RECENT_ROTATIONS);
        assert!(matches!(decide(&many, 9, 0), RefreshDecision::Repeat { .. }));
        assert_eq!(decide(&many, 8, 0), RefreshDecision::Stolen);
    }
}
