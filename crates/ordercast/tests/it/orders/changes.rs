//! Lost edits and repeated requests: `If-Match`, `Idempotency-Key`, `expectedTotal`.

use serde_json::{Value, json};

use crate::support::Shop;
use crate::support::orders::cart;
use crate::support::users::{customer, driver, staff, staff_of, token};

#[tokio::test]
async fn a_change_to_a_stale_version_is_412_with_the_current_state() {
    let shop = Shop::open().await;
    let tea = shop.product("Tea", 10).await;
    let (asha, sam) = (customer("asha"), staff("sam"));
    let placed = shop.place(&asha, tea, 1).await;
    let set = |status: &str, version: &str| {
        let body = json!({"status": status, "note": "careful"});
        shop.put(&placed.path("/status"), &body).by(&sam).header("if-match", version)
    };
    set("processing", "\"1\"").gives(200).await;
    let head = shop.head().await;
    let answer = set("shipped", "\"1\"").send().await;
    assert_eq!((answer.status, &*answer.code()), (412, "version_conflict"));
    let problem = answer.json();
    assert_eq!((&problem["expectedVersion"], &problem["currentVersion"]), (&json!(1), &json!(2)));
    assert_eq!(
        (&problem["current"]["status"], &problem["current"]["version"]),
        (&json!("processing"), &json!(2))
    );
    let cancel = shop.ask("POST", &placed.path("/cancel")).by(&asha).header("if-match", "\"1\"").send().await;
    assert_eq!((cancel.status, &*cancel.code()), (412, "version_conflict"));
    assert_eq!(cancel.json()["current"]["canCancel"], false);
    assert_eq!(shop.head().await, head);
    set("shipped", "*").gives(200).await;
    // A proxy that compresses weakens the ETag, which still names the same version.
    set("delivered", "W/\"3\"").gives(200).await;
    set("delivered", "\"4-gzip\"").gives(200).await;
    let stale = shop.put(&format!("/api/v1/products/{tea}"), &json!({"name": "Green tea"})).by(&sam);
    stale.header("if-match", "\"1\"").gives(200).await;
    let stale = shop.put(&format!("/api/v1/products/{tea}"), &json!({"name": "Black tea"})).by(&sam);
    let stale = stale.header("if-match", "\"1\"").send().await;
    assert_eq!((stale.status, &*stale.code()), (412, "version_conflict"));
    assert_eq!(stale.json()["current"]["name"], "Green tea");
}

#[tokio::test]
async fn an_unchanged_order_is_304_also_behind_a_proxy_that_weakens_etags() {
    let shop = Shop::open().await;
    let tea = shop.product("Tea", 10).await;
    let asha = customer("asha");
    let placed = shop.place(&asha, tea, 1).await;
    for (have, status) in [
        ("\"1\"", 304),
        ("W/\"1\"", 304),
        ("\"1-gzip\"", 304),
        ("W/\"1-br\"", 304),
        ("\"2-gzip\"", 200),
        ("\"7\", \"1\"", 304),
        ("*", 304),
        ("\"2\"", 200),
        ("1", 200),
    ] {
        let answer = shop.get(&placed.path("")).by(&asha).header("if-none-match", have).send().await;
        assert_eq!((answer.status, answer.text.is_empty()), (status, status == 304), "{have}");
        assert_eq!(
            answer.header("etag"),
            "\"1\"",
            "a 304 says which version it is about (RFC 9110, section 15.4.5)"
        );
    }
}

#[tokio::test]
async fn a_request_repeated_with_its_key_takes_effect_once() {
    let shop = Shop::open().await;
    let tea = shop.product("Tea", 10).await;
    let (asha, ben) = (customer("asha"), customer("ben"));
    let send = |who: &str, quantity: u32, key: &str| {
        shop.post("/api/v1/orders", &cart(&[(tea, quantity)])).by(who).header("idempotency-key", key)
    };
    let first = send(&asha, 2, "k1").send().await;
    assert_eq!((first.status, first.header("idempotency-replayed")), (201, ""));
    let head = shop.head().await;
    let again = send(&asha, 2, "k1").send().await;
    assert_eq!((again.status, again.header("idempotency-replayed")), (201, "true"));
    assert_eq!((again.json(), again.header("location")), (first.json(), first.header("location")));
    assert_eq!(again.header("etag"), first.header("etag"));
    let mismatch = send(&asha, 3, "k1").send().await;
    assert_eq!((mismatch.status, &*mismatch.code()), (422, "idempotency_key_reused"));
    assert_eq!(shop.head().await, head);
    let other = send(&ben, 2, "k1").send().await;
    assert_eq!(
        (other.status, other.header("idempotency-replayed")),
        (201, ""),
        "each user has their own keys"
    );
    let elsewhere =
        shop.ask("POST", &format!("/api/v1/orders/{}/cancel", first.json()["id"].as_str().unwrap()));
    elsewhere.by(&asha).header("idempotency-key", "k1").gives(200).await;
    // A refusal is not stored, so that a retry can succeed.
    assert_eq!(send(&asha, 9, "k2").refused(409).await, "out_of_stock");
    shop.put(&format!("/api/v1/products/{tea}/stock"), &json!({"onHand": 50}))
        .by(&staff("sam"))
        .gives(200)
        .await;
    send(&asha, 9, "k2").gives(201).await;
}

#[tokio::test]
async fn a_stored_response_is_shown_only_to_whom_the_order_may_be_shown() {
    let shop = Shop::open().await;
    let tea = shop.product("Tea", 10).await;
    let placed = shop.place(&customer("asha"), tea, 1).await;
    shop.advance(&placed, "shipped").await;
    shop.assign(&placed, "dev").await;
    let location = json!({"location": {"latitude": 53.5, "longitude": 10.0}});
    let report =
        |who: &str| shop.put(&placed.path("/delivery"), &location).by(who).header("idempotency-key", "here");
    let dev = driver("dev");
    report(&dev).gives(200).await;
    assert_eq!(report(&dev).send().await.header("idempotency-replayed"), "true");
    // Another courier takes over. The first one must not get the new one's phone number.
    let courier = json!({"driverId": "nia", "partner": {"name": "Nia", "phone": "+49 170 9999999"}});
    shop.put(&placed.path("/delivery"), &courier).by(&staff("sam")).gives(200).await;
    let answer = report(&dev).send().await;
    assert_eq!((answer.status, &*answer.code()), (404, "order_not_found"), "{}", answer.text);
    assert!(!answer.text.contains("9999999"), "{}", answer.text);
}

#[tokio::test]
async fn a_key_belongs_to_the_role_and_the_store_it_was_used_in() {
    let shop = Shop::open().await;
    let tea = shop.product("Tea", 10).await;
    let placed = shop.place(&customer("asha"), tea, 1).await;
    let number = placed.number.clone();
    let cancel = |who: &str| shop.ask("POST", &placed.path("/cancel")).by(who).header("idempotency-key", "k");
    let bulk = json!({"orders": [number], "status": "processing"});
    let advance =
        |who: &str| shop.post("/api/v1/orders/bulk-status", &bulk).by(who).header("idempotency-key", "b");
    assert_eq!(advance(&staff("both")).gives(200).await["changed"], 1);
    // The same person in another store does not get the first store's response.
    let elsewhere = advance(&staff_of("both", "north")).send().await;
    assert_eq!((elsewhere.header("idempotency-replayed"), &elsewhere.json()["changed"]), ("", &json!(0)));
    cancel(&staff("both")).gives(200).await;
    for other in [customer("both"), driver("both"), staff_of("both", "north")] {
        assert_eq!(cancel(&other).refused(404).await, "order_not_found");
    }
}

#[tokio::test]
async fn a_repeated_bulk_has_the_outcome_of_each_name_though_more_names_are_orders_by_then() {
    let shop = Shop::open().await;
    let tea = shop.product("Tea", 10).await;
    let placed = shop.place(&customer("asha"), tea, 1).await;
    let bulk = json!({"orders": ["SHOP-1", placed.number, "10002"], "status": "processing"});
    let advance = async || {
        let bulk = shop.post("/api/v1/orders/bulk-status", &bulk).by(&staff("sam"));
        bulk.header("idempotency-key", "b").gives(200).await
    };
    let first = advance().await;
    let oks: Vec<&Value> = first["outcomes"].as_array().unwrap().iter().map(|one| &one["ok"]).collect();
    assert_eq!(oks, [false, true, false], "{first}");
    let mut body = cart(&[(tea, 1)]);
    body["reference"] = "SHOP-1".into();
    let later = shop.post("/api/v1/orders", &body).by(&customer("asha")).gives(201).await;
    assert_eq!(later["number"], "10002");
    assert_eq!(advance().await, first);
}

#[tokio::test]
async fn many_retries_at_once_place_one_order() {
    let shop = Shop::open().await;
    let tea = shop.product("Tea", 100).await;
    let asha = customer("asha");
    let body = cart(&[(tea, 1)]);
    let sends =
        (0..20).map(|_| shop.post("/api/v1/orders", &body).by(&asha).header("idempotency-key", "k").send());
    let answers = futures_util::future::join_all(sends).await;
    let ids: std::collections::HashSet<_> =
        answers.iter().map(|answer| answer.json()["id"].to_string()).collect();
    assert_eq!((ids.len(), answers.iter().filter(|answer| answer.status == 201).count()), (1, 20));
    assert_eq!(answers.iter().filter(|answer| answer.header("idempotency-replayed").is_empty()).count(), 1);
    assert_eq!(shop.stock(tea).await.reserved, 1);
}

#[tokio::test]
async fn an_order_is_refused_if_its_total_changed() {
    let shop = Shop::open().await;
    let tea = shop.product("Tea", 10).await;
    let (asha, sam) = (customer("asha"), staff("sam"));
    let mut body = cart(&[(tea, 2)]);
    body["expectedTotal"] = json!({"amount": 2500, "currency": "EUR"});
    shop.post("/api/v1/orders", &body).by(&asha).gives(201).await;
    let product = format!("/api/v1/products/{tea}");
    shop.put(&product, &json!({"price": {"amount": 1300, "currency": "EUR"}})).by(&sam).gives(200).await;
    let answer = shop.post("/api/v1/orders", &body).by(&asha).send().await;
    assert_eq!((answer.status, &*answer.code()), (409, "total_changed"));
    assert_eq!(answer.json()["currentTotal"], json!({"amount": 2600, "currency": "EUR"}));
    let archived = shop.ask("DELETE", &product).by(&sam).gives(200).await;
    assert_eq!((&archived["archived"], &archived["available"]), (&json!(true), &json!(0)));
    let answer = shop.post("/api/v1/orders", &body).by(&asha).send().await;
    assert_eq!((answer.status, &*answer.code()), (409, "product_archived"));
    assert_eq!(answer.json()["productName"], "Tea");
    let shelf = shop.get("/api/v1/products").by(&asha).gives(200).await;
    assert_eq!(shelf["products"], json!([]));
    let shelf = shop.get("/api/v1/products?archived=true").by(&sam).gives(200).await;
    assert_eq!(shelf["products"][0]["stock"], json!({"onHand": 10, "reserved": 2}));
}

#[tokio::test]
async fn concurrent_edits_of_different_fields_are_all_kept() {
    let shop = Shop::open().await;
    let sam = staff("sam");
    for _ in 0..5 {
        let product = format!("/api/v1/products/{}", shop.product("Tea", 10).await);
        let edits = [
            json!({"sku": "T-1"}),
            json!({"category": "Teas"}),
            json!({"description": "Black.\nStrong."}),
            json!({"image": "/tea.png"}),
            json!({"name": "Black tea"}),
        ];
        let send = edits.iter().map(|edit| shop.put(&product, edit).by(&sam).gives(200));
        futures_util::future::join_all(send).await;
        let now = shop.get(&product).gives(200).await;
        for (field, value) in edits.iter().flat_map(|edit| edit.as_object().unwrap()) {
            assert_eq!(&now[field], value, "{field} was lost: {now}");
        }
        assert_eq!(now["version"], 6);
    }
}

/// Phones add invisible marks when somebody copies a number from the contacts.
#[tokio::test]
async fn invisible_characters_that_were_pasted_are_removed() {
    let shop = Shop::open().await;
    let tea = shop.product("Te\u{200b}a", 5).await;
    let mut body = cart(&[(tea, 1)]);
    body["shippingAddress"]["name"] = "\u{feff}Asha\u{202e} Rao\u{200e}".into();
    body["shippingAddress"]["phone"] = "\u{202a}+49 170\u{200d} 1234567\u{202c}".into();
    body["shippingAddress"]["postalCode"] = "20\u{200b}457\u{200f}".into();
    let order = shop.post("/api/v1/orders", &body).by(&customer("asha")).gives(201).await;
    let address = &order["shippingAddress"];
    assert_eq!((&address["name"], &address["phone"]), (&json!("Asha Rao"), &json!("+49 170 1234567")));
    assert_eq!((&address["postalCode"], &order["items"][0]["name"]), (&json!("20457"), &json!("Tea")));
    let tracked = json!({"status": "shipped", "trackingNumber": "\u{200e}JD\u{2060}014\u{200f}"});
    let path = format!("/api/v1/orders/{}", order["id"].as_str().unwrap());
    let shipped = shop.put(&format!("{path}/status"), &tracked).by(&staff("sam")).gives(200).await;
    assert_eq!(shipped["trackingNumber"], "JD014");
    for pasted in ["%E2%80%AAJD014%E2%80%AC", "%E2%80%8E%2310001"] {
        let found = shop.get(&format!("/api/v1/orders?q={pasted}")).by(&staff("sam")).gives(200).await;
        assert_eq!(found["orders"].as_array().unwrap().len(), 1, "{pasted}");
    }
    let account = json!({"name": "Asha", "email": "\u{202a}asha@example.com\u{202c}", "password": "correct horse battery"});
    let registered = shop.post("/api/v1/auth/register", &account).gives(201).await;
    assert_eq!(registered["user"]["email"], "asha@example.com");
}

#[tokio::test]
async fn names_with_unusual_characters_are_stored_unchanged() {
    let shop = Shop::open().await;
    let sam = staff("sam");
    let longest = "😀".repeat(120);
    for name in [
        "O'Brien \"Bob\" <b>&amp;",
        "Łukasz Żółć",
        "أسماء بنت خالد",
        "שרה",
        "山田 太郎",
        "किशोर‍ी",
        "👩‍👩‍👧",
        "Zoë",
        &*longest,
    ] {
        let tea = shop.product(name, 5).await;
        let who = token(&json!({"sub": name.chars().take(20).collect::<String>(), "name": name}));
        let mut body = cart(&[(tea, 1)]);
        body["shippingAddress"]["name"] = format!("  {name} ").into();
        let order = shop.post("/api/v1/orders", &body).by(&who).gives(201).await;
        assert_eq!(
            (&order["shippingAddress"]["name"], &order["items"][0]["name"]),
            (&json!(name), &json!(name))
        );
        let seen = shop
            .get(&format!("/api/v1/orders/{}", order["number"].as_str().unwrap()))
            .by(&sam)
            .gives(200)
            .await;
        assert_eq!(seen["customer"]["name"], name);
    }
}

/// A client whose answer was lost sends the request again, as `socket.io-client` does with its option `retries`.
#[tokio::test]
async fn a_repeated_status_is_accepted_and_changes_nothing() {
    let shop = Shop::open().await;
    let tea = shop.product("Tea", 10).await;
    let (asha, sam) = (customer("asha"), staff("sam"));
    let placed = shop.place(&asha, tea, 1).await;
    for status in ["processing", "shipped", "paid", "delivered"] {
        let body = json!({"status": status});
        let first = shop.post(&placed.path("/status"), &body).by(&sam).gives(200).await;
        let head = shop.head().await;
        for again in [body, json!({"status": status, "retries": 1})] {
            for method in ["POST", "PUT"] {
                let answer = shop.ask(method, &placed.path("/status")).json(&again).by(&sam).gives(200).await;
                assert_eq!((&answer["status"], &answer["version"]), (&json!(status), &first["version"]));
            }
        }
        let mut live = shop.socket(json!({"token": sam})).await;
        let acknowledged =
            live.ask("admin-status-update", json!({"orderId": placed.id, "status": status})).await;
        assert_eq!((&acknowledged["ok"], shop.head().await), (&json!(true), head), "{acknowledged}");
        let object = json!({"orderId": placed.id, "status": {"cancelled": null}});
        let refused = live.ask("admin-status-update", object).await;
        assert_eq!((&refused["ok"], shop.head().await), (&json!(false), head), "{refused}");
    }
    let other = shop.place(&asha, tea, 1).await;
    for _ in 0..2 {
        let cancelled =
            shop.post(&other.path("/status"), &json!({"status": "cancelled"})).by(&sam).gives(200).await;
        assert_eq!((&cancelled["status"], &cancelled["version"]), (&json!("cancelled"), &json!(2)));
    }
    let stale = |body| shop.post(&other.path("/status"), &body).by(&sam).header("if-match", "\"1\"");
    let done = stale(json!({"status": "cancelled"})).gives(200).await;
    assert_eq!(done["version"], 2);
    let more = json!({"status": "cancelled", "note": "by phone"});
    assert_eq!(stale(more).refused(412).await, "version_conflict");
    let third = shop.place(&asha, tea, 1).await;
    for status in ["processing", "paid", "paid"] {
        shop.post(&third.path("/status"), &json!({"status": status})).by(&sam).gives(200).await;
    }
    for retries in 0..2 {
        let body = json!({"status": "shipped", "retries": retries});
        let sent = shop.post(&third.path("/status"), &body).by(&sam).header("idempotency-key", "one");
        assert_eq!(sent.gives(200).await["version"], 4);
    }
}

#[tokio::test]
async fn empty_fields_of_a_form_are_absent() {
    let shop = Shop::open().await;
    let tea = shop.product("Tea", 10).await;
    let mut body = cart(&[(tea, 1)]);
    for field in ["phone", "line2", "region", "postalCode", "country"] {
        body["shippingAddress"][field] = " \u{200b}".into();
    }
    let placed = shop.post("/api/v1/orders", &body).by(&customer("asha")).gives(201).await;
    let address = placed["shippingAddress"].as_object().unwrap();
    assert_eq!(address.keys().collect::<Vec<_>>(), ["city", "line1", "name"]);
    body["shippingAddress"]["city"] = "".into();
    let refused = shop.post("/api/v1/orders", &body).by(&customer("asha")).refused(422).await;
    assert_eq!(refused, "invalid_body");
}

#[tokio::test]
async fn cash_on_delivery_is_understood_as_shops_write_it() {
    let shop = Shop::open().await;
    let tea = shop.product("Tea", 10).await;
    for name in ["cash_on_delivery", "cod", "COD", "Cash on Delivery"] {
        let mut body = cart(&[(tea, 1)]);
        body["paymentMethod"] = name.into();
        let placed = shop.post("/api/v1/orders", &body).by(&customer("asha")).gives(201).await;
        assert_eq!(placed["payment"]["method"], "cash_on_delivery", "{name}");
    }
}
