//! Orders end to end: a customer places an order, staff process it, and both see the same state.

mod changes;
mod counts;
mod delivery;
mod export;
mod live_connections;
mod locations;
mod polling;
mod references;
mod times;
mod transitions;

use serde_json::{Value, json};

use crate::support::Shop;
use crate::support::orders::cart;
use crate::support::users::{customer, staff, staff_of};

/// The ids of a list, in its order.
fn ids(list: &Value) -> Vec<&str> {
    list["orders"].as_array().unwrap().iter().map(|order| order["id"].as_str().unwrap()).collect()
}

fn time(value: &Value) -> jiff::Timestamp {
    value.as_str().unwrap().parse().unwrap()
}

async fn timeline(shop: &Shop, who: &str, path: &str) -> Vec<Value> {
    shop.get(path).by(who).gives(200).await["events"].as_array().unwrap().clone()
}

#[tokio::test]
async fn answers_with_personal_data_are_kept_by_no_cache() {
    let shop = Shop::open().await;
    let tea = shop.product("Tea", 10).await;
    let asha = customer("asha");
    let placed = shop.place(&asha, tea, 1).await;
    for path in [
        &placed.path(""),
        &placed.path("/timeline"),
        "/api/v1/orders",
        "/api/orders/manage",
        "/api/v1/notifications",
    ] {
        let answer = shop.get(path).by(&asha).send().await;
        assert_eq!((answer.status, answer.header("cache-control")), (200, "private, no-cache"), "{path}");
        assert!(answer.header("vary").contains("authorization, cookie"), "{path}: {}", answer.header("vary"));
    }
    let known = shop.get(&placed.path("")).by(&asha).header("if-none-match", "\"1\"").send().await;
    assert_eq!((known.status, known.header("cache-control")), (304, "private, no-cache"));
    let refused = shop.get(&placed.path("")).send().await;
    assert_eq!((refused.status, refused.header("cache-control")), (401, "private, no-cache"));
}

#[tokio::test]
async fn long_answers_are_compressed_and_streams_are_not() {
    let shop = Shop::open().await;
    let tea = shop.product("Tea", 1000).await;
    let asha = customer("asha");
    for _ in 0..20 {
        shop.place(&asha, tea, 1).await;
    }
    let plain = shop.get("/api/v1/orders").by(&asha).send().await;
    assert_eq!(plain.header("content-encoding"), "");
    let gzip = || shop.get("/api/v1/orders").by(&asha).header("accept-encoding", "gzip, deflate, br");
    let answer = gzip().open().await;
    assert_eq!(answer.headers()["content-encoding"], "gzip");
    let vary: Vec<_> = answer.headers().get_all("vary").iter().map(|value| value.to_str().unwrap()).collect();
    assert!(vary.iter().any(|vary| vary.contains("accept-encoding")), "{vary:?}");
    let bytes = answer.bytes().await.unwrap();
    assert!(
        bytes.starts_with(&[0x1f, 0x8b]) && bytes.len() * 5 < plain.text.len(),
        "{} of {}",
        bytes.len(),
        plain.text.len()
    );
    let polled = shop.get("/api/orders/manage").by(&asha).header("accept-encoding", "gzip").open().await;
    assert_eq!(polled.headers()["content-encoding"], "gzip");
    let (etag, path) = (polled.headers()["etag"].to_str().unwrap().to_owned(), "/api/orders/manage");
    let again = shop.get(path).by(&asha).header("accept-encoding", "gzip").header("if-none-match", &etag);
    assert_eq!(again.send().await.status, 304);
    // A short answer, an answer with tokens, and a stream.
    let short = shop.get("/health").header("accept-encoding", "gzip").send().await;
    let account =
        json!({"name": "A".repeat(100), "email": "asha@example.com", "password": "correct horse battery"});
    let tokens = shop.post("/api/v1/auth/register", &account).header("accept-encoding", "gzip").open().await;
    let stream = shop.get("/api/v1/stream").by(&asha).header("accept-encoding", "gzip").open().await;
    assert_eq!(short.header("content-encoding"), "");
    for open in [tokens, stream] {
        assert!(open.status().is_success() && !open.headers().contains_key("content-encoding"), "{open:?}");
    }
}

#[tokio::test]
async fn a_customer_registers_and_orders_two_items() {
    let shop = Shop::open().await;
    let (tea, cup) = (shop.product("Tea", 10).await, shop.product("Cup", 10).await);
    let asha = shop.register("asha@example.com").await;
    let placed = shop.post("/api/v1/orders", &cart(&[(tea, 2), (cup, 1)])).by(&asha.token).send().await;
    assert_eq!(placed.status, 201, "{}", placed.text);
    assert_eq!(placed.header("etag"), "\"1\"");
    let order = placed.json();
    assert_eq!(placed.header("location"), format!("/api/v1/orders/{}", order["id"].as_str().unwrap()));
    assert_eq!(order["number"], "10001");
    assert_eq!(
        (&order["status"], &order["version"], &order["canCancel"]),
        (&json!("pending"), &json!(1), &json!(true))
    );
    assert_eq!(order["total"], json!({"amount": 3750, "currency": "EUR"}));
    assert_eq!(order["payment"]["status"], "pending");
    assert_eq!(order["items"][0]["name"], "Tea");
    assert_eq!(order["items"][1]["unitPrice"]["amount"], 1250);
    assert_eq!(order["shippingAddress"]["city"], "Hamburg");
    let opened = shop.get(placed.header("location")).by(&asha.token).send().await;
    assert_eq!((opened.json(), opened.header("etag")), (order, "\"1\""));
    let epoch_and_seq = opened.header("ordercast-cursor").split_once(':').unwrap();
    assert_eq!(epoch_and_seq.1, shop.head().await.to_string());
}

#[tokio::test]
async fn customers_list_their_own_orders_and_staff_the_stores_newest_first() {
    let shop = Shop::open().await;
    let tea = shop.product("Tea", 100).await;
    let (asha, ben) = (customer("asha"), customer("ben"));
    let mut all = Vec::new();
    for n in 0..7 {
        let who = if n % 2 == 0 { &asha } else { &ben };
        all.push(shop.place(who, tea, 1).await.id);
    }
    all.reverse();
    let hers = shop.get("/api/v1/orders").by(&asha).gives(200).await;
    assert_eq!(ids(&hers), [&*all[0], &all[2], &all[4], &all[6]]);
    assert_eq!(hers["next"], Value::Null);
    let stores = shop.get("/api/v1/orders").by(&staff("sam")).gives(200).await;
    assert_eq!(ids(&stores), all);
    assert_eq!(stores["orders"][0]["customer"]["name"], "asha of the Tests", "staff see the customer");
    let (mut paged, mut page) = (Vec::new(), String::new());
    loop {
        let list = shop.get(&format!("/api/v1/orders?limit=3{page}")).by(&staff("sam")).gives(200).await;
        paged.extend(ids(&list).into_iter().map(str::to_owned));
        let Some(next) = list["next"].as_str() else { break };
        page = format!("&page={next}");
    }
    assert_eq!(paged, all, "an order is missing or listed twice");
}

#[tokio::test]
async fn staff_find_orders_and_cannot_place_one() {
    let shop = Shop::open().await;
    let tea = shop.product("Tea", 100).await;
    let (asha, ben, sam) = (customer("asha"), customer("ben"), staff("sam"));
    let (first, second) = (shop.place(&asha, tea, 1).await, shop.place(&ben, tea, 1).await);
    shop.advance(&second, "processing").await;
    for (query, found) in [
        ("status=pending", &first),
        ("status=processing,shipped", &second),
        ("q=ben", &second),
        (&*format!("q={}", first.number), &first),
        (&*format!("q=%23{}", first.number), &first),
    ] {
        let list = shop.get(&format!("/api/v1/orders?{query}")).by(&sam).gives(200).await;
        assert_eq!(ids(&list), [&*found.id], "{query}");
    }
    let answer = shop.post("/api/v1/orders", &cart(&[(tea, 1)])).by(&sam).send().await;
    assert_eq!((answer.status, &*answer.code()), (403, "forbidden"));
    assert!(
        answer.json()["detail"].as_str().unwrap().contains("Only customers can place orders"),
        "{}",
        answer.text
    );
}

#[tokio::test]
async fn lists_are_sorted_by_the_server() {
    let shop = Shop::open().await;
    let tea = shop.product("Tea", 100).await;
    let (asha, sam) = (customer("asha"), staff("sam"));
    let mut placed = Vec::new();
    for quantity in [3, 1, 2, 2, 5] {
        placed.push(shop.place(&asha, tea, quantity).await.id);
    }
    for order in [3, 1] {
        let path = format!("/api/v1/orders/{}/delivery", placed[order]);
        shop.put(&path, &json!({"estimatedDelivery": "2030-01-01T12:00:00Z"})).by(&sam).gives(200).await;
    }
    // Two changes may fall into the same millisecond. Then the newest order comes first.
    let mut changed = [0, 1, 2, 3, 4].map(|order| (String::new(), order));
    for (at, order) in &mut changed {
        let view = shop.get(&format!("/api/v1/orders/{}", placed[*order])).by(&sam).gives(200).await;
        view["updatedAt"].as_str().unwrap().clone_into(at);
    }
    changed.sort_by(|a, b| b.cmp(a));
    for (sort, expected) in [
        ("newest", [4, 3, 2, 1, 0]),
        ("oldest", [0, 1, 2, 3, 4]),
        ("changed", changed.map(|(_, order)| order)),
        ("total-high", [4, 0, 3, 2, 1]),
        ("total-low", [1, 2, 3, 0, 4]),
    ] {
        for filter in ["", "&q=asha", "&status=pending"] {
            for who in [&asha, &sam] {
                let (mut found, mut page) = (Vec::new(), String::new());
                loop {
                    let list = shop.get(&format!("/api/v1/orders?sort={sort}&limit=2{filter}{page}"));
                    let list = list.by(who).gives(200).await;
                    found.extend(ids(&list).into_iter().map(str::to_owned));
                    let Some(next) = list["next"].as_str() else { break };
                    page = format!("&page={}", next.replace(':', "%3A"));
                }
                let expected: Vec<_> = expected.iter().map(|n: &usize| placed[*n].clone()).collect();
                assert_eq!(found, expected, "{sort} {filter}");
            }
        }
    }
    for bad in ["sort=beauty", "page=1:2:3", "page=x:1"] {
        let refused = shop.get(&format!("/api/v1/orders?{bad}")).by(&sam).refused(400).await;
        assert_eq!(refused, "invalid_query", "{bad}");
    }
}

#[tokio::test]
async fn staff_move_an_order_to_delivered_step_by_step() {
    let shop = Shop::open().await;
    let tea = shop.product("Tea", 10).await;
    let asha = customer("asha");
    let placed = shop.place(&asha, tea, 2).await;
    let mut progress = placed.view["progress"].as_u64().unwrap();
    for (n, status) in ["processing", "shipped", "delivered"].into_iter().enumerate() {
        let body =
            json!({"status": status, "trackingNumber": "TN-1", "estimatedDelivery": "2030-01-01T12:00:00Z"});
        let answer = shop.put(&placed.path("/status"), &body).by(&staff("sam")).send().await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(answer.header("etag"), format!("\"{}\"", n + 2));
        let seen = shop.get(&placed.path("")).by(&asha).gives(200).await;
        assert_eq!((&seen["status"], &seen["trackingNumber"]), (&json!(status), &json!("TN-1")));
        assert!(seen["progress"].as_u64().unwrap() > progress, "{seen}");
        progress = seen["progress"].as_u64().unwrap();
    }
    assert_eq!(progress, 100);
    let skip = shop.place(&asha, tea, 1).await;
    assert_eq!(shop.advance(&skip, "delivered").await["shipments"][0]["status"], "delivered");
    let back = json!({"status": "processing"});
    assert_eq!(
        shop.put(&skip.path("/status"), &back).by(&staff("sam")).refused(422).await,
        "reason_required"
    );
    let back = json!({"status": "processing", "reason": "It was another parcel."});
    let corrected = shop.put(&skip.path("/status"), &back).by(&staff("sam")).gives(200).await;
    assert_eq!(corrected["status"], "processing");
}

#[tokio::test]
async fn paid_follows_shipped_and_staff_cancel_from_any_status_that_is_not_final() {
    let shop = Shop::open().await;
    let tea = shop.product("Tea", 100).await;
    let (asha, sam) = (customer("asha"), staff("sam"));
    let walk = ["processing", "shipped", "paid", "delivered"];
    for steps in 0..=walk.len() {
        let placed = shop.place(&asha, tea, 1).await;
        for status in &walk[..steps] {
            assert_eq!(shop.advance(&placed, status).await["status"], *status);
        }
        let cancel = shop.post(&placed.path("/cancel"), &json!({"reason": "out of tea"})).by(&sam);
        if steps == walk.len() {
            assert_eq!(cancel.refused(409).await, "final_status");
            continue;
        }
        let cancelled = cancel.gives(200).await;
        assert_eq!(cancelled["status"], "cancelled");
        let seen = shop.get(&placed.path("")).by(&asha).gives(200).await;
        assert_eq!(seen["cancellation"]["by"], "staff");
        assert_eq!(seen["cancellation"]["reason"], "out of tea");
        for status in ["pending", "processing", "shipped", "paid", "delivered"] {
            let body = json!({"status": status, "reason": "try"});
            let code = shop.put(&placed.path("/status"), &body).by(&sam).refused(409).await;
            assert_eq!(code, "final_status", "cancelled to {status}");
        }
        // The present status again is done already, and changes nothing.
        let body = json!({"status": "cancelled", "reason": "try"});
        let again = shop.put(&placed.path("/status"), &body).by(&sam).gives(200).await;
        assert_eq!(
            (&again["version"], &again["cancellation"]),
            (&cancelled["version"], &cancelled["cancellation"])
        );
    }
}

#[tokio::test]
async fn a_customer_cancels_a_pending_order_but_not_a_later_one() {
    let shop = Shop::open().await;
    let tea = shop.product("Tea", 10).await;
    let asha = customer("asha");
    let placed = shop.place(&asha, tea, 4).await;
    assert_eq!(shop.stock(tea).await.reserved, 4);
    let cancelled =
        shop.post(&placed.path("/cancel"), &json!({"reason": "ordered twice"})).by(&asha).gives(200).await;
    assert_eq!((&cancelled["status"], &cancelled["canCancel"]), (&json!("cancelled"), &json!(false)));
    assert_eq!(shop.stock(tea).await.reserved, 0);
    let stores = shop.get(&placed.path("")).by(&staff("sam")).gives(200).await;
    assert_eq!(stores["cancellation"]["reason"], "ordered twice");
    assert_eq!(stores["cancellation"]["by"], "customer");
    let again = shop.ask("POST", &placed.path("/cancel")).by(&asha);
    assert_eq!(again.refused(409).await, "final_status");
    for status in ["processing", "shipped", "delivered"] {
        let late = shop.place(&asha, tea, 1).await;
        shop.advance(&late, status).await;
        let answer = shop.ask("POST", &late.path("/cancel")).by(&asha).send().await;
        assert_eq!((answer.status, &*answer.code()), (409, "too_late_to_cancel"));
        let problem = answer.json();
        assert_eq!(problem["orderStatus"], status);
        assert!(
            problem["detail"].as_str().unwrap().contains(status),
            "the detail does not name the status: {problem}"
        );
    }
}

#[tokio::test]
async fn a_bulk_reports_each_orders_outcome_and_changes_the_rest() {
    let shop = Shop::open().await;
    let (tea, nora) = (shop.product("Tea", 100).await, staff_of("nora", "north"));
    let herring = shop.product_by(&nora, "Herring", 10).await;
    let (asha, sam) = (customer("asha"), staff("sam"));
    let (first, second, gone) =
        (shop.place(&asha, tea, 1).await, shop.place(&asha, tea, 1).await, shop.place(&asha, tea, 1).await);
    shop.ask("POST", &gone.path("/cancel")).by(&asha).gives(200).await;
    let mut elsewhere = cart(&[(herring, 1)]);
    elsewhere["storeId"] = "north".into();
    let elsewhere = shop.post("/api/v1/orders", &elsewhere).by(&asha).gives(201).await;
    let (mut hers, _) = shop.listen(&asha).await;
    let names = json!([first.id, "nonsense", gone.number, format!("#{}", second.number), elsewhere["id"]]);
    let body = json!({"orders": names, "status": "processing", "note": "for the van"});
    let ask = || shop.post("/api/v1/orders/bulk-status", &body).by(&sam).header("idempotency-key", "bulk-1");
    let answer = ask().send().await;
    let done = answer.json();
    assert_eq!((answer.status, &done["changed"], &done["refused"]), (200, &json!(2), &json!(3)), "{done}");
    let outcomes = done["outcomes"].as_array().unwrap();
    for (n, (name, code)) in ["", "order_not_found", "final_status", "", "order_not_found"]
        .iter()
        .enumerate()
        .map(|(n, code)| (n, (&names[n], *code)))
    {
        assert_eq!((&outcomes[n]["order"], &outcomes[n]["ok"]), (name, &json!(code.is_empty())), "{done}");
        assert_eq!(outcomes[n]["code"].as_str().unwrap_or_default(), code, "{done}");
        assert_eq!(outcomes[n]["detail"].as_str().is_some_and(|detail| detail.len() > 10), !code.is_empty());
    }
    assert_eq!(outcomes[3]["number"], json!(second.number));
    for placed in [&first, &second] {
        let received = hers.until("order.status_changed").await;
        assert_eq!(
            (&received.data["orderId"], &received.data["status"]),
            (&json!(placed.id), &json!("processing"))
        );
        assert!(received.data.get("note").is_none(), "the customer received an internal note");
    }
    let head = shop.head().await;
    let again = ask().send().await;
    assert_eq!((again.header("idempotency-replayed"), again.json()), ("true", done));
    assert_eq!(shop.head().await, head);
}
