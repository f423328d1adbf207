//! The orders as a CSV file.

use std::collections::BTreeMap;

use serde_json::json;

use crate::support::Shop;
use crate::support::orders::cart;
use crate::support::users::{customer, staff};

/// The lines of a file by their headings.
fn lines(text: &str) -> Vec<BTreeMap<String, String>> {
    let text = text.strip_prefix('\u{feff}').expect("spreadsheets need the mark to read UTF-8");
    let mut file = csv::Reader::from_reader(text.as_bytes());
    file.deserialize().collect::<Result<_, _>>().unwrap()
}

#[tokio::test]
async fn orders_are_exported_with_exact_amounts_and_texts_that_no_spreadsheet_runs() {
    let shop = Shop::open().await;
    let tea = shop.product("Tea, \"black\"\u{a0}茶", 10).await;
    let (asha, sam) = (customer("asha"), staff("sam"));
    let mut order = cart(&[(tea, 3)]);
    order["shippingAddress"]["name"] = json!("=SUM(A1:A9)");
    order["shippingAddress"]["phone"] = json!("+49 170 1234567");
    order["reference"] = json!("ORDER-123");
    let placed = shop.post("/api/v1/orders", &order).by(&asha).gives(201).await;
    let answer = shop.get("/api/v1/orders.csv").by(&sam).send().await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "text/csv; charset=utf-8"));
    let disposition = answer.header("content-disposition");
    assert!(disposition.starts_with("attachment; filename=\"orders-20"), "{disposition}");
    assert_eq!(answer.header("cache-control"), "private, no-cache");
    let found = lines(&answer.text);
    assert_eq!(found.len(), 1);
    for (column, expected) in [
        ("number", placed["number"].as_str().unwrap()),
        ("reference", "ORDER-123"),
        ("created_at", placed["createdAt"].as_str().unwrap()),
        ("status", "pending"),
        ("payment_method", "cash_on_delivery"),
        ("currency", "EUR"),
        ("total", "37.50"),
        ("revenue", "37.50"),
        ("items", "3 × Tea, \"black\"\u{a0}茶 (12.50)"),
        ("recipient", "'=SUM(A1:A9)"),
        ("phone", "'+49 170 1234567"),
    ] {
        assert_eq!(found[0][column], expected, "{column}");
    }
}

#[tokio::test]
async fn the_revenue_of_an_export_is_that_of_the_statistics() {
    let shop = Shop::open().await;
    let tea = shop.product("Tea", 10).await;
    let (asha, sam) = (customer("asha"), staff("sam"));
    shop.place(&asha, tea, 2).await;
    let cancelled = shop.place(&asha, tea, 1).await;
    shop.ask("POST", &cancelled.path("/cancel")).by(&asha).gives(200).await;
    let answer = shop.get("/api/v1/orders.csv").by(&sam).send().await;
    let found: Vec<_> =
        lines(&answer.text).iter().map(|line| (line["total"].clone(), line["revenue"].clone())).collect();
    let text = |amount: &str| amount.to_owned();
    assert_eq!(found, [(text("12.50"), text("0.00")), (text("25.00"), text("25.00"))]);
    let stats = shop.get("/api/v1/stats").by(&sam).gives(200).await;
    assert_eq!(stats["today"]["revenue"][0]["amount"], 2500);
}

#[tokio::test]
async fn an_export_has_all_pages_of_what_the_list_shows() {
    let shop = Shop::open().await;
    let tea = shop.product("Tea", 1000).await;
    let (asha, bela, sam) = (customer("asha"), customer("bela"), staff("sam"));
    let mut placed = Vec::new();
    for _ in 0..205 {
        placed.push(shop.place(&asha, tea, 1).await.number.clone());
    }
    let hers = shop.place(&bela, tea, 1).await;
    shop.put(&hers.path("/status"), &json!({"status": "processing"})).by(&sam).gives(200).await;
    let number = hers.number.clone();
    let newest: Vec<_> = placed.iter().rev().cloned().collect();
    let all = |mut numbers: Vec<String>| {
        numbers.insert(0, number.clone());
        numbers
    };
    for (query, who, expected) in [
        ("", &sam, all(newest.clone())),
        ("?sort=oldest&status=pending", &sam, placed.clone()),
        ("?status=pending&limit=3", &sam, newest.clone()),
        ("?q=bela", &sam, all(Vec::new())),
        ("", &asha, newest.clone()),
        ("", &bela, all(Vec::new())),
        ("?status=delivered", &sam, Vec::new()),
    ] {
        let answer = shop.get(&format!("/api/v1/orders.csv{query}")).by(who).send().await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let found: Vec<_> = lines(&answer.text).iter().map(|line| line["number"].clone()).collect();
        assert!(found == expected, "{query}: {found:?}");
    }
    let bad = shop.get("/api/v1/orders.csv?status=lost").by(&sam).refused(400).await;
    assert_eq!(bad, "invalid_query");
}
