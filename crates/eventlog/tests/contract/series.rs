//! A store's statistics over time, against a recount of its events.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use ordercast_eventlog::stats::{BUCKET_SECONDS, OrderActivity, ProductSales, Series, bucket, slot};
use ordercast_eventlog::{Outcome, Seq, StoredEvent, Submission};
use orders::command::UpdateProduct;
use orders::order::OrderItem;
use orders::{
    Change, Command, Kind, Money, OrderId, OrderNumber, ProductId, Status, StoreId, Subject, World,
};

use super::Backend;
use super::log::Log;
use super::shop::{bulk, cancel, create, customer, named, number, place, set_status, staff, store};
use super::walk::{STORES, Walk};

/// The start of a bucket that is `buckets` after the bucket of `at`.
fn edge(at: Timestamp, buckets: i64) -> Timestamp {
    Timestamp::from_second((bucket(at) + buckets) * BUCKET_SECONDS).unwrap()
}

/// A recount of the events between two edges.
#[derive(Default)]
struct Recount {
    flow: OrderActivity,
    took: Vec<i64>,
    sold: BTreeMap<(ProductId, String), (i64, i64)>,
}

impl Recount {
    fn of(events: &[Arc<StoredEvent>], store: &StoreId, from: Timestamp, to: Timestamp) -> Self {
        let mut count = Self::default();
        let mut world = World::default();
        for stored in events {
            world.apply(&stored.event);
        }
        let mut placed: BTreeMap<OrderId, (Timestamp, i64)> = BTreeMap::new();
        for stored in events {
            let event = &stored.event;
            let Subject::Order { id, store: of, from: before, to: after, .. } = &event.subject else {
                continue;
            };
            let inside = of == store && (from..to).contains(&event.at);
            if let [Change::Placed { items, total, .. }, ..] = event.changes.as_slice() {
                placed.insert(*id, (event.at, total.amount));
                if inside {
                    count.placed(items, total.amount, world.orders[id].counts_as_revenue());
                }
                continue;
            }
            assert_ne!(event.kind, Kind::OrderCreated);
            let (at, amount) = placed[id];
            match after {
                Status::Cancelled if inside && before != after => {
                    count.flow.cancelled += 1;
                    count.flow.cancelled_amount += amount;
                }
                Status::Delivered if inside && before != after => {
                    count.flow.delivered += 1;
                    count.took.push(event.at.duration_since(at).as_secs());
                }
                _ => {}
            }
        }
        count.took.sort_unstable();
        count
    }

    fn placed(&mut self, items: &[OrderItem], total: i64, counts: bool) {
        self.flow.placed += 1;
        self.flow.amount += total;
        if !counts {
            self.flow.reversed += total;
            return;
        }
        for item in items {
            let currency = item.unit_price.currency.to_string();
            let (quantity, amount) = self.sold.entry((item.product, currency)).or_default();
            *quantity += i64::from(item.quantity);
            *amount += item.unit_price.amount * i64::from(item.quantity);
        }
    }

    fn check(&self, series: &Series, what: &str) {
        for percent in [50, 90] {
            let read = series.deliveries.percentile(percent);
            let rank = (self.took.len() * usize::try_from(percent).unwrap()).div_ceil(100).max(1);
            let exact = self.took.get(rank - 1);
            assert_eq!(read.is_some(), exact.is_some(), "{what}");
            if let (Some(read), Some(exact)) = (read, exact) {
                let same = slot(SignedDuration::from_secs(read)) == slot(SignedDuration::from_secs(*exact));
                assert!(same, "{what}: {percent} percent within {exact} s, read as {read}");
            }
        }
        let sold = |sold: &ProductSales| {
            let of = (sold.product, sold.revenue.currency.to_string());
            (of, (sold.quantity, sold.revenue.amount))
        };
        let read: BTreeMap<_, _> = series.top_products.iter().map(sold).collect();
        assert_eq!(read, self.sold, "{what}");
        let falling = |pair: &[ProductSales]| {
            (pair[0].quantity, pair[0].revenue.amount) >= (pair[1].quantity, pair[1].revenue.amount)
        };
        assert!(series.top_products.windows(2).all(falling), "{what}: the most first");
    }
}

pub(crate) async fn a_series_equals_a_recount<B: Backend>() {
    let mut walk = Walk::<B>::of(17, 3000).await;
    let begin = walk.events[0].event.at;
    let end = walk.events.last().unwrap().event.at;
    for _ in 0..2 {
        for name in STORES {
            let id = store(name);
            for edges in [vec![-1000, 1000], vec![0, 1], vec![1, 2, 3, 50, 51], (-3..90).collect()] {
                let edges: Vec<_> = edges.into_iter().map(|buckets| edge(begin, buckets)).collect();
                let read = walk.log.read_backend().series(id.clone(), edges.clone(), 100).await.unwrap();
                assert_eq!(read.cursor.seq, Seq(walk.events.len() as u64));
                assert_eq!(read.value.intervals.len(), edges.len() - 1);
                for (flows, pair) in read.value.intervals.iter().zip(edges.windows(2)) {
                    let recount = Recount::of(&walk.events, &id, pair[0], pair[1]);
                    let flow = flows.first().map(|(_, flow)| *flow).unwrap_or_default();
                    assert_eq!(flow, recount.flow, "{name} from {} to {}", pair[0], pair[1]);
                    assert!(flows.len() < 2, "there is one currency");
                }
                let (from, to) = (edges[0], *edges.last().unwrap());
                let recount = Recount::of(&walk.events, &id, from, to);
                recount.check(&read.value, &format!("{name} from {from} to {to}"));
            }
        }
        walk.log.restart().await;
    }
    assert!(bucket(end) > bucket(begin), "several buckets are counted");
    let all = Recount::of(&walk.events, &store("main"), Timestamp::UNIX_EPOCH, Timestamp::MAX);
    assert!(all.took.len() > 5 && all.sold.len() == 4, "{} deliveries", all.took.len());
    let none =
        walk.log.read_backend().series(store("main"), vec![edge(end, 5), edge(end, 9)], 5).await.unwrap();
    assert_eq!((none.value.deliveries.percentile(50), none.value.top_products), (None, vec![]));
    let whole = vec![edge(begin, 0), edge(end, 1)];
    let nobody = walk.log.read_backend().series(store("nobody"), whole.clone(), 5).await.unwrap();
    assert_eq!(nobody.value.intervals, [vec![]]);
    let most = walk.log.read_backend().series(store("main"), whole, 3).await.unwrap();
    assert_eq!(most.value.top_products.len(), 3);
}

pub(crate) async fn what_is_sold_is_counted_over_many_orders_and_restarts<B: Backend>() {
    let mut log = Log::<B>::fresh().await;
    let begin = log.clock.now();
    let mut goods = Vec::new();
    for n in 0..3 {
        let made = named(log.clock.uuid(), &format!("Thing {n}"), 100 + n, 1_000_000);
        goods.push(log.product(made, staff("main")).await.product.id);
    }
    let mut sold = [0_i64; 3];
    // More sales than are kept in memory, over an interval of months with days and buckets at its ends.
    for portion in 0..20_usize {
        let placed = (0..500).map(|n| {
            let (good, quantity) = ((portion + n) % 3, u32::try_from(n % 4 + 1).unwrap());
            sold[good] += i64::from(quantity);
            (place(log.clock.uuid(), "main", &[(goods[good], quantity)]), customer("asha"))
        });
        let placed = log.submit(bulk(placed.collect())).await.unwrap();
        assert_eq!(placed.outcomes.len(), 500);
        // Some are cancelled at once, and some of those that were written long ago.
        let cancelled = [(portion, 7), (portion / 2, 8 + portion), (0, 40 + portion)];
        for (of, n) in cancelled {
            let order = OrderNumber(OrderNumber::FIRST.0 + u64::try_from(of * 500 + n).unwrap());
            if log
                .submit(Submission::one(cancel(number(order)), staff("main")))
                .await
                .unwrap()
                .outcomes
                .iter()
                .any(|outcome| matches!(outcome, Outcome::Order(_)))
            {
                sold[(of + n) % 3] -= i64::try_from(n % 4 + 1).unwrap();
            }
        }
        log.clock.advance(SignedDuration::from_hours(101));
        if portion % 6 == 5 {
            log.restart().await;
        }
        let edges = vec![edge(begin, 0), edge(log.clock.now(), 1)];
        let read = log.read_backend().series(store("main"), edges, 9).await.unwrap().value;
        let mut counted = [0; 3];
        for sales in &read.top_products {
            let good = goods.iter().position(|good| *good == sales.product).unwrap();
            assert_eq!(sales.revenue.amount, sales.quantity * (100 + i64::try_from(good).unwrap()));
            assert_eq!(sales.name, format!("Thing {good}"));
            counted[good] = sales.quantity;
        }
        assert_eq!(counted, sold, "after {} orders", (portion + 1) * 500);
    }
}

pub(crate) async fn a_product_that_changes_currency_is_counted_in_each<B: Backend>() {
    let log = Log::<B>::fresh().await;
    let begin = log.clock.now();
    let tea = log.product(create(log.clock.uuid(), 450, 100), staff("main")).await.product.id;
    let order = |quantity| place(log.clock.uuid(), "main", &[(tea, quantity)]);
    log.order(order(2), customer("asha")).await;
    let price = Money { amount: 70_000, currency: "JPY".parse().unwrap() };
    let update =
        UpdateProduct { product: tea, name: None, price: Some(price), archived: None, details: None };
    log.product(Command::UpdateProduct(update), staff("main")).await;
    let second = log.order(order(3), customer("asha")).await;
    log.order(set_status(number(second.order.number), Status::Delivered), staff("main")).await;
    let read = log
        .read_backend()
        .series(store("main"), vec![edge(begin, 0), edge(begin, 1)], 9)
        .await
        .unwrap()
        .value;
    let of = |sold: &ProductSales| (sold.quantity, sold.revenue.amount, sold.revenue.currency.to_string());
    let sold: Vec<_> = read.top_products.iter().map(of).collect();
    assert_eq!(sold, [(3, 210_000, "JPY".to_owned()), (2, 900, "EUR".to_owned())]);
    let mut flows: Vec<_> =
        read.intervals[0].iter().map(|(currency, flow)| (currency.to_string(), flow.amount)).collect();
    flows.sort();
    assert_eq!(flows, [("EUR".to_owned(), 900), ("JPY".to_owned(), 210_000)]);
}
