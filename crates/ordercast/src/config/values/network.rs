//! Addresses to listen on, addresses of others, and who may come from where.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;

use ipnet::IpNet;
use url::Url;

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
        let url =
            url.filter(|url| names_one_host(url) && url.username().is_empty() && url.password().is_none());
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
    (matches!(url.scheme(), "http" | "https") && names_one_host(&url) && plain).then_some(url)
}

/// Whether its host is a name or an address, and nothing that means more where pages are told whom they may call.
fn names_one_host(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => {
            name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'))
        }
        Some(url::Host::Ipv4(_) | url::Host::Ipv6(_)) => true,
        None => false,
    }
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

/// Origins of pictures: what pages load from there is an image and nothing else.
#[derive(Debug, Clone, Default)]
pub struct ImageOrigins(pub Vec<String>);

impl FromStr for ImageOrigins {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if list(text).any(|part| part == "*") {
            return Err(
                "cannot be *, because every host in the world would then learn who looks at what: name the \
                        hosts, separated by commas"
                    .to_owned(),
            );
        }
        let Origins(origins) = text.parse()?;
        match origins.iter().find(|origin| !origin.starts_with("https://")) {
            Some(plain) => {
                Err(format!("lists hosts with TLS, such as https://cdn.example; {plain} has none"))
            }
            None => Ok(Self(origins)),
        }
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
        if text == "none" {
            return Ok(Self(Vec::new()));
        }
        let mut networks = Vec::new();
        for part in list(text) {
            let named = match part {
                "loopback" => LOOPBACK,
                "private" => PRIVATE,
                _ => &[part],
            };
            for network in named {
                let parsed = network
                    .parse::<IpNet>()
                    .or_else(|_| network.parse::<IpAddr>().map(|ip| ip.to_canonical().into()));
                let Ok(network) = parsed else {
                    return Err(format!(
                        "lists networks such as 10.0.0.0/8, single addresses, `loopback` or `private`, or is `none`; {part:?} is no network"
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

/// The parts of a comma-separated list.
fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty())
}
