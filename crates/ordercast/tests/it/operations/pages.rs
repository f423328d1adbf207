//! The pages of the web app.

use crate::support::Shop;

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

#[tokio::test]
async fn the_page_may_load_nothing_from_other_hosts() {
    let shop = Shop::with(&[("ORDERCAST_MAP_TILES", "https://tiles.example/{z}/{x}/{y}.png")]).await;
    let page = shop.get("/").header("accept", BROWSER).send().await;
    assert_eq!(page.status, 200);
    assert!(page.header("content-type").starts_with("text/html"), "{}", page.header("content-type"));
    // The app, or a page that explains how to build it.
    assert!(page.text.contains("<title>Ordercast</title>"), "{}", page.text);
    let policy = page.header("content-security-policy");
    assert!(policy.contains("default-src 'self'") && policy.contains("script-src 'self';"), "{policy}");
    assert!(policy.contains("https://tiles.example;") && !policy.contains("unsafe"), "{policy}");
    assert!(page.header("permissions-policy").contains("camera=()"));
    assert_eq!(
        shop.get("/").send().await.status,
        200,
        "a client that does not ask for HTML gets the page, too"
    );
}

#[tokio::test]
async fn api_paths_are_never_answered_with_the_app() {
    let shop = Shop::open().await;
    for path in [
        "/api/v1/nothing",
        "/api",
        "/docs/nothing",
        "/health/nothing",
        "/metrics/nothing",
        "/assets/gone-abc.js",
        "/nothing.html",
        "/orders/1/app.js",
    ] {
        let answer = shop.get(path).header("accept", BROWSER).send().await;
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (404, "application/problem+json"),
            "{path}"
        );
    }
    for lost in ["/nothing", "/ordersx", "/wp-admin"] {
        assert_eq!(
            shop.get(lost).refused(404).await,
            "not_found",
            "a script that lost its way gets a problem"
        );
    }
    let json = |method: &str| shop.ask(method, "/orders").header("accept", "application/json");
    assert_eq!(json("GET").refused(404).await, "not_found", "a script that wants JSON, too");
    assert_eq!(json("HEAD").send().await.status, 200);
    for method in ["POST", "PUT", "DELETE"] {
        let answer = shop.ask(method, "/orders").header("accept", BROWSER).send().await;
        assert_eq!(answer.status, 404, "{method}");
    }
}

/// Link previews and monitors send `HEAD`, accept anything, or do not say what they accept.
#[tokio::test]
async fn bots_and_monitors_get_the_page() {
    let shop = Shop::open().await;
    for path in [
        "/",
        "/admin",
        "/orders/1",
        "/admin/orders",
        "/cart",
        "/orders/1?ref=mail",
        "/orders/SHOP.1",
        "/admin/orders/2026.12.js",
    ] {
        for accept in [BROWSER, "*/*", "", "Text/HTML", "application/xhtml+xml"] {
            for method in ["GET", "HEAD"] {
                let ask = shop.ask(method, path);
                let answer = if accept.is_empty() { ask } else { ask.header("accept", accept) }.send().await;
                let kind = answer.header("content-type");
                assert!(
                    answer.status == 200 && kind.starts_with("text/html"),
                    "{method} {path} {accept}: {}",
                    answer.status
                );
                assert_eq!(answer.text.is_empty(), method == "HEAD");
            }
        }
    }
}

#[tokio::test]
async fn static_files_do_not_count_against_the_rate_limit() {
    let shop = Shop::with(&[("ORDERCAST_RATE_LIMIT_ADDRESS", "1/h")]).await;
    for _ in 0..5 {
        assert_eq!(shop.get("/").send().await.status, 200);
    }
    assert_eq!(shop.get("/api/v1/products").send().await.status, 200);
    assert_eq!(shop.get("/api/v1/products").send().await.status, 429);
}
