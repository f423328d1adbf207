//! The delivery of an order: partner, driver, location and arrival time.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use orders::command::SetDelivery;
use orders::order::GeoPoint;
use orders::view::OrderView;
use orders::{Command, OrderRef, Partner, UserId};
use serde::Deserialize;
use utoipa::ToSchema;

use super::parse_order_ref;
use crate::app::AppState;
use crate::caller::Caller;
use crate::commands::{CommandContext, IfMatch};
use crate::extract::{Json, Path, expected_time, user_id};
use crate::idempotency::IdempotencyKey;
use crate::problem::Problem;
use crate::resources::users::resolve_user;

/// The delivery of an order. Omitted fields are not changed.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = SetDelivery)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Body {
    /// The name and phone number that the customer sees.
    #[serde(default)]
    partner: Option<Partner>,
    /// The driver's account, if they have one: its id here, or the id in the shop that issues its tokens. The driver can
    /// then see the order and report its location.
    #[serde(default, deserialize_with = "user_id")]
    driver_id: Option<UserId>,
    /// The current location.
    #[serde(default)]
    location: Option<GeoPoint>,
    /// The expected time of arrival (RFC 3339).
    #[serde(default, deserialize_with = "expected_time")]
    estimated_delivery: Option<Timestamp>,
}

impl Body {
    /// A location alone is a location report: it does not change the version, and the driver may send it.
    fn command(self, order: OrderRef) -> Command {
        match self {
            Self { partner: None, driver_id: None, estimated_delivery: None, location: Some(point) } => {
                Command::ReportLocation { order, point }
            }
            Self { partner, driver_id: driver, location, estimated_delivery } => {
                Command::SetDelivery(SetDelivery { order, partner, driver, location, estimated_delivery })
            }
        }
    }
}

/// Set an order's delivery
///
/// Staff only; the order's driver may report the location. Locations less than two seconds apart are conflated.
#[utoipa::path(
    put, path = "/api/v1/orders/{order}/delivery", tag = "orders",
    params(
        ("order" = String, Path, description = "Id or number"),
        ("Idempotency-Key" = Option<String>, Header, description = "Stored for 24 hours"),
        ("If-Match" = Option<String>, Header, description = "The version you saw"),
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
pub async fn set_delivery(
    State(app): State<AppState>,
    caller: Caller,
    Path(order): Path<String>,
    key: IdempotencyKey,
    IfMatch(expected): IfMatch,
    Json(mut body, raw): Json<Body>,
) -> Result<Response, Problem> {
    if let Some(driver) = body.driver_id.take() {
        body.driver_id = Some(resolve_user(&app, &caller, driver).await?);
    }
    let command = body.command(parse_order_ref(&order)?);
    let context = CommandContext { caller: &caller, key: &key, body: &raw, expected };
    app.command(command, context).await?.into_order(StatusCode::OK)
}
