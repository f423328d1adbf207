//! The staff: processes queued tasks, and sends equal changes of status as one bulk request.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use orders::Status;
use serde_json::json;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::Simulation;
use super::order_plan::StaffStep;
use crate::client::ApiClient;
use crate::client::error::ClientError;

/// Maximum tasks in one batch.
const BATCH_LIMIT: usize = 200;
const CONCURRENT_REQUESTS: usize = 8;
/// Minimum time between two stock checks.
const STOCK_CHECK_INTERVAL: Duration = Duration::from_secs(2);
/// Products with less available stock are restocked.
const LOW_STOCK: u32 = 30;
const RESTOCK_AMOUNT: u32 = 500;
/// The code of a change that was made already.
const UNCHANGED: &str = "unchanged";

#[derive(Debug)]
pub(super) enum StaffTask {
    Step {
        order: String,
        step: StaffStep,
        reply: oneshot::Sender<StepOutcome>,
    },
    /// A product is out of stock.
    Restock,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StepOutcome {
    Done,
    /// The order cannot continue.
    Over,
}

/// Runs until the queue is closed.
pub(super) async fn work(staff: ApiClient, run: Arc<Simulation>, mut tasks: mpsc::Receiver<StaffTask>) {
    let mut last_stock_check: Option<Instant> = None;
    let mut batch = Vec::new();
    while tasks.recv_many(&mut batch, BATCH_LIMIT).await > 0 {
        let mut by_status: HashMap<Status, Vec<(String, oneshot::Sender<StepOutcome>)>> = HashMap::new();
        let mut single = Vec::new();
        let mut restock = false;
        for task in batch.drain(..) {
            match task {
                StaffTask::Restock => restock = true,
                StaffTask::Step { order, step, reply } => match plain(&step) {
                    Some(status) => by_status.entry(status).or_default().push((order, reply)),
                    None => single.push((order, step, reply)),
                },
            }
        }
        for (status, orders) in by_status {
            if orders.len() > 1 {
                bulk(&staff, &run, status, orders).await;
            } else {
                single.extend(orders.into_iter().map(|(order, reply)| (order, step_to(status), reply)));
            }
        }
        let (staff, run) = (&staff, &run);
        stream::iter(single)
            .for_each_concurrent(CONCURRENT_REQUESTS, |(order, step, reply)| async move {
                let _ = reply.send(one(staff, run, &order, &step).await);
            })
            .await;
        if restock && last_stock_check.is_none_or(|at| at.elapsed() > STOCK_CHECK_INTERVAL) {
            last_stock_check = Some(Instant::now());
            restock_products(staff, run).await;
        }
    }
}

/// The status of a step that sets nothing else.
fn plain(step: &StaffStep) -> Option<Status> {
    match step {
        StaffStep::Process => Some(Status::Processing),
        StaffStep::Paid => Some(Status::Paid),
        StaffStep::Deliver => Some(Status::Delivered),
        StaffStep::Ship(_) | StaffStep::Partner(_) | StaffStep::Locate(_) | StaffStep::Cancel(_) => None,
    }
}

fn step_to(status: Status) -> StaffStep {
    match status {
        Status::Paid => StaffStep::Paid,
        Status::Delivered => StaffStep::Deliver,
        _ => StaffStep::Process,
    }
}

async fn one(staff: &ApiClient, run: &Simulation, order: &str, step: &StaffStep) -> StepOutcome {
    let answer = run
        .ask(|| async move {
            match step {
                StaffStep::Process => staff.set_status(order, &json!({ "status": "processing" })).await,
                StaffStep::Ship(number) => {
                    staff.set_status(order, &json!({ "status": "shipped", "trackingNumber": number })).await
                }
                StaffStep::Paid => staff.set_status(order, &json!({ "status": "paid" })).await,
                StaffStep::Deliver => staff.set_status(order, &json!({ "status": "delivered" })).await,
                StaffStep::Cancel(reason) => {
                    staff.set_status(order, &json!({ "status": "cancelled", "reason": reason })).await
                }
                StaffStep::Partner(name) => staff.set_partner(order, name, "+49 30 5550100").await,
                StaffStep::Locate(place) => staff.set_location(order, *place).await,
            }
        })
        .await;
    match answer {
        Ok(order) => {
            run.results().changed(&order);
            StepOutcome::Done
        }
        // An earlier attempt succeeded, but its answer was lost.
        Err(error) if error.code() == UNCHANGED => StepOutcome::Done,
        Err(error) => {
            run.results().refused(&error);
            StepOutcome::Over
        }
    }
}

async fn bulk(
    staff: &ApiClient,
    run: &Simulation,
    status: Status,
    mut orders: Vec<(String, oneshot::Sender<StepOutcome>)>,
) {
    let names: Vec<String> = orders.iter().map(|(order, _)| order.clone()).collect();
    let answer = match run.ask(|| staff.set_statuses(&names, status)).await {
        Ok(answer) => answer,
        // Dropping the replies ends their orders.
        Err(error) => return run.results().refused(&error),
    };
    for outcome in answer.outcomes {
        let Some(at) = orders.iter().position(|(order, _)| *order == outcome.order) else { continue };
        let (order, reply) = orders.swap_remove(at);
        let done = if let (true, Some(version)) = (outcome.ok, outcome.version) {
            run.results().moved(&order, status, version);
            StepOutcome::Done
        } else if outcome.code.as_deref() == Some(UNCHANGED) {
            StepOutcome::Done
        } else {
            run.results().refused_code(outcome.code.as_deref().unwrap_or("unknown"));
            StepOutcome::Over
        };
        let _ = reply.send(done);
    }
}

async fn restock_products(staff: &ApiClient, run: &Simulation) {
    let filled: Result<(), ClientError> = async {
        for product in run.ask(|| staff.products()).await? {
            if product.available < LOW_STOCK && !product.archived {
                staff.restock(&product.id, RESTOCK_AMOUNT).await?;
            }
        }
        Ok(())
    }
    .await;
    if let Err(error) = filled {
        run.results().refused(&error);
    }
}
