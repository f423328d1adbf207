//! Searches among many orders that are not wanted. Their state is unreadable, so that a search that loads one of them fails.

use ordercast_eventlog::{OrderFilter, OrderSort, Submission, Topic};
use orders::OrderNumber;

use crate::Sqlite;
use crate::contract::log::{Log, ordered};
use crate::contract::shop::{bring, create, customer, external_user, number, place, staff, store, user};

/// More than are looked at for one page, and fewer than for two.
const MANY: usize = 25_000;

struct Shop {
    log: Log<Sqlite>,
    /// Asha's orders, oldest first. Dev delivers the first one.
    mine: Vec<OrderNumber>,
}

impl Shop {
    /// Besides Asha's orders there are many of Carla in the same store, and in another store many of other customers who
    /// are called Asha too. Dev was to deliver all of the latter.
    async fn open() -> Self {
        let log = Log::<Sqlite>::fresh().await;
        let tea = log.product(create(log.clock.uuid(), 450, 1000), staff("main")).await.product.id;
        let mut mine = Vec::new();
        for _ in 0..2 {
            let order = Submission::one(place(log.clock.uuid(), "main", &[(tea, 1)]), customer("asha"));
            let external_user = Some(external_user("asha", Some("Asha Rao"), None));
            mine.push(ordered(log.submit(Submission { external_user, ..order }).await).order.number);
        }
        log.order(bring(number(mine[0]), "dev"), staff("main")).await;
        let orders_of = |first: usize, store: &str, customer: &str| {
            format!(
                "WITH RECURSIVE n (i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {first} + {MANY} - 1)
                 INSERT INTO orders
                     (number, id, store, customer, status, version, first_seq, last_seq, created_at, state)
                 SELECT i, randomblob(16), (SELECT key FROM stores WHERE id = '{store}'), {customer}, 0, 1, 1, 1, 0, '{{}}'
                 FROM n;"
            )
        };
        let sql = [
            "BEGIN;
             INSERT INTO stores (id) VALUES ('second');
             WITH RECURSIVE n (i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 1250)
             INSERT INTO users (key, id, role, store, created_at) SELECT i, 'other-' || i, 'customer', 'main', 0 FROM n;
             INSERT INTO people (rowid, words)
             SELECT key, iif(key = 1000, 'Carla', 'Asha') FROM users WHERE key >= 1000;"
                .to_owned(),
            orders_of(20_000, "main", "1000"),
            orders_of(60_000, "second", "1001 + i % 250"),
            "INSERT INTO driver_orders (driver, number) SELECT 'dev', number FROM orders WHERE number >= 60000;
             COMMIT;"
                .to_owned(),
        ];
        log.backend().raw().execute_batch(&sql.concat()).unwrap();
        Self { log, mine }
    }

    /// What a search finds, and on how many pages.
    async fn find(&self, topic: Topic, sort: OrderSort, text: &str) -> (Vec<OrderNumber>, usize) {
        let (mut found, mut pages, mut after) = (Vec::new(), 0, None);
        loop {
            let text = Some(text.to_owned());
            let filter = OrderFilter { text, sort, after, ..OrderFilter::newest(topic.clone(), 10) };
            let page = self.log.read_backend().orders(filter).await.unwrap().value;
            found.extend(page.orders.iter().map(|snapshot| snapshot.order.number));
            (pages, after) = (pages + 1, page.next);
            if after.is_none() {
                return (found, pages);
            }
        }
    }

    async fn assert_found(&self, topic: Topic, text: &str, expected: &[OrderNumber], pages: usize) {
        let newest_first: Vec<_> = expected.iter().rev().copied().collect();
        for (sort, expected, pages) in [
            (OrderSort::NewestFirst, &newest_first[..], pages),
            (OrderSort::OldestFirst, expected, pages),
            // These always look at all orders.
            (OrderSort::HighestTotalFirst, &newest_first[..], 1),
            (OrderSort::LowestTotalFirst, expected, 1),
        ] {
            let found = self.find(topic.clone(), sort, text).await;
            assert_eq!(found, (expected.to_vec(), pages), "{topic:?} {sort:?} {text:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_customers_search_looks_only_at_their_own_orders() {
    let shop = Shop::open().await;
    let asha = || Topic::Customer(user("asha"));
    shop.assert_found(asha(), "asha", &shop.mine, 1).await;
    shop.assert_found(asha(), "carla", &[], 1).await;
    shop.assert_found(asha(), &shop.mine[1].to_string(), &shop.mine[1..], 1).await;
    for of_another in ["20000", "60000"] {
        shop.assert_found(asha(), of_another, &[], 1).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_search_that_looked_at_many_orders_goes_on_with_the_next_page() {
    let shop = Shop::open().await;
    let main = || Topic::Store(store("main"));
    // So many customers are called Asha that the orders of the store are looked at.
    shop.assert_found(main(), "asha", &shop.mine, 2).await;
    // One customer is called Rao.
    shop.assert_found(main(), "rao", &shop.mine, 1).await;
    shop.assert_found(Topic::Store(store("second")), "rao", &[], 1).await;
    // The orders of one customer, all of them in another store.
    shop.assert_found(Topic::Store(store("second")), "carla", &[], 2).await;
    shop.assert_found(Topic::Driver(user("dev")), "asha", &shop.mine[..1], 2).await;
    shop.assert_found(Topic::Driver(user("dev")), "carla", &[], 2).await;
}
