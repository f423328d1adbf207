//! `/metrics`: `OpenMetrics` text, and numbers that move (rows A12, D27).

use std::collections::BTreeMap;

use crate::support::Shop;
use crate::support::people::{customer, staff};

/// Every sample by its name and labels, of a text that must be whole (`OpenMetrics` 1.0, "Text format").
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
                _ => panic!("no metadata: {line}"),
            }
            continue;
        }
        let (sample, value) = line.rsplit_once(' ').unwrap();
        let name = sample.split('{').next().unwrap();
        let base = ["_total", "_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end));
        let family =
            known.get(name).or_else(|| known.get(base?)).unwrap_or_else(|| panic!("no TYPE: {line}"));
        assert_eq!(family == "counter", name.ends_with("_total"), "{line}");
        assert!(found.insert(sample.to_owned(), value.parse().unwrap()).is_none(), "twice: {line}");
    }
    found
}

async fn read(shop: &Shop) -> BTreeMap<String, f64> {
    let answer = shop.get("/metrics").send().await;
    assert_eq!(answer.header("content-type"), "application/openmetrics-text; version=1.0.0; charset=utf-8");
    samples(&answer.text)
}

#[tokio::test]
async fn d27_the_numbers_move_with_what_happens() {
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
    assert!(!routes.clone().any(|name| name.contains(&placed.id)), "a label for each order would never end");
    for n in 0..50 {
        shop.get(&format!("/nothing/{n}")).refused(404).await;
    }
    let unmatched = read(&shop).await.keys().filter(|name| name.contains("nothing")).count();
    assert_eq!(unmatched, 0);
}
