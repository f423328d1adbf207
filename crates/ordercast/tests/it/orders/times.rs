//! Every time on the wire has three decimal digits, so that clients can sort times as text.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::Shop;
use crate::support::users::{customer, staff};

/// Every text of a value that is a time.
fn times(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => {
            let time =
                text.len() >= 20 && text.as_bytes()[10] == b'T' && text.parse::<jiff::Timestamp>().is_ok();
            time.then_some(text.as_str()).into_iter().collect()
        }
        Value::Array(items) => items.iter().flat_map(times).collect(),
        Value::Object(members) => members.values().flat_map(times).collect(),
        _ => Vec::new(),
    }
}

#[track_caller]
fn has_times_with_three_digits(what: &str, value: &Value) {
    let times = times(value);
    assert!(!times.is_empty(), "{what} has no time: {value}");
    for time in times {
        assert!(time.len() == 24 && time.as_bytes()[19] == b'.' && time.ends_with('Z'), "{what}: {time}");
    }
}

#[tokio::test]
async fn every_time_has_three_decimal_digits() {
    let shop = Shop::open().await;
    let tea = shop.product("Tea", 10).await;
    let (asha, sam) = (customer("asha"), staff("sam"));
    let mut live = Vec::new();
    for dialect in ["standard", "rooms", "feed"] {
        live.push((dialect, shop.socket(json!({"token": asha, "dialect": dialect})).await));
    }
    let (mut stream, _) = shop.listen(&asha).await;
    let placed = shop.place(&asha, tea, 1).await;
    for (_, socket) in &mut live {
        socket.ask("join-order-tracking", json!(placed.id)).await;
    }
    for expected in ["2027-01-31T12:00:00Z", "2027-01-31T12:00:00.5+01:00", "2027-01-31T12:00:00.123456789Z"]
    {
        let body = json!({"status": "processing", "estimatedDelivery": expected});
        let changed = shop.put(&placed.path("/status"), &body).by(&sam).gives(200).await;
        has_times_with_three_digits("an answer to a change", &changed);
    }
    let location = json!({"location": {"lat": 53.5, "lng": 10.0}});
    shop.put(&placed.path("/delivery"), &location).by(&sam).gives(200).await;
    for path in [
        "/api/v1/orders",
        &placed.path(""),
        &placed.path("/timeline"),
        "/api/orders/manage",
        "/api/v1/notifications",
    ] {
        has_times_with_three_digits(path, &shop.get(path).by(&asha).gives(200).await);
    }
    has_times_with_three_digits("series", &shop.get("/api/v1/stats/series").by(&sam).gives(200).await);
    let located = stream.until("delivery.located").await;
    has_times_with_three_digits("an event of the stream", &located.data);
    for (dialect, socket) in &mut live {
        let mut heard = 0;
        while heard < 3 {
            let event = socket.next().await;
            if !times(&event.data).is_empty() {
                has_times_with_three_digits(&format!("{dialect} {}", event.name), &event.data);
                heard += 1;
            }
        }
    }
}

/// A new field must not forget the serializer: whole seconds are rare enough that no other test would notice.
#[test]
fn every_time_that_is_sent_uses_the_serializer() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut checked = 0;
    for folder in ["orders/src/view", "live/src/payload", "live/src/dialect", "live/src/sse", "api/src"] {
        for file in rust_files(&crates.join(folder)) {
            let text = std::fs::read_to_string(&file).unwrap();
            let (mut serialized, mut before) = (false, "");
            for line in text.lines() {
                if line.starts_with("#[derive(") {
                    serialized = line.contains("Serialize");
                } else if line.starts_with('}') {
                    serialized = false;
                }
                let field = line.starts_with("    ") && !line.starts_with("     ");
                if serialized
                    && field
                    && (line.ends_with(": Timestamp,") || line.ends_with("Option<Timestamp>,"))
                {
                    assert!(before.contains("time::serialize"), "{}: {line}", file.display());
                    checked += 1;
                }
                before = line;
            }
        }
    }
    assert!(checked > 20, "only {checked} fields were found");
}

fn rust_files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| if path.is_dir() { rust_files(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect()
}
