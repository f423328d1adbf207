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

/// Where a delivery was, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Location {
    #[serde(flatten)]
    pub point: GeoPoint,
    pub at: Timestamp,
}
