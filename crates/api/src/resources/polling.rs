//! Two endpoints for pages that poll: aliases of the API with other paths and shapes.

use std::str::FromStr;

use aws_lc_rs::digest::{SHA256, digest};
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::header::{CACHE_CONTROL, ETAG};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use eventlog::{OrderFilter, PagePosition};
use jiff::Timestamp;
use orders::command::{SetDelivery, SetStatus};
use orders::order::LocationReport;
use orders::text::{Line, Prose};
use orders::view::{OrderView, TrackingStep};
use orders::{Audience, Command, OrderNumber, OrderRef, Partner, Status};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::{App, AppState};
use crate::caller::{LiveCaller, LiveStaff};
use crate::commands::{
    CommandContext, CommandOutcome, database_error, none_match_has, not_modified, visible,
};
use crate::extract::{self, Json, NewLocation, Query, RawBody, lenient, optional_location, optional_time};
use crate::idempotency::IdempotencyKey;
use crate::problem::{Code, Problem};
use crate::resources::orders::order_ref;
use crate::resources::page::PageLimit;
use crate::sessions::base64url;

/// The most attempts to store details while others change the order.
const MAX_ATTEMPTS: usize = 5;

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
    #[serde(default, deserialize_with = "lenient::query")]
    #[param(value_type = Option<usize>, minimum = 1, maximum = 200)]
    limit: Option<PageLimit>,
    /// `next` of the previous page: only orders with a lower number.
    #[serde(default, deserialize_with = "lenient::query")]
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

/// Status, details, location and delivery partner in one request. Omitted and empty fields are not changed, and members that
/// the server does not know are ignored. Numbers may be texts. A field that cannot be read is refused, and nothing is changed.
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
    /// A note that only staff can see.
    #[serde(default, deserialize_with = "lenient::parsed")]
    note: Option<Prose<2000>>,
    /// The reason of the new status. Required to move the status back. The customer sees it if the order is cancelled.
    #[serde(default, deserialize_with = "lenient::parsed")]
    reason: Option<Prose<500>>,
    /// The carrier's tracking number.
    #[serde(default, deserialize_with = "lenient::code")]
    #[schema(value_type = Option<String>)]
    tracking_number: Option<Line<100>>,
    /// The expected time of arrival: RFC 3339, or milliseconds since 1970.
    #[serde(default, deserialize_with = "optional_time")]
    estimated_delivery: Option<Timestamp>,
    /// The location of the delivery. `lat` and `lng` are accepted, too, and so is a point of RFC 7946. The coordinates may also be
    /// beside the other fields.
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
    if body.status.is_none() && body.reason.is_some() {
        let rule = "needs a `status`; send a remark in `note`";
        return Err(Problem::new(Code::InvalidBody)
            .detail(format!("`reason` {rule}."))
            .error("reason", rule));
    }
    let location = match body.location {
        Some(location) => Some(location),
        None => flat_location(&raw)?,
    };
    let partner = body.delivery_partner;
    let details = Details {
        tracking_number: body.tracking_number,
        estimated_delivery: body.estimated_delivery,
        note: body.note,
        reason: body.reason,
    };
    let caller = &staff.caller;
    let mut changed = None;
    if body.status.is_some() || details.has_value() {
        let context = CommandContext { caller, key: &key.part("status"), body: &raw, expected: None };
        changed = Some(set_status(&app, order, body.status, details, context).await?);
    } else if location.is_none() && partner.is_none() {
        let rule =
            "needs `status`, `location`, `deliveryPartner`, `trackingNumber`, `estimatedDelivery` or `note`";
        return Err(Problem::new(Code::InvalidBody)
            .detail(format!("`orderId` {rule}."))
            .error("status", rule));
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

/// Details that may come with a status, or without one.
struct Details {
    tracking_number: Option<Line<100>>,
    estimated_delivery: Option<Timestamp>,
    note: Option<Prose<2000>>,
    /// Stored only with a status.
    reason: Option<Prose<500>>,
}

impl Details {
    fn has_value(&self) -> bool {
        self.tracking_number.is_some() || self.estimated_delivery.is_some() || self.note.is_some()
    }
}

/// Sets the status and the details. Without a status, the order keeps the status that it has when the details are stored.
async fn set_status(
    app: &App,
    order: OrderRef,
    status: Option<Status>,
    details: Details,
    context: CommandContext<'_>,
) -> Result<CommandOutcome, Problem> {
    let Details { tracking_number, estimated_delivery, note, reason } = details;
    let mut set =
        SetStatus { order, status: Status::Pending, tracking_number, estimated_delivery, note, reason };
    if let Some(status) = status {
        return app.command(Command::SetStatus(SetStatus { status, ..set }), context).await;
    }
    let CommandContext { caller, key, body, .. } = context;
    for _ in 0..MAX_ATTEMPTS {
        let present = visible(app, caller, order).await?.0;
        set.status = present.order.status();
        let context = CommandContext { caller, key, body, expected: Some(present.order.version) };
        match app.command(Command::SetStatus(set.clone()), context).await {
            Err(problem) if problem.code() == Code::VersionConflict => {}
            done => return done,
        }
    }
    Err(Problem::new(Code::Busy).retry_after(1))
}

/// The location of a body that has the coordinates beside its other members.
fn flat_location(raw: &RawBody) -> Result<Option<LocationReport>, Problem> {
    let members = serde_json::from_slice(&raw.0).map_err(|error| Problem::internal(&error))?;
    extract::flat_location(&members).map_err(|rule| {
        Problem::new(Code::InvalidBody).detail(format!("`location` {rule}.")).error("location", rule)
    })
}
