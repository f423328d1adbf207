//! Times never go back within a log, whatever the system's clock does.

use jiff::SignedDuration;
use orders::Status;

use super::Backend;
use super::log::Log;
use super::shop::{cancel, create, customer, number, place, set_status, staff};

const MAIN: &str = "main";

async fn back_by<B: Backend>(log: &mut Log<B>, hours: i64, restart: bool) {
    let tea = log.product(create(log.clock.uuid(), 450, 100), staff(MAIN)).await.product.id;
    let first = log.order(place(log.clock.uuid(), MAIN, &[(tea, 1)]), customer("asha")).await;
    log.clock.advance(-SignedDuration::from_hours(hours));
    if restart {
        log.restart().await;
    }
    let second = log.order(place(log.clock.uuid(), MAIN, &[(tea, 1)]), customer("asha")).await;
    let changed = log.order(set_status(number(first.order.number), Status::Processing), staff(MAIN)).await;
    assert!(second.order.created_at >= first.order.created_at, "numbers and times rise together");
    assert!(changed.order.updated_at >= first.order.updated_at);
    let events = log.published.events();
    assert!(events.is_sorted_by_key(|event| event.event.at));
    let batches = log.published.batches();
    assert!(batches.is_sorted_by_key(|batch| batch.at));
    // Time goes on when the clock has caught up.
    log.clock.advance(SignedDuration::from_hours(hours + 1));
    let third = log.order(cancel(number(second.order.number)), customer("asha")).await;
    assert!(third.order.updated_at > second.order.updated_at);
}

pub(crate) async fn a_clock_that_goes_back_takes_no_time_back<B: Backend>() {
    back_by(&mut Log::<B>::fresh().await, 3, false).await;
}

pub(crate) async fn nor_does_it_across_a_restart<B: Backend>() {
    back_by(&mut Log::<B>::fresh().await, 3, true).await;
}

pub(crate) async fn a_clock_finer_than_a_millisecond_is_cut<B: Backend>() {
    let log = Log::<B>::fresh().await;
    log.clock.advance(SignedDuration::from_nanos(1_234_567));
    let tea = log.product(create(log.clock.uuid(), 450, 100), staff(MAIN)).await.product.id;
    let placed = log.order(place(log.clock.uuid(), MAIN, &[(tea, 1)]), customer("asha")).await;
    assert_eq!(placed.order.created_at.subsec_nanosecond(), 1_000_000);
    assert_eq!(log.read(number(placed.order.number)).await.unwrap().order, placed.order);
}
