//! Locations that come too soon after the last one. The newest by the device's own time is kept in memory, and stored when
//! the interval ends. A server that is killed loses at most that one location of each delivery.

use std::sync::Arc;
use std::time::Duration;

use eventlog::{Snapshot, Submission};
use orders::command::LOCATION_INTERVAL;
use orders::order::LocationReport;
use orders::status::Stage;
use orders::{Command, OrderId, OrderRef};

use crate::app::App;
use crate::commands::{CommandContext, CommandOutcome};
use crate::problem::Problem;
use crate::waiting_locations::WaitingLocation;

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
