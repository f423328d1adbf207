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
use crate::auth::principal::{Issuer, Principal, SessionId};

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
    pub(super) fn validate(mut self, options: TokenOptions, now: Timestamp) -> Result<Principal, TokenError> {
        let expires_at = self.exp.time("exp")?;
        let issued_at = self.iat.time("iat")?;
        if expires_at.is_some_and(|end| end <= now) {
            return Err(TokenError::Expired);
        }
        let latest_start = now.saturating_add(LEEWAY).unwrap_or(Timestamp::MAX);
        if [self.nbf.time("nbf")?, issued_at].into_iter().flatten().any(|start| start > latest_start) {
            return Err(TokenError::NotYet);
        }
        let issuer = match self.iss {
            Claim::Absent => None,
            Claim::Text(iss) if iss.is_empty() => None,
            Claim::Text(iss) => Some(iss),
            _ => return Err(TokenError::Claim("iss")),
        };
        let local = issuer.as_deref() == Some(ISSUER);
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
mod tests {
    use super::*;
    use orders::Actor;
    use serde_json::{Value, json};

    const NOW: i64 = 1_800_000_000;

    fn judge(claims: Value) -> Result<Principal, TokenError> {
        judge_with(claims, TokenOptions::default())
    }

    fn judge_with(claims: Value, options: TokenOptions) -> Result<Principal, TokenError> {
        let claims: TokenClaims = serde_json::from_value(claims).unwrap();
        claims.validate(options, Timestamp::from_second(NOW).unwrap())
    }

    /// A valid token of another system with some claims replaced; `null` removes one.
    fn with(changes: Value) -> Value {
        let mut claims = json!({"sub": "42", "role": "user", "exp": NOW + 60});
        let Value::Object(changes) = changes else { panic!("an object") };
        claims.as_object_mut().unwrap().extend(changes);
        claims
    }

    #[test]
    fn the_subject_is_the_first_of_the_claims_that_shops_use() {
        for (claims, user) in [
            (with(json!({})), "jwt|42"),
            (with(json!({"id": "7", "userId": "8"})), "jwt|42"),
            (with(json!({"sub": null, "id": "7", "userId": "8"})), "jwt|7"),
            (with(json!({"sub": null, "userId": 8})), "jwt|8"),
            (with(json!({"sub": u64::MAX})), "jwt|18446744073709551615"),
            (with(json!({"sub": -1})), "jwt|-1"),
            (with(json!({"sub": null, "_id": "65f0"})), "jwt|65f0"),
            (with(json!({"sub": null, "_id": {"$oid": "65f0"}})), "jwt|65f0"),
            (with(json!({"sub": null, "user_id": 8})), "jwt|8"),
            (with(json!({"sub": null, "user": {"id": 8}})), "jwt|8"),
            (with(json!({"sub": null, "user": {"_id": "65f0", "name": "Asha"}})), "jwt|65f0"),
            (with(json!({"sub": null, "user": "8"})), "jwt|8"),
            (with(json!({"user": {"id": 8}})), "jwt|42"),
            (with(json!({"iss": "shop-a"})), "shop-a|42"),
            (with(json!({"iss": ""})), "jwt|42"),
            (with(json!({"sub": "x".repeat(128)})), &*format!("jwt|{}", "x".repeat(128))),
        ] {
            assert_eq!(judge(claims).unwrap().user.as_str(), user);
        }
    }

    #[test]
    fn a_wrong_claim_that_matters_is_fatal() {
        for (change, error) in [
            (json!({"sub": null}), TokenError::NoSubject),
            (json!({"sub": true}), TokenError::Claim("sub")),
            (json!({"sub": 1.5, "id": "7"}), TokenError::Claim("sub")),
            (json!({"sub": {"id": 1}}), TokenError::Claim("sub")),
            (json!({"iss": ["a"]}), TokenError::Claim("iss")),
            (json!({"role": "superadmin"}), TokenError::Claim("role")),
            (json!({"role": ["superadmin"]}), TokenError::Claim("role")),
            (json!({"role": {"name": "admin"}}), TokenError::Claim("role")),
            (json!({"role": null, "roles": ["owner"]}), TokenError::Claim("roles")),
            (json!({"role": null, "roles": 1}), TokenError::Claim("roles")),
            (json!({"exp": NOW * 1000}), TokenError::NotSeconds("exp")),
            (json!({"exp": (NOW + 60) * 1_000_000}), TokenError::NotSeconds("exp")),
            (json!({"iat": NOW * 1000}), TokenError::NotSeconds("iat")),
            (json!({"role": ""}), TokenError::Claim("role")),
            (json!({"store": "a/b"}), TokenError::Claim("store")),
            (json!({"store": ""}), TokenError::Claim("store")),
            (json!({"store": 5}), TokenError::Claim("store")),
            (json!({"exp": "soon"}), TokenError::Claim("exp")),
            (json!({"nbf": []}), TokenError::Claim("nbf")),
            (json!({"iss": ISSUER}), TokenError::Claim("sid")),
            (json!({"iss": ISSUER, "sid": "1"}), TokenError::Claim("sid")),
        ] {
            assert_eq!(judge(with(change.clone())).unwrap_err(), error, "{change}");
        }
        for subject in [String::new(), "x".repeat(129), "a\nb".to_owned(), "a\0".to_owned()] {
            let error = judge(with(json!({"sub": subject}))).unwrap_err();
            assert!(matches!(error, TokenError::Subject(_)), "{subject:?}: {error:?}");
        }
        for iss in ["a|b".to_owned(), "x".repeat(128)] {
            assert!(matches!(judge(with(json!({"iss": iss}))), Err(TokenError::Subject(_))));
        }
    }

    #[test]
    fn a_role_is_read_in_any_case_and_from_lists() {
        for (claims, role) in [
            (json!({"role": "Admin"}), Role::Staff),
            (json!({"role": ["ADMIN"]}), Role::Staff),
            (json!({"role": "storeOwner"}), Role::Staff),
            (json!({"role": null, "roles": ["admin"]}), Role::Staff),
            (json!({"role": null, "roles": ["user", "Store_Owner", "vip"]}), Role::Staff),
            (json!({"role": null, "roles": ["user", "driver"]}), Role::Driver),
            (json!({"role": null, "roles": "Admin"}), Role::Staff),
            (json!({"role": null, "roles": []}), Role::Customer),
            (json!({"role": "user", "roles": ["admin"]}), Role::Customer),
            (json!({"role": null, "user": {"id": 1, "role": "ADMIN"}}), Role::Staff),
            (json!({"role": null, "user": {"id": 1, "roles": ["driver"]}}), Role::Driver),
            (json!({"role": "user", "user": {"role": "admin"}}), Role::Customer),
        ] {
            assert_eq!(judge(with(claims.clone())).unwrap().role, role, "{claims}");
        }
        let nested = judge(with(json!({"user": {"name": "Asha", "email": "a@example.com"}}))).unwrap();
        assert_eq!(nested.name.map(String::from).as_deref(), Some("Asha"));
        assert_eq!(nested.email.map(String::from).as_deref(), Some("a@example.com"));
    }

    #[test]
    fn an_address_with_admin_in_it_makes_nobody_an_admin() {
        let claims = with(json!({"email": "admin@shop.example", "name": "admin", "isAdmin": true}));
        let principal = judge(claims).unwrap();
        assert_eq!(principal.role, Role::Customer);
        assert!(matches!(principal.actor(), Actor::Customer { .. }));
        let roleless = with(json!({"role": null, "email": "admin@shop.example"}));
        assert_eq!(judge(roleless).unwrap().role, Role::Customer);
    }

    #[test]
    fn staff_work_for_the_store_they_name_else_for_the_main_one() {
        for (store, expected) in [(json!(null), "main"), (json!("north"), "north")] {
            let principal = judge(with(json!({"role": "admin", "store": store}))).unwrap();
            assert!(matches!(principal.actor(), Actor::Staff { store, .. } if store.as_str() == expected));
        }
    }

    #[test]
    fn what_is_only_shown_is_cut_or_dropped() {
        let name = |name: Value| judge(with(json!({"name": name}))).unwrap().name.map(String::from);
        assert_eq!(name(json!(" Asha Rao ")), Some("Asha Rao".into()));
        assert_eq!(name(json!("ñ".repeat(500))), Some("ñ".repeat(120)));
        assert_eq!(name(json!("a\u{1b}[2Jb")), None);
        assert_eq!(name(json!(format!("{}\0", "x".repeat(500)))), Some("x".repeat(120)));
        assert_eq!(name(json!("  ")), None);
        assert_eq!(name(json!({"first": "Asha"})), None);
        let email = |email: String| judge(with(json!({"email": email}))).unwrap().email.map(String::from);
        assert_eq!(email("a@example.com".into()), Some("a@example.com".into()));
        assert_eq!(email("x".repeat(255)), None, "half an address is another address");
    }

    #[test]
    fn a_token_ends_to_the_second_and_begins_with_leeway() {
        for (change, expected) in [
            (json!({"exp": NOW + 1}), Ok(())),
            (json!({"exp": NOW}), Err(TokenError::Expired)),
            (json!({"exp": NOW - 1}), Err(TokenError::Expired)),
            (json!({"exp": 0}), Err(TokenError::Expired)),
            (json!({"exp": i64::MIN}), Err(TokenError::Expired)),
            (json!({"exp": 1e300}), Ok(())),
            (json!({"exp": u64::MAX}), Ok(())),
            (json!({"exp": 1_800_000_000.9}), Err(TokenError::Expired)),
            (json!({"exp": 253_402_300_799_i64}), Ok(())),
            (json!({"nbf": NOW + 120}), Ok(())),
            (json!({"nbf": NOW + 121}), Err(TokenError::NotYet)),
            (json!({"iat": NOW + 120}), Ok(())),
            (json!({"iat": NOW + 121}), Err(TokenError::NotYet)),
            (json!({"exp": null}), Err(TokenError::NoExpiry)),
        ] {
            assert_eq!(judge(with(change.clone())).map(|_| ()), expected, "{change}");
        }
    }

    #[test]
    fn only_a_foreign_token_may_be_allowed_to_have_no_end() {
        let options = TokenOptions { allow_tokens_without_expiry: true };
        let principal = judge_with(with(json!({"exp": null})), options).unwrap();
        assert_eq!((principal.expires_at, principal.issued_at, principal.session), (None, None, None));
        let local = with(json!({"exp": null, "iss": ISSUER, "sid": Uuid::nil()}));
        assert_eq!(judge_with(local, options), Err(TokenError::NoExpiry));
    }

    #[test]
    fn a_session_is_only_ours() {
        let session = Uuid::from_u128(7);
        let theirs = judge(with(json!({"iss": "shop-a", "sid": session}))).unwrap();
        assert_eq!((theirs.session, theirs.issuer), (None, Issuer::External));
        let local = judge(with(json!({"iss": ISSUER, "sid": session}))).unwrap();
        assert_eq!(
            (local.session, local.issuer, local.user.as_str()),
            (Some(SessionId(session)), Issuer::Local, "42")
        );
    }
}
