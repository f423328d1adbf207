//! Pages of orders, against a naive filter of all orders. There are more orders than two runs of SQLite's index hold.

use std::sync::Arc;

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};
use ordercast_eventlog::{
    OrderFilter, OrderPage, OrderSort, PagePosition, ReadAt, ReadBackend, Submission, Topic,
};
use orders::command::PlaceOrder;
use orders::order::Version;
use orders::{Command, Order, OrderNumber, OrderRef, Status, World};
use tokio::sync::watch;

use super::Backend;
use super::log::Log;
use super::shop::{
    address, bring, bulk, cancel, create, customer, external_user, number, placing, set_status, staff, store,
    user,
};

const ORDERS: usize = 17_000;
const CUSTOMERS: usize = 60;
const STORES: [&str; 2] = ["main", "second"];
/// Orders placed with one submission, at one time.
const AT_A_TIME: usize = 100;

/// A customer. The first one has the most orders.
fn someone(rng: &mut Rng) -> usize {
    if rng.u32(0..10) == 0 { 0 } else { rng.usize(1..CUSTOMERS) }
}

fn id(n: usize) -> String {
    format!("customer-{n}")
}

/// A name. `Family3` and about five others share the second word.
fn name(n: usize) -> String {
    format!("Given{n}x Family{}", n % 10)
}

/// A shop with many orders, and pages that were read while they were placed.
struct Big<B: Backend> {
    log: Log<B>,
    /// All orders, newest first.
    orders: Vec<Order>,
    pages: Vec<(Topic, ReadAt<OrderPage>)>,
    rng: Rng,
}

impl<B: Backend> Big<B> {
    async fn of(seed: u64) -> Self {
        let mut log = Log::<B>::fresh().await;
        let mut rng = Rng::with_seed(seed);
        let mut products = Vec::new();
        for of in STORES {
            products.push(log.product(create(log.clock.uuid(), 450, 1_000_000), staff(of)).await.product.id);
        }
        let mut pages = Vec::new();
        let mut placed = 0;
        // With a restart halfway.
        for half in 1..=2 {
            let progress = watch::Sender::new(placed);
            let readers: Vec<_> = (0..2)
                .map(|n| tokio::spawn(read_on(log.read_backend(), Rng::with_seed(n), progress.subscribe())))
                .collect();
            while placed < ORDERS * half / 2 {
                let who = someone(&mut rng);
                let requests = (0..AT_A_TIME).map(|n| {
                    let of = rng.usize(0..STORES.len());
                    let who = if n == 0 { who } else { someone(&mut rng) };
                    let address = address(&name(who), None);
                    let order = placing(log.clock.uuid(), STORES[of], &[(products[of], 1)]);
                    (Command::PlaceOrder(PlaceOrder { address, ..order }), customer(&id(who)))
                });
                let placing = bulk(requests.collect());
                let token = Some(external_user(&id(who), Some(&name(who)), None));
                log.submit(Submission { external_user: token, ..placing }).await.unwrap();
                placed += AT_A_TIME;
                change_some(&log, &mut rng, placed).await;
                log.clock.advance(SignedDuration::from_millis(rng.i64(0..30_000)));
                progress.send_replace(placed);
            }
            drop(progress);
            for reader in readers {
                pages.extend(reader.await.unwrap());
            }
            log.restart().await;
        }
        let mut world = World::default();
        for stored in log.published.events() {
            world.apply(&stored.event);
        }
        let mut orders: Vec<_> = world.orders.into_values().collect();
        orders.sort_unstable_by_key(|order| std::cmp::Reverse(order.number));
        assert!(orders.len() >= ORDERS);
        Self { log, orders, pages, rng }
    }

    fn some_filter(&mut self) -> OrderFilter {
        let Self { orders, rng, .. } = self;
        let orders = &*orders;
        let when = |rng: &mut Rng| rng.choice(orders).map(|order| order.created_at).unwrap();
        let half = SignedDuration::from_micros(500);
        let sort = *rng.choice(&SORTS).unwrap();
        let topic = match rng.u32(0..3) {
            0 => Topic::Customer(user(&id(rng.usize(0..=CUSTOMERS)))),
            1 => Topic::Driver(user(&format!("driver-{}", rng.usize(0..3)))),
            _ => Topic::Store(store(rng.choice(["main", "second", "third"]).unwrap())),
        };
        let text = (rng.u32(0..4) == 0).then(|| match rng.u32(0..3) {
            0 => format!("given{}X", rng.usize(1..CUSTOMERS)),
            1 => format!("fam fam Family{}", rng.usize(1..10)),
            _ => rng.choice(orders.iter()).map(|order| order.number.to_string()).unwrap(),
        });
        OrderFilter {
            topic,
            statuses: Status::ALL.into_iter().filter(|_| rng.u32(0..4) == 0).collect(),
            text,
            from: (rng.u32(0..4) == 0)
                .then(|| when(rng) + if rng.bool() { half } else { SignedDuration::ZERO }),
            to: (rng.u32(0..4) == 0)
                .then(|| when(rng) + if rng.bool() { half } else { SignedDuration::ZERO }),
            sort,
            after: (rng.u32(0..3) == 0).then(|| PagePosition {
                number: OrderNumber(rng.u64(9_990..10_010 + orders.len() as u64)),
                value: rng.choice(orders).map(|order| value_of(order, sort)).unwrap(),
            }),
            limit: *rng.choice(&[1, 7, 50, 300]).unwrap(),
        }
    }

    /// The expected page: every matching order, sorted.
    fn naive(&self, filter: &OrderFilter) -> Vec<&Order> {
        let mut found: Vec<&Order> = self.orders.iter().filter(|order| matches(order, filter)).collect();
        match filter.sort {
            OrderSort::NewestFirst => found.sort_by_key(|order| std::cmp::Reverse(order.number)),
            OrderSort::OldestFirst => found.sort_by_key(|order| order.number),
            OrderSort::HighestTotalFirst => {
                found.sort_by_key(|order| std::cmp::Reverse((order.total.amount, order.number)));
            }
            OrderSort::LowestTotalFirst => found.sort_by_key(|order| (order.total.amount, order.number)),
            OrderSort::LastChangedFirst => found
                .sort_by_key(|order| std::cmp::Reverse((order.updated_at.as_millisecond(), order.number))),
        }
        found
    }
}

const SORTS: [OrderSort; 5] = [
    OrderSort::NewestFirst,
    OrderSort::OldestFirst,
    OrderSort::HighestTotalFirst,
    OrderSort::LowestTotalFirst,
    OrderSort::LastChangedFirst,
];

/// Cancels, ships and delivers some orders, so that they change their status.
async fn change_some<B: Backend>(log: &Log<B>, rng: &mut Rng, placed: usize) {
    let requests = (0..10).map(|_| {
        let order: OrderRef = number(OrderNumber(10_001 + rng.u64(0..placed as u64)));
        let of = staff(rng.choice(STORES).unwrap());
        match rng.u32(0..6) {
            0 => (cancel(order), of),
            1 => (bring(order, &format!("driver-{}", rng.u32(0..2))), of),
            _ => (set_status(order, *rng.choice(&Status::ALL[1..5]).unwrap()), of),
        }
    });
    log.submit(bulk(requests.collect())).await.unwrap();
}

/// Reads the newest pages whenever there are more orders, while the next ones are placed.
async fn read_on(
    read_backend: Arc<dyn ReadBackend>,
    mut rng: Rng,
    mut progress: watch::Receiver<usize>,
) -> Vec<(Topic, ReadAt<OrderPage>)> {
    let mut pages = Vec::new();
    while progress.changed().await.is_ok() {
        for _ in 0..3 {
            let topic = if rng.u32(0..4) == 0 {
                Topic::Store(store(rng.choice(STORES).unwrap()))
            } else {
                Topic::Customer(user(&id(someone(&mut rng))))
            };
            let page = read_backend.orders(OrderFilter::newest(topic.clone(), 20)).await.unwrap();
            pages.push((topic, page));
        }
    }
    pages
}

fn matches(order: &Order, filter: &OrderFilter) -> bool {
    let mine = match &filter.topic {
        Topic::Customer(id) => order.customer == *id,
        Topic::Store(id) => order.store == *id,
        Topic::Driver(id) => order.driver.as_ref() == Some(id),
    };
    if !mine {
        return false;
    }
    let who: usize = order.customer.as_str().trim_start_matches("customer-").parse().unwrap();
    let found = filter.text.as_ref().is_none_or(|text| {
        *text == order.number.to_string()
            || text.split(' ').all(|typed| {
                name(who).split(' ').any(|word| word.to_lowercase().starts_with(&typed.to_lowercase()))
            })
    });
    found
        && (filter.statuses.is_empty() || filter.statuses.contains(&order.status()))
        && filter.from.is_none_or(|from| order.created_at >= from)
        && filter.to.is_none_or(|to| order.created_at < to)
        && filter.after.is_none_or(|after| is_after(order, after, filter.sort))
}

/// What an order is sorted by, besides its number.
fn value_of(order: &Order, sort: OrderSort) -> i64 {
    match sort {
        OrderSort::LastChangedFirst => order.updated_at.as_millisecond(),
        _ => order.total.amount,
    }
}

/// Whether an order comes after a position.
fn is_after(order: &Order, after: PagePosition, sort: OrderSort) -> bool {
    let (this, that) = ((value_of(order, sort), order.number), (after.value, after.number));
    match sort {
        OrderSort::NewestFirst => order.number < after.number,
        OrderSort::OldestFirst => order.number > after.number,
        OrderSort::HighestTotalFirst | OrderSort::LastChangedFirst => this < that,
        OrderSort::LowestTotalFirst => this > that,
    }
}

fn numbers<'a>(orders: impl IntoIterator<Item = &'a Order>) -> Vec<OrderNumber> {
    orders.into_iter().map(|order| order.number).collect()
}

fn on(page: &OrderPage) -> Vec<OrderNumber> {
    numbers(page.orders.iter().map(|snapshot| &snapshot.order))
}

pub(crate) async fn pages_are_what_a_naive_filter_gives<B: Backend>() {
    let mut big = Big::<B>::of(1).await;
    let read_backend = big.log.read_backend();
    let mut full = 0;
    for _ in 0..300 {
        let filter = big.some_filter();
        let expected = big.naive(&filter);
        let page = read_backend.orders(filter.clone()).await.unwrap().value;
        assert_eq!(on(&page), numbers(expected.iter().copied().take(filter.limit)), "{filter:?}");
        assert_eq!(page.next.is_some(), expected.len() > filter.limit, "{filter:?}");
        for (snapshot, order) in page.orders.iter().zip(expected) {
            assert_eq!(&snapshot.order, order);
        }
        full += usize::from(page.next.is_some());
    }
    assert!(full > 30, "only {full} filters found more than a page");
    // A page with all orders, and one of the customer with the most.
    for topic in [Topic::Store(store("main")), Topic::Customer(user(&id(0)))] {
        let filter = OrderFilter::newest(topic, 100_000);
        let page = read_backend.orders(filter.clone()).await.unwrap().value;
        assert_eq!(on(&page), numbers(big.naive(&filter)));
    }
    pages_were_true_when_they_were_read(&big);
}

/// Compares the pages that were read while orders were placed with the orders at each page's cursor.
fn pages_were_true_when_they_were_read<B: Backend>(big: &Big<B>) {
    let mut pages: Vec<_> = big.pages.iter().collect();
    pages.sort_by_key(|(_, page)| page.cursor.seq);
    let events = big.log.published.events();
    let mut upcoming = events.iter().peekable();
    let mut world = World::default();
    // Newest last.
    let mut placed: Vec<orders::OrderId> = Vec::new();
    let mut cursors = std::collections::HashSet::new();
    for (topic, page) in pages {
        while let Some(stored) = upcoming.next_if(|stored| stored.seq <= page.cursor.seq) {
            world.apply(&stored.event);
            if let orders::Subject::Order { id, .. } = &stored.event.subject
                && stored.event.version == Version(1)
            {
                placed.push(*id);
            }
        }
        cursors.insert(page.cursor.seq);
        let filter = OrderFilter::newest(topic.clone(), 20);
        let expected: Vec<&Order> = placed
            .iter()
            .rev()
            .map(|id| &world.orders[id])
            .filter(|order| matches(order, &filter))
            .take(20)
            .collect();
        let read: Vec<&Order> = page.value.orders.iter().map(|snapshot| &snapshot.order).collect();
        assert_eq!(read, expected, "{topic:?} at {:?}", page.cursor.seq);
    }
    assert!(cursors.len() > 20, "pages were read at only {} positions", cursors.len());
}

pub(crate) async fn paging_through_yields_each_order_once_in_order<B: Backend>() {
    let mut big = Big::<B>::of(2).await;
    let read_backend = big.log.read_backend();
    let mut filters = vec![
        OrderFilter::newest(Topic::Customer(user(&id(0))), 64),
        OrderFilter::newest(Topic::Customer(user(&id(7))), 63),
        OrderFilter::newest(Topic::Store(store("second")), 300),
        OrderFilter::newest(Topic::Driver(user("driver-1")), 1),
    ];
    for _ in 0..20 {
        filters.push(OrderFilter { limit: 100, after: None, ..big.some_filter() });
    }
    for filter in filters {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let page = read_backend.orders(OrderFilter { after, ..filter.clone() }).await.unwrap().value;
            found.extend(on(&page));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(found, numbers(big.naive(&filter)), "{filter:?}");
    }
}

pub(crate) async fn statuses_move_orders_between_pages<B: Backend>() {
    let log = Log::<B>::fresh().await;
    let tea = log.product(create(log.clock.uuid(), 450, 100), staff("main")).await.product.id;
    let in_status = async |status| {
        let filter = OrderFilter {
            statuses: vec![status, status],
            ..OrderFilter::newest(Topic::Store(store("main")), 9)
        };
        on(&log.read_backend().orders(filter).await.unwrap().value)
    };
    let mut placed = Vec::new();
    for _ in 0..3 {
        let order =
            log.order(super::shop::place(log.clock.uuid(), "main", &[(tea, 1)]), customer("asha")).await;
        placed.push(order.order.number);
    }
    assert_eq!(in_status(Status::Pending).await, [placed[2], placed[1], placed[0]]);
    log.order(set_status(number(placed[1]), Status::Shipped), staff("main")).await;
    assert_eq!(in_status(Status::Pending).await, [placed[2], placed[0]]);
    assert_eq!(in_status(Status::Shipped).await, [placed[1]]);
    // A limit of 0 gives an empty page, which says whether there are orders.
    let nothing = OrderFilter::newest(Topic::Store(store("main")), 0);
    let page = log.read_backend().orders(nothing).await.unwrap().value;
    assert_eq!((page.orders.len(), page.next.is_some()), (0, true));
}

pub(crate) async fn a_page_says_at_which_cursor_it_was_read<B: Backend>() {
    let log = Log::<B>::fresh().await;
    let tea = log.product(create(log.clock.uuid(), 450, 100), staff("main")).await.product.id;
    for n in 1..4_u64 {
        let (_, cursor) =
            log.ask(super::shop::place(log.clock.uuid(), "main", &[(tea, 1)]), customer("asha")).await;
        let page =
            log.read_backend().orders(OrderFilter::newest(Topic::Customer(user("asha")), 9)).await.unwrap();
        assert_eq!((page.value.orders.len() as u64, &page.cursor), (n, &cursor));
        let order = log.read_backend().order("10001".parse().unwrap()).await.unwrap();
        assert_eq!(order.cursor, cursor);
        assert_eq!(
            log.read_backend().stats(store("main"), Timestamp::UNIX_EPOCH).await.unwrap().cursor,
            cursor
        );
    }
}

/// A client sends the position, and can send another one than it was given.
pub(crate) async fn a_position_can_be_any_number_and_value<B: Backend>() {
    let log = Log::<B>::fresh().await;
    let tea = log.product(create(log.clock.uuid(), 450, 100), staff("main")).await.product.id;
    let mut placed = Vec::new();
    for _ in 0..2 {
        let command = super::shop::place(log.clock.uuid(), "main", &[(tea, 1)]);
        placed.push(log.order(command, customer("asha")).await);
    }
    for number in [0, 1, placed[0].order.number.0, i64::MAX.unsigned_abs(), u64::MAX] {
        for value in [i64::MIN, -1, 450, i64::MAX] {
            let after = PagePosition { number: OrderNumber(number), value };
            for (sort, text) in SORTS.into_iter().flat_map(|sort| [(sort, None), (sort, Some("rao"))]) {
                for topic in [Topic::Customer(user("asha")), Topic::Store(store("main"))] {
                    let text = text.map(str::to_owned);
                    let filter =
                        OrderFilter { text, sort, after: Some(after), ..OrderFilter::newest(topic, 9) };
                    let found = on(&log.read_backend().orders(filter.clone()).await.unwrap().value);
                    let expected = placed.iter().filter(|placed| is_after(&placed.order, after, sort));
                    assert_eq!(found.len(), expected.count(), "{filter:?}");
                }
            }
        }
    }
}
