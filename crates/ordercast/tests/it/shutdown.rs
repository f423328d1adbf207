//! Graceful shutdown, and the lock of the data directory.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::Instant;

use crate::binary::{RunningServer, command, run};
use crate::support::orders::cart;
use crate::support::stream::Events;
use crate::support::users::{customer, staff};
use crate::support::{PATIENCE, within};

async fn product(server: &RunningServer) -> Value {
    let body = json!({"name": "Tea", "price": {"amount": 450, "currency": "EUR"}, "stock": 100});
    server.ask("POST", "/api/v1/products").by(&staff("sam")).json(&body).gives(201).await
}

fn good(product: &Value) -> crate::support::orders::TestProduct {
    crate::support::orders::TestProduct(product["id"].as_str().unwrap().parse().unwrap())
}

/// Sends the first half of a request, which the server begins to read. Returns the second half.
async fn send_half(server: &RunningServer, body: &Value) -> (TcpStream, String) {
    let body = body.to_string();
    let (first, second) = body.split_at(body.len() / 2);
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let head = format!(
        "POST /api/v1/orders HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\nexpect: 100-continue\r\n\r\n",
        customer("asha"),
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    // The server sends this once a handler reads the body.
    let mut answer = [0; 25];
    within(stream.read_exact(&mut answer)).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(first.as_bytes()).await.unwrap();
    (stream, second.to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_graceful_shutdown_loses_nothing() {
    let data = tempfile::tempdir().unwrap();
    let mut server = RunningServer::serve(data.path(), &[]).await;
    let good = good(&product(&server).await);
    let (mut asha, hello) = Events::open(server.ask("GET", "/api/v1/stream").by(&customer("asha"))).await;
    let (mut sam, _) = Events::open(server.ask("GET", "/api/v1/stream").by(&staff("sam"))).await;
    let (mut open, rest) = send_half(&server, &cart(&[(good, 1)])).await;

    let began = Instant::now();
    server.terminate();
    for stream in [&mut asha, &mut sam] {
        let goodbye = stream.until("reconnect").await;
        assert_eq!(goodbye.data, json!({"code": 4001, "reason": "shutting_down", "afterMs": 500}));
        assert_eq!(stream.next().await, None, "the stream ends");
    }
    let refused = async { while TcpStream::connect(server.address).await.is_ok() {} };
    tokio::time::timeout(PATIENCE, refused).await.expect("the server still accepts connections");

    // A request that was in progress gets its response.
    open.write_all(rest.as_bytes()).await.unwrap();
    let mut answer = String::new();
    within(open.read_to_string(&mut answer)).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 201 Created"), "{answer}");
    let order: Value = serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap();

    let status = server.ended().await;
    assert_eq!(status.code(), Some(0), "{}", server.log.text());
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());

    let server = RunningServer::serve(data.path(), &[]).await;
    let path = format!("/api/v1/orders/{}", order["number"].as_str().unwrap());
    let found = server.ask("GET", &path).by(&customer("asha")).gives(200).await;
    assert_eq!(found, order);
    let (mut asha, again) = Events::open(
        server.ask("GET", "/api/v1/stream").by(&customer("asha")).header("last-event-id", &hello.id),
    )
    .await;
    assert_eq!(again.data["recovered"], true);
    assert_eq!(asha.next().await.unwrap().data["orderId"], order["id"]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_does_not_read_does_not_delay_the_shutdown() {
    let data = tempfile::tempdir().unwrap();
    let mut server = RunningServer::serve(data.path(), &[]).await;
    // One idle connection, and one with an incomplete request head.
    let _idle = TcpStream::connect(server.address).await.unwrap();
    let mut half = TcpStream::connect(server.address).await.unwrap();
    half.write_all(b"GET /api/v1/ord").await.unwrap();
    // Once this is answered, the server has accepted both connections.
    server.ask("GET", "/health").gives(200).await;
    server.terminate();
    let status = server.ended().await;
    assert_eq!(status.code(), Some(0), "{}", server.log.text());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_data_directory_is_used_by_only_one_server() {
    let data = tempfile::tempdir().unwrap();
    let server = RunningServer::serve(data.path(), &[]).await;
    let second = run(data.path(), &["serve", "--listen", "127.0.0.1:0"]).await.expect_failure();
    assert!(
        second.contains(data.path().to_str().unwrap()),
        "the error does not name the directory: {second}"
    );
    assert!(second.contains("another"), "the error does not name the reason: {second}");
    server.ask("GET", "/health/ready").gives(200).await;
    // A killed server leaves no lock behind.
    server.kill().await;
    RunningServer::serve(data.path(), &[]).await.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interrupted_first_start_completes_and_prints_its_password() {
    let data = tempfile::tempdir().unwrap();
    let mut child = command(data.path(), &["serve", "--demo", "--listen", "127.0.0.1:0"]).spawn().unwrap();
    // Interrupt it while it creates the shop.
    let begun = async {
        while !data.path().join("ordercast.db").exists() {
            tokio::task::yield_now().await;
        }
    };
    within(begun).await;
    let pid = rustix::process::Pid::from_raw(child.id().unwrap().try_into().unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    let mut out = String::new();
    within(child.stdout.take().unwrap().read_to_string(&mut out)).await.unwrap();
    assert_eq!(within(child.wait()).await.unwrap().code(), Some(0), "{out}");
    assert!(out.contains("(shown only once)"), "{out}");
    let server = RunningServer::serve_with(data.path(), &["--demo"], &[]).await;
    assert!(!server.welcome.contains("(shown only once)"), "{}", server.welcome);
    server.stop().await;
}
