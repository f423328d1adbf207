//! Health checks, response headers and the separate live gateway.

mod asyncapi;
mod docs;
mod document;
mod internal_errors;
mod metrics;
mod pages;
mod snapshots;
mod storage;

use crate::support::Shop;
use crate::support::request::TestRequest;
use crate::support::users::{customer, staff};

#[tokio::test]
async fn health_reports_liveness_and_ready_reports_readiness() {
    let shop = Shop::open().await;
    let (_stream, _) = shop.listen(&customer("asha")).await;
    let (_again, _) = shop.listen(&customer("asha")).await;
    for path in ["/health", "/health/ready"] {
        let health = shop.get(path).gives(200).await;
        assert_eq!(health["status"], "ok");
        assert_eq!(health["version"], env!("CARGO_PKG_VERSION"));
        assert_eq!((&health["connectedUsers"], &health["connections"]), (&1.into(), &2.into()));
        assert!(health["memoryBytes"].as_u64().unwrap() > 1 << 20, "{health}");
        assert!(health["uptimeSeconds"].as_u64().is_some(), "{health}");
    }
}

#[tokio::test]
async fn every_response_has_the_security_headers() {
    let shop = Shop::open().await;
    for (path, status) in [
        ("/health", 200),
        ("/metrics", 200),
        ("/api/v1/products", 200),
        ("/api/v1/orders", 401),
        ("/nothing", 404),
        ("/docs/", 200),
        ("/api/openapi.json", 200),
        ("/api/asyncapi.json", 200),
    ] {
        let answer = shop.get(path).send().await;
        assert_eq!(answer.status, status, "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        assert_eq!((answer.header("server"), answer.header("x-powered-by")), ("", ""), "{path}");
    }
    let stream = shop.get("/api/v1/stream").by(&customer("asha")).open().await;
    let header = |name: &str| stream.headers().get(name).map_or("", |value| value.to_str().unwrap());
    assert_eq!(header("x-content-type-options"), "nosniff");
    let (caching, buffering) = (header("cache-control"), header("x-accel-buffering"));
    assert_eq!((caching, buffering), ("no-store, no-transform", "no"), "compressing proxies leave it alone");
}

#[tokio::test]
async fn the_live_gateway_can_have_its_own_address() {
    let shop = Shop::with(&[("REALTIME_PORT", "0"), ("CORS_ORIGIN", "https://shop.example")]).await;
    let gateway = shop.live_address.unwrap();
    assert_ne!(gateway, shop.address);
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let there = |path: &str| TestRequest::of(client.get(format!("http://{gateway}{path}")));
    let asha = customer("asha");
    let listen = there("/api/v1/stream").by(&asha).header("origin", "https://shop.example");
    let (mut stream, connected) = crate::support::stream::Events::open(listen).await;
    assert_eq!(connected.data["message"], "Connected to real-time service");
    assert_eq!(connected.data["role"], "user");
    let tea = shop.product("Tea", 10).await;
    let placed = shop.place(&asha, tea, 1).await;
    assert_eq!(stream.until("order.created").await.data["orderId"], placed.view["id"]);
    there("/health").gives(200).await;
    there("/metrics").open().await.error_for_status().unwrap();
    assert_eq!(there("/api/v1/orders").by(&asha).refused(404).await, "not_found");
    assert_eq!(there("/docs").by(&asha).refused(404).await, "not_found");
    assert_eq!(there("/api/v1/stream").refused(401).await, "unauthenticated");
    let (_, connected) = shop.listen(&staff("sam")).await;
    assert_eq!(connected.data["role"], "admin", "the role is exactly `user` or `admin`");
}
