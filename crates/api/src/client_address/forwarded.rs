//! The two header formats: `X-Forwarded-For` with `X-Forwarded-Proto`, and `Forwarded` (RFC 7239).

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;
use axum::http::header::FORWARDED;

use super::{ClientAddress, TrustedProxies};

/// The client according to `X-Forwarded-For`; `None` without that header.
pub(super) fn x_forwarded(
    peer: IpAddr,
    headers: &HeaderMap,
    trusted: &TrustedProxies,
) -> Option<ClientAddress> {
    let addresses = elements(headers, "x-forwarded-for", false)?;
    let (ip, steps) = walk(peer, trusted, addresses.iter().rev().map(|element| address(element)));
    // A proxy that appends to one list appends to the other, so the scheme is as far from the right as the address.
    // A single value applies to all, because most proxies replace it.
    let schemes = elements(headers, "x-forwarded-proto", false).unwrap_or_default();
    let scheme = schemes.iter().rev().nth(steps.max(1) - 1).or(schemes.first());
    Some(ClientAddress { ip, is_secure: scheme.is_some_and(|scheme| is_https(scheme)) })
}

/// The client according to `Forwarded`; `None` without that header.
pub(super) fn standard(peer: IpAddr, headers: &HeaderMap, trusted: &TrustedProxies) -> Option<ClientAddress> {
    let hops = elements(headers, FORWARDED.as_str(), true)?;
    let client = |hop: &&str| parameter(hop, "for").and_then(address);
    let (ip, steps) = walk(peer, trusted, hops.iter().rev().map(client));
    let hop = steps.checked_sub(1).and_then(|back| hops.iter().rev().nth(back));
    let scheme = hop.and_then(|hop| parameter(hop, "proto"));
    Some(ClientAddress { ip, is_secure: scheme.is_some_and(is_https) })
}

/// The scheme, if the proxy sends no address.
pub(super) fn nearest_scheme(headers: &HeaderMap) -> bool {
    let schemes = elements(headers, "x-forwarded-proto", false).unwrap_or_default();
    schemes.last().is_some_and(|scheme| is_https(scheme))
}

/// Walks from the peer to the client. Returns the address reached and the number of entries used.
fn walk(
    peer: IpAddr,
    trusted: &TrustedProxies,
    from_the_right: impl Iterator<Item = Option<IpAddr>>,
) -> (IpAddr, usize) {
    let (mut reached, mut steps) = (peer, 0);
    for next in from_the_right {
        let Some(next) = next.filter(|_| trusted.contains(reached)) else { break };
        reached = next;
        steps += 1;
    }
    (reached, steps)
}

/// The entries of a list header over all its lines (RFC 9110, section 5.3); `None` without that header.
fn elements<'a>(headers: &'a HeaderMap, name: &str, quoted: bool) -> Option<Vec<&'a str>> {
    let mut all = Vec::new();
    let mut lines = headers.get_all(name).into_iter().peekable();
    lines.peek()?;
    for line in lines {
        // An unreadable line counts as one unreadable entry, which ends the walk. The same holds for unbalanced
        // quotes: a client could open a quote that hides what the proxy appended.
        let elements = line.to_str().ok().and_then(|line| split(line, ',', quoted));
        all.extend(elements.unwrap_or_else(|| vec!["?"]));
    }
    Some(all)
}

/// Splits at a separator, except inside quotes if `quoted`. `None` if the quotes are unbalanced.
fn split(text: &str, separator: char, quoted: bool) -> Option<Vec<&str>> {
    let (mut inside, mut escaped) = (false, false);
    let parts = text.split(|c| {
        match c {
            _ if escaped => escaped = false,
            '\\' if inside => escaped = true,
            '"' if quoted => inside = !inside,
            _ => return c == separator && !inside,
        }
        false
    });
    let parts = parts.map(str::trim).collect();
    (!inside).then_some(parts)
}

/// A parameter of one `Forwarded` entry, without its quotes.
fn parameter<'a>(hop: &'a str, name: &str) -> Option<&'a str> {
    split(hop, ';', true)?.into_iter().find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"'))
    })
}

/// An address with or without port and brackets.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let ip = bare.parse().or_else(|_| text.parse::<SocketAddr>().map(|socket| socket.ip()));
    ip.ok().map(|ip: IpAddr| ip.to_canonical())
}

fn is_https(scheme: &str) -> bool {
    scheme.eq_ignore_ascii_case("https")
}
