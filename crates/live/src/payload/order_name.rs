//! How a client names an order.

use orders::OrderId;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::denial::Denial;

/// An order's id, number or reference, in the form in which a client sent it. It is sent back in the same form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub(crate) enum OrderName {
    Text(String),
    Number(u64),
}

/// A longer text names no order, and is not kept.
const MAX_BYTES: usize = 128;

/// Members of an argument that may name the order. The first member with a value counts.
const MEMBERS: [&str; 8] =
    ["orderId", "order_id", "id", "_id", "orderNumber", "order_number", "number", "reference"];

impl OrderName {
    /// The order that an argument names: `"…"`, a number, or an object with such a member.
    pub(crate) fn parse(argument: Option<&Value>) -> Result<Self, Denial> {
        let named = match argument {
            Some(Value::Object(members)) => {
                MEMBERS.iter().filter_map(|name| members.get(*name)).find(|value| !is_absent(value))
            }
            other => other,
        };
        match named {
            Some(Value::String(name)) if !name.trim().is_empty() => Ok(Self::Text(name.clone())),
            // Other numbers name no order.
            Some(Value::Number(number)) => match number.as_u64() {
                Some(number) => Ok(Self::Number(number)),
                None => Ok(Self::Text(number.to_string())),
            },
            _ => {
                let message = "Name an order by its id, number or reference, such as \"10001\" or {\"orderId\": \"10001\"}.";
                Err(Denial { code: "invalid_order", message: message.into() })
            }
        }
    }

    /// The name as text; `None` if it is too long to be one.
    pub(crate) fn text(&self) -> Option<String> {
        match self {
            Self::Text(name) => (name.len() <= MAX_BYTES).then(|| name.trim().to_owned()),
            Self::Number(number) => Some(number.to_string()),
        }
    }

    /// Whether this is the form in which the server itself writes the order's id.
    pub(crate) fn is_id(&self, id: OrderId) -> bool {
        matches!(self, Self::Text(name) if *name == id.to_string())
    }
}

fn is_absent(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_name_of_any_form_is_kept_as_it_was_sent() {
        let id = "01903e4c-0000-7000-8000-000000000000";
        for sent in [json!(id), json!(id.to_uppercase()), json!("10001"), json!("#10001"), json!(10001)] {
            let members = MEMBERS.map(|member| json!({"orderId": "", member: sent, "status": "paid"}));
            for argument in [sent.clone()].into_iter().chain(members) {
                let name = OrderName::parse(Some(&argument)).unwrap();
                assert_eq!(serde_json::to_value(&name).unwrap(), sent);
                assert!(name.text().is_some(), "{argument}");
                assert_eq!(name.is_id(id.parse().unwrap()), sent == json!(id), "{argument}");
            }
        }
    }

    #[test]
    fn a_name_is_text_and_no_name_is_invalid() {
        for (sent, text) in [
            (json!("ORDER-123 "), Some("ORDER-123")),
            (json!(1.5), Some("1.5")),
            (json!(-1), Some("-1")),
            (json!("x".repeat(1000)), None),
        ] {
            assert_eq!(OrderName::parse(Some(&sent)).unwrap().text().as_deref(), text, "{sent}");
        }
        for invalid in
            [json!(null), json!(""), json!(" "), json!(true), json!([]), json!({}), json!({"orderId": []})]
        {
            assert_eq!(OrderName::parse(Some(&invalid)).unwrap_err().code, "invalid_order", "{invalid}");
        }
        assert_eq!(OrderName::parse(None).unwrap_err().code, "invalid_order");
    }
}
