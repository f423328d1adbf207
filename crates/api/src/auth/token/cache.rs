//! Tokens that were verified, so that a signature is worked out once and not with every request.
//!
//! What is remembered is the SHA-256 of a token and what the token says, never the token. Whether a session was
//! revoked is asked elsewhere, with every request.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use aws_lc_rs::digest::{SHA256, digest};
use jiff::Timestamp;

use crate::auth::principal::Principal;

/// Tokens of one generation. There are two: when the younger one is full, the older one is forgotten.
const GENERATION: usize = 2048;

/// The SHA-256 of a token.
type Hash = [u8; 32];

#[derive(Default)]
pub(super) struct Verified {
    generations: Mutex<Generations>,
}

#[derive(Default)]
struct Generations {
    young: HashMap<Hash, Known>,
    old: HashMap<Hash, Known>,
}

struct Known {
    principal: Principal,
    /// A token that has begun at one time has begun at every later one.
    since: Timestamp,
}

pub(super) fn hash(token: &str) -> Hash {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
    hash
}

impl Verified {
    /// Who a token speaks for, if it was verified before and holds at this time.
    pub(super) fn find(&self, hash: &Hash, now: Timestamp) -> Option<Principal> {
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        if !generations.young.contains_key(hash) {
            let known = generations.old.remove(hash)?;
            generations.keep(*hash, known);
        }
        let known = generations.young.get(hash)?;
        let holds = known.since <= now && known.principal.expires_at.is_none_or(|end| now < end);
        holds.then(|| known.principal.clone())
    }

    /// Remembers a token that was verified at this time.
    pub(super) fn remember(&self, hash: Hash, principal: &Principal, now: Timestamp) {
        let known = Known { principal: principal.clone(), since: now };
        self.generations.lock().unwrap_or_else(PoisonError::into_inner).keep(hash, known);
    }
}

impl Generations {
    fn keep(&mut self, hash: Hash, known: Known) {
        if self.young.len() >= GENERATION {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(hash, known);
    }
}
