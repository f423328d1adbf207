//! The newest location of each delivery that came too soon after the last one.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Mutex, MutexGuard, PoisonError};

use orders::order::LocationReport;
use orders::{Actor, OrderId};

/// The most deliveries whose locations wait. Beyond it a location that comes too soon is dropped.
const MAX_WAITING: usize = 50_000;

/// The newest location of each delivery that waits for the end of its interval.
#[derive(Debug, Default)]
pub struct WaitingLocations(Mutex<HashMap<OrderId, WaitingLocation>>);

#[derive(Debug)]
pub(crate) struct WaitingLocation {
    pub(crate) location: LocationReport,
    pub(crate) actor: Actor,
}

impl WaitingLocations {
    fn orders(&self) -> MutexGuard<'_, HashMap<OrderId, WaitingLocation>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a location unless a newer one waits. Returns whether it is the first one of its order.
    pub(crate) fn keep(&self, order: OrderId, new: WaitingLocation) -> bool {
        let mut orders = self.orders();
        let full = orders.len() >= MAX_WAITING;
        match orders.entry(order) {
            Entry::Occupied(mut waiting) => {
                if waiting.get().location.measured_at <= new.location.measured_at {
                    waiting.insert(new);
                }
                false
            }
            Entry::Vacant(_) if full => false,
            Entry::Vacant(entry) => {
                entry.insert(new);
                true
            }
        }
    }

    pub(crate) fn take(&self, order: OrderId) -> Option<WaitingLocation> {
        self.orders().remove(&order)
    }
}
