//! The `OpenAPI` document is valid and complete, and matches the responses.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::Shop;
use crate::support::users::{customer, staff};

async fn document(shop: &Shop) -> Value {
    let answer = shop.get("/api/openapi.json").send().await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"));
    answer.json()
}

/// Every operation with its method and path.
fn operations(document: &Value) -> Vec<(String, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    let each = |(path, item)| {
        let item: &Value = item;
        let name = move |(method, operation)| (format!("{method} {path}"), operation);
        item.as_object().unwrap().iter().map(name).collect::<Vec<_>>()
    };
    paths.iter().flat_map(each).collect()
}

/// Every `$ref` in a value.
fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value.as_str().filter(|_| name == "$ref") {
                    Some(target) => drop(found.insert(target.to_owned())),
                    None => references(value, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[tokio::test]
async fn the_document_is_valid_openapi_3_1() {
    let shop = Shop::open().await;
    let document = document(&shop).await;
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1."));
    assert_eq!(document["info"]["version"], env!("CARGO_PKG_VERSION"));
    for code in api::problem::Code::ALL {
        assert!(document["info"]["description"].as_str().unwrap().contains(code.name()), "{}", code.name());
    }
    let mut used = BTreeSet::new();
    references(&document, &mut used);
    for target in &used {
        let pointer = target.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{target} leads nowhere");
    }
    let schemas = document["components"]["schemas"].as_object().unwrap();
    for name in schemas.keys() {
        assert!(name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b)), "{name} is no name");
        assert!(used.contains(&format!("#/components/schemas/{name}")), "{name} is used nowhere");
    }
    for scheme in ["bearer", "cookie"] {
        assert!(document["components"]["securitySchemes"][scheme].is_object());
    }
}

#[tokio::test]
async fn every_operation_is_described_with_all_its_answers() {
    let shop = Shop::open().await;
    let document = document(&shop).await;
    let mut names = BTreeSet::new();
    for (place, operation) in operations(&document) {
        let name = operation["operationId"].as_str().unwrap_or_else(|| panic!("{place} has no operationId"));
        assert!(names.insert(name), "{place}: the operationId {name} stands twice (OpenAPI 3.1, 4.8.10.1)");
        assert!(operation["summary"].as_str().is_some_and(|text| text.len() > 4), "{place} has no summary");
        assert!(operation["tags"][0].is_string(), "{place} has no tag");
        let responses = operation["responses"].as_object().unwrap();
        assert!(responses.keys().any(|status| status.starts_with('2')), "{place}");
        for (status, response) in responses {
            let what = format!("{place} {status}");
            assert!(response["description"].is_string(), "{what} has no description");
            if matches!(&**status, "204" | "304") {
                continue;
            }
            let content = response["content"].as_object().unwrap_or_else(|| panic!("{what} has no body"));
            assert!(content.values().all(|body| body["schema"].is_object()), "{what} has no schema");
            if status.starts_with('4') {
                let problem = &content["application/problem+json"]["schema"]["$ref"];
                assert_eq!(problem, "#/components/schemas/Problem", "{what}");
            }
        }
        let (_, path) = place.split_once(' ').unwrap();
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        let in_path = parameters.iter().filter(|parameter| parameter["in"] == "path");
        let mut described: Vec<_> = in_path.map(|parameter| parameter["name"].as_str().unwrap()).collect();
        let mut wanted: Vec<_> =
            path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect();
        described.sort_unstable();
        wanted.sort_unstable();
        assert_eq!(described, wanted, "{place}");
        let writes = ["post", "put", "delete"].iter().any(|method| place.starts_with(method));
        // Requests that only read need no idempotency key.
        let harmless = operation["tags"][0] == "notifications";
        let accounts = operation["tags"][0] == "accounts";
        if writes && !accounts && !harmless {
            let key = parameters.iter().any(|parameter| parameter["name"] == "Idempotency-Key");
            assert!(key, "{place} takes an Idempotency-Key and does not say so");
        }
    }
}

#[tokio::test]
async fn public_operations_are_documented_as_public() {
    let shop = Shop::open().await;
    let document = document(&shop).await;
    let open: BTreeSet<_> = operations(&document)
        .into_iter()
        .filter(|(_, operation)| {
            let security = operation.get("security").unwrap_or(&document["security"]);
            security.as_array().unwrap().is_empty() || security.as_array().unwrap().contains(&json!({}))
        })
        .map(|(place, _)| place)
        .collect();
    let expected = [
        "get /api/v1/auth/session",
        "get /api/v1/config",
        "get /api/v1/products",
        "get /api/v1/products/{product}",
        "get /health",
        "get /health/ready",
        "get /metrics",
        "post /api/v1/auth/login",
        "post /api/v1/auth/password-reset",
        "post /api/v1/auth/refresh",
        "post /api/v1/auth/register",
    ];
    assert_eq!(open, expected.map(str::to_owned).into());
}

/// Whether a value matches a schema as far as generated types depend on it: types, required and known fields.
fn fits(document: &Value, schema: &Value, value: &Value, at: &str) {
    if let Some(target) = schema["$ref"].as_str() {
        return fits(document, document.pointer(&target[1..]).unwrap(), value, at);
    }
    // A composed schema (`allOf`, `oneOf`) has no type of its own and is not checked.
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => return,
    };
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    assert!(
        kinds.contains(&kind) || (kind == "integer" && kinds.contains(&"number")),
        "{at} is {kind}, not {kinds:?}"
    );
    for required in schema["required"].as_array().into_iter().flatten() {
        assert!(value.get(required.as_str().unwrap()).is_some(), "{at} lacks {required}: {value}");
    }
    if let Some(fields) = value.as_object().filter(|_| schema["properties"].is_object()) {
        for (name, value) in fields {
            match schema["properties"].get(name) {
                Some(schema) => fits(document, schema, value, &format!("{at}.{name}")),
                None => assert!(schema.get("additionalProperties").is_some(), "{at}.{name} is not described"),
            }
        }
    }
    for (n, item) in value.as_array().into_iter().flatten().enumerate() {
        fits(document, &schema["items"], item, &format!("{at}[{n}]"));
    }
}

#[tokio::test]
async fn responses_match_the_document() {
    let shop = Shop::open().await;
    let document = document(&shop).await;
    let (asha, sam) = (customer("asha"), staff("sam"));
    let tea = shop.product("Tea", 10).await;
    let placed = shop.place(&asha, tea, 1).await;
    shop.advance(&placed, "shipped").await;
    let tracking =
        json!({"orderId": placed.id, "location": {"lat": 1, "lng": 2}, "deliveryPartner": {"name": "D"}});
    shop.put("/api/orders/tracking", &tracking).by(&sam).gives(200).await;
    let path = |below: &str| placed.path(below);
    for (template, path, who) in [
        ("/api/v1/orders", "/api/v1/orders".to_owned(), &sam),
        ("/api/v1/orders/{order}", path(""), &asha),
        ("/api/v1/orders/{order}", path(""), &sam),
        ("/api/v1/products", "/api/v1/products".to_owned(), &sam),
        ("/api/v1/products/{product}", format!("/api/v1/products/{tea}"), &asha),
        ("/api/v1/me", "/api/v1/me".to_owned(), &asha),
        ("/api/v1/auth/session", "/api/v1/auth/session".to_owned(), &asha),
        ("/api/v1/stats", "/api/v1/stats".to_owned(), &sam),
        ("/api/v1/notifications", "/api/v1/notifications".to_owned(), &asha),
        ("/api/v1/notifications", "/api/v1/notifications?limit=1".to_owned(), &asha),
        ("/api/v1/notifications/unread-count", "/api/v1/notifications/unread-count".to_owned(), &sam),
        ("/api/orders/manage", "/api/orders/manage".to_owned(), &asha),
        ("/health", "/health".to_owned(), &asha),
    ] {
        let answer = shop.get(&path).by(who).gives(200).await;
        let schema =
            &document["paths"][template]["get"]["responses"]["200"]["content"]["application/json"]["schema"];
        fits(&document, schema, &answer, template);
    }
    let read = shop.ask("POST", "/api/v1/notifications/read-all").by(&asha).gives(200).await;
    fits(&document, &document["components"]["schemas"]["ReadView"], &read, "ReadView");
    let problem = shop.get("/api/v1/orders?limit=0").by(&sam).send().await.json();
    fits(&document, &document["components"]["schemas"]["Problem"], &problem, "Problem");
}

#[tokio::test]
async fn the_documents_are_printed_without_a_server() {
    let data = tempfile::tempdir().unwrap();
    let shop = Shop::open().await;
    for (command, path) in [("openapi", "/api/openapi.json"), ("asyncapi", "/api/asyncapi.json")] {
        let printed = crate::binary::run(data.path(), &[command]).await.expect_success();
        let mut printed: Value = serde_json::from_str(&printed).unwrap();
        let mut served = shop.get(path).gives(200).await;
        // Only a running server knows its address.
        assert!(printed.get("servers").is_none(), "{command}");
        drop(served.as_object_mut().unwrap().remove("servers"));
        for document in [&mut printed, &mut served] {
            for channel in document["channels"].as_object_mut().into_iter().flatten() {
                drop(channel.1.as_object_mut().unwrap().remove("servers"));
            }
        }
        assert_eq!(printed, served, "{command}");
    }
    let files = std::fs::read_dir(data.path()).unwrap().count();
    assert_eq!(files, 0, "the command created files");
}

/// The client's types are generated from copies of the documents in the SDK.
#[tokio::test]
async fn the_clients_copies_of_the_documents_are_up_to_date() {
    let documents = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/sdk/documents");
    if !documents.is_dir() {
        return;
    }
    for command in ["openapi", "asyncapi"] {
        let printed = crate::binary::run(&documents, &[command]).await.expect_success();
        let kept = std::fs::read_to_string(documents.join(format!("{command}.json"))).unwrap();
        assert!(
            kept == printed,
            "web/sdk/documents/{command}.json is old: run `make docs`, then npm run generate in web/"
        );
    }
}
