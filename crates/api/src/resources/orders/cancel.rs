//! Cancelling an order.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use orders::Command;
use orders::text::Prose;
use orders::view::OrderView;
use serde::Deserialize;
use utoipa::ToSchema;

use super::order_ref;
use crate::app::AppState;
use crate::caller::Caller;
use crate::commands::{CommandContext, IfMatch};
use crate::extract::{Json, Path, RawBody};
use crate::idempotency::IdempotencyKey;
use crate::problem::Problem;

/// A cancellation.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = CancelOrder)]
#[serde(deny_unknown_fields)]
pub struct Body {
    /// The reason. Customers and staff can both read it.
    #[serde(default)]
    reason: Option<Prose<500>>,
}

/// Cancel an order
///
/// Customers may cancel until processing starts, staff until the order is delivered. The reserved stock becomes
/// available again.
#[utoipa::path(
    post, path = "/api/v1/orders/{order}/cancel", tag = "orders",
    params(
        ("order" = String, Path, description = "Id, number or reference"),
        ("Idempotency-Key" = Option<String>, Header, description = "Stored for 24 hours"),
        ("If-Match" = Option<String>, Header, description = "The version you saw"),
    ),
    request_body = Option<Body>,
    responses(
        (
            status = OK, body = OrderView,
            headers(("Ordercast-Live-Connections" = Option<usize>, description = "Staff only: how many live connections of the customer received the change; counted again in a replayed response")),
        ),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`too_late_to_cancel`, `final_status`"),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn cancel(
    State(app): State<AppState>,
    caller: Caller,
    Path(order): Path<String>,
    key: IdempotencyKey,
    IfMatch(expected): IfMatch,
    body: Option<Json<Body>>,
) -> Result<Response, Problem> {
    let (body, raw) =
        body.map_or_else(|| (Body::default(), RawBody::default()), |Json(body, raw)| (body, raw));
    let command =
        Command::CancelOrder { order: order_ref(&app, &caller, &order).await?, reason: body.reason };
    let context = CommandContext { caller: &caller, key: &key, body: &raw, expected };
    app.command(command, context).await?.into_order(StatusCode::OK)
}
