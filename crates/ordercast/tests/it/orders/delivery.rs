//! Delivery: timeline, partner, and the polling endpoints.

use serde_json::{Value, json};

use crate::support::Shop;
use crate::support::users::{customer, driver, id_of, name_of, staff};

fn time(value: &Value) -> jiff::Timestamp {
    value.as_str().unwrap().parse().unwrap()
}

async fn timeline(shop: &Shop, who: &str, path: &str) -> Vec<Value> {
    shop.get(path).by(who).gives(200).await["events"].as_array().unwrap().clone()
}

#[tokio::test]
async fn the_timeline_lists_each_change_with_its_time_and_actor() {
    let shop = Shop::open().await;
    let tea = shop.product("Tea", 10).await;
    let (asha, sam) = (customer("asha"), staff("sam"));
    let placed = shop.place(&asha, tea, 1).await;
    let path = placed.path("/timeline");
    let note = json!({"status": "pending", "note": "Gift wrap. She is a good customer."});
    shop.put(&placed.path("/status"), &note).by(&sam).gives(200).await;
    let shipped = json!({"status": "shipped", "trackingNumber": "TN-7", "note": "two boxes"});
    shop.put(&placed.path("/status"), &shipped).by(&sam).gives(200).await;
    shop.assign(&placed, &id_of("dev")).await;

    let stores = timeline(&shop, &sam, &path).await;
    let kinds: Vec<_> = stores.iter().map(|event| event["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["order.created", "order.updated", "order.status_changed", "delivery.updated"]);
    let versions: Vec<_> = stores.iter().map(|event| event["version"].as_u64().unwrap()).collect();
    assert_eq!(versions, [1, 2, 3, 4]);
    assert_eq!(stores[0]["actor"]["name"], name_of("asha"));
    assert_eq!((&stores[1]["actor"]["name"], &stores[1]["note"]), (&json!(name_of("sam")), &note["note"]));
    assert_eq!((&stores[2]["previousStatus"], &stores[2]["status"]), (&json!("pending"), &json!("shipped")));
    assert!(stores.iter().all(|event| event["at"].as_str().unwrap().ends_with('Z')));
    assert!(stores.is_sorted_by_key(|event| time(&event["at"])));

    let hers = timeline(&shop, &asha, &path).await;
    let kinds: Vec<_> = hers.iter().map(|event| event["kind"].as_str().unwrap()).collect();
    assert_eq!(
        kinds,
        ["order.created", "order.status_changed", "delivery.updated"],
        "an internal note is no event for the customer"
    );
    assert_eq!(hers[1]["actor"], json!({"origin": "staff"}));
    assert_eq!(hers[1]["trackingNumber"], "TN-7");
    let text = serde_json::to_string(&hers).unwrap();
    for secret in [&*name_of("sam"), "\"sam\"", "Gift wrap", "two boxes"] {
        assert!(!text.contains(secret), "the customer sees {secret}: {text}");
    }
    let drivers = timeline(&shop, &driver("dev"), &path).await;
    let text = serde_json::to_string(&drivers).unwrap();
    for secret in [&*name_of("sam"), "Gift wrap", &*name_of("asha"), "\"asha\""] {
        assert!(!text.contains(secret), "the driver sees {secret}: {text}");
    }
}

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
async fn a_partner_that_is_sent_again_unchanged_is_no_change() {
    let shop = Shop::open().await;
    let tea = shop.product("Tea", 10).await;
    let (asha, sam) = (customer("asha"), staff("sam"));
    let placed = shop.place(&asha, tea, 1).await;
    let partner = json!({"name": "Dev Driver", "phone": "+49 170 1"});
    let set = json!({"partner": partner, "driverId": id_of("dev")});
    let first = shop.put(&placed.path("/delivery"), &set).by(&sam).gives(200).await;
    let head = shop.head().await;
    let tracking = json!({"orderId": placed.id, "status": "pending", "deliveryPartner": partner});
    for (path, body) in [(&*placed.path("/delivery"), &set), ("/api/orders/tracking", &tracking)] {
        let again = shop.put(path, body).by(&sam).gives(200).await;
        assert_eq!((&again["version"], shop.head().await), (&first["version"], head), "{path}");
    }
    // With a new location it is a location report.
    let mut moving = tracking;
    moving["location"] = json!({"lat": 53.5, "lng": 10.0});
    let moved = shop.put("/api/orders/tracking", &moving).by(&sam).gives(200).await;
    assert_eq!(moved["version"], first["version"]);
    let history = timeline(&shop, &asha, &placed.path("/timeline")).await;
    let kinds: Vec<_> = history.iter().map(|event| event["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["order.created", "delivery.updated", "delivery.located"]);
    let other = json!({"partner": {"name": "Dev Driver"}});
    let changed = shop.put(&placed.path("/delivery"), &other).by(&sam).gives(200).await;
    assert_eq!(changed["version"], 3, "the phone number is gone");
    assert_eq!(shop.put(&placed.path("/delivery"), &json!({})).by(&sam).refused(409).await, "unchanged");
}

#[tokio::test]
async fn a_driver_reports_locations_only_for_their_own_orders() {
    let shop = Shop::open().await;
    let tea = shop.product("Tea", 10).await;
    let (asha, dev) = (customer("asha"), driver("dev"));
    let (mine, other) = (shop.place(&asha, tea, 1).await, shop.place(&asha, tea, 1).await);
    shop.assign(&mine, &id_of("dev")).await;
    let here = json!({"location": {"latitude": 53.5, "longitude": 10.0}});
    let seen = shop.put(&mine.path("/delivery"), &here).by(&dev).gives(200).await;
    assert_eq!(seen["version"], 2, "a new location must not make other edits stale");
    assert_eq!(seen["shippingAddress"]["line1"], "12 Harbour Road");
    assert!(seen.get("customer").is_none(), "the driver sees the customer's account");
    assert_eq!(shop.put(&other.path("/delivery"), &here).by(&dev).refused(404).await, "order_not_found");
    let partner = json!({"partner": {"name": "Me"}});
    assert_eq!(shop.put(&mine.path("/delivery"), &partner).by(&dev).refused(403).await, "forbidden");
    let list = shop.get("/api/v1/orders").by(&dev).gives(200).await;
    assert_eq!(super::ids(&list), [&*mine.id]);
    shop.assign(&mine, &id_of("dora")).await;
    assert_eq!(shop.get(&mine.path("")).by(&dev).refused(404).await, "order_not_found");
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
