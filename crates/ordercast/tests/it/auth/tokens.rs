//! Tokens of other systems that share the secret, and the secret itself.

use std::os::unix::fs::PermissionsExt as _;

use jiff::SignedDuration;
use orders::Role;
use serde_json::{Value, json};

use crate::support::users::{customer, driver, now, signed_with, staff, token};
use crate::support::{JWT_SECRET, Shop};

#[tokio::test]
async fn tokens_of_shops_are_read_as_shops_make_them() {
    let shop = Shop::open().await;
    for (claims, id, role) in [
        (json!({"sub": "u1"}), "u1", "customer"),
        (json!({"id": "u1", "role": "user"}), "u1", "customer"),
        (json!({"userId": "u1", "role": "customer"}), "u1", "customer"),
        (json!({"user_id": 456, "role": "User"}), "456", "customer"),
        (json!({"_id": "64b7f3a2e4b0c8a1d2f3e4b5"}), "64b7f3a2e4b0c8a1d2f3e4b5", "customer"),
        (json!({"user": {"id": 456, "role": "admin"}}), "456", "staff"),
        (
            json!({"user": {"_id": "64b7f3a2e4b0c8a1d2f3e4b5"}, "roles": ["driver"]}),
            "64b7f3a2e4b0c8a1d2f3e4b5",
            "driver",
        ),
        (json!({"id": 42, "role": "ADMIN"}), "42", "staff"),
        (json!({"id": 42, "roles": ["admin"]}), "42", "staff"),
        (json!({"id": 42, "role": ["user", "storeOwner"]}), "42", "staff"),
        (json!({"userId": "7", "role": "store_owner"}), "7", "staff"),
        (json!({"sub": "u1", "id": "u2", "role": "staff"}), "u1", "staff"),
        (json!({"sub": "u1", "iss": "https://id.example", "role": "driver"}), "u1", "driver"),
        (json!({"sub": "auth0|17", "email": "admin@example.com"}), "auth0|17", "customer"),
        (json!({"sub": "u1", "iat": now().as_second() + 110}), "u1", "customer"),
    ] {
        let me = shop.get("/api/v1/me").by(&token(&claims)).gives(200).await;
        assert_eq!(
            (&me["id"], &me["role"], &me["storeId"]),
            (&json!(id), &json!(role), &json!("main")),
            "{claims}"
        );
    }
    let north = token(&json!({"sub": "n", "role": "staff", "store": "north", "name": "Nora"}));
    let me = shop.get("/api/v1/me").by(&north).gives(200).await;
    assert_eq!((&me["storeId"], &me["name"]), (&json!("north"), &json!("Nora")));
    for claims in [
        json!({"role": "user"}),
        json!({"sub": ""}),
        json!({"sub": "x".repeat(129)}),
        json!({"sub": {"id": 1}}),
        json!({"sub": "u1", "role": "superadmin"}),
        json!({"sub": "u1", "roles": ["superadmin"]}),
        json!({"sub": "u1", "role": "admin", "store": "a/b"}),
        json!({"sub": "u1", "iss": "ordercast"}),
        json!({"sub": "u1", "exp": "tomorrow"}),
    ] {
        let refused = shop.get("/api/v1/me").by(&token(&claims)).send().await;
        assert_eq!((refused.status, &*refused.code()), (401, "invalid_token"), "{claims}");
        if claims.get("role").or(claims.get("roles")).is_some_and(|role| role != "user" && role != "admin") {
            assert!(refused.text.contains("staff, admin, store_owner or driver"), "{}", refused.text);
        }
    }
    assert_eq!(shop.get("/api/v1/me").by(&"x".repeat(5000)).refused(401).await, "invalid_token");
}

#[tokio::test]
async fn a_token_with_times_in_milliseconds_is_refused_with_a_hint() {
    let shop = Shop::open().await;
    let millis = now().as_millisecond();
    for (claim, claims) in [
        ("exp", json!({"sub": "u1", "exp": millis + 3_600_000})),
        ("iat", json!({"sub": "u1", "iat": millis})),
    ] {
        let answer = shop.get("/api/v1/me").by(&token(&claims)).send().await;
        assert_eq!((answer.status, &*answer.code()), (401, "invalid_token"));
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(&format!("`{claim}`")) && detail.contains("milliseconds"), "{detail}");
    }
}

#[tokio::test]
async fn users_of_the_shop_have_the_shops_ids_in_answers_and_events() {
    let shop = Shop::open().await;
    let tea = shop.product("Tea", 10).await;
    let (asha, sam, dev) = (customer("456"), staff("1"), driver("789"));
    let (mut stream, hello) = shop.listen(&sam).await;
    assert_eq!(hello.data["user"]["id"], "1");
    let placed = shop.place(&asha, tea, 1).await;
    let order = shop.get(&placed.path("")).by(&sam).gives(200).await;
    assert_eq!(order["customer"]["id"], "456");
    let created = stream.until("order.created").await;
    assert_eq!(
        (&created.data["customer"]["id"], &created.data["actor"]["id"]),
        (&json!("456"), &json!("456"))
    );
    assert_eq!(shop.get(&placed.path("")).by(&dev).refused(404).await, "order_not_found");
    shop.advance(&placed, "shipped").await;
    // As text, as a number, and in the form that the log uses.
    for id in [json!("789"), json!(789), json!(" 789 "), json!("jwt|789")] {
        let delivery = json!({"driverId": id});
        shop.put(&placed.path("/delivery"), &delivery).by(&sam).gives(200).await;
        shop.get(&placed.path("")).by(&dev).gives(200).await;
        shop.put(&placed.path("/delivery"), &json!({"driverId": "790"})).by(&sam).gives(200).await;
        assert_eq!(shop.get(&placed.path("")).by(&dev).refused(404).await, "order_not_found");
    }
    let local = shop.account("dev@example.com", Role::Driver, "main").await;
    shop.put(&placed.path("/delivery"), &json!({"driverId": local.user})).by(&sam).gives(200).await;
    shop.get(&placed.path("")).by(&local.token).gives(200).await;
    // A local account names a driver by the driver's id in the shop that the order comes from.
    let desk = shop.account("desk@example.com", Role::Staff, "main").await;
    let of_shop = |user: &str, role: &str| token(&json!({"sub": user, "role": role, "iss": "shop-a"}));
    let theirs = shop.place(&of_shop("456", "customer"), tea, 1).await;
    for id in ["d9", "shop-a|d9"] {
        shop.put(&theirs.path("/delivery"), &json!({"driverId": id})).by(&desk.token).gives(200).await;
        shop.get(&theirs.path("")).by(&of_shop("d9", "driver")).gives(200).await;
        shop.put(&theirs.path("/delivery"), &json!({"driverId": "d8"})).by(&desk.token).gives(200).await;
    }
    // A token's issuer is part of the user, so another issuer's user with the same id is another one.
    let other = token(&json!({"sub": "456", "iss": "elsewhere"}));
    assert_eq!(shop.get(&placed.path("")).by(&other).refused(404).await, "order_not_found");
}

#[tokio::test]
async fn an_external_subject_never_matches_a_local_account() {
    let shop = Shop::open().await;
    let asha = shop.register("asha@example.com").await;
    let tea = shop.product("Tea", 10).await;
    let placed = shop.place(&asha.token, tea, 1).await;
    let thief = customer(&asha.user);
    assert_eq!(shop.get(&placed.path("")).by(&thief).refused(404).await, "order_not_found");
    let ours =
        json!({"iss": "ordercast", "sub": asha.user, "role": "staff", "sid": ordercast::clock::uuid()});
    let forged = signed_with("not the secret, but quite as long as it", &ours);
    assert_eq!(shop.get("/api/v1/me").by(&forged).refused(401).await, "invalid_token");
}

/// A token without `exp`, as some existing shops issue them.
fn endless(claims: &Value) -> String {
    let key = jsonwebtoken::EncodingKey::from_secret(JWT_SECRET.as_bytes());
    jsonwebtoken::encode(&jsonwebtoken::Header::default(), claims, &key).unwrap()
}

#[tokio::test]
async fn tokens_without_exp_are_accepted_only_if_the_operator_allows_them() {
    let claims = json!({"id": "u1", "role": "user"});
    let shop = Shop::open().await;
    assert_eq!(shop.get("/api/v1/me").by(&endless(&claims)).refused(401).await, "invalid_token");
    let shop = Shop::with(&[("ORDERCAST_ALLOW_TOKENS_WITHOUT_EXPIRY", "true")]).await;
    shop.get("/api/v1/me").by(&endless(&claims)).gives(200).await;
    let own = json!({"iss": "ordercast", "sub": "u1", "role": "staff", "sid": ordercast::clock::uuid()});
    assert_eq!(shop.get("/api/v1/me").by(&endless(&own)).refused(401).await, "invalid_token");
}

#[tokio::test]
async fn a_stream_ends_when_its_token_expires() {
    let shop = Shop::open().await;
    let end = now() + SignedDuration::from_secs(1);
    let brief = token(&json!({"sub": "asha", "exp": end.as_second() + 1}));
    let (mut stream, _) = shop.listen(&brief).await;
    let goodbye = stream.until("reconnect").await;
    assert!(now() >= end && goodbye.data["code"].is_number(), "{goodbye:?}");
    assert_eq!(stream.next().await, None);
    assert_eq!(shop.get("/api/v1/me").by(&brief).refused(401).await, "token_expired");
}

#[tokio::test]
async fn the_generated_secret_is_private_and_survives_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("jwt-secret");
    let shop = Shop::at(directory.path(), &[("JWT_SECRET", "")]).await;
    let session = shop.register("asha@example.com").await;
    let secret = std::fs::read_to_string(&file).unwrap();
    assert!(secret.trim().len() >= 40, "shorter than 32 random bytes as text");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    shop.close().await;
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let shop = Shop::at(directory.path(), &[("JWT_SECRET", "")]).await;
    shop.get("/api/v1/me").by(&session.token).gives(200).await;
    assert_eq!(std::fs::read_to_string(&file).unwrap(), secret);
    assert_eq!(
        std::fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o600,
        "taken back from the others"
    );
    shop.close().await;
    let elsewhere = Shop::with(&[("JWT_SECRET", "")]).await;
    assert_eq!(elsewhere.get("/api/v1/me").by(&session.token).refused(401).await, "invalid_token");
}
