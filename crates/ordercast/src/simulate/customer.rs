//! Runs one order: its customer places it, and the staff process it.

use orders::Money;
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};
use tokio::time::sleep;

use super::Simulation;
use super::order_plan::OrderPlan;
use super::participants::Participants;
use super::staff::{StaffTask, StepOutcome};
use crate::clock;
use crate::demo;

pub(super) async fn run_order(
    order_plan: &OrderPlan,
    participants: &Participants,
    run: &Simulation,
    staff_queue: &mpsc::Sender<StaffTask>,
) {
    let customer = &participants.customers[order_plan.customer];
    let (body, key) = (body(order_plan, participants), clock::uuid());
    let placed = match run.ask(|| customer.client.place(&body, key)).await {
        Ok(order) => order,
        Err(error) => {
            if error.code() == "out_of_stock" {
                let _ = staff_queue.send(StaffTask::Restock).await;
            }
            return run.results().refused(&error);
        }
    };
    run.results().placed(&placed, order_plan.customer);
    tokio::join!(staff_side(order_plan, &placed.id, run, staff_queue), async {
        let Some(after) = order_plan.cancels_after else { return };
        sleep(after).await;
        if run.is_closing() {
            return;
        }
        match run.ask(|| customer.client.cancel(&placed.id, "ordered by mistake")).await {
            Ok(order) => run.results().changed(&order),
            Err(error) => run.results().refused(&error),
        }
    });
}

/// Queues the planned steps for the staff, until the order is final.
async fn staff_side(
    order_plan: &OrderPlan,
    order: &str,
    run: &Simulation,
    staff_queue: &mpsc::Sender<StaffTask>,
) {
    for (after, step) in &order_plan.steps {
        sleep(*after).await;
        if run.is_closing() {
            return;
        }
        let (reply, outcome) = oneshot::channel();
        let task = StaffTask::Step { order: order.to_owned(), step: step.clone(), reply };
        if staff_queue.send(task).await.is_err() || outcome.await != Ok(StepOutcome::Done) {
            return;
        }
    }
}

fn body(order_plan: &OrderPlan, participants: &Participants) -> Value {
    let customer = &participants.customers[order_plan.customer];
    let mut total: Option<Money> = None;
    let mut items = Vec::with_capacity(order_plan.cart.len());
    for (index, quantity) in &order_plan.cart {
        let product = &participants.products[*index];
        let line = product.price.times(*quantity);
        total = match total {
            None => line,
            Some(sum) => line.and_then(|line| sum.plus(line)),
        };
        items.push(json!({ "productId": product.id, "quantity": quantity }));
    }
    let address = demo::people::address(u32::try_from(order_plan.customer).unwrap_or(0), &customer.name);
    json!({ "items": items, "shippingAddress": address, "paymentMethod": "cash_on_delivery", "expectedTotal": total })
}
