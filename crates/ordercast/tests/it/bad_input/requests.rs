//! Requests that are wrong around their body: paths, queries, headers, bytes.

use serde_json::json;

use super::{Said, Stage, complaints, expect, verdict};
use crate::support::orders::cart;
use crate::support::users::customer;

const NOBODY_KNOWS: &str = "0190a000-0000-7000-8000-000000000000";

#[tokio::test]
async fn paths_that_lead_nowhere_are_404_405_or_400() {
    let stage = Stage::set().await;
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
        let request = stage.shop.ask(method, &path).by(&stage.sam);
        let what = format!("{method} {path}");
        expect(&stage, &mut wrong, &what, request, Said { status, code, field: "" }).await;
    }
    verdict(&wrong);
    let answer = stage.shop.ask("PATCH", "/api/v1/products").by(&stage.sam).send().await;
    let mut allowed: Vec<_> = answer.header("allow").split(',').map(str::trim).collect();
    allowed.sort_unstable();
    assert_eq!(allowed, ["GET", "HEAD", "POST"], "{:?}", answer.headers);
}

#[tokio::test]
async fn queries_that_make_no_sense_are_400_by_their_parameter() {
    let stage = Stage::set().await;
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
        ("/api/v1/stats/series?bucket=", "bucket"),
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
        ("/api/v1/stream?cursor=1", "cursor"),
        ("/api/v1/notifications?limit=0", "limit"),
        ("/api/v1/notifications?limit=201", "limit"),
        ("/api/v1/notifications?category=orders", "category"),
        ("/api/v1/notifications?category=", "category"),
        ("/api/v1/notifications?unread=maybe", "unread"),
        ("/api/v1/notifications?cursor=1", "cursor"),
        ("/api/v1/notifications?cursor=elsewhere:1", "cursor"),
        ("/api/v1/notifications?cursor=abc:99999999999999999999", "cursor"),
        ("/api/v1/notifications?page=1", "page"),
        ("/api/v1/notifications?user=ben", "user"),
    ] {
        let request = stage.shop.get(path).by(&stage.sam);
        expect(&stage, &mut wrong, path, request, Said { status: 400, code: "invalid_query", field }).await;
    }
    verdict(&wrong);
}

#[tokio::test]
async fn odd_searches_find_nothing_and_break_nothing() {
    let stage = Stage::set().await;
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
            let answer = stage.shop.get(&format!("{path}{q}")).by(&stage.sam).send().await;
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
        stage.shop.get(&format!("/api/v1/orders?{query}")).by(&stage.sam).gives(200).await;
    }
}

#[tokio::test]
async fn headers_that_make_no_sense_are_400_by_their_name() {
    let stage = Stage::set().await;
    let status = stage.path("/api/v1/orders/{order}/status");
    let (if_match, key) = ("If-Match", "Idempotency-Key");
    let bearer = format!("Bearer {}", stage.sam);
    let long = "x".repeat(256);
    let body = br#"{"status": "processing"}"#;
    let length = body.len().to_string();
    let mut wrong = Vec::new();
    for (name, value) in [
        (if_match, "".as_bytes()),
        (if_match, b"\"\""),
        (if_match, b"abc"),
        (if_match, b"\"-1\""),
        (if_match, b"\"1.5\""),
        (if_match, b"\"99999999999999999999\""),
        (if_match, b"\"1"),
        (if_match, b"\xff\xfe"),
        (key, b""),
        (key, b"\xc3\xa4"),
        (key, b"\xff"),
        (key, long.as_bytes()),
    ] {
        let mut request =
            format!("PUT {status} HTTP/1.1\r\nhost: x\r\nauthorization: {bearer}\r\n").into_bytes();
        request.extend_from_slice(
            format!("content-type: application/json\r\ncontent-length: {length}\r\n").as_bytes(),
        );
        request.extend_from_slice(&[name.as_bytes(), b": ", value, b"\r\n\r\n", body].concat());
        let before = stage.state().await;
        let answer = stage.shop.raw(request).await;
        let what = format!("{name}: {}", String::from_utf8_lossy(value));
        let said = Said { status: 400, code: "invalid_header", field: name };
        wrong.extend(complaints(&what, &answer, &said));
        assert_eq!(stage.state().await, before, "{what}");
    }
    verdict(&wrong);
}

#[tokio::test]
async fn a_cursor_that_is_none_starts_over_instead_of_failing() {
    let stage = Stage::set().await;
    let long = "9".repeat(5000);
    let cursors: [&[u8]; 8] =
        [b"x", b":", b"a:b", b"abc:99999999999999999999", b"\xff", b"0000:1", b"a:-1", long.as_bytes()];
    for cursor in cursors {
        let value = reqwest::header::HeaderValue::from_bytes(cursor).unwrap();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let request = client.get(stage.shop.url("/api/v1/stream")).header("last-event-id", value);
        let request = crate::support::request::Ask::of(request.bearer_auth(&stage.asha));
        let (mut events, connected) = crate::support::stream::Events::open(request).await;
        assert_eq!(connected.data["recovered"], false);
        let reset = events.next().await.unwrap();
        assert_eq!(reset.name, "reset", "{}", String::from_utf8_lossy(cursor));
        assert_eq!(reset.data["orders"][0]["id"], stage.placed.id, "the present is told instead");
    }
}

#[tokio::test]
async fn bytes_that_are_no_json_are_400_413_or_415() {
    let stage = Stage::set().await;
    let valid = cart(&[(stage.good, 1)]).to_string();
    let json = "application/json";
    let cases: Vec<(&str, &str, Vec<u8>, u16, &str)> = vec![
        ("nothing", json, Vec::new(), 400, "invalid_json"),
        ("half", json, valid.as_bytes()[..valid.len() / 2].to_vec(), 400, "invalid_json"),
        ("text", json, b"hello".to_vec(), 400, "invalid_json"),
        ("two", json, format!("{valid}{valid}").into_bytes(), 400, "invalid_json"),
        (
            "invalid UTF-8",
            json,
            valid.replace("Asha", "A$ha").bytes().map(|b| if b == b'$' { 0xff } else { b }).collect(),
            400,
            "invalid_json",
        ),
        ("UTF-16", json, valid.encode_utf16().flat_map(u16::to_le_bytes).collect(), 400, "invalid_json"),
        ("half a surrogate", json, valid.replace("Asha", "\\ud800").into_bytes(), 400, "invalid_json"),
        ("NaN", json, b"{\"items\": NaN}".to_vec(), 400, "invalid_json"),
        ("a comment", json, format!("/* hello */{valid}").into_bytes(), 400, "invalid_json"),
        (
            "a raw control character",
            json,
            valid.replace("Asha", "A\u{1}sha").into_bytes(),
            400,
            "invalid_json",
        ),
        ("deep nesting", json, format!("{{\"x\": {}", "[".repeat(100_000)).into_bytes(), 422, "invalid_body"),
        (
            "deep items",
            json,
            format!("{{\"items\": {}", "[".repeat(100_000)).into_bytes(),
            422,
            "invalid_body",
        ),
        ("an array", json, b"[]".to_vec(), 422, "invalid_body"),
        ("null", json, b"null".to_vec(), 422, "invalid_body"),
        (
            "a field twice",
            json,
            valid.replace("{\"items\"", "{\"items\": [], \"items\"").into_bytes(),
            422,
            "invalid_body",
        ),
        ("2 MiB", json, vec![b' '; 2 << 20], 413, "body_too_large"),
        ("another type", "text/plain", valid.clone().into_bytes(), 415, "unsupported_media_type"),
        ("a form", "application/x-www-form-urlencoded", b"items=1".to_vec(), 415, "unsupported_media_type"),
        ("a file", "multipart/form-data; boundary=x", b"--x--".to_vec(), 415, "unsupported_media_type"),
        ("no type", "", valid.clone().into_bytes(), 415, "unsupported_media_type"),
    ];
    let mut wrong = Vec::new();
    for (what, content_type, body, status, code) in cases {
        let request = stage.shop.ask("POST", "/api/v1/orders").by(&stage.asha).body(content_type, body);
        expect(&stage, &mut wrong, what, request, Said { status, code, field: "" }).await;
    }
    verdict(&wrong);
    // Without a length it is only known to be too large when it is there.
    let chunks = futures_util::stream::iter((0..64).map(|_| Ok::<_, std::io::Error>(vec![b' '; 32 << 10])));
    let body = reqwest::Body::wrap_stream(chunks);
    let request = stage.shop.ask("POST", "/api/v1/orders").by(&stage.asha).body(json, body);
    assert_eq!(request.refused(413).await, "body_too_large");
    // No body at all is fine where none is needed; one of another type is not.
    let cancel = stage.placed.path("/cancel");
    let form = stage.shop.ask("POST", &cancel).by(&stage.asha).body("text/plain", "reason=x");
    assert_eq!(form.refused(415).await, "unsupported_media_type");
    stage.shop.ask("POST", &cancel).by(&stage.asha).gives(200).await;
}

#[tokio::test]
async fn requests_that_are_hardly_http_get_a_4xx_and_the_server_lives_on() {
    let stage = Stage::set().await;
    let shop = &stage.shop;
    let huge = vec![b'x'; 100 << 10];
    for (line, headers) in [
        ("GET /api/v1/orders", vec![("x-huge", huge.as_slice())]),
        ("GET /api/v1/orders", vec![("cookie", huge.as_slice())]),
        ("CONNECT shop.example:443", vec![]),
        ("OPTIONS *", vec![]),
        ("GET http://elsewhere.example/nothing", vec![]),
        ("GET api/v1/orders", vec![]),
        ("GET /api/v1/or ders", vec![]),
        ("BREW /pot", vec![]),
        ("get /health", vec![]),
        ("GET /\u{ff}", vec![]),
        ("POST /api/v1/orders", vec![("content-length", b"-5".as_slice())]),
        (
            "POST /api/v1/orders",
            vec![("content-length", b"5".as_slice()), ("content-length", b"6".as_slice())],
        ),
        ("POST /api/v1/orders", vec![("content-length", b"99999999999999999999".as_slice())]),
        ("POST /api/v1/orders", vec![("transfer-encoding", b"gzip".as_slice())]),
    ] {
        let answer = shop.raw_head(line, &headers).await;
        assert!((400..500).contains(&answer.status), "{line}: {answer:?}");
        if !answer.text.is_empty() {
            answer.code();
        }
    }
    for garbage in
        ["\r\n\r\n\0\0\0\r\n\r\n", "GET /health HTTP/9.9\r\n\r\n", "\u{16}\u{3}\u{1}\r\n\r\n", "GET\r\n\r\n"]
    {
        let answer = shop.raw(garbage).await;
        assert!((400..500).contains(&answer.status), "{garbage:?}: {answer:?}");
    }
    shop.get("/health").gives(200).await;
}

#[tokio::test]
async fn other_peoples_orders_are_not_there() {
    let stage = Stage::set().await;
    let ben = customer("ben");
    let mut wrong = Vec::new();
    for name in [
        &stage.placed.id,
        &stage.placed.number,
        &format!("%23{}", stage.placed.number),
        &stage.placed.id.to_uppercase(),
    ] {
        let path = format!("/api/v1/orders/{name}");
        stage.shop.get(&path).by(&stage.asha).gives(200).await;
        for (method, below) in [("GET", ""), ("GET", "/timeline"), ("POST", "/cancel")] {
            let request = stage.shop.ask(method, &format!("{path}{below}")).by(&ben);
            let said = Said { status: 404, code: "order_not_found", field: "" };
            expect(&stage, &mut wrong, &format!("{method} {path}{below}"), request, said).await;
        }
    }
    verdict(&wrong);
    let mine = stage.shop.get("/api/v1/orders").by(&ben).gives(200).await;
    assert_eq!(mine["orders"], json!([]));
}

#[tokio::test]
async fn an_order_that_stands_twice_in_a_bulk_is_changed_once() {
    let stage = Stage::set().await;
    let (id, number) = (&stage.placed.id, &stage.placed.number);
    let head = stage.shop.head().await;
    let body = json!({"orders": [id, number, format!("#{number}"), id], "status": "processing"});
    let done = stage.shop.post("/api/v1/orders/bulk-status", &body).by(&stage.sam).gives(200).await;
    assert_eq!((&done["changed"], &done["refused"]), (&json!(1), &json!(3)), "{done}");
    assert_eq!(stage.shop.head().await, head + 1);
    let body = json!({"orders": ["nonsense", "", NOBODY_KNOWS, "#"], "status": "processing"});
    for path in ["nonsense", "none at all"] {
        let body =
            if path == "nonsense" { body.clone() } else { json!({"orders": ["?"], "status": "shipped"}) };
        let done = stage.shop.post("/api/v1/orders/bulk-status", &body).by(&stage.sam);
        let done = done.header("idempotency-key", path).gives(200).await;
        assert_eq!(done["changed"], 0, "{done}");
        assert_eq!(done["outcomes"][0]["code"], "order_not_found", "{done}");
    }
    let most = json!({"orders": vec![NOBODY_KNOWS; 500], "status": "processing"});
    let done = stage.shop.post("/api/v1/orders/bulk-status", &most).by(&stage.sam).gives(200).await;
    assert_eq!((&done["refused"], done["outcomes"].as_array().unwrap().len()), (&json!(500), 500));
    assert_eq!(stage.shop.head().await, head + 1);
}
