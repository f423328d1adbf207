//! Why the server closes a live connection, and when the client may reconnect.
//!
//! The one table of close codes: server-sent events carry a code in their `reconnect` event, a WebSocket in its close
//! frame, and long-polling only ends. `docs/events.md` shows it; a test compares the two.

use std::fmt::Write as _;

use socketio::CloseFrame;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Close {
    /// The server stops or restarts.
    ShuttingDown,
    /// The token expired.
    TokenExpired,
    /// The log could not be read.
    Unavailable,
    /// The user or the address has as many connections as it may.
    TooManyConnections,
    /// The user connects too often.
    RateLimited,
    /// The session was ended.
    SessionEnded,
}

/// What a client may do after its connection was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReconnectRule {
    /// Reconnect after this many milliseconds.
    AfterMs(u32),
    /// Reconnect after a wait that the client chooses.
    Backoff,
    /// Do not reconnect with the same token.
    Never,
}

/// One row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClosePolicy {
    /// 4000 to 4499: the client may reconnect. From 4500: it may not. Stable.
    pub code: u16,
    pub reason: &'static str,
    pub reconnect: ReconnectRule,
    /// Whether a stream of server-sent events is closed with it. Such a stream is refused with an HTTP status instead
    /// where a Socket.IO connection is accepted and closed.
    pub streams: bool,
    /// What a client does, for the documentation.
    pub advice: &'static str,
}

impl Close {
    pub const ALL: [Self; 6] = [
        Self::ShuttingDown,
        Self::TokenExpired,
        Self::Unavailable,
        Self::TooManyConnections,
        Self::RateLimited,
        Self::SessionEnded,
    ];

    pub const fn policy(self) -> ClosePolicy {
        let (code, reason, reconnect, streams, advice) = match self {
            Self::ShuttingDown => (4001, "shutting_down", ReconnectRule::AfterMs(500), true, "reconnect"),
            Self::TokenExpired => {
                (4002, "token_expired", ReconnectRule::AfterMs(0), true, "reconnect with a fresh token")
            }
            Self::Unavailable => (4003, "unavailable", ReconnectRule::AfterMs(3000), true, "reconnect later"),
            Self::TooManyConnections => (
                4004,
                "too_many_connections",
                ReconnectRule::Backoff,
                false,
                "close another connection, reconnect later",
            ),
            Self::RateLimited => (4005, "rate_limited", ReconnectRule::Backoff, false, "reconnect later"),
            Self::SessionEnded => (4501, "session_ended", ReconnectRule::Never, true, "sign in again"),
        };
        ClosePolicy { code, reason, reconnect, streams, advice }
    }

    /// The table as Markdown.
    pub fn table() -> String {
        let mut table = String::from(
            "| code | reason | reconnect | server-sent events | WebSocket | long-polling | what to do |\n|---|---|---|---|---|---|---|\n",
        );
        for policy in Self::ALL.map(Self::policy) {
            let ClosePolicy { code, reason, reconnect, streams, advice } = policy;
            let (reconnect, after) = match reconnect {
                ReconnectRule::AfterMs(ms) => ("yes", format!("`reconnect` with `afterMs` {ms}")),
                ReconnectRule::Backoff => ("yes", String::from("`reconnect`")),
                ReconnectRule::Never => ("no", String::from("`reconnect` without `afterMs`")),
            };
            let stream = if streams { after } else { String::from("HTTP status 429") };
            // Writing to a string cannot fail.
            let _ = writeln!(
                table,
                "| {code} | `{reason}` | {reconnect} | {stream} | close code {code} | the session ends | {advice} |"
            );
        }
        table
    }
}

impl From<Close> for CloseFrame {
    fn from(close: Close) -> Self {
        let ClosePolicy { code, reason, .. } = close.policy();
        Self { code, reason }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documentation_has_the_table() {
        let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/events.md");
        let page = std::fs::read_to_string(page).unwrap();
        let table = Close::table();
        assert!(page.contains(&table), "replace the table of close codes in docs/events.md by:\n{table}");
    }

    #[test]
    fn codes_say_whether_to_reconnect() {
        let mut codes: Vec<u16> = Close::ALL.iter().map(|close| close.policy().code).collect();
        for policy in Close::ALL.map(Close::policy) {
            assert_eq!(policy.code >= 4500, policy.reconnect == ReconnectRule::Never, "{policy:?}");
        }
        codes.dedup();
        assert_eq!(codes.len(), Close::ALL.len(), "each code once, in order");
    }
}
