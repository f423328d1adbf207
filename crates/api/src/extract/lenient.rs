//! Members of bodies from clients that cannot be changed: an empty text counts as absent, and a number may be a text, or the
//! other way around.

use orders::text::{Line, is_blank, without_format};
use orders::{Partner, Status};
use serde::de::{Deserialize as _, DeserializeOwned, Deserializer, Error as _};
use serde_json::{Map, Value};

/// A text, or a number as text.
pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    text_of(Option::deserialize(deserializer)?.as_ref()).map_err(D::Error::custom)
}

/// A text of a bounded length.
pub(crate) fn parsed<'de, D: Deserializer<'de>, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: std::str::FromStr<Err: std::fmt::Display>,
{
    let text = text(deserializer)?;
    text.map(|text| text.parse()).transpose().map_err(D::Error::custom)
}

/// A query parameter. `null` and `undefined` count as absent: pages send them when a variable has no value.
pub(crate) fn query<'de, D: Deserializer<'de>, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: std::str::FromStr<Err: std::fmt::Display>,
{
    let text = text(deserializer)?.filter(|text| !matches!(text.as_str(), "null" | "undefined"));
    text.map(|text| text.parse()).transpose().map_err(D::Error::custom)
}

/// A code, such as a tracking number.
pub(crate) fn code<'de, D: Deserializer<'de>, const MOST: usize>(
    deserializer: D,
) -> Result<Option<Line<MOST>>, D::Error> {
    let text = text(deserializer)?;
    text.map(|text| without_format(&text).parse()).transpose().map_err(D::Error::custom)
}

/// A status in any letter case, also `canceled`.
pub(crate) fn status<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Status>, D::Error> {
    let Some(name) = text(deserializer)? else { return Ok(None) };
    let name = name.to_ascii_lowercase();
    let name = if name == "canceled" { "cancelled" } else { name.as_str() };
    let rule = "must be pending, processing, shipped, paid, delivered or cancelled";
    Status::from_name(name).map(Some).ok_or_else(|| D::Error::custom(rule))
}

/// Who delivers: `{name, phone}`, or the name alone. Members that it does not know are ignored.
pub(crate) fn partner<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Partner>, D::Error> {
    partner_of(&Value::deserialize(deserializer)?).map_err(D::Error::custom)
}

fn partner_of(value: &Value) -> Result<Option<Partner>, String> {
    let line = |text: String| -> Result<Line<120>, String> {
        text.parse().map_err(|error: orders::text::InvalidText| error.to_string())
    };
    if let Some(name) = value.as_str().filter(|name| !name.trim().is_empty()) {
        return Ok(Some(Partner { name: line(name.to_owned())?, phone: None }));
    }
    let Some(members) = members_of(value)? else { return Ok(None) };
    let name = text_of(first(members, &["name"]))?;
    let phone = text_of(first(members, &["phone", "phoneNumber"]))?;
    match (name, phone) {
        (None, None) => Ok(None),
        (None, Some(_)) => Err("must have a `name`".to_owned()),
        (Some(name), phone) => {
            let phone: Option<Line<40>> = phone
                .map(|phone| without_format(&phone).parse())
                .transpose()
                .map_err(|error: orders::text::InvalidText| format!("`phone` {error}"))?;
            Ok(Some(Partner { name: line(name)?, phone }))
        }
    }
}

/// The members of an object; `None` if it is absent.
pub(super) fn members_of(value: &Value) -> Result<Option<&Map<String, Value>>, String> {
    match value {
        Value::Object(members) => Ok(Some(members)),
        value if is_absent(value) => Ok(None),
        _ => Err("must be an object".to_owned()),
    }
}

/// The first of several names that is present.
pub(super) fn first<'a>(members: &'a Map<String, Value>, names: &[&str]) -> Option<&'a Value> {
    names.iter().filter_map(|name| members.get(*name)).find(|value| !is_absent(value))
}

pub(super) fn is_absent(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => is_blank(text),
        _ => false,
    }
}

fn text_of(value: Option<&Value>) -> Result<Option<String>, String> {
    match value {
        Some(Value::String(text)) if !text.trim().is_empty() => Ok(Some(text.trim().to_owned())),
        Some(Value::Number(number)) => Ok(Some(number.to_string())),
        None | Some(Value::Null | Value::String(_)) => Ok(None),
        Some(_) => Err("must be a text".to_owned()),
    }
}

pub(super) fn number_of(value: Option<&Value>) -> Result<Option<f64>, String> {
    match value {
        Some(Value::Number(number)) => Ok(number.as_f64()),
        Some(Value::String(text)) => {
            text.trim().parse().map(Some).map_err(|_| format!("`{}` is no number", short(text)))
        }
        None | Some(Value::Null) => Ok(None),
        Some(_) => Err("must have numbers as coordinates".to_owned()),
    }
}

fn short(text: &str) -> String {
    text.chars().take(20).collect()
}

pub(super) fn convert<T: DeserializeOwned>(value: &Value) -> Result<T, String> {
    serde_json::from_value(value.clone()).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_partner_is_an_object_or_a_name() {
        let read = |value: Value| {
            partner_of(&value).map(|partner| {
                partner
                    .map(|partner| (partner.name.to_string(), partner.phone.map(|phone| phone.to_string())))
            })
        };
        let dev = |phone: Option<&str>| Ok(Some(("Dev".to_owned(), phone.map(str::to_owned))));
        assert_eq!(
            read(json!({"name": "Dev", "phone": 4_917_012_i64, "vehicle": "bike"})),
            dev(Some("4917012"))
        );
        assert_eq!(read(json!({"name": " Dev ", "phone": ""})), dev(None));
        assert_eq!(read(json!("Dev")), dev(None));
        for absent in [json!(null), json!(""), json!({}), json!({"name": "", "phone": ""})] {
            assert_eq!(read(absent.clone()), Ok(None), "{absent}");
        }
        for bad in [json!(1), json!({"phone": "1"}), json!({"name": ["Dev"]}), json!({"name": "a\nb"})] {
            assert!(read(bad.clone()).is_err(), "{bad}");
        }
    }
}
