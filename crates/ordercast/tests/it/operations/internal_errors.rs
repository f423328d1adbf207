//! Internal errors: the response and the log line.

use std::io::Write;
use std::sync::{Arc, Mutex};

use crate::support::Shop;
use crate::support::clock::AdjustableClock;
use crate::support::orders::cart;
use crate::support::users::customer;

/// The log of this thread.
#[derive(Clone, Default)]
struct Logged(Arc<Mutex<Vec<u8>>>);

impl Logged {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Logged {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

// The runtime has one thread, so handlers log on this thread.
#[tokio::test]
async fn a_panic_is_answered_and_logged_and_the_server_keeps_running() {
    let logged = Logged::default();
    let writer = logged.clone();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
    // With only one dispatcher in the process, the first thread that reaches a log statement decides for all threads
    // whether anybody listens to it. Another test's thread, which has no dispatcher, would turn it off.
    let silent = tracing_subscriber::fmt().with_max_level(tracing::level_filters::LevelFilter::OFF).finish();
    let _second = tracing::Dispatch::new(silent);
    let _here = tracing::subscriber::set_default(subscriber);

    let clock = Arc::new(AdjustableClock::default());
    let shop = Shop::on(clock.clone(), &[]).await;
    let (product, asha) = (shop.product("Tea", 5).await, customer("asha"));
    let (mut stream, _) = shop.listen(&asha).await;
    clock.break_ids(true);
    let order = || shop.post("/api/v1/orders", &cart(&[(product, 1)])).by(&asha);
    let head = shop.head().await;
    let answer = order().send().await;
    clock.break_ids(false);
    assert_eq!((answer.status, &*answer.code()), (500, "internal"));
    assert_eq!(answer.header("x-content-type-options"), "nosniff", "the security headers are missing");
    let incident = answer.json()["incident"].as_str().unwrap().to_owned();
    let log = logged.text();
    let line = log.lines().find(|line| line.contains(&incident)).unwrap_or_else(|| panic!("{log}"));
    assert!(line.contains("ERROR") && line.contains("simulated bug"), "{line}");
    assert!(!answer.text.contains("simulated"), "{}", answer.text);
    assert_eq!(shop.head().await, head, "the failed request changed something");
    let metrics = shop.get("/metrics").send().await.text;
    assert!(metrics.contains(r#"route="/api/v1/orders",status="server_5xx"} 1"#), "{metrics}");

    let placed = order().gives(201).await;
    assert_eq!(stream.next().await.unwrap().data["orderId"], placed["id"], "the stream was closed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_writer_stops_the_server() {
    let clock = Arc::new(AdjustableClock::default());
    let shop = Shop::on(clock.clone(), &[]).await;
    let (product, asha) = (shop.product("Tea", 5).await, customer("asha"));
    let (mut stream, _) = shop.listen(&asha).await;
    clock.break_writer();
    let order = shop.post("/api/v1/orders", &cart(&[(product, 1)])).by(&asha);
    let answer = order.send().await;
    assert_eq!((answer.status, &*answer.code()), (500, "internal"));
    assert!(answer.text.contains("same `Idempotency-Key`"), "it happened or not: {}", answer.text);
    assert_eq!(stream.until("reconnect").await.data["reason"], "shutting_down");
    assert!(shop.fails().await.contains("the writer failed"));
}
