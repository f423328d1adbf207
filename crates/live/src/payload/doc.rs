//! Serializing payloads, and describing them.

use serde::Serialize;

/// Serializes a payload. Payloads are plain structs, for which this cannot fail.
pub(crate) fn json(payload: &impl Serialize) -> String {
    serde_json::to_string(payload).unwrap_or_else(|error| {
        tracing::error!(%error, "a payload cannot be serialized");
        String::from("null")
    })
}

/// A live event in the `AsyncAPI` document.
#[cfg(feature = "openapi")]
#[derive(Clone)]
pub struct MessageDoc {
    /// The event's name on the wire.
    pub name: &'static str,
    /// Who receives it; for a client's event, who may send it.
    pub roles: &'static [orders::Role],
    /// When it is sent.
    pub summary: &'static str,
    /// The name of the payload's schema.
    pub schema: String,
    /// That schema, and those it refers to.
    pub schemas: Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::Schema>)>,
}

#[cfg(feature = "openapi")]
impl MessageDoc {
    pub(crate) fn new<T: utoipa::ToSchema>(
        name: &'static str,
        roles: &'static [orders::Role],
        summary: &'static str,
    ) -> Self {
        let mut schemas = vec![(T::name().into_owned(), T::schema())];
        T::schemas(&mut schemas);
        Self { name, roles, summary, schema: T::name().into_owned(), schemas }
    }
}

#[cfg(feature = "openapi")]
/// The rows of a table of messages: `name: Payload => roles, summary`.
macro_rules! message_docs {
    ($($name:literal: $payload:ty => $roles:expr, $summary:literal;)*) => {
        vec![$($crate::payload::MessageDoc::new::<$payload>($name, $roles, $summary)),*]
    };
}
#[cfg(feature = "openapi")]
pub(crate) use message_docs;

#[cfg(feature = "openapi")]
pub(crate) mod roles {
    use orders::Role;

    pub(crate) const EVERYBODY: &[Role] = &[Role::Customer, Role::Staff, Role::Driver];
    pub(crate) const CUSTOMER_AND_DRIVER: &[Role] = &[Role::Customer, Role::Driver];
    pub(crate) const CUSTOMER_AND_STAFF: &[Role] = &[Role::Customer, Role::Staff];
    pub(crate) const STAFF: &[Role] = &[Role::Staff];
}
