//! Invalid paths, queries and order names.

use serde_json::json;

use super::{Expected, TestShop, assert_no_failures, expect};
use crate::support::users::customer;

const NOBODY_KNOWS: &str = "0190a000-0000-7000-8000-000000000000";

#[tokio::test]
async fn unknown_paths_and_methods_are_404_405_or_400() {
    let fixture = TestShop::open().await;
    let mut wrong = Vec::new();
    let cases: Vec<(&str, String, u16, &str)> = [
        ("GET", "/nothing", 404, "not_found"),
        ("GET", "/api", 404, "not_found"),
        ("GET", "/api/v1", 404, "not_found"),
        ("GET", "/api/v1/", 404, "not_found"),
        ("GET", "/api/v2/orders", 404, "not_found"),
        ("GET", "/api/v1/orders/", 404, "not_found"),
        ("GET", "/api/v1//orders", 404, "not_found"),
        ("GET", "/API/V1/ORDERS", 404, "not_found"),
        ("GET", "/docs/nothing.js", 404, "not_found"),
        ("GET", "/docs/..%2f..%2fetc%2fpasswd", 404, "not_found"),
        ("POST", "/health", 405, "method_not_allowed"),
        ("DELETE", "/api/v1/orders", 405, "method_not_allowed"),
        ("PATCH", "/api/v1/orders/10001", 405, "method_not_allowed"),
        ("GET", "/api/v1/orders/bulk-status", 405, "method_not_allowed"),
        ("OPTIONS", "/api/v1/orders", 405, "method_not_allowed"),
        ("PROPFIND", "/api/v1/orders", 405, "method_not_allowed"),
        ("TRACE", "/api/v1/orders", 405, "method_not_allowed"),
        ("POST", "/docs", 405, "method_not_allowed"),
        ("GET", "/api/v1/orders/99999", 404, "order_not_found"),
        ("GET", "/api/v1/orders/0", 404, "order_not_found"),
        ("GET", "/api/v1/orders/-1", 404, "order_not_found"),
        ("GET", "/api/v1/orders/1e4", 404, "order_not_found"),
        ("GET", "/api/v1/orders/18446744073709551616", 404, "order_not_found"),
        ("GET", "/api/v1/orders/999999999999999999", 404, "order_not_found"),
        ("GET", "/api/v1/orders/nonsense", 404, "order_not_found"),
        ("GET", "/api/v1/orders/%00", 404, "order_not_found"),
        ("GET", "/api/v1/orders/%E2%80%AE1", 404, "order_not_found"),
        ("GET", "/api/v1/orders/' OR 1=1 --", 404, "order_not_found"),
        ("GET", "/api/v1/orders/%zz", 404, "order_not_found"),
        ("GET", "/api/v1/orders/%ff", 400, "invalid_path"),
        ("GET", "/api/v1/orders/%c3%28/timeline", 400, "invalid_path"),
        ("GET", "/api/v1/orders/10001/test-payment", 405, "method_not_allowed"),
        ("POST", "/api/v1/orders/%ff/test-payment", 400, "invalid_path"),
        ("GET", "/api/v1/products/tea", 404, "product_not_found"),
        ("GET", "/api/v1/products/%ff", 400, "invalid_path"),
        ("GET", "/api/v1/notifications/read-all", 405, "method_not_allowed"),
        ("POST", "/api/v1/notifications/%ff/read", 400, "invalid_path"),
        ("POST", "/api/v1/notifications/nonsense/read", 404, "notification_not_found"),
        ("POST", "/api/v1/notifications/%00/read", 404, "notification_not_found"),
        ("POST", "/api/v1/users/%ff/reset-link", 400, "invalid_path"),
        ("POST", "/api/v1/users/%07/reset-link", 400, "invalid_path"),
        ("POST", "/api/v1/users/nobody/reset-link", 404, "user_not_found"),
        ("POST", "/api/v1/users/jwt%7Casha/reset-link", 404, "user_not_found"),
    ]
    .map(|(method, path, status, code)| (method, path.to_owned(), status, code))
    .into_iter()
    .chain([
        ("GET", format!("/api/v1/orders/{NOBODY_KNOWS}"), 404, "order_not_found"),
        ("POST", format!("/api/v1/orders/{NOBODY_KNOWS}/cancel"), 404, "order_not_found"),
        ("GET", format!("/api/v1/orders/{}", "9".repeat(10_000)), 404, "order_not_found"),
        ("POST", format!("/api/v1/notifications/{NOBODY_KNOWS}/read"), 404, "notification_not_found"),
        ("GET", format!("/api/v1/products/{NOBODY_KNOWS}"), 404, "product_not_found"),
        ("POST", format!("/api/v1/users/{}/reset-link", "x".repeat(300)), 400, "invalid_path"),
    ])
    .collect();
    for (method, path, status, code) in cases {
        let request = fixture.shop.ask(method, &path).by(&fixture.sam);
        let what = format!("{method} {path}");
        expect(&fixture, &mut wrong, &what, request, Expected { status, code, field: "" }).await;
    }
    assert_no_failures(&wrong);
    let answer = fixture.shop.ask("PATCH", "/api/v1/products").by(&fixture.sam).send().await;
    let mut allowed: Vec<_> = answer.header("allow").split(',').map(str::trim).collect();
    allowed.sort_unstable();
    assert_eq!(allowed, ["GET", "HEAD", "POST"], "{:?}", answer.headers);
}

#[tokio::test]
async fn invalid_queries_are_400_and_name_the_parameter() {
    let fixture = TestShop::open().await;
    let mut wrong = Vec::new();
    let long = format!("/api/v1/orders?q={}", "x".repeat(101));
    let long_product = format!("/api/v1/products?q={}", "x".repeat(401));
    let long_category = format!("/api/v1/products?category={}", "x".repeat(401));
    for (path, field) in [
        ("/api/v1/orders?limit=0", "limit"),
        ("/api/v1/orders?limit=201", "limit"),
        ("/api/v1/orders?limit=-1", "limit"),
        ("/api/v1/orders?limit=ten", "limit"),
        ("/api/v1/orders?limit=99999999999999999999999", "limit"),
        ("/api/v1/orders?limit=5&limit=6", "limit"),
        ("/api/v1/orders?status=lost", "status"),
        ("/api/v1/orders?status=pending,,lost", "status"),
        ("/api/v1/orders?from=yesterday", "from"),
        ("/api/v1/orders?to=2026-01-01", "to"),
        ("/api/v1/orders?to=99999-01-01T00:00:00Z", "to"),
        ("/api/v1/orders?page=next", "page"),
        ("/api/v1/orders?page=-1", "page"),
        ("/api/v1/orders?page=99999999999999999999", "page"),
        ("/api/v1/orders?customer=ben", "customer"),
        (&long, "q"),
        ("/api/v1/products?limit=0", "limit"),
        ("/api/v1/products?limit=1000", "limit"),
        ("/api/v1/products?archived=maybe", "archived"),
        ("/api/v1/products?store=a/b", "store"),
        ("/api/v1/products?page=3", "page"),
        ("/api/v1/products?sort=price", "sort"),
        (&long_product, "q"),
        (&long_category, "category"),
        ("/api/v1/stats/series?bucket=week", "bucket"),
        ("/api/v1/stats/series?from=yesterday", "from"),
        ("/api/v1/stats/series?to=2026-01-01", "to"),
        ("/api/v1/stats/series?from=1960-01-01T00:00:00Z", "from"),
        ("/api/v1/stats/series?from=-009999-01-03T00:00:00Z", "from"),
        ("/api/v1/stats/series?to=1970-01-01T00:00:00Z", "from"),
        ("/api/v1/stats/series?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "to"),
        ("/api/v1/stats/series?from=2026-01-01T00:00:00Z&to=2026-01-01T00:00:00Z", "to"),
        ("/api/v1/stats/series?from=9999-12-30T21:00:00Z&to=9999-12-30T22:00:00Z", "to"),
        ("/api/v1/stats/series?from=2020-01-01T00:00:00Z&to=2026-01-01T00:00:00Z", "from"),
        ("/api/v1/stats/series?bucket=hour&from=2026-01-01T00:00:00Z&to=2026-03-01T00:00:00Z", "from"),
        ("/api/v1/stats/series?limit=5", "limit"),
        ("/api/v1/stats/series?bucket=day&bucket=day", "bucket"),
        ("/api/v1/notifications?limit=0", "limit"),
        ("/api/v1/notifications?limit=201", "limit"),
        ("/api/v1/notifications?category=orders", "category"),
        ("/api/v1/notifications?unread=maybe", "unread"),
        ("/api/v1/notifications?cursor=1", "cursor"),
        ("/api/v1/notifications?cursor=elsewhere:1", "cursor"),
        ("/api/v1/notifications?cursor=abc:99999999999999999999", "cursor"),
        ("/api/v1/notifications?page=1", "page"),
        ("/api/v1/notifications?user=ben", "user"),
    ] {
        let request = fixture.shop.get(path).by(&fixture.sam);
        expect(&fixture, &mut wrong, path, request, Expected { status: 400, code: "invalid_query", field })
            .await;
    }
    assert_no_failures(&wrong);
}

#[tokio::test]
async fn unusual_searches_find_nothing_and_do_not_fail() {
    let fixture = TestShop::open().await;
    for q in [
        "%22",
        "'",
        "%25",
        "_",
        "*",
        "\"",
        "(",
        "NEAR(a b)",
        "a AND",
        "OR",
        "-",
        "%00",
        "%ff",
        "%E2%80%AE",
        "😀",
        "#",
        "%23",
        "^a",
        "a:b",
        "customer:asha",
        "%27%3B%20DROP%20TABLE%20orders%3B--",
        "\\",
        "+",
        "%20%20",
        "٣",
        "10001 OR 1=1",
    ] {
        for path in ["/api/v1/orders?q=", "/api/v1/products?q=", "/api/v1/products?category="] {
            let answer = fixture.shop.get(&format!("{path}{q}")).by(&fixture.sam).send().await;
            assert!(
                answer.status == 200 || answer.status == 400,
                "{path}{q}: {} {}",
                answer.status,
                answer.text
            );
        }
    }
    for query in [
        "page=18446744073709551615",
        "page=9223372036854775808",
        "page=0",
        "from=-009999-01-03T00:00:00Z",
        "to=9999-12-30T00:00:00Z",
        "status=,",
        "status=pending,pending",
        "q=",
        "from=2030-01-01T00:00:00Z&to=2020-01-01T00:00:00Z",
    ] {
        fixture.shop.get(&format!("/api/v1/orders?{query}")).by(&fixture.sam).gives(200).await;
    }
}

#[tokio::test]
async fn orders_of_others_are_not_found() {
    let fixture = TestShop::open().await;
    let ben = customer("ben");
    let mut wrong = Vec::new();
    for name in [
        &fixture.placed.id,
        &fixture.placed.number,
        &format!("%23{}", fixture.placed.number),
        &fixture.placed.id.to_uppercase(),
    ] {
        let path = format!("/api/v1/orders/{name}");
        fixture.shop.get(&path).by(&fixture.asha).gives(200).await;
        for (method, below) in [("GET", ""), ("GET", "/timeline"), ("POST", "/cancel")] {
            let request = fixture.shop.ask(method, &format!("{path}{below}")).by(&ben);
            let expected = Expected { status: 404, code: "order_not_found", field: "" };
            expect(&fixture, &mut wrong, &format!("{method} {path}{below}"), request, expected).await;
        }
    }
    assert_no_failures(&wrong);
    let mine = fixture.shop.get("/api/v1/orders").by(&ben).gives(200).await;
    assert_eq!(mine["orders"], json!([]));
}

#[tokio::test]
async fn an_order_listed_twice_in_a_bulk_is_changed_once() {
    let fixture = TestShop::open().await;
    let (id, number) = (&fixture.placed.id, &fixture.placed.number);
    let head = fixture.shop.head().await;
    let body = json!({"orders": [id, number, format!("#{number}"), id], "status": "processing"});
    let done = fixture.shop.post("/api/v1/orders/bulk-status", &body).by(&fixture.sam).gives(200).await;
    assert_eq!((&done["changed"], &done["refused"]), (&json!(1), &json!(0)), "{done}");
    for outcome in done["outcomes"].as_array().unwrap() {
        let (ok, version) = (&outcome["ok"], &outcome["version"]);
        assert_eq!((ok, version), (&json!(true), &json!(2)), "the status that it has is done: {done}");
    }
    assert_eq!(fixture.shop.head().await, head + 1);
    // All have the status already. The stored response says the same.
    for replayed in ["", "true"] {
        let again = fixture.shop.post("/api/v1/orders/bulk-status", &body).by(&fixture.sam);
        let again = again.header("idempotency-key", "again").send().await;
        assert_eq!((again.status, again.header("idempotency-replayed")), (200, replayed));
        let done = again.json();
        assert_eq!((&done["changed"], &done["refused"]), (&json!(0), &json!(0)), "{done}");
    }
    assert_eq!(fixture.shop.head().await, head + 1);
    let body = json!({"orders": ["nonsense", "", NOBODY_KNOWS, "#"], "status": "processing"});
    for path in ["nonsense", "none at all"] {
        let body =
            if path == "nonsense" { body.clone() } else { json!({"orders": ["?"], "status": "shipped"}) };
        let done = fixture.shop.post("/api/v1/orders/bulk-status", &body).by(&fixture.sam);
        let done = done.header("idempotency-key", path).gives(200).await;
        assert_eq!(done["changed"], 0, "{done}");
        assert_eq!(done["outcomes"][0]["code"], "order_not_found", "{done}");
    }
    let most = json!({"orders": vec![NOBODY_KNOWS; 500], "status": "processing"});
    let done = fixture.shop.post("/api/v1/orders/bulk-status", &most).by(&fixture.sam).gives(200).await;
    assert_eq!((&done["refused"], done["outcomes"].as_array().unwrap().len()), (&json!(500), 500));
    assert_eq!(fixture.shop.head().await, head + 1);
}
