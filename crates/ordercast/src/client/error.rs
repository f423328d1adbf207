//! What can go wrong between here and a server.

use std::time::Duration;

use url::Url;

/// Why a request brought nothing.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ClientError {
    /// This machine cannot make requests at all.
    #[error("cannot make requests from here: {0} (for https, the package ca-certificates is needed)")]
    Setup(String),
    /// Nobody answered.
    #[error("no answer from {url}: {why}")]
    Unreachable {
        /// Where.
        url: String,
        /// In a few words.
        why: String,
    },
    /// The connection broke in the middle of an answer.
    #[error("the connection broke: {0}")]
    Broken(String),
    /// Something answered that is no Ordercast, or one of another time.
    #[error("this does not look like Ordercast: {0}")]
    NotOurs(String),
    /// The server does not know who asks.
    #[error("the server does not accept this sign-in{}", colon(detail))]
    Unauthorized {
        /// Its words.
        detail: String,
    },
    /// The server knows who asks, and they may not.
    #[error("this account may not do that{}", colon(detail))]
    Forbidden {
        /// Its words.
        detail: String,
    },
    /// Too much at once.
    #[error("the server asks to wait {} s", after.as_secs())]
    Throttled {
        /// How long.
        after: Duration,
    },
    /// Anything else the server says no to.
    #[error("the server answered {status} {code}{}", colon(detail))]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The stable code.
        code: String,
        /// Its words.
        detail: String,
        /// When to try again, if it said so.
        after: Option<Duration>,
    },
}

impl ClientError {
    pub(super) fn unreachable(url: &Url, error: &reqwest::Error) -> Self {
        let why = if error.is_timeout() { "it took too long".to_owned() } else { chain(error) };
        Self::Unreachable { url: url.to_string(), why }
    }

    /// Whether asking again cannot help.
    pub fn is_final(&self) -> bool {
        match self {
            Self::Setup(_) | Self::NotOurs(_) | Self::Unauthorized { .. } | Self::Forbidden { .. } => true,
            Self::Refused { status, .. } => matches!(status, 400..=499) && !matches!(status, 408 | 425),
            Self::Unreachable { .. } | Self::Broken(_) | Self::Throttled { .. } => false,
        }
    }

    /// How long the server asked to wait.
    pub fn wait(&self) -> Option<Duration> {
        match self {
            Self::Throttled { after } => Some(*after),
            Self::Refused { after, .. } => *after,
            _ => None,
        }
    }

    /// A short stable name, to count by.
    pub fn code(&self) -> &str {
        match self {
            Self::Setup(_) => "setup",
            Self::Unreachable { .. } => "unreachable",
            Self::Broken(_) => "connection_broken",
            Self::NotOurs(_) => "not_ordercast",
            Self::Unauthorized { .. } => "unauthorized",
            Self::Forbidden { .. } => "forbidden",
            Self::Throttled { .. } => "rate_limited",
            Self::Refused { code, .. } => code,
        }
    }
}

fn colon(detail: &str) -> String {
    if detail.is_empty() {
        String::new()
    } else {
        format!(": {}", crate::terminal::printable(detail.trim_end_matches('.')))
    }
}

/// The last cause of an error, which is the one a person can act on ("connection refused").
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut last = error;
    while let Some(cause) = last.source() {
        last = cause;
    }
    crate::terminal::printable(&last.to_string())
}
