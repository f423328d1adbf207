//! A client joins an order when its page opens, and a message then would be about nothing.

use serde_json::{Value, json};

use crate::support::Shop;
use crate::support::users::{customer, staff};

#[tokio::test]
async fn joining_is_answered_with_the_state_and_raises_no_event() {
    let shop = Shop::open().await;
    let tea = shop.product("Tea", 10).await;
    let (asha, sam) = (customer("asha"), staff("sam"));
    for dialect in ["standard", "rooms", "feed"] {
        let order = shop.place(&asha, tea, 1).await;
        let shipped = json!({"status": "shipped", "trackingNumber": "TRACK-1", "estimatedDelivery": "2031-05-02T10:00:00Z"});
        let shipped = shop.put(&order.path("/status"), &shipped).by(&sam).gives(200).await;
        let mut socket = shop.socket(json!({"token": asha, "dialect": dialect})).await;
        let state = socket.ask("join-order-tracking", json!(order.id)).await;
        assert_eq!(state["ok"], true, "{state}");
        for name in ["status", "version", "trackingNumber", "estimatedDelivery", "updatedAt"] {
            assert_eq!(state[name], shipped[name], "{name}");
        }
        shop.advance(&order, "delivered").await;
        let first = socket.until("order-status-updated").await;
        assert_eq!(
            (&first.data["status"], &first.data["previousStatus"]),
            (&json!("delivered"), &json!("shipped"))
        );
    }
}

#[tokio::test]
async fn joining_again_tells_what_changed_since_the_client_left() {
    let shop = Shop::open().await;
    let tea = shop.product("Tea", 10).await;
    let (asha, sam) = (customer("asha"), staff("sam"));
    let order = shop.place(&asha, tea, 1).await;
    let mut socket = shop.socket(json!({"token": asha, "dialect": "rooms"})).await;
    let mut rejoin = async |change: Option<(&str, Value)>| {
        assert_eq!(socket.ask("leave-order-tracking", json!(order.id)).await["ok"], true);
        if let Some((below, change)) = change {
            shop.put(&order.path(below), &change).by(&sam).gives(200).await;
        }
        let state = socket.ask("join-order-tracking", json!(order.id)).await;
        // What is missed comes before the answer to the next request.
        let mut told = Vec::new();
        socket.ask("leave-order-tracking", json!(order.id)).await;
        socket.ask("join-order-tracking", json!(order.id)).await;
        while let Some(event) = socket.heard() {
            told.extend((event.name == "order-status-updated").then_some(event));
        }
        (state, told)
    };
    let (_, told) = rejoin(None).await;
    assert_eq!(told, [], "the first time");
    let (_, told) = rejoin(None).await;
    assert_eq!(told, [], "nothing changed");
    let (_, told) = rejoin(Some(("/delivery", json!({"partner": {"name": "Dora"}})))).await;
    assert_eq!(told, [], "a partner is no news for this event");
    let tracking = json!({"status": "pending", "trackingNumber": "TRACK-1"});
    let (state, told) = rejoin(Some(("/status", tracking))).await;
    assert_eq!(told.len(), 1, "once");
    let [event] = &told[..] else { unreachable!() };
    assert_eq!(
        (&event.data["trackingNumber"], &event.data["version"]),
        (&json!("TRACK-1"), &state["version"])
    );
    assert_eq!(event.data.get("eventId"), None, "a state");
}
