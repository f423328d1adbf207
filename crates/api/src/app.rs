//! The state that all handlers share.

use std::sync::{Arc, OnceLock};

use eventlog::{Clock, ReadBackend, Writer};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use live::order_counts::OrderCountsPublisher;
use live::{ConnectionLimits, Hub};
use orders::order::GeoPoint;
use orders::{Currency, Role, StoreId};
use serde::Serialize;
use tokio::sync::watch;
use utoipa::ToSchema;

use crate::auth::cookie::CookieSettings;
use crate::auth::{AllowedOrigins, PasswordPool, TokenKeys};
use crate::base_path::BasePath;
use crate::client_address::TrustedProxies;
use crate::extract::BodyLimit;
use crate::metrics::Metrics;
use crate::rate_limit::RateLimits;
use crate::revocations::Revocations;
use crate::waiting_locations::WaitingLocations;

/// The configuration of the HTTP API.
#[derive(Debug, Clone)]
pub struct ApiSettings {
    /// The store of customers whose token names none.
    pub store: StoreId,
    pub store_name: String,
    /// Of the prices.
    pub currency: Currency,
    /// Determines where a day begins.
    pub zone: TimeZone,
    /// Where the store is, if that is configured.
    pub location: Option<GeoPoint>,
    pub access_token_lifetime: SignedDuration,
    /// Of a session and its cookie.
    pub session_lifetime: SignedDuration,
    pub cookies: CookieSettings,
    /// Of a link for a new password.
    pub reset_link_lifetime: SignedDuration,
    /// The address of the shop, for links. Includes the base path, if links lead to this server. Without a trailing slash.
    pub base_url: String,
    /// The path of the server's own pages and of the cookie.
    pub base_path: BasePath,
    pub body_limit: BodyLimit,
    /// Where browsers open live connections, if not at the page's own address. Without the base path.
    pub live_url: Option<String>,
    /// The maps' tiles; `None` shows a bundled outline.
    pub tiles: Option<MapTiles>,
    /// Other origins from which pages may load product images.
    pub image_origins: Vec<String>,
    /// Set in a demo shop.
    pub demo: Option<Demo>,
    pub version: &'static str,
}

impl ApiSettings {
    /// Whether orders may be paid online with a simulated payment.
    pub fn test_payment(&self) -> bool {
        self.demo.is_some()
    }
}

/// Map tiles of another host.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Tiles)]
pub struct MapTiles {
    /// URL of a tile, with `{z}`, `{x}` and `{y}`, and optionally `{s}` as its first label and `{r}`.
    pub url: String,
    /// The text that must be shown on the map.
    pub attribution: String,
    /// Their origin, for the page's content security policy.
    #[serde(skip)]
    pub origin: String,
}

/// A demo shop: its accounts are public and payments are simulated.
#[derive(Debug, Clone)]
pub struct Demo {
    pub accounts: Vec<DemoAccount>,
}

/// A demo account.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DemoAccount {
    /// The person's name.
    pub name: String,
    /// The e-mail address to sign in with.
    pub email: String,
    /// The password, which is public.
    pub password: String,
    /// The account's role.
    pub role: Role,
}

pub struct App {
    pub writer: Writer,
    pub read_backend: Arc<dyn ReadBackend>,
    pub hub: Arc<Hub>,
    /// Order counts that are pushed to staff.
    pub order_counts: Arc<OrderCountsPublisher>,
    pub connections: Arc<ConnectionLimits>,
    pub keys: TokenKeys,
    pub passwords: PasswordPool,
    /// Sessions that ended before their tokens expired.
    pub revocations: Arc<Revocations>,
    /// Locations that come too soon after the last one.
    pub locations: WaitingLocations,
    pub limits: Arc<RateLimits>,
    /// Origins whose pages may use the session cookie.
    pub origins: AllowedOrigins,
    /// Proxies whose forwarding headers are trusted.
    pub trusted_proxies: TrustedProxies,
    /// The time, and new ids.
    pub clock: Arc<dyn Clock>,
    pub metrics: Arc<Metrics>,
    /// Becomes true when the server stops.
    pub stopping: watch::Receiver<bool>,
    pub settings: ApiSettings,
    /// Set once the server listens.
    pub ports: OnceLock<Ports>,
    pub started_at: Timestamp,
}

pub type AppState = Arc<App>;

/// The ports that a server listens on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ports {
    pub main: u16,
    /// For live connections, if they have a port of their own.
    pub live: Option<u16>,
}

impl App {
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
