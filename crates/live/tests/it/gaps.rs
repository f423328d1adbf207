//! Events that never reached the hub: found in the log, by everybody whom they concern.

use eventlog::{Cursor, Seq};

use super::shop::{Shop, drain, next, of_customer, of_store};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_gap_swallowed_comes_from_the_log() {
    let shop = Shop::open().await;
    let hub = shop.hub(64).await;
    let mut store = hub.subscribe(of_store("main"), None);
    let mut asha = hub.subscribe(of_customer("asha"), None);
    let start = hub.head().0;
    shop.place("asha").await;
    shop.place("asha").await;
    shop.place("ben").await;
    shop.settle().await;
    // Hers are lost; what comes after them is not about her.
    assert!(shop.lose() && shop.lose());
    shop.publish_all(&hub);
    assert_eq!(hub.head(), Seq(start), "the hub accepts only the next event");
    shop.follow(&hub);
    assert_eq!(next(&mut store).await, [1, 2, 3].map(|n| Seq(start + n)));
    assert_eq!(next(&mut asha).await, [1, 2].map(|n| Seq(start + n)), "she is woken, too");
    assert_eq!((drain(&mut store).await, drain(&mut asha).await), (vec![], vec![]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_that_comes_twice_is_told_once() {
    let shop = Shop::open().await;
    let hub = shop.hub(64).await;
    let mut store = hub.subscribe(of_store("main"), None);
    shop.place("asha").await;
    shop.settle().await;
    let batch = shop.caught.lock().unwrap().front().unwrap().clone();
    assert_eq!(hub.publish(batch.clone()), [1], "told to one connection");
    assert_eq!(hub.publish(batch), [0], "known already");
    assert_eq!(drain(&mut store).await, [hub.head()]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_listener_who_was_far_behind_looks_through_the_ring_once() {
    let shop = Shop::open().await;
    let hub = shop.hub(1024).await;
    let begin = hub.cursor();
    for _ in 0..5 {
        shop.place("ben").await;
    }
    shop.settle().await;
    shop.publish_all(&hub);
    // Her topic is new, and begins at the head; the ring log reaches back to where she was.
    let mut asha = hub.subscribe(of_customer("asha"), Some(begin));
    assert_eq!(drain(&mut asha).await, []);
    assert_eq!(asha.cursor(), hub.cursor(), "she has seen that there was nothing");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answers_cursor_may_be_a_moment_ahead() {
    let shop = Shop::open().await;
    let hub = shop.hub(64).await;
    shop.place("asha").await;
    let answered = shop.head().await;
    shop.settle().await;
    assert!(answered.seq > hub.head(), "committed, and not yet told");
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
