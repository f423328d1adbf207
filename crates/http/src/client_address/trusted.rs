//! Which proxies are ours.

use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;

/// The networks our proxies are in. None, unless the operator says so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

/// An entry of the list is not a network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a network: write an address, a range such as 10.0.0.0/8, `loopback` or `private`")]
pub struct InvalidNetwork(String);

const LOOPBACK: &[&str] = &["127.0.0.0/8", "::1/128"];

/// Private (RFC 1918, RFC 4193), carrier-grade NAT (RFC 6598) and link-local addresses: what platforms route in.
const PRIVATE: &[&str] = &[
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "100.64.0.0/10",
    "169.254.0.0/16",
    "fc00::/7",
    "fe80::/10",
];

impl TrustedProxies {
    /// Reads `loopback, private, 203.0.113.7, 2001:db8::/32`. Empty trusts nobody.
    pub fn parse(list: &str) -> Result<Self, InvalidNetwork> {
        let mut networks = Vec::new();
        for entry in list.split([',', ' ']).map(str::trim).filter(|entry| !entry.is_empty()) {
            match entry {
                "loopback" => networks.extend(LOOPBACK.iter().filter_map(|network| network_of(network))),
                "private" => networks.extend(PRIVATE.iter().filter_map(|network| network_of(network))),
                _ => networks.push(network_of(entry).ok_or_else(|| InvalidNetwork(entry.to_owned()))?),
            }
        }
        Ok(Self(networks))
    }

    /// Whether this is a proxy of ours. Expects a canonical address.
    pub(super) fn contains(&self, ip: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&ip))
    }
}

impl FromStr for TrustedProxies {
    type Err = InvalidNetwork;

    fn from_str(list: &str) -> Result<Self, InvalidNetwork> {
        Self::parse(list)
    }
}

fn network_of(entry: &str) -> Option<IpNet> {
    entry.parse().ok().or_else(|| entry.parse::<IpAddr>().ok().map(|ip| IpNet::from(ip.to_canonical())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_names_addresses_networks_and_kinds() {
        let trusted = TrustedProxies::parse("loopback private,203.0.113.7 , 2001:db8::/32").unwrap();
        for (ip, is) in [
            ("127.9.9.9", true),
            ("::1", true),
            ("10.1.2.3", true),
            ("172.31.0.1", true),
            ("172.32.0.1", false),
            ("192.168.1.1", true),
            ("100.64.0.1", true),
            ("fd00::1", true),
            ("203.0.113.7", true),
            ("203.0.113.8", false),
            ("2001:db8:ffff::1", true),
            ("2001:db9::1", false),
        ] {
            assert_eq!(trusted.contains(ip.parse().unwrap()), is, "{ip}");
        }
        assert_eq!(TrustedProxies::parse(" ").unwrap(), TrustedProxies::default());
        assert!(!TrustedProxies::default().contains("127.0.0.1".parse().unwrap()));
    }

    #[test]
    fn an_entry_that_is_no_network_is_told() {
        for entry in ["10.0.0.0/33", "proxy.example", "10.0.0", "Private", "*"] {
            let error = TrustedProxies::parse(&format!("loopback,{entry}")).unwrap_err().to_string();
            assert!(error.contains(&format!("`{entry}`")), "{error}");
        }
    }
}
