//! Positions on the map.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A point on the map, with a precision of a micro-degree (11 cm).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Place))]
#[serde(rename_all = "camelCase", try_from = "GeoPointInput")]
pub struct GeoPoint {
    /// Degrees, -90 to 90.
    latitude: f64,
    /// Degrees, -180 to 180.
    longitude: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GeoPointInput {
    #[serde(alias = "lat")]
    latitude: f64,
    #[serde(alias = "lng", alias = "lon")]
    longitude: f64,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("latitude is -90 to 90 and longitude -180 to 180, in degrees")]
pub struct InvalidGeoPoint;

impl TryFrom<GeoPointInput> for GeoPoint {
    type Error = InvalidGeoPoint;

    fn try_from(raw: GeoPointInput) -> Result<Self, InvalidGeoPoint> {
        Self::new(raw.latitude, raw.longitude)
    }
}

impl Eq for GeoPoint {}

impl GeoPoint {
    /// Checks the range, and rounds to a micro-degree.
    pub fn new(latitude: f64, longitude: f64) -> Result<Self, InvalidGeoPoint> {
        let on_earth = (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude);
        let fine = |degrees: f64| (degrees * 1e6).round() / 1e6;
        if on_earth {
            Ok(Self { latitude: fine(latitude), longitude: fine(longitude) })
        } else {
            Err(InvalidGeoPoint)
        }
    }

    /// Degrees, -90 to 90.
    pub fn latitude(self) -> f64 {
        self.latitude
    }

    /// Degrees, -180 to 180.
    pub fn longitude(self) -> f64 {
        self.longitude
    }
}

/// The radius in meters within which a device is likely to be, with a precision of a centimeter.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "f64")]
pub struct Accuracy(f64);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("accuracy is a radius in meters, 0 to {}", Accuracy::MOST)]
pub struct InvalidAccuracy;

impl Eq for Accuracy {}

impl Accuracy {
    /// Half of the equator. A device without a satellite reports some kilometers.
    pub const MOST: f64 = 20_037_508.0;

    pub fn meters(self) -> f64 {
        self.0
    }
}

impl TryFrom<f64> for Accuracy {
    type Error = InvalidAccuracy;

    fn try_from(meters: f64) -> Result<Self, InvalidAccuracy> {
        if (0.0..=Self::MOST).contains(&meters) {
            Ok(Self((meters * 1e2).round() / 1e2))
        } else {
            Err(InvalidAccuracy)
        }
    }
}

/// A position as a device reports it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocationReport {
    pub point: GeoPoint,
    /// When the device was there, by its own clock. `None`: when the report is decided.
    pub measured_at: Option<Timestamp>,
    pub accuracy: Option<Accuracy>,
}

impl From<GeoPoint> for LocationReport {
    fn from(point: GeoPoint) -> Self {
        Self { point, measured_at: None, accuracy: None }
    }
}

/// Where a delivery was, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Location {
    #[serde(flatten)]
    pub point: GeoPoint,
    /// When the location was stored.
    pub at: Timestamp,
    /// When the device was there; `None` if it did not say. Never after `at`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accuracy: Option<Accuracy>,
}

impl Location {
    /// When the delivery was there, as well as it is known.
    pub fn measured(&self) -> Timestamp {
        self.measured_at.unwrap_or(self.at)
    }
}
