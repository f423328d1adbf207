//! A change of status reports how many of the customer's connections were live.

use serde_json::json;

use crate::support::Shop;
use crate::support::users::{customer, staff};

const HEADER: &str = "ordercast-live-connections";

#[tokio::test]
async fn a_status_change_says_how_many_of_the_customers_connections_were_live() {
    let shop = Shop::open().await;
    let tea = shop.product("Tea", 10).await;
    let (asha, ben, sam) = (customer("asha"), customer("ben"), staff("sam"));
    let (hers, his) = (shop.place(&asha, tea, 1).await, shop.place(&ben, tea, 1).await);
    let (_stream, _) = shop.listen(&asha).await;
    let mut socket = shop.socket(json!({"token": asha})).await;
    let mut staff_socket = shop.socket(json!({"token": sam})).await;
    let set = |placed: &crate::support::orders::PlacedOrder, status: &str| {
        shop.put(&placed.path("/status"), &json!({"status": status}))
            .by(&sam)
            .header("idempotency-key", status)
    };
    let answer = set(&hers, "processing").send().await;
    assert_eq!((answer.status, answer.header(HEADER)), (200, "2"));
    let heard = socket.until("order:updated").await;
    assert_eq!((&heard.data["status"], &heard.data["orderId"]), (&json!("processing"), &json!(hers.id)));
    let again = set(&hers, "processing").send().await;
    assert_eq!((again.header("idempotency-replayed"), again.header(HEADER)), ("true", "2"));
    assert_eq!(set(&his, "processing").send().await.header("idempotency-replayed"), "", "another order");
    let delivery = json!({"partner": {"name": "Dev"}});
    let delivery = shop.put(&hers.path("/delivery"), &delivery).by(&sam).send().await;
    assert_eq!((delivery.status, delivery.header(HEADER)), (200, "2"));
    let bulk = json!({"orders": [hers.id, his.number, "77777"], "status": "shipped"});
    let bulk = shop.post("/api/v1/orders/bulk-status", &bulk).by(&sam).gives(200).await;
    let live = |n: usize| bulk["outcomes"][n].get("live").cloned();
    assert_eq!((live(0), live(1), live(2)), (Some(json!(2)), Some(json!(0)), None));
    let update = json!({"orderId": hers.id, "status": "delivered"});
    let ack = staff_socket.ask("admin-status-update", update).await;
    assert_eq!((&ack["ok"], &ack["live"]), (&json!(true), &json!(2)), "{ack}");
    let cancelled = shop.ask("POST", &his.path("/cancel")).by(&sam).send().await;
    assert_eq!((cancelled.status, cancelled.header(HEADER)), (200, "0"));
}

#[tokio::test]
async fn customers_do_not_see_their_connection_count() {
    let shop = Shop::open().await;
    let tea = shop.product("Tea", 10).await;
    let asha = customer("asha");
    let placed = shop.place(&asha, tea, 1).await;
    let cancelled = shop.ask("POST", &placed.path("/cancel")).by(&asha).send().await;
    assert_eq!((cancelled.status, cancelled.header(HEADER)), (200, ""));
}
