//! The load during the crashes: customers who retry with the same idempotency key until they get an answer, and staff
//! who process the orders.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use crate::support::PATIENCE;
use crate::support::orders::address;
use crate::support::users::{customer, staff};

/// The stock of each product.
pub(super) const STOCK: u32 = 1_000_000;
/// Staff who process orders at the same time.
const STAFF: usize = 4;
/// Pause before a retry while the server is down.
const PAUSE: Duration = Duration::from_millis(15);

pub(super) fn name(n: usize) -> String {
    format!("customer-{n}")
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Acknowledged {
    pub(super) id: String,
    pub(super) number: String,
    pub(super) customer: String,
}

pub(super) struct Load {
    base: String,
    client: reqwest::Client,
    products: [String; 2],
    over: AtomicBool,
    answered: watch::Sender<u64>,
    moved: AtomicU64,
    retried: AtomicU64,
    replayed: AtomicU64,
    orders: Mutex<Vec<Acknowledged>>,
    to_move: Mutex<VecDeque<String>>,
    /// Holds one permit for each order in `to_move`.
    more: Semaphore,
}

impl Load {
    pub(super) fn new(server: SocketAddr, products: [String; 2]) -> Self {
        let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().unwrap();
        Self {
            base: format!("http://{server}/api/v1"),
            client,
            products,
            over: AtomicBool::new(false),
            answered: watch::Sender::new(0),
            moved: AtomicU64::new(0),
            retried: AtomicU64::new(0),
            replayed: AtomicU64::new(0),
            orders: Mutex::default(),
            to_move: Mutex::default(),
            more: Semaphore::new(0),
        }
    }

    pub(super) fn start(self: &Arc<Self>, customers: usize) -> JoinSet<()> {
        let mut workers = JoinSet::new();
        for n in 0..customers {
            let load = Arc::clone(self);
            workers.spawn(async move { load.customer(&name(n)).await });
        }
        for _ in 0..STAFF {
            let load = Arc::clone(self);
            workers.spawn(async move { load.staff().await });
        }
        workers
    }

    pub(super) fn answered(&self) -> u64 {
        *self.answered.borrow()
    }

    pub(super) fn moved(&self) -> u64 {
        self.moved.load(Ordering::SeqCst)
    }

    pub(super) async fn wait_for(&self, count: u64) {
        let mut answered = self.answered.subscribe();
        let enough = answered.wait_for(|answered| *answered >= count);
        tokio::time::timeout(PATIENCE, enough).await.expect("timed out while waiting for orders").unwrap();
    }

    pub(super) async fn stop(&self, mut workers: JoinSet<()>) {
        self.over.store(true, Ordering::SeqCst);
        self.more.close();
        while let Some(done) = tokio::time::timeout(PATIENCE, workers.join_next())
            .await
            .expect("timed out while waiting for a worker")
        {
            done.unwrap();
        }
    }

    /// The acknowledged orders, the number of retried requests, and how many of those had taken effect before the
    /// retry.
    pub(super) fn result(&self) -> (Vec<Acknowledged>, u64, u64) {
        let orders = self.orders.lock().unwrap().clone();
        (orders, self.retried.load(Ordering::SeqCst), self.replayed.load(Ordering::SeqCst))
    }

    async fn customer(&self, name: &str) {
        let token = customer(name);
        let [tea, cups] = &self.products;
        let items = json!([{"productId": tea, "quantity": 1}, {"productId": cups, "quantity": 2}]);
        let body = json!({"items": items, "shippingAddress": address(), "paymentMethod": "cash_on_delivery"});
        while !self.over.load(Ordering::SeqCst) {
            let (status, order) = self.insist("POST", "orders", &token, &body).await;
            assert_eq!(status, 201, "{order}");
            let text = |name: &str| order[name].as_str().unwrap().to_owned();
            let order = Acknowledged { id: text("id"), number: text("number"), customer: name.to_owned() };
            self.to_move.lock().unwrap().push_back(order.id.clone());
            self.more.add_permits(1);
            self.orders.lock().unwrap().push(order);
            self.answered.send_modify(|count| *count += 1);
        }
    }

    /// Delivers one order, cancels the next one, and starts the one after it.
    async fn staff(&self) {
        let token = staff("sam");
        let mut turn = 0;
        while !self.over.load(Ordering::SeqCst) {
            // Closed at the end of the test.
            let Ok(one) = self.more.acquire().await else { return };
            one.forget();
            let Some(order) = self.to_move.lock().unwrap().pop_front() else { continue };
            turn += 1;
            let steps: &[&str] = match turn % 3 {
                0 => &["processing", "shipped", "delivered"],
                1 => &["cancelled"],
                _ => &["processing"],
            };
            for status in steps {
                let path = format!("orders/{order}/status");
                let (code, answer) = self.insist("PUT", &path, &token, &json!({"status": status})).await;
                assert_eq!((code, &answer["status"]), (200, &json!(status)), "{answer}");
                self.moved.fetch_add(1, Ordering::SeqCst);
            }
        }
    }

    /// Retries with one idempotency key until there is an answer.
    async fn insist(&self, method: &str, path: &str, token: &str, body: &Value) -> (u16, Value) {
        let key = ordercast::clock::uuid().to_string();
        let mut attempts = 0;
        loop {
            attempts += 1;
            let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
            let request = self.client.request(method, format!("{}/{path}", self.base)).bearer_auth(token);
            let answered = async {
                let response = request.header("idempotency-key", &key).json(body).send().await?;
                let replayed = response.headers().contains_key("idempotency-replayed");
                Ok::<_, reqwest::Error>((
                    response.status().as_u16(),
                    replayed,
                    response.json::<Value>().await?,
                ))
            };
            match answered.await {
                // The server is busy, stopping or down.
                Ok((503, ..)) | Err(_) => tokio::time::sleep(PAUSE).await,
                Ok((status, replayed, answer)) => {
                    assert!(!replayed || attempts > 1, "the server replayed a response for a new key");
                    self.retried.fetch_add(u64::from(attempts > 1), Ordering::SeqCst);
                    self.replayed.fetch_add(u64::from(replayed), Ordering::SeqCst);
                    return (status, answer);
                }
            }
        }
    }
}
