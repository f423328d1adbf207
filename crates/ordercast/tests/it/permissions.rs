//! Permissions: every endpoint, called by every role. A refusal changes nothing.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::Shop;
use crate::support::orders::{PlacedOrder, TestProduct, cart};
use crate::support::users::{
    PASSWORD, Session, customer, driver, id_of, now, signed_with, staff, staff_of, token,
};

/// The status for each role: anonymous, the order's customer, another customer, staff of the store, staff of another
/// store, the order's driver, another driver.
type Expected = [u16; 7];

const ROLES: [&str; 7] =
    ["nobody", "owner", "another customer", "staff", "another store's staff", "driver", "another driver"];

const EVERYBODY: Expected = [200; 7];
const ANYBODY_SIGNED_IN: Expected = [401, 200, 200, 200, 200, 200, 200];
const ANY_STAFF: Expected = [401, 403, 403, 200, 200, 403, 403];
const STAFF_OF_THE_STORE: Expected = [401, 403, 403, 200, 404, 403, 403];
const WHO_MAY_SEE_THE_ORDER: Expected = [401, 200, 404, 200, 404, 200, 404];

/// Whether an endpoint reads tokens.
#[derive(Clone, Copy, PartialEq)]
enum Tokens {
    Read,
    Ignored,
}
use Tokens::{Ignored, Read};

/// One endpoint: its method and path, whether it reads tokens, and the status for each role.
type Row = (&'static str, &'static str, Tokens, Expected);

const TABLE: &[Row] = &[
    ("POST", "/api/v1/auth/register", Ignored, [201; 7]),
    ("POST", "/api/v1/auth/login", Ignored, EVERYBODY),
    ("POST", "/api/v1/auth/refresh", Ignored, [401; 7]),
    ("POST", "/api/v1/auth/password-reset", Ignored, [410; 7]),
    ("GET", "/api/v1/config", Ignored, EVERYBODY),
    ("GET", "/api/v1/auth/session", Read, EVERYBODY),
    ("GET", "/api/v1/me", Read, ANYBODY_SIGNED_IN),
    ("POST", "/api/v1/users/{user}/reset-link", Read, [401, 403, 403, 201, 404, 403, 403]),
    ("GET", "/api/v1/products", Read, EVERYBODY),
    ("POST", "/api/v1/products", Read, [401, 403, 403, 201, 201, 403, 403]),
    ("GET", "/api/v1/products/{product}", Read, EVERYBODY),
    ("PUT", "/api/v1/products/{product}", Read, STAFF_OF_THE_STORE),
    ("DELETE", "/api/v1/products/{product}", Read, STAFF_OF_THE_STORE),
    ("PUT", "/api/v1/products/{product}/stock", Read, STAFF_OF_THE_STORE),
    ("GET", "/api/v1/orders", Read, ANYBODY_SIGNED_IN),
    ("POST", "/api/v1/orders", Read, [401, 201, 201, 403, 403, 403, 403]),
    ("GET", "/api/v1/orders.csv", Read, ANYBODY_SIGNED_IN),
    ("POST", "/api/v1/orders/bulk-status", Read, ANY_STAFF),
    ("GET", "/api/v1/orders/{order}", Read, WHO_MAY_SEE_THE_ORDER),
    ("GET", "/api/v1/orders/{order}/timeline", Read, WHO_MAY_SEE_THE_ORDER),
    ("POST", "/api/v1/orders/{order}/cancel", Read, [401, 200, 404, 200, 404, 403, 404]),
    // Only a demo has this endpoint; see `payment.rs`.
    ("POST", "/api/v1/orders/{order}/test-payment", Read, [401, 404, 404, 404, 404, 404, 404]),
    ("PUT", "/api/v1/orders/{order}/status", Read, STAFF_OF_THE_STORE),
    ("POST", "/api/v1/orders/{order}/status", Read, STAFF_OF_THE_STORE),
    ("PUT", "/api/v1/orders/{order}/delivery", Read, [401, 403, 404, 200, 404, 200, 404]),
    ("GET", "/api/v1/stats", Read, ANY_STAFF),
    ("GET", "/api/v1/stats/series", Read, ANY_STAFF),
    ("GET", "/api/v1/notifications", Read, ANYBODY_SIGNED_IN),
    ("GET", "/api/v1/notifications/unread-count", Read, ANYBODY_SIGNED_IN),
    ("POST", "/api/v1/notifications/{id}/read", Read, [401, 200, 404, 200, 404, 404, 404]),
    ("POST", "/api/v1/notifications/read-all", Read, ANYBODY_SIGNED_IN),
    ("GET", "/api/v1/stream", Read, ANYBODY_SIGNED_IN),
    ("GET", "/api/orders/manage", Read, ANYBODY_SIGNED_IN),
    ("PUT", "/api/orders/tracking", Read, STAFF_OF_THE_STORE),
    ("GET", "/health", Ignored, EVERYBODY),
    ("GET", "/health/ready", Ignored, EVERYBODY),
    ("GET", "/metrics", Ignored, EVERYBODY),
    // The last row, because it ends the customer's session.
    ("POST", "/api/v1/auth/logout", Read, [401, 204, 204, 204, 204, 204, 204]),
];

#[test]
fn every_endpoint_of_the_document_has_a_row() {
    let document = serde_json::to_value(api::router::document()).unwrap();
    let documented: BTreeSet<(String, String)> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| {
            let methods = item.as_object().unwrap().keys().filter(|key| *key != "parameters");
            methods.map(|method| (path.clone(), method.to_uppercase()))
        })
        .collect();
    let listed: BTreeSet<_> =
        TABLE.iter().map(|(method, path, ..)| ((*path).to_owned(), (*method).to_owned())).collect();
    assert_eq!(listed, documented);
    assert_eq!(TABLE.len(), documented.len(), "duplicate row");
}

/// The data of the requests. It is created again after a request that changed it.
struct Subject {
    product: TestProduct,
    placed: PlacedOrder,
    /// The notification that the order was placed, of its customer and of staff.
    notification: String,
}

struct PermissionShop {
    shop: Shop,
    owner: Session,
    people: [String; 7],
}

impl PermissionShop {
    async fn open() -> Self {
        let shop = Shop::open().await;
        let owner = shop.register("owner@example.com").await;
        let people = [
            String::new(),
            owner.token.clone(),
            customer("other"),
            staff("sam"),
            staff_of("nora", "north"),
            driver("dev"),
            driver("dora"),
        ];
        Self { shop, owner, people }
    }

    async fn subject(&self) -> Subject {
        let product = self.shop.product("Tea", 100).await;
        let placed = self.shop.place(&self.owner.token, product, 1).await;
        let newest = self.shop.get("/api/v1/notifications?limit=1").by(&self.owner.token).gives(200).await;
        let notification = newest["items"][0]["id"].as_str().unwrap().to_owned();
        self.shop.assign(&placed, &id_of("dev")).await;
        Subject { product, placed, notification }
    }

    /// The body for an endpoint; null for none.
    fn body(subject: &Subject, method: &str, path: &str) -> Value {
        let order = &subject.placed.id;
        match (method, path) {
            ("POST", "/api/v1/auth/register") => {
                let email = format!("{}@example.com", ordercast::clock::uuid().simple());
                json!({"email": email, "password": PASSWORD, "name": "New"})
            }
            ("POST", "/api/v1/auth/login") => json!({"email": "owner@example.com", "password": PASSWORD}),
            ("POST", "/api/v1/auth/refresh") => json!({"refreshToken": "made up"}),
            ("POST", "/api/v1/auth/password-reset") => json!({"token": "made up", "password": PASSWORD}),
            ("POST", "/api/v1/products") => {
                json!({"name": "New", "price": {"amount": 1, "currency": "EUR"}, "stock": 1})
            }
            ("PUT", "/api/v1/products/{product}") => json!({"name": "Renamed"}),
            ("PUT", "/api/v1/products/{product}/stock") => json!({"change": 5}),
            ("POST", "/api/v1/orders") => cart(&[(subject.product, 1)]),
            ("POST", "/api/v1/orders/bulk-status") => json!({"orders": [order], "status": "processing"}),
            ("PUT" | "POST", "/api/v1/orders/{order}/status") => json!({"status": "processing"}),
            ("PUT", "/api/v1/orders/{order}/delivery") => {
                json!({"location": {"latitude": 53.5, "longitude": 10.0}})
            }
            ("POST", "/api/v1/orders/{order}/test-payment") => json!({"outcome": "paid"}),
            ("PUT", "/api/orders/tracking") => json!({"orderId": order, "status": "shipped"}),
            _ => Value::Null,
        }
    }

    /// The status of one request. A refusal must be a complete problem.
    async fn ask(&self, subject: &Subject, row: &Row, who: &str) -> (u16, String) {
        let (method, path, ..) = *row;
        let place = path
            .replace("{order}", &subject.placed.id)
            .replace("{product}", &subject.product.to_string())
            .replace("{id}", &subject.notification)
            .replace("{user}", &self.owner.user);
        let body = Self::body(subject, method, path);
        let request = self.shop.ask(method, &place).by(who);
        let request = if body.is_null() { request } else { request.json(&body) };
        if path.ends_with("/stream") {
            // A stream does not end by itself.
            let response = request.open().await;
            return (response.status().as_u16(), String::new());
        }
        let answer = request.send().await;
        let code = if answer.status >= 400 { answer.code() } else { String::new() };
        (answer.status, code)
    }

    /// Sends a request, and checks that a refused request changed nothing.
    async fn check(&self, subject: &mut Subject, row: &Row, who: &str) -> (u16, String) {
        let (head, stock) = (self.shop.head().await, self.shop.stock(subject.product).await);
        let (status, code) = self.ask(subject, row, who).await;
        let (head_after, stock_after) = (self.shop.head().await, self.shop.stock(subject.product).await);
        if status >= 400 || row.0 == "GET" {
            assert_eq!(
                (head, stock),
                (head_after, stock_after),
                "{row:?} was answered {status} and changed something"
            );
        }
        if head != head_after {
            *subject = self.subject().await;
        }
        (status, code)
    }
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if *self == Read { "reads tokens" } else { "ignores tokens" })
    }
}

#[tokio::test]
async fn each_role_gets_its_status_and_a_refusal_changes_nothing() {
    let fixture = PermissionShop::open().await;
    let mut subject = fixture.subject().await;
    let mut wrong = Vec::new();
    for row in TABLE {
        let (method, path, _, expected) = row;
        for (n, person) in fixture.people.iter().enumerate() {
            let (status, code) = fixture.check(&mut subject, row, person).await;
            if status != expected[n] {
                wrong.push(format!("{method} {path} by {}: {status} {code}, not {}", ROLES[n], expected[n]));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Invalid tokens, each with the expected code.
async fn bad_tokens(fixture: &PermissionShop) -> Vec<(&'static str, String, &'static str)> {
    let shop = &fixture.shop;
    let gone = shop.account("gone@example.com", orders::Role::Staff, "main").await;
    shop.post("/api/v1/auth/logout", &Value::Null).by(&gone.token).gives(204).await;
    let past = (now() - SignedDuration::from_mins(1)).as_second();
    let soon = (now() + SignedDuration::from_mins(5)).as_second();
    let boss = json!({"sub": "sam", "role": "admin"});
    let valid = staff("sam");
    let [header, claims, signature] = valid.split('.').collect::<Vec<_>>()[..] else { panic!("{valid}") };
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let admin = encode(&json!({"sub": "asha", "role": "admin", "exp": soon}));
    let none = encode(&json!({"alg": "none", "typ": "JWT"}));
    let session = json!({"iss": "ordercast", "sub": fixture.owner.user, "role": "staff", "exp": soon});
    vec![
        ("expired", token(&json!({"sub": "sam", "role": "admin", "exp": past})), "token_expired"),
        ("not valid yet", token(&json!({"sub": "sam", "role": "admin", "nbf": soon})), "invalid_token"),
        (
            "signed with another key",
            signed_with("another secret that is long enough", &boss),
            "invalid_token",
        ),
        ("signed with nothing", signed_with("", &boss), "invalid_token"),
        ("alg none", format!("{none}.{claims}."), "invalid_token"),
        ("alg none, signed", format!("{none}.{claims}.{signature}"), "invalid_token"),
        ("tampered", format!("{header}.{admin}.{signature}"), "invalid_token"),
        ("cut short", valid[..valid.len() - 4].to_owned(), "invalid_token"),
        ("no token at all", "a.b.c".to_owned(), "invalid_token"),
        ("of ours, without a session", token(&session), "invalid_token"),
        ("an unknown role", token(&json!({"sub": "sam", "role": "superadmin"})), "invalid_token"),
        (
            "an invalid store id",
            token(&json!({"sub": "sam", "role": "admin", "store": "a/b"})),
            "invalid_token",
        ),
        ("nobody's", token(&json!({"role": "admin"})), "invalid_token"),
        ("of a session that ended", gone.token, "session_ended"),
    ]
}

#[tokio::test]
async fn an_invalid_token_is_refused_by_every_endpoint() {
    let fixture = PermissionShop::open().await;
    let mut subject = fixture.subject().await;
    let bad = bad_tokens(&fixture).await;
    let mut wrong = Vec::new();
    for row in TABLE {
        let (method, path, tokens, expected) = row;
        for (what, token, code) in &bad {
            let got = fixture.check(&mut subject, row, token).await;
            let right = match tokens {
                Ignored => got.0 == expected[0],
                Read => got.0 == 401 && (got.1 == *code || path.ends_with("/stream")),
            };
            if !right {
                wrong.push(format!("{method} {path} with a token that is {what}: {} {}", got.0, got.1));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn a_store_sees_and_changes_only_its_own() {
    let shop = Shop::open().await;
    let nora = staff_of("nora", "north");
    let (main, north) = (shop.product("Tea", 10).await, shop.product_by(&nora, "Herring", 10).await);
    let asha = customer("asha");
    let here = shop.place(&asha, main, 1).await;
    let mut there = cart(&[(north, 1)]);
    assert_eq!(shop.post("/api/v1/orders", &there).by(&asha).refused(404).await, "product_not_found");
    there["storeId"] = "north".into();
    let there = shop.post("/api/v1/orders", &there).by(&asha).gives(201).await;
    for (who, sees, hidden) in [(staff("sam"), &here.view, &there), (nora.clone(), &there, &here.view)] {
        let list = shop.get("/api/v1/orders").by(&who).gives(200).await;
        assert_eq!(list["orders"].as_array().unwrap().len(), 1);
        assert_eq!(list["orders"][0]["id"], sees["id"]);
        assert_eq!(shop.get("/api/v1/stats").by(&who).gives(200).await["total"], 1);
        let series = shop.get("/api/v1/stats/series").by(&who).gives(200).await;
        assert_eq!(series["topProducts"].as_array().unwrap().len(), 1);
        assert_eq!(series["topProducts"][0]["name"], sees["items"][0]["name"]);
        let managed = shop.get("/api/orders/manage").by(&who).gives(200).await;
        assert_eq!(managed["orders"].as_array().unwrap().len(), 1);
        let head = shop.head().await;
        let bulk = json!({"orders": [hidden["id"], hidden["number"]], "status": "cancelled"});
        let bulk = shop.post("/api/v1/orders/bulk-status", &bulk).by(&who).gives(200).await;
        assert_eq!((&bulk["changed"], &bulk["refused"]), (&json!(0), &json!(2)));
        assert_eq!(bulk["outcomes"][0]["code"], "order_not_found");
        assert_eq!(shop.head().await, head);
    }
    let mine = shop.get("/api/v1/orders").by(&asha).gives(200).await;
    assert_eq!(mine["orders"].as_array().unwrap().len(), 2);
    let shelf = shop.get("/api/v1/products?store=north").gives(200).await;
    assert_eq!(shelf["products"][0]["name"], "Herring");
    assert!(shelf["products"][0].get("stock").is_none(), "customers see the stock count");
}
