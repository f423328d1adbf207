//! The hub reads from the log what was not published to it.

use std::sync::Arc;
use std::time::Duration;

use eventlog::sqlite::{Database, DatabaseOptions};
use eventlog::{Cursor, Epoch, Seq, poll_head};
use ordercast_live::{Delivery, Hub, Reset, ResetReason};
use tokio::sync::watch;

use super::fixed_log::FixedLog;
use super::shop::{DEADLINE, Shop, drain, next, of_customer, of_store};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_that_were_never_published_arrive_in_order() {
    let shop = Shop::open().await;
    let hub = shop.hub(64).await;
    shop.follow(&hub);
    let mut store = hub.subscribe(of_store("main"), None);
    let start = hub.head().0;
    for _ in 0..3 {
        shop.place("asha").await;
    }
    let mut got = Vec::new();
    while got.len() < 3 {
        got.extend(next(&mut store).await);
    }
    assert_eq!(got, [1, 2, 3].map(|n| Seq(start + n)));
    shop.settle().await;
    shop.publish_all(&hub);
    assert_eq!(drain(&mut store).await, [], "an event that is published later is a duplicate");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gap_is_read_once_for_all_subscribers() {
    let shop = Shop::open().await;
    let hub = shop.hub(64).await;
    let mut subscriptions: Vec<_> = (0..8).map(|_| hub.subscribe(of_store("main"), None)).collect();
    shop.place("asha").await;
    shop.place("asha").await;
    shop.settle().await;
    assert!(shop.lose());
    shop.publish_all(&hub);
    hub.catch_up(shop.head().await).await.unwrap();
    for subscription in &mut subscriptions {
        assert_eq!(drain(subscription).await.len(), 2);
    }
    let replays = hub.counters().replays.load(std::sync::atomic::Ordering::Relaxed);
    assert_eq!(replays, 0, "no subscriber read the log");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hub_that_is_far_behind_skips_what_its_ring_cannot_hold() {
    let shop = Shop::open().await;
    let hub = shop.hub(4).await;
    let mut asha = hub.subscribe(of_customer("asha"), None);
    let start = hub.head().0;
    for _ in 0..9 {
        shop.place("asha").await;
    }
    shop.settle().await;
    shop.follow(&hub);
    let mut got = Vec::new();
    while got.len() < 9 {
        got.extend(next(&mut asha).await);
    }
    assert_eq!(
        got,
        (1..=9).map(|n| Seq(start + n)).collect::<Vec<_>>(),
        "the subscriber reads it from the log"
    );
}

#[tokio::test]
async fn an_event_that_is_missing_in_the_log_is_skipped() {
    let log = Arc::new(FixedLog::default());
    let hub = log.hub();
    // The first event is not stored.
    drop(log.next_event());
    let stored = [log.next_event(), log.next_event()];
    log.stored.lock().unwrap().extend(stored);
    hub.catch_up(log.cursor()).await.unwrap();
    assert_eq!(hub.head(), Seq(3));
    let mut store = hub.subscribe(of_store("main"), Some(hub.cursor_at(Seq(1))));
    assert_eq!(next(&mut store).await, [Seq(2), Seq(3)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hub_follows_a_log_that_another_process_writes() {
    let shop = Shop::open().await;
    shop.settle().await;
    let options = DatabaseOptions { readers: 1, ..DatabaseOptions::default() };
    let other = Database::open(shop.path(), &options, shop.clock.next_id()).unwrap();
    // Only the reader: this database has no writer here.
    drop(other.write_backend);
    let head = poll_head(Arc::clone(&other.read_backend) as _, Duration::from_millis(5)).await.unwrap();
    let begin = head.borrow().clone();
    let hub = Arc::new(Hub::new(other.read_backend, begin.clone()));
    tokio::spawn(Arc::clone(&hub).follow_log(head));
    let mut store = hub.subscribe(of_store("main"), None);
    let mut asha = hub.subscribe(of_customer("asha"), Some(begin.clone()));
    shop.place("asha").await;
    let expected = [begin.seq.next()];
    assert_eq!(next(&mut store).await, expected);
    assert_eq!(next(&mut asha).await, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_epoch_resets_every_subscription() {
    let shop = Shop::open().await;
    let hub = shop.hub(64).await;
    let (sender, head) = watch::channel(hub.cursor());
    tokio::spawn(Arc::clone(&hub).follow_log(head));
    let before = hub.cursor();
    let mut at_head = hub.subscribe(of_store("main"), None);
    let mut waiting = hub.subscribe(of_customer("asha"), None);
    let waiting = tokio::spawn(async move {
        let delivery = waiting.next().await.unwrap();
        (delivery, waiting)
    });
    shop.place("asha").await;
    shop.settle().await;
    shop.publish_all(&hub);
    // The first event wakes the waiting one; it is subscribed again so that it waits at the head.
    let (delivery, mut waiting) = tokio::time::timeout(DEADLINE, waiting).await.unwrap().unwrap();
    assert!(matches!(delivery, Delivery::Events(_)));
    let waiting = tokio::spawn(async move { waiting.next().await.unwrap() });
    assert_eq!(drain(&mut at_head).await.len(), 1);

    // The new history is shorter.
    let restored = Cursor { epoch: Epoch::stored("restored"), seq: Seq(1) };
    sender.send_replace(restored.clone());
    for delivery in [
        tokio::time::timeout(DEADLINE, at_head.next()).await.unwrap().unwrap(),
        tokio::time::timeout(DEADLINE, waiting).await.unwrap().unwrap(),
    ] {
        let Delivery::Reset(Reset { reason, .. }) = delivery else { panic!("{delivery:?}") };
        assert_eq!(reason, ResetReason::EpochChanged);
    }
    assert_eq!(hub.cursor(), restored);
    assert_eq!(at_head.cursor().epoch, restored.epoch);
    assert!(
        !hub.subscribe(of_store("main"), Some(before)).resumes(),
        "a cursor of the old epoch is of no use"
    );
    assert!(hub.subscribe(of_store("main"), Some(restored)).resumes());
}
