//! Releases reservations of orders that were not paid in time.

use std::time::Duration;

use api::AppState;
use eventlog::{CommandRequest, Outcome, Submission};
use orders::{Actor, Command, OrderRef};

/// How often to look for expired reservations.
const EVERY: Duration = Duration::from_secs(1);
/// Maximum orders in one submission to the writer.
const PORTION: usize = 100;

/// Expires reservations, also those that ended while the server was down. Never returns.
pub async fn expire(app: AppState) {
    let mut interval = tokio::time::interval(EVERY);
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        interval.tick().await;
        loop {
            match portion(&app).await {
                Ok(PORTION) => {}
                Ok(_) => break,
                Err(error) => {
                    tracing::warn!(%error, "cannot expire reservations; retrying");
                    break;
                }
            }
        }
    }
}

/// Returns how many expired.
async fn portion(app: &AppState) -> anyhow::Result<usize> {
    let due = app.read_backend.reservations_due(app.now(), PORTION).await?;
    if due.is_empty() {
        return Ok(0);
    }
    let request = |number| CommandRequest {
        command: Command::ExpireReservation { order: OrderRef::Number(number) },
        actor: Actor::System,
        expected: None,
    };
    let requests = due.into_iter().map(request).collect();
    let receipt = app.writer.submit(Submission { requests, idempotency: None, external_user: None }).await?;
    // An order that was paid in the meantime is refused here.
    Ok(receipt.outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Order(_))).count())
}
