//! Publishing, subscribing, unsubscribing and reading at the same time, from several threads.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use eventlog::Seq;
use ordercast_live::Hub;
use tokio::task::JoinSet;

use super::shop::{DEADLINE, Shop, next, of_customer, of_store};

const ORDERS: usize = 600;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_subscriber_misses_events_while_others_come_and_go() {
    let shop = Arc::new(Shop::open().await);
    let hub = shop.hub(8).await;
    shop.connect(&hub);
    subscribe_and_write(&shop, &hub).await;
}

/// The hub reads the lost batches from the log while later ones are published.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_subscriber_misses_events_of_batches_that_were_not_published() {
    for ring in [1, 8, 1024] {
        let shop = Arc::new(Shop::open().await);
        let hub = shop.hub(ring).await;
        shop.connect_lossy(&hub);
        shop.follow(&hub);
        subscribe_and_write(&shop, &hub).await;
    }
}

async fn subscribe_and_write(shop: &Arc<Shop>, hub: &Arc<Hub>) {
    // The last event that counts, once it is known.
    let over = Arc::new(AtomicU64::new(0));
    let mut readers = JoinSet::new();
    for n in 0..6 {
        let (hub, over) = (Arc::clone(hub), Arc::clone(&over));
        let topic = if n % 2 == 0 { of_customer("asha") } else { of_store("main") };
        let mut subscription = hub.subscribe(topic.clone(), None);
        readers.spawn(async move {
            let mut got = Vec::new();
            while over.load(Ordering::SeqCst) == 0 {
                // Two stay subscribed. The others subscribe again after each delivery.
                tokio::select! {
                    delivery = subscription.next() => got.extend(super::shop::seqs(&delivery.unwrap())),
                    () = tokio::task::yield_now(), if n > 1 => {}
                }
                if n > 1 {
                    let last = got.last().map_or_else(|| subscription.cursor(), |seq| hub.cursor_at(*seq));
                    drop(subscription);
                    tokio::task::yield_now().await;
                    subscription = hub.subscribe(topic.clone(), Some(last));
                }
            }
            // One more order follows the last event that counts, in both topics.
            while got.last().is_none_or(|seq| seq.0 <= over.load(Ordering::SeqCst)) {
                got.extend(next(&mut subscription).await);
            }
            (topic, got)
        });
    }
    let begin = hub.head();
    let mut writers = JoinSet::new();
    for n in 0..4 {
        let shop = Arc::clone(shop);
        writers.spawn(async move {
            for _ in 0..ORDERS / 4 {
                shop.place(if n % 2 == 0 { "asha" } else { "ben" }).await;
            }
        });
    }
    while let Some(done) = writers.join_next().await {
        done.unwrap();
    }
    shop.settle().await;
    let end = shop.head().await.seq;
    over.store(end.0, Ordering::SeqCst);
    // Wakes those that stayed subscribed.
    shop.place("asha").await;
    shop.settle().await;
    while let Some(done) = tokio::time::timeout(DEADLINE, readers.join_next()).await.expect("nobody hangs") {
        let (topic, mut got) = done.unwrap();
        got.retain(|seq| *seq <= end);
        let truth = shop.truth(topic.clone()).await;
        let expected: Vec<Seq> =
            truth.iter().map(|event| event.seq).filter(|seq| (begin.next()..=end).contains(seq)).collect();
        assert_eq!(got, expected, "{topic:?}");
    }
    assert_eq!(hub.topics(), 0);
}

/// A client subscribes at the moment at which the topic's last subscriber leaves and an event comes.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn subscribing_while_the_last_subscriber_leaves_misses_nothing() {
    let shop = Arc::new(Shop::open().await);
    let hub = shop.hub(1024).await;
    shop.connect(&hub);
    let (done, over) = tokio::sync::watch::channel(false);
    let mut joining = JoinSet::new();
    for _ in 0..4 {
        let (hub, over) = (Arc::clone(&hub), over.clone());
        joining.spawn(async move {
            let mut joins = 0;
            while !*over.borrow() {
                // The first event after subscribing must arrive.
                next(&mut hub.subscribe(of_customer("asha"), None)).await;
                joins += 1;
            }
            joins
        });
    }
    for _ in 0..ORDERS {
        shop.place("asha").await;
    }
    done.send_replace(true);
    // Subscribers that still wait get one of these.
    let mut joins = 0;
    while !joining.is_empty() {
        shop.place("asha").await;
        while let Some(joined) = joining.try_join_next() {
            joins += joined.unwrap();
        }
    }
    assert!(joins > 100, "{joins} joins show nothing");
}
