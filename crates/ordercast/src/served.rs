//! Where a running server answers. The server stores it in the data directory, for commands that run beside it.

use std::net::SocketAddr;

use crate::config::Config;
use crate::serve::storage_config;

/// A server that runs on a data directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServedAt {
    pub address: SocketAddr,
    /// The public URL of the shop, without a trailing slash.
    pub base_url: String,
}

impl ServedAt {
    /// `None`: no server runs on this data.
    pub fn of(config: &Config) -> Option<Self> {
        Self::parse(&storage_config(config).announced()?)
    }

    pub fn text(&self) -> String {
        format!("{}\n{}\n", self.address, self.base_url)
    }

    fn parse(text: &str) -> Option<Self> {
        let (address, base_url) = text.trim_end().split_once('\n')?;
        Some(Self { address: address.parse().ok()?, base_url: base_url.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_as_it_was_written() {
        let served =
            ServedAt { address: "[::1]:4000".parse().unwrap(), base_url: "https://shop.example/tea".into() };
        assert_eq!(ServedAt::parse(&served.text()), Some(served));
        assert_eq!(ServedAt::parse("127.0.0.1:4000"), None);
    }
}
