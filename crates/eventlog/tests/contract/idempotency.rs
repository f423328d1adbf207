//! A submission that is sent twice with the same key happens once.

use jiff::SignedDuration;
use ordercast_eventlog::{Outcome, Seq, SubmitError};
use orders::{Command, ProductId, Status};

use super::Backend;
use super::log::{Log, ordered};
use super::shop::{count, create, customer, keyed, locate, number, place, set_status, staff};

const MAIN: &str = "main";
const KEY: u128 = 7;
const BODY: u128 = 1;

/// A log with one product.
async fn shop<B: Backend>(on_hand: u32) -> (Log<B>, ProductId) {
    let log = Log::fresh().await;
    let tea = log.product(create(log.clock.uuid(), 450, on_hand), staff(MAIN)).await.product.id;
    (log, tea)
}

pub(crate) async fn the_same_key_and_body_give_the_same_answer<B: Backend>() {
    let (log, tea) = shop::<B>(100).await;
    let order = || keyed(place(log.clock.uuid(), MAIN, &[(tea, 1)]), customer("asha"), KEY, BODY);
    let first = log.submit(order()).await.unwrap();
    let second = log.submit(order()).await.unwrap();
    assert!(!first.replayed);
    assert!(second.replayed);
    assert_eq!(ordered(Ok(first)).order, ordered(Ok(second)).order);
    assert_eq!(log.head().await, Seq(2), "it happened once");
    // Commands about products too.
    let stock = || keyed(count(tea, 50), staff(MAIN), KEY + 1, BODY);
    let first = log.submit(stock()).await.unwrap();
    log.product(count(tea, 60), staff(MAIN)).await;
    let second = log.submit(stock()).await.unwrap();
    let [Outcome::Product(first), Outcome::Product(second)] = [&first.outcomes[0], &second.outcomes[0]]
    else {
        panic!("{first:?} {second:?}")
    };
    assert_eq!((&first.product, &first.details), (&second.product, &second.details));
    assert_eq!(log.read_backend().product(tea).await.unwrap().unwrap().product.stock.on_hand, 60);
}

pub(crate) async fn the_order_is_answered_as_it_was_even_after_it_moved_on<B: Backend>() {
    let (log, tea) = shop::<B>(100).await;
    let order = || keyed(place(log.clock.uuid(), MAIN, &[(tea, 1)]), customer("asha"), KEY, BODY);
    let placed = ordered(log.submit(order()).await);
    let name = number(placed.order.number);
    let start = || keyed(set_status(name, Status::Processing), staff(MAIN), KEY + 1, BODY);
    let started = ordered(log.submit(start()).await);
    for status in [Status::Shipped, Status::Delivered] {
        log.order(set_status(name, status), staff(MAIN)).await;
    }
    assert_eq!(ordered(log.submit(order()).await).order, placed.order);
    assert_eq!(ordered(log.submit(start()).await).order, started.order);
    // A response without an event is stored as well. A location does not raise the version.
    let other = log.order(place(log.clock.uuid(), MAIN, &[(tea, 1)]), customer("asha")).await;
    let other = number(other.order.number);
    log.order(set_status(other, Status::Shipped), staff(MAIN)).await;
    let here = |key| keyed(locate(other, 9.9), staff(MAIN), key, BODY);
    let located = ordered(log.submit(here(92)).await);
    let conflated = ordered(log.submit(here(93)).await);
    assert_eq!(located.order, conflated.order);
    log.clock.advance(SignedDuration::from_secs(60));
    log.order(locate(other, 9.7), staff(MAIN)).await;
    for key in [92, 93] {
        assert_eq!(ordered(log.submit(here(key)).await).order, located.order, "{key}");
    }
}

pub(crate) async fn an_answer_survives_a_restart<B: Backend>() {
    let (mut log, tea) = shop::<B>(100).await;
    let id = log.clock.uuid();
    let order = || keyed(place(id, MAIN, &[(tea, 1)]), customer("asha"), KEY, BODY);
    let first = ordered(log.submit(order()).await);
    log.order(set_status(number(first.order.number), Status::Processing), staff(MAIN)).await;
    log.restart().await;
    let again = log.submit(order()).await.unwrap();
    assert!(again.replayed);
    assert_eq!(ordered(Ok(again)).order, first.order);
    assert_eq!(log.head().await, Seq(3));
}

pub(crate) async fn both_may_come_in_one_batch<B: Backend>() {
    let (log, tea) = shop::<B>(100).await;
    let order = |body| keyed(place(log.clock.uuid(), MAIN, &[(tea, 1)]), customer("asha"), KEY, body);
    let answers = log.one_batch(vec![order(BODY), order(BODY), order(2), order(BODY)]).await;
    let [first, second, other, third] = <[_; 4]>::try_from(answers).unwrap();
    let first = ordered(first);
    for again in [second, third] {
        let again = again.unwrap();
        assert!(again.replayed);
        assert_eq!(ordered(Ok(again)).order, first.order);
    }
    assert!(matches!(other, Err(SubmitError::KeyReused)));
    assert_eq!(log.read_backend().product(tea).await.unwrap().unwrap().product.stock.reserved, 1);
}

pub(crate) async fn another_body_is_refused<B: Backend>() {
    let (log, tea) = shop::<B>(100).await;
    let order = |n, body| keyed(place(log.clock.uuid(), MAIN, &[(tea, n)]), customer("asha"), KEY, body);
    log.submit(order(1, BODY)).await.unwrap();
    assert!(matches!(log.submit(order(2, 2)).await, Err(SubmitError::KeyReused)));
    assert_eq!(log.head().await, Seq(2));
}

pub(crate) async fn another_scope_is_independent<B: Backend>() {
    let (log, tea) = shop::<B>(100).await;
    let order = |key| keyed(place(log.clock.uuid(), MAIN, &[(tea, 1)]), customer("asha"), key, BODY);
    let first = ordered(log.submit(order(KEY)).await);
    let second = ordered(log.submit(order(KEY + 1)).await);
    assert_ne!(first.order.id, second.order.id);
}

pub(crate) async fn refusals_are_not_stored<B: Backend>() {
    let (log, tea) = shop::<B>(1).await;
    let order = |body| keyed(place(log.clock.uuid(), MAIN, &[(tea, 2)]), customer("asha"), KEY, body);
    let refused = log.submit(order(BODY)).await.unwrap();
    assert!(matches!(refused.outcomes[..], [Outcome::Refused(_)]));
    log.product(count(tea, 2), staff(MAIN)).await;
    // Neither the refusal nor the body is stored.
    let second = log.submit(order(2)).await.unwrap();
    assert!(!second.replayed);
    assert_eq!(ordered(Ok(second)).order.items[0].quantity, 2);
}

pub(crate) async fn keys_are_forgotten_after_a_day<B: Backend>() {
    let (mut log, tea) = shop::<B>(100).await;
    let order =
        |log: &Log<B>, body| keyed(place(log.clock.uuid(), MAIN, &[(tea, 1)]), customer("asha"), KEY, body);
    let first = ordered(log.submit(order(&log, BODY)).await);
    log.clock.advance(SignedDuration::from_hours(24) - SignedDuration::from_millis(1));
    assert_eq!(ordered(log.submit(order(&log, BODY)).await).order, first.order);
    log.clock.advance(SignedDuration::from_millis(1));
    let fresh = ordered(log.submit(order(&log, 2)).await);
    assert_ne!(fresh.order.id, first.order.id);
    // Maintenance deletes the old response and nothing else. A restart changes nothing.
    log.maintain(3).await;
    for _ in 0..2 {
        assert_eq!(ordered(log.submit(order(&log, 2)).await).order, fresh.order);
        assert!(matches!(log.submit(order(&log, BODY)).await, Err(SubmitError::KeyReused)));
        log.restart().await;
    }
}

/// Submits stock counts under new keys, because they are cheap.
async fn many<B: Backend>(log: &Log<B>, tea: ProductId, keys: std::ops::Range<u128>) {
    let writer = log.writer();
    let mut waiting = tokio::task::JoinSet::new();
    for key in keys {
        let writer = writer.clone();
        let on_hand = u32::try_from(key % 1000 + 1).unwrap();
        waiting.spawn(async move {
            let receipt = writer.submit(keyed(count(tea, on_hand), staff(MAIN), key, BODY)).await.unwrap();
            assert!(!receipt.replayed, "{key} is new");
        });
        while waiting.len() >= 500 {
            waiting.join_next().await.unwrap().unwrap();
        }
    }
    while let Some(done) = waiting.join_next().await {
        done.unwrap();
    }
}

/// More than fill two runs of SQLite's index of keys.
const MANY: u128 = 20_500;

async fn known<B: Backend>(log: &Log<B>, tea: ProductId, key: u128) {
    let command: Command = count(tea, 4711);
    let receipt = log.submit(keyed(command.clone(), staff(MAIN), key, BODY)).await.unwrap();
    assert!(receipt.replayed, "{key} is known");
    let [Outcome::Product(answer)] = &receipt.outcomes[..] else { panic!("{receipt:?}") };
    assert_eq!(u128::from(answer.product.stock.on_hand), key % 1000 + 1, "{key} has its own answer");
    assert!(matches!(log.submit(keyed(command, staff(MAIN), key, 2)).await, Err(SubmitError::KeyReused)));
}

pub(crate) async fn keys_are_known_after_many_others_and_a_restart<B: Backend>() {
    let (mut log, tea) = shop::<B>(1).await;
    many(&log, tea, 0..MANY).await;
    let some = (0..MANY).step_by(397).chain([8191, 8192, 8193, 16_383, 16_384, MANY - 1]);
    for key in some.clone() {
        known(&log, tea, key).await;
    }
    log.restart().await;
    for key in some {
        known(&log, tea, key).await;
    }
    many(&log, tea, MANY..MANY + 100).await;
}

pub(crate) async fn a_key_is_known_although_all_before_it_were_forgotten<B: Backend>() {
    let (mut log, tea) = shop::<B>(1).await;
    many(&log, tea, 0..8300).await;
    log.clock.advance(SignedDuration::from_hours(25));
    // Each round deletes a few thousand.
    log.maintain(10).await;
    many(&log, tea, 10_000..10_010).await;
    for key in 10_000..10_010 {
        known(&log, tea, key).await;
    }
    log.restart().await;
    for key in 10_000..10_010 {
        known(&log, tea, key).await;
    }
    many(&log, tea, 0..10).await;
}
