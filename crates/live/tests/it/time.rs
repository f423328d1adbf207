//! Heartbeats, and how often counts are pushed. The clock is paused.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::StreamExt;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use ordercast_live::order_counts::OrderCountsPublisher;
use ordercast_live::sse::HEARTBEAT;
use orders::StoreId;
use tokio::time::{Instant, sleep, timeout};

use super::closing::{never, open, text};
use super::fixed_log::FixedLog;
use super::shop::{of_customer, of_store};

fn noon() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

fn counts_publisher(log: &Arc<FixedLog>) -> (Arc<ordercast_live::Hub>, Arc<OrderCountsPublisher>) {
    let hub = log.hub();
    let counts_publisher = OrderCountsPublisher::new(Arc::clone(&hub), TimeZone::UTC, Arc::new(noon));
    (hub, counts_publisher)
}

#[tokio::test(start_paused = true)]
async fn a_silent_stream_sends_a_heartbeat_every_25_seconds() {
    let log = Arc::new(FixedLog::default());
    let hub = log.hub();
    let mut stream = pin!(open(hub.subscribe(of_customer("asha"), None), None, never()));
    stream.next().await.unwrap();
    let began = Instant::now();
    for n in 1..=3u32 {
        let beat = text(&stream.next().await.unwrap());
        assert_eq!(
            beat, "event: heartbeat\ndata: {\"at\":\"2026-03-01T12:00:00.000Z\"}\n\n",
            "without an id"
        );
        assert_eq!(began.elapsed().as_secs(), (HEARTBEAT * n).as_secs());
    }
}

#[tokio::test(start_paused = true)]
async fn counts_come_at_most_four_times_a_second_and_are_exact() {
    let log = Arc::new(FixedLog::default());
    let (hub, counts_publisher) = counts_publisher(&log);
    let mut counts = counts_publisher.watch(&StoreId::main());
    let busy = {
        let (log, hub) = (Arc::clone(&log), Arc::clone(&hub));
        tokio::spawn(async move {
            for _ in 0..300 {
                log.happen(&hub);
                sleep(Duration::from_millis(10)).await;
            }
        })
    };
    let mut pushes: Vec<Instant> = Vec::new();
    while let Ok(changed) = timeout(Duration::from_secs(1), counts.changed()).await {
        changed.unwrap();
        pushes.push(Instant::now());
        let frame = text(&counts.borrow_and_update());
        assert!(frame.starts_with("event: stats.updated\ndata: {"), "{frame}");
        // An event of this moment may come after the read.
        let head = log.head.load(Ordering::SeqCst);
        let exact = [head, head.saturating_sub(1)].map(|seq| format!("\"cursor\":\"log:{seq}\""));
        assert!(exact.iter().any(|cursor| frame.contains(cursor)), "{frame} at {head}");
    }
    busy.await.unwrap();
    assert!(pushes.windows(2).all(|two| two[1] - two[0] >= Duration::from_millis(250)), "{pushes:?}");
    assert!((11..=14).contains(&pushes.len()), "three seconds of changes: {pushes:?}");
    let last = text(&counts.borrow());
    assert!(last.contains("\"cursor\":\"log:300\""), "the last change is deliveries: {last}");
}

#[tokio::test(start_paused = true)]
async fn counts_are_read_once_for_all_watchers_until_the_last_leaves() {
    let log = Arc::new(FixedLog::default());
    let (hub, counts_publisher) = counts_publisher(&log);
    let mut first = counts_publisher.watch(&StoreId::main());
    first.changed().await.unwrap();
    first.borrow_and_update();
    let mut second = counts_publisher.watch(&StoreId::main());
    assert!(second.has_changed().unwrap(), "the present counts at once");
    second.borrow_and_update();
    assert_eq!((log.counted.load(Ordering::SeqCst), hub.topics()), (1, 1));
    log.happen(&hub);
    first.changed().await.unwrap();
    second.changed().await.unwrap();
    assert_eq!(log.counted.load(Ordering::SeqCst), 2);
    drop(first);
    sleep(Duration::from_secs(1)).await;
    assert_eq!(hub.topics(), 1, "one is left");
    drop(second);
    sleep(Duration::from_secs(1)).await;
    assert_eq!(
        (hub.topics(), Arc::strong_count(&counts_publisher)),
        (0, 1),
        "the task is gone, and what it held"
    );
    // A new watcher starts it again.
    counts_publisher.watch(&StoreId::main()).changed().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_counts_publisher_does_not_count_as_a_connection() {
    let log = Arc::new(FixedLog::default());
    let (hub, counts_publisher) = counts_publisher(&log);
    let mut counts = counts_publisher.watch(&StoreId::main());
    counts.changed().await.unwrap();
    let _staff = hub.subscribe(of_store("main"), None);
    assert_eq!(hub.topics(), 1);
    let deliveries = super::audiences::publish_one(&log, &hub);
    assert_eq!(deliveries, [1], "for one connection");
}

#[tokio::test(start_paused = true)]
async fn counts_that_could_not_be_read_are_read_again() {
    let log = Arc::new(FixedLog::default());
    log.broken.store(true, Ordering::SeqCst);
    let (_hub, counts_publisher) = counts_publisher(&log);
    let mut counts = counts_publisher.watch(&StoreId::main());
    assert!(timeout(Duration::from_secs(5), counts.changed()).await.is_err());
    log.broken.store(false, Ordering::SeqCst);
    timeout(Duration::from_secs(5), counts.changed())
        .await
        .expect("without anything else happening")
        .unwrap();
}

#[tokio::test(start_paused = true)]
async fn todays_counts_start_at_zero_at_midnight() {
    let log = Arc::new(FixedLog::default());
    let now = Arc::new(Mutex::new(noon()));
    let clock = Arc::clone(&now);
    let clock = Arc::new(move || *clock.lock().unwrap_or_else(PoisonError::into_inner));
    let counts_publisher = OrderCountsPublisher::new(log.hub(), TimeZone::UTC, clock);
    let mut counts = counts_publisher.watch(&StoreId::main());
    counts.changed().await.unwrap();
    counts.borrow_and_update();
    *now.lock().unwrap() += SignedDuration::from_hours(12);
    timeout(Duration::from_hours(13), counts.changed()).await.expect("nothing else happened").unwrap();
}

#[tokio::test(start_paused = true)]
async fn counts_reach_staff_of_a_busy_store() {
    let log = Arc::new(FixedLog::default());
    let (hub, counts_publisher) = counts_publisher(&log);
    let counts = counts_publisher.watch(&StoreId::main());
    let mut stream = pin!(open(hub.subscribe(of_store("main"), None), Some(counts), never()));
    stream.next().await.unwrap();
    let mut seen = 0;
    // There is always an event ready.
    for _ in 0..200 {
        log.happen(&hub);
        if text(&stream.next().await.unwrap()).starts_with("event: stats.updated") {
            seen += 1;
        }
        sleep(Duration::from_millis(10)).await;
    }
    assert!((6..=9).contains(&seen), "about four a second, over two seconds: {seen}");
}
