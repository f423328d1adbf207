//! Invalid headers, cursors, bodies and HTTP.

use super::{Expected, TestShop, assert_no_failures, expect, failure_of};
use crate::support::orders::cart;

#[tokio::test]
async fn invalid_headers_are_400_and_name_the_header() {
    let fixture = TestShop::open().await;
    let status = fixture.path("/api/v1/orders/{order}/status");
    let (if_match, key) = ("If-Match", "Idempotency-Key");
    let bearer = format!("Bearer {}", fixture.sam);
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
        let before = fixture.state().await;
        let answer = fixture.shop.raw(request).await;
        let what = format!("{name}: {}", String::from_utf8_lossy(value));
        let expected = Expected { status: 400, code: "invalid_header", field: name };
        wrong.extend(failure_of(&what, &answer, &expected));
        assert_eq!(fixture.state().await, before, "{what}");
    }
    assert_no_failures(&wrong);
}

#[tokio::test]
async fn an_invalid_cursor_starts_over_instead_of_failing() {
    let fixture = TestShop::open().await;
    let long = "9".repeat(5000);
    let cursors: [&[u8]; 8] =
        [b"x", b":", b"a:b", b"abc:99999999999999999999", b"\xff", b"0000:1", b"a:-1", long.as_bytes()];
    for cursor in cursors {
        let value = reqwest::header::HeaderValue::from_bytes(cursor).unwrap();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let request = client.get(fixture.shop.url("/api/v1/stream")).header("last-event-id", value);
        let request = crate::support::request::TestRequest::of(request.bearer_auth(&fixture.asha));
        let (mut events, connected) = crate::support::stream::Events::open(request).await;
        assert_eq!(connected.data["recovered"], false);
        let reset = events.next().await.unwrap();
        assert_eq!(reset.name, "reset", "{}", String::from_utf8_lossy(cursor));
        assert_eq!(reset.data["orders"][0]["id"], fixture.placed.id, "the reset contains the current orders");
    }
}

#[tokio::test]
async fn bodies_that_are_not_json_are_400_413_or_415() {
    let fixture = TestShop::open().await;
    let valid = cart(&[(fixture.product, 1)]).to_string();
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
        let request = fixture.shop.ask("POST", "/api/v1/orders").by(&fixture.asha).body(content_type, body);
        expect(&fixture, &mut wrong, what, request, Expected { status, code, field: "" }).await;
    }
    assert_no_failures(&wrong);
    // Without a length, the server learns the size only by reading the body.
    let chunks = futures_util::stream::iter((0..64).map(|_| Ok::<_, std::io::Error>(vec![b' '; 32 << 10])));
    let body = reqwest::Body::wrap_stream(chunks);
    let request = fixture.shop.ask("POST", "/api/v1/orders").by(&fixture.asha).body(json, body);
    assert_eq!(request.refused(413).await, "body_too_large");
    // A missing body is accepted where none is needed. A body of another type is not.
    let cancel = fixture.placed.path("/cancel");
    let form = fixture.shop.ask("POST", &cancel).by(&fixture.asha).body("text/plain", "reason=x");
    assert_eq!(form.refused(415).await, "unsupported_media_type");
    fixture.shop.ask("POST", &cancel).by(&fixture.asha).gives(200).await;
}

#[tokio::test]
async fn malformed_http_gets_a_4xx_and_the_server_keeps_running() {
    let fixture = TestShop::open().await;
    let shop = &fixture.shop;
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
async fn a_request_names_its_host_once_and_its_head_has_at_most_64_kib() {
    let fixture = TestShop::open().await;
    let shop = &fixture.shop;
    for (hosts, good) in [
        ("", false),
        ("host: x\r\n", true),
        ("host: shop.example:3000\r\n", true),
        ("host: [::1]:3000\r\n", true),
        ("host: x\r\nhost: x\r\n", false),
        ("host: x\r\nHost: evil.example\r\n", false),
        ("host: x, evil.example\r\n", false),
        ("host: x y\r\n", false),
        ("host: user@x\r\n", false),
        ("host: x/\r\n", false),
        ("host: x:port\r\n", false),
    ] {
        let answer = shop.raw(format!("GET /health HTTP/1.1\r\n{hosts}\r\n")).await;
        if good {
            assert_eq!(answer.status, 200, "{hosts:?}: {}", answer.text);
        } else {
            assert_eq!((answer.status, &*answer.code()), (400, "invalid_header"), "{hosts:?}");
            assert_eq!(answer.json()["errors"][0]["field"], "Host", "{hosts:?}");
            assert_eq!(answer.header("connection"), "close");
        }
    }
    assert_eq!(shop.raw("GET /health HTTP/1.0\r\n\r\n").await.status, 200, "HTTP/1.0 has no hosts");
    let head = |size: usize| {
        let rest = "x".repeat(size - "GET /health HTTP/1.1\r\nhost: x\r\nx: \r\n\r\n".len());
        format!("GET /health HTTP/1.1\r\nhost: x\r\nx: {rest}\r\n\r\n")
    };
    for (size, status) in [(60_000, 200), (65_700, 431), (70_000, 431), (100_000, 431), (200_000, 431)] {
        assert_eq!(shop.raw(head(size)).await.status, status, "{size}");
    }
    let method = "M".repeat(70_000);
    assert_eq!(shop.raw(format!("{method} /health HTTP/1.1\r\nhost: x\r\n\r\n")).await.status, 431);
    let many = (0..90).map(|n| format!("x-{n}: {}\r\n", "y".repeat(1000))).collect::<Vec<_>>().concat();
    let answer = shop.raw(format!("GET /health HTTP/1.1\r\nhost: x\r\n{many}\r\n")).await;
    assert_eq!(answer.status, 431);
}
