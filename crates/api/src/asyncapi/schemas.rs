//! The schemas of payloads, as they are generated from the structs that are sent.

use std::collections::{BTreeMap, BTreeSet};

use live::payload::MessageDoc;
use serde_json::{Map, Value, json};

/// A reference to a schema.
pub(super) fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// The schemas that messages use, and those that these use.
pub(super) fn all<'a>(messages: impl IntoIterator<Item = &'a MessageDoc>) -> Value {
    let (mut known, mut wanted) = (BTreeMap::new(), BTreeSet::new());
    for message in messages {
        wanted.insert(message.schema.clone());
        for (name, schema) in &message.schemas {
            known.entry(name.clone()).or_insert_with(|| serde_json::to_value(schema).unwrap_or_default());
        }
    }
    let mut schemas = Map::new();
    while let Some(name) = wanted.pop_first() {
        if !schemas.contains_key(&name)
            && let Some(schema) = known.get(&name)
        {
            let schema = any_of(flatten(schema, &known));
            references(&schema, &mut wanted);
            schemas.insert(name, schema);
        }
    }
    Value::Object(schemas)
}

/// Merges the parts of a struct with flattened fields into one object, as they are on the wire.
fn flatten(schema: &Value, known: &BTreeMap<String, Value>) -> Value {
    let Some(parts) = schema["allOf"].as_array() else { return schema.clone() };
    let mut merged = Map::new();
    merged.insert("type".to_owned(), json!("object"));
    merged
        .extend(schema.get("description").map(|description| ("description".to_owned(), description.clone())));
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for part in parts {
        let part = target(part).and_then(|name| known.get(name)).unwrap_or(part);
        let part = flatten(part, known);
        properties.extend(part["properties"].as_object().cloned().unwrap_or_default());
        // A member of a later part replaces that of an earlier one.
        for name in part["required"].as_array().into_iter().flatten() {
            if !required.contains(name) {
                required.push(name.clone());
            }
        }
    }
    merged.insert("properties".to_owned(), Value::Object(properties));
    merged.insert("required".to_owned(), Value::Array(required));
    Value::Object(merged)
}

/// A payload that is one of several structs may happen to fit more than one of them.
fn any_of(mut schema: Value) -> Value {
    if let Some(members) = schema.as_object_mut()
        && let Some(variants) = members.remove("oneOf")
    {
        members.insert("anyOf".to_owned(), variants);
    }
    schema
}

/// The schema that a value is a reference to.
fn target(value: &Value) -> Option<&str> {
    value.get("$ref")?.as_str()?.strip_prefix("#/components/schemas/")
}

/// The names of all schemas that a value refers to.
fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            found.extend(target(value).map(str::to_owned));
            members.values().for_each(|member| references(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}
