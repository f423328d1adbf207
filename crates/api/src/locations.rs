//! Locations that come too soon after the last one. The newest by the device's own time is kept in memory, and stored when
//! the interval ends. A server that is killed loses at most that one location of each delivery.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use eventlog::{Snapshot, Submission};
use orders::command::LOCATION_INTERVAL;
use orders::order::LocationReport;
use orders::status::Stage;
use orders::{Actor, Command, OrderId, OrderRef};

use crate::app::App;
use crate::commands::{CommandContext, CommandOutcome};
use crate::problem::Problem;

/// The most deliveries whose locations wait. Beyond it a location that comes too soon is dropped.
const MAX_WAITING: usize = 50_000;

/// The newest location of each delivery that waits for the end of its interval.
#[derive(Debug, Default)]
pub struct WaitingLocations(Mutex<HashMap<OrderId, WaitingLocation>>);

#[derive(Debug)]
struct WaitingLocation {
    location: LocationReport,
    actor: Actor,
}

impl WaitingLocations {
    fn orders(&self) -> MutexGuard<'_, HashMap<OrderId, WaitingLocation>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a location unless a newer one waits. Returns whether it is the first one of its order.
    fn keep(&self, order: OrderId, new: WaitingLocation) -> bool {
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

    fn take(&self, order: OrderId) -> Option<WaitingLocation> {
        self.orders().remove(&order)
    }
}

impl App {
    /// Executes a command that brings a location. A location that comes too soon is stored when the interval ends.
    pub(crate) async fn locate(
        self: &Arc<Self>,
        mut location: LocationReport,
        command: impl FnOnce(LocationReport) -> Command,
        context: CommandContext<'_>,
    ) -> Result<CommandOutcome, Problem> {
        let now = self.now();
        location.measured_at = Some(location.measured_at.map_or(now, |at| at.min(now)));
        let actor = context.caller.actor();
        let outcome = self.command(command(location), context).await?;
        if let Some(snapshot) = outcome.order().filter(|_| !outcome.replayed()) {
            self.keep_if_too_soon(snapshot, WaitingLocation { location, actor });
        }
        Ok(outcome)
    }

    fn keep_if_too_soon(self: &Arc<Self>, snapshot: &Snapshot, new: WaitingLocation) {
        let order = &snapshot.order;
        let Some(stored) = order.location.filter(|_| order.stage() != Stage::Delivered) else { return };
        let is_stored = stored.measured_at == new.location.measured_at && stored.point == new.location.point;
        let is_older = new.location.measured_at.is_some_and(|at| at < stored.measured());
        if is_stored || is_older || !self.locations.keep(order.id, new) {
            return;
        }
        let since = Duration::try_from(self.now().duration_since(stored.at)).unwrap_or_default();
        let interval = Duration::try_from(LOCATION_INTERVAL).unwrap_or_default();
        let (app, order) = (Arc::clone(self), order.id);
        tokio::spawn(async move { app.store_when_due(order, interval.saturating_sub(since)).await });
    }

    async fn store_when_due(&self, order: OrderId, wait: Duration) {
        let mut stopping = self.stopping.clone();
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            // A server that stops stores it at once.
            _ = stopping.wait_for(|stopping| *stopping) => {}
        }
        let Some(WaitingLocation { location, actor }) = self.locations.take(order) else { return };
        let command = Command::ReportLocation { order: OrderRef::Id(order), location, waited: true };
        if let Err(error) = self.writer.submit(Submission::one(command, actor)).await {
            tracing::warn!(%error, %order, "a location was not stored");
        }
    }
}
