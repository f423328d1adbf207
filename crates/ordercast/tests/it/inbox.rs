//! The notification inbox: who gets which notification, filters, pages, and read marks on all devices.

use serde_json::{Value, json};

use crate::support::Shop;
use crate::support::stream::Events;
use crate::support::users::{customer, driver, id_of, staff, staff_of};

const LIST: &str = "/api/v1/notifications";

async fn list(shop: &Shop, who: &str) -> Value {
    shop.get(LIST).by(who).gives(200).await
}

async fn unread(shop: &Shop, who: &str) -> Value {
    let counted = shop.get("/api/v1/notifications/unread-count").by(who).gives(200).await["unread"].clone();
    assert_eq!(list(shop, who).await["unread"], counted);
    counted
}

fn texts<'a>(list: &'a Value, field: &str) -> Vec<&'a str> {
    list["items"].as_array().unwrap().iter().map(|item| item[field].as_str().unwrap()).collect()
}

fn read_one(item: &Value) -> String {
    format!("/api/v1/notifications/{}/read", item["id"].as_str().unwrap())
}

#[tokio::test]
async fn everybody_concerned_gets_a_notification_of_the_order() {
    let shop = Shop::open().await;
    let (asha, sam, dev) = (customer("asha"), staff("sam"), driver("dev"));
    let tea = shop.product("Tea", 10).await;
    let placed = shop.place(&asha, tea, 1).await;
    shop.assign(&placed, &id_of("dev")).await;
    let shipped = json!({"status": "shipped", "trackingNumber": "TRACK-1", "note": "haggles"});
    shop.put(&placed.path("/status"), &shipped).by(&sam).gives(200).await;
    let hers = list(&shop, &asha).await;
    let newest = &hers["items"][0];
    assert_eq!(newest["message"], format!("Order #{} has shipped. Tracking number: TRACK-1", placed.number));
    assert_eq!((&newest["category"], &newest["severity"]), (&json!("delivery"), &json!("info")));
    assert_eq!((&newest["orderId"], &newest["orderNumber"]), (&json!(placed.id), &json!(placed.number)));
    assert_eq!((&newest["read"], &newest["own"]), (&json!(false), &json!(false)));
    shop.get(&format!("/api/v1/orders/{}", newest["orderId"].as_str().unwrap())).by(&asha).gives(200).await;
    assert_eq!(texts(&hers, "title"), ["Order shipped", "Driver assigned", "Order placed"]);
    assert_eq!(hers["items"][1]["message"], format!("Dev Driver will deliver #{}", placed.number));
    assert_eq!(hers["items"][2]["own"], true, "the customer's own order is listed, and counts as read");
    assert_eq!(unread(&shop, &asha).await, 2);
    assert_eq!(texts(&list(&shop, &sam).await, "title"), ["New order"]);
    assert_eq!(texts(&list(&shop, &dev).await, "title"), ["Order shipped", "Delivery assigned"]);
    for nobody in [customer("ben"), driver("dora"), staff_of("nora", "north")] {
        assert_eq!(
            (list(&shop, &nobody).await["items"].clone(), unread(&shop, &nobody).await),
            (json!([]), json!(0))
        );
        assert_eq!(
            shop.post(&read_one(newest), &Value::Null).by(&nobody).refused(404).await,
            "notification_not_found"
        );
    }
}

#[tokio::test]
async fn a_notification_has_the_id_of_its_live_event() {
    let shop = Shop::open().await;
    let asha = customer("asha");
    let tea = shop.product("Tea", 10).await;
    let placed = shop.place(&asha, tea, 1).await;
    let (mut events, _) = shop.listen(&asha).await;
    shop.advance(&placed, "processing").await;
    let live = events.until("order.status_changed").await;
    let item = list(&shop, &asha).await["items"][0].clone();
    assert_eq!((&item["id"], &item["at"]), (&live.data["id"], &live.data["at"]));
    assert_eq!(item["cursor"], live.id);
}

#[tokio::test]
async fn a_list_is_filtered_and_paged() {
    let shop = Shop::open().await;
    let asha = customer("asha");
    let tea = shop.product("Tea", 10).await;
    for _ in 0..3 {
        let placed = shop.place(&asha, tea, 1).await;
        shop.advance(&placed, "shipped").await;
    }
    let deliveries = shop.get("/api/v1/notifications?category=delivery&limit=2").by(&asha).gives(200).await;
    assert_eq!(texts(&deliveries, "category"), ["delivery"; 2]);
    let next = deliveries["next"].as_str().unwrap();
    let path = format!("/api/v1/notifications?category=delivery&limit=2&cursor={next}");
    let rest = shop.get(&path).by(&asha).gives(200).await;
    assert_eq!((texts(&rest, "category").len(), &rest["next"]), (1, &Value::Null));
    shop.post(&read_one(&deliveries["items"][0]), &Value::Null).by(&asha).gives(200).await;
    let left = shop.get("/api/v1/notifications?unread=true").by(&asha).gives(200).await;
    assert_eq!(left["items"], json!([deliveries["items"][1], rest["items"][0]]));
    let orders = shop.get("/api/v1/notifications?category=order").by(&asha).gives(200).await;
    assert_eq!(texts(&orders, "title"), ["Order placed"; 3]);
}

/// Two tabs and a phone of one customer, and a stream of another customer.
async fn tabs(shop: &Shop, who: &str, other: &str) -> (Vec<Events>, Events) {
    let mut tabs = Vec::new();
    for _ in 0..3 {
        tabs.push(shop.listen(who).await.0);
    }
    (tabs, shop.listen(other).await.0)
}

#[tokio::test]
async fn reading_in_one_tab_marks_as_read_in_all() {
    let shop = Shop::open().await;
    let (asha, ben) = (customer("asha"), customer("ben"));
    let tea = shop.product("Tea", 10).await;
    let placed = shop.place(&asha, tea, 1).await;
    let (mut tabs, mut others) = tabs(&shop, &asha, &ben).await;
    shop.advance(&placed, "processing").await;
    shop.advance(&placed, "shipped").await;
    let items = list(&shop, &asha).await["items"].clone();
    let done = shop.post(&read_one(&items[0]), &Value::Null).by(&asha).gives(200).await;
    assert_eq!((&done["unread"], &done["ids"]), (&json!(1), &json!([items[0]["id"]])));
    for tab in &mut tabs {
        let received = tab.until("notifications.read").await;
        assert_eq!((received.data, received.id), (done.clone(), String::new()));
    }
    // Marking an entry as read again sends no event.
    for item in [&items[0], &items[2]] {
        assert_eq!(shop.post(&read_one(item), &Value::Null).by(&asha).gives(200).await, done);
    }
    let seen = list(&shop, &asha).await["cursor"].clone();
    shop.advance(&placed, "delivered").await;
    let all =
        shop.post("/api/v1/notifications/read-all", &json!({"cursor": seen})).by(&asha).gives(200).await;
    assert_eq!((&all["through"], &all["ids"], &all["unread"]), (&seen, &json!([]), &json!(1)));
    for tab in &mut tabs {
        assert_eq!(tab.until("notifications.read").await.data, all);
    }
    assert_eq!(
        list(&shop, &asha).await["items"][0]["read"],
        false,
        "the notification arrived after the cursor"
    );
    let rest = shop.ask("POST", "/api/v1/notifications/read-all").by(&asha).gives(200).await;
    assert_eq!((&rest["unread"], unread(&shop, &asha).await), (&json!(0), json!(0)));
    // Ben receives the event of his own order first: he received none about Asha's inbox.
    shop.place(&ben, tea, 1).await;
    assert_eq!(others.next().await.unwrap().name, "order.created");
}

#[tokio::test]
async fn staff_share_notifications_but_not_read_marks() {
    let shop = Shop::open().await;
    let (asha, sam, mira) = (customer("asha"), staff("sam"), staff("mira"));
    let tea = shop.product("Tea", 10).await;
    let placed = shop.place(&asha, tea, 1).await;
    shop.post(&placed.path("/cancel"), &json!({"reason": "changed my mind"})).by(&asha).gives(200).await;
    let lines = list(&shop, &sam).await;
    assert_eq!(lines["items"], list(&shop, &mira).await["items"]);
    assert_eq!(lines["items"][0]["severity"], "warning");
    let (mut sams, _) = shop.listen(&sam).await;
    let (mut miras, _) = shop.listen(&mira).await;
    shop.ask("POST", "/api/v1/notifications/read-all").by(&sam).gives(200).await;
    assert_eq!(sams.until("notifications.read").await.data["unread"], 0);
    assert_eq!((unread(&shop, &sam).await, unread(&shop, &mira).await), (json!(0), json!(2)));
    shop.place(&asha, tea, 1).await;
    loop {
        let event = miras.next().await.unwrap();
        assert_ne!(event.name, "notifications.read", "Mira received Sam's read state");
        if event.name == "order.created" {
            break;
        }
    }
}
