//! The connection itself: how it begins, starts over and ends.

use eventlog::Cursor;
use jiff::Timestamp;
use orders::Role;
use orders::view::{OrderView, Person};
use serde::Serialize;

use crate::close::{Close, ReconnectRule};

/// Who you are, and where in the log.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Connected<'a> {
    /// For people.
    message: &'static str,
    role: WireRole,
    user: &'a Person,
    /// Your position in the log.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    cursor: Cursor,
    /// The log's head when you connected. You missed the events up to it.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    head: Cursor,
    /// Whether you go on where you were.
    recovered: bool,
}

/// A role, by its name in live events.
#[derive(Clone, Copy, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
enum WireRole {
    User,
    Admin,
    Driver,
}

impl<'a> Connected<'a> {
    pub(crate) fn new(role: Role, user: &'a Person, cursor: Cursor, head: Cursor, recovered: bool) -> Self {
        let role = match role {
            Role::Customer => WireRole::User,
            Role::Staff => WireRole::Admin,
            Role::Driver => WireRole::Driver,
        };
        Self { message: "Connected to real-time service", role, user, cursor, head, recovered }
    }
}

/// Start over: forget what you had.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Reset))]
pub(crate) struct ResetPayload<'a> {
    pub(crate) reason: ResetReason,
    /// Go on from here.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub(crate) cursor: &'a Cursor,
    /// The newest orders, newest first.
    pub(crate) orders: &'a [OrderView],
}

/// Why a client has to start over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ResetReason {
    /// The cursor is of another history: a backup was restored.
    EpochChanged,
    /// Retention deleted events after the cursor.
    TooOld,
    /// The cursor is malformed, or ahead of the log.
    UnknownCursor,
}

/// The server's time.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct Heartbeat {
    #[serde(serialize_with = "orders::time::serialize")]
    pub(crate) at: Timestamp,
}

/// Why the server closes a stream, and when to reconnect.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Reconnect {
    #[cfg_attr(feature = "openapi", schema(schema_with = stream_codes))]
    code: u16,
    #[cfg_attr(feature = "openapi", schema(schema_with = stream_reasons))]
    reason: &'static str,
    /// Milliseconds to wait. Absent: sign in again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = u32, required = false))]
    after_ms: Option<u32>,
}

impl From<Close> for Reconnect {
    fn from(close: Close) -> Self {
        let policy = close.policy();
        let after_ms = match policy.reconnect {
            ReconnectRule::AfterMs(ms) => Some(ms),
            ReconnectRule::Backoff | ReconnectRule::Never => None,
        };
        Self { code: policy.code, reason: policy.reason, after_ms }
    }
}

#[cfg(feature = "openapi")]
fn stream_policies() -> impl Iterator<Item = crate::close::ClosePolicy> {
    Close::ALL.map(Close::policy).into_iter().filter(|policy| policy.streams)
}

#[cfg(feature = "openapi")]
fn stream_codes() -> utoipa::openapi::Object {
    let codes: Vec<u16> = stream_policies().map(|policy| policy.code).collect();
    utoipa::openapi::ObjectBuilder::new()
        .schema_type(utoipa::openapi::schema::Type::Integer)
        .enum_values(Some(codes))
        .build()
}

#[cfg(feature = "openapi")]
fn stream_reasons() -> utoipa::openapi::Object {
    let reasons: Vec<&str> = stream_policies().map(|policy| policy.reason).collect();
    utoipa::openapi::ObjectBuilder::new()
        .schema_type(utoipa::openapi::schema::Type::String)
        .enum_values(Some(reasons))
        .build()
}
