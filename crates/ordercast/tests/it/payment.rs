//! Simulated online payments in a demo, and reservations that wait for a payment.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use orders::command::RESERVATION;
use orders::product::Stock;
use serde_json::{Value, json};

use crate::support::clock::AdjustableClock;
use crate::support::orders::{PlacedOrder, TestProduct, cart};
use crate::support::request::TestRequest;
use crate::support::users::{customer, driver, id_of, patient, staff};
use crate::support::{PATIENCE, Shop};

fn pay(shop: &Shop, placed: &PlacedOrder, outcome: &str) -> TestRequest {
    shop.post(&placed.path("/test-payment"), &json!({"outcome": outcome}))
}

async fn demo() -> (Shop, Arc<AdjustableClock>, TestProduct) {
    let clock = Arc::new(AdjustableClock::default());
    let shop = Shop::demo(clock.clone()).await;
    let tea = shop.product("Tea", 1000).await;
    (shop, clock, tea)
}

fn time(value: &Value) -> Timestamp {
    value.as_str().unwrap().parse().unwrap()
}

fn created_at(order: &Value) -> Timestamp {
    time(&order["createdAt"])
}

fn reserved(stock: Stock) -> u32 {
    stock.reserved
}

#[tokio::test]
async fn an_order_is_paid_by_a_simulated_payment() {
    let (shop, _, tea) = demo().await;
    let (asha, sam) = (customer("asha"), staff("sam"));
    let (mut hers, _) = shop.listen(&asha).await;
    let (mut theirs, _) = shop.listen(&sam).await;
    let placed = shop.place_online(&asha, tea, 2).await;
    assert_eq!(
        theirs.until("order.created").await.data["orderId"],
        placed.id,
        "staff receive the order before it is paid"
    );
    let reserved_until = created_at(&placed.view) + RESERVATION;
    assert_eq!(
        (&placed.view["payment"]["method"], &placed.view["payment"]["status"]),
        (&json!("online"), &json!("pending"))
    );
    assert_eq!(time(&placed.view["payment"]["reservedUntil"]), reserved_until);

    let failed = pay(&shop, &placed, "failed").by(&asha).gives(200).await;
    assert_eq!((&failed["payment"]["status"], &failed["status"]), (&json!("failed"), &json!("pending")));
    assert_eq!(hers.until("payment.changed").await.data["paymentStatus"], "failed");
    assert_eq!(
        pay(&shop, &placed, "failed").by(&asha).gives(200).await,
        failed,
        "a repeated report changes nothing"
    );

    let paid = pay(&shop, &placed, "paid").by(&asha).gives(200).await;
    assert_eq!((&paid["payment"]["status"], &paid["status"]), (&json!("paid"), &json!("paid")));
    assert_eq!(paid["version"], 3);
    assert_eq!(time(&failed["payment"]["reservedUntil"]), reserved_until, "after a failed attempt as well");
    assert_eq!(paid["payment"].get("reservedUntil"), None);
    let received = hers.until("order.status_changed").await.data;
    assert_eq!((&received["status"], &received["actor"]["origin"]), (&json!("paid"), &json!("gateway")));
    let head = shop.head().await;
    assert_eq!(pay(&shop, &placed, "paid").by(&asha).gives(200).await, paid);
    assert_eq!(pay(&shop, &placed, "failed").by(&asha).refused(409).await, "payment_state");
    assert_eq!(shop.head().await, head, "a repeated report changed something");
}

#[tokio::test]
async fn only_the_customer_pays_and_only_an_online_order() {
    let (shop, _, tea) = demo().await;
    let asha = customer("asha");
    let (online, cash) = (shop.place_online(&asha, tea, 1).await, shop.place(&asha, tea, 1).await);
    shop.assign(&online, &id_of("dev")).await;
    let head = shop.head().await;
    for who in [customer("ben"), staff("sam"), driver("dev")] {
        assert_eq!(pay(&shop, &online, "paid").by(&who).refused(404).await, "order_not_found");
    }
    assert_eq!(pay(&shop, &online, "paid").refused(401).await, "unauthenticated");
    assert_eq!(pay(&shop, &cash, "paid").by(&asha).refused(409).await, "payment_state");
    for body in [json!({}), json!({"outcome": "maybe"}), json!({"outcome": "paid", "amount": 1})] {
        let ask = shop.post(&online.path("/test-payment"), &body).by(&asha);
        assert_eq!(ask.refused(422).await, "invalid_body", "{body}");
    }
    assert_eq!(shop.head().await, head);
    let key = |outcome| pay(&shop, &online, outcome).by(&asha).header("idempotency-key", "once");
    let first = key("paid").gives(200).await;
    let again = key("paid").send().await;
    assert_eq!((again.json(), again.header("idempotency-replayed")), (first, "true"));
    assert_eq!(key("failed").refused(422).await, "idempotency_key_reused");
}

#[tokio::test]
async fn a_real_shop_has_no_simulated_payment() {
    let shop = Shop::open().await;
    let (asha, tea) = (customer("asha"), shop.product("Tea", 10).await);
    let placed = shop.place(&asha, tea, 1).await;
    for outcome in ["paid", "failed"] {
        assert_eq!(pay(&shop, &placed, outcome).by(&asha).refused(404).await, "not_found");
    }
    let mut body = cart(&[(tea, 1)]);
    body["paymentMethod"] = "online".into();
    let refused = shop.post("/api/v1/orders", &body).by(&asha).refused(422).await;
    assert_eq!(refused, "payment_method_unavailable");
}

#[tokio::test]
async fn unpaid_goods_are_released_after_15_minutes() {
    let (shop, clock, tea) = demo().await;
    let (asha, sam) = (patient("asha", "user"), patient("sam", "admin"));
    let (mut stream, _) = shop.listen(&sam).await;
    let paid = shop.place_online(&asha, tea, 5).await;
    let unpaid = shop.place_online(&asha, tea, 2).await;
    let cash = shop.place(&asha, tea, 1).await;
    pay(&shop, &paid, "paid").by(&asha).gives(200).await;
    assert_eq!(reserved(shop.stock(tea).await), 8);
    clock.advance(RESERVATION);
    let received = stream.until("order.updated").await.data;
    assert_eq!((&received["orderId"], &received["actor"]["origin"]), (&json!(unpaid.id), &json!("system")));
    assert_eq!(reserved(shop.stock(tea).await), 6, "{}, {} and {}", paid.id, unpaid.id, cash.id);
    let order = shop.get(&unpaid.path("")).by(&asha).gives(200).await;
    assert_eq!((&order["status"], &order["version"]), (&json!("pending"), &json!(2)));
    assert_eq!(order["payment"]["status"], "pending", "the customer still sees a pending payment");
    assert_eq!(order["payment"].get("reservedUntil"), None, "nothing is promised any more");
    // A late payment reserves the items again while they are in stock.
    pay(&shop, &unpaid, "paid").by(&asha).gives(200).await;
    assert_eq!(reserved(shop.stock(tea).await), 8);
}

#[tokio::test]
async fn reservations_that_expired_while_the_server_was_down_are_released_at_the_next_start() {
    let directory = tempfile::tempdir().unwrap();
    let clock = Arc::new(AdjustableClock::default());
    let shop = Shop::demo_at(directory.path(), clock.clone()).await;
    let tea = shop.product("Tea", 1000).await;
    let (asha, sam) = (patient("asha", "user"), patient("sam", "admin"));
    let mut orders = Vec::new();
    // More than one batch of expirations.
    for _ in 0..120 {
        orders.push(shop.place_online(&asha, tea, 1).await);
    }
    shop.close().await;
    clock.advance(RESERVATION + SignedDuration::from_hours(5));
    let shop = Shop::demo_at(directory.path(), clock).await;
    let given_back = async {
        while reserved(shop.stock(tea).await) > 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, given_back)
        .await
        .expect("timed out while waiting for released reservations");
    for placed in [&orders[0], &orders[119]] {
        let timeline = shop.get(&placed.path("/timeline")).by(&sam).gives(200).await;
        let kinds: Vec<&Value> =
            timeline["events"].as_array().unwrap().iter().map(|event| &event["kind"]).collect();
        assert_eq!(kinds, ["order.created", "order.updated"], "released more than once");
    }
    shop.close().await;
}
