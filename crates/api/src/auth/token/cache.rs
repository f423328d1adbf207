//! A cache of verified tokens, so that a signature is not verified with every request.
//!
//! It stores the SHA-256 of a token and its claims, never the token. Revocation is checked elsewhere, with every
//! request.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use aws_lc_rs::digest::{SHA256, digest};
use jiff::Timestamp;

use crate::auth::principal::{Lifetime, Principal};

/// Tokens in one segment. There are two: when the recent one is full, the previous one is dropped.
const SEGMENT_SIZE: usize = 2048;

/// SHA-256 of a token.
type Hash = [u8; 32];

#[derive(Default)]
pub(super) struct TokenCache {
    segments: Mutex<Segments>,
}

#[derive(Default)]
struct Segments {
    recent: HashMap<Hash, CachedToken>,
    previous: HashMap<Hash, CachedToken>,
}

struct CachedToken {
    principal: Principal,
    /// A token that was valid at one time has started at every later time.
    verified_at: Timestamp,
}

pub(super) fn hash(token: &str) -> Hash {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
    hash
}

impl TokenCache {
    /// The user of a token that was verified before and is valid at this time.
    pub(super) fn get(&self, hash: &Hash, lifetime: Lifetime, now: Timestamp) -> Option<Principal> {
        let mut segments = self.segments.lock().unwrap_or_else(PoisonError::into_inner);
        if !segments.recent.contains_key(hash) {
            let cached = segments.previous.remove(hash)?;
            segments.insert(*hash, cached);
        }
        let cached = segments.recent.get(hash)?;
        let holds =
            cached.verified_at <= now && cached.principal.ends_at(lifetime).is_none_or(|end| now < end);
        holds.then(|| cached.principal.clone())
    }

    pub(super) fn insert(&self, hash: Hash, principal: &Principal, now: Timestamp) {
        let cached = CachedToken { principal: principal.clone(), verified_at: now };
        self.segments.lock().unwrap_or_else(PoisonError::into_inner).insert(hash, cached);
    }
}

impl Segments {
    fn insert(&mut self, hash: Hash, cached: CachedToken) {
        if self.recent.len() >= SEGMENT_SIZE {
            self.previous = std::mem::take(&mut self.recent);
        }
        self.recent.insert(hash, cached);
    }
}
