//! Addresses, URLs, origins and networks.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;

use api::auth::origin::app_origin;
use ipnet::IpNet;
use url::Url;

#[derive(Debug, Clone, Copy)]
pub struct Listen {
    pub address: SocketAddr,
}

impl FromStr for Listen {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numeric = text.strip_prefix("localhost:").map(|port| format!("127.0.0.1:{port}"));
        let address = numeric.as_deref().unwrap_or(text).parse();
        address.map(|address| Self { address }).map_err(|_| {
            "must be an IP address and a port from 0 to 65535, such as 127.0.0.1:3000, 0.0.0.0:3000 or [::]:3000".to_owned()
        })
    }
}

#[derive(Debug, Clone, Copy)]
pub enum RealtimeListen {
    At(SocketAddr),
    /// A port on the host of `listen`.
    Port(u16),
}

impl RealtimeListen {
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

#[derive(Debug, Clone)]
pub struct FrontendUrl(pub Url);

impl FromStr for FrontendUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        web(text).map(Self).ok_or_else(|| "must be a URL such as https://shop.example".to_owned())
    }
}

/// Scheme, host and optional port.
#[derive(Debug, Clone)]
pub struct LiveUrl(pub Url);

impl FromStr for LiveUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        web(text)
            .filter(|url| url.path() == "/")
            .map(Self)
            .ok_or_else(|| "must be a URL without a path, such as https://live.shop.example".to_owned())
    }
}

/// A URL template of map tiles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TileTemplate {
    pub template: String,
    /// The source for a Content-Security-Policy, such as `https://*.tile.example`.
    pub origin: String,
}

impl FromStr for TileTemplate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            "must be a URL template with {z}, {x} and {y}, such as https://tile.example/{z}/{x}/{y}.png; {s} may \
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
        // Only the host of the template, not text in its path.
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

/// Whether the host is a plain name or address, so that it cannot inject into a Content-Security-Policy.
fn names_one_host(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => {
            name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'))
        }
        Some(url::Host::Ipv4(_) | url::Host::Ipv6(_)) => true,
        None => false,
    }
}

/// Origins in the form that browsers use.
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
            let origin = url.map(|url| url.origin().ascii_serialization()).or_else(|| app_origin(part));
            let Some(origin) = origin else {
                return Err(format!(
                    "must be a list of origins (scheme and host, no path), such as https://shop.example or \
                     capacitor://localhost; {part:?} is not an origin"
                ));
            };
            if !origins.contains(&origin) {
                origins.push(origin);
            }
        }
        Ok(Self(origins))
    }
}

/// Origins from which pages load only images.
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
            Some(plain) => Err(format!(
                "must be a list of https origins, such as https://cdn.example; {plain} is not https"
            )),
            None => Ok(Self(origins)),
        }
    }
}

#[derive(Debug, Clone)]
pub struct Networks(pub Vec<IpNet>);

const LOOPBACK: &[&str] = &["127.0.0.0/8", "::1/128"];
/// Private networks: RFC 1918, RFC 6598, link-local, and IPv6 unique local addresses.
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
                        "must be a list of networks such as 10.0.0.0/8, addresses, `loopback` or `private`, or `none`; {part:?} is not a network"
                    ));
                };
                networks.push(network.trunc());
            }
        }
        Ok(Self(networks))
    }
}

/// Whether only this machine can connect from the address.
pub fn is_local(address: IpAddr) -> bool {
    address.is_loopback() || address.to_canonical() == IpAddr::V4(Ipv4Addr::LOCALHOST)
}

pub(super) fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty())
}
