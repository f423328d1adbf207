//! Invalid requests get a 4xx that says what is wrong, and change nothing.

mod bodies;
mod fuzz;
mod headers_and_bytes;
mod requests;

use serde_json::Value;

use crate::support::Shop;
use crate::support::orders::{PlacedOrder, TestProduct};
use crate::support::request::{TestRequest, TestResponse};
use crate::support::users::{customer, staff};

/// A shop with a product and an order.
struct TestShop {
    shop: Shop,
    asha: String,
    sam: String,
    product: TestProduct,
    placed: PlacedOrder,
}

impl TestShop {
    async fn open() -> Self {
        let shop = Shop::open().await;
        let asha = customer("asha");
        let product = shop.product("Tea", 100).await;
        let placed = shop.place(&asha, product, 2).await;
        Self { shop, asha, sam: staff("sam"), product, placed }
    }

    /// Replaces `{order}` and `{product}` with the ids of this shop.
    fn path(&self, path: &str) -> String {
        path.replace("{order}", &self.placed.id).replace("{product}", &self.product.to_string())
    }

    /// The state that an invalid request must not change.
    async fn state(&self) -> (u64, orders::product::Stock) {
        (self.shop.head().await, self.shop.stock(self.product).await)
    }
}

struct Expected<'a> {
    status: u16,
    code: &'a str,
    /// The field of the first entry of `errors`; empty if none is required.
    field: &'a str,
}

/// What is wrong with a response; `None` if it is as expected.
fn failure_of(what: &str, answer: &TestResponse, expected: &Expected<'_>) -> Option<String> {
    let shown = |why: &str| {
        let what: String = what.chars().take(200).collect();
        Some(format!("{why}\n    asked: {what}\n    got: {} {}", answer.status, answer.text))
    };
    if answer.status != expected.status {
        return shown(&format!("not {} {}", expected.status, expected.code));
    }
    if answer.code() != expected.code {
        return shown(&format!("not {}", expected.code));
    }
    if answer.text.len() > 4096 {
        return shown("the response is too long");
    }
    let problem = answer.json();
    let field = problem["errors"][0]["field"].as_str().unwrap_or_default();
    if field != expected.field && !expected.field.is_empty() {
        return shown(&format!("does not name {}", expected.field));
    }
    let message = &problem["errors"][0]["message"];
    if !expected.field.is_empty() && message.as_str().is_none_or(str::is_empty) {
        return shown("does not say which rule was broken");
    }
    None
}

/// Sends a request, and collects what is wrong with the response or its effect.
async fn expect(
    fixture: &TestShop,
    wrong: &mut Vec<String>,
    what: &str,
    request: TestRequest,
    expected: Expected<'_>,
) {
    let before = fixture.state().await;
    let answer = request.send().await;
    wrong.extend(failure_of(what, &answer, &expected));
    if fixture.state().await != before {
        wrong.push(format!("changed something: {what}"));
    }
}

fn assert_no_failures(wrong: &[String]) {
    assert!(wrong.is_empty(), "{} failures\n{}", wrong.len(), wrong.join("\n"));
}

/// Replaces the value at a JSON pointer. Null removes it.
fn with(body: &Value, pointer: &str, value: Value) -> Value {
    let mut body = body.clone();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let parent = body.pointer_mut(parent).unwrap();
    match parent {
        Value::Object(fields) if value.is_null() => drop(fields.remove(key)),
        Value::Object(fields) => drop(fields.insert(key.to_owned(), value)),
        Value::Array(items) => items[key.parse::<usize>().unwrap()] = value,
        _ => panic!("{pointer} does not exist"),
    }
    body
}
