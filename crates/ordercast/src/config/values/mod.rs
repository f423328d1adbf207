//! Parsed values of options. Every error is a phrase that follows the option's name and says what is valid.

mod amounts;
mod cookies;
mod live;
mod network;

use std::fmt;
use std::str::FromStr;

pub use amounts::{Bytes, Count, Interval, MessageSize, RetentionSetting, TokenLifetime, span};
pub use cookies::{CookieNames, SameSite};
pub use live::{JoinEvents, Namespaces};
pub use network::{
    FrontendUrl, ImageOrigins, Listen, LiveUrl, Networks, Origins, RealtimeListen, TileTemplate, is_local,
};

/// `Debug` redacts the content.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

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

/// The directory may not exist yet.
#[derive(Debug, Clone)]
pub struct Directory(pub std::path::PathBuf);

impl FromStr for Directory {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            Err("must be a directory such as ./data".to_owned())
        } else {
            Ok(Self(text.into()))
        }
    }
}

/// In any letter case.
#[derive(Debug, Clone, Copy)]
pub struct CurrencyCode(pub orders::Currency);

impl FromStr for CurrencyCode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let code = text.to_ascii_uppercase().parse();
        code.map(Self).map_err(|_| "must be a three-letter ISO 4217 code such as EUR".to_owned())
    }
}

/// `latitude,longitude` in degrees.
#[derive(Debug, Clone, Copy)]
pub struct StoreLocation(pub orders::order::GeoPoint);

impl FromStr for StoreLocation {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let point = text.split_once(',').and_then(|(latitude, longitude)| {
            orders::order::GeoPoint::new(latitude.trim().parse().ok()?, longitude.trim().parse().ok()?).ok()
        });
        point.map(Self).ok_or_else(|| {
            "must be a latitude (-90 to 90) and a longitude (-180 to 180) such as 53.55,9.99".to_owned()
        })
    }
}

/// A time zone of the IANA database.
#[derive(Debug, Clone)]
pub struct TimeZoneName(pub jiff::tz::TimeZone);

impl FromStr for TimeZoneName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        jiff::tz::TimeZone::get(text).map(Self).map_err(|_| {
            "must be a time zone such as Europe/Berlin or UTC (if it is one, install the package tzdata)"
                .to_owned()
        })
    }
}

#[derive(Debug, Clone, Copy)]
pub struct Switch(pub bool);

impl FromStr for Switch {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "on" => Ok(Self(true)),
            "false" | "0" | "no" | "off" => Ok(Self(false)),
            _ => Err("must be true or false".to_owned()),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    Text,
    Json,
}

impl FromStr for LogFormat {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err("must be text or json".to_owned()),
        }
    }
}

const LEVELS: &[&str] = &["error", "warn", "info", "debug", "trace", "off"];

#[derive(Debug, Clone)]
pub struct LogFilter(pub tracing_subscriber::filter::Targets);

impl FromStr for LogFilter {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.to_ascii_lowercase().replace(' ', "");
        // `Targets` takes any other word for a module, and then logs nothing else.
        let is_clear = |part: &str| part.contains('=') || LEVELS.contains(&part);
        let targets = text.split(',').all(is_clear).then(|| text.parse().ok()).flatten();
        targets.map(Self).ok_or_else(|| {
            "must be a level (error, warn, info, debug, trace, off), or levels per module such as info,ordercast_api=debug".to_owned()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::LogFilter;

    #[test]
    fn a_misspelled_log_level_is_refused_instead_of_silencing_the_log() {
        for filter in ["inof", "", "info,ordercast_live", "ordercast_api=loud"] {
            let error = filter.parse::<LogFilter>().unwrap_err();
            assert!(error.contains("must be a level"), "{filter}: {error}");
        }
        let LogFilter(targets) = "WARN, ordercast_api = trace".parse().unwrap();
        assert!(targets.would_enable("ordercast_api", &tracing::Level::TRACE));
        assert!(targets.would_enable("ordercast_live", &tracing::Level::WARN));
        assert!(!targets.would_enable("ordercast_live", &tracing::Level::INFO));
    }
}
