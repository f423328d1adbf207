//! Whatever a client sends: it is told what was wrong, with a 4xx, and nothing changes.

mod bodies;
mod fuzz;
mod headers_and_bytes;
mod requests;

use serde_json::Value;

use crate::support::Shop;
use crate::support::orders::{PlacedOrder, TestProduct};
use crate::support::request::{TestRequest, TestResponse};
use crate::support::users::{customer, staff};

/// A shop with something in it to spoil.
struct TestShop {
    shop: Shop,
    asha: String,
    sam: String,
    good: TestProduct,
    placed: PlacedOrder,
}

impl TestShop {
    async fn set() -> Self {
        let shop = Shop::open().await;
        let asha = customer("asha");
        let good = shop.product("Tea", 100).await;
        let placed = shop.place(&asha, good, 2).await;
        Self { shop, asha, sam: staff("sam"), good, placed }
    }

    /// The path of an endpoint: `{order}` and `{product}` stand for those of the stage.
    fn path(&self, path: &str) -> String {
        path.replace("{order}", &self.placed.id).replace("{product}", &self.good.to_string())
    }

    /// What must stay as it is.
    async fn state(&self) -> (u64, orders::product::Stock) {
        (self.shop.head().await, self.shop.stock(self.good).await)
    }
}

/// What a refusal has to say.
struct Expected<'a> {
    status: u16,
    code: &'a str,
    /// The field of the first entry of `errors`; empty where there need be none.
    field: &'a str,
}

/// Every complaint about one answer, as a line each.
fn complaints(what: &str, answer: &TestResponse, said: &Expected<'_>) -> Option<String> {
    let shown = |why: &str| {
        let what: String = what.chars().take(200).collect();
        Some(format!("{why}\n    asked: {what}\n    got: {} {}", answer.status, answer.text))
    };
    if answer.status != said.status {
        return shown(&format!("not {} {}", said.status, said.code));
    }
    if answer.code() != said.code {
        return shown(&format!("not {}", said.code));
    }
    if answer.text.len() > 4096 {
        return shown("too much is said");
    }
    let problem = answer.json();
    let field = problem["errors"][0]["field"].as_str().unwrap_or_default();
    if field != said.field && !said.field.is_empty() {
        return shown(&format!("does not name {}", said.field));
    }
    let message = &problem["errors"][0]["message"];
    if !said.field.is_empty() && message.as_str().is_none_or(str::is_empty) {
        return shown("does not say which rule was broken");
    }
    None
}

/// Sends, and collects what is wrong with the answer or with what it did.
async fn expect(
    stage: &TestShop,
    wrong: &mut Vec<String>,
    what: &str,
    request: TestRequest,
    said: Expected<'_>,
) {
    let before = stage.state().await;
    let answer = request.send().await;
    wrong.extend(complaints(what, &answer, &said));
    if stage.state().await != before {
        wrong.push(format!("changed something: {what}"));
    }
}

fn assert_no_failures(wrong: &[String]) {
    assert!(wrong.is_empty(), "{} complaints\n{}", wrong.len(), wrong.join("\n"));
}

/// `{"a": {"b": 1}}` with another value at `/a/b`; nothing there any more for null.
fn with(body: &Value, pointer: &str, value: Value) -> Value {
    let mut body = body.clone();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let parent = body.pointer_mut(parent).unwrap();
    match parent {
        Value::Object(fields) if value.is_null() => drop(fields.remove(key)),
        Value::Object(fields) => drop(fields.insert(key.to_owned(), value)),
        Value::Array(items) => items[key.parse::<usize>().unwrap()] = value,
        _ => panic!("{pointer} leads nowhere"),
    }
    body
}
