//! What every handler has at hand.

use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use live::stats::StatsBoard;
use live::{ConnectionLimits, Hub};
use log::{Clock, Queries, Writer};
use orders::StoreId;
use tokio::sync::watch;

use crate::auth::{AllowedOrigins, PasswordPool, TokenKeys};
use crate::client_address::TrustedProxies;
use crate::extract::BodyLimit;
use crate::metrics::Metrics;
use crate::rate_limit::RateLimits;
use crate::revocations::Revocations;

/// What an operator sets, as far as HTTP is concerned.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The store of customers who name none.
    pub store: StoreId,
    /// Where its days begin.
    pub zone: TimeZone,
    /// How long an access token lasts.
    pub access_token_lifetime: SignedDuration,
    /// How long a session, and its cookie, lasts.
    pub session_lifetime: SignedDuration,
    /// How long a link to set a new password works.
    pub reset_link_lifetime: SignedDuration,
    /// Where people open the shop; links lead there. Without a slash at the end.
    pub base_url: String,
    /// The largest body.
    pub body_limit: BodyLimit,
    /// This version of Ordercast.
    pub version: &'static str,
}

/// Everything the handlers share.
pub struct App {
    /// Takes commands.
    pub writer: Writer,
    /// Answers questions.
    pub queries: Arc<dyn Queries>,
    /// Live connections.
    pub hub: Arc<Hub>,
    /// Counts, pushed.
    pub stats: Arc<StatsBoard>,
    /// How many live connections there may be.
    pub connections: Arc<ConnectionLimits>,
    /// Signs and verifies tokens.
    pub keys: TokenKeys,
    /// Hashes passwords.
    pub passwords: PasswordPool,
    /// Sessions that ended before their tokens.
    pub revocations: Arc<Revocations>,
    /// How often somebody may ask.
    pub limits: Arc<RateLimits>,
    /// Pages that may use the cookie.
    pub origins: AllowedOrigins,
    /// Whose forwarding headers are believed.
    pub trusted: TrustedProxies,
    /// The time, and fresh ids.
    pub clock: Arc<dyn Clock>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Becomes true when the server stops.
    pub stopping: watch::Receiver<bool>,
    /// What an operator sets.
    pub settings: Settings,
    /// Since when this process serves.
    pub started_at: Timestamp,
}

/// The state of the router.
pub type Shared = Arc<App>;

impl App {
    /// Now.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
