//! Goods that wait for an online payment, and are given back when it does not come.

use std::time::Duration;

use api::AppState;
use eventlog::{CommandRequest, Outcome, Submission};
use orders::{Actor, Command, OrderRef};

/// How often is looked for them. Asked of the clock each time, so that time that jumped is noticed.
const EVERY: Duration = Duration::from_secs(1);
/// The most orders that are given to the writer at once.
const PORTION: usize = 100;

/// Lets reservations run out when their time has come, those too that ended while nobody served. Run it as a task; it
/// never ends.
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
                    tracing::warn!(%error, "reservations cannot run out, trying again");
                    break;
                }
            }
        }
    }
}

/// How many ran out.
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
    // Who paid at the last moment is refused here, and waits no longer.
    Ok(receipt.outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Order(_))).count())
}
