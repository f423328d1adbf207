//! Checks payloads against the `AsyncAPI` document.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// The document, and which of its messages were checked.
pub(super) struct SchemaChecker {
    document: Value,
    /// The schemas of the document, changed so that they refuse members that are not described.
    schemas: Value,
    checked: BTreeSet<(String, String)>,
}

impl SchemaChecker {
    pub(super) fn of(document: Value) -> Self {
        let schemas = strict(&document["components"]["schemas"]);
        Self { document, schemas, checked: BTreeSet::new() }
    }

    /// Checks that a payload matches the document, and that the role may receive it. `who` is empty for an
    /// acknowledgement.
    pub(super) fn check(&mut self, channel: &str, name: &str, who: &str, payload: &Value) {
        let key = name.replace(':', ".");
        let message = &self.document["channels"][channel]["messages"][&key];
        assert_eq!(message["name"], name, "{name} is not in the document's channel {channel}");
        let tags = message["tags"].as_array();
        let allowed = |who| tags.is_some_and(|tags| tags.iter().any(|tag| tag["name"] == who));
        // Everybody may send this command, but others than staff are refused.
        assert!(
            who.is_empty() || allowed(who) || name == "admin-status-update",
            "{who} receives {name} in {channel}"
        );
        let reference = &message["payload"]["$ref"];
        let schema = json!({
            "$ref": reference, "unevaluatedProperties": false, "components": {"schemas": self.schemas},
        });
        let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
        let wrong: Vec<String> = validator
            .iter_errors(payload)
            .map(|error| format!("{} at {}", error, error.instance_path()))
            .collect();
        assert!(wrong.is_empty(), "{channel} {name} for {who}: {wrong:#?}\n{payload:#}");
        self.checked.insert((channel.to_owned(), key));
    }

    /// Checks that every message of the document was received or sent.
    pub(super) fn every_message_was_checked(&self) {
        for (channel, about) in self.document["channels"].as_object().unwrap() {
            for key in about["messages"].as_object().unwrap().keys() {
                let checked = self.checked.contains(&(channel.clone(), key.clone()));
                assert!(checked, "{key} was not received in {channel}");
            }
        }
    }

    /// Each `$ref` of the document has a target, and each schema is used.
    pub(super) fn references_exist(&mut self) {
        let mut used = BTreeSet::new();
        references(&self.document, &mut used);
        for target in &used {
            let pointer = target.strip_prefix('#').unwrap();
            assert!(self.document.pointer(pointer).is_some(), "{target} does not exist");
        }
        for name in self.schemas.as_object().unwrap().keys() {
            assert!(used.contains(&format!("#/components/schemas/{name}")), "{name} is unused");
        }
    }
}

/// The schemas, with `unevaluatedProperties: false` wherever a member's or an item's schema begins.
fn strict(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let each = members.iter().map(|(name, member)| {
                let member = match name.as_str() {
                    "properties" => Value::Object(
                        member
                            .as_object()
                            .unwrap()
                            .iter()
                            .map(|(name, at)| (name.clone(), closed(at)))
                            .collect::<Map<_, _>>(),
                    ),
                    "items" => closed(member),
                    _ => strict(member),
                };
                (name.clone(), member)
            });
            Value::Object(each.collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(strict).collect()),
        other => other.clone(),
    }
}

fn closed(schema: &Value) -> Value {
    let mut schema = strict(schema);
    // An empty schema allows anything.
    if let Some(members) = schema.as_object_mut().filter(|members| !members.is_empty()) {
        members.insert("unevaluatedProperties".to_owned(), json!(false));
    }
    schema
}

fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|member| references(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}
