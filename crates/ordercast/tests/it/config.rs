//! The public configuration of a page, and the address of the live gateway.

use serde_json::{Value, json};

use crate::support::clock::AdjustableClock;
use crate::support::request::TestRequest;
use crate::support::users::staff;
use crate::support::{JWT_SECRET, Shop};

async fn config(shop: &Shop) -> Value {
    shop.get("/api/v1/config").gives(200).await
}

#[tokio::test]
async fn the_config_is_public() {
    let shop = Shop::with(&[
        ("ORDERCAST_STORE_NAME", "Tea & Co"),
        ("ORDERCAST_STORE_TIMEZONE", "Asia/Kolkata"),
        ("ORDERCAST_STORE_CURRENCY", "inr"),
        ("ORDERCAST_STORE_LOCATION", "18.52, 73.86"),
    ])
    .await;
    let mut config_of_shop = config(&shop).await;
    let digits = config_of_shop.as_object_mut().unwrap().remove("currencyDigits").unwrap();
    assert_eq!(digits["INR"], 2);
    assert_eq!(
        config_of_shop,
        json!({
            "storeName": "Tea & Co", "storeId": "main", "currency": "INR", "timeZone": "Asia/Kolkata",
            "location": {"latitude": 18.52, "longitude": 73.86},
            "demo": false, "demoAccounts": [], "tiles": null, "imageOrigins": [], "liveUrl": null, "testPayment": false,
        })
    );
    let usual = Shop::open().await;
    let answer = usual.get("/api/v1/config").send().await;
    assert_eq!((&answer.json()["timeZone"], answer.header("cache-control")), (&json!("UTC"), "no-cache"));
    assert_eq!(answer.json()["location"], json!(null));
    assert!(!answer.text.contains(JWT_SECRET));
}

/// Browsers disagree with ISO 4217 and with each other about these, so that pages take the digits from the server.
#[tokio::test]
async fn the_config_has_the_digits_of_each_currency() {
    for (currency, digits) in [("HUF", 2), ("IDR", 2), ("JPY", 0), ("KWD", 3), ("ISK", 0), ("EUR", 2)] {
        let shop = Shop::with(&[("ORDERCAST_STORE_CURRENCY", currency)]).await;
        let all = &config(&shop).await["currencyDigits"];
        assert_eq!(all[currency], digits, "{currency}");
        assert_eq!((&all["JPY"], &all["KWD"], &all["UYW"]), (&json!(0), &json!(3), &json!(4)));
        assert_eq!((&all["USD"], &all["COP"]), (&Value::Null, &Value::Null), "two digits need no entry");
    }
}

#[tokio::test]
async fn image_origins_are_configurable() {
    let shop = Shop::with(&[("ORDERCAST_IMAGE_ORIGINS", "https://cdn.example")]).await;
    assert_eq!(config(&shop).await["imageOrigins"], json!(["https://cdn.example"]));
}

/// A picture that the page's policy blocks would never be shown.
#[tokio::test]
async fn a_picture_that_pages_may_not_load_is_refused_with_the_reason() {
    let shop = Shop::with(&[("ORDERCAST_IMAGE_ORIGINS", "https://cdn.example")]).await;
    let sam = staff("sam");
    let product =
        |image: &str| json!({"name": "Tea", "price": {"amount": 1, "currency": "EUR"}, "image": image});
    let own = format!("https://{}/tea.png", shop.address);
    for image in [
        "https://cdn.example/tea.png",
        "https://CDN.example:443/tea.png",
        "/tea.png",
        "data:image/png;base64,AA==",
        &own,
    ] {
        shop.post("/api/v1/products", &product(image)).by(&sam).gives(201).await;
    }
    let tea = shop.product("Tea", 1).await;
    for image in [
        "https://pictures.example/tea.png",
        "https://cdn.example.evil.example/x.png",
        "https://cdn.example:8443/x.png",
    ] {
        let new = shop.post("/api/v1/products", &product(image)).by(&sam).send().await;
        let change =
            shop.put(&format!("/api/v1/products/{tea}"), &json!({"image": image})).by(&sam).send().await;
        for answer in [new, change] {
            assert_eq!((answer.status, &*answer.code()), (422, "invalid_body"), "{image}");
            let problem = answer.json();
            assert_eq!(problem["errors"][0]["field"], "image");
            assert!(problem["detail"].as_str().unwrap().contains("`image_origins`"), "{problem}");
        }
    }
}

#[tokio::test]
async fn map_tiles_are_configurable() {
    let url = "https://{s}.tile.example/{z}/{x}/{y}{r}.png";
    let tiles = [("ORDERCAST_MAP_TILES", url), ("ORDERCAST_MAP_ATTRIBUTION", "© Somebody")];
    let shop = Shop::with(&tiles).await;
    assert_eq!(config(&shop).await["tiles"], json!({"url": url, "attribution": "© Somebody"}));
}

#[tokio::test]
async fn a_demo_offers_its_accounts() {
    let shop = Shop::demo(std::sync::Arc::new(AdjustableClock::default())).await;
    let config = config(&shop).await;
    assert_eq!((&config["demo"], &config["testPayment"]), (&json!(true), &json!(true)));
    let accounts = config["demoAccounts"].as_array().unwrap();
    assert_eq!(
        accounts[0],
        json!({"name": "Mira Lind", "email": "mira@example.com", "password": "lantern-street", "role": "staff"})
    );
    assert!(accounts.len() > 1 && accounts.iter().skip(1).all(|account| account["role"] == "customer"));
}

#[tokio::test]
async fn the_config_names_the_live_gateways_port() {
    let shop = Shop::with(&[("REALTIME_PORT", "0"), ("ORDERCAST_TRUSTED_PROXIES", "loopback")]).await;
    let (pages, live) = (shop.address.port(), shop.live_address.unwrap().port());
    let url = async |headers: &[(&str, &str)]| {
        let ask = shop.get("/api/v1/config");
        headers.iter().fold(ask, |ask, (name, value)| ask.header(name, value)).gives(200).await["liveUrl"]
            .clone()
    };
    assert_eq!(url(&[]).await, format!("http://127.0.0.1:{live}"));
    for host in ["shop.local", "192.168.0.7", "[::1]"] {
        assert_eq!(url(&[("host", &format!("{host}:{pages}"))]).await, format!("http://{host}:{live}"));
    }
    for host in ["shop.local", "my_shop.local", "shop.local."] {
        assert_eq!(url(&[("host", host)]).await, format!("http://{host}:{live}"));
    }
    assert_eq!(url(&[("host", "")]).await, Value::Null, "it is valid and names no host");
    for odd in ["x\"y", "a/b", "[nothing]:1", ":3000", "a b"] {
        let answer = shop.get("/api/v1/config").header("host", odd).send().await;
        assert_eq!((answer.status, &*answer.code()), (400, "invalid_header"), "{odd}");
    }
    assert_eq!(
        url(&[("x-forwarded-proto", "https")]).await,
        Value::Null,
        "the live gateway's address is unknown behind TLS"
    );

    let named = Shop::with(&[("REALTIME_PORT", "0"), ("ORDERCAST_LIVE_URL", "https://live.shop.example/")]);
    assert_eq!(config(&named.await).await["liveUrl"], "https://live.shop.example");
}

#[tokio::test]
async fn only_the_shops_own_page_may_use_the_live_port_with_its_cookie() {
    let shop = Shop::with(&[("REALTIME_PORT", "0")]).await;
    let asha = shop.register("asha@example.com").await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let live = shop.live_address.unwrap();
    let stream = |origin: &str| {
        let ask = client.get(format!("http://{live}/api/v1/stream"));
        TestRequest::of(ask).cookie(&asha.cookie).header("origin", origin)
    };
    let page = format!("http://{}", shop.address);
    let opened = stream(&page).open().await;
    let header = |name: &str| opened.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
    assert_eq!(opened.status(), 200);
    assert_eq!(header("access-control-allow-origin"), Some(page.clone()));
    assert_eq!(header("access-control-allow-credentials"), Some("true".to_owned()));
    for other in ["http://127.0.0.1:1", "http://evil.example", &page.replace("127.0.0.1", "localhost")] {
        let refused = stream(other).send().await;
        assert_eq!((refused.status, &*refused.code()), (403, "origin_not_allowed"), "{other}");
        assert_eq!(refused.header("access-control-allow-origin"), "", "{other}");
    }
}
