//! Rate limits.

use serde_json::json;

use crate::support::Shop;
use crate::support::request::{TestRequest, TestResponse};
use crate::support::users::{PASSWORD, customer};

/// A request of a remote client through a local proxy.
fn from(ask: TestRequest, address: &str) -> TestRequest {
    ask.header("x-forwarded-for", address)
}

/// Checks that a refusal says when to retry.
fn limited(answer: &TestResponse) {
    assert_eq!((answer.status, &*answer.code()), (429, "rate_limited"), "{}", answer.text);
    let wait: u64 = answer.header("retry-after").parse().unwrap();
    assert!((1..=3600).contains(&wait), "{wait}");
    assert_eq!(answer.json()["retryAfter"], wait);
}

#[tokio::test]
async fn each_ipv4_address_and_each_ipv6_64_has_its_own_limit() {
    let shop =
        Shop::with(&[("ORDERCAST_RATE_LIMIT_ADDRESS", "3/h"), ("ORDERCAST_TRUSTED_PROXIES", "loopback")])
            .await;
    let ask = |address: &str| from(shop.get("/health"), address).send();
    for _ in 0..3 {
        assert_eq!(ask("203.0.113.9").await.status, 200);
    }
    let answer = ask("203.0.113.9").await;
    assert_eq!((answer.status, &*answer.code()), (429, "rate_limited"));
    assert!(answer.header("retry-after").parse::<u64>().unwrap() > 60);
    // A forged address is left of the address that the proxy adds.
    assert_eq!(ask("1.2.3.4, 203.0.113.9").await.status, 429);
    assert_eq!(ask("203.0.113.10").await.status, 200);
    for host in ["2001:db8:1:2::1", "2001:db8:1:2::2", "2001:db8:1:2:ffff:ffff:ffff:ffff"] {
        assert_eq!(ask(host).await.status, 200);
    }
    assert_eq!(ask("2001:db8:1:2:3::4").await.status, 429, "one /64 is one client");
    assert_eq!(ask("2001:db8:1:3::1").await.status, 200);
}

#[tokio::test]
async fn a_client_cannot_escape_a_limit_with_a_forged_header() {
    let shop = Shop::with(&[("ORDERCAST_RATE_LIMIT_ADDRESS", "3/h")]).await;
    let mut statuses = Vec::new();
    for n in 0..5 {
        statuses.push(from(shop.get("/health"), &format!("203.0.113.{n}")).send().await.status);
    }
    assert_eq!(statuses, [200, 200, 200, 429, 429]);
}

#[tokio::test]
async fn an_account_has_one_limit_across_addresses() {
    let shop =
        Shop::with(&[("ORDERCAST_RATE_LIMIT_ACCOUNT", "4/h"), ("ORDERCAST_TRUSTED_PROXIES", "loopback")])
            .await;
    let (asha, ben) = (customer("asha"), customer("ben"));
    let ask = |who: &str, n: u32| from(shop.get("/api/v1/me").by(who), &format!("203.0.113.{n}")).send();
    for n in 0..4 {
        assert_eq!(ask(&asha, n).await.status, 200);
    }
    limited(&ask(&asha, 9).await);
    assert_eq!(ask(&ben, 9).await.status, 200);
    let metrics = shop.get("/metrics").send().await.text;
    assert!(metrics.contains("ordercast_rate_limited_total 1\n"), "every limit is counted");
}

#[tokio::test]
async fn a_page_of_another_site_does_not_use_up_an_accounts_limit() {
    let variables = [
        ("ORDERCAST_RATE_LIMIT_ACCOUNT", "4/h"),
        ("ORDERCAST_COOKIE_SAME_SITE", "none"),
        ("ORDERCAST_TRUSTED_PROXIES", "loopback"),
    ];
    let shop = Shop::with(&variables).await;
    let asha = shop.register("asha@example.com").await;
    let fetch = |site: &str, mode: &str, dest: &str| {
        let ask = shop.get("/api/v1/orders").cookie(&asha.cookie).header("sec-fetch-site", site);
        ask.header("sec-fetch-mode", mode).header("sec-fetch-dest", dest)
    };
    for site in ["cross-site", "same-site"] {
        for (mode, dest) in [("no-cors", "image"), ("no-cors", "script"), ("navigate", "iframe")] {
            assert_eq!(fetch(site, mode, dest).refused(403).await, "origin_not_allowed", "{site} {dest}");
        }
    }
    fetch("cross-site", "navigate", "document").gives(200).await;
    for _ in 0..3 {
        fetch("same-origin", "cors", "empty").gives(200).await;
    }
    limited(&fetch("same-origin", "cors", "empty").send().await);
}

#[tokio::test]
async fn people_behind_one_address_do_not_share_a_limit() {
    let variables = [
        ("ORDERCAST_RATE_LIMIT_ADDRESS", "5/h"),
        ("ORDERCAST_RATE_LIMIT_ACCOUNT", "4/h"),
        ("ORDERCAST_MAX_STREAMS_PER_ADDRESS", "2"),
    ];
    let shop = Shop::with(&variables).await;
    let mut streams = Vec::new();
    for n in 0..10 {
        let person = customer(&format!("person{n}"));
        for _ in 0..2 {
            shop.get("/api/v1/me").by(&person).gives(200).await;
        }
        streams.push(shop.listen(&person).await);
        // Pages that need no account count for the account too.
        shop.get("/api/v1/products").by(&person).gives(200).await;
        limited_for_an_hour(&shop.get("/api/v1/products").by(&person).send().await);
    }
    // Strangers and invalid tokens share the address.
    for _ in 0..4 {
        shop.get("/api/v1/products").gives(200).await;
    }
    assert_eq!(shop.get("/api/v1/products").by("nonsense").refused(401).await, "invalid_token");
    limited_for_an_hour(&shop.get("/api/v1/products").send().await);
    limited_for_an_hour(&shop.get("/api/v1/products").by("nonsense").send().await);
}

fn limited_for_an_hour(answer: &TestResponse) {
    assert_eq!((answer.status, &*answer.code()), (429, "rate_limited"), "{}", answer.text);
}

#[tokio::test]
async fn sockets_that_are_not_signed_in_are_limited_per_address() {
    let shop = Shop::with(&[("ORDERCAST_MAX_STREAMS_PER_ADDRESS", "3")]).await;
    let open = || shop.get("/socket.io/?EIO=4&transport=polling").send();
    // Signed-in ones do not count.
    let mut sockets = Vec::new();
    for n in 0..6 {
        sockets.push(shop.socket(json!({"token": customer(&format!("person{n}"))})).await);
    }
    for _ in 0..3 {
        assert_eq!(open().await.status, 200);
    }
    let refused = open().await;
    assert_eq!(refused.status, 429, "{}", refused.text);
    assert!(refused.text.contains("not signed in"), "{}", refused.text);
}

#[tokio::test]
async fn sockets_whose_users_left_count_for_their_address_again() {
    let shop = Shop::with(&[("ORDERCAST_MAX_STREAMS_PER_ADDRESS", "3")]).await;
    let asha = customer("asha");
    for _ in 0..3 {
        shop.socket(json!({"token": asha})).await.leave().await;
    }
    let left = async {
        while shop.app.connections.count().0 > 0 {
            tokio::task::yield_now().await;
        }
    };
    crate::support::within(left).await;
    assert_eq!(shop.get("/socket.io/?EIO=4&transport=polling").send().await.status, 429);
}

#[tokio::test]
async fn requests_of_open_sockets_do_not_count_against_the_rate_limit() {
    let shop = Shop::with(&[("ORDERCAST_RATE_LIMIT_ADDRESS", "3/h")]).await;
    let mut socket = shop.socket(json!({"token": customer("asha")})).await;
    socket.until("connected").await;
    for _ in 0..5 {
        socket.ask("join", json!({"orderId": "10001"})).await;
    }
    let made_up = || shop.get("/socket.io/?EIO=4&transport=polling&sid=AAAAAAAAAAAAAAAAAAAA").send();
    for _ in 0..2 {
        assert_eq!(made_up().await.status, 400);
    }
    assert_eq!(made_up().await.status, 429);
}

#[tokio::test]
async fn guessing_is_limited_per_address_and_per_account() {
    let variables = [("ORDERCAST_RATE_LIMIT_SIGN_IN", "3/h"), ("ORDERCAST_TRUSTED_PROXIES", "loopback")];
    let shop = Shop::with(&variables).await;
    let login = |email: &str, address: &str| {
        from(shop.post("/api/v1/auth/login", &json!({"email": email, "password": "guess guess"})), address)
            .send()
    };
    // One address tries many accounts. Ten people behind it may mistype their passwords.
    for n in 0..9 {
        assert_eq!(login(&format!("a{n}@example.com"), "203.0.113.1").await.status, 401);
    }
    limited(&login("a9@example.com", "203.0.113.1").await);
    let register = json!({"email": "new@example.com", "password": PASSWORD, "name": "New"});
    from(shop.post("/api/v1/auth/register", &register), "203.0.113.1").gives(201).await;
    // Many addresses try one account, which has a larger limit.
    for n in 0..30 {
        assert_eq!(login("asha@example.com", &format!("198.51.100.{n}")).await.status, 401);
    }
    limited(&login(" ASHA@example.com", "198.51.100.99").await);
    assert_eq!(login("ben@example.com", "198.51.100.99").await.status, 401);
    // Other requests are not limited.
    from(shop.get("/api/v1/products"), "203.0.113.1").gives(200).await;
}

#[tokio::test]
async fn wrong_passwords_from_one_address_do_not_keep_the_owner_from_signing_in() {
    let variables = [("ORDERCAST_RATE_LIMIT_SIGN_IN", "3/h"), ("ORDERCAST_TRUSTED_PROXIES", "loopback")];
    let shop = Shop::with(&variables).await;
    for email in ["asha@example.com", "ben@example.com"] {
        shop.register(email).await;
    }
    let login = |email: &str, password: &str, address: &str| {
        from(shop.post("/api/v1/auth/login", &json!({"email": email, "password": password})), address).send()
    };
    let mut refused = 0;
    for _ in 0..20 {
        let answer = login("asha@example.com", "a wrong guess", "203.0.113.1").await;
        assert!(matches!(answer.status, 401 | 429), "{}", answer.text);
        refused += usize::from(answer.status == 429);
    }
    assert_eq!(refused, 17);
    for _ in 0..5 {
        assert_eq!(login("asha@example.com", PASSWORD, "198.51.100.7").await.status, 200);
    }
    // Nor the other people behind the attacker's address, however often they sign in.
    for _ in 0..5 {
        assert_eq!(login("ben@example.com", PASSWORD, "203.0.113.1").await.status, 200);
    }
}

#[tokio::test]
async fn guessing_reset_links_does_not_block_other_addresses() {
    let variables = [("ORDERCAST_RATE_LIMIT_SIGN_IN", "3/h"), ("ORDERCAST_TRUSTED_PROXIES", "loopback")];
    let shop = Shop::with(&variables).await;
    let reset = |address: &str| {
        let body = json!({"token": "made up", "password": PASSWORD});
        from(shop.post("/api/v1/auth/password-reset", &body), address).send()
    };
    for _ in 0..3 {
        assert_eq!(reset("203.0.113.1").await.status, 410);
    }
    limited(&reset("203.0.113.1").await);
    assert_eq!(reset("198.51.100.7").await.status, 410, "another address has its own limit");
    // Somebody else behind the address can sign in.
    shop.register("asha@example.com").await;
    let login = json!({"email": "asha@example.com", "password": PASSWORD});
    from(shop.post("/api/v1/auth/login", &login), "203.0.113.1").gives(200).await;
}

#[tokio::test]
async fn live_connections_are_limited_per_user_and_freed_when_they_close() {
    let shop = Shop::with(&[("ORDERCAST_MAX_STREAMS_PER_USER", "2")]).await;
    let asha = customer("asha");
    let (first, _) = shop.listen(&asha).await;
    let (second, _) = shop.listen(&asha).await;
    let answer = shop.get("/api/v1/stream").by(&asha).send().await;
    assert_eq!(
        (answer.status, &*answer.code(), answer.header("retry-after")),
        (429, "too_many_connections", "10")
    );
    shop.listen(&customer("ben")).await;
    drop((first, second));
    // The server frees the connection once the system reports that it is closed.
    let freed = async {
        while shop.app.connections.count().0 > 0 {
            tokio::task::yield_now().await;
        }
    };
    crate::support::within(freed).await;
    shop.listen(&asha).await;
}
