//! `watch` and `simulate` with a running server.

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};

use crate::binary::{RunningServer, command, run_without_timeout};
use crate::support::users::{customer, staff};
use crate::support::{JWT_SECRET, within};

const SECRET: &[(&str, &str)] = &[("JWT_SECRET", JWT_SECRET)];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn watch_prints_events_as_json_and_resumes_from_a_cursor() {
    let data = tempfile::tempdir().unwrap();
    let server = RunningServer::serve(data.path(), &[]).await;
    let body = json!({"name": "Tea", "price": {"amount": 450, "currency": "EUR"}, "stock": 100});
    let made = server.ask("POST", "/api/v1/products").by(&staff("sam")).json(&body).gives(201).await;
    let good = crate::support::orders::TestProduct(made["id"].as_str().unwrap().parse().unwrap());
    let cart = crate::support::orders::cart(&[(good, 1)]);
    let place = || server.ask("POST", "/api/v1/orders").by(&customer("asha")).json(&cart).gives(201);

    let url = format!("http://{}", server.address);
    let mut since: Option<String> = None;
    for _ in 0..2 {
        let first = since.is_none();
        let mut arguments = vec!["watch", "--json", "--url", &url];
        if let Some(since) = &since {
            arguments.extend(["--since", since]);
        }
        // In the second run, this happened before `watch` started.
        let early = if first { None } else { Some(place().await) };
        let mut watch = command(data.path(), &arguments).envs(SECRET.iter().copied()).spawn().unwrap();
        let mut lines = BufReader::new(watch.stdout.take().unwrap()).lines();
        let mut notices = BufReader::new(watch.stderr.take().unwrap()).lines();
        // It uses a staff token, and reports when it is connected.
        let connected = async {
            loop {
                let line = notices.next_line().await.unwrap().expect("`watch` keeps running");
                if line.contains("connected") {
                    break;
                }
            }
        };
        within(connected).await;
        let placed = match early {
            Some(early) => early,
            None => place().await,
        };
        let line = within(lines.next_line()).await.unwrap().unwrap();
        let line: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(line["event"]["orderId"], placed["id"], "{line}");
        since = Some(line["cursor"].as_str().unwrap().to_owned());
        watch.start_kill().unwrap();
        within(watch.wait()).await.unwrap();
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn simulate_creates_traffic_and_finds_no_missed_event() {
    let data = tempfile::tempdir().unwrap();
    let off = ["--rate-limit-address", "off", "--rate-limit-account", "off", "--rate-limit-sign-in", "off"];
    let server = RunningServer::serve(data.path(), &off).await;
    let url = format!("http://{}", server.address);
    let arguments = [
        "simulate",
        "--url",
        &url,
        "--rate",
        "20",
        "--for",
        "3s",
        "--customers",
        "5",
        "--pace",
        "100ms",
        "--seed",
        "7",
    ];
    let simulated = within_a_minute(run_without_timeout(data.path(), &arguments, SECRET)).await;
    assert!(simulated.status.success(), "{simulated:?}");
    server.stop().await;
}

async fn within_a_minute<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(std::time::Duration::from_mins(1), future).await.expect("timed out")
}
