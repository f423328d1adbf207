//! Many commands in one submission.

use ordercast_eventlog::{Idempotency, Outcome, Submission};
use orders::{OrderRef, Status};

use super::Backend;
use super::log::{Log, snapshot};
use super::shop::{bulk, cancel, create, customer, number, place, set_status, staff};

const MAIN: &str = "main";

/// Three orders. The second one is cancelled.
async fn three<B: Backend>(log: &Log<B>) -> Vec<OrderRef> {
    let tea = log.product(create(log.clock.uuid(), 450, 100), staff(MAIN)).await.product.id;
    let mut orders = Vec::new();
    for who in ["asha", "ben", "carla"] {
        let placed = log.order(place(log.clock.uuid(), MAIN, &[(tea, 1)]), customer(who)).await;
        orders.push(number(placed.order.number));
    }
    log.order(cancel(orders[1]), customer("ben")).await;
    orders
}

fn ship(orders: &[OrderRef]) -> Submission {
    bulk(orders.iter().map(|order| (set_status(*order, Status::Shipped), staff(MAIN))).collect())
}

pub(crate) async fn each_part_of_a_submission_has_its_own_outcome<B: Backend>() {
    let log = Log::<B>::fresh().await;
    let orders = three(&log).await;
    let receipt = log.submit(ship(&orders)).await.unwrap();
    let [first, Outcome::Refused(second), third] = &receipt.outcomes[..] else { panic!("{receipt:?}") };
    assert_eq!(second.code(), "final_status");
    for (outcome, name) in [(first, orders[0]), (third, orders[2])] {
        let answered = snapshot(outcome.clone());
        assert_eq!(answered.order.status(), Status::Shipped);
        assert_eq!(log.read(name).await.unwrap().order, answered.order);
    }
    // As many orders as a bulk update may have, and one that does not exist.
    let mut names: Vec<OrderRef> = orders.iter().copied().cycle().take(500).collect();
    names.push("99999".parse().unwrap());
    let head = log.head().await;
    let receipt = log.submit(ship(&names)).await.unwrap();
    assert_eq!(receipt.outcomes.len(), 501);
    for (outcome, name) in receipt.outcomes.into_iter().zip(names) {
        // What is shipped already is done, and does not change.
        if name == orders[0] || name == orders[2] {
            assert_eq!(snapshot(outcome).order, log.read(name).await.unwrap().order);
            continue;
        }
        let Outcome::Refused(refusal) = &outcome else { panic!("{name:?}: {outcome:?}") };
        assert_eq!(refusal.code(), if name == orders[1] { "final_status" } else { "order_not_found" });
    }
    assert_eq!(log.head().await, head, "nothing was changed");
}

pub(crate) async fn a_mixed_answer_is_remembered_whole<B: Backend>() {
    let mut log = Log::<B>::fresh().await;
    let orders = three(&log).await;
    let idempotency = Some(Idempotency { scope: [1; 16], body: [2; 16] });
    let submission = || Submission { idempotency, ..ship(&orders) };
    let first = log.submit(submission()).await.unwrap();
    log.order(set_status(orders[0], Status::Delivered), staff(MAIN)).await;
    log.restart().await;
    let again = log.submit(submission()).await.unwrap();
    assert!(again.replayed);
    let [one, Outcome::RefusedBefore { code, detail }, three] = &again.outcomes[..] else {
        panic!("{again:?}")
    };
    let Outcome::Refused(refusal) = &first.outcomes[1] else { panic!("{first:?}") };
    assert_eq!((code.as_str(), detail), (refusal.code(), &refusal.to_string()));
    for (now, then) in [(one, &first.outcomes[0]), (three, &first.outcomes[2])] {
        assert_eq!(snapshot(now.clone()).order, snapshot(then.clone()).order);
    }
}

pub(crate) async fn an_order_named_twice_is_answered_twice_as_it_was<B: Backend>() {
    let log = Log::<B>::fresh().await;
    let orders = three(&log).await;
    let idempotency = Some(Idempotency { scope: [1; 16], body: [2; 16] });
    let steps = || {
        let steps =
            [Status::Processing, Status::Shipped].map(|status| (set_status(orders[0], status), staff(MAIN)));
        Submission { idempotency, ..bulk(steps.into()) }
    };
    let first = log.submit(steps()).await.unwrap();
    let again = log.submit(steps()).await.unwrap();
    assert!(again.replayed);
    for (now, then) in again.outcomes.into_iter().zip(first.outcomes) {
        assert_eq!(snapshot(now).order, snapshot(then).order);
    }
}
