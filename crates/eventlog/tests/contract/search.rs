//! Searches for orders by number, tracking number and words of the customer.

use ordercast_eventlog::{OrderFilter, OrderSort, Submission, Topic};
use orders::command::PlaceOrder;
use orders::{Command, OrderNumber, ProductId};

use super::Backend;
use super::log::{Log, ordered};
use super::shop::{
    address, bring, create, customer, external_user, number, placing, staff, store, track, user,
};

struct Shop<B: Backend> {
    log: Log<B>,
    tea: ProductId,
}

impl<B: Backend> Shop<B> {
    async fn open() -> Self {
        let log = Log::<B>::fresh().await;
        let tea = log.product(create(log.clock.uuid(), 450, 1000), staff("main")).await.product.id;
        Self { log, tea }
    }

    /// Places an order to a recipient. The customer's token may carry a name and an e-mail address.
    async fn order(
        &self,
        who: &str,
        token: (Option<&str>, Option<&str>),
        to: (&str, Option<&str>),
    ) -> OrderNumber {
        let order = placing(self.log.clock.uuid(), "main", &[(self.tea, 1)]);
        let order = Command::PlaceOrder(PlaceOrder { address: address(to.0, to.1), ..order });
        let external_user = Some(external_user(who, token.0, token.1));
        let submission = Submission { external_user, ..Submission::one(order, customer(who)) };
        ordered(self.log.submit(submission).await).order.number
    }

    async fn find(&self, text: &str) -> Vec<OrderNumber> {
        self.find_in(Topic::Store(store("main")), OrderSort::NewestFirst, text).await
    }

    async fn find_in(&self, topic: Topic, sort: OrderSort, text: &str) -> Vec<OrderNumber> {
        let filter = OrderFilter { text: Some(text.to_owned()), sort, ..OrderFilter::newest(topic, 100) };
        let page =
            self.log.read_backend().orders(filter).await.unwrap_or_else(|error| panic!("{text:?}: {error}"));
        page.value.orders.iter().map(|snapshot| snapshot.order.number).collect()
    }
}

pub(crate) async fn orders_are_found_by_number_id_and_tracking_number<B: Backend>() {
    let shop = Shop::<B>::open().await;
    let first = shop.order("asha", (None, None), ("Asha Rao", None)).await;
    let second = shop.order("ben", (None, None), ("Ben Levi", None)).await;
    let id = shop.log.read(number(second)).await.unwrap().order.id;
    for number_of in [first, second] {
        shop.log.order(track(number(number_of), "JD 014 600"), staff("main")).await;
    }
    shop.log.order(track(number(first), "other-1"), staff("main")).await;
    for (text, expected) in [
        (first.to_string(), vec![first]),
        (format!(" #{second} "), vec![second]),
        (id.to_string(), vec![second]),
        ("JD 014 600".to_owned(), vec![second, first]),
        ("other-1".to_owned(), vec![first]),
        ("OTHER 1".to_owned(), vec![first]),
        ("jd014600".to_owned(), vec![second, first]),
        ("Jd 014-600".to_owned(), vec![second, first]),
        ("other".to_owned(), vec![]),
        ("10099".to_owned(), vec![]),
        (uuid::Uuid::from_u128(7).to_string(), vec![]),
    ] {
        assert_eq!(shop.find(&text).await, expected, "{text:?}");
    }
}

pub(crate) async fn orders_are_found_by_the_customers_words<B: Backend>() {
    let shop = Shop::<B>::open().await;
    let asha =
        shop.order("asha", (Some("Asha Ráo-Menon"), Some("asha@example.com")), ("Reception", None)).await;
    let ben = shop.order("ben", (None, None), ("Ben Levi", Some("+49 170 123-4567"))).await;
    for (text, expected) in [
        ("asha", vec![asha]),
        ("ASH", vec![asha]),
        ("rao", vec![asha]),
        ("menon asha", vec![asha]),
        ("asha ben", vec![]),
        ("asha@example.com", vec![asha]),
        ("example", vec![asha]),
        ("reception", vec![asha]),
        ("ben levi", vec![ben]),
        ("+49 170 123-4567", vec![ben]),
        ("491701234567", vec![ben]),
        ("49 170 1234567", vec![ben]),
        ("(49) 1701", vec![ben]),
        ("levi 170", vec![ben]),
        ("49 171", vec![]),
    ] {
        assert_eq!(shop.find(text).await, expected, "{text:?}");
    }
    // The new name is found, and the old one is not.
    let again = shop.order("asha", (Some("Asha Nair"), Some("asha@example.com")), ("Reception", None)).await;
    assert_eq!(shop.find("nair").await, [again, asha]);
    assert_eq!(shop.find("menon").await, []);
    assert_eq!(shop.find("reception").await, [again, asha]);
}

pub(crate) async fn orders_are_found_as_people_type<B: Backend>() {
    let shop = Shop::<B>::open().await;
    let yamada =
        shop.order("yamada", (Some("山田太郎"), None), ("山田 太郎", Some("+81 90-1234-5678"))).await;
    let soren =
        shop.order("soren", (Some("Søren Müller"), None), ("Søren Straße", Some("+49 170 1234567"))).await;
    let lukasz = shop.order("lukasz", (Some("Łukasz Żółć"), None), ("Lukasz", Some("0171 7654321"))).await;
    let smith = shop.order("smith", (Some("Soren Smith"), None), ("Ann", Some("(555) 123-4567"))).await;
    for (text, expected) in [
        ("太郎", vec![yamada]),
        ("山田", vec![yamada]),
        ("山田太郎", vec![yamada]),
        ("太郎 山田", vec![yamada]),
        ("山田\u{3000}太郎", vec![yamada]),
        ("次郎", vec![]),
        ("soren", vec![smith, soren]),
        ("SØREN", vec![smith, soren]),
        ("mueller", vec![soren]),
        ("muller", vec![soren]),
        ("strasse", vec![soren]),
        ("lukasz zolc", vec![lukasz]),
        ("01701234567", vec![soren]),
        ("0170 1234567", vec![soren]),
        ("0170/123", vec![soren]),
        ("+49 (0)170 1234567", vec![soren]),
        ("0049 170 1234567", vec![soren]),
        ("1701234567", vec![soren]),
        ("+491717654321", vec![lukasz]),
        ("0171 7654321", vec![lukasz]),
        ("09012345678", vec![yamada]),
        ("+1 555 123 4567", vec![smith]),
        ("01709999999", vec![]),
    ] {
        assert_eq!(shop.find(text).await, expected, "{text:?}");
    }
}

pub(crate) async fn every_match_is_found_however_many_people_match<B: Backend>() {
    let shop = Shop::<B>::open().await;
    let mut expected = Vec::new();
    for n in 0..430 {
        let name = if n % 2 == 0 { "Kim Lee" } else { "Ann Other" };
        let number = shop.order(&format!("kim-{n}"), (Some(name), None), ("Reception", None)).await;
        if n % 2 == 0 {
            expected.push(number);
        }
    }
    for sort in [OrderSort::NewestFirst, OrderSort::OldestFirst] {
        if sort == OrderSort::NewestFirst {
            expected.reverse();
        } else {
            expected.sort();
        }
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let filter = OrderFilter {
                text: Some("kim".to_owned()),
                sort,
                after,
                ..OrderFilter::newest(Topic::Store(store("main")), 50)
            };
            let page = shop.log.read_backend().orders(filter).await.unwrap().value;
            found.extend(page.orders.iter().map(|snapshot| snapshot.order.number));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(found, expected, "{sort:?}");
    }
}

pub(crate) async fn nothing_that_is_typed_is_an_error<B: Backend>() {
    let shop = Shop::<B>::open().await;
    let order = shop.order("asha", (Some("AND NEAR Rao"), None), ("Asha OR Rao", None)).await;
    for text in [
        "",
        " ",
        "\"",
        "\"\"",
        "'",
        "*",
        "**",
        "a*",
        "\"rao",
        "rao\"",
        "NEAR(",
        "NEAR(asha rao, 5)",
        "AND",
        "OR",
        "NOT",
        "asha AND",
        "AND asha",
        "NOT rao",
        "words:asha",
        "words : \"asha\"",
        "{words}:asha",
        "-words:rao",
        "^asha",
        "a + b",
        "asha + rao",
        "(",
        ")",
        "((",
        "%",
        "_",
        "\\",
        "\0",
        "a\0b",
        "\u{301}",
        "हिन्दी",
        "🦀",
        "ﷺ",
        "ß",
        "'; DROP TABLE orders",
        "#",
        "#1",
        "#99999999999999999999",
        "99999999999999999999",
        "-1",
        "1e9",
        "0x10",
    ] {
        shop.find(text).await;
    }
    shop.find(&"a ".repeat(50_000)).await;
    shop.find(&"x".repeat(100_000)).await;
    let mut rng = fastrand::Rng::with_seed(1);
    for _ in 0..300 {
        let text: String = (0..rng.usize(0..12))
            .map(|_| {
                if rng.bool() {
                    *rng.choice(&['"', '*', '(', ')', ':', '^', '-', '+', ' ', 'a']).unwrap()
                } else {
                    rng.char(..)
                }
            })
            .collect();
        shop.find(&text).await;
    }
    for text in ["and", "NEAR rao", "asha or", "\"AND\"", "near*", "NEAR(asha, rao)"] {
        assert_eq!(shop.find(text).await, [order], "{text:?}");
    }
}

pub(crate) async fn a_customer_stays_findable_by_earlier_recipients<B: Backend>() {
    let shop = Shop::<B>::open().await;
    let first = shop.order("asha", (Some("Asha"), None), ("Grandmother", Some("0170 111"))).await;
    let second = shop.order("asha", (Some("Asha"), None), ("Office", Some("0170 222"))).await;
    let third = shop.order("asha", (Some("Asha Rao"), None), ("Grandmother", Some("0170 111"))).await;
    for text in ["grandmother", "0170 111", "0170111", "office", "0170222", "asha", "rao"] {
        assert_eq!(shop.find(text).await, [third, second, first], "{text:?}");
    }
}

pub(crate) async fn another_stores_orders_are_not_found<B: Backend>() {
    let shop = Shop::<B>::open().await;
    let order = shop.order("asha", (None, None), ("Asha Rao", None)).await;
    for text in ["asha", "10001", "#10001"] {
        assert_eq!(shop.find(text).await, [order]);
        let topic = Topic::Store(store("second"));
        let filter = OrderFilter { text: Some(text.to_owned()), ..OrderFilter::newest(topic, 10) };
        assert!(shop.log.read_backend().orders(filter).await.unwrap().value.orders.is_empty());
    }
}

pub(crate) async fn customers_and_drivers_find_only_their_own_orders<B: Backend>() {
    let shop = Shop::<B>::open().await;
    let kim = (Some("Kim Lee"), None);
    let mine = shop.order("mine", kim, ("Reception", Some("0170 111222"))).await;
    let mut others = Vec::new();
    for n in 0..230 {
        others.push(shop.order(&format!("kim-{n}"), kim, ("Reception", None)).await);
    }
    let again = shop.order("mine", kim, ("Ann", None)).await;
    let last = shop.order("ben", (Some("Ben"), None), ("Ben", None)).await;
    for order in [mine, others[0], others[1], last] {
        shop.log.order(bring(number(order), "dev"), staff("main")).await;
    }
    // Another driver takes over.
    shop.log.order(bring(number(others[1]), "dara"), staff("main")).await;
    shop.log.order(track(number(again), "JD 014"), staff("main")).await;
    shop.log.order(track(number(others[2]), "JD 014"), staff("main")).await;
    let (customer, driver) = (Topic::Customer(user("mine")), Topic::Driver(user("dev")));
    for (topic, text, expected) in [
        (&customer, "kim".to_owned(), vec![mine, again]),
        (&customer, "reception".to_owned(), vec![mine, again]),
        (&customer, "0170 111222".to_owned(), vec![mine, again]),
        (&customer, "ben".to_owned(), vec![]),
        (&customer, again.to_string(), vec![again]),
        (&customer, last.to_string(), vec![]),
        (&customer, "jd014".to_owned(), vec![again]),
        (&driver, "kim".to_owned(), vec![mine, others[0]]),
        (&driver, "ben".to_owned(), vec![last]),
        (&driver, "0170 111222".to_owned(), vec![mine]),
        (&driver, "nobody".to_owned(), vec![]),
        (&driver, last.to_string(), vec![last]),
        (&driver, others[1].to_string(), vec![]),
        (&driver, again.to_string(), vec![]),
        (&driver, "jd014".to_owned(), vec![]),
    ] {
        // Every total is the same, so these are sorted by their numbers too.
        for sort in [OrderSort::OldestFirst, OrderSort::LowestTotalFirst] {
            assert_eq!(shop.find_in(topic.clone(), sort, &text).await, expected, "{topic:?} {text:?}");
        }
        let newest: Vec<_> = expected.into_iter().rev().collect();
        for sort in [OrderSort::NewestFirst, OrderSort::HighestTotalFirst] {
            assert_eq!(shop.find_in(topic.clone(), sort, &text).await, newest, "{topic:?} {text:?}");
        }
    }
}
