//! Two endpoints for pages that poll: aliases of the API with other paths and shapes.

use aws_lc_rs::digest::{SHA256, digest};
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::header::{CACHE_CONTROL, ETAG};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use eventlog::OrderFilter;
use orders::command::{SetDelivery, SetStatus};
use orders::view::OrderView;
use orders::{Audience, Command, Partner, Status};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::AppState;
use crate::caller::{LiveCaller, Staff};
use crate::commands::{CommandContext, database_error, none_match_has, not_modified};
use crate::extract::{Json, LocationInput, NewLocation};
use crate::idempotency::IdempotencyKey;
use crate::problem::{Code, Problem};
use crate::sessions::base64url;

/// Orders in one response.
const MAX_ORDERS: usize = 100;

/// The newest orders.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Managed)]
pub struct PolledOrders {
    /// Newest first by `createdAt`, at most 100.
    orders: Vec<OrderView>,
}

/// Poll the newest orders
///
/// Staff get the orders of their store, customers their own. With `If-None-Match`, an unchanged list returns 304.
#[utoipa::path(
    get, path = "/api/orders/manage", tag = "polling",
    responses(
        (status = OK, body = PolledOrders),
        (status = NOT_MODIFIED, description = "The list has not changed"),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn manage(
    State(app): State<AppState>,
    LiveCaller(caller): LiveCaller,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let filter = OrderFilter::newest(caller.topic(), MAX_ORDERS);
    let found = app.read_backend.orders(filter).await.map_err(|error| database_error(&error))?;
    let audience = Audience::of(caller.principal.role);
    let orders = found.value.orders.iter().map(|snapshot| snapshot.view(audience)).collect();
    let body = serde_json::to_vec(&PolledOrders { orders }).map_err(|error| Problem::internal(&error))?;
    let hash = digest(&SHA256, &body);
    let tag = format!("\"{}\"", base64url(&hash.as_ref()[..12]));
    let tag = HeaderValue::try_from(tag).map_err(|error| Problem::internal(&error))?;
    let json = HeaderValue::from_static("application/json");
    let mut response = if none_match_has(&headers, &tag) {
        not_modified(tag)
    } else {
        ([(CONTENT_TYPE, json), (ETAG, tag)], body).into_response()
    };
    // Browsers store the response and revalidate it every time.
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    Ok(response)
}

/// Status, location and delivery partner in one request. Omitted fields are not changed.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = Tracking)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TrackingUpdate {
    /// Id or number of the order.
    order_id: String,
    /// The new status.
    #[serde(default)]
    status: Option<Status>,
    /// The location of the delivery. `lat` and `lng` are accepted, too.
    #[serde(default)]
    #[schema(value_type = Option<NewLocation>)]
    location: Option<LocationInput>,
    /// The person who delivers the order.
    #[serde(default)]
    delivery_partner: Option<Partner>,
}

/// Update an order's tracking
///
/// Staff only. Sets the status first, and then the delivery.
#[utoipa::path(
    put, path = "/api/orders/tracking", tag = "polling", request_body = TrackingUpdate,
    params(("Idempotency-Key" = Option<String>, Header, description = "Stored for 24 hours")),
    responses(
        (
            status = OK, body = OrderView,
            headers(("Ordercast-Live-Connections" = Option<usize>, description = "Staff only: how many live connections of the customer received the change; counted again in a replayed response")),
        ),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn tracking(
    State(app): State<AppState>,
    staff: Staff,
    key: IdempotencyKey,
    Json(body, raw): Json<TrackingUpdate>,
) -> Result<Response, Problem> {
    let order = body.order_id.parse().map_err(|_| Problem::new(Code::OrderNotFound))?;
    let (status, location, partner) = (body.status, body.location, body.delivery_partner);
    if status.is_none() && location.is_none() && partner.is_none() {
        let rule = "needs `status`, `location` or `deliveryPartner`";
        return Err(Problem::new(Code::InvalidBody)
            .detail(format!("`orderId` {rule}."))
            .error("status", rule));
    }
    let caller = &staff.caller;
    let mut changed = None;
    if let Some(status) = status {
        let (tracking_number, estimated_delivery, note, reason) = (None, None, None, None);
        let set = SetStatus { order, status, tracking_number, estimated_delivery, note, reason };
        let context = CommandContext { caller, key: &key.part("status"), body: &raw, expected: None };
        match app.command(Command::SetStatus(set), context).await {
            Ok(outcome) => changed = Some(outcome),
            // Polling pages send the current status with every location.
            Err(problem)
                if problem.code() == Code::Unchanged && (location.is_some() || partner.is_some()) => {}
            Err(problem) => return Err(problem),
        }
    }
    let context = CommandContext { caller, key: &key.part("delivery"), body: &raw, expected: None };
    let set = |partner, location| {
        let (driver, estimated_delivery) = (None, None);
        Command::SetDelivery(SetDelivery { order, partner, driver, location, estimated_delivery })
    };
    let delivery = match (location, partner) {
        (None, None) => None,
        (Some(LocationInput(location)), None) => {
            let report = |location| Command::ReportLocation { order, location, waited: false };
            Some(app.locate(location, report, context).await)
        }
        (Some(LocationInput(location)), partner) => {
            Some(app.locate(location, |location| set(partner, Some(location)), context).await)
        }
        (None, partner) => Some(app.command(set(partner, None), context).await),
    };
    if let Some(delivery) = delivery {
        match delivery {
            Ok(outcome) => changed = Some(outcome),
            // This request set a final status, so the delivery cannot be changed any more.
            Err(problem) if problem.code() == Code::FinalStatus && changed.is_some() => {}
            Err(problem) => return Err(problem),
        }
    }
    changed.ok_or_else(|| Problem::new(Code::Unchanged))?.into_order(StatusCode::OK)
}
