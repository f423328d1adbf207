//! Setting an order's status.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use orders::command::SetStatus;
use orders::order::Version;
use orders::text::{Line, Prose};
use orders::view::OrderView;
use orders::{Command, Status};
use serde::Deserialize;
use serde::de::IgnoredAny;
use utoipa::ToSchema;

use super::order_ref;
use crate::app::{App, AppState};
use crate::caller::Staff;
use crate::commands::{CommandContext, IfMatch};
use crate::extract::{Json, Path, RawBody, expected_time};
use crate::idempotency::IdempotencyKey;
use crate::problem::Problem;

/// A new status.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = SetStatus)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Body {
    /// The new status.
    status: Status,
    /// The carrier's tracking number.
    #[serde(default, deserialize_with = "orders::text::optional_code")]
    tracking_number: Option<Line<100>>,
    /// The expected time of arrival (RFC 3339).
    #[serde(default, deserialize_with = "expected_time")]
    estimated_delivery: Option<Timestamp>,
    /// A note that only staff can see.
    #[serde(default)]
    note: Option<Prose<2000>>,
    /// The reason. Required to move the status back. The customer sees it if the order is cancelled.
    #[serde(default)]
    reason: Option<Prose<500>>,
    /// How often the client has tried before. Not used: a repeated request changes nothing.
    #[serde(default, rename = "retries")]
    #[schema(value_type = Option<u32>)]
    _retries: Option<IgnoredAny>,
}

/// Set an order's status
///
/// Staff only. The customer receives an event. `paid` records the payment. Moving the status back needs a `reason`.
/// A `cancelled` order cannot be changed. Setting the status that the order already has changes nothing and returns 200,
/// so a request whose answer was lost can be sent again.
#[utoipa::path(
    put, path = "/api/v1/orders/{order}/status", tag = "orders",
    params(
        ("order" = String, Path, description = "Id, number or reference"),
        ("Idempotency-Key" = Option<String>, Header, description = "Stored for 24 hours"),
        ("If-Match" = Option<String>, Header, description = "The version you saw; a different current version returns 412 with the current state"),
    ),
    request_body = Body,
    responses(
        (
            status = OK, body = OrderView,
            headers(("Ordercast-Live-Connections" = Option<usize>, description = "Staff only: how many live connections of the customer received the change; counted again in a replayed response")),
        ),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn set_status(
    State(app): State<AppState>,
    staff: Staff,
    Path(order): Path<String>,
    key: IdempotencyKey,
    IfMatch(expected): IfMatch,
    Json(body, raw): Json<Body>,
) -> Result<Response, Problem> {
    change(&app, &staff, &order, (&key, expected), (body, raw)).await
}

/// Set an order's status
///
/// The same as `PUT`, for clients that can only `POST`.
#[utoipa::path(
    post, path = "/api/v1/orders/{order}/status", operation_id = "post_status", tag = "orders",
    params(
        ("order" = String, Path, description = "Id, number or reference"),
        ("Idempotency-Key" = Option<String>, Header, description = "Stored for 24 hours"),
        ("If-Match" = Option<String>, Header, description = "The version you saw; a different current version returns 412 with the current state"),
    ),
    request_body = Body,
    responses(
        (
            status = OK, body = OrderView,
            headers(("Ordercast-Live-Connections" = Option<usize>, description = "Staff only: how many live connections of the customer received the change; counted again in a replayed response")),
        ),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn post_status(
    State(app): State<AppState>,
    staff: Staff,
    Path(order): Path<String>,
    key: IdempotencyKey,
    IfMatch(expected): IfMatch,
    Json(body, raw): Json<Body>,
) -> Result<Response, Problem> {
    change(&app, &staff, &order, (&key, expected), (body, raw)).await
}

async fn change(
    app: &App,
    staff: &Staff,
    order: &str,
    (key, expected): (&IdempotencyKey, Option<Version>),
    (body, raw): (Body, RawBody),
) -> Result<Response, Problem> {
    let command = Command::SetStatus(SetStatus {
        order: order_ref(app, &staff.caller, order).await?,
        status: body.status,
        tracking_number: body.tracking_number,
        estimated_delivery: body.estimated_delivery,
        note: body.note,
        reason: body.reason,
    });
    let context = CommandContext { caller: &staff.caller, key, body: &raw, expected };
    app.command(command, context).await?.into_order(StatusCode::OK)
}
