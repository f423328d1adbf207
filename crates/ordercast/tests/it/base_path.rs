//! A shop under a path of its host, behind a proxy that removes the path or keeps it.

use serde_json::{Value, json};

use crate::binary::{RunningServer, run_with};
use crate::support::orders::cart;
use crate::support::request::TestResponse;
use crate::support::stream::Events;
use crate::support::users::{PASSWORD, customer, staff};
use crate::support::{Shop, config};

const UNDER_SHOP: (&str, &str) = ("ORDERCAST_BASE_PATH", "/shop");
const BROWSER: &str = "text/html,application/xhtml+xml,*/*;q=0.8";

async fn open() -> Shop {
    Shop::with(&[UNDER_SHOP]).await
}

#[tokio::test]
async fn everything_is_served_with_and_without_the_base_path() {
    let shop = open().await;
    for path in [
        "/api/v1/config",
        "/api/v1/products",
        "/api/openapi.json",
        "/api/asyncapi.json",
        "/docs/",
        "/health",
        "/health/ready",
        "/metrics",
        "/",
        "/orders/7",
        "/socket.io/?EIO=4&transport=polling",
    ] {
        for path in [path.to_owned(), format!("/shop{path}")] {
            let answer = shop.get(&path).header("accept", BROWSER).send().await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        }
    }
    for other in
        ["/shopping/api/v1/config", "/outlet/api/v1/config", "/shop/shop/api/v1/config", "/shop/api/nothing"]
    {
        assert_eq!(shop.get(other).refused(404).await, "not_found", "{other}");
    }
    let (mut events, _) = Events::open(shop.get("/shop/api/v1/stream").by(&customer("asha"))).await;
    let tea = shop.product("Tea", 9).await;
    let placed = shop.place(&customer("asha"), tea, 1).await;
    assert_eq!(events.until("order.created").await.data["order"]["id"], placed.id.as_str());
}

#[tokio::test]
async fn a_page_loads_its_files_from_below_the_base_path() {
    let shop = open().await;
    for path in ["/shop/", "/", "/shop/orders/7", "/orders/7", "/shop/docs", "/docs/"] {
        let page = shop.get(path).header("accept", BROWSER).send().await;
        let links = |attribute: &str| -> Vec<String> {
            let after = page.text.split(attribute).skip(1);
            after.filter_map(|rest| rest.split('"').next()).map(ToOwned::to_owned).collect()
        };
        let own: Vec<_> = links("href=\"/").into_iter().chain(links("src=\"/")).collect();
        assert!(!own.is_empty(), "{}", page.text);
        for link in own {
            assert!(link.starts_with("shop/"), "{path} links to /{link}");
            let file = shop.get(&format!("/{link}")).send().await;
            assert!(file.status == 200 || link == "shop/docs", "{link}: {}", file.status);
        }
    }
}

#[tokio::test]
async fn redirects_and_locations_have_the_base_path() {
    let shop = open().await;
    let tea = shop.product("Tea", 9).await;
    let order = async |prefix: &str| {
        let order = shop.post(&format!("{prefix}/api/v1/orders"), &cart(&[(tea, 1)]));
        order.by(&customer("asha")).header("idempotency-key", "one").send().await
    };
    let (kept, removed) = (order("/shop").await, order("").await);
    assert_eq!((kept.status, removed.status), (201, 201), "{}", removed.text);
    assert_eq!(kept.json()["id"], removed.json()["id"], "an idempotency key does not depend on the proxy");
    for answer in [kept, removed] {
        let id = answer.json()["id"].as_str().unwrap().to_owned();
        assert_eq!(answer.header("location"), format!("/shop/api/v1/orders/{id}"));
    }
    for (path, location) in [("/shop", "/shop/"), ("/shop?a=1", "/shop/?a=1")] {
        let answer = shop.get(path).header("accept", BROWSER).send().await;
        assert_eq!((answer.status, answer.header("location")), (307, location), "{path}");
    }
}

#[tokio::test]
async fn the_session_cookie_is_for_the_base_path_and_has_a_name_of_its_own() {
    let shop = open().await;
    let body = json!({"email": "asha@example.com", "password": PASSWORD, "name": "Asha"});
    let registered = shop.post("/api/v1/auth/register", &body).send().await;
    let cookie = registered.header("set-cookie").to_owned();
    assert!(cookie.starts_with("ordercast_session.shop=") && cookie.contains("; Path=/shop;"), "{cookie}");
    let pair = cookie.split(';').next().unwrap();
    // The browser also sends the cookie of a shop at the root of the host.
    let both = format!("ordercast_session=another.shops.token; {pair}");
    for cookie in [pair, &both] {
        shop.get("/shop/api/v1/me").header("cookie", cookie).gives(200).await;
    }
    let other = pair.replace(".shop", "");
    assert_eq!(shop.get("/shop/api/v1/me").header("cookie", &other).refused(401).await, "unauthenticated");
    let origin = format!("http://{}", shop.address);
    let ask = shop.ask("POST", "/shop/api/v1/auth/logout").header("cookie", pair).header("origin", &origin);
    let left: TestResponse = ask.send().await;
    let cleared = left.header("set-cookie");
    assert!(
        cleared.starts_with("ordercast_session.shop=;") && cleared.contains("Path=/shop; Max-Age=0"),
        "{cleared}"
    );
}

#[tokio::test]
async fn documents_describe_the_server_below_its_base_path() {
    let shop = open().await;
    let openapi: Value = shop.get("/api/openapi.json").gives(200).await;
    assert_eq!(openapi["servers"], json!([{"url": "/shop"}]));
    assert!(openapi["info"]["description"].as_str().unwrap().contains("](/shop/api/asyncapi.json)"));
    assert_eq!(openapi["components"]["securitySchemes"]["cookie"]["name"], "ordercast_session.shop");
    let asyncapi: Value = shop.get("/api/asyncapi.json").gives(200).await;
    for server in ["sockets", "streams"] {
        assert_eq!(asyncapi["servers"][server]["pathname"], "/shop");
        assert!(!asyncapi["servers"][server]["host"].as_str().unwrap().contains('/'));
    }
    assert_eq!(asyncapi["components"]["securitySchemes"]["cookie"]["name"], "ordercast_session.shop");
    let root: Value = Shop::open().await.get("/api/openapi.json").gives(200).await;
    assert_eq!(root["servers"], Value::Null);
}

#[tokio::test]
async fn links_and_the_address_of_live_connections_have_the_base_path() {
    let front = ("ORDERCAST_FRONTEND_URL", "https://site.example");
    let shop = Shop::with(&[UNDER_SHOP, front, ("REALTIME_PORT", "0")]).await;
    let asha = shop.register_under("/shop", "asha@example.com").await;
    let link =
        shop.ask("POST", &format!("/shop/api/v1/users/{asha}/reset-link")).by(&staff("sam")).gives(201).await;
    let url = link["url"].as_str().unwrap();
    assert!(url.starts_with("https://site.example/shop/reset-password#token="), "{url}");
    let live = shop.live_address.unwrap().port();
    let config: Value = shop.get("/shop/api/v1/config").gives(200).await;
    assert_eq!(config["liveUrl"], format!("http://127.0.0.1:{live}/shop"));
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    for path in ["/shop/health", "/health", "/shop/socket.io/?EIO=4&transport=polling"] {
        let answer = client.get(format!("http://127.0.0.1:{live}{path}")).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
    }
    let named = Shop::with(&[UNDER_SHOP, ("ORDERCAST_LIVE_URL", "https://live.site.example/")]).await;
    let config: Value = named.get("/api/v1/config").gives(200).await;
    assert_eq!(config["liveUrl"], "https://live.site.example/shop");
}

#[tokio::test]
async fn the_public_url_is_the_frontend_url_with_the_base_path() {
    let data = tempfile::tempdir().unwrap();
    let url = |path: &str, front: &str| {
        let variables =
            [("ORDERCAST_BASE_PATH", path), ("FRONTEND_URL", front), ("ORDERCAST_LISTEN", "127.0.0.1:3000")];
        config(data.path(), &variables).base_url()
    };
    assert_eq!(url("/shop", ""), "http://localhost:3000/shop");
    assert_eq!(url("/shop/", "https://site.example/"), "https://site.example/shop");
    assert_eq!(url("/shop", "https://site.example/shop/"), "https://site.example/shop");
    assert_eq!(url("/shop", "https://shop"), "https://shop/shop");
    assert_eq!(url("/", "https://site.example/store"), "https://site.example/store");
    let warned = config(data.path(), &[("FRONTEND_URL", "https://site.example/store/")]).warnings;
    assert!(warned[0].contains("set base_path to /store"), "{warned:?}");
}

#[tokio::test]
async fn a_wrong_base_path_is_refused_with_what_to_do() {
    let data = tempfile::tempdir().unwrap();
    for (path, front, advice) in [
        ("shop", "", "must be a path such as /shop"),
        ("/a b", "", "must be a path such as /shop"),
        ("https://site.example/shop", "", "must be a path such as /shop"),
        ("/orders", "", "cannot begin with /orders, which is a path within the shop; use another one"),
        ("/shop", "https://site.example/store", "use the same path in both, or frontend_url without a path"),
    ] {
        let variables = [("ORDERCAST_BASE_PATH", path), ("FRONTEND_URL", front)];
        let error = run_with(data.path(), &["config"], &variables).await.expect_failure();
        assert!(error.contains("base_path") && error.contains(advice), "{path}: {error}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_line_prints_links_with_the_base_path() {
    let data = tempfile::tempdir().unwrap();
    let server = RunningServer::serve_with(data.path(), &["--base-path", "/shop/"], &[]).await;
    for path in ["/shop/", "/shop/admin", "/shop/docs"] {
        assert!(server.welcome.lines().any(|line| line.ends_with(path)), "{path}: {}", server.welcome);
    }
    assert!(server.log.text().contains("base_path=/shop"), "{}", server.log.text());
    // It finds the running server, and does not need the option.
    let link =
        run_with(data.path(), &["user", "reset-link", "admin@example.com"], &[]).await.expect_success();
    assert!(link.contains("/shop/reset-password#token="), "{link}");
    server.stop().await;
}

impl Shop {
    /// Registers a customer, and returns the id.
    async fn register_under(&self, base_path: &str, email: &str) -> String {
        let body = json!({"email": email, "password": PASSWORD, "name": "Asha Rao"});
        let session = self.post(&format!("{base_path}/api/v1/auth/register"), &body).gives(201).await;
        session["user"]["id"].as_str().unwrap().to_owned()
    }
}
