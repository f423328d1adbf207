//! The value of a claim, which shops write with different JSON types.

use std::fmt;

use jiff::Timestamp;
use orders::Role;
use orders::text::{InvalidText, Line};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};

use crate::auth::token::TokenError;

/// Times in these ranges are milliseconds or microseconds. As seconds, they would be tens of thousands of years ahead.
const MILLISECONDS: std::ops::Range<i128> = 1_000_000_000_000..100_000_000_000_000;
const MICROSECONDS: std::ops::Range<i128> = 100_000_000_000_000..100_000_000_000_000_000;

/// Members of an object that is one role, such as a document that a query joined.
const ROLE_MEMBERS: [&str; 3] = ["name", "role", "authority"];

/// A claim of any type. `null` is absent.
#[derive(Debug, Default, PartialEq)]
pub(super) enum Claim {
    #[default]
    Absent,
    Text(String),
    Bool(bool),
    Integer(i128),
    Fraction(f64),
    List(Vec<Claim>),
    Object(Vec<(String, Claim)>),
}

impl Claim {
    pub(super) fn or(self, other: Self) -> Self {
        if self.is_absent() { other } else { self }
    }

    /// Whether the claim is `null`, an empty text, or a list of these.
    pub(super) fn is_absent(&self) -> bool {
        match self {
            Self::Absent => true,
            Self::Text(text) => text.trim().is_empty(),
            Self::List(entries) => entries.iter().all(Self::is_absent),
            Self::Bool(_) | Self::Integer(_) | Self::Fraction(_) | Self::Object(_) => false,
        }
    }

    /// The roles in the claim: a word, several words in one text, a list, or an object such as `{"name": "admin"}` or
    /// `{"Admin": 5150}`. Unknown words are ignored.
    pub(super) fn roles(&self) -> Vec<Role> {
        match self {
            Self::Text(text) => Role::from_claim(text).map_or_else(|| roles_of(text), |role| vec![role]),
            Self::List(entries) => entries.iter().flat_map(Self::roles).collect(),
            Self::Object(members) => {
                let is_role = |(name, _): &&(String, Self)| ROLE_MEMBERS.contains(&name.as_str());
                if members.iter().any(|member| is_role(&member)) {
                    return members.iter().filter(is_role).flat_map(|(_, value)| value.roles()).collect();
                }
                let held = members.iter().filter(|(_, value)| !value.is_absent() && !value.is_false());
                held.filter_map(|(name, _)| Role::from_claim(name)).collect()
            }
            Self::Absent | Self::Bool(_) | Self::Integer(_) | Self::Fraction(_) => Vec::new(),
        }
    }

    pub(super) fn is_true(&self) -> bool {
        match self {
            Self::Bool(value) => *value,
            Self::Integer(number) => *number == 1,
            Self::Text(text) => matches!(text.trim(), "1") || text.trim().eq_ignore_ascii_case("true"),
            _ => false,
        }
    }

    fn is_false(&self) -> bool {
        match self {
            Self::Bool(value) => !value,
            Self::Integer(number) => *number == 0,
            Self::Fraction(number) => *number == 0.0,
            Self::Text(text) => {
                ["false", "0", "no", "off"].iter().any(|no| text.trim().eq_ignore_ascii_case(no))
            }
            _ => false,
        }
    }

    /// An id as text.
    pub(super) fn identifier(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text),
            Self::Integer(number) => Some(number.to_string()),
            _ => None,
        }
    }

    pub(super) fn text(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A text to show: truncated if it is too long, ignored if it is invalid.
    pub(super) fn display_line<const MOST: usize>(self) -> Option<Line<MOST>> {
        let text = self.text()?;
        match Line::new(&text) {
            Ok(line) => Some(line),
            Err(InvalidText::TooLong(_)) => {
                let cut: String = text.trim().chars().take(MOST).collect();
                Line::new(&cut).ok()
            }
            Err(_) => None,
        }
    }

    /// A `NumericDate`: seconds, possibly with a fraction (RFC 7519, section 2), or the same as text. Clamped to the
    /// calendar's range.
    pub(super) fn time(&self, name: &'static str) -> Result<Option<Timestamp>, TokenError> {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a float cast saturates, and the clamp is narrower"
        )]
        let whole = |seconds: f64| seconds.is_finite().then(|| seconds.floor() as i128);
        let seconds = match self {
            Self::Absent => return Ok(None),
            Self::Text(text) if text.trim().is_empty() => return Ok(None),
            Self::Integer(seconds) => Some(*seconds),
            Self::Fraction(seconds) => whole(*seconds),
            Self::Text(text) => text.trim().parse().ok().and_then(whole),
            _ => None,
        };
        let seconds = seconds.ok_or(TokenError::Claim(name))?;
        if MILLISECONDS.contains(&seconds) {
            return Err(TokenError::NotSeconds { claim: name, unit: "milliseconds", divisor: 1000 });
        }
        if MICROSECONDS.contains(&seconds) {
            return Err(TokenError::NotSeconds { claim: name, unit: "microseconds", divisor: 1_000_000 });
        }
        let bounded = seconds.clamp(Timestamp::MIN.as_second().into(), Timestamp::MAX.as_second().into());
        let seconds = i64::try_from(bounded).map_err(|_| TokenError::Claim(name))?;
        Timestamp::from_second(seconds).map(Some).map_err(|_| TokenError::Claim(name))
    }
}

/// The roles in a text such as `user,admin`. If blanks separate the words, each word must be a role, because names of other
/// roles may contain blanks.
fn roles_of(text: &str) -> Vec<Role> {
    const SEPARATORS: [char; 3] = [',', ';', '|'];
    if text.contains(SEPARATORS) {
        return text.split(SEPARATORS).filter_map(Role::from_claim).collect();
    }
    text.split_whitespace().map(Role::from_claim).collect::<Option<_>>().unwrap_or_default()
}

impl<'de> Deserialize<'de> for Claim {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ClaimVisitor)
    }
}

struct ClaimVisitor;

impl<'de> Visitor<'de> for ClaimVisitor {
    type Value = Claim;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a claim")
    }

    fn visit_str<E>(self, text: &str) -> Result<Claim, E> {
        Ok(Claim::Text(text.to_owned()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Claim, E> {
        Ok(Claim::Integer(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Claim, E> {
        Ok(Claim::Integer(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Claim, E> {
        Ok(Claim::Fraction(number))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Claim, E> {
        Ok(Claim::Bool(value))
    }

    fn visit_unit<E>(self) -> Result<Claim, E> {
        Ok(Claim::Absent)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Claim, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Claim::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Claim, A::Error> {
        let mut members = Vec::new();
        while let Some((name, value)) = entries.next_entry::<String, Claim>()? {
            // The id of a MongoDB document in extended JSON: `{"$oid": "…"}`.
            if name == "$oid" {
                return Ok(value);
            }
            members.push((name, value));
        }
        Ok(Claim::Object(members))
    }
}
