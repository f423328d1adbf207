//! Delivery: timeline and partner.

use serde_json::json;

use super::{time, timeline};
use crate::support::Shop;
use crate::support::users::{customer, driver, id_of, name_of, staff};

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
