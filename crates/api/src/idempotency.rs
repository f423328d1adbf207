//! The `Idempotency-Key` header: a request that is sent twice is executed once
//! (draft-ietf-httpapi-idempotency-key-header).
//!
//! A key is scoped by user, role, store, method and path. The response is stored for 24 hours, in the same transaction as the
//! change.

use aws_lc_rs::digest::{Context, SHA256};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use eventlog::Idempotency;
use orders::{Role, StoreId};

use crate::auth::Principal;
use crate::extract::RawBody;
use crate::problem::{Code, Problem};

/// The key of a request, if it has one.
#[derive(Debug, Clone)]
pub struct IdempotencyKey(Option<KeyScope>);

#[derive(Debug, Clone)]
struct KeyScope {
    key: Box<str>,
    method: axum::http::Method,
    path: Box<str>,
}

pub const HEADER: axum::http::HeaderName = axum::http::HeaderName::from_static("idempotency-key");

const MAX_CHARS: usize = 255;

impl IdempotencyKey {
    /// The key for one of several commands of the same request.
    #[must_use]
    pub fn part(&self, name: &str) -> Self {
        Self(self.0.as_ref().map(|KeyScope { key, method, path }| KeyScope {
            key: key.clone(),
            method: method.clone(),
            path: format!("{path}#{name}").into(),
        }))
    }

    /// The key in its scope, bound to the request's body.
    pub fn bind(&self, principal: &Principal, body: &RawBody) -> Option<Idempotency> {
        let KeyScope { key, method, path } = self.0.as_ref()?;
        let mut hash = Context::new(&SHA256);
        let mut parts = vec![principal.user.as_str(), method.as_str(), path, key];
        // Keys are stored for a day, across upgrades, and earlier versions stored those of customers without these parts.
        if principal.role != Role::Customer || principal.store != StoreId::main() {
            parts.extend([principal.role.name(), principal.store.as_str()]);
        }
        for part in parts {
            // Each part is preceded by its length, so that different parts cannot hash to the same value.
            hash.update(&(part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
        let body = body.sha256();
        Some(Idempotency { scope: truncate(hash.finish().as_ref()), body: truncate(&body) })
    }
}

fn truncate(hash: &[u8]) -> [u8; 16] {
    let mut short = [0; 16];
    short.copy_from_slice(&hash[..16]);
    short
}

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get(HEADER) else { return Ok(Self(None)) };
        let rule = || {
            Problem::new(Code::InvalidHeader)
                .detail("`Idempotency-Key` must be 1 to 255 printable ASCII characters, such as a UUID.")
                .error("Idempotency-Key", "must be 1 to 255 printable ASCII characters")
        };
        let key = value.to_str().map_err(|_| rule())?;
        if key.is_empty() || key.len() > MAX_CHARS {
            return Err(rule());
        }
        let path = unversioned_path(parts.uri.path()).into();
        Ok(Self(Some(KeyScope { key: key.into(), method: parts.method.clone(), path })))
    }
}

/// The path without the API's prefix. Keys are stored for a day, across upgrades, so this must not change.
fn unversioned_path(path: &str) -> &str {
    path.strip_prefix("/api/v1").or_else(|| path.strip_prefix("/api")).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;
    use crate::auth::Issuer;

    async fn scope(path: &str) -> String {
        scope_of(path, Role::Customer, "main").await
    }

    async fn scope_of(path: &str, role: Role, store: &str) -> String {
        let principal = Principal {
            user: "asha".parse().unwrap(),
            role,
            store: StoreId::new(store).unwrap(),
            name: None,
            email: None,
            issuer: Issuer::Local,
            session: None,
            expires_at: None,
            session_ends_at: None,
            issued_at: None,
        };
        let request = Request::post(path).header(HEADER, "key-1").body(()).unwrap();
        let key = IdempotencyKey::from_request_parts(&mut request.into_parts().0, &()).await.unwrap();
        let bound = key.bind(&principal, &RawBody::default()).unwrap();
        format!("{:032x}", u128::from_be_bytes(bound.scope))
    }

    /// SHA-256 of the four parts, each preceded by its length, as earlier versions stored it.
    #[tokio::test]
    async fn a_key_is_known_again_by_another_version_of_the_server() {
        assert_eq!(scope("/api/v1/orders").await, "5e62dfbaf1b996df053e0250ea1c32e3");
        assert_ne!(scope("/api/v1/orders/7/cancel").await, scope("/api/v1/orders/8/cancel").await);
        assert_ne!(scope("/api/orders/tracking").await, scope("/api/orders/manage").await);
    }

    #[tokio::test]
    async fn the_same_user_in_another_role_or_store_has_other_keys() {
        let path = "/api/v1/orders/7/cancel";
        let mut scopes = Vec::new();
        for role in [Role::Customer, Role::Staff, Role::Driver] {
            for store in ["main", "north"] {
                scopes.push(scope_of(path, role, store).await);
            }
        }
        scopes.sort_unstable();
        scopes.dedup();
        assert_eq!(scopes.len(), 6);
    }
}
