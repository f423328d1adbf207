//! Events that were not published to the hub.

use eventlog::{Cursor, Seq};

use super::shop::{Shop, drain, next, of_customer, of_store};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_of_a_gap_are_read_from_the_log() {
    let shop = Shop::open().await;
    let hub = shop.hub(64).await;
    let mut store = hub.subscribe(of_store("main"), None);
    let mut asha = hub.subscribe(of_customer("asha"), None);
    let start = hub.head().0;
    shop.place("asha").await;
    shop.place("asha").await;
    shop.place("ben").await;
    shop.settle().await;
    // Asha's orders are lost. The next event does not concern her.
    assert!(shop.lose() && shop.lose());
    shop.publish_all(&hub);
    assert_eq!(hub.head(), Seq(start), "the hub accepts only the next event");
    shop.follow(&hub);
    assert_eq!(next(&mut store).await, [1, 2, 3].map(|n| Seq(start + n)));
    assert_eq!(next(&mut asha).await, [1, 2].map(|n| Seq(start + n)), "she is woken, too");
    assert_eq!((drain(&mut store).await, drain(&mut asha).await), (vec![], vec![]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_that_is_published_twice_is_delivered_once() {
    let shop = Shop::open().await;
    let hub = shop.hub(64).await;
    let mut store = hub.subscribe(of_store("main"), None);
    shop.place("asha").await;
    shop.settle().await;
    let batch = shop.caught.lock().unwrap().front().unwrap().clone();
    assert_eq!(hub.publish(batch.clone()), [1], "for one connection");
    assert_eq!(hub.publish(batch), [0], "known already");
    assert_eq!(drain(&mut store).await, [hub.head()]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subscriber_that_was_far_behind_searches_the_ring_once() {
    let shop = Shop::open().await;
    let hub = shop.hub(1024).await;
    let begin = hub.cursor();
    for _ in 0..5 {
        shop.place("ben").await;
    }
    shop.settle().await;
    shop.publish_all(&hub);
    // The topic is new and starts at the head. The ring still reaches back to her position.
    let mut asha = hub.subscribe(of_customer("asha"), Some(begin));
    assert_eq!(drain(&mut asha).await, []);
    assert_eq!(asha.cursor(), hub.cursor(), "she has seen that there was nothing");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cursor_of_an_answer_may_be_ahead_of_the_hub() {
    let shop = Shop::open().await;
    let hub = shop.hub(64).await;
    shop.place("asha").await;
    let answered = shop.head().await;
    shop.settle().await;
    assert!(answered.seq > hub.head(), "committed and not published");
    let mut asha = hub.subscribe(of_customer("asha"), Some(answered.clone()));
    let mut fresh = hub.subscribe(of_customer("asha"), None);
    shop.publish_all(&hub);
    assert_eq!(drain(&mut asha).await, [], "she knows that one");
    assert_eq!(drain(&mut fresh).await, [answered.seq]);
    shop.place("asha").await;
    shop.settle().await;
    shop.publish_all(&hub);
    assert_eq!(drain(&mut asha).await, [Seq(answered.seq.0 + 1)]);
    assert_eq!(asha.cursor(), Cursor { seq: Seq(answered.seq.0 + 1), ..answered });
}
