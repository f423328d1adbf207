//! Which pages may use the session cookie: origins, CORS, proxies.

use serde_json::{Value, json};

use crate::support::Shop;
use crate::support::orders::cart;
use crate::support::request::TestRequest;
use crate::support::users::{PASSWORD, customer};

const FRONT: &str = "https://shop.example";
const EVIL: &str = "https://evil.example";

#[tokio::test]
async fn the_cookie_is_secure_only_behind_a_trusted_proxy_that_uses_tls() {
    let register = |shop: &Shop, n: u32| {
        let body = json!({"email": format!("a{n}@example.com"), "password": PASSWORD, "name": "A"});
        shop.post("/api/v1/auth/register", &body)
    };
    let secure =
        |answer: &crate::support::request::TestResponse| answer.header("set-cookie").contains("; Secure");
    let bare = Shop::open().await;
    let claimed = register(&bare, 1).header("x-forwarded-proto", "https").send().await;
    assert!(!secure(&claimed), "an untrusted proxy set the scheme: {:?}", claimed.headers);
    let shop = Shop::with(&[("ORDERCAST_TRUSTED_PROXIES", "loopback")]).await;
    let through = |proto: &str| {
        let ask = |n| {
            register(&shop, n).header("x-forwarded-for", "203.0.113.9").header("x-forwarded-proto", proto)
        };
        ask(u32::try_from(proto.len()).unwrap())
    };
    assert!(secure(&through("https").send().await));
    assert!(!secure(&through("http").send().await));
    let standard = register(&shop, 9).header("forwarded", "for=203.0.113.9;proto=https").send().await;
    assert!(secure(&standard));
    let session = crate::support::users::Session::read(&standard);
    let logout =
        shop.ask("POST", "/api/v1/auth/logout").by(&session.token).header("x-forwarded-proto", "https");
    assert!(secure(&logout.send().await), "a browser deletes a secure cookie only with the same attribute");
}

#[tokio::test]
async fn a_change_with_the_cookie_needs_an_allowed_origin() {
    let shop = Shop::with(&[("CORS_ORIGIN", FRONT)]).await;
    let session = shop.register("asha@example.com").await;
    let tea = shop.product("Tea", 100).await;
    let own = format!("http://{}", shop.address);
    let body = cart(&[(tea, 1)]);
    let post = |headers: &[(&str, &str)]| {
        let ask = shop.post("/api/v1/orders", &body).cookie(&session.cookie);
        headers.iter().fold(ask, |ask, (name, value)| ask.header(name, value))
    };
    for good in [
        &[("origin", FRONT)][..],
        &[("origin", &*own)],
        &[("sec-fetch-site", "same-origin")],
        &[("origin", "https://hidden.proxy"), ("sec-fetch-site", "same-origin")],
    ] {
        assert_eq!(post(good).send().await.status, 201, "{good:?}");
    }
    let head = shop.head().await;
    let own_tls = own.replace("http:", "https:");
    for bad in [
        &[][..],
        &[("origin", EVIL)],
        &[("origin", "null")],
        &[("origin", &*own_tls)],
        &[("origin", "https://shop.example.evil.example")],
        &[("origin", "http://shop.example")],
        &[("origin", EVIL), ("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "cross-site")],
    ] {
        assert_eq!(post(bad).refused(403).await, "origin_not_allowed", "{bad:?}");
    }
    assert_eq!(shop.head().await, head);
    // A browser never adds a bearer token by itself.
    let bearer =
        |origin: &str| shop.post("/api/v1/orders", &body).by(&session.token).header("origin", origin);
    bearer(EVIL).gives(201).await;
    // Reads are limited to allowed pages, too: streams have no preflight.
    for path in ["/api/v1/orders", "/api/v1/stream", "/api/orders/manage"] {
        let read = |origin: &str| shop.get(path).cookie(&session.cookie).header("origin", origin);
        assert_eq!(read(EVIL).refused(403).await, "origin_not_allowed", "{path}");
        assert_eq!(read(FRONT).open().await.status(), 200, "{path}");
        assert_eq!(shop.get(path).cookie(&session.cookie).open().await.status(), 200, "{path}");
    }
}

#[tokio::test]
async fn conflicting_cookies_and_other_authorization_schemes_are_ignored() {
    let shop = Shop::open().await;
    let (asha, ben) = (shop.register("asha@example.com").await, shop.register("ben@example.com").await);
    let me = |cookies: &str| shop.get("/api/v1/me").header("cookie", cookies);
    let (hers, his) =
        (format!("ordercast_session={}", asha.cookie), format!("ordercast_session={}", ben.cookie));
    assert_eq!(me(&format!("{his}; {hers}")).refused(401).await, "unauthenticated");
    let account =
        me(&format!("theme=dark; {hers}; other=1")).header("authorization", "Basic eDp5").gives(200).await;
    assert_eq!(account["email"], "asha@example.com");
    let both = shop.get("/api/v1/me").cookie(&asha.cookie).by("nonsense");
    assert_eq!(
        both.refused(401).await,
        "invalid_token",
        "an invalid token is refused even beside a valid cookie"
    );
}

/// The preflight request of a browser.
fn preflight(shop: &Shop, origin: &str, method: &str, headers: &str) -> TestRequest {
    shop.ask("OPTIONS", "/api/v1/orders")
        .header("origin", origin)
        .header("access-control-request-method", method)
        .header("access-control-request-headers", headers)
}

#[tokio::test]
async fn only_pages_of_listed_origins_may_call_with_credentials() {
    let origins = "https://shop.example, http://localhost:5173";
    let shop = Shop::with(&[("CORS_ORIGIN", origins)]).await;
    // Libraries add headers of their own, such as these.
    let wanted = "authorization,content-type,if-match,if-none-match,idempotency-key,last-event-id,x-requested-with,\
                  cache-control,x-csrf-token,sentry-trace,baggage";
    for origin in [FRONT, "http://localhost:5173"] {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            let answer = preflight(&shop, origin, method, wanted).send().await;
            assert_eq!(answer.status, 200);
            assert_eq!(answer.header("access-control-allow-origin"), origin);
            assert_eq!(answer.header("access-control-allow-credentials"), "true");
            assert!(answer.header("access-control-allow-methods").split(',').any(|one| one == method));
            let allowed: Vec<_> = answer.header("access-control-allow-headers").split(',').collect();
            assert!(wanted.split(',').all(|name| allowed.contains(&name)), "{allowed:?}");
            assert!(answer.header("vary").to_lowercase().contains("origin"), "{:?}", answer.headers);
        }
        // The page can read responses, refusals too.
        let ok = shop.get("/api/v1/orders").by(&customer("asha")).header("origin", origin).send().await;
        let refused = shop.get("/api/v1/orders").header("origin", origin).send().await;
        for answer in [ok, refused] {
            assert_eq!(answer.header("access-control-allow-origin"), origin);
            assert_eq!(answer.header("access-control-allow-credentials"), "true");
            let exposed = answer.header("access-control-expose-headers");
            for name in ["etag", "location", "retry-after", "idempotency-replayed", "ordercast-cursor"] {
                assert!(exposed.split(',').any(|one| one.eq_ignore_ascii_case(name)), "{name}: {exposed}");
            }
        }
    }
    for origin in [EVIL, "null", "https://shop.example.evil.example", "http://shop.example"] {
        let answer = preflight(&shop, origin, "POST", wanted).send().await;
        assert_eq!(answer.header("access-control-allow-origin"), "", "{origin}");
        let answer = shop.get("/api/v1/products").header("origin", origin).send().await;
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, ""), "{origin}");
    }
}

#[tokio::test]
async fn platform_variables_configure_a_server_behind_a_tls_proxy() {
    let variables = [("PORT", "0"), ("FRONTEND_URL", FRONT), ("CORS_ORIGIN", "http://localhost:5173")];
    let shop = Shop::with(&variables).await;
    let proxied = |ask: TestRequest| {
        ask.header("x-forwarded-for", "203.0.113.9")
            .header("x-forwarded-proto", "https")
            .header("host", "orders.example")
    };
    let body = json!({"email": "asha@example.com", "password": PASSWORD, "name": "Asha"});
    let answer = proxied(shop.post("/api/v1/auth/register", &body)).send().await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    assert!(answer.header("set-cookie").contains("; Secure"), "{:?}", answer.headers);
    let cookie = crate::support::users::Session::read(&answer).cookie;
    let logout = || proxied(shop.ask("POST", "/api/v1/auth/logout").json(&Value::Null)).cookie(&cookie);
    assert_eq!(logout().header("origin", "https://other.example").refused(403).await, "origin_not_allowed");
    assert_eq!(logout().header("origin", "http://orders.example").refused(403).await, "origin_not_allowed");
    logout().header("origin", "https://orders.example").gives(204).await;
    for origin in [FRONT, "http://localhost:5173"] {
        let answer = preflight(&shop, origin, "POST", "content-type").send().await;
        assert_eq!(answer.header("access-control-allow-origin"), origin);
    }
}

#[tokio::test]
async fn pages_of_apps_can_be_allowed() {
    let apps = ["capacitor://localhost", "ionic://localhost", "tauri://localhost"];
    let shop = Shop::with(&[("CORS_ORIGIN", &apps.join(","))]).await;
    for app in apps {
        let answer = preflight(&shop, app, "POST", "authorization").send().await;
        assert_eq!(answer.header("access-control-allow-origin"), app);
        let asked = shop.get("/api/v1/me").by(&customer("asha")).header("origin", app).send().await;
        assert_eq!((asked.status, asked.header("access-control-allow-origin")), (200, app));
    }
    let other = preflight(&shop, "capacitor://evil", "POST", "authorization").send().await;
    assert_eq!(other.header("access-control-allow-origin"), "");
}

/// A page on one site and the server on another, both with TLS, as on hosting platforms.
fn from_another_site(ask: TestRequest) -> TestRequest {
    ask.header("x-forwarded-for", "203.0.113.9")
        .header("x-forwarded-proto", "https")
        .header("origin", FRONT)
        .header("sec-fetch-site", "cross-site")
}

#[tokio::test]
async fn a_page_of_another_site_uses_the_cookie_if_the_operator_allows_it() {
    let variables = [
        ("ORDERCAST_COOKIE_SAME_SITE", "none"),
        ("CORS_ORIGIN", FRONT),
        ("ORDERCAST_TRUSTED_PROXIES", "loopback"),
    ];
    let shop = Shop::with(&variables).await;
    let body = json!({"email": "asha@example.com", "password": PASSWORD, "name": "Asha"});
    let answer = from_another_site(shop.post("/api/v1/auth/register", &body)).send().await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.contains("SameSite=None") && cookie.contains("Secure"), "{cookie}");
    let cookie = crate::support::users::Session::read(&answer).cookie;
    from_another_site(shop.get("/api/v1/me")).cookie(&cookie).gives(200).await;
    // Only pages of allowed origins.
    let evil = shop.get("/api/v1/me").cookie(&cookie).header("origin", EVIL);
    assert_eq!(evil.header("sec-fetch-site", "cross-site").refused(403).await, "origin_not_allowed");
    let login = json!({"email": "asha@example.com", "password": PASSWORD});
    let plain = shop.post("/api/v1/auth/login", &login).send().await;
    assert!(plain.header("set-cookie").contains("SameSite=Lax"), "browsers drop it without TLS");
    // Without the option the cookie stays with its site, and the refusal says what to do.
    let shop = Shop::with(&variables[1..]).await;
    let answer = from_another_site(shop.get("/api/v1/me")).send().await;
    assert_eq!((answer.status, &*answer.code()), (401, "unauthenticated"));
    let detail = answer.json()["detail"].as_str().unwrap().to_owned();
    for part in ["cookie_same_site", "Authorization: Bearer", "auth.token", "CORS_ORIGIN"] {
        assert!(detail.contains(part), "{part} is missing: {detail}");
    }
    let same = shop.get("/api/v1/me").header("sec-fetch-site", "same-origin").send().await;
    assert!(!same.json()["detail"].as_str().unwrap().contains("cookie_same_site"));
}

#[tokio::test]
async fn a_dead_cookie_hides_no_valid_one_and_closes_nothing_public() {
    let shop = Shop::with(&[("ORDERCAST_TOKEN_COOKIES", "token, jwt")]).await;
    let tea = shop.product("Tea", 1).await;
    let ended = shop.register("asha@example.com").await;
    shop.ask("POST", "/api/v1/auth/logout").by(&ended.token).gives(204).await;
    let dead = format!("ordercast_session={}", ended.cookie);
    let with = |path: &str, cookie: &str| shop.get(path).header("cookie", cookie);
    let own = format!("jwt={}", customer("456"));
    for first in [&*dead, "ordercast_session=nonsense", "token=nonsense"] {
        let me = with("/api/v1/me", &format!("{first}; {own}")).gives(200).await;
        assert_eq!(me["id"], "456", "{first}");
    }
    for (cookie, code) in [(&*dead, "session_ended"), ("token=nonsense", "invalid_token")] {
        with("/api/v1/products", cookie).gives(200).await;
        with(&format!("/api/v1/products/{tea}"), cookie).gives(200).await;
        assert_eq!(with("/api/v1/me", cookie).refused(401).await, code);
        assert_eq!(with("/api/v1/auth/session", cookie).refused(401).await, code);
    }
    // A program sends an `Authorization` header on purpose.
    assert_eq!(with("/api/v1/products", &own).by("nonsense").refused(401).await, "invalid_token");
}

#[tokio::test]
async fn the_shops_own_cookie_signs_in() {
    let shop = Shop::with(&[("ORDERCAST_TOKEN_COOKIES", "token, jwt"), ("CORS_ORIGIN", FRONT)]).await;
    let with = |cookie: &str| shop.get("/api/v1/me").header("cookie", cookie);
    let me = with(&format!("theme=dark; token={}", customer("456"))).gives(200).await;
    assert_eq!(me["id"], "456");
    with(&format!("jwt={}", customer("456"))).gives(200).await;
    assert_eq!(with("token=nonsense").refused(401).await, "invalid_token");
    assert_eq!(with(&format!("other={}", customer("456"))).refused(401).await, "unauthenticated");
    // It is a cookie, so only allowed pages may use it.
    let evil = with(&format!("token={}", customer("456"))).header("origin", EVIL);
    assert_eq!(evil.refused(403).await, "origin_not_allowed");
    let shop = Shop::open().await;
    let asked = shop.get("/api/v1/me").header("cookie", &format!("token={}", customer("456")));
    assert_eq!(asked.refused(401).await, "unauthenticated", "only if the operator names the cookie");
}
