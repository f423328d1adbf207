//! The polling endpoints, whose clients cannot be changed.

use serde_json::{Value, json};

use super::{time, timeline};
use crate::support::Shop;
use crate::support::users::{customer, staff};

#[tokio::test]
async fn tracking_sets_status_location_and_partner_and_the_customer_sees_them() {
    let shop = Shop::open().await;
    let tea = shop.product("Tea", 10).await;
    let (asha, sam) = (customer("asha"), staff("sam"));
    let placed = shop.place(&asha, tea, 1).await;
    let (mut hers, _) = shop.listen(&asha).await;
    let body = json!({
        "orderId": placed.number, "status": "shipped",
        "location": {"lat": 53.5461, "lng": 9.9937},
        "deliveryPartner": {"name": "Dev Driver", "phone": "+49 170 1"},
    });
    let done = shop.put("/api/orders/tracking", &body).by(&sam).gives(200).await;
    assert_eq!(
        (&done["status"], &done["delivery"]["partner"]["phone"]),
        (&json!("shipped"), &json!("+49 170 1"))
    );
    let seen = shop.get(&placed.path("")).by(&asha).gives(200).await;
    assert_eq!(seen["delivery"]["partner"], json!({"name": "Dev Driver", "phone": "+49 170 1"}));
    assert_eq!(seen["delivery"]["location"]["latitude"], 53.5461);
    assert_eq!(seen["delivery"]["location"]["longitude"], 9.9937);
    assert_eq!(hers.until("order.status_changed").await.data["status"], "shipped");
    let received = hers.until("delivery.updated").await;
    assert_eq!(
        (&received.data["partner"]["name"], &received.data["location"]["latitude"]),
        (&json!("Dev Driver"), &json!(53.5461))
    );
    // Polling clients send the status with every location.
    let again = json!({"orderId": placed.id, "status": "shipped", "location": {"lat": 53.6, "lng": 10.0}});
    shop.put("/api/orders/tracking", &again).by(&sam).gives(200).await;
    let history = timeline(&shop, &asha, &placed.path("/timeline")).await;
    assert!(history.iter().any(|event| event["location"]["latitude"] == 53.5461), "{history:?}");
    let before = shop.head().await;
    let only_status = json!({"orderId": placed.id, "status": "shipped"});
    let unchanged = shop.put("/api/orders/tracking", &only_status).by(&sam).gives(200).await;
    assert_eq!((&unchanged["status"], shop.head().await), (&json!("shipped"), before));
}

#[tokio::test]
async fn a_refused_tracking_update_changes_nothing() {
    let shop = Shop::open().await;
    let tea = shop.product("Tea", 10).await;
    let (asha, sam) = (customer("asha"), staff("sam"));
    for status in ["cancelled", "delivered"] {
        let placed = shop.place(&asha, tea, 1).await;
        let body = json!({"orderId": placed.id, "status": status, "location": {"lat": 1.0, "lng": 2.0},
            "deliveryPartner": {"name": "Dev"}});
        let done = shop.put("/api/orders/tracking", &body).by(&sam).gives(200).await;
        assert_eq!(done["status"], status);
    }
}

#[tokio::test]
async fn the_list_is_polled_with_the_cookie_and_is_304_while_nothing_changed() {
    let shop = Shop::open().await;
    let tea = shop.product("Tea", 100).await;
    let asha = shop.register("asha@example.com").await;
    let (first, second) = (shop.place(&asha.token, tea, 1).await, shop.place(&asha.token, tea, 1).await);
    shop.place(&customer("ben"), tea, 1).await;
    let poll = || shop.get("/api/orders/manage").cookie(&asha.cookie);
    let answer = poll().send().await;
    let list = answer.json();
    assert_eq!(
        super::ids(&list),
        [&*second.id, &first.id],
        "the list holds the customer's own orders, newest first"
    );
    assert!(time(&list["orders"][0]["createdAt"]) >= time(&list["orders"][1]["createdAt"]));
    let members: Vec<_> = list.as_object().unwrap().keys().collect();
    assert_eq!(members, ["next", "orders"], "the shape is {{orders: […], next}}");
    assert_eq!(answer.header("cache-control"), "private, no-cache");
    let tag = answer.header("etag").to_owned();
    for have in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}")] {
        let same = poll().header("if-none-match", &have).send().await;
        assert_eq!((same.status, &*same.text, same.header("etag")), (304, "", &*tag), "{have}");
    }
    let sams = shop.get("/api/orders/manage").by(&staff("sam")).send().await;
    assert_eq!(sams.json()["orders"].as_array().unwrap().len(), 3);
    assert_ne!(sams.header("etag"), tag);
    shop.advance(&first, "processing").await;
    let changed = poll().header("if-none-match", &tag).send().await;
    assert_eq!((changed.status, &changed.json()["orders"][1]["status"]), (200, &json!("processing")));
    assert_eq!(shop.get("/api/orders/manage").refused(401).await, "unauthenticated");
}

/// What the polling shop's pages send, which cannot be changed.
#[tokio::test]
async fn tracking_accepts_what_clients_send_and_ignores_the_rest() {
    let shop = Shop::open().await;
    let tea = shop.product("Tea", 10).await;
    let (asha, sam) = (customer("asha"), staff("sam"));
    let placed = shop.place(&asha, tea, 1).await;
    let number: u64 = placed.number.parse().unwrap();
    let set = async |body: Value| shop.put("/api/orders/tracking", &body).by(&sam).gives(200).await;
    let shipped = set(json!({
        "orderId": number, "status": "Shipped", "note": "", "updatedBy": "sam", "gps": {"x": 1},
        "location": {"lat": "53.5", "lng": "10.0", "address": "Harbour Road"},
        "deliveryPartner": {"name": "Dev Driver", "phone": 4_917_012_i64, "vehicle": "bike"},
    }))
    .await;
    assert_eq!(shipped["status"], "shipped");
    assert_eq!(shipped["delivery"]["partner"], json!({"name": "Dev Driver", "phone": "4917012"}));
    assert_eq!(shipped["delivery"]["location"]["latitude"], 53.5);
    let head = shop.head().await;
    for unchanged in [
        json!({"orderId": placed.number, "status": "shipped", "location": "", "deliveryPartner": ""}),
        json!({"orderId": placed.id, "status": "SHIPPED", "location": {"lat": "", "lng": ""}, "deliveryPartner": {"name": "", "phone": ""}}),
        json!({"orderId": format!("#{number}"), "status": "shipped", "location": null, "deliveryPartner": null}),
    ] {
        let answer = set(unchanged.clone()).await;
        assert_eq!(
            (&answer["status"], &answer["version"], shop.head().await),
            (&json!("shipped"), &shipped["version"], head)
        );
    }
    let nothing = json!({"orderId": placed.id, "status": "", "location": "", "driver": "x"});
    let problem = shop.put("/api/orders/tracking", &nothing).by(&sam).send().await;
    assert_eq!((problem.status, problem.json()["errors"][0]["field"].as_str()), (422, Some("status")));
}

#[tokio::test]
async fn every_part_of_a_tracking_update_is_stored_or_refused() {
    let shop = Shop::open().await;
    let tea = shop.product("Tea", 10).await;
    let (asha, sam) = (customer("asha"), staff("sam"));
    let placed = shop.place(&asha, tea, 1).await;
    let set = async |mut body: Value| {
        body["orderId"] = json!(placed.id);
        shop.put("/api/orders/tracking", &body).by(&sam).send().await
    };
    let expected = json!("2031-05-02T10:00:00.000Z");
    for (body, member, value) in [
        (json!({"status": "shipped", "trackingNumber": "TRACK-1"}), "/trackingNumber", json!("TRACK-1")),
        (json!({"trackingNumber": 4711}), "/trackingNumber", json!("4711")),
        (json!({"estimatedDelivery": "2031-05-02T10:00:00Z"}), "/estimatedDelivery", expected.clone()),
        (
            json!({"status": "shipped", "estimatedDelivery": 1_935_482_400_000_i64}),
            "/estimatedDelivery",
            expected,
        ),
        (
            json!({"location": {"type": "Point", "coordinates": [10, 1]}}),
            "/delivery/location/latitude",
            json!(1.0),
        ),
        (json!({"status": "shipped", "lat": "2", "lng": 10}), "/delivery/location/latitude", json!(2.0)),
        (json!({"latitude": 3, "longitude": 10, "accuracy": -1}), "/delivery/location/latitude", json!(3.0)),
        (
            json!({"location": "4, 10", "note": "at the\r\nharbour"}),
            "/delivery/location/latitude",
            json!(4.0),
        ),
        (json!({"status": "processing", "reason": "came back"}), "/status", json!("processing")),
    ] {
        // Two locations in two seconds are one.
        let driver = json!({"name": format!("Dev {member}{value}")});
        let mut body = body;
        if member.contains("location") {
            body["deliveryPartner"] = driver;
        }
        let answer = set(body.clone()).await;
        assert_eq!(answer.status, 200, "{body}: {}", answer.text);
        assert_eq!(answer.json().pointer(member), Some(&value), "{body}");
    }
    let events = timeline(&shop, &sam, &placed.path("/timeline")).await;
    assert!(events.iter().any(|event| event["note"] == "at the\nharbour"), "{events:?}");
    let head = shop.head().await;
    for (body, field) in [
        (json!({"status": "shipped", "location": "Mumbai Hub"}), "location"),
        (json!({"status": "shipped", "location": {"address": "Mumbai Hub"}}), "location"),
        (json!({"status": "shipped", "lat": 91, "lng": 0}), "location"),
        (json!({"status": "shipped", "lat": 1}), "location"),
        (
            json!({"status": "shipped", "location": {"lat": 1, "lng": 2, "timestamp": "1/31/2026, 12:00:00 PM"}}),
            "location",
        ),
        (json!({"status": "shipped", "estimatedDelivery": "tomorrow"}), "estimatedDelivery"),
        (json!({"note": "x", "reason": "why"}), "reason"),
    ] {
        let refused = set(body.clone()).await;
        let refusal = (refused.status, refused.json()["errors"][0]["field"].clone());
        assert_eq!(refusal, (422, json!(field)), "{body}: {}", refused.text);
    }
    assert_eq!(shop.head().await, head, "a refused update changes nothing");
}

#[tokio::test]
async fn a_polled_order_has_its_tracking_history() {
    let shop = Shop::open().await;
    let tea = shop.product("Tea", 10).await;
    let (asha, sam) = (customer("asha"), staff("sam"));
    let placed = shop.place(&asha, tea, 1).await;
    for body in [
        json!({"orderId": placed.id, "status": "processing", "note": "gift wrap"}),
        json!({"orderId": placed.id, "status": "shipped", "location": {"lat": 53.5, "lng": 10.0}}),
    ] {
        shop.put("/api/orders/tracking", &body).by(&sam).gives(200).await;
    }
    shop.put(&placed.path("/status"), &json!({"status": "cancelled", "reason": "lost"}))
        .by(&sam)
        .gives(200)
        .await;
    let history = async |who: &str| {
        let list = shop.get("/api/orders/manage").by(who).gives(200).await;
        list["orders"][0]["trackingHistory"].as_array().unwrap().clone()
    };
    let stores = history(&sam).await;
    let statuses: Vec<_> = stores.iter().map(|step| step["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["pending", "processing", "shipped", "cancelled"]);
    assert_eq!((&stores[1]["note"], &stores[3]["note"]), (&json!("gift wrap"), &json!("lost")));
    assert_eq!(stores[2]["location"]["latitude"], 53.5);
    assert!(stores.is_sorted_by_key(|step| time(&step["time"])));
    let hers = history(&asha).await;
    assert_eq!((&hers[1]["note"], &hers[3]["note"]), (&Value::Null, &json!("lost")), "a note is internal");
}

#[tokio::test]
async fn every_order_can_be_reached_by_paging_the_polled_list() {
    let shop = Shop::open().await;
    let tea = shop.product("Tea", 10_000).await;
    let (asha, sam) = (customer("asha"), staff("sam"));
    let mut numbers = Vec::new();
    for _ in 0..105 {
        numbers.push(shop.place(&asha, tea, 1).await.number);
    }
    numbers.reverse();
    let poll = async |query: &str| shop.get(&format!("/api/orders/manage{query}")).by(&sam).gives(200).await;
    let numbers_of = |list: &Value| {
        let orders = list["orders"].as_array().unwrap().iter();
        orders.map(|order| order["number"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let first = poll("?_=1769860800500&ts=1&userId=7").await;
    assert_eq!((numbers_of(&first).len(), &first["next"]), (100, &json!(numbers[99])));
    assert_eq!(poll("?before=null&v=2&1769860800500").await["next"], first["next"]);
    let second = poll(&format!("?before={}&limit=", numbers[99])).await;
    assert_eq!((numbers_of(&second), &second["next"]), (numbers[100..].to_vec(), &Value::Null));
    let (mut seen, mut before) = (Vec::new(), String::new());
    loop {
        let page = poll(&format!("?limit=50&before={before}")).await;
        seen.extend(numbers_of(&page));
        let Some(next) = page["next"].as_str() else { break };
        next.clone_into(&mut before);
    }
    assert_eq!(seen, numbers);
    for bad in ["limit=0", "limit=201", "limit=many", "before=yesterday"] {
        let refused = shop.get(&format!("/api/orders/manage?{bad}")).by(&sam).refused(400).await;
        assert_eq!(refused, "invalid_query", "{bad}");
    }
}
