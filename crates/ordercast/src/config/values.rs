//! What the text of an option means. Every error is a phrase that follows the option's name and says what to write.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::Duration;

use ipnet::IpNet;
use jiff::SignedDuration;
use url::Url;

/// A text whose content must not be shown. `Debug` redacts it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself, for whoever signs or sends with it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

impl FromStr for Secret {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self::new(text))
    }
}

/// An address to listen on.
#[derive(Debug, Clone, Copy)]
pub struct Listen {
    /// It.
    pub address: SocketAddr,
}

impl FromStr for Listen {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numeric = text.strip_prefix("localhost:").map(|port| format!("127.0.0.1:{port}"));
        let address = numeric.as_deref().unwrap_or(text).parse();
        address.map(|address| Self { address }).map_err(|_| {
            "is an IP address and a port from 0 to 65535, such as 127.0.0.1:3000, 0.0.0.0:3000 or [::]:3000".to_owned()
        })
    }
}

/// An address to listen on, or a port on the main address's host.
#[derive(Debug, Clone, Copy)]
pub enum RealtimeListen {
    /// A whole address.
    At(SocketAddr),
    /// A port beside the main one.
    Port(u16),
}

impl RealtimeListen {
    /// The address, given the main one.
    pub fn beside(self, main: SocketAddr) -> SocketAddr {
        match self {
            Self::At(address) => address,
            Self::Port(port) => SocketAddr::new(main.ip(), port),
        }
    }
}

impl FromStr for RealtimeListen {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.strip_prefix(':').and_then(|port| port.parse().ok()) {
            Some(port) => Ok(Self::Port(port)),
            None => text.parse().map(|at: Listen| Self::At(at.address)),
        }
    }
}

/// A directory, which may not exist yet.
#[derive(Debug, Clone)]
pub struct Directory(pub std::path::PathBuf);

impl FromStr for Directory {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.is_empty() { Err("is a directory such as ./data".to_owned()) } else { Ok(Self(text.into())) }
    }
}

/// A currency, in any letter case.
#[derive(Debug, Clone, Copy)]
pub struct CurrencyCode(pub orders::Currency);

impl FromStr for CurrencyCode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let code = text.to_ascii_uppercase().parse();
        code.map(Self).map_err(|_| "is a three-letter ISO 4217 code such as EUR".to_owned())
    }
}

/// A time zone of the IANA database.
#[derive(Debug, Clone)]
pub struct Zone(pub jiff::tz::TimeZone);

impl FromStr for Zone {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        jiff::tz::TimeZone::get(text).map(Self).map_err(|_| {
            "is a time zone such as Europe/Berlin or UTC (if that is what you wrote, install the package tzdata)".to_owned()
        })
    }
}

/// Where people open the shop.
#[derive(Debug, Clone)]
pub struct FrontendUrl(pub Url);

impl FromStr for FrontendUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        web(text).map(Self).ok_or_else(|| "is an address such as https://shop.example".to_owned())
    }
}

/// Where browsers reach the live connections: a scheme, a host and perhaps a port.
#[derive(Debug, Clone)]
pub struct LiveUrl(pub Url);

impl FromStr for LiveUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        web(text)
            .filter(|url| url.path() == "/")
            .map(Self)
            .ok_or_else(|| "is an address without a path, such as https://live.shop.example".to_owned())
    }
}

/// The address of a map's tile, with its place left open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TileTemplate {
    /// As it was written.
    pub template: String,
    /// The hosts it leads to, as a page's policy names them: `https://*.tile.example`.
    pub origin: String,
}

impl FromStr for TileTemplate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            "is an address of tiles with {z}, {x} and {y} in it, such as https://tile.example/{z}/{x}/{y}.png; {s} may \
             stand for the first label of its host"
                .to_owned()
        };
        if !["{z}", "{x}", "{y}"].iter().all(|part| text.contains(part)) {
            return Err(wrong());
        }
        let (scheme, rest) = text.split_once("://").ok_or_else(wrong)?;
        let (many, rest) = match rest.strip_prefix("{s}.") {
            Some(rest) => ("*.", rest),
            None => ("", rest),
        };
        let mut whole = format!("{scheme}://{rest}");
        for part in ["{z}", "{x}", "{y}", "{r}"] {
            whole = whole.replace(part, "0");
        }
        // The host is the template's own, whatever stands in its path.
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let url = Url::parse(&whole).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let url = url.filter(|url| url.has_host() && url.username().is_empty() && url.password().is_none());
        let url = url.filter(|_| !whole.contains(['{', '}', ' ', ';', ',']) && !host.contains('{'));
        let origin = url.ok_or_else(wrong)?.origin().ascii_serialization();
        Ok(Self { template: text.to_owned(), origin: origin.replacen("://", &format!("://{many}"), 1) })
    }
}

fn web(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let plain = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    (matches!(url.scheme(), "http" | "https") && url.has_host() && plain).then_some(url)
}

/// Origins as browsers write them.
#[derive(Debug, Clone)]
pub struct Origins(pub Vec<String>);

impl FromStr for Origins {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut origins = Vec::new();
        for part in list(text) {
            if part == "*" {
                return Err("cannot be *, because pages of any site could then act with a visitor's cookie: name the \
                            origins, separated by commas"
                    .to_owned());
            }
            let url = web(part).filter(|url| url.path() == "/");
            let Some(url) = url else {
                return Err(format!(
                    "lists origins, a scheme and a host without a path, such as https://shop.example; {part:?} is none"
                ));
            };
            let origin = url.origin().ascii_serialization();
            if !origins.contains(&origin) {
                origins.push(origin);
            }
        }
        Ok(Self(origins))
    }
}

/// Networks, in CIDR notation or by name.
#[derive(Debug, Clone)]
pub struct Networks(pub Vec<IpNet>);

/// This machine.
const LOOPBACK: &[&str] = &["127.0.0.0/8", "::1/128"];
/// Where a platform's own proxies live: RFC 1918, shared (RFC 6598), link-local, and IPv6 unique local addresses.
const PRIVATE: &[&str] = &[
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "100.64.0.0/10",
    "169.254.0.0/16",
    "fc00::/7",
    "fe80::/10",
];

impl FromStr for Networks {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut networks = Vec::new();
        for part in list(text) {
            let named = match part {
                "loopback" => LOOPBACK,
                "private" => PRIVATE,
                _ => &[part],
            };
            for network in named {
                let parsed = network.parse().or_else(|_| network.parse::<IpAddr>().map(IpNet::from));
                let Ok(network) = parsed else {
                    return Err(format!(
                        "lists networks such as 10.0.0.0/8, single addresses, `loopback` or `private`; {part:?} is none"
                    ));
                };
                networks.push(network.trunc());
            }
        }
        Ok(Self(networks))
    }
}

/// Whether an address is one that nobody else can connect from.
pub fn is_local(address: IpAddr) -> bool {
    address.is_loopback() || address.to_canonical() == IpAddr::V4(Ipv4Addr::LOCALHOST)
}

/// Yes or no.
#[derive(Debug, Clone, Copy)]
pub struct Switch(pub bool);

impl FromStr for Switch {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "on" => Ok(Self(true)),
            "false" | "0" | "no" | "off" => Ok(Self(false)),
            _ => Err("is true or false".to_owned()),
        }
    }
}

/// A count of at least one.
#[derive(Debug, Clone, Copy)]
pub struct Count(pub u32);

impl FromStr for Count {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.parse::<NonZeroU32>()
            .map(|n| Self(n.get()))
            .map_err(|_| "is a whole number of at least 1".to_owned())
    }
}

/// A rate: so many in a while, and how many may come at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// So many …
    pub count: NonZeroU32,
    /// … in this while.
    pub per: Duration,
    /// At once, after a while of silence.
    pub burst: NonZeroU32,
}

/// A [`Rate`], or no limit.
#[derive(Debug, Clone, Copy)]
pub struct RateLimit(pub Option<Rate>);

impl FromStr for RateLimit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if matches!(text, "off" | "none") {
            return Ok(Self(None));
        }
        let rate = || {
            let (rate, burst) = match text.split_once("burst") {
                Some((rate, burst)) => (rate, Some(burst.trim().parse::<NonZeroU32>().ok()?)),
                None => (text, None),
            };
            let (count, unit) = rate.split_once('/')?;
            let count = count.trim().parse::<NonZeroU32>().ok()?;
            let seconds = match unit.trim() {
                "s" | "sec" | "second" => 1,
                "m" | "min" | "minute" => 60,
                "h" | "hour" => 3600,
                _ => return None,
            };
            Some(Rate { count, per: Duration::from_secs(seconds), burst: burst.unwrap_or(count) })
        };
        rate().map(|rate| Self(Some(rate))).ok_or_else(|| {
            "is a rate such as 600/min, 10/s or 1200/min burst 300 (all at least 1), or off".to_owned()
        })
    }
}

/// A size in bytes.
#[derive(Debug, Clone, Copy)]
pub struct Bytes(pub u64);

impl FromStr for Bytes {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (digits, unit) = text.split_at(end);
        let unit = match unit.trim().to_ascii_lowercase().as_str() {
            "" | "b" => 1,
            "kb" => 1_000,
            "mb" => 1_000_000,
            "gb" => 1_000_000_000,
            "k" | "kib" => 1 << 10,
            "m" | "mib" => 1 << 20,
            "g" | "gib" => 1 << 30,
            _ => 0_u64,
        };
        let bytes = digits.parse::<u64>().ok().and_then(|n| n.checked_mul(unit)).filter(|bytes| *bytes > 0);
        bytes.map(Self).ok_or_else(|| "is a size such as 512KiB, 256MiB or 1GB".to_owned())
    }
}

/// A span of time, longer than nothing.
#[derive(Debug, Clone, Copy)]
pub struct Span(pub SignedDuration);

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        span(text).map(Self).ok_or_else(|| "is a time such as 90s, 15m, 12h or 30d".to_owned())
    }
}

impl Span {
    /// The same for timers, which know no other.
    pub fn unsigned(self) -> Duration {
        self.0.unsigned_abs()
    }
}

/// Parses `90s`, `5m`, `1h 30m`, `30d`; a day is 24 hours.
pub fn span(text: &str) -> Option<SignedDuration> {
    let span: jiff::Span = text.trim().parse().ok()?;
    let duration = span.to_duration(jiff::SpanRelativeTo::days_are_24_hours()).ok()?;
    duration.is_positive().then_some(duration)
}

/// A span of time, or no end.
#[derive(Debug, Clone, Copy)]
pub struct Retention(pub Option<SignedDuration>);

impl FromStr for Retention {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if matches!(text, "forever" | "off") {
            return Ok(Self(None));
        }
        span(text)
            .map(|span| Self(Some(span)))
            .ok_or_else(|| "is a time such as 90d or 720h, or forever".to_owned())
    }
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

impl FromStr for LogFormat {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err("is text or json".to_owned()),
        }
    }
}

/// Which log lines are written.
#[derive(Debug, Clone)]
pub struct LogFilter(pub tracing_subscriber::filter::Targets);

impl FromStr for LogFilter {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.parse().map(Self).map_err(|_| {
            "is a level (error, warn, info, debug, trace, off), or levels per part such as info,ordercast_http=debug".to_owned()
        })
    }
}

/// The parts of a comma-separated list.
fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty())
}
