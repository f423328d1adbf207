//! Listing orders.

use axum::extract::State;
use eventlog::{Cursor, OrderFilter, Topic};
use jiff::Timestamp;
use orders::text::without_format;
use orders::view::OrderView;
use orders::{Audience, OrderNumber, Status};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::AppState;
use crate::caller::Caller;
use crate::commands::database_error;
use crate::extract::{Query, time};
use crate::problem::Problem;
use crate::resources::page::{DEFAULT_LIMIT, PageLimit, invalid};

const MAX_SEARCH_CHARS: usize = 100;

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct OrderListQuery {
    /// Statuses, separated by commas.
    #[param(example = "pending,processing")]
    status: Option<String>,
    /// An order number, a tracking number, or words of the customer's name, e-mail address or phone number.
    q: Option<String>,
    /// Placed at or after this time (RFC 3339).
    #[serde(default, deserialize_with = "time")]
    from: Option<Timestamp>,
    /// Placed before this time (RFC 3339).
    #[serde(default, deserialize_with = "time")]
    to: Option<Timestamp>,
    /// Orders per page, 1 to 200. Default: 50.
    #[param(value_type = Option<usize>, minimum = 1, maximum = 200)]
    limit: Option<PageLimit>,
    /// `next` of the previous page.
    page: Option<String>,
}

/// A page of orders, newest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrderPage)]
pub struct OrderListPage {
    /// Newest first.
    orders: Vec<OrderView>,
    /// Send it as `page` to get the next page; null on the last page.
    next: Option<String>,
    /// The cursor at which this page was read. A stream that starts from it misses nothing.
    #[schema(value_type = String)]
    cursor: Cursor,
}

/// List orders
///
/// Newest first. Customers get their own orders, staff the orders of their store, and drivers the orders they
/// deliver.
#[utoipa::path(
    get, path = "/api/v1/orders", operation_id = "list_orders", tag = "orders", params(OrderListQuery),
    responses((status = OK, body = OrderListPage), (status = "4XX", body = Problem, content_type = "application/problem+json")),
)]
pub async fn list(
    State(app): State<AppState>,
    caller: Caller,
    Query(filter): Query<OrderListQuery>,
) -> Result<axum::Json<OrderListPage>, Problem> {
    let filter = filter.parse(caller.topic())?;
    let found = app.read_backend.orders(filter).await.map_err(|error| database_error(&error))?;
    let audience = Audience::of(caller.principal.role);
    let last = found.value.orders.last().map(|snapshot| snapshot.order.number.to_string());
    Ok(axum::Json(OrderListPage {
        orders: found.value.orders.iter().map(|snapshot| snapshot.view(audience)).collect(),
        next: last.filter(|_| found.value.more),
        cursor: found.cursor,
    }))
}

impl OrderListQuery {
    fn parse(self, topic: Topic) -> Result<OrderFilter, Problem> {
        let statuses = self.status.as_deref().unwrap_or_default();
        let statuses = statuses.split(',').map(str::trim).filter(|name| !name.is_empty());
        let statuses = statuses.map(|name| Status::from_name(name).ok_or_else(unknown_status));
        let text = self.q.map(|text| without_format(&text).trim().to_owned()).filter(|text| !text.is_empty());
        if text.as_ref().is_some_and(|text| text.chars().count() > MAX_SEARCH_CHARS) {
            return Err(invalid("q", "must be at most 100 characters"));
        }
        let before = self.page.map(|page| page.parse().map(OrderNumber)).transpose();
        Ok(OrderFilter {
            topic,
            statuses: statuses.collect::<Result<_, _>>()?,
            text,
            from: self.from,
            to: self.to,
            before: before.map_err(|_| invalid("page", "must be `next` of the previous page"))?,
            limit: self.limit.map_or(DEFAULT_LIMIT, PageLimit::get),
        })
    }
}

fn unknown_status() -> Problem {
    invalid(
        "status",
        "must be pending, processing, shipped, paid, delivered or cancelled, or several separated by commas",
    )
}
