//! Two endpoints for pages that poll: aliases of the API with other paths and shapes.

use std::str::FromStr;

use aws_lc_rs::digest::{SHA256, digest};
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::header::{CACHE_CONTROL, ETAG};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use eventlog::{OrderFilter, PagePosition};
use orders::command::{SetDelivery, SetStatus};
use orders::order::LocationReport;
use orders::text::Prose;
use orders::view::{OrderView, TrackingStep};
use orders::{Audience, Command, OrderNumber, OrderRef, Partner, Status};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::AppState;
use crate::caller::{LiveCaller, LiveStaff};
use crate::commands::{CommandContext, database_error, none_match_has, not_modified};
use crate::extract::{Json, NewLocation, Query, lenient, optional_location};
use crate::idempotency::IdempotencyKey;
use crate::problem::{Code, Problem};
use crate::resources::orders::order_ref;
use crate::resources::page::PageLimit;
use crate::sessions::base64url;

/// Orders in one response, if the request does not say.
const DEFAULT_ORDERS: usize = 100;

/// A page of orders, newest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Managed)]
pub struct PolledOrders {
    /// Newest first by `createdAt`.
    orders: Vec<PolledOrder>,
    /// Send it as `before` to get the next page; null on the last page.
    #[schema(required)]
    next: Option<OrderNumber>,
}

/// An order with its way.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ManagedOrder)]
#[serde(rename_all = "camelCase")]
pub struct PolledOrder {
    #[serde(flatten)]
    order: OrderView,
    /// The newest steps of its way, oldest first: statuses, locations, and notes.
    tracking_history: Vec<TrackingStep>,
}

/// Which orders to poll. Parameters that the server does not know are ignored.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PollQuery {
    /// Orders per page, 1 to 200. Default: 100.
    #[serde(default, deserialize_with = "lenient::parsed")]
    #[param(value_type = Option<usize>, minimum = 1, maximum = 200)]
    limit: Option<PageLimit>,
    /// `next` of the previous page: only orders with a lower number.
    #[serde(default, deserialize_with = "lenient::parsed")]
    #[param(value_type = Option<String>, example = "10001")]
    before: Option<PageEnd>,
}

/// The number of the last order of a page.
#[derive(Debug, Clone, Copy)]
struct PageEnd(OrderNumber);

impl FromStr for PageEnd {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.parse() {
            Ok(OrderRef::Number(number)) => Ok(Self(number)),
            _ => Err("must be `next` of the previous page, an order's number"),
        }
    }
}

/// Poll orders
///
/// Staff get the orders of their store, customers their own, newest first. With `If-None-Match`, an unchanged list returns
/// 304.
#[utoipa::path(
    get, path = "/api/orders/manage", tag = "polling", params(PollQuery),
    responses(
        (status = OK, body = PolledOrders),
        (status = NOT_MODIFIED, description = "The list has not changed"),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn manage(
    State(app): State<AppState>,
    LiveCaller(caller): LiveCaller,
    Query(query): Query<PollQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let limit = query.limit.map_or(DEFAULT_ORDERS, PageLimit::get);
    let after = query.before.map(|PageEnd(number)| PagePosition { number, value: 0 });
    let filter = OrderFilter { after, ..OrderFilter::newest(caller.topic(), limit) };
    let found = app.read_backend.tracked_orders(filter).await.map_err(|error| database_error(&error))?;
    let audience = Audience::of(caller.principal.role);
    let orders = found.value.orders.iter().map(|(snapshot, events)| PolledOrder {
        order: snapshot.view(audience),
        tracking_history: TrackingStep::history(events.iter().map(|stored| &stored.event), audience),
    });
    let page = PolledOrders { orders: orders.collect(), next: found.value.next.map(|next| next.number) };
    let body = serde_json::to_vec(&page).map_err(|error| Problem::internal(&error))?;
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

/// Status, location and delivery partner in one request. Omitted and empty fields are not changed, and members that the
/// server does not know are ignored. Numbers may be texts.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = Tracking)]
#[serde(rename_all = "camelCase")]
pub struct TrackingUpdate {
    /// Id, number or reference of the order.
    #[serde(deserialize_with = "lenient::text")]
    #[schema(value_type = String)]
    order_id: Option<String>,
    /// The new status. The status that the order already has changes nothing.
    #[serde(default, deserialize_with = "lenient::status")]
    status: Option<Status>,
    /// A note that only staff can see, for a new status.
    #[serde(default, deserialize_with = "lenient::parsed")]
    note: Option<Prose<2000>>,
    /// The location of the delivery. `lat` and `lng` are accepted, too.
    #[serde(default, deserialize_with = "optional_location")]
    #[schema(value_type = Option<NewLocation>)]
    location: Option<LocationReport>,
    /// The person who delivers the order.
    #[serde(default, deserialize_with = "lenient::partner")]
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
    LiveStaff(staff): LiveStaff,
    key: IdempotencyKey,
    Json(body, raw): Json<TrackingUpdate>,
) -> Result<Response, Problem> {
    let Some(name) = body.order_id else {
        let rule = "must name an order by its id, number or reference";
        return Err(Problem::new(Code::InvalidBody)
            .detail(format!("`orderId` {rule}."))
            .error("orderId", rule));
    };
    let order = order_ref(&app, &staff.caller, &name).await?;
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
        let (tracking_number, estimated_delivery, note, reason) = (None, None, body.note, None);
        let set = SetStatus { order, status, tracking_number, estimated_delivery, note, reason };
        let context = CommandContext { caller, key: &key.part("status"), body: &raw, expected: None };
        changed = Some(app.command(Command::SetStatus(set), context).await?);
    }
    let context = CommandContext { caller, key: &key.part("delivery"), body: &raw, expected: None };
    let set = |partner, location| {
        let (driver, estimated_delivery) = (None, None);
        Command::SetDelivery(SetDelivery { order, partner, driver, location, estimated_delivery })
    };
    let delivery = match (location, partner) {
        (None, None) => None,
        (Some(location), None) => {
            let report = |location| Command::ReportLocation { order, location, waited: false };
            Some(app.locate(order, location, report, context).await)
        }
        (Some(location), partner) => {
            Some(app.locate(order, location, |location| set(partner, Some(location)), context).await)
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
