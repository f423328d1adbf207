//! What each audience sees, and how often an event is encoded.

use std::cell::Cell;
use std::pin::pin;
use std::sync::Arc;

use bytes::Bytes;
use eventlog::{CommittedBatch, Seq, Submission};
use futures_util::StreamExt;
use ordercast_live::hub::LiveEvent;
use ordercast_live::{Delivery, Hub, sse};
use orders::{Actor, Audience, Command, OrderRef, Role, Status};

use super::closing::{never, open, text};
use super::fixed_log::FixedLog;
use super::shop::{Shop, of_customer, of_store, seen, setting, staff, user};

/// Publishes one event. Returns how many connections it is for.
pub(crate) fn publish_one(log: &FixedLog, hub: &Hub) -> Vec<usize> {
    let seq = Seq(hub.head().0 + 1);
    let event = orders::Event {
        subject: orders::Subject::Product {
            id: orders::ProductId::new(uuid::Uuid::nil()),
            store: orders::StoreId::main(),
        },
        kind: orders::Kind::ProductUpdated,
        version: orders::order::Version(1),
        actor: staff("main"),
        at: jiff::Timestamp::UNIX_EPOCH,
        changes: vec![],
    };
    log.head.store(seq.0, std::sync::atomic::Ordering::SeqCst);
    let stored = Arc::new(eventlog::StoredEvent { seq, id: orders::EventId::new(uuid::Uuid::nil()), event });
    let event = eventlog::EventWithContext { stored, context: orders::view::EventContext::default() };
    hub.publish(CommittedBatch {
        events: vec![event],
        ephemeral: Vec::new(),
        at: jiff::Timestamp::UNIX_EPOCH,
    })
}

const STAFF_NAME: &str = "Mira Backoffice";
const NOTE: &str = "customer haggles";
const EMAIL: &str = "asha@example.com";

/// An order of Asha: processed and noted by staff, delivered by Dara, cancelled by staff.
async fn story(shop: &Shop) {
    let person = seen("asha", Role::Customer, "Asha Rao", EMAIL);
    let placed = shop.ask(Submission { external_user: Some(person), ..shop.placing("asha") }).await;
    let eventlog::Outcome::Order(order) = placed else { panic!("{placed:?}") };
    let number = order.order.number;
    let mut noted = setting(number, Status::Processing);
    noted.note = Some(NOTE.parse().unwrap());
    let moved = Submission::one(Command::SetStatus(noted), staff("main"));
    let mira = seen("mira", Role::Staff, STAFF_NAME, "mira@shop.example");
    shop.ask(Submission { external_user: Some(mira), ..moved }).await;
    shop.note(number, NOTE).await;
    shop.bring(number, "dara").await;
    let cancel = Command::CancelOrder { order: OrderRef::Number(number), reason: None };
    shop.order(cancel, Actor::Staff { user: user("mira"), store: orders::StoreId::main() }).await;
    shop.settle().await;
}

/// Every frame that one audience gets of the story, live and from the log.
async fn frames_of(
    shop: &Shop,
    hub: &Arc<Hub>,
    topic: ordercast_live::Topic,
    begin: &eventlog::Cursor,
) -> String {
    let mut all = String::new();
    // Once from the ring, and once from a hub that starts now and has to read the log.
    let later = shop.hub(1).await;
    for hub in [hub, &later] {
        let mut stream = pin!(open(hub.subscribe(topic.clone(), Some(begin.clone())), None, never()));
        stream.next().await.unwrap();
        all.push_str(&text(&stream.next().await.unwrap()));
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_customer_reads_no_notes_and_no_names_of_staff() {
    let shop = Shop::open().await;
    let hub = shop.hub(64).await;
    let begin = hub.cursor();
    story(&shop).await;
    shop.publish_all(&hub);

    let customer = frames_of(&shop, &hub, of_customer("asha"), &begin).await;
    for hidden in [STAFF_NAME, NOTE, "mira"] {
        assert!(!customer.contains(hidden), "{hidden:?} in {customer}");
    }
    assert_eq!(customer.matches("event: order.status_changed\n").count(), 2, "live and later: {customer}");
    assert_eq!(customer.matches("event: ").count(), 2 * 4, "nothing of the note alone: {customer}");

    let store = frames_of(&shop, &hub, of_store("main"), &begin).await;
    for shown in [STAFF_NAME, NOTE, EMAIL] {
        assert!(store.contains(shown), "no {shown:?} in {store}");
    }
    assert_eq!(store.matches("event: ").count(), 2 * 5, "{store}");

    let driver = frames_of(&shop, &hub, ordercast_live::Topic::Driver(user("dara")), &begin).await;
    for hidden in [STAFF_NAME, NOTE, "mira", EMAIL, "Asha Rao"] {
        assert!(!driver.contains(hidden), "{hidden:?} in {driver}");
    }
    assert_eq!(driver.matches("event: ").count(), 2 * 2, "from when it became theirs: {driver}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_receives_events_of_other_peoples_orders() {
    let shop = Shop::open().await;
    let hub = shop.hub(64).await;
    let begin = hub.cursor();
    for topic in [of_customer("ben"), of_store("north"), ordercast_live::Topic::Driver(user("asha"))] {
        let mut live = hub.subscribe(topic.clone(), None);
        story(&shop).await;
        shop.publish_all(&hub);
        let mut later = hub.subscribe(topic.clone(), Some(begin.clone()));
        let after_restart = shop.hub(1).await;
        let mut restarted = after_restart.subscribe(topic, Some(begin.clone()));
        for subscription in [&mut live, &mut later, &mut restarted] {
            assert!(subscription.pending().await.unwrap().is_none());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_is_encoded_once_for_each_audience() {
    let shop = Shop::open().await;
    let hub = shop.hub(64).await;
    let mut listeners = Vec::new();
    for topic in
        [of_customer("asha"), of_customer("asha"), of_store("main"), of_store("main"), of_store("main")]
    {
        listeners.push(hub.subscribe(topic, None));
    }
    shop.place("asha").await;
    shop.settle().await;
    shop.publish_all(&hub);
    let calls = Cell::new(0);
    let mut encoded: Vec<(Audience, Bytes)> = Vec::new();
    let mut entries: Vec<Arc<LiveEvent>> = Vec::new();
    for subscription in &mut listeners {
        let audience = subscription.topic().audience();
        let Some(Delivery::Events(events)) = subscription.pending().await.unwrap() else {
            panic!("an event")
        };
        let frame = events[0].encoded(audience, |event, cursor| {
            calls.set(calls.get() + 1);
            sse::encode(event, &cursor, audience)
        });
        encoded.push((audience, frame.unwrap()));
        entries.extend(events);
    }
    assert_eq!(calls.get(), 2, "customers once, staff once");
    assert!(entries.windows(2).all(|two| Arc::ptr_eq(&two[0], &two[1])), "one entry for all");
    let (customer, staff) = (encoded[0].1.as_ptr(), encoded[2].1.as_ptr());
    assert!(encoded.iter().all(|(audience, frame)| {
        frame.as_ptr() == if *audience == Audience::Staff { staff } else { customer }
    }));
    // An event that tells an audience nothing is not encoded again, either.
    let silent = Cell::new(0);
    for _ in 0..2 {
        let nothing = entries[0].encoded(Audience::Link, |_, _| {
            silent.set(silent.get() + 1);
            None
        });
        assert_eq!(nothing, None);
    }
    assert_eq!(silent.get(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_streams_share_the_bytes() {
    let shop = Shop::open().await;
    let hub = shop.hub(64).await;
    let mut frames = Vec::new();
    for _ in 0..2 {
        frames.push(Box::pin(open(hub.subscribe(of_customer("asha"), None), None, never())));
    }
    for stream in &mut frames {
        stream.next().await.unwrap();
    }
    shop.place("asha").await;
    shop.settle().await;
    shop.publish_all(&hub);
    let first = frames[0].next().await.unwrap();
    let second = frames[1].next().await.unwrap();
    assert_eq!(first.as_ptr(), second.as_ptr());
}
