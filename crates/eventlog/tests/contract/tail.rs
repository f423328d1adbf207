//! Reads events again: of a topic after a position, and of one order. And compares the statistics with them.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use ordercast_eventlog::stats::{BUCKET_SECONDS, OrderActivity, Stats, StatusTotals, bucket};
use ordercast_eventlog::{EventWithContext, Seq, StoredEvent, Topic};
use orders::{Audience, Kind, OrderRef, Status, Subject};

use super::Backend;
use super::log::Log;
use super::shop::{create, customer, number, place, staff, store, track, user};
use super::walk::{STORES, Walk};

const STEPS: usize = 3000;

pub(crate) async fn a_tail_is_exactly_the_topics_part_of_the_log<B: Backend>() {
    for seed in [1, 2] {
        let mut walk = Walk::<B>::of(seed, STEPS).await;
        let head = Seq(walk.events.len() as u64);
        let read_backend = walk.log.read_backend();
        for topic in Walk::<B>::topics() {
            let mine = walk.of_topic(&topic);
            assert!(!mine.is_empty(), "seed {seed}: nothing happened in {topic:?}");
            for _ in 0..25 {
                // Half of the positions are near the head, where the index is in memory.
                let far = if walk.rng.bool() { head.0 } else { 600.min(head.0) };
                let after = Seq(head.0 - walk.rng.u64(0..=far));
                let limit = *walk.rng.choice(&[1, 2, 10, 100, 100_000]).unwrap();
                let page = read_backend.tail(topic.clone(), after, limit).await.unwrap();
                let expected: Vec<_> = mine.iter().filter(|event| event.seq > after).take(limit).collect();
                let events: Vec<_> = page.events.iter().map(|event| &event.stored).collect();
                assert_eq!(events, expected, "seed {seed}, {topic:?} after {after:?}, at most {limit}");
                let upto = if events.len() == limit { events[limit - 1].seq } else { head };
                assert_eq!((page.through, page.head), (upto, head), "seed {seed}, {topic:?} after {after:?}");
            }
        }
    }
}

pub(crate) async fn an_event_is_read_with_what_is_known_of_its_order<B: Backend>() {
    let log = Log::<B>::fresh().await;
    let tea = log.product(create(log.clock.uuid(), 450, 100), staff("main")).await.product.id;
    let placed = log.order(place(log.clock.uuid(), "main", &[(tea, 1)]), customer("asha")).await;
    let order = number(placed.order.number);
    let shipped = log.order(track(order, "TRACK-1"), staff("main")).await;
    let page = log.read_backend().tail(Topic::Store(store("main")), Seq(0), 100).await.unwrap();
    let [.., created, changed] = &page.events[..] else { panic!("two events of the order") };
    for event in [created, changed] {
        let tracking_number = event.context.tracking_number.as_ref().map(orders::text::Line::as_str);
        assert_eq!(tracking_number, Some("TRACK-1"));
    }
    let after =
        |event: &EventWithContext| event.view(Audience::Staff).unwrap().order.unwrap().allowed_transitions;
    assert_eq!(after(changed), Some(shipped.view(Audience::Staff).allowed_transitions));
    assert_eq!(after(created), None, "the order changed since");
}

pub(crate) async fn a_tail_comes_in_portions_without_gap_or_overlap<B: Backend>() {
    let walk = Walk::<B>::of(3, STEPS).await;
    let read_backend = walk.log.read_backend();
    for topic in Walk::<B>::topics() {
        let (mut at, mut events) = (Seq(0), Vec::new());
        loop {
            // A limit of 0 counts as 1.
            let limit = if events.len() < 3 { 0 } else { 37 };
            let page = read_backend.tail(topic.clone(), at, limit).await.unwrap();
            events.extend(page.events.iter().map(|event| Arc::clone(&event.stored)));
            assert!(page.through > at || page.through == page.head, "it gets on");
            at = page.through;
            if at == page.head {
                break;
            }
        }
        assert_eq!(events, walk.of_topic(&topic), "{topic:?}");
    }
}

pub(crate) async fn a_tail_of_nobody_reaches_the_head<B: Backend>() {
    let log = Log::<B>::fresh().await;
    let nobody =
        [Topic::Customer(user("nobody")), Topic::Driver(user("nobody")), Topic::Store(store("nowhere"))];
    for head in 0..3 {
        for topic in &nobody {
            for after in 0..=head {
                let page = log.read_backend().tail(topic.clone(), Seq(after), 10).await.unwrap();
                assert!(page.events.is_empty());
                assert_eq!((page.through, page.head), (Seq(head), Seq(head)));
            }
        }
        log.product(create(log.clock.uuid(), 1, 1), staff("main")).await;
    }
}

pub(crate) async fn a_timeline_is_the_orders_part_of_the_log<B: Backend>() {
    let walk = Walk::<B>::of(4, STEPS).await;
    let mut expected: HashMap<_, Vec<&Arc<StoredEvent>>> = HashMap::new();
    for event in &walk.events {
        if let Subject::Order { number, .. } = &event.event.subject {
            expected.entry(*number).or_default().push(event);
        }
    }
    let read_backend = walk.log.read_backend();
    for (number, expected) in expected {
        let timeline = read_backend.timeline(number).await.unwrap();
        assert_eq!(timeline.value.iter().map(|event| &event.stored).collect::<Vec<_>>(), expected);
        assert_eq!(timeline.cursor.seq, Seq(walk.events.len() as u64));
    }
    assert!(read_backend.timeline(orders::OrderNumber(1)).await.unwrap().value.is_empty());
}

pub(crate) async fn counts_equal_a_recount<B: Backend>() {
    let walk = Walk::<B>::of(5, STEPS).await;
    let world = walk.world();
    let begin = walk.events[0].event.at;
    let end = walk.log.published.batches().last().unwrap().at;
    assert!(end.duration_since(begin).as_secs() > 2 * BUCKET_SECONDS, "several buckets are counted");
    for name in STORES {
        let id = store(name);
        for since in [
            Timestamp::UNIX_EPOCH,
            begin,
            begin + end.duration_since(begin) / 2,
            end,
            end + SignedDuration::from_hours(9),
        ] {
            let counted = walk.log.read_backend().stats(id.clone(), since).await.unwrap();
            assert_eq!(counted.cursor.seq, Seq(walk.events.len() as u64));
            let of_store = || world.orders.values().filter(|order| order.store == id);
            for status in Status::ALL {
                let mut tally = StatusTotals::default();
                for order in of_store().filter(|order| order.status() == status) {
                    tally.orders += 1;
                    if order.payment.state != orders::order::PaymentState::Refunded {
                        tally.amount += order.total.amount;
                    }
                }
                assert_eq!(by_status(&counted.value, status), tally, "{name}, {status}");
            }
            let mut flow = OrderActivity::default();
            for stored in walk.events.iter().filter(|stored| bucket(stored.event.at) >= bucket(since)) {
                let Subject::Order { id: order, store, from, to, .. } = &stored.event.subject else {
                    continue;
                };
                if *store != id {
                    continue;
                }
                let amount = world.orders[order].total.amount;
                if stored.event.kind == Kind::OrderCreated {
                    flow.placed += 1;
                    flow.amount += amount;
                    if !world.orders[order].counts_as_revenue() {
                        flow.reversed += amount;
                    }
                } else if from != to && *to == Status::Cancelled {
                    flow.cancelled += 1;
                    flow.cancelled_amount += amount;
                } else if from != to && *to == Status::Delivered {
                    flow.delivered += 1;
                }
            }
            let counted = counted.value.since.first().map(|(_, flow)| *flow).unwrap_or_default();
            assert_eq!(counted, flow, "{name} since {since}");
        }
    }
}

fn by_status(counted: &Stats, status: Status) -> StatusTotals {
    let mut found = counted.by_status.iter().filter(|(of, ..)| *of == status).map(|(.., tally)| *tally);
    let tally = found.next().unwrap_or_default();
    assert!(found.next().is_none(), "one currency, one tally");
    tally
}

pub(crate) async fn an_order_is_what_its_events_make_it<B: Backend>() {
    let walk = Walk::<B>::of(6, STEPS).await;
    let world = walk.world();
    let read_backend = walk.log.read_backend();
    for order in world.orders.values() {
        for name in [OrderRef::Id(order.id), OrderRef::Number(order.number)] {
            let read = read_backend.order(name).await.unwrap().value.unwrap();
            assert_eq!(&read.order, order);
            assert!(read.contact.shipping.is_some());
            assert_eq!(read.contact.partner.is_some(), order.driver.is_some());
        }
    }
    for product in world.products.values() {
        assert_eq!(&read_backend.product(product.id).await.unwrap().unwrap().product, product);
    }
    let unknown = OrderRef::Id(orders::OrderId::new(uuid::Uuid::from_u128(1)));
    assert!(read_backend.order(unknown).await.unwrap().value.is_none());
}
