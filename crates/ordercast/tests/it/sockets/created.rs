//! A page puts a new order at the top of its table without reading it again.

use serde_json::json;

use crate::support::Shop;
use crate::support::users::{customer, staff};

#[tokio::test]
async fn the_event_of_a_new_order_has_the_order_as_the_api_gives_it() {
    let shop = Shop::open().await;
    let tea = shop.product("Tea", 20).await;
    let (asha, sam) = (customer("asha"), staff("sam"));
    let cases = [
        ("standard", &asha, "order:created"),
        ("standard", &sam, "admin:order:created"),
        ("feed", &asha, "customer_order_update"),
        ("feed", &sam, "order_notification"),
    ];
    let mut sockets = Vec::new();
    for (dialect, token, name) in cases {
        sockets.push((shop.socket(json!({"token": token, "dialect": dialect})).await, token, name));
    }
    let mut cursors = Vec::new();
    for token in [&asha, &sam] {
        let (events, connected) = shop.listen(token).await;
        cursors.push((events, token, connected.data["cursor"].as_str().unwrap().to_owned()));
    }
    let order = shop.place(&asha, tea, 2).await;
    let get = async |token: &str| shop.get(&order.path("")).by(token).gives(200).await;
    for (socket, token, name) in &mut sockets {
        let mut told = socket.until(name).await.data["order"].clone();
        let members = told.as_object_mut().unwrap();
        // What the dialect had before.
        members.remove("orderNumber");
        members.remove("paymentMethod");
        assert_eq!(told, get(token).await, "{name}");
    }
    let placed = [get(&asha).await, get(&sam).await];
    for ((events, token, _), placed) in cursors.iter_mut().zip(&placed) {
        assert_eq!(events.until("order.created").await.data["order"], *placed, "{token}");
    }
    // Replayed later, it is still the order that was placed, and the changes follow.
    shop.advance(&order, "processing").await;
    for ((_, token, cursor), placed) in cursors.iter().zip(&placed) {
        let (mut events, _) = shop.resume(token, cursor).await;
        assert_eq!(events.until("order.created").await.data["order"], *placed);
        assert_eq!(events.until("order.status_changed").await.data["status"], "processing");
    }
}
