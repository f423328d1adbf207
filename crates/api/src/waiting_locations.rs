//! The newest location of each delivery that came too soon after the last one.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Mutex, MutexGuard, PoisonError};

use eventlog::{KeptState, StateChange, UnsavedKeys};
use orders::order::LocationReport;
use orders::{Actor, OrderId};
use serde::{Deserialize, Serialize};

use crate::device_clocks::DeviceClocks;

/// The most deliveries whose locations wait. Beyond it a location that comes too soon is dropped.
const MAX_WAITING: usize = 50_000;

/// The newest location of each delivery that waits for the end of its interval.
#[derive(Debug, Default)]
pub struct WaitingLocations {
    waiting: Mutex<Waiting>,
    /// Held while changes are stored, so that an older one does not replace a newer one.
    pub(crate) saving: tokio::sync::Mutex<()>,
    pub(crate) device_clocks: DeviceClocks,
}

#[derive(Debug, Default)]
struct Waiting {
    orders: HashMap<OrderId, WaitingLocation>,
    /// Orders that are stored differently.
    unsaved: UnsavedKeys,
}

/// Stored as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct WaitingLocation {
    pub(crate) location: LocationReport,
    pub(crate) actor: Actor,
}

impl WaitingLocations {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the locations that were stored before the server started. Returns their orders. Locations that cannot be read are
    /// removed with the next changes.
    pub(crate) fn load(&self, stored: Vec<KeptState>) -> Vec<OrderId> {
        let Waiting { orders, unsaved } = &mut *self.waiting();
        let stored = stored.into_iter().filter_map(|KeptState { key, state }| {
            match (key.parse::<OrderId>(), serde_json::from_str(&state)) {
                (Ok(order), Ok(location)) => {
                    orders.insert(order, location);
                    Some(order)
                }
                (order, location) => {
                    let error = location.err().map(|error| error.to_string());
                    let error = error.or(order.err().map(|error| error.to_string())).unwrap_or_default();
                    tracing::warn!(%error, %key, "a stored location that waited cannot be read and is removed");
                    unsaved.insert(key);
                    None
                }
            }
        });
        stored.collect()
    }

    /// Keeps a location unless a newer one waits. Returns whether it is the first one of its order.
    pub(crate) fn keep(&self, order: OrderId, new: WaitingLocation) -> bool {
        let mut waiting = self.waiting();
        let full = waiting.orders.len() >= MAX_WAITING;
        let is_first = match waiting.orders.entry(order) {
            Entry::Occupied(mut entry) => {
                if entry.get().location.measured_at > new.location.measured_at {
                    return false;
                }
                entry.insert(new);
                false
            }
            Entry::Vacant(_) if full => return false,
            Entry::Vacant(entry) => {
                entry.insert(new);
                true
            }
        };
        waiting.unsaved.insert(order.to_string());
        is_first
    }

    pub(crate) fn get(&self, order: OrderId) -> Option<WaitingLocation> {
        self.waiting().orders.get(&order).cloned()
    }

    /// Removes a location, and returns whether it did: not if a newer one waits by now.
    pub(crate) fn remove(&self, order: OrderId, done: &WaitingLocation) -> bool {
        let mut waiting = self.waiting();
        let is_newest = waiting.orders.get(&order) == Some(done);
        if is_newest {
            waiting.orders.remove(&order);
            waiting.unsaved.insert(order.to_string());
        }
        is_newest
    }

    pub(crate) fn take_unsaved(&self) -> Vec<StateChange> {
        let Waiting { orders, unsaved } = &mut *self.waiting();
        unsaved.take(|order| orders.get(&order.parse().ok()?))
    }

    pub(crate) fn not_saved(&self, changes: Vec<StateChange>) {
        self.waiting().unsaved.put_back(changes);
    }
}
