//! Converts a token's claims into a [`Principal`].
//!
//! Other systems write claims in different types: an id may be a number. So each claim is first read as any JSON
//! value and then validated. An invalid claim that grants rights is an error. An invalid claim that is only shown
//! is ignored. `null` and `""` count as absent.

mod claim;

use jiff::{SignedDuration, Timestamp};
use orders::text::Line;
use orders::{Role, StoreId, UserId};
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use uuid::Uuid;

use self::claim::Claim;
use super::{ISSUER, TokenError, TokenOptions, UNNAMED_ISSUER};
use crate::auth::principal::{Issuer, Lifetime, Principal, SessionId};

/// Tolerance for clock skew in `iat` and `nbf`. `exp` is exact.
const LEEWAY: SignedDuration = SignedDuration::from_secs(120);

/// All other claims are ignored.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct TokenClaims {
    iss: Claim,
    #[serde(flatten)]
    own: UserClaims,
    /// Some shops put the whole user into the token, or only the id.
    #[serde(deserialize_with = "user_or_id")]
    user: UserClaims,
    #[serde(deserialize_with = "user")]
    data: UserClaims,
    #[serde(deserialize_with = "user")]
    payload: UserClaims,
    #[serde(rename = "UserInfo", deserialize_with = "user")]
    user_info: UserClaims,
    /// A Mongoose document that was not converted to an object.
    #[serde(rename = "_doc", deserialize_with = "user")]
    document: UserClaims,
    sid: Claim,
    iat: Claim,
    nbf: Claim,
    exp: Claim,
    session_exp: Claim,
}

/// What a token says about its user, at the top or in an object.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct UserClaims {
    sub: Claim,
    id: Claim,
    #[serde(rename = "userId")]
    user_id: Claim,
    #[serde(rename = "user_id")]
    snake_user_id: Claim,
    #[serde(rename = "userID")]
    upper_user_id: Claim,
    #[serde(rename = "_id")]
    mongo_id: Claim,
    uid: Claim,
    role: Claim,
    roles: Claim,
    #[serde(rename = "userRole")]
    user_role: Claim,
    #[serde(rename = "user_role")]
    snake_user_role: Claim,
    #[serde(rename = "userType")]
    user_type: Claim,
    #[serde(rename = "user_type")]
    snake_user_type: Claim,
    authorities: Claim,
    #[serde(rename = "isAdmin")]
    is_admin: Claim,
    #[serde(rename = "is_admin")]
    snake_is_admin: Claim,
    admin: Claim,
    store: Claim,
    #[serde(rename = "storeId")]
    store_id: Claim,
    #[serde(rename = "store_id")]
    snake_store_id: Claim,
    name: Claim,
    email: Claim,
}

impl UserClaims {
    fn take_id(&mut self) -> Claim {
        let ids = [
            &mut self.sub,
            &mut self.id,
            &mut self.user_id,
            &mut self.snake_user_id,
            &mut self.upper_user_id,
            &mut self.mongo_id,
            &mut self.uid,
        ];
        ids.into_iter().map(std::mem::take).find(|claim| !claim.is_absent()).unwrap_or_default()
    }

    /// The most privileged role in the claims; `None` if they have none. Unknown words are ignored beside a known role. Without
    /// a known role, unknown words in `role`, `roles` or `userRole` are an error, because the user may need more rights than a
    /// customer.
    fn role(&self) -> Result<Option<Role>, TokenError> {
        let about_roles = [
            ("role", &self.role),
            ("roles", &self.roles),
            ("userRole", &self.user_role),
            ("user_role", &self.snake_user_role),
        ];
        // These may also have kinds of customers or permissions, so unknown words in them are not errors.
        let others = [&self.user_type, &self.snake_user_type, &self.authorities];
        let named = about_roles.iter().map(|(_, claim)| *claim).chain(others).flat_map(Claim::roles);
        let is_admin = [&self.is_admin, &self.snake_is_admin, &self.admin].into_iter().any(Claim::is_true);
        let strongest = Role::strongest(named.chain(is_admin.then_some(Role::Staff)));
        match about_roles.iter().find(|(_, claim)| !claim.is_absent()) {
            Some((name, _)) if strongest.is_none() => Err(TokenError::Claim(name)),
            _ => Ok(strongest),
        }
    }

    fn take_store(&mut self) -> (&'static str, Claim) {
        let named = [
            ("store", &mut self.store),
            ("storeId", &mut self.store_id),
            ("store_id", &mut self.snake_store_id),
        ];
        let mut named = named.into_iter().map(|(name, claim)| (name, std::mem::take(claim)));
        named.find(|(_, claim)| *claim != Claim::Absent).unwrap_or_default()
    }
}

impl TokenClaims {
    /// Validates the claims at the given time.
    pub(super) fn validate(
        self,
        options: TokenOptions,
        lifetime: Lifetime,
        now: Timestamp,
    ) -> Result<Principal, TokenError> {
        let expires_at = self.exp.time("exp")?;
        let issued_at = self.iat.time("iat")?;
        let not_before = self.nbf.time("nbf")?;
        let issuer = match self.iss {
            iss if iss.is_absent() => None,
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

        let mut levels = [self.own, self.user, self.data, self.payload, self.user_info, self.document];
        let id = levels.iter_mut().map(UserClaims::take_id).find(|claim| !claim.is_absent());
        let subject = match id {
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
        let role = levels.iter().find_map(|level| level.role().transpose());
        let role = role.transpose()?.unwrap_or(Role::Customer);
        let store = levels.iter_mut().map(UserClaims::take_store).find(|(_, claim)| *claim != Claim::Absent);
        let store = match store {
            None => StoreId::main(),
            // An invalid store must not become the default store, which has the orders of other customers.
            Some((name, claim)) => match claim.identifier().and_then(|store| StoreId::new(store).ok()) {
                Some(store) => store,
                None if role == Role::Staff => return Err(TokenError::Claim(name)),
                None => StoreId::main(),
            },
        };
        let (mut name, mut email) = (Claim::Absent, Claim::Absent);
        for level in levels {
            (name, email) = (name.or(level.name), email.or(level.email));
        }
        Ok(Principal {
            user,
            role,
            store,
            name: name.display_line(),
            email: email.text().and_then(|text| Line::new(&text).ok()),
            session,
            issued_at,
            expires_at,
            session_ends_at,
            issuer: if local { Issuer::Local } else { Issuer::External },
        })
    }
}

/// A user as an object. Anything else is ignored.
fn user<'de, D: Deserializer<'de>>(deserializer: D) -> Result<UserClaims, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    if value.is_object() {
        serde_json::from_value(value).map_err(D::Error::custom)
    } else {
        Ok(UserClaims::default())
    }
}

/// A user as an object, or only the id.
fn user_or_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<UserClaims, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    if value.is_object() {
        return user(value).map_err(D::Error::custom);
    }
    let id = Claim::deserialize(value).map_err(D::Error::custom)?;
    Ok(UserClaims { id, ..UserClaims::default() })
}

#[cfg(test)]
mod tests;
