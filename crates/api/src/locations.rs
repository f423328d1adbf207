//! Locations that come too soon after the last one. The newest by the device's own time is stored beside the log before the
//! device is answered, and becomes an event when the interval ends, also after a restart.

use std::sync::Arc;
use std::time::Duration;

use eventlog::{LogError, Snapshot, StateOwner, Submission, SubmitError};
use orders::command::LOCATION_INTERVAL;
use orders::order::LocationReport;
use orders::status::Stage;
use orders::{Command, OrderId, OrderRef};

use crate::app::App;
use crate::commands::{CommandContext, CommandOutcome, not_committed};
use crate::problem::Problem;
use crate::waiting_locations::WaitingLocation;

impl App {
    /// Executes a command that brings a location. A location that comes too soon becomes an event when the interval ends.
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
            self.keep_if_too_soon(snapshot, WaitingLocation { location, actor }).await?;
        }
        Ok(outcome)
    }

    /// Waits for the locations that waited when the server stopped or was killed.
    pub async fn resume_waiting_locations(self: &Arc<Self>) -> Result<(), LogError> {
        let stored = self.read_backend.kept_states(StateOwner::Locations).await?;
        for order in self.locations.load(stored) {
            self.store_later(order, interval());
        }
        Ok(())
    }

    async fn keep_if_too_soon(
        self: &Arc<Self>,
        snapshot: &Snapshot,
        new: WaitingLocation,
    ) -> Result<(), Problem> {
        let order = &snapshot.order;
        let Some(stored) = order.location.filter(|_| order.stage() != Stage::Delivered) else {
            return Ok(());
        };
        let is_stored = stored.measured_at == new.location.measured_at && stored.point == new.location.point;
        let is_older = new.location.measured_at.is_some_and(|at| at < stored.measured());
        if is_stored || is_older {
            return Ok(());
        }
        if self.locations.keep(order.id, new) {
            let since = Duration::try_from(self.now().duration_since(stored.at)).unwrap_or_default();
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

    /// Returns once every location that waits is stored. While one is written, others gather for the next write.
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

fn interval() -> Duration {
    Duration::try_from(LOCATION_INTERVAL).unwrap_or_default()
}
