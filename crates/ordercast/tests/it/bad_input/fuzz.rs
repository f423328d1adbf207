//! Valid requests with random changes, from fixed seeds: they never cause a 5xx, and every refusal is a complete
//! problem.

use fastrand::Rng;
use serde_json::{Value, json};

use super::TestShop;
use crate::support::orders::cart;

const SEEDS: u64 = 12;
const EACH: usize = 25;

/// Values that often break programs.
fn odd(rng: &mut Rng) -> Value {
    let all = [
        Value::Null,
        json!(true),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(1e308),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(u32::MAX),
        json!(""),
        json!(" "),
        json!("0"),
        json!("\u{0}"),
        json!("\u{202e}abc"),
        json!("a\u{301}".repeat(50)),
        json!("x".repeat(5000)),
        json!("😀".repeat(60)),
        json!("2026-01-01T00:00:00Z"),
        json!("-009999-12-31T00:00:00Z"),
        json!("00000000-0000-0000-0000-000000000000"),
        json!("10001"),
        json!("cancelled"),
        json!("delivered"),
        json!([]),
        json!({}),
        json!([[[[]]]]),
        json!({"amount": 1, "currency": "JPY"}),
        json!({"latitude": 0, "longitude": -0.0}),
    ];
    all[rng.usize(..all.len())].clone()
}

/// Changes one value of a document: replaces, removes, adds or duplicates it.
fn mutate(rng: &mut Rng, value: &mut Value) {
    let deeper = rng.u8(..) < 170;
    match value {
        Value::Object(fields) if deeper && !fields.is_empty() => {
            let key = fields.keys().nth(rng.usize(..fields.len())).unwrap().clone();
            match rng.u8(..6) {
                0 => drop(fields.remove(&key)),
                1 => drop(fields.insert(format!("{key}x"), odd(rng))),
                _ => mutate(rng, &mut fields[&key]),
            }
        }
        Value::Array(items) if deeper && !items.is_empty() => {
            let n = rng.usize(..items.len());
            match rng.u8(..5) {
                0 => drop(items.remove(n)),
                1 => items.push(items[n].clone()),
                _ => mutate(rng, &mut items[n]),
            }
        }
        other => *other = odd(rng),
    }
}

/// Changes some bytes, so that the text may no longer be JSON.
fn garble(rng: &mut Rng, bytes: &mut Vec<u8>) {
    for _ in 0..rng.usize(1..4).min(bytes.len() - 1) {
        let at = rng.usize(..bytes.len());
        match rng.u8(..3) {
            0 => bytes[at] = rng.u8(..),
            1 => drop(bytes.remove(at)),
            _ => bytes.insert(at, b"{}[]\",:\\\0"[rng.usize(..9)]),
        }
    }
}

fn valid(fixture: &TestShop) -> Vec<(&'static str, String, &str, Value)> {
    let order = |below: &str| fixture.placed.path(below);
    let (asha, sam) = (fixture.asha.as_str(), fixture.sam.as_str());
    let money = json!({"amount": 1250, "currency": "EUR"});
    let mut placing = cart(&[(fixture.product, 1)]);
    placing["expectedTotal"] = money.clone();
    placing["storeId"] = "main".into();
    let product = json!({"name": "Cup", "price": money, "stock": 1, "sku": "C1", "category": "Cups",
        "description": "A cup.\nFor tea.", "image": "/cup.png"});
    let status = json!({"status": "processing", "trackingNumber": "TN1", "note": "n", "reason": "r",
        "estimatedDelivery": "2030-01-01T12:00:00Z"});
    let delivery = json!({"partner": {"name": "Dev", "phone": "1"}, "driverId": "jwt|dev",
        "location": {"latitude": 53.5, "longitude": 10.0}, "estimatedDelivery": "2030-01-01T12:00:00Z"});
    vec![
        ("POST", "/api/v1/orders".into(), asha, placing),
        ("POST", "/api/v1/products".into(), sam, product.clone()),
        ("PUT", format!("/api/v1/products/{}", fixture.product), sam, product),
        ("PUT", format!("/api/v1/products/{}/stock", fixture.product), sam, json!({"onHand": 90})),
        ("PUT", order("/status"), sam, status),
        ("PUT", order("/delivery"), sam, delivery),
        ("POST", order("/cancel"), asha, json!({"reason": "changed my mind"})),
        (
            "POST",
            "/api/v1/orders/bulk-status".into(),
            sam,
            json!({"orders": [fixture.placed.id, fixture.placed.number], "status": "processing", "note": "n"}),
        ),
        (
            "PUT",
            "/api/orders/tracking".into(),
            sam,
            json!({"orderId": fixture.placed.id, "status": "shipped",
            "location": {"lat": 53.5, "lng": 10.0}, "deliveryPartner": {"name": "Dev", "phone": "1"}}),
        ),
        ("POST", "/api/v1/notifications/read-all".into(), asha, json!({"cursor": "abc:1"})),
        ("POST", "/api/v1/auth/refresh".into(), "", json!({"refreshToken": "x"})),
    ]
}

#[tokio::test]
async fn random_changes_to_valid_requests_never_cause_a_5xx() {
    for seed in 0..SEEDS {
        let mut rng = Rng::with_seed(seed);
        let fixture = TestShop::open().await;
        let requests = valid(&fixture);
        for round in 0..EACH {
            let (method, path, who, body) = &requests[rng.usize(..requests.len())];
            let mut body = body.clone();
            for _ in 0..rng.usize(1..3) {
                mutate(&mut rng, &mut body);
            }
            let mut bytes = body.to_string().into_bytes();
            if rng.u8(..) < 60 {
                garble(&mut rng, &mut bytes);
            }
            let shown = String::from_utf8_lossy(&bytes).chars().take(300).collect::<String>();
            let before = fixture.state().await;
            let request = fixture.shop.ask(method, path).by(who).body("application/json", bytes);
            let answer = request.send().await;
            let what = format!("seed {seed}, round {round}: {method} {path} {shown}");
            assert!(answer.status < 500, "{what}\n{}", answer.text);
            if answer.status >= 400 {
                answer.code();
                assert_eq!(fixture.state().await, before, "{what}");
            }
            let stock = fixture.shop.stock(fixture.product).await;
            assert!(stock.reserved <= stock.on_hand, "{what}: {stock:?}");
        }
    }
}
