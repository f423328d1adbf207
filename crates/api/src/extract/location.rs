//! A location as devices send it.

use std::fmt;

use jiff::Timestamp;
use orders::order::{Accuracy, GeoPoint, LocationReport};
use serde::Deserialize;
use serde::de::{self, Deserializer, Visitor};
use utoipa::ToSchema;

/// Smaller numbers are seconds since 1970, greater ones milliseconds.
const SECONDS_BELOW: f64 = 1e11;

/// The parsed location of a body. Its schema is [`NewLocation`].
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "NewLocation")]
pub(crate) struct LocationInput(pub(crate) LocationReport);

/// Where the delivery is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewLocation {
    /// Degrees, -90 to 90. `lat` is accepted, too.
    #[serde(alias = "lat")]
    latitude: f64,
    /// Degrees, -180 to 180. `lng` and `lon` are accepted, too.
    #[serde(alias = "lng", alias = "lon")]
    longitude: f64,
    /// When the device was there, by its own clock: RFC 3339, or milliseconds since 1970. `timestamp` is accepted, too.
    /// Of several locations the newest by this time counts.
    #[serde(default, alias = "timestamp")]
    #[schema(value_type = Option<String>, example = "2026-01-31T12:00:00.000Z")]
    at: Option<DeviceTime>,
    /// The radius in meters within which the device is likely to be.
    #[serde(default)]
    #[schema(minimum = 0)]
    accuracy: Option<f64>,
}

impl TryFrom<NewLocation> for LocationInput {
    type Error = String;

    fn try_from(raw: NewLocation) -> Result<Self, String> {
        let point = GeoPoint::new(raw.latitude, raw.longitude).map_err(|error| error.to_string())?;
        let accuracy = raw.accuracy.map(Accuracy::try_from).transpose().map_err(|error| error.to_string())?;
        Ok(Self(LocationReport { point, measured_at: raw.at.map(|at| at.0), accuracy }))
    }
}

/// A time as devices write it: RFC 3339, or a number of milliseconds or seconds since 1970, perhaps as text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DeviceTime(pub(crate) Timestamp);

impl DeviceTime {
    fn since_1970(number: f64) -> Option<Self> {
        let millis = if number < SECONDS_BELOW { number * 1e3 } else { number };
        // A whole number of milliseconds that a timestamp can hold; the cast saturates.
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a time that is too large is refused by `Timestamp`"
        )]
        let millis = (millis >= 0.0).then(|| millis.floor() as i64)?;
        Timestamp::from_millisecond(millis).ok().map(Self)
    }
}

impl<'de> Deserialize<'de> for DeviceTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Time;

        impl Time {
            fn of<E: de::Error>(number: f64) -> Result<DeviceTime, E> {
                DeviceTime::since_1970(number).ok_or_else(|| E::custom("must be a time after 1970"))
            }
        }

        impl Visitor<'_> for Time {
            type Value = DeviceTime;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a time such as 2026-01-31T12:00:00Z, or milliseconds since 1970")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<DeviceTime, E> {
                match (text.parse::<Timestamp>(), text.parse::<f64>()) {
                    (Ok(at), _) if at >= Timestamp::UNIX_EPOCH => Ok(DeviceTime(at)),
                    (Ok(_), _) => Err(E::custom("must be a time after 1970")),
                    (Err(_), Ok(number)) if number.is_finite() => Self::of(number),
                    _ => Err(E::custom(
                        "must be a time such as 2026-01-31T12:00:00Z, or milliseconds since 1970",
                    )),
                }
            }

            #[expect(clippy::cast_precision_loss, reason = "exact for every millisecond of a calendar")]
            fn visit_u64<E: de::Error>(self, number: u64) -> Result<DeviceTime, E> {
                Self::of(number as f64)
            }

            #[expect(clippy::cast_precision_loss, reason = "exact for every millisecond of a calendar")]
            fn visit_i64<E: de::Error>(self, number: i64) -> Result<DeviceTime, E> {
                Self::of(number as f64)
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> Result<DeviceTime, E> {
                Self::of(number)
            }
        }

        deserializer.deserialize_any(Time)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_devices_time_is_text_milliseconds_or_seconds() {
        for at in [
            json!("2026-01-31T12:00:00.500Z"),
            json!("2026-01-31T13:00:00.5+01:00"),
            json!(1_769_860_800_500_i64),
            json!(1_769_860_800_500.7),
            json!("1769860800500"),
            json!(1_769_860_800.5),
        ] {
            let DeviceTime(read) = serde_json::from_value(at.clone()).unwrap();
            assert_eq!(read.as_millisecond(), 1_769_860_800_500, "{at}");
        }
        for bad in [
            json!("yesterday"),
            json!(""),
            json!(-1),
            json!("NaN"),
            json!(1e300),
            json!("1960-01-01T00:00:00Z"),
            json!([1]),
        ] {
            assert!(serde_json::from_value::<DeviceTime>(bad.clone()).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_location_has_a_time_and_an_accuracy_under_the_names_of_devices() {
        let read = |body| serde_json::from_value::<LocationInput>(body).map(|LocationInput(report)| report);
        let report =
            read(json!({"lat": 53.5, "lng": 10, "timestamp": 1_769_860_800_500_i64, "accuracy": 12.346}))
                .unwrap();
        assert_eq!(report.measured_at.unwrap().as_millisecond(), 1_769_860_800_500);
        assert_eq!(serde_json::to_value(report.accuracy).unwrap(), 12.35);
        let plain = read(json!({"latitude": 53.5, "longitude": 10.0, "at": null, "accuracy": null})).unwrap();
        assert_eq!(plain, LocationReport::from(report.point));
        for bad in [
            json!({"lat": 1, "lng": 1, "accuracy": -1}),
            json!({"lat": 1, "lng": 181}),
            json!({"lat": 1, "lng": 1, "at": "now"}),
        ] {
            assert!(read(bad.clone()).is_err(), "{bad}");
        }
    }
}
