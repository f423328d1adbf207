//! Converts a token's claims into a [`Principal`].
//!
//! Other systems write claims in different types: an id may be a number. So each claim is first read as any JSON
//! value and then validated. An invalid claim that grants rights is an error. An invalid claim that is only shown
//! is ignored.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use orders::text::{InvalidText, Line};
use orders::{Role, StoreId, UserId};
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use uuid::Uuid;

use super::{ISSUER, TokenError, TokenOptions, UNNAMED_ISSUER};
use crate::auth::principal::{Issuer, Lifetime, Principal, SessionId};

/// Tolerance for clock skew in `iat` and `nbf`. `exp` is exact.
const LEEWAY: SignedDuration = SignedDuration::from_secs(120);

/// Times in this range are milliseconds or microseconds. As seconds, they would be tens of thousands of years ahead.
const NOT_SECONDS: std::ops::Range<i128> = 1_000_000_000_000..100_000_000_000_000_000;

/// All other claims are ignored.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct TokenClaims {
    iss: Claim,
    sub: Claim,
    #[serde(flatten)]
    own: UserClaims,
    /// Some shops put the whole user into the token, or only the id.
    user: NestedUser,
    store: Claim,
    sid: Claim,
    iat: Claim,
    nbf: Claim,
    exp: Claim,
    session_exp: Claim,
}

/// What a token says about its user, at the top or in `user`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct UserClaims {
    id: Claim,
    #[serde(rename = "userId")]
    user_id: Claim,
    #[serde(rename = "user_id")]
    snake_user_id: Claim,
    #[serde(rename = "_id")]
    mongo_id: Claim,
    uid: Claim,
    role: Claim,
    roles: Claim,
    name: Claim,
    email: Claim,
}

impl UserClaims {
    fn ids(&mut self) -> [Claim; 5] {
        [&mut self.id, &mut self.user_id, &mut self.snake_user_id, &mut self.mongo_id, &mut self.uid]
            .map(std::mem::take)
    }

    /// `role`, or else `roles`. `None` if the token names none.
    fn role(&self) -> Result<Option<Role>, TokenError> {
        match (self.role.role("role")?, &self.roles) {
            (Some(role), _) => Ok(Some(role)),
            (None, roles) => roles.role("roles"),
        }
    }
}

impl TokenClaims {
    /// Validates the claims at the given time.
    pub(super) fn validate(
        mut self,
        options: TokenOptions,
        lifetime: Lifetime,
        now: Timestamp,
    ) -> Result<Principal, TokenError> {
        let expires_at = self.exp.time("exp")?;
        let issued_at = self.iat.time("iat")?;
        let not_before = self.nbf.time("nbf")?;
        let issuer = match self.iss {
            Claim::Absent => None,
            Claim::Text(iss) if iss.is_empty() => None,
            Claim::Text(iss) => Some(iss),
            _ => return Err(TokenError::Claim("iss")),
        };
        let local = issuer.as_deref() == Some(ISSUER);
        let session_ends_at = if local { self.session_exp.time("session_exp")? } else { None };
        let end = match lifetime {
            Lifetime::Token => expires_at,
            Lifetime::Session => session_ends_at.or(expires_at),
        };
        if end.is_some_and(|end| end <= now) {
            return Err(TokenError::Expired);
        }
        let latest_start = now.saturating_add(LEEWAY).unwrap_or(Timestamp::MAX);
        // A token of this server whose `iat` is ahead was issued before the clock was set back.
        let starts = [not_before, issued_at.filter(|_| !local)];
        if starts.into_iter().flatten().any(|start| start > latest_start) {
            return Err(TokenError::NotYet);
        }
        if expires_at.is_none() && (local || !options.allow_tokens_without_expiry) {
            return Err(TokenError::NoExpiry);
        }

        let NestedUser { id: nested_id, claims: mut nested } = self.user;
        let ids = [self.sub].into_iter().chain(self.own.ids()).chain(nested.ids()).chain([nested_id]);
        let subject = match ids.into_iter().find(|claim| *claim != Claim::Absent) {
            Some(Claim::Text(text)) => text,
            Some(Claim::Integer(number)) => number.to_string(),
            Some(_) => return Err(TokenError::Claim("sub")),
            None => return Err(TokenError::NoSubject),
        };
        let (user, session) = if local {
            // Other systems that share the secret could write our issuer. A session must exist, so it is required.
            let Claim::Text(session) = &self.sid else { return Err(TokenError::Claim("sid")) };
            let session = Uuid::try_parse(session).map_err(|_| TokenError::Claim("sid"))?;
            (UserId::new(subject)?, Some(SessionId(session)))
        } else {
            (UserId::external(issuer.as_deref().unwrap_or(UNNAMED_ISSUER), &subject)?, None)
        };
        let role = match self.own.role()? {
            Some(role) => role,
            None => nested.role()?.unwrap_or(Role::Customer),
        };
        // An invalid store must not become the default one, which has other customers' orders.
        let store = match self.store {
            Claim::Absent => StoreId::main(),
            Claim::Text(store) => StoreId::new(store).map_err(|_| TokenError::Claim("store"))?,
            _ => return Err(TokenError::Claim("store")),
        };
        Ok(Principal {
            user,
            role,
            store,
            name: self.own.name.or(nested.name).display_line(),
            email: self.own.email.or(nested.email).text().and_then(|text| Line::new(&text).ok()),
            session,
            issued_at,
            expires_at,
            session_ends_at,
            issuer: if local { Issuer::Local } else { Issuer::External },
        })
    }
}

/// The `user` claim: an object, or an id.
#[derive(Debug, Default)]
struct NestedUser {
    id: Claim,
    claims: UserClaims,
}

impl<'de> Deserialize<'de> for NestedUser {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        let nested = if value.is_object() {
            Self { id: Claim::Absent, claims: serde_json::from_value(value).map_err(D::Error::custom)? }
        } else {
            Self { id: Claim::deserialize(value).map_err(D::Error::custom)?, claims: UserClaims::default() }
        };
        Ok(nested)
    }
}

/// A claim of any type. `null` is absent.
#[derive(Debug, Default, PartialEq)]
enum Claim {
    #[default]
    Absent,
    Text(String),
    Integer(i128),
    Fraction(f64),
    List(Vec<Claim>),
    Other,
}

impl Claim {
    fn or(self, other: Self) -> Self {
        if self == Self::Absent { other } else { self }
    }

    /// The role, or the most privileged role of a list. Words in a list that name no role are ignored, unless all are.
    fn role(&self, name: &'static str) -> Result<Option<Role>, TokenError> {
        let invalid = TokenError::Claim(name);
        match self {
            Self::Absent => Ok(None),
            Self::Text(word) => Role::from_claim(word).map(Some).ok_or(invalid),
            Self::List(entries) if entries.is_empty() => Ok(None),
            Self::List(entries) => {
                let roles = entries.iter().filter_map(|entry| match entry {
                    Self::Text(word) => Role::from_claim(word),
                    _ => None,
                });
                Role::strongest(roles).map(Some).ok_or(invalid)
            }
            _ => Err(invalid),
        }
    }

    fn text(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A text to show: truncated if it is too long, ignored if it is invalid.
    fn display_line<const MOST: usize>(self) -> Option<Line<MOST>> {
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

    /// A `NumericDate`: seconds, possibly with a fraction (RFC 7519, section 2). Clamped to the calendar's range.
    fn time(&self, name: &'static str) -> Result<Option<Timestamp>, TokenError> {
        let seconds = match *self {
            Self::Absent => return Ok(None),
            Self::Integer(seconds) => seconds,
            #[expect(
                clippy::cast_possible_truncation,
                reason = "a float cast saturates, and the clamp is narrower"
            )]
            Self::Fraction(seconds) if seconds.is_finite() => seconds.floor() as i128,
            _ => return Err(TokenError::Claim(name)),
        };
        if NOT_SECONDS.contains(&seconds) {
            return Err(TokenError::NotSeconds(name));
        }
        let bounded = seconds.clamp(Timestamp::MIN.as_second().into(), Timestamp::MAX.as_second().into());
        let seconds = i64::try_from(bounded).map_err(|_| TokenError::Claim(name))?;
        Timestamp::from_second(seconds).map(Some).map_err(|_| TokenError::Claim(name))
    }
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

    fn visit_bool<E>(self, _: bool) -> Result<Claim, E> {
        Ok(Claim::Other)
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
        // The id of a MongoDB document in extended JSON: `{"$oid": "…"}`.
        let mut claim = Claim::Other;
        while let Some(name) = entries.next_key::<String>()? {
            if name == "$oid" {
                claim = entries.next_value()?;
            } else {
                entries.next_value::<IgnoredAny>()?;
            }
        }
        Ok(claim)
    }
}

#[cfg(test)]
mod tests;
