//! Stock and statistics, also under concurrent orders.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::Shop;
use crate::support::orders::{TestProduct, cart};
use crate::support::users::{customer, staff};

#[tokio::test]
async fn stock_is_reserved_released_and_consumed_and_never_oversold() {
    let shop = Shop::open().await;
    let tea = shop.product("Tea", 10).await;
    let (asha, sam) = (customer("asha"), staff("sam"));
    let count = || async {
        let stock = shop.stock(tea).await;
        (stock.on_hand, stock.reserved)
    };
    let first = shop.place(&asha, tea, 6).await;
    assert_eq!(count().await, (10, 6));
    let answer = shop.post("/api/v1/orders", &cart(&[(tea, 3), (tea, 2)])).by(&asha).send().await;
    assert_eq!(
        (answer.status, &*answer.code()),
        (409, "out_of_stock"),
        "the quantities of one product are added up"
    );
    let problem = answer.json();
    assert_eq!(
        (&problem["wanted"], &problem["available"], &problem["productName"]),
        (&json!(5), &json!(4), &json!("Tea"))
    );
    let second = shop.place(&asha, tea, 4).await;
    shop.ask("POST", &second.path("/cancel")).by(&asha).gives(200).await;
    assert_eq!(count().await, (10, 6));
    shop.advance(&first, "shipped").await;
    assert_eq!(count().await, (4, 0));
    shop.post(&first.path("/cancel"), &json!({})).by(&sam).gives(200).await;
    assert_eq!(count().await, (4, 0), "shipped items return to stock only by a count");
    let shelf = shop.get(&format!("/api/v1/products/{tea}")).by(&asha).gives(200).await;
    assert_eq!((&shelf["available"], shelf.get("stock")), (&json!(4), None));
    // Five customers each order three of four items: only one succeeds.
    let rush = (0..5).map(|n| {
        let body = cart(&[(tea, 3)]);
        let ask = shop.post("/api/v1/orders", &body).by(&customer(&format!("c{n}")));
        ask.send()
    });
    let mut statuses: Vec<_> = join_all(rush).await.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409, 409]);
    assert_eq!(count().await, (4, 3));
}

#[tokio::test]
async fn sums_are_exact_bounded_and_of_one_currency() {
    let shop = Shop::open().await;
    let (asha, sam) = (customer("asha"), staff("sam"));
    let priced = |amount: i64, currency: &str| {
        let body =
            json!({"name": "Thing", "price": {"amount": amount, "currency": currency}, "stock": 100_000});
        let made = shop.post("/api/v1/products", &body).by(&sam).gives(201);
        async move { TestProduct(made.await["id"].as_str().unwrap().parse().unwrap()) }
    };
    let dear = priced(100_000_000_000, "EUR").await;
    let (free, yen, odd) = (priced(0, "EUR").await, priced(500, "JPY").await, priced(333, "EUR").await);
    let order = |lines: &[(TestProduct, u32)]| shop.post("/api/v1/orders", &cart(lines)).by(&asha);
    for (lines, total) in [
        (vec![(free, 3)], json!({"amount": 0, "currency": "EUR"})),
        (vec![(odd, 3), (free, 1), (odd, 10_000)], json!({"amount": 3_330_999, "currency": "EUR"})),
        (vec![(yen, 7)], json!({"amount": 3500, "currency": "JPY"})),
        (vec![(dear, 1)], json!({"amount": 100_000_000_000_i64, "currency": "EUR"})),
    ] {
        assert_eq!(order(&lines).gives(201).await["total"], total);
    }
    for lines in [vec![(dear, 2)], vec![(dear, 1), (odd, 1)], vec![(dear, 10_000); 2]] {
        assert_eq!(order(&lines).refused(422).await, "amount_out_of_range");
    }
    assert_eq!(order(&[(odd, 1), (yen, 1)]).refused(422).await, "mixed_currencies");
    let revenue = shop.get("/api/v1/stats").by(&sam).gives(200).await["revenue"].clone();
    let sums = [
        json!({"amount": 100_003_330_999_i64, "currency": "EUR"}),
        json!({"amount": 3500, "currency": "JPY"}),
    ];
    assert!(sums.iter().all(|sum| revenue.as_array().unwrap().contains(sum)), "{revenue}");
}

#[tokio::test]
async fn the_counts_equal_a_recount_and_are_pushed() {
    let shop = Shop::open().await;
    let sam = staff("sam");
    let (tea, cup) = (shop.product("Tea", 1000).await, shop.product("Cup", 1000).await);
    let (mut stream, _) = shop.listen(&sam).await;
    let steps = ["", "processing", "shipped", "paid", "delivered", "cancelled"];
    for n in 0..24_u32 {
        let product = if n % 3 == 0 { cup } else { tea };
        let placed = shop.place(&customer(&format!("c{}", n % 4)), product, n % 5 + 1).await;
        let last = steps[n as usize % steps.len()];
        if last == "cancelled" {
            shop.ask("POST", &placed.path("/cancel")).by(&sam).gives(200).await;
        } else {
            for status in steps.iter().skip(1).take_while(|_| !last.is_empty()) {
                shop.advance(&placed, status).await;
                if *status == last {
                    break;
                }
            }
        }
    }
    let stats = shop.get("/api/v1/stats").by(&sam).gives(200).await;
    let all = shop.get("/api/v1/orders?limit=200").by(&sam).gives(200).await;
    let orders = all["orders"].as_array().unwrap();
    let mut counted = BTreeMap::new();
    let mut revenue = 0;
    for order in orders {
        let now = order["status"].as_str().unwrap();
        *counted.entry(now).or_insert(0) += 1;
        if now != "cancelled" {
            revenue += order["total"]["amount"].as_i64().unwrap();
        }
    }
    for status in ["pending", "processing", "shipped", "paid", "delivered", "cancelled"] {
        assert_eq!(stats["byStatus"][status], counted.get(status).copied().unwrap_or(0), "{status}: {stats}");
    }
    assert_eq!(
        (&stats["total"], &stats["revenue"]),
        (&json!(24), &json!([{"amount": revenue, "currency": "EUR"}]))
    );
    assert_eq!(stats["active"], 24 - counted["delivered"] - counted["cancelled"]);
    assert_eq!(stats["cursor"], all["cursor"]);
    let pushed = loop {
        let pushed = stream.until("stats.updated").await.data;
        if pushed["cursor"] == stats["cursor"] {
            break pushed;
        }
    };
    assert_eq!(pushed, stats);
}

#[tokio::test]
async fn concurrent_orders_and_their_updates_each_appear_once() {
    let shop = Shop::open().await;
    let sam = staff("sam");
    let tea = shop.product("Tea", 1000).await;
    let (mut stream, _) = shop.listen(&sam).await;
    let people: Vec<_> = (0..10).map(|n| customer(&format!("c{n}"))).collect();
    let journey = |n: usize| {
        let (shop, sam, who) = (&shop, &sam, &people[n % people.len()]);
        async move {
            let placed = shop.place(who, tea, 1).await;
            for status in ["processing", "shipped"] {
                shop.put(&placed.path("/status"), &json!({"status": status})).by(sam).gives(200).await;
            }
            placed.id
        }
    };
    let placed: BTreeSet<String> = join_all((0..60).map(journey)).await.into_iter().collect();
    assert_eq!(placed.len(), 60);
    let mut received: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut cursors = Vec::new();
    while seen.len() < 180 {
        let event = stream.next().await.unwrap();
        // The stream may begin before the product was created.
        if event.name == "stats.updated" || event.name == "product.created" {
            continue;
        }
        assert!(seen.insert(event.data["id"].to_string()), "duplicate event: {event:?}");
        cursors.push(event.id.rsplit_once(':').unwrap().1.parse::<u64>().unwrap());
        let order = event.data["orderId"].as_str().unwrap_or_else(|| panic!("{event:?}"));
        received.entry(order.to_owned()).or_default().push(event.data);
    }
    assert!(
        cursors.windows(2).all(|pair| pair[1] == pair[0] + 1),
        "the events have a gap or are out of order"
    );
    assert_eq!(received.keys().cloned().collect::<BTreeSet<_>>(), placed);
    for events in received.values() {
        let path: Vec<_> =
            events.iter().map(|event| (event["version"].as_u64(), event["status"].as_str())).collect();
        let expected =
            [(Some(1), Some("pending")), (Some(2), Some("processing")), (Some(3), Some("shipped"))];
        assert_eq!(path, expected, "the order moved backwards");
    }
    let list = shop.get("/api/v1/orders?limit=200").by(&sam).gives(200).await;
    let listed = super::ids(&list);
    assert_eq!(
        (listed.len(), listed.iter().map(|id| (*id).to_owned()).collect::<BTreeSet<_>>()),
        (60, placed)
    );
    let mut numbers: Vec<u64> = list["orders"]
        .as_array()
        .unwrap()
        .iter()
        .map(|order| order["number"].as_str().unwrap().parse().unwrap())
        .collect();
    numbers.reverse();
    assert_eq!(numbers, (10_001..10_061).collect::<Vec<_>>());
}

#[tokio::test]
async fn orders_and_history_survive_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let shop = Shop::at(directory.path(), &[]).await;
    let tea = shop.product("Tea", 10).await;
    let asha = shop.register("asha@example.com").await;
    let placed = shop.place(&asha.token, tea, 1).await;
    shop.advance(&placed, "processing").await;
    let order = shop.get(&placed.path("")).by(&asha.token).gives(200).await;
    let timeline = shop.get(&placed.path("/timeline")).by(&asha.token).gives(200).await;
    shop.close().await;
    let shop = Shop::at(directory.path(), &[]).await;
    assert_eq!(
        shop.get(&placed.path("")).by(&asha.token).gives(200).await,
        order,
        "the token still works, too"
    );
    assert_eq!(shop.get(&placed.path("/timeline")).by(&asha.token).gives(200).await, timeline);
    assert_eq!(shop.place(&asha.token, tea, 1).await.number, "10002");
}
