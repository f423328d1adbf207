//! The client's address, seen through trusted proxies only.
//!
//! Any client can send `X-Forwarded-For: 1.2.3.4`. A proxy appends to the right, so the list is read from the
//! right. The connection's address is certain. As long as the address reached is a trusted proxy, the entry that
//! this proxy wrote is trusted. The first address that is not a trusted proxy is the client.

mod forwarded;
mod trusted;

use std::net::{IpAddr, Ipv6Addr};

use axum::http::HeaderMap;

pub use trusted::TrustedProxies;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress {
    /// IPv4 addresses written as IPv6 (`::ffff:192.0.2.1`) are converted to IPv4.
    pub ip: IpAddr,
    /// Whether the client used TLS, according to a trusted proxy.
    pub is_secure: bool,
}

/// The unit that rate limits count: an IPv4 address, or the /64 of an IPv6 address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AddressBucket(IpAddr);

/// The network that a provider gives to one customer: an IPv4 address, or the /48 of an IPv6 address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network(IpAddr);

impl ClientAddress {
    /// Walks through the trusted proxies, starting at the connection's address.
    pub fn resolve(peer: IpAddr, headers: &HeaderMap, trusted: &TrustedProxies) -> Self {
        let peer = peer.to_canonical();
        if !trusted.contains(peer) {
            return Self { ip: peer, is_secure: false };
        }
        let by_list = forwarded::x_forwarded(peer, headers, trusted);
        let by_standard = forwarded::standard(peer, headers, trusted);
        match (by_list, by_standard) {
            (None, None) => Self { ip: peer, is_secure: forwarded::nearest_scheme(headers) },
            (Some(found), None) | (None, Some(found)) => found,
            // A proxy writes one of the two headers and forwards the other as the client sent it. Which one is
            // unknown, so if they disagree, neither is trusted.
            (Some(one), Some(other)) if one.ip == other.ip => one,
            (Some(one), Some(_)) => Self { ip: peer, is_secure: one.is_secure },
        }
    }

    pub fn bucket(self) -> AddressBucket {
        AddressBucket::of(self.ip)
    }
}

impl AddressBucket {
    /// The address itself, or the first address of its /64.
    pub fn address(self) -> IpAddr {
        self.0
    }

    pub fn of(ip: IpAddr) -> Self {
        Self(first_of(ip, 4))
    }

    pub fn network(self) -> Network {
        Network(first_of(self.0, 3))
    }
}

/// The address itself, or the first IPv6 address with the same 16-bit segments at the beginning.
fn first_of(ip: IpAddr, segments: usize) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V4(ip) => ip.into(),
        IpAddr::V6(ip) => {
            let mut first = ip.segments();
            first[segments..].fill(0);
            Ipv6Addr::from(first).into()
        }
    }
}

impl std::fmt::Display for AddressBucket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            IpAddr::V4(ip) => ip.fmt(f),
            IpAddr::V6(ip) => write!(f, "{ip}/64"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn resolve(peer: &str, list: &[(&'static str, &str)]) -> (String, bool) {
        let headers =
            list.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        let networks = ["127.0.0.0/8", "::1/128", "10.0.0.0/8", "2001:db8:aaaa::/48"];
        let trusted = TrustedProxies::from(networks.map(|network| network.parse().unwrap()).to_vec());
        let client = ClientAddress::resolve(peer.parse().unwrap(), &headers, &trusted);
        (client.ip.to_string(), client.is_secure)
    }

    fn ip(peer: &str, list: &[(&'static str, &str)]) -> String {
        resolve(peer, list).0
    }

    const XFF: &str = "x-forwarded-for";
    const PROTO: &str = "x-forwarded-proto";

    #[test]
    fn nobody_but_a_trusted_proxy_is_believed() {
        for header in [(XFF, "1.2.3.4"), ("forwarded", "for=1.2.3.4;proto=https"), ("x-real-ip", "1.2.3.4")] {
            assert_eq!(resolve("203.0.113.9", &[header, (PROTO, "https")]), ("203.0.113.9".into(), false));
        }
        assert_eq!(ip("10.0.0.1", &[("x-real-ip", "1.2.3.4")]), "10.0.0.1");
    }

    #[test]
    fn the_list_is_read_from_the_right() {
        for (list, client) in [
            ("203.0.113.9", "203.0.113.9"),
            ("1.2.3.4, 203.0.113.9", "203.0.113.9"),
            ("1.2.3.4, 203.0.113.9, 10.1.1.1", "203.0.113.9"),
            ("1.2.3.4,203.0.113.9 ,127.0.0.1,10.9.9.9", "203.0.113.9"),
            ("203.0.113.9:4711", "203.0.113.9"),
            ("2001:db8::9", "2001:db8::9"),
            ("[2001:db8::9]:4711", "2001:db8::9"),
            ("[2001:db8::9]", "2001:db8::9"),
            ("::ffff:203.0.113.9", "203.0.113.9"),
            ("203.0.113.9, ::ffff:10.1.1.1", "203.0.113.9"),
            ("203.0.113.9, 2001:db8:aaaa::1", "203.0.113.9"),
            ("10.2.2.2, 10.1.1.1", "10.2.2.2"),
            // The walk ends at the last certain address before an unreadable entry.
            ("203.0.113.9, unknown, 10.1.1.1", "10.1.1.1"),
            ("203.0.113.9, ", "10.0.0.1"),
            ("not an address", "10.0.0.1"),
            ("", "10.0.0.1"),
        ] {
            assert_eq!(ip("10.0.0.1", &[(XFF, list)]), client, "{list:?}");
        }
        assert_eq!(ip("10.0.0.1", &[(XFF, "1.2.3.4, 203.0.113.9"), (XFF, "10.1.1.1")]), "203.0.113.9");
        assert_eq!(ip("::ffff:10.0.0.1", &[(XFF, "203.0.113.9")]), "203.0.113.9");
        assert_eq!(ip("::1", &[(XFF, "203.0.113.9")]), "203.0.113.9");
    }

    #[test]
    fn the_standard_header_is_read_the_same_way() {
        for (list, client) in [
            ("for=203.0.113.9", ("203.0.113.9", false)),
            ("for=1.2.3.4, For=203.0.113.9;Proto=HTTPS;by=10.0.0.1", ("203.0.113.9", true)),
            ("for=203.0.113.9;proto=https, for=10.1.1.1;proto=http", ("203.0.113.9", true)),
            (r#"for="[2001:db8::9]:4711";proto=https"#, ("2001:db8::9", true)),
            (r#"for="203.0.113.9:4711""#, ("203.0.113.9", false)),
            (r#"for="1.2.3.4, 10.0.0.1";host="a;b", for=203.0.113.9"#, ("203.0.113.9", false)),
            ("for=_hidden, for=10.1.1.1", ("10.1.1.1", false)),
            ("for=unknown;proto=https", ("10.0.0.1", false)),
            ("proto=https", ("10.0.0.1", false)),
        ] {
            let (address, secure) = client;
            assert_eq!(resolve("10.0.0.1", &[("forwarded", list)]), (address.into(), secure), "{list}");
        }
    }

    #[test]
    fn an_open_quote_does_not_swallow_what_the_proxy_wrote() {
        for list in [r#"for=1.2.3.4;x=", for=203.0.113.9"#, r#"for=1.2.3.4;x="\, for="[2001:db8::9]""#] {
            assert_eq!(ip("10.0.0.1", &[("forwarded", list)]), "10.0.0.1", "{list}");
        }
        let lines = [("forwarded", r#"for=1.2.3.4;x=""#), ("forwarded", "for=203.0.113.9")];
        assert_eq!(ip("10.0.0.1", &lines), "203.0.113.9");
    }

    proptest! {
        #[test]
        fn what_a_client_sends_never_makes_it_somebody_else(
            sent in r#"(for=|proto=|1\.2\.3\.4|10\.1\.1\.1|[,;:="\\ \[\]x]){0,12}"#,
            appended in prop::sample::select(vec!["203.0.113.9", "2001:db8::9"]),
        ) {
            let list = format!("{sent}, {appended}");
            prop_assert_eq!(ip("10.0.0.1", &[(XFF, &list)]), appended);
            prop_assert_eq!(ip("198.51.100.7", &[(XFF, &list)]), "198.51.100.7");
            let quoted = if appended.contains(':') { format!("\"[{appended}]:4711\"") } else { appended.to_owned() };
            let client = ip("10.0.0.1", &[("forwarded", &format!("{sent}, for={quoted};proto=http"))]);
            prop_assert!(client == appended || client == "10.0.0.1", "{}", client);
        }
    }

    #[test]
    fn headers_that_disagree_are_both_doubted() {
        let agree = [(XFF, "203.0.113.9"), ("forwarded", "for=203.0.113.9")];
        assert_eq!(ip("10.0.0.1", &agree), "203.0.113.9");
        let forged = [(XFF, "203.0.113.9"), ("forwarded", "for=1.2.3.4")];
        assert_eq!(ip("10.0.0.1", &forged), "10.0.0.1");
    }

    #[test]
    fn tls_is_what_the_proxy_says_that_saw_the_client() {
        for (addresses, schemes, secure) in [
            ("203.0.113.9", "https", true),
            ("203.0.113.9", "HTTPS", true),
            ("203.0.113.9", "http", false),
            ("203.0.113.9", "", false),
            ("203.0.113.9", "https, http", false),
            ("1.2.3.4, 203.0.113.9", "https, http", false),
            ("203.0.113.9, 10.1.1.1", "https, http", true),
            ("203.0.113.9, 10.1.1.1", "https", true),
            ("203.0.113.9, 10.1.1.1", "http, https", false),
        ] {
            let headers = [(XFF, addresses), (PROTO, schemes)];
            assert_eq!(resolve("10.0.0.1", &headers).1, secure, "{addresses:?} {schemes:?}");
        }
        assert!(resolve("10.0.0.1", &[(PROTO, "https")]).1, "a proxy may send only the scheme");
    }

    #[test]
    fn one_household_is_one_bucket() {
        let bucket = |ip: &str| AddressBucket::of(ip.parse().unwrap());
        assert_eq!(bucket("2001:db8:1:2:3::4"), bucket("2001:db8:1:2:ffff::"));
        assert_ne!(bucket("2001:db8:1:2::"), bucket("2001:db8:1:3::"));
        assert_eq!(bucket("::ffff:203.0.113.9"), bucket("203.0.113.9"));
        assert_ne!(bucket("203.0.113.9"), bucket("203.0.113.8"));
        assert_eq!(bucket("2001:db8:1:2:3::4").to_string(), "2001:db8:1:2::/64");
        assert_eq!(bucket("203.0.113.9").to_string(), "203.0.113.9");
    }
}
