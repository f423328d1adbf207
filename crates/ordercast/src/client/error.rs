//! Errors of requests to a server.

use std::time::Duration;

use url::Url;

#[derive(Debug, Clone, thiserror::Error)]
pub enum ClientError {
    /// The HTTP client cannot be created.
    #[error("cannot send requests: {0} (https needs the package ca-certificates)")]
    Setup(String),
    #[error("no answer from {url}: {why}")]
    Unreachable { url: String, why: String },
    /// The connection broke during an answer.
    #[error("the connection broke: {0}")]
    Broken(String),
    /// The answer is not from an Ordercast of a compatible version.
    #[error("the server is not a compatible Ordercast: {0}")]
    NotOurs(String),
    #[error("the server does not accept this sign-in{}", colon(detail))]
    Unauthorized { detail: String },
    #[error("this account is not allowed to do that{}", colon(detail))]
    Forbidden { detail: String },
    #[error("the server asks to wait {} s", after.as_secs())]
    Throttled { after: Duration },
    #[error("the server answered {status} {code}{}", colon(detail))]
    Refused {
        status: u16,
        code: String,
        detail: String,
        /// From `Retry-After`.
        after: Option<Duration>,
    },
}

impl ClientError {
    pub(super) fn unreachable(url: &Url, error: &reqwest::Error) -> Self {
        let why = if error.is_timeout() { "timeout".to_owned() } else { chain(error) };
        Self::Unreachable { url: url.to_string(), why }
    }

    /// Whether a retry cannot succeed.
    pub fn is_final(&self) -> bool {
        match self {
            Self::Setup(_) | Self::NotOurs(_) | Self::Unauthorized { .. } | Self::Forbidden { .. } => true,
            Self::Refused { status, .. } => matches!(status, 400..=499) && !matches!(status, 408 | 425),
            Self::Unreachable { .. } | Self::Broken(_) | Self::Throttled { .. } => false,
        }
    }

    pub fn wait(&self) -> Option<Duration> {
        match self {
            Self::Throttled { after } => Some(*after),
            Self::Refused { after, .. } => *after,
            _ => None,
        }
    }

    /// A short stable name, used for counting.
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

/// The root cause of an error, such as "connection refused".
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut last = error;
    while let Some(cause) = last.source() {
        last = cause;
    }
    crate::terminal::printable(&last.to_string())
}
