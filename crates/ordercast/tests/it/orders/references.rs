//! Orders that have an id in the shop that they come from.

use serde_json::{Value, json};

use super::{ids, timeline};
use crate::support::Shop;
use crate::support::orders::cart;
use crate::support::users::{customer, staff};

/// Another shop's ids, such as `ORDER-123`, name its orders wherever an id or a number does.
#[tokio::test]
async fn an_order_is_found_everywhere_by_its_own_reference() {
    let shop = Shop::open().await;
    let tea = shop.product("Tea", 100).await;
    let (asha, ben, sam) = (customer("asha"), customer("ben"), staff("sam"));
    let place = |who: &str, reference: Value| {
        let mut body = cart(&[(tea, 1)]);
        body["reference"] = reference;
        shop.post("/api/v1/orders", &body).by(who)
    };
    let placed = place(&asha, json!(" ORDER-123 ")).gives(201).await;
    assert_eq!(placed["reference"], "ORDER-123");
    let taken = place(&ben, json!("ORDER-123")).send().await;
    assert_eq!((taken.status, &*taken.code()), (409, "reference_taken"));
    let other = place(&ben, json!("507f1f77bcf86cd799439011")).gives(201).await;
    for absent in [json!(""), json!(" "), Value::Null] {
        assert_eq!(place(&asha, absent.clone()).gives(201).await.get("reference"), None, "{absent}");
    }
    let id = "01903e4c-0000-7000-8000-000000000000";
    for bad in [json!("10001"), json!(123_456), json!("#7"), json!(id), json!("a\nb"), json!("x".repeat(65))]
    {
        let refused = place(&asha, bad.clone()).send().await;
        assert_eq!((refused.status, &*refused.code()), (422, "invalid_body"), "{bad}");
        assert!(refused.text.contains("neither a number nor a UUID"), "{}", refused.text);
    }
    for path in ["", "/timeline"] {
        let found = shop.get(&format!("/api/v1/orders/ORDER-123{path}")).by(&asha).gives(200).await;
        assert!(found["id"] == placed["id"] || found["events"][0]["orderId"] == placed["id"], "{found}");
    }
    // Some programs add invisible characters to copied text.
    let pasted = place(&ben, json!("\u{202a}ORDER-125\u{202c}")).gives(201).await;
    assert_eq!(pasted["reference"], "ORDER-125");
    let path = "/api/v1/orders/%E2%80%AAORDER-125%E2%80%AC";
    assert_eq!(shop.get(path).by(&ben).gives(200).await["id"], pasted["id"]);
    assert_eq!(shop.get("/api/v1/orders/ORDER-123").by(&ben).refused(404).await, "order_not_found");
    assert_eq!(shop.get("/api/v1/orders/ORDER-124").by(&sam).refused(404).await, "order_not_found");
    let found = shop.get("/api/v1/orders?q=ORDER-123").by(&sam).gives(200).await;
    assert_eq!(ids(&found), [placed["id"].as_str().unwrap()]);
    let changes = [
        ("PUT", "/api/v1/orders/ORDER-123/status", json!({"status": "processing"})),
        ("PUT", "/api/v1/orders/ORDER-123/delivery", json!({"location": {"lat": 1, "lng": 2}})),
        ("PUT", "/api/orders/tracking", json!({"orderId": "ORDER-123", "status": "shipped"})),
        ("POST", "/api/v1/orders/ORDER-123/cancel", json!({"reason": "lost"})),
    ];
    for (method, path, body) in changes {
        let answer = shop.ask(method, path).json(&body).by(&sam).gives(200).await;
        assert_eq!(answer["id"], placed["id"], "{path}");
    }
    let bulk = json!({"orders": ["507f1f77bcf86cd799439011", "ORDER-0"], "status": "processing"});
    let outcomes = shop.post("/api/v1/orders/bulk-status", &bulk).by(&sam).gives(200).await;
    assert_eq!(
        (&outcomes["outcomes"][0]["number"], &outcomes["outcomes"][0]["ok"]),
        (&other["number"], &json!(true))
    );
    assert_eq!(outcomes["outcomes"][1]["code"], "order_not_found");
    let polled = shop.get("/api/orders/manage").by(&asha).gives(200).await;
    assert!(polled["orders"].as_array().unwrap().iter().any(|order| order["reference"] == "ORDER-123"));
}

/// A page that knows an order only by its reference recognizes the order in every event.
#[tokio::test]
async fn every_event_of_an_order_has_its_reference() {
    let shop = Shop::open().await;
    let tea = shop.product("Tea", 100).await;
    let (asha, sam) = (customer("asha"), staff("sam"));
    let mut body = cart(&[(tea, 1)]);
    body["reference"] = "ORDER-123".into();
    let order = shop.post("/api/v1/orders", &body).by(&asha).gives(201).await;
    let (mut stream, _) = shop.listen(&asha).await;
    let mut feed = shop.socket(json!({"token": asha, "dialect": "feed"})).await;
    let mut room = shop.socket(json!({"token": asha, "dialect": "rooms"})).await;
    assert_eq!(room.ask("join-order-tracking", order["id"].clone()).await["ok"], true);
    shop.put("/api/v1/orders/ORDER-123/status", &json!({"status": "processing"})).by(&sam).gives(200).await;
    assert_eq!(stream.until("order.status_changed").await.data["reference"], "ORDER-123");
    assert_eq!(feed.until("single_order_update").await.data["reference"], "ORDER-123");
    assert_eq!(room.until("order-status-updated").await.data["reference"], "ORDER-123");
    let events = timeline(&shop, &sam, "/api/v1/orders/ORDER-123/timeline").await;
    assert!(events.iter().all(|event| event["reference"] == "ORDER-123"), "{events:?}");
}

/// Staff change orders by their reference, and anybody can register, so a local account must not choose a reference.
#[tokio::test]
async fn a_local_account_gives_no_order_a_reference() {
    let shop = Shop::open().await;
    let tea = shop.product("Tea", 10).await;
    let mira = shop.register("mira@example.com").await;
    let mut body = cart(&[(tea, 1)]);
    body["reference"] = "ORDER-123".into();
    let place = |who: &str| shop.post("/api/v1/orders", &body).by(who);
    let head = shop.head().await;
    let refused = place(&mira.token).send().await;
    assert_eq!((refused.status, &*refused.code()), (403, "reference_not_allowed"));
    assert!(refused.text.contains("leave it out"), "{}", refused.text);
    assert_eq!(shop.head().await, head);
    shop.place(&mira.token, tea, 1).await;
    place(&customer("asha")).gives(201).await;
}
