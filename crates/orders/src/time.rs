//! Times as they are sent: RFC 3339 in UTC, always with three decimal digits of the second.
//!
//! Clients sort times as text. That works only if all times have the same number of digits.

use jiff::Timestamp;
use jiff::fmt::temporal::DateTimePrinter;
use serde::Serializer;
use serde::ser::Error as _;

static PRINTER: DateTimePrinter = DateTimePrinter::new().precision(Some(3));

/// The text of a time. Digits after the milliseconds are cut off.
pub fn text(at: Timestamp) -> String {
    PRINTER.timestamp_to_string(&at)
}

/// Serializes a time, or an optional one: `#[serde(serialize_with = "orders::time::serialize")]`. Every time on the wire
/// uses it.
pub fn serialize<S: Serializer, T: Into<Option<Timestamp>> + Copy>(
    at: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let Some(at): Option<Timestamp> = (*at).into() else { return serializer.serialize_none() };
    let mut text = String::with_capacity("2026-01-31T12:00:00.000Z".len());
    PRINTER.print_timestamp(&at, &mut text).map_err(S::Error::custom)?;
    serializer.serialize_str(&text)
}

#[cfg(test)]
mod tests {
    use serde::Serialize;

    use super::*;

    #[derive(Serialize)]
    struct Times {
        #[serde(serialize_with = "serialize")]
        at: Timestamp,
        #[serde(serialize_with = "serialize")]
        maybe: Option<Timestamp>,
    }

    #[test]
    fn a_time_always_has_three_decimal_digits() {
        for (at, expected) in [
            ("2026-11-21T01:33:00Z", "2026-11-21T01:33:00.000Z"),
            ("2026-11-21T01:33:00.1Z", "2026-11-21T01:33:00.100Z"),
            ("2026-11-21T01:33:00.120Z", "2026-11-21T01:33:00.120Z"),
            ("2026-11-21T01:33:00.999999999Z", "2026-11-21T01:33:00.999Z"),
            ("2026-11-21T03:33:00.5+02:00", "2026-11-21T01:33:00.500Z"),
            ("1969-12-31T23:59:59.9999Z", "1969-12-31T23:59:59.999Z"),
        ] {
            let at: Timestamp = at.parse().unwrap();
            assert_eq!(text(at), expected);
            let json = serde_json::to_value(Times { at, maybe: Some(at) }).unwrap();
            assert!(json["at"] == expected && json["maybe"] == expected, "{json}");
        }
        let none = serde_json::to_value(Times { at: Timestamp::UNIX_EPOCH, maybe: None }).unwrap();
        assert!(none["at"] == "1970-01-01T00:00:00.000Z" && none["maybe"].is_null(), "{none}");
    }
}
