//! Identifiers. Each is parsed once, at the edge, and its type guarantees that it is valid.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::text::without_format;

/// The text is not a valid identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidId(&'static str);

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// The caller generates the UUID (version 7), because this crate reads no clock and no random numbers.
            pub const fn new(uuid: Uuid) -> Self {
                Self(uuid)
            }

            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Uuid::try_parse(text).map(Self).map_err(|_| InvalidId(concat!($what, " is a UUID")))
            }
        }
    };
}

uuid_id!(
    /// An order. UUIDv7, so ids sort by the time at which the order was placed.
    OrderId, "an order id"
);
uuid_id!(
    /// A product of a store's catalogue.
    ProductId, "a product id"
);
uuid_id!(
    /// An event of the log. Clients drop an event whose id they have seen.
    EventId, "an event id"
);
/// The short number of an order, for people: 10001, 10002, …
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, example = "10001"))]
pub struct OrderNumber(pub u64);

impl OrderNumber {
    /// The number of a deployment's first order.
    pub const FIRST: Self = Self(10_001);

    /// The number after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for OrderNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl Serialize for OrderNumber {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for OrderNumber {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map(Self).map_err(|_| serde::de::Error::custom("an order number is a whole number"))
    }
}

/// An order, named by id or by number. Requests accept both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrderRef {
    Id(OrderId),
    /// By number, with or without a leading `#`.
    Number(OrderNumber),
}

impl FromStr for OrderRef {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        const WHAT: InvalidId =
            InvalidId("an order is named by its id (a UUID) or its number (such as 10001)");
        let text = &*without_format(text);
        let digits = text.strip_prefix('#').unwrap_or(text);
        if !digits.is_empty() && digits.len() <= 18 && digits.bytes().all(|b| b.is_ascii_digit()) {
            return digits.parse().map(|n| Self::Number(OrderNumber(n))).map_err(|_| WHAT);
        }
        text.parse().map(Self::Id).map_err(|_| WHAT)
    }
}

impl fmt::Display for OrderRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Number(number) => number.fmt(f),
        }
    }
}

impl<'de> Deserialize<'de> for OrderRef {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $clean:expr, $check:expr, $rule:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        #[serde(try_from = "Arc<str>", into = "Arc<str>")]
        pub struct $name(Arc<str>);

        impl $name {
            /// The rule, as an error message.
            pub const RULE: &'static str = $rule;

            pub fn new(text: impl Into<Arc<str>>) -> Result<Self, InvalidId> {
                let clean: fn(Arc<str>) -> Arc<str> = $clean;
                let text = clean(text.into());
                let check: fn(&str) -> bool = $check;
                if check(&text) { Ok(Self(text)) } else { Err(InvalidId($rule)) }
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Self::new(text)
            }
        }

        impl TryFrom<Arc<str>> for $name {
            type Error = InvalidId;

            fn try_from(text: Arc<str>) -> Result<Self, InvalidId> {
                Self::new(text)
            }
        }

        impl From<$name> for Arc<str> {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    };
}

text_id!(
    /// A store. Staff see only the orders of their own store.
    StoreId,
    std::convert::identity,
    |text| (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.')),
    "a store id is 1 to 64 letters, digits, '-', '_' or '.'"
);

text_id!(
    /// A user: a local account, or a user of another system.
    ///
    /// A local account is its bare id. A user of another system is `issuer|subject`, so that no subject of another system
    /// can name a local account. The subject is opaque.
    UserId,
    std::convert::identity,
    |text| (1..=USER_ID_BYTES).contains(&text.len()) && !text.chars().any(char::is_control),
    "a user id is 1 to 256 bytes without control characters"
);

text_id!(
    /// An order's id in the shop that it comes from, such as `ORDER-123`. Unique in its store. Blanks at the ends
    /// and invisible characters, which are added when somebody copies it, are removed.
    Reference,
    |text| match without_format(&text).trim() {
        clean if clean == &*text => text,
        clean => clean.into(),
    },
    |text| (1..=64).contains(&text.chars().count())
        && !text.chars().any(char::is_control)
        && text.parse::<OrderRef>().is_err(),
    "a reference is 1 to 64 characters without control characters, and neither a number nor a UUID, which name orders already"
);

/// At most 128 bytes for the subject, and 127 for the issuer, because of the separator.
const USER_ID_BYTES: usize = 256;

impl UserId {
    /// Maximum bytes of an external subject.
    pub const SUBJECT_BYTES: usize = 128;

    /// A user of another system, as its token names them.
    pub fn external(issuer: &str, subject: &str) -> Result<Self, InvalidId> {
        if subject.is_empty() || subject.len() > Self::SUBJECT_BYTES {
            return Err(InvalidId("the subject of a token is 1 to 128 bytes"));
        }
        if issuer.contains('|') || issuer.len() >= USER_ID_BYTES - Self::SUBJECT_BYTES {
            return Err(InvalidId("the issuer of a token is at most 127 bytes without '|'"));
        }
        Self::new(format!("{issuer}|{subject}"))
    }

    /// The id without the issuer, as the user's own system knows it. Payloads and answers show this form.
    pub fn subject(&self) -> &str {
        self.0.split_once('|').map_or(&*self.0, |(_, subject)| subject)
    }

    /// The issuer of a user of another system; `None` for a local account.
    pub fn issuer(&self) -> Option<&str> {
        self.0.split_once('|').map(|(issuer, _)| issuer)
    }

    /// Serializes the [`subject`](Self::subject), for `#[serde(serialize_with)]`.
    pub fn serialize_subject<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.subject())
    }

    /// Like [`serialize_subject`](Self::serialize_subject), for a field that may be absent.
    pub fn serialize_optional_subject<S: serde::Serializer>(
        user: &Option<Self>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        user.as_ref().map(Self::subject).serialize(serializer)
    }
}

impl StoreId {
    /// The store of a deployment with one store, and of staff whose token names no store.
    #[must_use]
    pub fn main() -> Self {
        Self(Arc::from("main"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_named_by_number_or_id() {
        assert_eq!("#10001".parse(), Ok(OrderRef::Number(OrderNumber(10_001))));
        assert_eq!("10001".parse(), Ok(OrderRef::Number(OrderNumber(10_001))));
        assert_eq!("\u{200e}#10001\u{202c}".parse(), Ok(OrderRef::Number(OrderNumber(10_001))), "pasted");
        assert!("01903e4c-0000-7000-8000-000000000000".parse::<OrderRef>().is_ok());
        for bad in ["", "#", "ten", "-1", "99999999999999999999", "1e3", "0x10", "１０"] {
            assert!(bad.parse::<OrderRef>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_reference_is_not_mistaken_for_a_number_or_an_id() {
        for good in ["ORDER-123", "507f1f77bcf86cd799439011", "№ 7/2026", &"é".repeat(64), "10001a", "0x10"]
        {
            assert!(Reference::new(good).is_ok(), "{good:?}");
        }
        let (long, id) = ("x".repeat(65), "01903e4c-0000-7000-8000-000000000000");
        for pasted in
            [" A-1\n", "\u{202a}A-1\u{202c}", "\u{200e} A\u{200b}-\u{2060}1 \u{feff}", "A-\u{200d}1"]
        {
            assert_eq!(Reference::new(pasted).unwrap().as_str(), "A-1", "{pasted:?}");
        }
        for bad in ["", " ", "\u{200b}", "a\nb", "10001", "\u{202a}10001", "#10001", id, &*long] {
            assert!(Reference::new(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn an_outside_subject_cannot_name_a_local_account() {
        let local = UserId::new("01903e4c-0000-7000-8000-000000000000").unwrap();
        let outside = UserId::external("jwt", local.as_str()).unwrap();
        assert_ne!(local, outside);
        assert_eq!(outside.subject(), local.as_str());
        assert_eq!((outside.issuer(), local.issuer()), (Some("jwt"), None));
        assert!(UserId::external("a|b", "x").is_err());
        assert!(UserId::external("jwt", &"x".repeat(129)).is_err());
        assert!(UserId::external("jwt", "a\nb").is_err());
    }
}
