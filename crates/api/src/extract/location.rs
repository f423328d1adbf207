//! A location as devices send it.

use std::fmt;

use jiff::Timestamp;
use orders::order::{Accuracy, GeoPoint, LocationReport};
use serde::Deserialize;
use serde::de::{self, Deserializer, Visitor};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::lenient::{convert, first, is_absent, number_of};

/// Units of times since 1970, as `(bound, milliseconds)`: a number below the bound is in a unit of so many milliseconds. Larger
/// numbers are nanoseconds. No unit reaches its bound before the year 5000.
const UNITS: [(f64, f64); 3] = [(1e11, 1e3), (1e14, 1.0), (1e17, 1e-3)];
const NANOSECOND: f64 = 1e-6;
/// Members that may have the time of a location. The first member with a value counts.
const TIMES: [&str; 4] = ["at", "timestamp", "time", "recordedAt"];

/// The parsed location of a body. Its schema is [`NewLocation`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct LocationInput(pub(crate) LocationReport);

/// Where the delivery is. The position of a browser, with `coords`, and a JSON point of RFC 7946, with `coordinates`, are
/// accepted, too. Other members, such as `heading`, are ignored.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the locations, which `location_of` reads")]
pub(crate) struct NewLocation {
    /// Degrees, -90 to 90. `lat` is accepted, too.
    latitude: f64,
    /// Degrees, -180 to 180. `lng` and `lon` are accepted, too.
    longitude: f64,
    /// When the device was there, by its own clock: RFC 3339, or milliseconds since 1970. `timestamp`, `time` and
    /// `recordedAt` are accepted, too. Of several locations the newest by this time counts.
    #[schema(value_type = Option<String>, example = "2026-01-31T12:00:00.000Z")]
    at: Option<DeviceTime>,
    /// The radius in meters within which the device is likely to be.
    #[schema(minimum = 0)]
    accuracy: Option<f64>,
}

impl<'de> Deserialize<'de> for LocationInput {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let location = location_of(&Value::deserialize(deserializer)?).map_err(de::Error::custom)?;
        location.map(Self).ok_or_else(|| de::Error::custom(LOCATION))
    }
}

/// A location: coordinates under the names that devices use, a point of RFC 7946, or `53.5, 10`. Unknown members are ignored,
/// and empty coordinates count as absent.
pub(crate) fn optional_location<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<LocationReport>, D::Error> {
    location_of(&Value::deserialize(deserializer)?).map_err(de::Error::custom)
}

/// The rule for a location, as the error message states it.
const LOCATION: &str =
    "must have coordinates, such as {\"lat\": 53.5, \"lng\": 10}; send the name of a place in `note`";
const LATITUDE: [&str; 2] = ["latitude", "lat"];
const LONGITUDE: [&str; 4] = ["longitude", "lng", "lon", "long"];

fn location_of(value: &Value) -> Result<Option<LocationReport>, String> {
    match value {
        Value::Object(members) => match coordinates(members)? {
            Some(point) => report(members, point).map(Some),
            None if members.is_empty() || has_coordinates(members) => Ok(None),
            None => Err(LOCATION.to_owned()),
        },
        Value::String(text) if !text.trim().is_empty() => {
            let pair = text.split_once(',').and_then(|(latitude, longitude)| {
                Some((latitude.trim().parse().ok()?, longitude.trim().parse().ok()?))
            });
            let (latitude, longitude) = pair.ok_or(LOCATION)?;
            let point = GeoPoint::new(latitude, longitude).map_err(|error| error.to_string())?;
            Ok(Some(LocationReport::from(point)))
        }
        value if is_absent(value) => Ok(None),
        _ => Err(LOCATION.to_owned()),
    }
}

/// The location of a body that has the coordinates beside its other members.
pub(crate) fn flat_location(members: &Map<String, Value>) -> Result<Option<LocationReport>, String> {
    match has_coordinates(members).then(|| coordinates(members)).transpose()?.flatten() {
        Some(point) => report(members, point).map(Some),
        None => Ok(None),
    }
}

fn has_coordinates(members: &Map<String, Value>) -> bool {
    LATITUDE.iter().chain(&LONGITUDE).any(|name| members.contains_key(*name))
}

/// A browser's `GeolocationPosition` has the coordinates one level down.
fn inner(members: &Map<String, Value>) -> &Map<String, Value> {
    let coords = members.get("coords").and_then(Value::as_object).filter(|coords| !coords.is_empty());
    coords.unwrap_or(members)
}

fn coordinates(members: &Map<String, Value>) -> Result<Option<GeoPoint>, String> {
    let inner = inner(members);
    // A point of RFC 7946 is `[longitude, latitude]`.
    let point = members.get("coordinates").and_then(Value::as_array);
    let of_point = |index: usize| point.and_then(|point| point.get(index));
    let latitude = number_of(first(inner, &LATITUDE).or_else(|| of_point(1)))?;
    let longitude = number_of(first(inner, &LONGITUDE).or_else(|| of_point(0)))?;
    match (latitude, longitude) {
        (Some(latitude), Some(longitude)) => {
            GeoPoint::new(latitude, longitude).map(Some).map_err(|error| error.to_string())
        }
        (None, None) => Ok(None),
        _ => Err("must have both `latitude` and `longitude`".to_owned()),
    }
}

fn report(members: &Map<String, Value>, point: GeoPoint) -> Result<LocationReport, String> {
    // Some devices send -1 for an unknown accuracy.
    let inner = inner(members);
    let accuracy = number_of(first(inner, &["accuracy"]))?.filter(|accuracy| *accuracy >= 0.0);
    let accuracy = accuracy.map(Accuracy::try_from).transpose().map_err(|error| error.to_string())?;
    let at = first(members, &TIMES).or_else(|| first(inner, &TIMES));
    let at = at.map(convert::<DeviceTime>).transpose()?;
    Ok(LocationReport { point, measured_at: at.map(|at| at.0), accuracy })
}

/// A time as devices write it, or as a JavaScript `Date` becomes text.
pub(crate) fn optional_time<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Timestamp>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let at = (!is_absent(&value)).then(|| convert::<DeviceTime>(&value)).transpose();
    at.map(|at| at.map(|at| at.0)).map_err(de::Error::custom)
}

/// A time as devices write it: RFC 3339, or a number since 1970, perhaps as text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DeviceTime(pub(crate) Timestamp);

impl DeviceTime {
    fn since_1970(number: f64) -> Option<Self> {
        let unit = UNITS.iter().find(|(below, _)| number < *below).map_or(NANOSECOND, |(_, unit)| *unit);
        let millis = number * unit;
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
                let text = text.trim();
                match (written(text), text.parse::<f64>()) {
                    (Some(at), _) if at >= Timestamp::UNIX_EPOCH => Ok(DeviceTime(at)),
                    (Some(_), _) => Err(E::custom("must be a time after 1970")),
                    (None, Ok(number)) if number.is_finite() => Self::of(number),
                    (None, _) => Err(E::custom(
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

/// A time as text: RFC 3339, or as a JavaScript `Date` becomes text (`String(date)`, `toUTCString`).
fn written(text: &str) -> Option<Timestamp> {
    // `Sat Jan 31 2026 17:30:00 GMT+0530 (India Standard Time)`
    let date = text.split(" (").next().unwrap_or(text);
    let javascript = || jiff::Zoned::strptime("%a %b %d %Y %H:%M:%S GMT%z", date).ok();
    let utc = || jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok();
    text.parse().ok().or_else(|| javascript().map(|at| at.timestamp())).or_else(utc)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_devices_time_is_text_or_a_number_since_1970() {
        for at in [
            json!("2026-01-31T12:00:00.500Z"),
            json!("2026-01-31T13:00:00.5+01:00"),
            json!(1_769_860_800_500_i64),
            json!(1_769_860_800_500.7),
            json!("1769860800500"),
            json!(1_769_860_800.5),
            json!(1_769_860_800_500_999_i64),
            json!("1769860800500999999"),
        ] {
            let DeviceTime(read) = serde_json::from_value(at.clone()).unwrap();
            assert_eq!(read.as_millisecond(), 1_769_860_800_500, "{at}");
        }
        for at in ["Sat Jan 31 2026 17:30:00 GMT+0530 (India Standard Time)", "Sat, 31 Jan 2026 12:00:00 GMT"]
        {
            let DeviceTime(read) = serde_json::from_value(json!(at)).unwrap();
            assert_eq!(read.as_second(), 1_769_860_800, "{at}");
        }
        for bad in [
            json!("yesterday"),
            json!("1/31/2026, 12:00:00 PM"),
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
        for same in [
            json!({"coords": {"latitude": 53.5, "longitude": 10, "accuracy": 12.346, "altitude": null, "heading": null,
                "speed": 3.5}, "timestamp": 1_769_860_800_500_i64, "mocked": false}),
            json!({"lat": "53.5", "lon": "10", "time": 1_769_860_800_500_i64, "accuracy": "12.346"}),
            json!({"coords": {"latitude": 53.5, "longitude": 10, "accuracy": 12.346, "timestamp": 1_769_860_800_500_i64}}),
            json!({"type": "Point", "coordinates": [10, 53.5], "accuracy": 12.346, "recordedAt": 1_769_860_800_500_i64}),
            json!({"lat": 53.5, "lng": 10, "coords": {}, "timestamp": 1_769_860_800_500_i64, "accuracy": 12.346}),
            json!({"lat": 53.5, "lng": 10, "at": "2026-01-31T12:00:00.500Z", "timestamp": 1, "accuracy": 12.346}),
        ] {
            assert_eq!(read(same.clone()).unwrap(), report, "{same}");
        }
        assert_eq!(read(json!({"lat": 53.5, "lng": 10, "timestamp": "", "accuracy": ""})).unwrap(), plain);
        for bad in [
            json!({"lat": 1, "lng": 1, "accuracy": "far"}),
            json!({"lat": 1, "lng": 181}),
            json!({"lat": 1, "lng": 1, "at": "now"}),
            json!({"lat": 1}),
            json!({}),
            json!("53.5"),
        ] {
            assert!(read(bad.clone()).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_location_is_read_as_clients_write_it() {
        let read = |value: Value| {
            location_of(&value)
                .map(|report| report.map(|report| (report.point.latitude(), report.point.longitude())))
        };
        for value in [
            json!({"lat": "53.5", "lng": "10"}),
            json!({"latitude": 53.5, "lon": 10, "address": "Harbour Road", "heading": null}),
            json!({"lat": "", "latitude": " 53.5 ", "longitude": 10.0, "timestamp": 1_769_860_800_500_i64}),
            json!({"coords": {"latitude": 53.5, "longitude": 10, "accuracy": 5}, "timestamp": "1769860800500"}),
            json!({"type": "Point", "coordinates": [10, 53.5]}),
            json!({"latitude": 53.5, "long": 10, "accuracy": -1}),
            json!("53.5, 10"),
        ] {
            assert_eq!(read(value.clone()), Ok(Some((53.5, 10.0))), "{value}");
        }
        for absent in [json!(null), json!(""), json!({}), json!({"lat": "", "lng": "", "address": "x"})] {
            assert_eq!(read(absent.clone()), Ok(None), "{absent}");
        }
        for bad in [
            json!("Mumbai Hub"),
            json!({"address": "x"}),
            json!({"type": "Point", "coordinates": [10]}),
            json!({"lat": 1, "lng": 2, "timestamp": "1/31/2026, 12:00:00 PM"}),
            json!([1, 2]),
            json!({"lat": 1}),
            json!({"lat": "north", "lng": 1}),
            json!({"lat": 91, "lng": 0}),
            json!({"lat": "NaN", "lng": "0"}),
        ] {
            assert!(read(bad.clone()).is_err(), "{bad}");
        }
    }
}
