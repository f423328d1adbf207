//! What a batch needs in memory.

use foldhash::{HashSet, HashSetExt as _};
use jiff::Timestamp;
use orders::Command;

use super::request::{QueuedRequest, WriteRequest};
use crate::write_backend::{BatchContext, LoadRequest};

/// Past this many, the products in memory are dropped and loaded again when they are needed.
const PRODUCTS_KEPT: usize = 50_000;

/// What the requests name, without duplicates.
pub(super) fn load_request(requests: &[QueuedRequest], now: Timestamp) -> LoadRequest {
    let mut load = LoadRequest { now, ..LoadRequest::default() };
    let mut orders = HashSet::new();
    let mut products = HashSet::new();
    let mut users = HashSet::new();
    for queued in requests {
        let WriteRequest::Submission(submission, _) = &queued.request else { continue };
        load.keys.extend(submission.idempotency.map(|key| key.scope));
        for request in &submission.requests {
            orders.extend(request.command.order());
            products.extend(request.command.products());
            if let Command::PlaceOrder(place) = &request.command
                && let Some(reference) = &place.reference
            {
                load.references.push((place.store.clone(), reference.clone()));
            }
            if let Command::CreateProduct(create) = &request.command {
                // To know whether the id is taken.
                products.insert(create.id);
            }
            if let Command::UpdateProduct(_) | Command::SetStock { .. } = &request.command {
                load.details.extend(request.command.products());
            }
            if let Some(user) = request.actor.user()
                && !users.contains(user)
            {
                users.insert(user.clone());
            }
        }
    }
    load.orders = orders.into_iter().collect();
    load.products = products.into_iter().collect();
    load.users = users.into_iter().collect();
    load
}

impl BatchContext {
    /// Keeps the head and the products, and drops the rest.
    pub(super) fn forget_batch(&mut self) {
        self.world.orders.clear();
        self.world.numbers.clear();
        self.world.references.clear();
        if self.world.products.len() > PRODUCTS_KEPT {
            self.world.products.clear();
        }
        self.contacts.clear();
        self.details.clear();
        self.users.clear();
        self.responses.clear();
    }
}
