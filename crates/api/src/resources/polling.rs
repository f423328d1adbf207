//! Two paths that reference shop E's own pages call (rows E3, E4): aliases of the API, in that shop's shapes.

use aws_lc_rs::digest::{SHA256, digest};
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::header::{CACHE_CONTROL, ETAG};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use eventlog::OrderFilter;
use orders::command::{SetDelivery, SetStatus};
use orders::order::GeoPoint;
use orders::view::OrderView;
use orders::{Audience, Command, Partner, Status};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::AppState;
use crate::caller::{Caller, Staff};
use crate::commands::{CommandContext, database_error, none_match_has, not_modified};
use crate::extract::Json;
use crate::idempotency::IdempotencyKey;
use crate::problem::{Code, Problem};
use crate::sessions::base64url;

/// How many orders a poll gets.
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
/// Staff get their store's, customers only their own. With `If-None-Match` an unchanged list answers 304.
#[utoipa::path(
    get, path = "/api/orders/manage", tag = "shop E",
    responses(
        (status = OK, body = PolledOrders),
        (status = NOT_MODIFIED, description = "Nothing changed"),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn manage(
    State(app): State<AppState>,
    caller: Caller,
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
    // Kept by the browser, asked for again each time.
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    Ok(response)
}

/// Status, location and delivery partner in one. What is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = Tracking)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TrackingUpdate {
    /// Id or number.
    order_id: String,
    /// The new status.
    #[serde(default)]
    status: Option<Status>,
    /// Where the delivery is; `lat` and `lng` are accepted too.
    #[serde(default)]
    location: Option<GeoPoint>,
    /// Who brings it.
    #[serde(default)]
    delivery_partner: Option<Partner>,
}

/// Update an order's tracking
///
/// For the store's staff. The same as setting the status and the delivery, in this order.
#[utoipa::path(
    put, path = "/api/orders/tracking", tag = "shop E", request_body = TrackingUpdate,
    params(("Idempotency-Key" = Option<String>, Header, description = "Remembered for 24 hours")),
    responses(
        (
            status = OK, body = OrderView,
            headers(("Ordercast-Live-Connections" = Option<usize>, description = "For staff: how many of the customer's connections were live and heard of it; counted anew in a replayed answer")),
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
        let rule = "must come with `status`, `location` or `deliveryPartner`";
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
            // That shop's page sends the status with every location.
            Err(problem)
                if problem.code() == Code::Unchanged && (location.is_some() || partner.is_some()) => {}
            Err(problem) => return Err(problem),
        }
    }
    let context = CommandContext { caller, key: &key.part("delivery"), body: &raw, expected: None };
    let command = match (location, partner) {
        (None, None) => None,
        (Some(location), None) => Some(Command::ReportLocation { order, point: location }),
        (location, partner) => {
            let (driver, estimated_delivery) = (None, None);
            Some(Command::SetDelivery(SetDelivery { order, partner, driver, location, estimated_delivery }))
        }
    };
    if let Some(command) = command {
        match app.command(command, context).await {
            Ok(outcome) => changed = Some(outcome),
            // The same page, the order was cancelled with this very request: what could be changed is changed.
            Err(problem) if problem.code() == Code::FinalStatus && changed.is_some() => {}
            Err(problem) => return Err(problem),
        }
    }
    changed.ok_or_else(|| Problem::new(Code::Unchanged))?.into_order(StatusCode::OK)
}
