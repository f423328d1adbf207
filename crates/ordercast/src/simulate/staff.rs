//! The store's desk: does what orders wish for, several of a kind in one go.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use orders::Status;
use serde_json::json;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::Run;
use super::script::Step;
use crate::client::Client;
use crate::client::error::ClientError;

/// How many wishes are looked at together.
const TOGETHER: usize = 200;
/// Requests the desk has open at once.
const HANDS: usize = 8;
/// The shelf is counted no more often than this.
const BETWEEN_COUNTS: Duration = Duration::from_secs(2);
/// Below this much a product is filled up …
const LOW: u32 = 30;
/// … by this much.
const DELIVERY: u32 = 500;
/// The code of a step that was taken already.
const UNCHANGED: &str = "unchanged";

/// Something for the staff to do.
#[derive(Debug)]
pub(super) enum Wish {
    /// Move an order on.
    Step {
        /// Which, by id.
        order: String,
        /// How.
        step: Step,
        /// What became of it.
        reply: oneshot::Sender<Outcome>,
    },
    /// Something is sold out.
    Restock,
}

/// What became of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The order moved on.
    Done,
    /// It did not, and will not.
    Over,
}

/// Works until nobody wishes for anything any more.
pub(super) async fn work(staff: Client, run: Arc<Run>, mut wishes: mpsc::Receiver<Wish>) {
    let mut counted: Option<Instant> = None;
    let mut pile = Vec::new();
    while wishes.recv_many(&mut pile, TOGETHER).await > 0 {
        let mut alike: HashMap<Status, Vec<(String, oneshot::Sender<Outcome>)>> = HashMap::new();
        let mut single = Vec::new();
        let mut restock = false;
        for wish in pile.drain(..) {
            match wish {
                Wish::Restock => restock = true,
                Wish::Step { order, step, reply } => match plain(&step) {
                    Some(status) => alike.entry(status).or_default().push((order, reply)),
                    None => single.push((order, step, reply)),
                },
            }
        }
        for (status, orders) in alike {
            if orders.len() > 1 {
                bulk(&staff, &run, status, orders).await;
            } else {
                single.extend(orders.into_iter().map(|(order, reply)| (order, step_to(status), reply)));
            }
        }
        let (staff, run) = (&staff, &run);
        stream::iter(single)
            .for_each_concurrent(HANDS, |(order, step, reply)| async move {
                let _ = reply.send(one(staff, run, &order, &step).await);
            })
            .await;
        if restock && counted.is_none_or(|at| at.elapsed() > BETWEEN_COUNTS) {
            counted = Some(Instant::now());
            fill_up(staff, run).await;
        }
    }
}

/// The status a step sets, if it sets nothing else.
fn plain(step: &Step) -> Option<Status> {
    match step {
        Step::Process => Some(Status::Processing),
        Step::Paid => Some(Status::Paid),
        Step::Deliver => Some(Status::Delivered),
        Step::Ship(_) | Step::Partner(_) | Step::Locate(_) | Step::Cancel(_) => None,
    }
}

fn step_to(status: Status) -> Step {
    match status {
        Status::Paid => Step::Paid,
        Status::Delivered => Step::Deliver,
        _ => Step::Process,
    }
}

async fn one(staff: &Client, run: &Run, order: &str, step: &Step) -> Outcome {
    let answer = run
        .ask(|| async move {
            match step {
                Step::Process => staff.set_status(order, &json!({ "status": "processing" })).await,
                Step::Ship(number) => {
                    staff.set_status(order, &json!({ "status": "shipped", "trackingNumber": number })).await
                }
                Step::Paid => staff.set_status(order, &json!({ "status": "paid" })).await,
                Step::Deliver => staff.set_status(order, &json!({ "status": "delivered" })).await,
                Step::Cancel(reason) => {
                    staff.set_status(order, &json!({ "status": "cancelled", "reason": reason })).await
                }
                Step::Partner(name) => staff.set_partner(order, name, "+49 30 5550100").await,
                Step::Locate(place) => staff.set_location(order, *place).await,
            }
        })
        .await;
    match answer {
        Ok(order) => {
            run.tally().changed(&order);
            Outcome::Done
        }
        // The answer to an earlier attempt was lost.
        Err(error) if error.code() == UNCHANGED => Outcome::Done,
        Err(error) => {
            run.tally().refused(&error);
            Outcome::Over
        }
    }
}

async fn bulk(
    staff: &Client,
    run: &Run,
    status: Status,
    mut orders: Vec<(String, oneshot::Sender<Outcome>)>,
) {
    let names: Vec<String> = orders.iter().map(|(order, _)| order.clone()).collect();
    let answer = match run.ask(|| staff.set_statuses(&names, status)).await {
        Ok(answer) => answer,
        // The replies are dropped, which ends their orders.
        Err(error) => return run.tally().refused(&error),
    };
    for outcome in answer.outcomes {
        let Some(at) = orders.iter().position(|(order, _)| *order == outcome.order) else { continue };
        let (order, reply) = orders.swap_remove(at);
        let done = if let (true, Some(version)) = (outcome.ok, outcome.version) {
            run.tally().moved(&order, status, version);
            Outcome::Done
        } else if outcome.code.as_deref() == Some(UNCHANGED) {
            Outcome::Done
        } else {
            run.tally().refused_code(outcome.code.as_deref().unwrap_or("unknown"));
            Outcome::Over
        };
        let _ = reply.send(done);
    }
}

async fn fill_up(staff: &Client, run: &Run) {
    let filled: Result<(), ClientError> = async {
        for product in run.ask(|| staff.products()).await? {
            if product.available < LOW && !product.archived {
                staff.restock(&product.id, DELIVERY).await?;
            }
        }
        Ok(())
    }
    .await;
    if let Err(error) = filled {
        run.tally().refused(&error);
    }
}
