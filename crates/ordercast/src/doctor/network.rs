//! The ports, and what stands in front of them.

use std::net::SocketAddr;

use tokio::net::TcpListener;
use url::Url;

use super::Check;
use crate::client::{Client, is_loopback};
use crate::config::Config;

pub(super) async fn checks(config: &Config) -> Vec<Check> {
    let mut checks = vec![port("port", config.listen, "--listen").await];
    if let Some(address) = config.realtime_listen {
        checks.push(port("realtime port", address, "--realtime-listen").await);
    }
    checks.push(front(config));
    checks
}

/// Free, or ours already.
async fn port(about: &'static str, address: SocketAddr, flag: &str) -> Check {
    let Err(error) = TcpListener::bind(address).await else {
        return Check::good(about, format!("{address} is free"));
    };
    match error.kind() {
        std::io::ErrorKind::AddrInUse => match running(address).await {
            Some(found) => Check::good(about, format!("{address} {found}")),
            None => Check::broken(
                about,
                format!("another program uses {address}"),
                format!("stop it, or take another port with {flag}"),
            ),
        },
        std::io::ErrorKind::PermissionDenied => Check::broken(
            about,
            format!("this user may not listen on {address}"),
            format!(
                "take a port from 1024 up with {flag}, and let a proxy or the platform map 80 and 443 to it"
            ),
        ),
        std::io::ErrorKind::AddrNotAvailable => Check::broken(
            about,
            format!("this machine does not have the address {}", address.ip()),
            format!("use one of its own with {flag}; 0.0.0.0 is all of them"),
        ),
        _ => Check::broken(
            about,
            format!("cannot listen on {address}: {error}"),
            format!("take another with {flag}"),
        ),
    }
}

/// What answers there, if it is an Ordercast.
async fn running(address: SocketAddr) -> Option<String> {
    let mut address = address;
    if address.ip().is_unspecified() {
        address.set_ip(if address.is_ipv4() {
            [127, 0, 0, 1].into()
        } else {
            std::net::Ipv6Addr::LOCALHOST.into()
        });
    }
    let client = Client::new(Url::parse(&format!("http://{address}")).ok()?).ok()?;
    let health = client.health().await.ok()?;
    let uptime = health.uptime_seconds.map(|seconds| format!(", up for {seconds:.0} s")).unwrap_or_default();
    let other =
        if health.version == env!("CARGO_PKG_VERSION") { "" } else { "; this program is of another version" };
    Some(format!("is served by Ordercast {}: {}{uptime}{other}", health.version, health.status))
}

/// Whether passwords and cookies travel encrypted, as far as that can be told from here.
fn front(config: &Config) -> Check {
    const ABOUT: &str = "encryption";
    let proxied = !config.trusted_proxies.is_empty();
    match &config.frontend_url {
        Some(url) if url.scheme() == "https" && proxied => {
            Check::good(ABOUT, format!("people come by {url}, through a trusted proxy"))
        }
        Some(url) if url.scheme() == "https" => Check::doubtful(
            ABOUT,
            format!(
                "people come by {url}, but no proxy is trusted: all of them seem to come from the proxy's address"
            ),
            "name the proxy with --trusted-proxies, for example loopback if it runs on this machine",
        ),
        Some(url) if !is_loopback(url) => Check::doubtful(
            ABOUT,
            format!("people come by {url}, so passwords travel unencrypted"),
            "put a proxy with TLS in front (Caddy, nginx, a platform) and set --frontend-url to its https address",
        ),
        _ if config.listen.ip().is_loopback() => {
            Check::good(ABOUT, "only this machine can connect, so none is needed")
        }
        _ if proxied => Check::good(ABOUT, "left to the trusted proxy in front"),
        _ => Check::doubtful(
            ABOUT,
            format!(
                "{} can be reached from other machines, and Ordercast itself speaks plain HTTP",
                config.listen
            ),
            "put a proxy with TLS in front, and name it with --trusted-proxies; or listen on 127.0.0.1",
        ),
    }
}
