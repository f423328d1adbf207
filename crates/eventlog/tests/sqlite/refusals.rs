//! Writes that the database rejects: a trigger raises an error for a product named "Cursed".

use jiff::SignedDuration;
use ordercast_eventlog::{OrderFilter, Outcome, Seq, Submission, SubmitError, Topic};
use orders::{OrderNumber, ProductId};
use rusqlite::Connection;

use crate::Sqlite;
use crate::contract::log::{Log, ordered};
use crate::contract::shop::{
    cancel, create, customer, keyed, named, number, place, placing, staff, store, user,
};

const MAIN: &str = "main";

/// A shop with tea, and with a product of which the database rejects orders.
struct Shop {
    log: Log<Sqlite>,
    tea: ProductId,
    cursed: ProductId,
}

impl Shop {
    async fn open() -> Self {
        let log = Log::<Sqlite>::fresh().await;
        let tea = log.product(create(log.clock.uuid(), 450, 100_000), staff(MAIN)).await.product.id;
        let cursed = log.product(named(log.clock.uuid(), "Cursed", 1, 100_000), staff(MAIN)).await.product.id;
        let shop = Self { log, tea, cursed };
        shop.sql(
            "CREATE TRIGGER cursed BEFORE INSERT ON orders WHEN NEW.state LIKE '%Cursed%' \
             BEGIN SELECT RAISE(ABORT, 'cursed'); END",
        );
        shop
    }

    /// Runs SQL on another connection.
    fn sql(&self, sql: &str) {
        self.log.backend().raw().execute_batch(sql).unwrap();
    }

    fn order(&self, product: ProductId, who: &str) -> Submission {
        Submission::one(place(self.log.clock.uuid(), MAIN, &[(product, 1)]), customer(who))
    }

    async fn reserved(&self, product: ProductId) -> u32 {
        self.log.read_backend().product(product).await.unwrap().unwrap().product.stock.reserved
    }

    async fn orders_of(&self, who: &str) -> Vec<OrderNumber> {
        let filter = OrderFilter::newest(Topic::Customer(user(who)), 100_000);
        let page = self.log.read_backend().orders(filter).await.unwrap().value;
        page.orders.iter().map(|snapshot| snapshot.order.number).collect()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_submission_fails_alone_and_the_writer_goes_on() {
    let shop = Shop::open().await;
    let head = shop.log.head().await;
    let bad = |n: usize| n % 13 == 5;
    let submissions = (0..60)
        .map(|n| shop.order(if bad(n) { shop.cursed } else { shop.tea }, &format!("customer-{n}")))
        .collect();
    let answers = shop.log.together(submissions).await;
    let mut placed = Vec::new();
    for (n, answer) in answers.into_iter().enumerate() {
        if bad(n) {
            let error = answer.unwrap_err();
            assert!(matches!(error, SubmitError::Failed(_)), "{n}: {error}");
            assert!(error.to_string().contains("cursed"), "it says why: {error}");
            assert!(shop.orders_of(&format!("customer-{n}")).await.is_empty());
        } else {
            let snapshot = ordered(answer);
            assert_eq!(shop.orders_of(&format!("customer-{n}")).await, [snapshot.order.number]);
            placed.push(snapshot.order.number);
        }
    }
    assert_eq!(placed, (10_001..10_056).map(OrderNumber).collect::<Vec<_>>(), "no number was lost");
    // The warm-up product and the orders.
    assert_eq!(shop.log.head().await, Seq(head.0 + 56));
    assert_eq!((shop.reserved(shop.tea).await, shop.reserved(shop.cursed).await), (55, 0));
    let events = shop.log.published.events();
    assert!(events.iter().zip(1..).all(|(event, seq)| event.seq == Seq(seq)), "published without a gap");
    ordered(shop.log.submit(shop.order(shop.tea, "asha")).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_submission_leaves_nothing_behind() {
    let shop = Shop::open().await;
    let failing = || {
        let order = placing(shop.log.clock.uuid(), MAIN, &[(shop.cursed, 1)]);
        let to = crate::contract::shop::address("Nobody Ever", None);
        let order = orders::command::PlaceOrder { address: to, ..order };
        let submission = keyed(orders::Command::PlaceOrder(order), customer("new"), 7, 7);
        let external_user = Some(crate::contract::shop::external_user("new", Some("New Name"), None));
        Submission { external_user, ..submission }
    };
    for _ in 0..2 {
        assert!(
            matches!(shop.log.submit(failing()).await, Err(SubmitError::Failed(_))),
            "it is not stored under its key"
        );
    }
    assert!(shop.log.read_backend().user(user("new")).await.unwrap().is_none());
    assert_eq!(shop.reserved(shop.cursed).await, 0);
    shop.sql("DROP TRIGGER cursed");
    // The same key, now that it can succeed. The user who was rolled back before is inserted again.
    let snapshot = ordered(shop.log.submit(failing()).await);
    assert_eq!(snapshot.customer.name.as_deref(), Some("New Name"));
    assert_eq!(snapshot.order.number, OrderNumber::FIRST);
    for text in ["ever", "new name"] {
        let filter =
            OrderFilter { text: Some(text.to_owned()), ..OrderFilter::newest(Topic::Store(store(MAIN)), 10) };
        assert_eq!(shop.log.read_backend().orders(filter).await.unwrap().value.orders.len(), 1, "{text}");
    }
    assert_eq!(shop.reserved(shop.cursed).await, 1);
}

/// A customer's orders are indexed in runs of 8192. The database rejects the batch that writes a run.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_was_rolled_back_is_written_again() {
    let mut shop = Shop::open().await;
    for _ in 0..16 {
        let requests = (0..500).map(|n| {
            (place(shop.log.clock.uuid(), MAIN, &[(shop.tea, 1)]), customer(&format!("c{}", n % 5)))
        });
        shop.log.submit(crate::contract::shop::bulk(requests.collect())).await.unwrap();
    }
    // There are 8000 orders; 192 more complete a run.
    let submissions = (0..200)
        .map(|n| shop.order(if n == 195 { shop.cursed } else { shop.tea }, &format!("c{}", n % 5)))
        .collect();
    let answers = shop.log.together(submissions).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_err()).count(), 1);
    for restarted in [false, true] {
        for n in 0..5 {
            let orders = shop.orders_of(&format!("c{n}")).await;
            assert!(orders.is_sorted_by(|a, b| a > b), "each once");
            assert_eq!(orders.len(), 1640 - usize::from(n == 0), "c{n}, restarted: {restarted}");
        }
        shop.log.restart().await;
    }
    let runs: i64 = shop
        .log
        .backend()
        .raw()
        .query_row("SELECT count(*) FROM customer_run_ends", (), |row| row.get(0))
        .unwrap();
    assert_eq!(runs, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn maintenance_that_fails_affects_no_submission() {
    let shop = Shop::open().await;
    let order = |key| keyed(place(shop.log.clock.uuid(), MAIN, &[(shop.tea, 1)]), customer("asha"), key, 1);
    for key in [7, 8] {
        ordered(shop.log.submit(order(key)).await);
    }
    shop.sql("CREATE TRIGGER keep BEFORE DELETE ON answers BEGIN SELECT RAISE(ABORT, 'kept'); END");
    shop.log.clock.advance(SignedDuration::from_hours(30));
    // Tea is in the writer's memory when maintenance fails. The next submission must not be affected.
    let placed = ordered(shop.log.submit(order(9)).await);
    shop.log.settle().await;
    shop.log.order(cancel(number(placed.order.number)), customer("asha")).await;
    ordered(shop.log.submit(order(7)).await);
    shop.sql("DROP TRIGGER keep");
    shop.log.maintain(2).await;
    ordered(shop.log.submit(shop.order(shop.tea, "asha")).await);
    assert_eq!(shop.reserved(shop.tea).await, 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_that_is_refused_fails_alone_too() {
    use ordercast_eventlog::accounts::{AccountChange, Email};
    let shop = Shop::open().await;
    shop.sql(
        "CREATE TRIGGER nobody BEFORE INSERT ON users WHEN NEW.name = 'Cursed' \
         BEGIN SELECT RAISE(ABORT, 'cursed'); END",
    );
    let signing_up = |id: &str, name: &str| AccountChange::CreateUser {
        id: user(id),
        role: orders::Role::Customer,
        store: store(MAIN),
        name: name.parse().unwrap(),
        email: Email::new(&format!("{id}@example.com")).unwrap(),
        password_hash: String::new(),
    };
    let writer = shop.log.writer();
    let (bad, good, order) = tokio::join!(
        writer.account(signing_up("mallory", "Cursed")),
        writer.account(signing_up("ben", "Ben")),
        shop.log.submit(shop.order(shop.tea, "asha"))
    );
    assert!(matches!(bad, Err(SubmitError::Failed(_))));
    assert!(good.unwrap().is_ok());
    ordered(order);
    assert!(shop.log.read_backend().user(user("mallory")).await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_another_connection_changes_is_seen_by_the_next_command() {
    let shop = Shop::open().await;
    ordered(shop.log.submit(shop.order(shop.tea, "asha")).await);
    shop.sql(&format!("UPDATE products SET amount = 999 WHERE name = 'Tea'; {}", stock(1, 1)));
    assert_eq!(refused(&shop, shop.tea).await, "out_of_stock");
    shop.sql(&stock(2, 1));
    let placed = ordered(shop.log.submit(shop.order(shop.tea, "asha")).await);
    assert_eq!(placed.order.total.amount, 999);
    shop.sql("UPDATE users SET name = 'Asha Rao' WHERE id = 'asha'");
    let cancelled = shop.log.order(cancel(number(placed.order.number)), customer("asha")).await;
    assert_eq!(cancelled.customer.name.as_deref(), Some("Asha Rao"));
    // Deletes the products.
    shop.sql("PRAGMA foreign_keys = OFF; DELETE FROM stock; DELETE FROM products");
    assert_eq!(refused(&shop, shop.tea).await, "product_not_found");
    // The order can still be changed.
    let first = number(OrderNumber::FIRST);
    shop.log.order(cancel(first), customer("asha")).await;
    let new = shop.log.product(create(shop.log.clock.uuid(), 5, 5), staff(MAIN)).await.product.id;
    ordered(shop.log.submit(shop.order(new, "asha")).await);
}

fn stock(on_hand: u32, reserved: u32) -> String {
    format!(
        "UPDATE stock SET on_hand = {on_hand}, reserved = {reserved} \
         WHERE product = (SELECT key FROM products WHERE name = 'Tea')"
    )
}

async fn refused(shop: &Shop, product: ProductId) -> &'static str {
    let receipt = shop.log.submit(shop.order(product, "asha")).await.unwrap();
    match &receipt.outcomes[..] {
        [Outcome::Refused(refusal)] => refusal.code(),
        other => panic!("{other:?}"),
    }
}

/// The writer's memory depends on this: `data_version` changes when another connection writes, and not when it does a
/// checkpoint or when the write-ahead log starts over.
#[test]
fn a_checkpoint_is_no_change() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("x.db");
    let writer = Connection::open(&path).unwrap();
    writer.query_row("PRAGMA journal_mode = WAL", (), |_| Ok(())).unwrap();
    writer.execute_batch("CREATE TABLE t (x); INSERT INTO t VALUES (1)").unwrap();
    let other = Connection::open(&path).unwrap();
    let version = || writer.pragma_query_value(None, "data_version", |row| row.get::<_, i64>(0)).unwrap();
    let before = version();
    for mode in ["PASSIVE", "RESTART"] {
        for _ in 0..3 {
            let sql = format!("PRAGMA wal_checkpoint({mode})");
            let (busy, log, copied) = other
                .query_row(&sql, (), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
                .map(|row: (bool, i64, i64)| row)
                .unwrap();
            assert!(!busy && log == copied);
            writer.execute_batch("INSERT INTO t VALUES (1)").unwrap();
            assert_eq!(version(), before, "{mode}");
        }
    }
    other.execute_batch("INSERT INTO t VALUES (1)").unwrap();
    assert_ne!(version(), before);
}
