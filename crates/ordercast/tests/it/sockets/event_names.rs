//! Clients show a message for each `order:updated` and `order-status-updated`, so only a change has these names.

use serde_json::json;

use crate::support::Shop;
use crate::support::socket::SocketIoClient;
use crate::support::users::{customer, driver, id_of, staff};

/// The names of the order's own events, up to the last one of the test.
async fn names(socket: &mut SocketIoClient<'_>) -> Vec<String> {
    const OTHERS: [&str; 5] =
        ["connected", "connection_status", "notification", "stats:updated", "order_stats_update"];
    let mut names = Vec::new();
    loop {
        let event = socket.next().await;
        if event.name == "order:presence" || OTHERS.contains(&&*event.name) {
            continue;
        }
        names.push(event.name);
        if event.data["status"] == "delivered" && !event.offset.is_empty() {
            return names;
        }
    }
}

#[tokio::test]
async fn only_a_change_of_status_or_payment_is_told_as_one() {
    let shop = Shop::open().await;
    let tea = shop.product("Tea", 10).await;
    let (asha, sam, dev) = (customer("asha"), staff("sam"), driver("dev"));
    let order = shop.place(&asha, tea, 1).await;
    shop.assign(&order, &id_of("dev")).await;
    // What each client is sent for: a partner, a location, a tracking number, an expected time, a note, the status
    // `processing`, the payment, the status `delivered`.
    let customers = "delivery:updated|delivery:located|delivery:updated|delivery:updated||order:updated|order:updated\
                     |order:updated";
    let staffs = "admin:delivery:updated|admin:delivery:located|admin:delivery:updated|admin:delivery:updated\
                  |admin:delivery:updated|admin:order:updated|admin:order:updated|admin:order:updated";
    let joined = "delivery:updated|delivery:located|order-status-updated delivery:updated\
                  |order-status-updated delivery:updated||order-status-updated order:updated|order:updated\
                  |order-status-updated order:updated";
    let room = "delivery:updated|delivery:located|order-status-updated|order-status-updated||order-status-updated\
                |order:updated|order-status-updated";
    let staff_room = "delivery:updated|delivery:located|order-status-updated|order-status-updated|delivery:updated\
                      |order-status-updated|order:updated|order-status-updated";
    // In `feed` a customer follows their own order without joining it.
    let detail = "single_order_update delivery_update";
    let update = "customer_notification single_order_update customer_order_update";
    let feed = format!("delivery_update|delivery_update|{detail}|{detail}||{update}|{update}|{update}");
    let staff_feed = "delivery_update|delivery_update|delivery_update|delivery_update|delivery_update\
                      |order_notification|order_notification|order_notification";
    let expected = [
        ("standard", &asha, false, customers),
        ("standard", &dev, false, customers),
        ("standard", &sam, false, staffs),
        ("standard", &asha, true, joined),
        ("rooms", &asha, true, room),
        ("rooms", &sam, true, staff_room),
        ("feed", &asha, false, &feed),
        ("feed", &sam, false, staff_feed),
    ];
    let mut clients = Vec::new();
    for (dialect, token, joined, names) in expected {
        let mut socket = shop.socket(json!({"token": token, "dialect": dialect})).await;
        if joined {
            let answer = socket.ask("join-order-tracking", json!(order.id)).await;
            assert_eq!(answer["ok"], true, "{answer}");
        }
        clients.push((dialect, joined, socket, names));
    }

    let delivery = |body: serde_json::Value| shop.put(&order.path("/delivery"), &body);
    let status = |body: serde_json::Value| shop.put(&order.path("/status"), &body).by(&sam);
    delivery(json!({"partner": {"name": "Dora"}})).by(&sam).gives(200).await;
    delivery(json!({"location": {"latitude": 53.5, "longitude": 10.0}})).by(&dev).gives(200).await;
    status(json!({"status": "pending", "trackingNumber": "TRACK-1"})).gives(200).await;
    delivery(json!({"estimatedDelivery": "2031-05-02T10:00:00Z"})).by(&sam).gives(200).await;
    status(json!({"status": "pending", "note": "careful"})).gives(200).await;
    for next in ["processing", "paid", "delivered"] {
        status(json!({"status": next})).gives(200).await;
    }

    for (dialect, joined, mut socket, expected) in clients {
        let expected: Vec<&str> = expected.split(['|', ' ']).filter(|name| !name.is_empty()).collect();
        assert_eq!(names(&mut socket).await, expected, "{dialect}, joined: {joined}");
    }
}
