//! The configuration: what may be set, where it comes from, and what it means.
//!
//! - [`options`]: the table of every option, its name, default and help. To add an option: a row there, a field of
//!   [`Config`], and a line in [`Config::load`].
//! - [`values`]: what an option's text means: rates, sizes, spans of time, networks, origins.
//! - [`sources`]: flags over environment over file over defaults, each value with where it came from.
//! - [`flags`]: the same table as command-line arguments. [`show`]: the same table for people, secrets redacted.
//!   [`markdown`]: the same table as a page of the guide.
//!
//! Nothing here reads the process: the environment is handed in, so that tests bring their own.

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

use api::rate_limit::Rate;
use jiff::SignedDuration;
use orders::Currency;
use orders::text::Line;
use url::Url;

use self::flags::Flags;
use self::sources::{Environment, OptionReader, Settings, Source};
use self::values::{
    Bytes, Listen, LogFormat, LongDuration, Networks, Origins, RealtimeListen, Retention, Secret, Switch,
    TimeZoneName,
};

/// Everything a person can set, parsed.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where HTTP is served.
    pub listen: SocketAddr,
    /// A second address for the live connections, if they have one of their own.
    pub realtime_listen: Option<SocketAddr>,
    /// The directory with the database and the secret.
    pub data: PathBuf,
    /// What the shop is called.
    pub store_name: Line<120>,
    /// Where its days begin.
    pub store_timezone: jiff::tz::TimeZone,
    /// What its prices are in.
    pub store_currency: Currency,
    /// Where people open the shop; links lead there.
    pub frontend_url: Option<Url>,
    /// Where browsers reach the live connections, if not where they reach the rest. Without a slash at the end.
    pub live_url: Option<Url>,
    /// The tiles of maps.
    pub map_tiles: Option<values::TileTemplate>,
    /// What has to stand on them.
    pub map_attribution: String,
    /// Other hosts whose pictures the pages may show, as browsers write their origins.
    pub image_origins: Vec<String>,
    /// Browser origins that may call, as browsers write them (`https://shop.example`); the front end's is among them.
    pub cors_origins: Vec<String>,
    /// Whose `X-Forwarded-…` headers are believed.
    pub trusted_proxies: Vec<ipnet::IpNet>,
    /// What tokens are signed with, if it was configured; see [`secret`](crate::secret) for the other case.
    pub jwt_secret: Option<Secret>,
    /// Whether tokens of other systems may last for ever.
    pub allow_tokens_without_expiry: bool,
    /// How long an access token of ours lasts.
    pub access_token_lifetime: SignedDuration,
    /// How long somebody stays signed in without coming back.
    pub session_lifetime: SignedDuration,
    /// Requests of one client address; `None` is no limit.
    pub rate_limit_address: Rate,
    /// Requests of one account.
    pub rate_limit_account: Rate,
    /// Attempts to sign in, register or reset a password, per client address.
    pub rate_limit_sign_in: Rate,
    /// The largest request body, in bytes.
    pub body_limit: usize,
    /// How long events can be resumed from; `None` is for ever.
    pub event_retention: Option<SignedDuration>,
    /// Live connections of one user.
    pub max_streams_per_user: u32,
    /// Live connections of one client address.
    pub max_streams_per_address: u32,
    /// The dialect of clients that name none.
    pub dialect: live::dialect::Dialect,
    /// Orders that one live connection may follow by joining them.
    pub max_joined_orders: u32,
    /// Intervals and limits of Socket.IO connections.
    pub socketio: socketio::SocketIoConfig,
    /// The size at which the database's write-ahead log is cut down, in bytes.
    pub wal_cap: u64,
    /// Which log lines are written, such as `info,ordercast_api=debug`.
    pub log: tracing_subscriber::filter::Targets,
    /// How they are written.
    pub log_format: LogFormat,
    /// Accepted, and not used by this version.
    pub kafka_broker: Option<String>,
    /// What was set where, as text.
    pub settings: Settings,
    /// What a person should know before relying on this configuration. Log each at start.
    pub warnings: Vec<String>,
}

/// Everything that is wrong with a configuration, each with what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the configuration cannot be used:\n{}", problems.iter().map(|p| format!("  - {p}")).collect::<Vec<_>>().join("\n"))]
pub struct ConfigError {
    /// One sentence each.
    pub problems: Vec<String>,
}

impl Config {
    /// Reads flags over environment over file over defaults, and checks all of it at once.
    pub fn load(flags: &Flags, environment: &Environment) -> Result<Self, ConfigError> {
        let mut read = OptionReader::new(flags, environment);
        let listen = read.value::<Listen>("listen").address;
        let realtime_listen = read.optional::<RealtimeListen>("realtime_listen").map(|it| it.beside(listen));
        if realtime_listen == Some(listen) && listen.port() != 0 {
            read.problem(format!(
                "listen and realtime_listen are both {listen}; leave realtime_listen out to share it"
            ));
        }
        let frontend_url = read.optional::<values::FrontendUrl>("frontend_url").map(|url| url.0);
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
            store_name: read.value("store_name"),
            store_timezone: read.value::<TimeZoneName>("store_timezone").0,
            store_currency: read.value::<values::CurrencyCode>("store_currency").0,
            frontend_url,
            live_url: read.optional::<values::LiveUrl>("live_url").map(|url| url.0),
            map_tiles: read.optional("map_tiles"),
            map_attribution: read.optional::<String>("map_attribution").unwrap_or_default(),
            image_origins: read.value::<values::ImageOrigins>("image_origins").0,
            cors_origins,
            trusted_proxies: read.value::<Networks>("trusted_proxies").0,
            jwt_secret: read.optional("jwt_secret"),
            allow_tokens_without_expiry: read.value::<Switch>("allow_tokens_without_expiry").0,
            access_token_lifetime: read.value::<LongDuration>("access_token_lifetime").0,
            session_lifetime: read.value::<LongDuration>("session_lifetime").0,
            rate_limit_address: read.value("rate_limit_address"),
            rate_limit_account: read.value("rate_limit_account"),
            rate_limit_sign_in: read.value("rate_limit_sign_in"),
            body_limit: usize::try_from(read.value::<Bytes>("body_limit").0).unwrap_or(usize::MAX),
            event_retention: read.value::<Retention>("event_retention").0,
            max_streams_per_user: read.value::<values::Count>("max_streams_per_user").0,
            max_streams_per_address: read.value::<values::Count>("max_streams_per_address").0,
            dialect: read.value("dialect"),
            max_joined_orders: read.value::<values::Count>("max_joined_orders").0,
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

    /// Where people open the shop: the front end's address, else this server's own.
    pub fn base_url(&self) -> String {
        if let Some(url) = &self.frontend_url {
            return url.as_str().trim_end_matches('/').to_owned();
        }
        let host = if self.listen.ip().is_unspecified() || self.listen.ip().is_loopback() {
            "localhost".to_owned()
        } else {
            match self.listen {
                SocketAddr::V4(at) => at.ip().to_string(),
                SocketAddr::V6(at) => format!("[{}]", at.ip()),
            }
        };
        format!("http://{host}:{}", self.listen.port())
    }

    /// Whether somebody chose this value, rather than the default standing.
    pub fn was_set(&self, key: &str) -> bool {
        self.settings.source(key).is_some_and(|source| *source != Source::Default)
    }

    /// What is allowed, and still worth a sentence.
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
                "allow_tokens_without_expiry is on: a token that leaks is good until the secret changes"
                    .to_owned(),
            );
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
                "map_tiles is set without map_attribution: most providers of tiles ask for a credit line"
                    .to_owned(),
            );
        }
        if self.trusted_proxies.iter().any(|network| network.prefix_len() == 0) {
            doubts.push(
                "trusted_proxies names the whole internet, so anybody can claim any address; name your proxy's own"
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
