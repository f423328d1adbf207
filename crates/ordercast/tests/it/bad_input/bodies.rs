//! Bodies that are JSON, but invalid.

use serde_json::{Value, json};

use super::{Expected, TestShop, assert_no_failures, expect, with};
use crate::support::orders::cart;
use crate::support::users::PASSWORD;

/// A change to a valid body, the status and code it must get, and the field that must be named.
type Case = (&'static str, Value, u16, &'static str, &'static str);

const BODY: &str = "invalid_body";

fn letters(n: usize) -> Value {
    "x".repeat(n).into()
}

/// Names that are refused.
fn bad_names(pointer: &'static str, field: &'static str, most: usize) -> Vec<Case> {
    let mut cases = vec![
        (pointer, json!(""), 422, BODY, field),
        (pointer, json!("   \t "), 422, BODY, field),
        (pointer, letters(most + 1), 422, BODY, field),
        (pointer, json!(7), 422, BODY, field),
        (pointer, json!(["a"]), 422, BODY, field),
        (pointer, json!({"a": 1}), 422, BODY, field),
    ];
    for inside in ["a\u{0}b", "a\nb", "a\u{7}b", "a\u{85}b", "a\u{1b}[31mb"] {
        cases.push((pointer, json!(inside), 422, BODY, field));
    }
    cases
}

/// Sends a valid body with one error at a time.
async fn each(fixture: &TestShop, who: &str, method: &str, path: &str, valid: &Value, cases: Vec<Case>) {
    let mut wrong = Vec::new();
    for (pointer, value, status, code, field) in cases {
        let body = with(valid, pointer, value);
        let request = fixture.shop.ask(method, &fixture.path(path)).by(who).json(&body);
        let what = format!("{method} {path} {pointer} {body}");
        expect(fixture, &mut wrong, &what, request, Expected { status, code, field }).await;
    }
    assert_no_failures(&wrong);
}

#[tokio::test]
async fn an_invalid_new_order_is_refused_and_names_the_field() {
    let fixture = TestShop::open().await;
    let mut cases = vec![
        ("/items", Value::Null, 422, BODY, "items"),
        ("/items", json!({}), 422, BODY, "items"),
        ("/items", json!([]), 422, "invalid_items", "items"),
        (
            "/items",
            vec![json!({"productId": fixture.product.0, "quantity": 1}); 101].into(),
            422,
            "invalid_items",
            "items",
        ),
        ("/items/0", json!(1), 422, BODY, "items[0]"),
        ("/items/0/productId", Value::Null, 422, BODY, "items[0].productId"),
        ("/items/0/productId", json!("tea"), 422, BODY, "items[0].productId"),
        ("/items/0/productId", json!(17), 422, BODY, "items[0].productId"),
        ("/items/0/productId", json!(uuid::Uuid::nil()), 404, "product_not_found", ""),
        ("/items/0/quantity", Value::Null, 422, BODY, "items[0].quantity"),
        ("/items/0/quantity", json!(0), 422, "invalid_items", "items"),
        ("/items/0/quantity", json!(-1), 422, BODY, "items[0].quantity"),
        ("/items/0/quantity", json!(1.5), 422, BODY, "items[0].quantity"),
        ("/items/0/quantity", json!("2"), 422, BODY, "items[0].quantity"),
        ("/items/0/quantity", json!(10_001), 422, "invalid_items", "items"),
        ("/items/0/quantity", json!(u32::MAX), 422, "invalid_items", "items"),
        ("/items/0/quantity", json!(u64::MAX), 422, BODY, "items[0].quantity"),
        ("/items/0/quantity", json!(1e300), 422, BODY, "items[0].quantity"),
        ("/items/0/quantity", json!(101), 409, "out_of_stock", ""),
        ("/items/0/price", json!(1), 422, BODY, "items[0].price"),
        ("/shippingAddress", Value::Null, 422, BODY, "shippingAddress"),
        ("/shippingAddress", json!("Harbour Road"), 422, BODY, "shippingAddress"),
        ("/shippingAddress/city", Value::Null, 422, BODY, "shippingAddress.city"),
        ("/shippingAddress/planet", json!("Mars"), 422, BODY, "shippingAddress.planet"),
        ("/shippingAddress/phone", letters(41), 422, BODY, "shippingAddress.phone"),
        ("/shippingAddress/postalCode", letters(21), 422, BODY, "shippingAddress.postalCode"),
        ("/paymentMethod", Value::Null, 422, BODY, "paymentMethod"),
        ("/paymentMethod", json!("barter"), 422, BODY, "paymentMethod"),
        ("/paymentMethod", json!("online"), 422, "payment_method_unavailable", ""),
        ("/expectedTotal", json!(5), 422, BODY, "expectedTotal"),
        ("/expectedTotal", json!({"amount": 1.5, "currency": "EUR"}), 422, BODY, "expectedTotal.amount"),
        ("/expectedTotal", json!({"amount": 1, "currency": "euro"}), 422, BODY, "expectedTotal.currency"),
        ("/expectedTotal", json!({"amount": 1, "currency": "EUR"}), 409, "total_changed", ""),
        ("/expectedTotal", json!({"amount": 1250, "currency": "USD"}), 409, "total_changed", ""),
        ("/storeId", json!("no/slash"), 422, BODY, "storeId"),
        ("/storeId", letters(65), 422, BODY, "storeId"),
        ("/storeId", json!("elsewhere"), 404, "product_not_found", ""),
        ("/customer", json!("jwt|ben"), 422, BODY, "customer"),
        ("/status", json!("delivered"), 422, BODY, "status"),
        ("/__proto__", json!({}), 422, BODY, "__proto__"),
    ];
    cases.extend(bad_names("/shippingAddress/name", "shippingAddress.name", 120));
    cases.extend(bad_names("/shippingAddress/line1", "shippingAddress.line1", 200));
    let valid = cart(&[(fixture.product, 1)]);
    each(&fixture, &fixture.asha, "POST", "/api/v1/orders", &valid, cases).await;
}

#[tokio::test]
async fn an_invalid_product_is_refused_and_names_the_field() {
    let fixture = TestShop::open().await;
    let image = |text: &str| ("/image", json!(text), 422, BODY, "image");
    let mut cases = vec![
        ("/price", Value::Null, 422, BODY, "price"),
        ("/price/amount", json!(-1), 422, "amount_out_of_range", ""),
        ("/price/amount", json!(100_000_000_001_i64), 422, "amount_out_of_range", ""),
        ("/price/amount", json!(i64::MIN), 422, "amount_out_of_range", ""),
        ("/price/amount", json!(u64::MAX), 422, BODY, "price.amount"),
        ("/price/amount", json!("12.50"), 422, BODY, "price.amount"),
        ("/price/currency", json!("EURO"), 422, BODY, "price.currency"),
        ("/price/currency", json!("eur"), 422, BODY, "price.currency"),
        ("/price/tax", json!(7), 422, BODY, "price.tax"),
        ("/stock", json!(-5), 422, BODY, "stock"),
        ("/stock", json!(u32::MAX), 422, "stock_out_of_range", ""),
        ("/stock", json!(u64::MAX), 422, BODY, "stock"),
        ("/sku", letters(65), 422, BODY, "sku"),
        ("/category", json!("a\nb"), 422, BODY, "category"),
        ("/description", letters(4001), 422, BODY, "description"),
        ("/description", json!("a\u{0}"), 422, BODY, "description"),
        image("javascript:alert(1)"),
        image("JavaScript:alert(1)"),
        image(" https://pictures.example/tea.png"),
        image("http://pictures.example/tea.png"),
        image("//pictures.example/tea.png"),
        image("data:text/html,<script>alert(1)</script>"),
        image("https://pictures.example/\"onerror=alert(1)"),
        image("vbscript:x"),
        image("tea.png"),
        image(""),
        ("/image", json!(format!("data:image/png;base64,{}", "A".repeat(20_000))), 422, BODY, "image"),
        ("/id", json!(uuid::Uuid::nil()), 422, BODY, "id"),
    ];
    cases.extend(bad_names("/name", "name", 200));
    let valid = json!({"name": "Cup", "price": {"amount": 1, "currency": "EUR"}, "stock": 1});
    let changes: Vec<Case> =
        cases.iter().filter(|case| !case.0.starts_with("/stock") && !case.1.is_null()).cloned().collect();
    each(&fixture, &fixture.sam, "POST", "/api/v1/products", &valid, cases).await;
    let valid = json!({"name": "Cup", "price": {"amount": 1, "currency": "EUR"}});
    each(&fixture, &fixture.sam, "PUT", "/api/v1/products/{product}", &valid, changes).await;
    let counts = vec![
        ("/change", Value::Null, 422, BODY, "onHand"),
        ("/onHand", json!(5), 422, BODY, "onHand"),
        ("/change", json!(-101), 422, "stock_out_of_range", ""),
        ("/change", json!(-99), 409, "stock_reserved", ""),
        ("/change", json!(i64::MAX), 422, "stock_out_of_range", ""),
        ("/change", json!(i64::MIN), 422, "stock_out_of_range", ""),
        ("/change", json!(1.5), 422, BODY, "change"),
        ("/reserved", json!(0), 422, BODY, "reserved"),
    ];
    each(&fixture, &fixture.sam, "PUT", "/api/v1/products/{product}/stock", &json!({"change": 1}), counts)
        .await;
}

#[tokio::test]
async fn an_invalid_change_to_an_order_is_refused_and_names_the_field() {
    let fixture = TestShop::open().await;
    let status = vec![
        ("/status", Value::Null, 422, BODY, "status"),
        ("/status", json!("lost"), 422, BODY, "status"),
        ("/status", json!("Shipped"), 422, BODY, "status"),
        ("/status", json!(3), 422, BODY, "status"),
        ("/trackingNumber", letters(101), 422, BODY, "trackingNumber"),
        ("/note", letters(2001), 422, BODY, "note"),
        ("/note", json!("a\u{0}b"), 422, BODY, "note"),
        ("/reason", letters(501), 422, BODY, "reason"),
        ("/reason", json!("evil\u{7}"), 422, BODY, "reason"),
        ("/version", json!(1), 422, BODY, "version"),
        ("/estimatedDelivery", json!("tomorrow"), 422, BODY, "estimatedDelivery"),
        ("/estimatedDelivery", json!("2026-13-01T00:00:00Z"), 422, BODY, "estimatedDelivery"),
        ("/estimatedDelivery", json!("2026-02-30T00:00:00Z"), 422, BODY, "estimatedDelivery"),
        ("/estimatedDelivery", json!("2026-02-01T00:00:00"), 422, BODY, "estimatedDelivery"),
        ("/estimatedDelivery", json!("10000-01-01T00:00:00Z"), 422, BODY, "estimatedDelivery"),
        ("/estimatedDelivery", json!("-009999-01-01T00:00:00Z"), 422, BODY, "estimatedDelivery"),
        ("/estimatedDelivery", json!(1_760_000_000), 422, BODY, "estimatedDelivery"),
    ];
    let place = |latitude: Value, longitude: Value| json!({"latitude": latitude, "longitude": longitude});
    let mut delivery = vec![
        ("/location", place(json!(90.001), json!(0)), 422, BODY, "location"),
        ("/location", place(json!(0), json!(-180.5)), 422, BODY, "location"),
        ("/location", place(json!(1e308), json!(0)), 422, BODY, "location"),
        ("/location", place(json!("NaN"), json!(0)), 422, BODY, "location"),
        ("/location", json!({"latitude": 1}), 422, BODY, "location"),
        ("/location", json!({"latitud": 1, "longitude": 1}), 422, BODY, "location"),
        ("/location", json!([1, 2, 3]), 422, BODY, "location"),
        ("/driverId", letters(257), 422, BODY, "driverId"),
        ("/driverId", json!("a\u{7}b"), 422, BODY, "driverId"),
        ("/partner", json!({"phone": "1"}), 422, BODY, "partner.name"),
        ("/partner", json!({"name": "D", "age": 4}), 422, BODY, "partner.age"),
    ];
    delivery.extend(bad_names("/partner/name", "partner.name", 120));
    let path = "/api/v1/orders/{order}/status";
    each(&fixture, &fixture.sam, "PUT", path, &json!({"status": "processing"}), status).await;
    let path = "/api/v1/orders/{order}/delivery";
    each(&fixture, &fixture.sam, "PUT", path, &json!({"partner": {"name": "Dev"}}), delivery).await;
    let cancel = vec![
        ("/reason", letters(501), 422, BODY, "reason"),
        ("/reason", json!(1), 422, BODY, "reason"),
        ("/why", json!("x"), 422, BODY, "why"),
    ];
    let path = "/api/v1/orders/{order}/cancel";
    each(&fixture, &fixture.asha, "POST", path, &json!({"reason": "x"}), cancel).await;
    let bulk = vec![
        ("/orders", json!([]), 422, BODY, "orders"),
        ("/orders", vec!["10001"; 501].into(), 422, BODY, "orders"),
        ("/orders", json!("10001"), 422, BODY, "orders"),
        ("/orders/0", json!(10001), 422, BODY, "orders[0]"),
        ("/status", json!("lost"), 422, BODY, "status"),
        ("/note", letters(2001), 422, BODY, "note"),
    ];
    let valid = json!({"orders": [fixture.placed.number], "status": "processing"});
    each(&fixture, &fixture.sam, "POST", "/api/v1/orders/bulk-status", &valid, bulk).await;
    let tracking = vec![
        ("/orderId", Value::Null, 422, BODY, "orderId"),
        ("/orderId", json!("nonsense"), 404, "order_not_found", ""),
        ("/orderId", json!("99999"), 404, "order_not_found", ""),
        ("/status", json!("gone"), 422, BODY, "status"),
        ("/location", json!({"lat": 91, "lng": 0}), 422, BODY, "location"),
        ("/location", json!({"lat": 1}), 422, BODY, "location"),
        ("/location", json!({"lat": "north", "lng": 1}), 422, BODY, "location"),
        ("/deliveryPartner", json!({"phone": "1"}), 422, BODY, "deliveryPartner"),
        ("/deliveryPartner", json!({"name": "a\nb"}), 422, BODY, "deliveryPartner"),
        ("/status", json!(["shipped"]), 422, BODY, "status"),
    ];
    let valid = json!({"orderId": fixture.placed.id, "status": "processing"});
    each(&fixture, &fixture.sam, "PUT", "/api/orders/tracking", &valid, tracking).await;
}

#[tokio::test]
async fn an_invalid_read_mark_is_refused() {
    let fixture = TestShop::open().await;
    let here = fixture.shop.get("/api/v1/notifications").by(&fixture.asha).gives(200).await["cursor"].clone();
    let cases = vec![
        ("/cursor", json!(1), 422, BODY, "cursor"),
        ("/cursor", json!(""), 422, BODY, "cursor"),
        ("/cursor", json!("1"), 422, BODY, "cursor"),
        ("/cursor", json!("elsewhere:1"), 422, BODY, "cursor"),
        ("/cursor", letters(5000), 422, BODY, "cursor"),
        ("/upto", json!(1), 422, BODY, "upto"),
    ];
    let path = "/api/v1/notifications/read-all";
    each(&fixture, &fixture.asha, "POST", path, &json!({"cursor": here}), cases).await;
}

#[tokio::test]
async fn an_invalid_account_is_refused_and_names_the_field() {
    let fixture = TestShop::open().await;
    let mut register = vec![
        ("/email", Value::Null, 422, BODY, "email"),
        ("/password", Value::Null, 422, BODY, "password"),
        ("/password", json!("seven77"), 422, "weak_password", "password"),
        ("/password", letters(129), 422, "weak_password", "password"),
        ("/password", json!("ASHA@example.com"), 422, "weak_password", "password"),
        ("/password", json!(12_345_678), 422, BODY, "password"),
        ("/role", json!("staff"), 422, BODY, "role"),
        ("/store", json!("main"), 422, BODY, "store"),
        ("/id", json!("1"), 422, BODY, "id"),
    ];
    register.extend(bad_names("/name", "name", 120));
    for email in [
        "",
        "asha",
        "@example.com",
        "asha@",
        "asha@@example.com",
        "a b@example.com",
        "asha@exa mple.com",
        "asha@example..com",
        "asha@-example.com",
        "asha@example.com\nbcc: all@example.com",
        "<asha@example.com>",
        "asha@[127.0.0.1]",
        "\u{0}@example.com",
    ] {
        register.push(("/email", json!(email), 422, BODY, "email"));
    }
    register.push(("/email", json!(format!("{}@example.com", "a".repeat(300))), 422, BODY, "email"));
    let valid = json!({"email": "asha@example.com", "password": "correct horse", "name": "Asha"});
    each(&fixture, "", "POST", "/api/v1/auth/register", &valid, register).await;
    let login = vec![
        ("/email", json!("nobody at all"), 422, BODY, "email"),
        ("/password", Value::Null, 422, BODY, "password"),
        ("/password", json!("wrong"), 401, "invalid_credentials", ""),
        ("/password", letters(100_000), 401, "invalid_credentials", ""),
        ("/password", json!("\u{0}"), 401, "invalid_credentials", ""),
        ("/remember", json!(true), 422, BODY, "remember"),
    ];
    let valid = json!({"email": "asha@example.com", "password": "correct horse"});
    each(&fixture, "", "POST", "/api/v1/auth/login", &valid, login).await;
    let refresh = vec![
        ("/refreshToken", Value::Null, 422, BODY, "refreshToken"),
        ("/refreshToken", json!(""), 401, "session_ended", ""),
        ("/refreshToken", letters(100_000), 401, "session_ended", ""),
    ];
    each(&fixture, "", "POST", "/api/v1/auth/refresh", &json!({"refreshToken": "x"}), refresh).await;
    let reset = vec![
        ("/token", letters(100_000), 410, "link_invalid", ""),
        ("/password", json!("short"), 422, "weak_password", "password"),
    ];
    let valid = json!({"token": "x", "password": "long enough"});
    each(&fixture, "", "POST", "/api/v1/auth/password-reset", &valid, reset).await;
}

#[tokio::test]
async fn objects_cannot_be_written_as_arrays_of_their_members() {
    let fixture = TestShop::open().await;
    let shop = &fixture.shop;
    shop.register("asha@example.com").await;
    let mut wrong = Vec::new();
    for (who, method, path, body, field) in [
        ("", "POST", "/api/v1/auth/login", json!(["asha@example.com", PASSWORD]), ""),
        ("", "POST", "/api/v1/auth/register", json!(["ben@example.com", PASSWORD, "Ben"]), ""),
        ("", "POST", "/api/v1/auth/refresh", json!(["x"]), ""),
        ("", "POST", "/api/v1/auth/password-reset", json!(["x", PASSWORD]), ""),
        (
            &fixture.sam,
            "POST",
            "/api/v1/orders/bulk-status",
            json!([["10001"], "processing", null, null]),
            "",
        ),
        (&fixture.sam, "PUT", "/api/v1/orders/{order}/status", json!(["processing"]), ""),
        (&fixture.sam, "PUT", "/api/v1/orders/{order}/delivery", json!([{"name": "Dev"}]), ""),
        (&fixture.sam, "PUT", "/api/v1/orders/{order}/delivery", json!({"partner": ["Dev"]}), "partner"),
        (
            &fixture.sam,
            "PUT",
            "/api/v1/orders/{order}/delivery",
            json!({"location": [53.5, 10.0]}),
            "location",
        ),
        (
            &fixture.sam,
            "PUT",
            "/api/v1/orders/{order}/status",
            json!({"status": {"processing": null}}),
            "status",
        ),
        (&fixture.sam, "PUT", "/api/orders/tracking", json!(["10001", "processing"]), ""),
        (&fixture.asha, "POST", "/api/v1/orders/{order}/cancel", json!(["reason"]), ""),
    ] {
        let request = shop.ask(method, &fixture.path(path)).by(who).json(&body);
        let what = format!("{method} {path} {body}");
        expect(&fixture, &mut wrong, &what, request, Expected { status: 422, code: BODY, field }).await;
    }
    let mut order = cart(&[(fixture.product, 1)]);
    order["items"][0] = json!([fixture.product.0, 1]);
    let request = shop.post("/api/v1/orders", &order).by(&fixture.asha);
    let expected = Expected { status: 422, code: BODY, field: "items[0]" };
    expect(&fixture, &mut wrong, "an item as an array", request, expected).await;
    let mut order = cart(&[(fixture.product, 1)]);
    let members = order["shippingAddress"].as_object().unwrap().values().cloned().collect::<Vec<_>>();
    order["shippingAddress"] = members.into();
    let request = shop.post("/api/v1/orders", &order).by(&fixture.asha);
    let expected = Expected { status: 422, code: BODY, field: "shippingAddress" };
    expect(&fixture, &mut wrong, "an address as an array", request, expected).await;
    assert_no_failures(&wrong);
}
