//! What every handler has at hand.

use std::sync::{Arc, OnceLock};

use eventlog::{Clock, ReadBackend, Writer};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use live::order_counts::OrderCountsPublisher;
use live::{ConnectionLimits, Hub};
use orders::{Currency, Role, StoreId};
use serde::Serialize;
use tokio::sync::watch;
use utoipa::ToSchema;

use crate::auth::{AllowedOrigins, PasswordPool, TokenKeys};
use crate::client_address::TrustedProxies;
use crate::extract::BodyLimit;
use crate::metrics::Metrics;
use crate::rate_limit::RateLimits;
use crate::revocations::Revocations;

/// What an operator sets, as far as HTTP is concerned.
#[derive(Debug, Clone)]
pub struct ApiSettings {
    /// The store of customers who name none.
    pub store: StoreId,
    /// What the shop is called.
    pub store_name: String,
    /// What its prices are in.
    pub currency: Currency,
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
    /// Where browsers reach the live connections, if that is not where the page came from.
    pub live_url: Option<String>,
    /// The tiles of the pages' maps; without any, a bundled outline serves.
    pub tiles: Option<MapTiles>,
    /// Other hosts whose pictures of products the pages may show, as origins.
    pub image_origins: Vec<String>,
    /// Set while this is a shop to try things on.
    pub demo: Option<Demo>,
    /// This version of Ordercast.
    pub version: &'static str,
}

impl ApiSettings {
    /// Whether orders may be paid online by a payment that is made up.
    pub fn test_payment(&self) -> bool {
        self.demo.is_some()
    }
}

/// Map tiles of another host.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Tiles)]
pub struct MapTiles {
    /// Address of a tile, with `{z}`, `{x}` and `{y}` in it, perhaps `{s}` as its first label and `{r}`.
    pub url: String,
    /// What has to stand on the map.
    pub attribution: String,
    /// Their origin, as a page's policy names it.
    #[serde(skip)]
    pub origin: String,
}

/// A shop to try things on: everybody may be everybody, and payments are made up.
#[derive(Debug, Clone)]
pub struct Demo {
    /// Accounts that anybody may use.
    pub accounts: Vec<DemoAccount>,
}

/// An account that anybody may use.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DemoAccount {
    /// Whose.
    pub name: String,
    /// What to sign in with.
    pub email: String,
    /// Its password, which is no secret.
    pub password: String,
    /// What it may do.
    pub role: Role,
}

/// Everything the handlers share.
pub struct App {
    /// Takes commands.
    pub writer: Writer,
    /// Answers questions.
    pub read_backend: Arc<dyn ReadBackend>,
    /// Live connections.
    pub hub: Arc<Hub>,
    /// Counts, pushed.
    pub order_counts: Arc<OrderCountsPublisher>,
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
    pub trusted_proxies: TrustedProxies,
    /// The time, and fresh ids.
    pub clock: Arc<dyn Clock>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Becomes true when the server stops.
    pub stopping: watch::Receiver<bool>,
    /// What an operator sets.
    pub settings: ApiSettings,
    /// Where it listens; known once it does.
    pub ports: OnceLock<Ports>,
    /// Since when this process serves.
    pub started_at: Timestamp,
}

/// The state of the router.
pub type AppState = Arc<App>;

/// Where a server listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ports {
    /// For everything.
    pub main: u16,
    /// For the live connections, where they have an address of their own too (row A14).
    pub live: Option<u16>,
}

impl App {
    /// Now.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
