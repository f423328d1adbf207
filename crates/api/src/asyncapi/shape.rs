//! Objects put together from the schemas of others, as the dialects put payloads together.

use serde_json::{Map, Value, json};

/// Members, and which of them are always there.
#[derive(Debug, Clone, Default)]
pub(super) struct Shape {
    members: Map<String, Value>,
    required: Vec<String>,
}

impl Shape {
    /// The members of a schema that is an object.
    pub(super) fn of(schema: &Value) -> Self {
        let members = schema["properties"].as_object().cloned().unwrap_or_default();
        let required = schema["required"].as_array().into_iter().flatten();
        Self { members, required: required.filter_map(Value::as_str).map(str::to_owned).collect() }
    }

    /// With the members of another.
    pub(super) fn and(mut self, other: &Self) -> Self {
        self.members.extend(other.members.clone());
        self.required.extend(other.required.iter().cloned());
        self
    }

    /// With a member that is always there.
    pub(super) fn with(mut self, name: &str, schema: Value) -> Self {
        self.required.push(name.to_owned());
        self.maybe(name, schema)
    }

    /// With a member that may be there.
    pub(super) fn maybe(mut self, name: &str, schema: Value) -> Self {
        self.members.insert(name.to_owned(), schema);
        self
    }

    /// Without a member.
    pub(super) fn without(mut self, name: &str) -> Self {
        self.members.remove(name);
        self.required.retain(|required| required != name);
        self
    }

    /// With a member under another name.
    pub(super) fn renamed(mut self, from: &str, to: &str) -> Self {
        let Some(schema) = self.members.remove(from) else { return self };
        let always = self.required.iter().any(|required| required == from);
        self.required.retain(|required| required != from);
        if always { self.with(to, schema) } else { self.maybe(to, schema) }
    }

    /// Only these members.
    pub(super) fn only(mut self, names: &[&str]) -> Self {
        self.members.retain(|name, _| names.contains(&name.as_str()));
        self.required.retain(|name| names.contains(&name.as_str()));
        self
    }

    /// These members need not be there.
    pub(super) fn loose(mut self, names: &[&str]) -> Self {
        self.required.retain(|name| !names.contains(&name.as_str()));
        self
    }

    /// As a schema.
    pub(super) fn described(mut self, about: &str) -> Value {
        self.required.sort();
        self.required.dedup();
        json!({"type": "object", "description": about, "properties": self.members, "required": self.required})
    }
}
