//! The configuration: options, their sources, and the meaning of their values.
//!
//! - [`options`]: the table of all options. To add an option, add a row there, a field to
//!   [`Config`], and a line to [`Config::load`].
//! - [`values`]: parses values: rates, sizes, durations, networks, origins.
//! - [`sources`]: flags, environment, file and defaults, in this order of precedence.
//! - [`flags`]: the table as command-line arguments. [`show`]: prints the values, with secrets redacted.
//!   [`markdown`]: generates `docs/configuration.md`.
//!
//! The caller passes the environment, so that tests can use their own.

pub mod flags;
pub mod markdown;
pub mod options;
pub mod show;
pub mod sources;
#[cfg(test)]
mod tests;
pub mod values;

use std::net::SocketAddr;
use std::path::PathBuf;

use api::auth::cookie::{CookieSameSite, CookieSettings};
use api::base_path::BasePath;
use api::rate_limit::Rate;
use jiff::SignedDuration;
use orders::Currency;
use orders::text::Line;
use url::Url;

use self::flags::Flags;
use self::sources::{Environment, OptionReader, Settings, Source};
use self::values::{
    Bytes, Listen, LogFormat, Networks, Origins, RealtimeListen, RetentionSetting, Secret, Switch,
    TimeZoneName, TokenLifetime,
};

/// All options, parsed.
#[derive(Debug, Clone)]
pub struct Config {
    pub listen: SocketAddr,
    /// Second address, for live connections.
    pub realtime_listen: Option<SocketAddr>,
    pub data: PathBuf,
    /// Not an option: each start has to say it again.
    pub accept_data_loss: bool,
    pub store_name: Line<120>,
    pub store_timezone: jiff::tz::TimeZone,
    pub store_location: Option<orders::order::GeoPoint>,
    pub store_currency: Currency,
    pub frontend_url: Option<Url>,
    pub base_path: BasePath,
    /// Without a slash at the end.
    pub live_url: Option<Url>,
    pub map_tiles: Option<values::TileTemplate>,
    pub map_attribution: String,
    /// Origins in the form that browsers use.
    pub image_origins: Vec<String>,
    /// Origins in the form that browsers use (`https://shop.example`). Includes the origin of `frontend_url`.
    pub cors_origins: Vec<String>,
    pub cookies: CookieSettings,
    /// Addresses whose `X-Forwarded-…` headers are trusted.
    pub trusted_proxies: Vec<ipnet::IpNet>,
    /// `None`: the secret is in the data directory, see [`secret`](crate::secret).
    pub jwt_secret: Option<Secret>,
    pub allow_tokens_without_expiry: bool,
    pub access_token_lifetime: SignedDuration,
    pub session_lifetime: SignedDuration,
    /// `None`: no limit.
    pub rate_limit_address: Rate,
    /// `None`: no limit.
    pub rate_limit_account: Rate,
    /// `None`: no limit.
    pub rate_limit_sign_in: Rate,
    /// In bytes.
    pub body_limit: usize,
    /// `None`: events are kept forever.
    pub event_retention: Option<SignedDuration>,
    pub max_streams_per_user: u32,
    pub max_streams_per_address: u32,
    pub dialect: live::dialect::DialectId,
    pub max_joined_orders: u32,
    /// More names of the event that joins an order.
    pub join_events: Vec<String>,
    /// Socket.IO namespaces that mean `/`.
    pub namespaces: Vec<String>,
    pub socketio: socketio::SocketIoConfig,
    /// In bytes.
    pub wal_cap: u64,
    pub log: tracing_subscriber::filter::Targets,
    pub log_format: LogFormat,
    /// Accepted, but not used by this version.
    pub kafka_broker: Option<String>,
    /// The text and the source of every value.
    pub settings: Settings,
    /// Logged at start.
    pub warnings: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid configuration:\n{}", problems.iter().map(|p| format!("  - {p}")).collect::<Vec<_>>().join("\n"))]
pub struct ConfigError {
    pub problems: Vec<String>,
}

impl Config {
    /// Reads and checks all options, and reports all errors together.
    pub fn load(flags: &Flags, environment: &Environment) -> Result<Self, ConfigError> {
        let mut read = OptionReader::new(flags, environment);
        let listen = read.value::<Listen>("listen").address;
        let realtime_listen = read.optional::<RealtimeListen>("realtime_listen").map(|it| it.beside(listen));
        if realtime_listen == Some(listen) && listen.port() != 0 {
            read.problem(format!(
                "listen and realtime_listen are both {listen}; remove realtime_listen to share the address"
            ));
        }
        let frontend_url = read.optional::<values::FrontendUrl>("frontend_url").map(|url| url.0);
        let base_path = read.optional::<BasePath>("base_path").unwrap_or_default();
        if let Some(path) = frontend_url.as_ref().and_then(|url| other_path(url, &base_path)) {
            read.problem(format!(
                "frontend_url has the path {path} and base_path is {base_path}; use the same path in both, or frontend_url \
                 without a path"
            ));
        }
        let mut cors_origins = read.value::<Origins>("cors_origins").0;
        if let Some(origin) = frontend_url.as_ref().map(|url| url.origin().ascii_serialization())
            && !cors_origins.contains(&origin)
        {
            cors_origins.push(origin);
        }
        let config = Self {
            listen,
            realtime_listen,
            data: read.value::<values::Directory>("data").0,
            accept_data_loss: false,
            store_name: read.value("store_name"),
            store_timezone: read.value::<TimeZoneName>("store_timezone").0,
            store_location: read.optional::<values::StoreLocation>("store_location").map(|it| it.0),
            store_currency: read.value::<values::CurrencyCode>("store_currency").0,
            frontend_url,
            base_path: base_path.clone(),
            live_url: read.optional::<values::LiveUrl>("live_url").map(|url| url.0),
            map_tiles: read.optional("map_tiles"),
            map_attribution: read.optional::<String>("map_attribution").unwrap_or_default(),
            image_origins: read.value::<values::ImageOrigins>("image_origins").0,
            cors_origins,
            cookies: CookieSettings {
                same_site: read.value::<values::SameSite>("cookie_same_site").0,
                token_cookies: read.value::<values::CookieNames>("token_cookies").0,
                base_path,
            },
            trusted_proxies: read.value::<Networks>("trusted_proxies").0,
            jwt_secret: read.optional("jwt_secret"),
            allow_tokens_without_expiry: read.value::<Switch>("allow_tokens_without_expiry").0,
            access_token_lifetime: read.value::<TokenLifetime>("access_token_lifetime").0,
            session_lifetime: read.value::<TokenLifetime>("session_lifetime").0,
            rate_limit_address: read.value("rate_limit_address"),
            rate_limit_account: read.value("rate_limit_account"),
            rate_limit_sign_in: read.value("rate_limit_sign_in"),
            body_limit: usize::try_from(read.value::<Bytes>("body_limit").0).unwrap_or(usize::MAX),
            event_retention: read.value::<RetentionSetting>("event_retention").0,
            max_streams_per_user: read.value::<values::Count>("max_streams_per_user").0,
            max_streams_per_address: read.value::<values::Count>("max_streams_per_address").0,
            dialect: read.value("dialect"),
            max_joined_orders: read.value::<values::Count>("max_joined_orders").0,
            join_events: read.value::<values::JoinEvents>("join_events").0,
            namespaces: read.value::<values::Namespaces>("namespaces").0,
            socketio: socketio::SocketIoConfig {
                ping_interval: read.value::<values::Interval>("ping_interval").0,
                ping_timeout: read.value::<values::Interval>("ping_timeout").0,
                connect_timeout: read.value::<values::Interval>("connect_timeout").0,
                max_payload: read.value::<values::MessageSize>("max_message").0,
                packets_per_second: read.value::<values::Count>("packets_per_second").0,
                ..socketio::SocketIoConfig::default()
            },
            wal_cap: read.value::<Bytes>("wal_cap").0,
            log: read.value::<values::LogFilter>("log").0,
            log_format: read.value("log_format"),
            kafka_broker: read.optional::<String>("kafka_broker"),
            settings: Settings::default(),
            warnings: Vec::new(),
        };
        let (settings, mut warnings) = read.finish()?;
        warnings.extend(config.doubts(&settings));
        Ok(Self { settings, warnings, ..config })
    }

    /// The public URL of the shop with its base path: `frontend_url`, or else this server.
    pub fn base_url(&self) -> String {
        let base_path = &self.base_path;
        if let Some(url) = &self.frontend_url {
            let has_path = url.path().trim_end_matches('/') == base_path.as_str();
            let url = url.as_str().trim_end_matches('/');
            return if has_path { url.to_owned() } else { format!("{url}{base_path}") };
        }
        let host = if self.listen.ip().is_unspecified() || self.listen.ip().is_loopback() {
            "localhost".to_owned()
        } else {
            match self.listen {
                SocketAddr::V4(at) => at.ip().to_string(),
                SocketAddr::V6(at) => format!("[{}]", at.ip()),
            }
        };
        format!("http://{host}:{}{base_path}", self.listen.port())
    }

    /// Whether the value differs from its default source.
    pub fn was_set(&self, key: &str) -> bool {
        self.settings.source(key).is_some_and(|source| *source != Source::Default)
    }

    /// Valid settings that need a warning.
    fn doubts(&self, settings: &Settings) -> Vec<String> {
        let mut doubts = Vec::new();
        if self.kafka_broker.is_some() {
            doubts.push(
                "kafka_broker is set, but this version has no Kafka relay yet: orders work, nothing is read from or \
                 written to Kafka. Unset it (KAFKA_BROKER) to silence this line"
                    .to_owned(),
            );
        }
        if let Some(secret) = &self.jwt_secret
            && secret.reveal().len() < crate::secret::RECOMMENDED_BYTES
        {
            doubts.push(format!(
                "jwt_secret has {} bytes, so tokens could be forged by guessing it; use at least {} random ones, for \
                 example the output of `openssl rand -base64 32`",
                secret.reveal().len(),
                crate::secret::RECOMMENDED_BYTES
            ));
        }
        if self.allow_tokens_without_expiry {
            doubts.push(
                "allow_tokens_without_expiry is on: a leaked token stays valid until the secret changes"
                    .to_owned(),
            );
        }
        if self.cookies.same_site == CookieSameSite::None {
            if self.trusted_proxies.is_empty() {
                doubts.push(
                    "cookie_same_site is none, but trusted_proxies is empty, so the server sees no TLS and sets the cookie \
                     for its own site only; set trusted_proxies to the address of your TLS proxy"
                        .to_owned(),
                );
            }
            if self.cors_origins.is_empty() {
                doubts.push(
                    "cookie_same_site is none, but no other origin may use the cookie; set cors_origins (CORS_ORIGIN)"
                        .to_owned(),
                );
            }
        }
        if let Some(url) =
            self.frontend_url.as_ref().filter(|url| url.path() != "/" && self.base_path.is_root())
        {
            doubts.push(format!(
                "frontend_url has the path {0}, but base_path is not set; if a proxy serves this server's own pages there, set \
                 base_path to {0}",
                url.path().trim_end_matches('/')
            ));
        }
        if let Some(live) = &self.live_url
            && self.frontend_url.as_ref().is_some_and(|shop| shop.host() != live.host())
        {
            doubts.push(
                "live_url has another host than frontend_url, and a session's cookie stays with its host: the pages \
                 that come with this server would ask every five seconds instead of being told. Use another port or \
                 scheme of the same host, unless only clients with tokens of their own connect there"
                    .to_owned(),
            );
        }
        if self.map_tiles.is_some() && self.map_attribution.is_empty() {
            doubts.push(
                "map_tiles is set without map_attribution: most tile providers require a credit line"
                    .to_owned(),
            );
        }
        if self.trusted_proxies.iter().any(|network| network.prefix_len() == 0) {
            doubts.push(
                "trusted_proxies trusts every address, so anybody can claim any address; set it to the address of your proxy"
                    .to_owned(),
            );
        }
        if let Some(Source::Implied(by)) = settings.source("trusted_proxies") {
            doubts.push(format!(
                "{by} is set, so a platform's proxy is taken to stand in front: X-Forwarded-For is believed from \
                 private addresses. Set trusted_proxies to your proxy's own, or to none"
            ));
        }
        doubts
    }
}

/// The path of `frontend_url`, if it has one that is not the base path.
fn other_path<'a>(url: &'a Url, base_path: &BasePath) -> Option<&'a str> {
    let path = url.path().trim_end_matches('/');
    (!path.is_empty() && !base_path.is_root() && path != base_path.as_str()).then_some(path)
}
