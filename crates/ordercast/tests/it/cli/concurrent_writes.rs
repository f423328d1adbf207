//! Commands that write to the database while the server is under load.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::binary::{RunningServer, run};
use crate::support::orders::{TestProduct, cart};
use crate::support::users::{customer, staff};
use crate::support::within;

/// Customers who place orders without a pause.
const CUSTOMERS: usize = 8;
/// Accounts that are added during the load.
const ACCOUNTS: usize = 5;
/// More than the customers can order during the test.
const STOCK: u32 = 1_000_000;
/// Orders that must be answered after each account, before the next account is added.
const BETWEEN: usize = 20;

/// Places orders, each of which must be accepted, until the test ends.
async fn order(
    server: Arc<RunningServer>,
    good: TestProduct,
    name: String,
    over: Arc<AtomicBool>,
    count: watch::Sender<usize>,
) {
    let token = customer(&name);
    while !over.load(Ordering::SeqCst) {
        server.ask("POST", "/api/v1/orders").by(&token).json(&cart(&[(good, 1)])).gives(201).await;
        count.send_modify(|count| *count += 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn accounts_are_added_while_orders_come_in() {
    let data = tempfile::tempdir().unwrap();
    let limits =
        ["--rate-limit-address", "off", "--rate-limit-account", "off", "--rate-limit-sign-in", "off"];
    let server = Arc::new(RunningServer::serve(data.path(), &limits).await);
    let body = json!({"name": "Tea", "price": {"amount": 450, "currency": "EUR"}, "stock": STOCK});
    let made = server.ask("POST", "/api/v1/products").by(&staff("sam")).json(&body).gives(201).await;
    let good = TestProduct(made["id"].as_str().unwrap().parse().unwrap());

    let (over, answered) = (Arc::new(AtomicBool::new(false)), watch::Sender::new(0));
    let mut customers = JoinSet::new();
    for n in 0..CUSTOMERS {
        let name = format!("customer-{n}");
        customers.spawn(order(Arc::clone(&server), good, name, Arc::clone(&over), answered.clone()));
    }
    let mut count = answered.subscribe();
    for n in 0..ACCOUNTS {
        let email = format!("bot{n}@shop.example");
        let added = run(data.path(), &["user", "add", &email, "--role", "staff", "--generate"]).await;
        assert!(!added.err.contains("locked"), "{added:?}");
        let added = added.expect_success();
        let password = added.split_once("password ").unwrap().1.split_whitespace().next().unwrap();
        assert_eq!(super::sign_in(&server, &email, password).await, 200, "{email}");
        let before = *count.borrow_and_update();
        within(count.wait_for(|count| *count >= before + BETWEEN)).await.unwrap();
    }
    over.store(true, Ordering::SeqCst);
    while let Some(done) = within(customers.join_next()).await {
        done.unwrap();
    }

    let answered = *count.borrow();
    let stats = server.ask("GET", "/api/v1/stats").by(&staff("sam")).gives(200).await;
    assert_eq!(stats["byStatus"]["pending"], answered, "an order is missing or was placed twice: {stats}");
    let log = server.log.text();
    for trouble in ["locked", "refuses", "panicked"] {
        assert!(!log.contains(trouble), "{log}");
    }
    Arc::into_inner(server).unwrap().stop().await;
}
