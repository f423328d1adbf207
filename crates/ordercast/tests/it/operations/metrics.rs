//! `/metrics`: the `OpenMetrics` text and its values.

use std::collections::BTreeMap;

use serde_json::json;

use crate::support::Shop;
use crate::support::users::{customer, staff};

/// Parses every sample by its name and labels. The text must be complete (`OpenMetrics` 1.0, "Text format").
fn samples(text: &str) -> BTreeMap<String, f64> {
    assert!(text.ends_with("# EOF\n"), "{text}");
    let (mut known, mut found) = (BTreeMap::new(), BTreeMap::new());
    for line in text.lines() {
        if let Some(about) = line.strip_prefix("# ") {
            let parts: Vec<_> = about.splitn(3, ' ').collect();
            match parts[..] {
                ["TYPE", name, kind] => drop(known.insert(name.to_owned(), kind.to_owned())),
                ["HELP", name, help] => {
                    assert!(name.starts_with("ordercast_"), "{line}");
                    assert!(help.len() > 5 && help.ends_with('.'), "{line}");
                }
                ["UNIT", name, unit] => assert!(name.ends_with(unit), "{line}"),
                ["EOF"] => {}
                _ => panic!("unexpected metadata: {line}"),
            }
            continue;
        }
        let (sample, value) = line.rsplit_once(' ').unwrap();
        let name = sample.split('{').next().unwrap();
        let base = ["_total", "_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end));
        let family = known
            .get(name)
            .or_else(|| known.get(base?))
            .unwrap_or_else(|| panic!("the sample has no TYPE: {line}"));
        assert_eq!(family == "counter", name.ends_with("_total"), "{line}");
        assert!(
            found.insert(sample.to_owned(), value.parse().unwrap()).is_none(),
            "duplicate sample: {line}"
        );
    }
    found
}

async fn read(shop: &Shop) -> BTreeMap<String, f64> {
    let answer = shop.get("/metrics").send().await;
    assert_eq!(answer.header("content-type"), "application/openmetrics-text; version=1.0.0; charset=utf-8");
    samples(&answer.text)
}

#[tokio::test]
async fn metrics_change_with_requests_and_events() {
    let shop = Shop::open().await;
    let before = read(&shop).await;
    let (asha, sam) = (customer("asha"), staff("sam"));
    let tea = shop.product("Tea", 10).await;
    let (_stream, connected) = shop.listen(&asha).await;
    let (_resumed, _) = shop.resume(&asha, &connected.id).await;
    let placed = shop.place(&asha, tea, 1).await;
    shop.advance(&placed, "processing").await;
    shop.register("asha@example.com").await;
    shop.get("/api/v1/orders").refused(401).await;
    shop.get(&placed.path("")).by(&sam).gives(200).await;
    let after = read(&shop).await;
    let value =
        |name: &str| after.get(name).copied().unwrap_or_else(|| panic!("{name} is missing: {after:#?}"));
    let moved = |name: &str| value(name) - before.get(name).copied().unwrap_or(0.0);
    for (name, by) in [
        (r#"ordercast_events_committed_total{kind="order.created"}"#, 1.0),
        (r#"ordercast_events_committed_total{kind="order.status_changed"}"#, 1.0),
        (r#"ordercast_events_committed_total{kind="product.created"}"#, 1.0),
        ("ordercast_batches_committed_total", 3.0),
        ("ordercast_registrations_total", 1.0),
        ("ordercast_streams_opened_total", 2.0),
        ("ordercast_streams_resumed_total", 1.0),
        ("ordercast_streams", 2.0),
        ("ordercast_connected_users", 1.0),
        ("ordercast_log_head", 3.0),
        (r#"ordercast_http_requests_total{route="/api/v1/orders",status="client_4xx"}"#, 1.0),
        (r#"ordercast_http_requests_total{route="/api/v1/orders/{order}",status="ok_2xx"}"#, 1.0),
    ] {
        assert!((moved(name) - by).abs() < 0.5, "{name} moved by {}, not {by}", moved(name));
    }
    assert!(moved("ordercast_stream_sent_bytes_total") > 100.0);
    assert!(moved("ordercast_http_request_duration_seconds_count") > 8.0);
    assert!(value("ordercast_resident_memory_bytes") > 1e6 && value("ordercast_database_bytes") > 1e4);
    assert!((value("ordercast_database_up") - 1.0).abs() < 0.1);
    let routes = after.keys().filter(|name| name.starts_with("ordercast_http_requests"));
    assert!(
        !routes.clone().any(|name| name.contains(&placed.id)),
        "a label for each order would be unbounded"
    );
    for n in 0..50 {
        shop.get(&format!("/nothing/{n}")).refused(404).await;
    }
    let unmatched = read(&shop).await.keys().filter(|name| name.contains("nothing")).count();
    assert_eq!(unmatched, 0);
}

#[tokio::test]
async fn live_connections_are_counted_by_transport_and_outcome() {
    let shop = Shop::open().await;
    let (asha, sam) = (customer("asha"), staff("sam"));
    let tea = shop.product("Tea", 10).await;
    let (_stream, _) = shop.listen(&asha).await;
    let _socket = shop.socket(json!({"token": asha})).await;
    let refused = shop.get("/socket.io/?EIO=4&transport=polling&dialect=klingon").send().await;
    assert_eq!(refused.status, 400);
    let placed = shop.place(&asha, tea, 1).await;
    shop.advance(&placed, "processing").await;
    let all = read(&shop).await;
    let value = |name: &str| all.get(name).copied().unwrap_or_else(|| panic!("{name} is missing: {all:#?}"));
    for (name, is) in [
        (r#"ordercast_live_connections{transport="sse"}"#, 1.0),
        (r#"ordercast_live_connections{transport="polling"}"#, 1.0),
        (r#"ordercast_live_connections{transport="websocket"}"#, 0.0),
        ("ordercast_topics", 1.0),
        ("ordercast_sockets_opened_total", 1.0),
        ("ordercast_sockets_upgraded_total", 0.0),
        ("ordercast_sockets_refused_total", 1.0),
        ("ordercast_sockets_throttled_total", 0.0),
        (r#"ordercast_sockets_closed_total{reason="too_slow"}"#, 0.0),
        // Two events for each of two connections.
        ("ordercast_deliveries_total", 4.0),
        ("ordercast_replays_total", 0.0),
        ("ordercast_resets_total", 0.0),
        ("ordercast_catching_up", 0.0),
    ] {
        assert!((value(name) - is).abs() < 0.5, "{name} is {}, not {is}", value(name));
    }
    drop(shop.resume(&asha, "another-epoch:1").await.0.until("reset").await);
    let mut lost = shop.socket(json!({"token": sam, "cursor": "nonsense"})).await;
    lost.until("reset").await;
    let after = read(&shop).await;
    assert!((after["ordercast_resets_total"] - 2.0).abs() < 0.1, "{after:#?}");
}

#[tokio::test]
async fn clients_served_from_the_log_are_counted() {
    let directory = tempfile::tempdir().unwrap();
    let asha = customer("asha");
    let shop = Shop::at(directory.path(), &[]).await;
    let tea = shop.product("Tea", 10).await;
    let (stream, connected) = shop.listen(&asha).await;
    drop(stream);
    shop.place(&asha, tea, 1).await;
    shop.place(&asha, tea, 1).await;
    shop.close().await;
    // A new process has no events in memory.
    let shop = Shop::at(directory.path(), &[]).await;
    let mut socket = shop.socket(json!({"token": asha, "cursor": connected.id})).await;
    socket.until("order:created").await;
    socket.until("order:created").await;
    let (mut stream, _) = shop.resume(&asha, &connected.id).await;
    stream.until("order.created").await;
    let all = read(&shop).await;
    assert!((all["ordercast_replays_total"] - 2.0).abs() < 0.1, "{all:#?}");
    assert!((all["ordercast_replayed_events_total"] - 4.0).abs() < 0.1, "{all:#?}");
    // Both connections are at the head once they received a new event.
    shop.place(&asha, tea, 1).await;
    socket.until("order:created").await;
    stream.until("order.created").await;
    stream.until("order.created").await;
    let all = read(&shop).await;
    assert!(all["ordercast_catching_up"].abs() < 0.1, "{all:#?}");
    assert!((all["ordercast_replays_total"] - 2.0).abs() < 0.1, "{all:#?}");
}

#[tokio::test]
async fn joins_above_the_limit_are_refused_and_counted() {
    let shop = Shop::with(&[("ORDERCAST_MAX_JOINED_ORDERS", "1")]).await;
    let asha = customer("asha");
    let tea = shop.product("Tea", 10).await;
    let (first, second) = (shop.place(&asha, tea, 1).await, shop.place(&asha, tea, 1).await);
    let mut socket = shop.socket(json!({"token": asha})).await;
    assert_eq!(socket.ask("join-order-tracking", json!(first.id)).await["ok"], true);
    let refused = socket.ask("join-order-tracking", json!(second.id)).await;
    assert_eq!(refused["error"]["code"], "too_many_joined");
    let all = read(&shop).await;
    assert!((all["ordercast_joins_refused_total"] - 1.0).abs() < 0.1, "{all:#?}");
}
