//! Every cache of the SQLite backend, while a second connection changes the database: the next batch and the next read
//! see the change.

use std::sync::Arc;

use jiff::SignedDuration;
use ordercast_eventlog::{
    Inbox, InboxFilter, OrderFilter, Outcome, ReadBackend, Seq, Submission, Topic, Writer,
};
use orders::{Command, OrderNumber, ProductId, Status};

use crate::Sqlite;
use crate::contract::Backend as _;
use crate::contract::log::{Log, ordered};
use crate::contract::shop::{bring, create, customer, keyed, number, place, set_status, staff, store, user};

const MAIN: &str = "main";

/// A shop whose writer has everything in its caches.
struct Shop {
    log: Log<Sqlite>,
    tea: ProductId,
    first: OrderNumber,
}

/// A second process at work on the same database.
struct OtherProcess {
    writer: Writer,
    thread: std::thread::JoinHandle<()>,
}

impl OtherProcess {
    async fn submit(&self, submission: Submission) -> OrderNumber {
        ordered(self.writer.submit(submission).await).order.number
    }

    fn end(self) {
        drop(self.writer);
        self.thread.join().unwrap();
    }
}

impl Shop {
    async fn open() -> Self {
        let log = Log::<Sqlite>::fresh().await;
        let tea = log.product(create(log.clock.uuid(), 450, 100_000), staff(MAIN)).await.product.id;
        let order = Submission::one(place(log.clock.uuid(), MAIN, &[(tea, 1)]), customer("asha"));
        let first = ordered(log.submit(order).await).order.number;
        Self { log, tea, first }
    }

    fn sql(&self, sql: &str) {
        self.log.backend().raw().execute_batch(sql).unwrap();
    }

    async fn other_process(&self) -> OtherProcess {
        let (write_backend, _) = self.log.backend().open(None, self.log.clock.uuid()).await;
        let (writer, thread) =
            Writer::start(write_backend, Arc::clone(&self.log.clock) as _, Box::new(drop)).unwrap();
        OtherProcess { writer, thread }
    }

    fn command(&self) -> Command {
        place(self.log.clock.uuid(), MAIN, &[(self.tea, 1)])
    }

    fn order(&self) -> Submission {
        Submission::one(self.command(), customer("asha"))
    }

    /// Places some orders in another process, the first one of them with a change by the staff.
    async fn place_elsewhere(&self, orders: usize) -> Vec<OrderNumber> {
        let other = self.other_process().await;
        let mut placed = Vec::new();
        for _ in 0..orders {
            placed.push(other.submit(self.order()).await);
        }
        other.submit(Submission::one(bring(number(placed[0]), "dara"), staff(MAIN))).await;
        other.end();
        placed
    }

    fn reads(&self) -> Arc<dyn ReadBackend> {
        self.log.read_backend()
    }

    async fn listed(&self) -> Vec<OrderNumber> {
        let filter = OrderFilter::newest(Topic::Customer(user("asha")), 100);
        let page = self.reads().orders(filter).await.unwrap().value;
        page.orders.iter().rev().map(|snapshot| snapshot.order.number).collect()
    }

    async fn tail(&self, topic: Topic) -> Vec<Seq> {
        let page = self.reads().tail(topic, Seq(0), 100).await.unwrap();
        page.events.iter().map(|event| event.stored.seq).collect()
    }

    async fn unread(&self, inbox: Inbox) -> usize {
        self.reads().unread(inbox).await.unwrap().value
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_cached_name_of_a_user_is_read_again() {
    let shop = Shop::open().await;
    shop.sql("UPDATE users SET name = 'Asha Rao' WHERE id = 'asha'");
    let placed = ordered(shop.log.submit(shop.order()).await);
    assert_eq!(placed.customer.name.as_deref(), Some("Asha Rao"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_whose_row_is_gone_gets_a_new_key() {
    let shop = Shop::open().await;
    shop.sql("PRAGMA foreign_keys = OFF; DELETE FROM users WHERE id = 'asha'");
    ordered(shop.log.submit(shop.order()).await);
    assert!(shop.reads().user(user("asha")).await.unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn products_kept_between_batches_are_read_again() {
    let shop = Shop::open().await;
    shop.sql("UPDATE products SET amount = 999; UPDATE stock SET on_hand = 2, reserved = 1");
    assert_eq!(ordered(shop.log.submit(shop.order()).await).order.total.amount, 999);
    let receipt = shop.log.submit(shop.order()).await.unwrap();
    assert!(matches!(&receipt.outcomes[..], [Outcome::Refused(_)]), "two were in stock");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_of_products_are_read_again() {
    let shop = Shop::open().await;
    shop.sql(
        "PRAGMA foreign_keys = OFF; UPDATE products SET key = key + 100; UPDATE stock SET product = product + 100",
    );
    ordered(shop.log.submit(shop.order()).await);
    let product = shop.reads().product(shop.tea).await.unwrap().unwrap();
    assert_eq!(product.product.stock.reserved, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_of_stores_are_read_again() {
    let shop = Shop::open().await;
    shop.sql("UPDATE stores SET key = key + 100; UPDATE orders SET store = store + 100");
    let second = ordered(shop.log.submit(shop.order()).await).order.number;
    let filter = OrderFilter::newest(Topic::Store(store(MAIN)), 100);
    let page = shop.reads().orders(filter).await.unwrap().value;
    let numbers: Vec<_> = page.orders.iter().map(|snapshot| snapshot.order.number).collect();
    assert_eq!(numbers, [second, shop.first]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_head_and_the_next_order_number_are_read_again() {
    let shop = Shop::open().await;
    let elsewhere = shop.place_elsewhere(2).await;
    let head = shop.log.head().await;
    assert_eq!(head, Seq(5), "a product, three orders and a change");
    let receipt = shop.log.submit(shop.order()).await;
    assert_eq!(receipt.as_ref().unwrap().cursor.seq, head.next());
    assert_eq!(ordered(receipt).order.number, elsewhere[1].next());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_index_of_customers_orders_knows_orders_of_another_process() {
    let shop = Shop::open().await;
    let mut expected = vec![shop.first];
    expected.extend(shop.place_elsewhere(3).await);
    assert_eq!(shop.listed().await, expected, "at once");
    expected.push(ordered(shop.log.submit(shop.order()).await).order.number);
    assert_eq!(shop.listed().await, expected, "after a batch of our own");
    expected.extend(shop.place_elsewhere(2).await);
    assert_eq!(shop.listed().await, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_index_of_recipients_knows_events_of_another_process() {
    let shop = Shop::open().await;
    let placed = shop.place_elsewhere(1).await;
    let (customer, driver) = (Topic::Customer(user("asha")), Topic::Driver(user("dara")));
    let (asha, dara) = (Inbox::customer(user("asha")), Inbox::driver(user("dara")));
    assert_eq!(shop.tail(customer.clone()).await, [2, 3, 4].map(Seq));
    assert_eq!(shop.tail(driver.clone()).await, [Seq(4)]);
    assert_eq!((shop.unread(asha.clone()).await, shop.unread(dara.clone()).await), (1, 1));
    shop.log.order(set_status(number(placed[0]), Status::Shipped), staff(MAIN)).await;
    assert_eq!(shop.tail(customer).await, [2, 3, 4, 5].map(Seq));
    assert_eq!(shop.tail(driver).await, [4, 5].map(Seq));
    assert_eq!((shop.unread(asha.clone()).await, shop.unread(dara).await), (2, 2));
    let filter = InboxFilter { inbox: asha, category: None, unread: true, through: None, limit: 10 };
    assert_eq!(shop.reads().inbox(filter).await.unwrap().value.entries.len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_filter_of_idempotency_keys_knows_keys_of_another_process() {
    let shop = Shop::open().await;
    let request = |key| keyed(shop.command(), customer("asha"), key, 1);
    let other = shop.other_process().await;
    let theirs = request(1);
    let placed = other.submit(theirs.clone()).await;
    let replayed = shop.log.submit(theirs).await.unwrap();
    assert!(replayed.replayed);
    assert_eq!(ordered(Ok(replayed)).order.number, placed);
    // And the other way round, while both processes run.
    let ours = request(2);
    let placed = ordered(shop.log.submit(ours.clone()).await).order.number;
    assert_eq!(other.submit(ours).await, placed);
    other.end();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pending_sales_include_orders_of_another_process() {
    let shop = Shop::open().await;
    shop.place_elsewhere(3).await;
    ordered(shop.log.submit(shop.order()).await);
    let quarter = SignedDuration::from_mins(15).as_secs();
    let now = shop.log.clock.now().as_second().div_euclid(quarter) * quarter;
    let edges = [now, now + quarter].map(|second| jiff::Timestamp::from_second(second).unwrap());
    let series = shop.reads().series(store(MAIN), edges.to_vec(), 5).await.unwrap().value;
    assert_eq!(series.top_products.iter().map(|sales| sales.quantity).collect::<Vec<_>>(), [5]);
}
