//! Migrations from earlier schemas.

use ordercast_eventlog::accounts::Email;
use ordercast_eventlog::sqlite::Database;
use ordercast_eventlog::stats::{BUCKET_SECONDS, bucket};
use ordercast_eventlog::{
    EventWithContext, Inbox, InboxFilter, LogConsumer, Mark, OrderFilter, Seq, StartAt, Topic,
};
use orders::command::PlaceOrder;
use orders::{Command, Status};

use super::Sqlite;
use super::contract::accounts::signing_up;
use super::contract::log::{Log, snapshot};
use super::contract::shop::{
    address, bulk, cancel, create, customer, number, place, placing, refund, set_status, staff, track, user,
};
use super::contract::walk::Walk;

const TO_VERSION_2: &str = "DROP TABLE order_references; ALTER TABLE flow DROP COLUMN reversed; DROP TABLE consumers; DROP TABLE batches;
     DROP TABLE sales; DROP TABLE delivery_times; DROP TABLE reservations; PRAGMA user_version = 2;";

/// Recreates the tables of an earlier version.
fn go_back(log: &Log<Sqlite>, sql: &str) {
    let to_version_11 =
        "ALTER TABLE sessions DROP COLUMN earlier_rotations; ALTER TABLE sessions ADD COLUMN previous BLOB;";
    log.backend().raw().execute_batch(&format!("{to_version_11} {sql}")).unwrap();
}

/// Drops what later schemas added.
fn back_to_version_1(log: &Log<Sqlite>) {
    go_back(
        log,
            "DROP TABLE order_references; ALTER TABLE flow DROP COLUMN reversed; DROP TABLE consumers; DROP TABLE batches;
             DROP TABLE sales; DROP TABLE delivery_times; DROP TABLE reservations;
             DELETE FROM meta WHERE name = 'sales_counted';
             DROP TABLE topic_runs; DROP TABLE topic_run_ends; DROP TABLE inboxes;
             DELETE FROM meta WHERE name = 'inboxes_since';
             DELETE FROM users WHERE id LIKE 'driver-%';
             PRAGMA user_version = 1;",
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_inbox_is_filled_from_the_events_of_version_1_and_they_count_as_read() {
    let mut walk = Walk::<Sqlite>::of(11, 1200).await;
    let asha = Inbox::customer(user("customer-1"));
    let driver = Inbox::driver(user("driver-1"));
    let sam = Inbox::staff(user("temp"), orders::StoreId::main());
    let inboxes = [asha, driver, sam];
    let every = |inbox: &Inbox| InboxFilter {
        inbox: inbox.clone(),
        category: None,
        unread: false,
        through: None,
        limit: 500,
    };
    let mut before = Vec::new();
    for inbox in &inboxes {
        let page = walk.log.read_backend().inbox(every(inbox)).await.unwrap().value;
        assert!(page.entries.len() > 20 && page.unread > 10, "{inbox:?}: {}", page.unread);
        before.push(page);
    }
    walk.log.stop();
    back_to_version_1(&walk.log);
    assert_eq!(Database::inspect(walk.log.backend().directory(), &[]).unwrap(), Some(1));
    walk.log.restart_after_stop().await;
    assert_eq!(Database::inspect(walk.log.backend().directory(), &[]).unwrap(), Some(Database::schema()));
    for _ in 0..2 {
        for (inbox, before) in inboxes.iter().zip(&before) {
            let page = walk.log.read_backend().inbox(every(inbox)).await.unwrap().value;
            let seqs = |page: &ordercast_eventlog::InboxPage| -> Vec<Seq> {
                page.entries.iter().map(|entry| entry.stored.seq).collect()
            };
            assert_eq!(seqs(&page), seqs(before));
            assert!(page.unread == 0 && page.entries.iter().all(|entry| entry.read));
        }
        for topic in Walk::<Sqlite>::topics() {
            let tail = walk.log.read_backend().tail(topic.clone(), Seq(3), 100_000).await.unwrap();
            let expected: Vec<_> =
                walk.of_topic(&topic).into_iter().filter(|event| event.seq > Seq(3)).collect();
            let events: Vec<_> = tail.events.iter().map(|event| event.stored.clone()).collect();
            assert_eq!(events, expected, "{topic:?}");
        }
        walk.log.restart().await;
    }
    // New events are unread.
    let topic = Topic::Customer(user("customer-1"));
    let open = walk.world().orders.into_values().find(|order| {
        order.customer == user("customer-1") && order.store.as_str() == "main" && !order.status().is_final()
    });
    let open = open.unwrap();
    let name = orders::OrderRef::Number(open.number);
    walk.log.order(set_status(name, Status::Delivered), staff("main")).await;
    assert_eq!(walk.log.read_backend().unread(inboxes[0].clone()).await.unwrap().value, 1);
    assert_eq!(
        walk.log.read_backend().tail(topic, Seq(walk.events.len() as u64), 9).await.unwrap().events.len(),
        1
    );
    assert_eq!(walk.log.mark_read(&inboxes[0], Mark::All).await.state.unread, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_for_its_payment_is_found_in_a_database_of_version_2() {
    let mut walk = Walk::<Sqlite>::of(13, 900).await;
    let before = walk.log.read_backend().reservations_due(jiff::Timestamp::MAX, 10_000).await.unwrap();
    assert!(before.len() > 5, "{before:?}");
    walk.log.stop();
    go_back(&walk.log, TO_VERSION_2);
    walk.log.restart_after_stop().await;
    let after = walk.log.read_backend().reservations_due(jiff::Timestamp::MAX, 10_000).await.unwrap();
    assert_eq!(after, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_sold_and_how_long_it_took_is_counted_in_a_database_of_version_3() {
    let mut walk = Walk::<Sqlite>::of(14, 1500).await;
    let edges = || {
        let edge = |at: jiff::Timestamp| jiff::Timestamp::from_second(bucket(at) * BUCKET_SECONDS).unwrap();
        let (first, last) = (walk.events[0].event.at, walk.events.last().unwrap().event.at);
        vec![edge(first), edge(last + jiff::SignedDuration::from_secs(BUCKET_SECONDS))]
    };
    let edges = edges();
    let read = async |walk: &Walk<Sqlite>| {
        let read =
            walk.log.read_backend().series(orders::StoreId::main(), edges.clone(), 50).await.unwrap().value;
        (read.intervals, read.deliveries, read.top_products)
    };
    let before = read(&walk).await;
    assert!(before.2.len() == 4 && before.1.percentile(50).is_some(), "{before:?}");
    walk.log.stop();
    let back = "DROP TABLE order_references; ALTER TABLE flow DROP COLUMN reversed; DROP TABLE consumers; DROP TABLE batches;
                DROP TABLE sales; DROP TABLE delivery_times; DELETE FROM meta WHERE name = 'sales_counted';
                PRAGMA user_version = 3;";
    go_back(&walk.log, back);
    walk.log.restart_after_stop().await;
    let mark = "SELECT value FROM meta WHERE name = 'sales_counted'";
    let mark: i64 = walk.log.backend().raw().query_row(mark, (), |row| row.get(0)).unwrap();
    assert!(mark > 10_100, "all of them are written: {mark}");
    assert_eq!(read(&walk).await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn months_are_summed_up_in_a_database_of_version_4() {
    let mut log = Log::<Sqlite>::fresh().await;
    let edge = |at: jiff::Timestamp| jiff::Timestamp::from_second(bucket(at) * BUCKET_SECONDS).unwrap();
    let begin = edge(log.clock.now());
    let tea = log.product(create(log.clock.uuid(), 450, 100_000), staff("main")).await.product.id;
    // The second start counts everything: up to 8192 items are in memory only.
    for _ in 0..15 {
        let order = log.order(place(log.clock.uuid(), "main", &[(tea, 2)]), customer("asha")).await;
        log.clock.advance(jiff::SignedDuration::from_hours(24 * 9));
        log.order(set_status(number(order.order.number), Status::Delivered), staff("main")).await;
    }
    let edges = vec![begin, edge(log.clock.now()) + jiff::SignedDuration::from_secs(BUCKET_SECONDS)];
    let read = async |log: &Log<Sqlite>| {
        let read = log.read_backend().series(orders::StoreId::main(), edges.clone(), 5).await.unwrap().value;
        (read.deliveries, read.top_products)
    };
    let before = read(&log).await;
    assert_eq!(before.1[0].quantity, 30);
    for back in [
        "DROP TABLE order_references; ALTER TABLE flow DROP COLUMN reversed; DROP TABLE consumers; DROP TABLE batches;
         DROP TABLE sales; DROP TABLE delivery_times; PRAGMA user_version = 3;",
        "DROP TABLE order_references; ALTER TABLE flow DROP COLUMN reversed; DROP TABLE consumers; DROP TABLE batches;
         DELETE FROM sales WHERE span = 2; DELETE FROM delivery_times WHERE span = 2; PRAGMA user_version = 4;",
    ] {
        log.stop();
        go_back(&log, back);
        log.restart_after_stop().await;
        assert_eq!(read(&log).await, before, "after {back}");
        let months = "SELECT count(*) FROM sales WHERE span = 2";
        let months: i64 = log.backend().raw().query_row(months, (), |row| row.get(0)).unwrap();
        assert!(months > 3, "{months}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn consumers_can_be_registered_in_a_database_of_version_5() {
    let mut walk = Walk::<Sqlite>::of(15, 300).await;
    walk.log.stop();
    let back = "DROP TABLE order_references; ALTER TABLE flow DROP COLUMN reversed; DROP TABLE consumers; DROP TABLE batches; PRAGMA user_version = 5;";
    go_back(&walk.log, back);
    walk.log.restart_after_stop().await;
    assert_eq!(Database::inspect(walk.log.backend().directory(), &[]).unwrap(), Some(Database::schema()));
    let open = async |log: &Log<Sqlite>| {
        let name = "relay".parse().unwrap();
        LogConsumer::open(name, StartAt::Oldest, log.read_backend(), log.writer()).await.unwrap()
    };
    let page = open(&walk.log).await.next(100_000).await.unwrap();
    let events: Vec<_> = page.events.iter().map(|event| event.stored.clone()).collect();
    assert_eq!(events, walk.events);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn revenue_becomes_net_in_a_database_of_version_6() {
    let mut log = Log::<Sqlite>::fresh().await;
    let edge = |at: jiff::Timestamp| jiff::Timestamp::from_second(bucket(at) * BUCKET_SECONDS).unwrap();
    let begin = edge(log.clock.now());
    let tea = log.product(create(log.clock.uuid(), 450, 100_000), staff("main")).await.product.id;
    let mut orders = Vec::new();
    for _ in 0..4 {
        orders.push(
            log.order(place(log.clock.uuid(), "main", &[(tea, 1)]), customer("asha")).await.order.number,
        );
        log.clock.advance(jiff::SignedDuration::from_hours(30));
    }
    log.order(cancel(number(orders[0])), staff("main")).await;
    log.order(set_status(number(orders[1]), Status::Paid), staff("main")).await;
    log.order(refund(number(orders[1])), staff("main")).await;
    let end = edge(log.clock.now()) + jiff::SignedDuration::from_secs(BUCKET_SECONDS);
    let read = async |log: &Log<Sqlite>| {
        let backend = log.read_backend();
        let series = backend.series(orders::StoreId::main(), vec![begin, end], 5).await.unwrap().value;
        let stats = backend.stats(orders::StoreId::main(), begin).await.unwrap().value;
        (series.intervals, series.top_products, stats.by_status, stats.since)
    };
    let before = read(&log).await;
    assert_eq!((before.0[0][0].1.net(), before.1[0].quantity), (900, 2));
    log.stop();
    // As version 6 stored it.
    let back = "DROP TABLE order_references; ALTER TABLE flow DROP COLUMN reversed; UPDATE sales SET quantity = quantity + 2, amount = amount + 900;
                UPDATE counts SET amount = orders * 450; PRAGMA user_version = 6;";
    go_back(&log, back);
    log.restart_after_stop().await;
    assert_eq!(read(&log).await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_spellings_are_found_in_a_database_of_version_7() {
    let mut log = Log::<Sqlite>::fresh().await;
    let tea = log.product(create(log.clock.uuid(), 450, 100), staff("main")).await.product.id;
    let order = Command::PlaceOrder(PlaceOrder {
        address: address("Søren 山田太郎", Some("+49 170 1234567")),
        ..placing(log.clock.uuid(), "main", &[(tea, 1)])
    });
    let order = log.order(order, customer("asha")).await.order.number;
    log.order(track(number(order), "JD 014"), staff("main")).await;
    log.stop();
    // As version 7 stored it.
    let back = "DELETE FROM people; INSERT INTO people (rowid, words) SELECT key, known_as FROM users WHERE known_as IS NOT NULL;
                UPDATE tracking_numbers SET tracking = 'JD 014'; DROP TABLE order_references;
                PRAGMA user_version = 7;";
    go_back(&log, back);
    log.restart_after_stop().await;
    for text in ["soren", "太郎", "01701234567", "jd014", "søren"] {
        let topic = Topic::Store(orders::StoreId::main());
        let filter = OrderFilter { text: Some(text.to_owned()), ..OrderFilter::newest(topic, 9) };
        let page = log.read_backend().orders(filter).await.unwrap().value;
        assert_eq!(page.orders.len(), 1, "{text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_of_version_11_signs_in_with_an_address_in_another_form() {
    let mut log = Log::<Sqlite>::fresh().await;
    for (id, address) in
        [("jose", "jose@example.com"), ("muller", "m@example.com"), ("other", "m\u{fc}@example.com")]
    {
        log.account(signing_up(id, address)).await.unwrap();
    }
    log.stop();
    go_back(
        &log,
        "UPDATE users SET email = 'jose' || char(0x301) || '@example.com' WHERE id = 'jose';
         UPDATE users SET email = 'mu' || char(0x308) || '@example.com' WHERE id = 'muller';
         PRAGMA user_version = 11;",
    );
    log.restart_after_stop().await;
    for (typed, id) in
        [("jos\u{e9}", "jose"), ("jose\u{301}", "jose"), ("m\u{fc}", "other"), ("mu\u{308}", "other")]
    {
        let email = Email::new(&format!("{typed}@example.com")).unwrap();
        assert_eq!(log.read_backend().user_by_email(email).await.unwrap().unwrap().id, user(id), "{typed}");
    }
    assert_eq!(log.read_backend().users(9).await.unwrap().len(), 3, "both accounts with one address stay");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_events_than_fit_into_one_run_are_indexed() {
    const ORDERS: usize = 3000;
    let mut log = Log::<Sqlite>::fresh().await;
    let tea = log.product(create(log.clock.uuid(), 450, 100_000), staff("main")).await.product.id;
    let mut names = Vec::new();
    for portion in 0..ORDERS / 500 {
        let who = customer(&format!("customer-{portion}"));
        let orders = (0..500).map(|_| (place(log.clock.uuid(), "main", &[(tea, 1)]), who.clone())).collect();
        let placed = log.submit(bulk(orders)).await.unwrap().outcomes.into_iter();
        names.extend(placed.map(|outcome| number(snapshot(outcome).order.number)));
    }
    for status in [Status::Processing, Status::Shipped, Status::Delivered] {
        for names in names.chunks(500) {
            let moves = names.iter().map(|name| (set_status(*name, status), staff("main"))).collect();
            log.submit(bulk(moves)).await.unwrap();
        }
    }
    log.settle().await;
    let inbox = Inbox::customer(user("customer-3"));
    let all = InboxFilter { inbox: inbox.clone(), category: None, unread: false, through: None, limit: 200 };
    let before = log.read_backend().inbox(all.clone()).await.unwrap().value;
    assert_eq!(before.unread, 999, "1500 of them");
    let topic = Topic::Customer(user("customer-3"));
    let events = log.read_backend().tail(topic.clone(), Seq(0), 10_000).await.unwrap().events;
    assert_eq!(events.len(), 2000);
    log.stop();
    back_to_version_1(&log);
    log.restart_after_stop().await;
    let runs: i64 =
        log.backend().raw().query_row("SELECT count(*) FROM topic_run_ends", (), |row| row.get(0)).unwrap();
    assert_eq!(runs, 1, "the rest waits in memory");
    let seqs = |events: &[EventWithContext]| events.iter().map(|event| event.stored.seq).collect::<Vec<_>>();
    // In pages, across the end of a run.
    let mut again = Vec::new();
    while again.len() < events.len() {
        let after = again.last().copied().unwrap_or_default();
        again.extend(seqs(&log.read_backend().tail(topic.clone(), after, 300).await.unwrap().events));
    }
    assert_eq!(again, seqs(&events));
    let (mut through, mut listed) = (None, 0);
    loop {
        let page = log.read_backend().inbox(InboxFilter { through, ..all.clone() }).await.unwrap().value;
        listed += page.entries.len();
        if page.next.is_none() {
            break;
        }
        through = page.next;
    }
    assert_eq!(listed, 2000, "each once");
}
