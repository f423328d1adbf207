//! One order, from its customer's side; and on through the hands of the staff.

use orders::Money;
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};
use tokio::time::sleep;

use super::Run;
use super::cast::Cast;
use super::script::Script;
use super::staff::{Outcome, Wish};
use crate::clock;
use crate::demo;

/// Plays one order to its end.
pub(super) async fn play(script: &Script, cast: &Cast, run: &Run, desk: &mpsc::Sender<Wish>) {
    let customer = &cast.customers[script.customer];
    let (body, key) = (body(script, cast), clock::uuid());
    let placed = match run.ask(|| customer.client.place(&body, key)).await {
        Ok(order) => order,
        Err(error) => {
            if error.code() == "out_of_stock" {
                let _ = desk.send(Wish::Restock).await;
            }
            return run.tally().refused(&error);
        }
    };
    run.tally().placed(&placed, script.customer);
    tokio::join!(staff_side(script, &placed.id, run, desk), async {
        let Some(after) = script.second_thoughts else { return };
        sleep(after).await;
        if run.is_closing() {
            return;
        }
        match run.ask(|| customer.client.cancel(&placed.id, "ordered by mistake")).await {
            Ok(order) => run.tally().changed(&order),
            Err(error) => run.tally().refused(&error),
        }
    });
}

/// Has the staff do what the script says, until the order is over.
async fn staff_side(script: &Script, order: &str, run: &Run, desk: &mpsc::Sender<Wish>) {
    for (after, step) in &script.steps {
        sleep(*after).await;
        if run.is_closing() {
            return;
        }
        let (reply, outcome) = oneshot::channel();
        let wish = Wish::Step { order: order.to_owned(), step: step.clone(), reply };
        if desk.send(wish).await.is_err() || outcome.await != Ok(Outcome::Done) {
            return;
        }
    }
}

fn body(script: &Script, cast: &Cast) -> Value {
    let customer = &cast.customers[script.customer];
    let mut total: Option<Money> = None;
    let mut items = Vec::with_capacity(script.cart.len());
    for (index, quantity) in &script.cart {
        let product = &cast.shelf[*index];
        let line = product.price.times(*quantity);
        total = match total {
            None => line,
            Some(sum) => line.and_then(|line| sum.plus(line)),
        };
        items.push(json!({ "productId": product.id, "quantity": quantity }));
    }
    let address = demo::people::address(u32::try_from(script.customer).unwrap_or(0), &customer.name);
    json!({ "items": items, "shippingAddress": address, "paymentMethod": "cash_on_delivery", "expectedTotal": total })
}
