//! Locations that come too soon after the last one. The newest by the device's own time is stored beside the log before the
//! device is answered, and becomes an event when the interval ends, also after a restart.

use std::sync::Arc;
use std::time::Duration;

use eventlog::{LogError, StateOwner, Submission, SubmitError};
use jiff::Timestamp;
use orders::command::LOCATION_INTERVAL;
use orders::order::{LocationReport, Order};
use orders::status::Stage;
use orders::{Command, OrderId, OrderRef};

use crate::app::App;
use crate::commands::{CommandContext, CommandOutcome, database_error, not_committed};
use crate::problem::Problem;
use crate::waiting_locations::WaitingLocation;

impl App {
    /// Executes a command that brings a location of an order. A location that comes too soon becomes an event when the
    /// interval ends.
    pub(crate) async fn locate(
        self: &Arc<Self>,
        order: OrderRef,
        mut location: LocationReport,
        command: impl FnOnce(LocationReport) -> Command,
        context: CommandContext<'_>,
    ) -> Result<CommandOutcome, Problem> {
        let (now, stated) = (self.now(), location.measured_at);
        let (user, clocks) = (&context.caller.principal.user, &self.locations.device_clocks);
        location.measured_at = Some(stated.map_or(now, |at| clocks.measured_at(user, order, at, now)));
        let actor = context.caller.actor();
        let outcome = self.command(command(location), context).await?;
        let Some(answered) = outcome.order() else { return Ok(outcome) };
        let mut present = Arc::clone(answered);
        if outcome.replayed() {
            // The first request may have ended between its answer and the keeping.
            location.measured_at = measured_at_first(&answered.order, &location, stated);
            let found = self.read_backend.order(OrderRef::Id(answered.order.id)).await;
            let Some(found) = found.map_err(|error| database_error(&error))?.value else {
                return Ok(outcome);
            };
            present = found;
        }
        if is_too_soon(&present.order, &location) {
            let (app, waiting) = (Arc::clone(self), WaitingLocation { location, actor });
            // A client that disconnects must not end it midway.
            let keeping = tokio::spawn(async move { app.keep(&present.order, waiting).await });
            keeping.await.map_err(|error| Problem::internal(&error))??;
        }
        Ok(outcome)
    }

    /// Waits for the locations that waited when the server stopped or was killed.
    pub async fn resume_waiting_locations(self: &Arc<Self>) -> Result<(), LogError> {
        let stored = self.read_backend.kept_states(StateOwner::Locations).await?;
        for order in self.locations.load(stored) {
            self.store_later(order, interval());
        }
        if let Err(error) = self.save_locations().await {
            tracing::warn!(%error, "locations that cannot be read were not removed, trying again later");
        }
        Ok(())
    }

    /// Keeps a location for the end of its interval. `order` is the order of now.
    async fn keep(self: &Arc<Self>, order: &Order, new: WaitingLocation) -> Result<(), Problem> {
        if self.locations.keep(order.id, new) {
            let since = order.location.map(|stored| self.now().duration_since(stored.at));
            let since = since.and_then(|since| Duration::try_from(since).ok()).unwrap_or_default();
            self.store_later(order.id, interval().saturating_sub(since));
        }
        self.save_locations().await.map_err(not_committed)
    }

    fn store_later(self: &Arc<Self>, order: OrderId, wait: Duration) {
        let app = Arc::clone(self);
        tokio::spawn(async move { app.store_when_due(order, wait).await });
    }

    async fn store_when_due(&self, order: OrderId, mut wait: Duration) {
        let mut stopping = self.stopping.clone();
        loop {
            let is_stopping = tokio::select! {
                () = tokio::time::sleep(wait) => false,
                // A server that stops stores it at once.
                _ = stopping.wait_for(|stopping| *stopping) => true,
            };
            let Some(waiting) = self.locations.get(order) else { return };
            let WaitingLocation { location, actor } = waiting.clone();
            let command = Command::ReportLocation { order: OrderRef::Id(order), location, waited: true };
            let stored = self.writer.submit(Submission::one(command, actor)).await;
            let is_done = match &stored {
                Ok(_) => self.locations.remove(order, &waiting),
                Err(_) => false,
            };
            if let Err(error) = stored.map(drop).and(self.save_locations().await) {
                tracing::warn!(%error, %order, "a location was not stored, trying again later");
            }
            if is_done || is_stopping {
                return;
            }
            wait = interval();
        }
    }

    /// Returns once every location that waits is stored. While one is written, others gather for the next write. Only tasks
    /// call it, because a future that is dropped midway would lose the changes that it took.
    async fn save_locations(&self) -> Result<(), SubmitError> {
        let _turn = self.locations.saving.lock().await;
        let changes = self.locations.take_unsaved();
        if changes.is_empty() {
            return Ok(());
        }
        let saved = self.writer.keep_states(StateOwner::Locations, changes.clone()).await;
        if saved.is_err() {
            self.locations.not_saved(changes);
        }
        saved
    }
}

/// Whether an accepted location did not become an event, and is newer than the one that did.
fn is_too_soon(order: &Order, new: &LocationReport) -> bool {
    let Some(stored) = order.location.filter(|_| order.stage() != Stage::Delivered) else { return false };
    let is_stored = new.measured_at == Some(stored.measured()) && stored.point == new.point;
    let is_older = new.measured_at.is_some_and(|at| at < stored.measured());
    !is_stored && !is_older
}

/// When the location of a repeated request was measured. `stated` is what the device says of it, and `answered` is the order
/// as it was at the first request, whose own time is not stored: it came less than an interval after the stored location.
fn measured_at_first(
    answered: &Order,
    location: &LocationReport,
    stated: Option<Timestamp>,
) -> Option<Timestamp> {
    let Some(stored) = answered.location else { return location.measured_at };
    if stored.point == location.point {
        return Some(stored.measured());
    }
    let latest = stored.at.saturating_add(LOCATION_INTERVAL).unwrap_or(Timestamp::MAX);
    Some(stated.filter(|at| *at <= latest).unwrap_or(stored.at))
}

fn interval() -> Duration {
    Duration::try_from(LOCATION_INTERVAL).unwrap_or_default()
}
