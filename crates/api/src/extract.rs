//! Extractors for handlers. Invalid input is a [`Problem`](crate::problem::Problem) that names the wrong part,
//! never a 5xx.
//!
//! - [`Json`]: a JSON body and its bytes. [`RawBody`]: only the bytes. [`BodyLimit`]: the largest body in bytes.
//!   [`BODY_TIMEOUT`]: how long a body may take.
//! - [`Query`] and [`Path`]: parameters. `LocationInput`: a location as devices send it. `lenient`: members of bodies from
//!   clients that cannot be changed.
//!
//! Responses use `axum::Json`.

mod body;
mod json;
pub(crate) mod lenient;
mod location;
mod objects;
mod params;

pub use body::{BODY_TIMEOUT, BodyLimit, RawBody};
pub use json::Json;
pub(crate) use location::{LocationInput, NewLocation, flat_location, optional_location, optional_time};
pub use params::{Path, Query};

use std::borrow::Cow;

use jiff::Timestamp;
use orders::UserId;
use serde::de::{Deserialize as _, Deserializer, Error as _};

/// Characters of a parser's message that are sent back; it may quote the input.
const MAX_MESSAGE_CHARS: usize = 240;

/// An optional time in RFC 3339, for `#[serde(default, deserialize_with = "time")]`.
pub(crate) fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    let Some(text) = Option::<Cow<'de, str>>::deserialize(deserializer)? else { return Ok(None) };
    text.parse().map(Some).map_err(|_| D::Error::custom("must be a time such as 2026-01-31T12:00:00Z"))
}

/// A [`time`] that is shown to people. A time before 1970 is a mistake.
pub(crate) fn expected_time<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Timestamp>, D::Error> {
    match time(deserializer)? {
        Some(at) if at < Timestamp::UNIX_EPOCH => Err(D::Error::custom("must be a time after 1970")),
        at => Ok(at),
    }
}

/// An optional user id, which some shops write as a number. An empty text counts as absent.
pub(crate) fn user_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<UserId>, D::Error> {
    let text = match Option::<serde_json::Value>::deserialize(deserializer)? {
        None => return Ok(None),
        Some(serde_json::Value::String(text)) if text.trim().is_empty() => return Ok(None),
        Some(serde_json::Value::String(text)) => text.trim().to_owned(),
        Some(serde_json::Value::Number(number)) if !number.is_f64() => number.to_string(),
        Some(_) => return Err(D::Error::custom("must be a user id, as text or as a whole number")),
    };
    UserId::new(text).map(Some).map_err(D::Error::custom)
}

/// A parser's message, truncated to a safe length.
fn truncate_message(message: &str) -> String {
    match message.char_indices().nth(MAX_MESSAGE_CHARS) {
        Some((end, _)) => format!("{}…", &message[..end]),
        None => message.to_owned(),
    }
}

/// The field of a serde message, if its path names only the object around the field.
fn field_name(path: &str, message: &str) -> String {
    let inside = if path == "." { "" } else { path };
    for opening in ["missing field `", "unknown field `", "duplicate field `"] {
        if let Some((field, _)) = message.strip_prefix(opening).and_then(|rest| rest.split_once('`')) {
            return match inside {
                "" => truncate_message(field),
                _ if inside == field || inside.ends_with(&format!(".{field}")) => truncate_message(inside),
                _ => truncate_message(&format!("{inside}.{field}")),
            };
        }
    }
    truncate_message(inside)
}
