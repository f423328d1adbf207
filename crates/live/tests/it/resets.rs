//! A subscription that cannot be resumed gets a reset: the present state, and a cursor from which nothing is missed.

use std::sync::Arc;

use eventlog::{Cursor, Epoch, Seq};
use jiff::SignedDuration;
use ordercast_live::{Delivery, Hub, Reset, ResetReason, Subscription};
use orders::Status;

use super::shop::{Shop, drain, of_customer, of_store, poll_once};

/// Expects a reset, then that nothing is missed from its cursor on.
async fn starts_over(shop: &Shop, hub: &Arc<Hub>, mut subscription: Subscription, expected: ResetReason) {
    assert!(!subscription.resumes());
    // Committed before the snapshot is read and published after it: it is in one of the two, never in both.
    let newest = shop.place("asha").await;
    let Delivery::Reset(Reset { reason, snapshot, cursor }) = subscription.next().await.unwrap() else {
        panic!("a reset comes first")
    };
    assert_eq!(reason, expected);
    assert_eq!(snapshot.orders[0].order.number, newest, "the newest first");
    assert_eq!(cursor, shop.head().await);
    assert_eq!(subscription.cursor(), cursor);
    shop.settle().await;
    shop.publish_all(hub);
    assert_eq!(drain(&mut subscription).await, [], "it is in the snapshot");
    shop.place("asha").await;
    shop.settle().await;
    shop.publish_all(hub);
    assert_eq!(drain(&mut subscription).await, [Seq(cursor.seq.0 + 1)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cursor_of_another_history() {
    let shop = Shop::open().await;
    let hub = shop.hub(16).await;
    let elsewhere = Cursor { epoch: Epoch::stored("another"), seq: hub.head() };
    let lost = hub.subscribe(of_customer("asha"), Some(elsewhere));
    starts_over(&shop, &hub, lost, ResetReason::EpochChanged).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cursor_far_ahead_of_the_log() {
    let shop = Shop::open().await;
    let hub = shop.hub(16).await;
    let future = hub.cursor_at(Seq(hub.head().0 + 1_000_000));
    let lost = hub.subscribe(of_store("main"), Some(future));
    starts_over(&shop, &hub, lost, ResetReason::UnknownCursor).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_malformed_cursor() {
    let shop = Shop::open().await;
    let hub = shop.hub(16).await;
    let lost = hub.subscribe(of_customer("asha"), None).with_unknown_cursor();
    starts_over(&shop, &hub, lost, ResetReason::UnknownCursor).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cursor_before_what_the_log_keeps() {
    let shop = Shop::keeping(Some(SignedDuration::from_hours(48))).await;
    let hub = shop.hub(4).await;
    let begin = hub.cursor();
    for _ in 0..3 {
        let order = shop.place("ben").await;
        assert!(shop.set(order, Status::Cancelled).await);
    }
    // The writer deletes old events at most once a second, after a batch.
    for _ in 0..20 {
        shop.clock.advance(SignedDuration::from_hours(24));
        shop.settle().await;
    }
    shop.settle().await;
    shop.publish_all(&hub);
    let mut asha = hub.subscribe(of_customer("asha"), Some(begin));
    assert!(asha.resumes(), "the log is asked first");
    let Delivery::Reset(Reset { reason, snapshot, cursor }) = asha.next().await.unwrap() else {
        panic!("a reset")
    };
    assert_eq!((reason, snapshot.orders.len()), (ResetReason::TooOld, 0));
    assert_eq!(cursor, shop.head().await);
    let again = hub.subscribe(of_customer("asha"), Some(cursor));
    assert!(again.resumes());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reset_that_was_interrupted_is_sent_again() {
    let shop = Shop::open().await;
    let hub = shop.hub(16).await;
    // On another core the log may answer within one poll. Then another subscription is tried.
    let mut interrupted = None;
    for _ in 0..1000 {
        let mut lost = hub.subscribe(of_customer("asha"), None).with_unknown_cursor();
        let pending = poll_once(std::pin::pin!(lost.next()).as_mut()).await.is_pending();
        if pending {
            interrupted = Some(lost);
            break;
        }
    }
    let lost = interrupted.expect("the log is being asked");
    starts_over(&shop, &hub, lost, ResetReason::UnknownCursor).await;
}
