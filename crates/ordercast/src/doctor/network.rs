//! Ports, proxies and encryption.

use std::net::SocketAddr;

use tokio::net::TcpListener;
use url::Url;

use super::Check;
use crate::client::{ApiClient, is_loopback};
use crate::config::Config;
use crate::served::ServedAt;

pub(super) async fn checks(config: &Config) -> Vec<Check> {
    let mut checks = Vec::new();
    // A server that runs on this data may listen somewhere else than this configuration says.
    let served = ServedAt::of(config).map(|served| served.address);
    if let Some(address) = served.filter(|address| *address != config.listen) {
        checks.push(served_elsewhere(address).await);
    }
    if served.is_none_or(|address| address == config.listen) || config.was_set("listen") {
        checks.push(port("port", config.listen, "--listen", served.is_some()).await);
    }
    if let Some(address) = config.realtime_listen {
        checks.push(port("realtime port", address, "--realtime-listen", served.is_some()).await);
    }
    checks.push(front(config));
    checks
}

async fn served_elsewhere(address: SocketAddr) -> Check {
    const ABOUT: &str = "server";
    match running(address).await {
        Some(found) => Check::good(ABOUT, format!("this data at {address} {found}")),
        None => Check::error(
            ABOUT,
            format!("a server has opened this data and does not answer at {address}"),
            "wait until it has started or stopped; if it hangs, restart it",
        ),
    }
}

/// Checks that the port is free, or that a server with this data uses it.
async fn port(about: &'static str, address: SocketAddr, flag: &str, is_served: bool) -> Check {
    let Err(error) = TcpListener::bind(address).await else {
        return Check::good(about, format!("{address} is free"));
    };
    match error.kind() {
        std::io::ErrorKind::AddrInUse => match running(address).await {
            Some(found) if is_served => Check::good(about, format!("{address} {found}")),
            Some(_) => Check::error(
                about,
                format!("another Ordercast, with other data, uses {address}"),
                format!("stop that server, or choose another port with {flag}"),
            ),
            None => Check::error(
                about,
                format!("another program uses {address}"),
                format!("stop that program, or choose another port with {flag}"),
            ),
        },
        std::io::ErrorKind::PermissionDenied => Check::error(
            about,
            format!("this user is not allowed to listen on {address}"),
            format!(
                "choose a port of 1024 or higher with {flag}, and let a proxy or the platform forward ports 80 and 443 to it"
            ),
        ),
        std::io::ErrorKind::AddrNotAvailable => Check::error(
            about,
            format!("this machine does not have the address {}", address.ip()),
            format!("choose an address of this machine with {flag}; 0.0.0.0 listens on all of them"),
        ),
        _ => Check::error(
            about,
            format!("cannot listen on {address}: {error}"),
            format!("choose another address with {flag}"),
        ),
    }
}

/// Describes the Ordercast that answers at an address; `None` if something else does.
async fn running(address: SocketAddr) -> Option<String> {
    let mut address = address;
    if address.ip().is_unspecified() {
        address.set_ip(if address.is_ipv4() {
            [127, 0, 0, 1].into()
        } else {
            std::net::Ipv6Addr::LOCALHOST.into()
        });
    }
    let client = ApiClient::new(Url::parse(&format!("http://{address}")).ok()?).ok()?;
    let health = client.health().await.ok()?;
    let uptime = health.uptime_seconds.map(|seconds| format!(", up for {seconds:.0} s")).unwrap_or_default();
    let other =
        if health.version == env!("CARGO_PKG_VERSION") { "" } else { "; this program has another version" };
    Some(format!("is served by Ordercast {}: {}{uptime}{other}", health.version, health.status))
}

/// Whether passwords and cookies are encrypted in transit, as far as the configuration shows.
fn front(config: &Config) -> Check {
    const ABOUT: &str = "encryption";
    let proxied = !config.trusted_proxies.is_empty();
    match &config.frontend_url {
        Some(url) if url.scheme() == "https" && proxied => {
            Check::good(ABOUT, format!("{url}, through a trusted proxy"))
        }
        Some(url) if url.scheme() == "https" => Check::warning(
            ABOUT,
            format!(
                "the shop is at {url}, but no proxy is trusted: every request seems to come from the proxy's address"
            ),
            "set --trusted-proxies to the address of the proxy, for example loopback if it runs on this machine",
        ),
        Some(url) if !is_loopback(url) => Check::warning(
            ABOUT,
            format!("the shop is at {url}, so passwords are sent unencrypted"),
            "put a TLS proxy in front (Caddy, nginx, a platform), and set --frontend-url to its https URL",
        ),
        _ if config.listen.ip().is_loopback() => {
            Check::good(ABOUT, "not needed: only this machine can connect")
        }
        _ if proxied => Check::good(ABOUT, "the trusted proxy is responsible for TLS"),
        _ => Check::warning(
            ABOUT,
            format!("other machines can reach {}, and Ordercast serves plain HTTP", config.listen),
            "put a TLS proxy in front and set --trusted-proxies, or listen on 127.0.0.1",
        ),
    }
}
