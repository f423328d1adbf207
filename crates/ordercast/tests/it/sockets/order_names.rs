//! An order is named back to a client as the client named it.

use serde_json::{Value, json};

use crate::support::Shop;
use crate::support::users::{customer, staff};

#[tokio::test]
async fn an_order_is_called_what_the_client_called_it() {
    // Each form and dialect opens two connections, which stay open.
    let shop = Shop::with(&[("ORDERCAST_MAX_STREAMS_PER_USER", "64")]).await;
    let tea = shop.product("Tea", 20).await;
    let (asha, sam) = (customer("asha"), staff("sam"));
    let mut partners = 0;
    let room = ["order-status-updated", "delivery:updated", "single_order_update", "order_notification"];
    for dialect in ["standard", "rooms", "feed"] {
        let order = shop.place(&asha, tea, 1).await;
        let number: u64 = order.number.parse().unwrap();
        let forms = [
            json!(order.id),
            json!(order.id.to_uppercase()),
            json!(order.number),
            json!(number),
            json!(format!("#{number}")),
        ];
        for sent in forms {
            for argument in [sent.clone(), json!({ "orderId": "", "_id": sent })] {
                let mut socket = shop.socket(json!({"token": asha, "dialect": dialect})).await;
                let mut desk = shop.socket(json!({"token": sam, "dialect": dialect})).await;
                let answer = socket.ask("join-order-tracking", argument.clone()).await;
                assert_eq!(answer["orderId"], sent, "{answer}");
                assert_eq!(answer["orderNumber"], order.number, "{answer}");
                partners += 1;
                let partner = json!({"partner": {"name": format!("Dora {partners}")}});
                shop.put(&order.path("/delivery"), &partner).by(&sam).gives(200).await;
                let status = &answer["status"];
                let next = if status == "pending" { "processing" } else { "pending" };
                let change = json!({"orderId": sent, "status": next});
                if next == "processing" {
                    let answer = desk.ask("admin-status-update", change).await;
                    assert_eq!((&answer["ok"], &answer["orderId"]), (&json!(true), &sent), "{answer}");
                } else {
                    let change = json!({"status": next, "reason": "counted again"});
                    shop.put(&order.path("/status"), &change).by(&sam).gives(200).await;
                }
                let mut heard = 0;
                loop {
                    let event = socket.next().await;
                    if room.contains(&&*event.name)
                        && (dialect != "standard" || event.name == "order-status-updated")
                    {
                        assert_eq!(event.data["orderId"], sent, "{}", event.name);
                        heard += 1;
                    }
                    if event.data["status"] == next && !event.offset.is_empty() {
                        break;
                    }
                }
                assert!(heard > 0, "{dialect}");
            }
        }
    }
}

#[tokio::test]
async fn an_unknown_order_of_any_form_is_not_found() {
    let shop = Shop::open().await;
    let (asha, sam) = (customer("asha"), staff("sam"));
    let mut socket = shop.socket(json!({"token": asha, "dialect": "rooms"})).await;
    let mut desk = shop.socket(json!({"token": sam, "dialect": "rooms"})).await;
    for name in
        [json!("ORDER-123"), json!("77777"), json!(77777), json!(-5), json!("x".repeat(500)), json!("8c1f")]
    {
        let update = json!({"orderId": name, "status": "shipped"});
        let unknown = json!({"code": "order_not_found", "message": "The order does not exist, or you don't have access."});
        for event in ["join-order-tracking", "leave-order-tracking"] {
            assert_eq!(socket.ask(event, name.clone()).await["error"], unknown, "{name}");
        }
        assert_eq!(desk.ask("admin-status-update", update).await["error"], unknown, "{name}");
    }
    for nothing in [Value::Null, json!(""), json!([]), json!({}), json!({"orderId": null})] {
        let answer = socket.ask("join-order-tracking", nothing.clone()).await;
        assert_eq!(answer["error"]["code"], "invalid_order", "{nothing}");
    }
}
