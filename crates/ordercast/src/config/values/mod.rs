//! What the text of an option means. Every error is a phrase that follows the option's name and says what to write.

mod amounts;
mod network;

use std::fmt;
use std::str::FromStr;

pub use amounts::{Bytes, Count, Interval, LongDuration, MessageSize, Retention, span};
pub use network::{
    FrontendUrl, ImageOrigins, Listen, LiveUrl, Networks, Origins, RealtimeListen, TileTemplate, is_local,
};

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
pub struct TimeZoneName(pub jiff::tz::TimeZone);

impl FromStr for TimeZoneName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        jiff::tz::TimeZone::get(text).map(Self).map_err(|_| {
            "is a time zone such as Europe/Berlin or UTC (if that is what you wrote, install the package tzdata)".to_owned()
        })
    }
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
            "is a level (error, warn, info, debug, trace, off), or levels per part such as info,ordercast_api=debug".to_owned()
        })
    }
}
