//! Retention deletes old events and keeps orders.

use jiff::SignedDuration;
use ordercast_eventlog::{Seq, TailError, Topic};
use orders::{OrderRef, ProductId, Status};

use super::Backend;
use super::log::{Log, ordered};
use super::shop::{
    bulk, cancel, count, create, customer, keyed, note, number, place, set_status, staff, store, user,
};

const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);
const MAIN: &str = "main";

async fn shop<B: Backend>() -> (Log<B>, ProductId) {
    let log = Log::keeping(Some(WEEK)).await;
    let tea = log.product(create(log.clock.uuid(), 450, 100_000), staff(MAIN)).await.product.id;
    (log, tea)
}

async fn ordered_by<B: Backend>(log: &Log<B>, tea: ProductId, who: &str) -> OrderRef {
    number(log.order(place(log.clock.uuid(), MAIN, &[(tea, 1)]), customer(who)).await.order.number)
}

/// The oldest event that can be read.
async fn reaches_back_to<B: Backend>(log: &Log<B>) -> Seq {
    let topics = [Topic::Store(store(MAIN)), Topic::Customer(user("asha")), Topic::Driver(user("dev"))];
    let head = log.head().await;
    let mut first = Vec::new();
    for topic in topics {
        let mut after = Seq(0);
        while let Err(error) = log.read_backend().tail(topic.clone(), after, 10).await {
            assert!(matches!(error, TailError::Pruned), "{error}");
            after = after.next();
            assert!(after <= head, "the head is always readable");
        }
        first.push(after.next());
    }
    assert!(first.iter().all(|seq| *seq == first[0]), "it is the same for everybody: {first:?}");
    first[0]
}

pub(crate) async fn old_events_of_orders_that_are_over_go<B: Backend>() {
    let (mut log, tea) = shop::<B>().await;
    let over = ordered_by(&log, tea, "asha").await;
    log.order(cancel(over), customer("asha")).await;
    log.clock.advance(SignedDuration::from_hours(24));
    let delivered = ordered_by(&log, tea, "asha").await;
    log.order(set_status(delivered, Status::Delivered), staff(MAIN)).await;
    log.maintain(3).await;
    assert_eq!(reaches_back_to(&log).await, Seq(1), "nothing is old yet");
    log.clock.advance(WEEK - SignedDuration::from_hours(12));
    log.maintain(3).await;
    assert_eq!(reaches_back_to(&log).await, Seq(4), "a product and a cancelled order are");
    log.restart().await;
    assert_eq!(reaches_back_to(&log).await, Seq(4));
    let page = log.read_backend().tail(Topic::Customer(user("asha")), Seq(3), 10).await.unwrap();
    assert_eq!(page.events.iter().map(|event| event.stored.seq).collect::<Vec<_>>(), [Seq(4), Seq(5)]);
    assert_eq!((page.through, page.head), (Seq(5), Seq(5)));
}

pub(crate) async fn an_open_order_keeps_everything_behind_it<B: Backend>() {
    let (log, tea) = shop::<B>().await;
    let open = ordered_by(&log, tea, "asha").await;
    let over = ordered_by(&log, tea, "asha").await;
    log.order(cancel(over), customer("asha")).await;
    log.clock.advance(WEEK * 10);
    log.maintain(3).await;
    assert_eq!(reaches_back_to(&log).await, Seq(2), "only the product's event came before the open order");
    log.order(set_status(open, Status::Delivered), staff(MAIN)).await;
    log.maintain(3).await;
    assert_eq!(reaches_back_to(&log).await, Seq(5), "the delivery itself is news");
}

pub(crate) async fn a_pruned_order_is_still_there<B: Backend>() {
    // Shorter than the lifetime of idempotent responses.
    let mut log = Log::<B>::keeping(Some(SignedDuration::from_hours(1))).await;
    let tea = log.product(create(log.clock.uuid(), 450, 100), staff(MAIN)).await.product.id;
    let id = log.clock.uuid();
    let placing = || keyed(place(id, MAIN, &[(tea, 1)]), customer("asha"), 7, 7);
    let placed = ordered(log.submit(placing()).await).order.number;
    let delivered = log.order(set_status(number(placed), Status::Delivered), staff(MAIN)).await;
    log.product(count(tea, 70), staff(MAIN)).await;
    log.clock.advance(SignedDuration::from_hours(2));
    log.maintain(3).await;
    assert_eq!(reaches_back_to(&log).await, Seq(4));
    for _ in 0..2 {
        assert!(log.read_backend().timeline(placed).await.unwrap().value.is_empty());
        assert_eq!(log.read(number(placed)).await.unwrap().order, delivered.order);
        let again = log.submit(placing()).await.unwrap();
        assert!(again.replayed, "it still happens once");
        assert_eq!(ordered(Ok(again)).order, delivered.order, "as it is now: what it was is forgotten");
        log.restart().await;
    }
    // The order can be changed, and its new events can be read.
    let noted = log.order(note(number(placed)), staff(MAIN)).await;
    assert_eq!(noted.order.version, delivered.order.version.next());
    let timeline = log.read_backend().timeline(placed).await.unwrap().value;
    assert_eq!(timeline.iter().map(|event| event.stored.seq).collect::<Vec<_>>(), [Seq(5)]);
    let product = log.read_backend().product(tea).await.unwrap().unwrap().product;
    assert_eq!((product.stock.on_hand, product.stock.reserved), (70, 0));
}

pub(crate) async fn the_log_goes_on_where_it_was_after_all_of_it_was_pruned<B: Backend>() {
    let (mut log, tea) = shop::<B>().await;
    // More than one round of maintenance deletes.
    for n in 0..5 {
        let counts = (0..500).map(|m| (count(tea, 1000 + 500 * n + m), staff(MAIN)));
        log.submit(bulk(counts.collect())).await.unwrap();
    }
    let placing = || keyed(place(log.clock.uuid(), MAIN, &[(tea, 1)]), customer("asha"), 7, 7);
    let placed = ordered(log.submit(placing()).await);
    log.order(cancel(number(placed.order.number)), customer("asha")).await;
    let head = log.head().await;
    log.clock.advance(SignedDuration::from_hours(23));
    assert!(log.submit(placing()).await.unwrap().replayed);
    log.clock.advance(WEEK * 2);
    log.maintain(8).await;
    log.restart().await;
    assert_eq!(log.head().await, head);
    assert_eq!(reaches_back_to(&log).await, head, "the last event stays");
    let (_, cursor) = log.ask(count(tea, 5), staff(MAIN)).await;
    assert_eq!(cursor.seq, head.next());
    assert_eq!(ordered_by(&log, tea, "asha").await, number(placed.order.number.next()));
}
