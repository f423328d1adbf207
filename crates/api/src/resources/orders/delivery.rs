//! The delivery of an order: partner, driver, location and arrival time.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use orders::command::SetDelivery;
use orders::order::LocationReport;
use orders::view::OrderView;
use orders::{Command, OrderRef, Partner, UserId};
use serde::Deserialize;
use utoipa::ToSchema;

use super::order_ref;
use crate::app::AppState;
use crate::caller::Caller;
use crate::commands::{CommandContext, IfMatch};
use crate::extract::{Json, LocationInput, NewLocation, Path, expected_time, user_id};
use crate::idempotency::IdempotencyKey;
use crate::problem::{Code, Problem};
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
    #[schema(value_type = Option<NewLocation>)]
    location: Option<LocationInput>,
    /// The expected time of arrival (RFC 3339).
    #[serde(default, deserialize_with = "expected_time")]
    estimated_delivery: Option<Timestamp>,
}

impl Body {
    fn is_empty(&self) -> bool {
        let Self { partner, driver_id, location, estimated_delivery } = self;
        partner.is_none() && driver_id.is_none() && location.is_none() && estimated_delivery.is_none()
    }

    /// A location alone is a location report: it does not change the version, and the driver may send it.
    fn command(self, order: OrderRef, location: Option<LocationReport>) -> Command {
        match (self, location) {
            (Self { partner: None, driver_id: None, estimated_delivery: None, .. }, Some(location)) => {
                Command::ReportLocation { order, location, waited: false }
            }
            (Self { partner, driver_id: driver, estimated_delivery, .. }, location) => {
                Command::SetDelivery(SetDelivery { order, partner, driver, location, estimated_delivery })
            }
        }
    }
}

/// Set an order's delivery
///
/// Staff only; the order's driver may report the location. Of locations less than two seconds apart, the newest by the
/// device's own time is stored and sent when the two seconds end. A location that was measured before the stored one is
/// accepted and not stored. A delivery that the order has already is accepted and changes nothing.
#[utoipa::path(
    put, path = "/api/v1/orders/{order}/delivery", tag = "orders",
    params(
        ("order" = String, Path, description = "Id, number or reference"),
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
    if body.is_empty() {
        let detail = "Nothing to change: send a driver, a partner, a location or an expected time.";
        return Err(Problem::new(Code::Unchanged).detail(detail));
    }
    let order = order_ref(&app, &caller, &order).await?;
    if let Some(driver) = body.driver_id.take() {
        body.driver_id = Some(resolve_user(&app, &caller, order, driver).await?);
    }
    let context = CommandContext { caller: &caller, key: &key, body: &raw, expected };
    let outcome = match body.location {
        Some(LocationInput(location)) => {
            app.locate(order, location, |location| body.command(order, Some(location)), context).await?
        }
        None => app.command(body.command(order, None), context).await?,
    };
    outcome.into_order(StatusCode::OK)
}
