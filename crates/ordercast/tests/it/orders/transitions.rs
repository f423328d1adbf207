//! The statuses that a caller may set are sent with every order and event.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::support::Shop;
use crate::support::clock::AdjustableClock;
use crate::support::users::{customer, driver, id_of, staff};

/// `(status, reasonRequired)` of each allowed transition.
fn allowed(order: &Value) -> Vec<(&str, bool)> {
    let list = order["allowedTransitions"].as_array().unwrap_or_else(|| panic!("no list in {order}"));
    let pair = |each: &'_ Value| each["reasonRequired"].as_bool().unwrap();
    list.iter().map(|each| (each["status"].as_str().unwrap(), pair(each))).collect()
}

#[tokio::test]
async fn orders_list_the_statuses_that_the_reader_may_set() {
    let shop = Shop::open().await;
    let tea = shop.product("Tea", 10).await;
    let (asha, sam, dev) = (customer("asha"), staff("sam"), driver("dev"));
    let placed = shop.place(&asha, tea, 1).await;
    shop.assign(&placed, &id_of("dev")).await;
    let forward = ("delivered", false);
    let cancel = ("cancelled", false);
    let pending = vec![("processing", false), ("shipped", false), ("paid", false), forward, cancel];
    let shipped = vec![("pending", true), ("processing", true), ("paid", false), forward, cancel];

    assert_eq!(allowed(&placed.view), [cancel], "the response to the customer");
    for (status, of_staff, of_customer) in [("pending", pending, vec![cancel]), ("shipped", shipped, vec![])]
    {
        if status != "pending" {
            assert_eq!(allowed(&shop.advance(&placed, status).await), of_staff, "the response to a change");
        }
        for (token, expected) in [(&sam, of_staff), (&asha, of_customer), (&dev, vec![])] {
            let order = shop.get(&placed.path("")).by(token).gives(200).await;
            assert_eq!(allowed(&order), expected, "{status}");
            let list = shop.get("/api/v1/orders").by(token).gives(200).await;
            assert_eq!(allowed(&list["orders"][0]), expected, "{status} in a list");
        }
    }
    let cancelled = shop.post(&placed.path("/cancel"), &json!({})).by(&sam).gives(200).await;
    assert_eq!(allowed(&cancelled), []);
}

#[tokio::test]
async fn events_list_the_allowed_statuses_live_and_from_history() {
    let shop = Shop::open().await;
    let tea = shop.product("Tea", 10).await;
    let (asha, sam) = (customer("asha"), staff("sam"));
    let (mut theirs, begin) = shop.listen(&sam).await;
    let (mut hers, _) = shop.listen(&asha).await;
    let placed = shop.place(&asha, tea, 1).await;
    assert_eq!(allowed(&hers.until("order.created").await.data), [("cancelled", false)]);
    let order = shop.advance(&placed, "processing").await;
    assert_eq!(allowed(&hers.until("order.status_changed").await.data), []);
    let live = theirs.until("order.status_changed").await.data;
    assert_eq!(allowed(&live), allowed(&order));
    assert!(allowed(&live).contains(&("pending", true)));

    let (mut later, _) = shop.resume(&sam, begin.data["cursor"].as_str().unwrap()).await;
    let created = later.until("order.created").await.data;
    let changed = later.until("order.status_changed").await.data;
    assert_eq!(allowed(&changed), allowed(&order), "from memory");
    assert_eq!(allowed(&created).len(), 5, "the statuses allowed at that time: {created}");

    let timeline = shop.get(&placed.path("/timeline")).by(&sam).gives(200).await;
    let events = timeline["events"].as_array().unwrap();
    let [first, last] = ["order.created", "order.status_changed"]
        .map(|kind| events.iter().find(|event| event["kind"] == kind).unwrap());
    assert_eq!(first.get("allowedTransitions"), None, "the order has changed since: {first}");
    assert_eq!(allowed(last), allowed(&order), "from the database");
}

/// A prepaid order that is moved back to the start can be canceled by its customer again.
#[tokio::test]
async fn a_prepaid_order_that_is_moved_back_to_pending_can_be_cancelled() {
    let shop = Shop::demo(Arc::new(AdjustableClock::default())).await;
    let tea = shop.product("Tea", 10).await;
    let (asha, sam) = (customer("asha"), staff("sam"));
    // Paid before processing, the order reads `paid` again; paid later, it reads `pending`.
    for (paid_at, status) in [("pending", "paid"), ("processing", "pending")] {
        let placed = shop.place_online(&asha, tea, 1).await;
        let pay = || shop.post(&placed.path("/test-payment"), &json!({"outcome": "paid"})).by(&asha);
        if paid_at == "processing" {
            shop.advance(&placed, "processing").await;
        }
        pay().gives(200).await;
        let shipped = shop.advance(&placed, "shipped").await;
        assert_eq!((&shipped["progress"], &shipped["canCancel"]), (&json!(70), &json!(false)));
        let back = json!({"status": "pending", "reason": "The wrong parcel was scanned."});
        shop.put(&placed.path("/status"), &back).by(&sam).gives(200).await;
        let hers = shop.get(&placed.path("")).by(&asha).gives(200).await;
        assert_eq!(
            (&hers["status"], &hers["progress"], &hers["canCancel"], &hers["shipments"]),
            (&json!(status), &json!(10), &json!(true), &json!([])),
            "paid while {paid_at}"
        );
        assert_eq!(
            (&hers["payment"]["status"], allowed(&hers)),
            (&json!("paid"), vec![("cancelled", false)])
        );
        let cancelled = shop.post(&placed.path("/cancel"), &json!({})).by(&asha).gives(200).await;
        assert_eq!(cancelled["status"], "cancelled");
    }
}
