//! Listing orders.

use axum::extract::State;
use eventlog::{Cursor, OrderFilter, OrderSort, PagePosition, Topic};
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
    /// `newest` (the default), `oldest`, `changed` (the last change first), `total-high` or `total-low`. Changes and totals are
    /// sorted among the newest 200,000 orders that match.
    #[param(value_type = Option<String>, example = "oldest")]
    sort: Option<String>,
    /// `next` of the previous page.
    page: Option<String>,
}

/// A page of orders, newest first unless the request sorts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrderPage)]
pub struct OrderListPage {
    /// In the requested order.
    orders: Vec<OrderView>,
    /// Send it as `page` to get the next page; null on the last page. A search can find fewer orders than `limit`, or none,
    /// although there is a next page.
    next: Option<String>,
    /// The cursor at which this page was read. A stream that starts from it misses nothing.
    #[schema(value_type = String)]
    cursor: Cursor,
}

/// List orders
///
/// Newest first, or sorted as requested. Customers get their own orders, staff the orders of their store, and drivers the orders they
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
    let sort = filter.sort;
    let found = app.read_backend.orders(filter).await.map_err(|error| database_error(&error))?;
    let audience = Audience::of(caller.principal.role);
    Ok(axum::Json(OrderListPage {
        orders: found.value.orders.iter().map(|snapshot| snapshot.view(audience)).collect(),
        next: found.value.next.map(|next| page_token(sort, next)),
        cursor: found.cursor,
    }))
}

impl OrderListQuery {
    pub(super) fn parse(self, topic: Topic) -> Result<OrderFilter, Problem> {
        let statuses = self.status.as_deref().unwrap_or_default();
        let statuses = statuses.split(',').map(str::trim).filter(|name| !name.is_empty());
        let statuses = statuses.map(|name| Status::from_name(name).ok_or_else(unknown_status));
        let text = self.q.map(|text| without_format(&text).trim().to_owned()).filter(|text| !text.is_empty());
        if text.as_ref().is_some_and(|text| text.chars().count() > MAX_SEARCH_CHARS) {
            return Err(invalid("q", "must be at most 100 characters"));
        }
        let sort = self.sort.map_or(Some(OrderSort::default()), |name| sort_of(&name));
        let sort =
            sort.ok_or_else(|| invalid("sort", "must be newest, oldest, changed, total-high or total-low"))?;
        let after = self.page.map(|page| {
            page_position(&page).ok_or_else(|| invalid("page", "must be `next` of the previous page"))
        });
        Ok(OrderFilter {
            topic,
            statuses: statuses.collect::<Result<_, _>>()?,
            text,
            from: self.from,
            to: self.to,
            sort,
            after: after.transpose()?,
            limit: self.limit.map_or(DEFAULT_LIMIT, PageLimit::get),
        })
    }
}

fn sort_of(name: &str) -> Option<OrderSort> {
    Some(match name {
        "newest" => OrderSort::NewestFirst,
        "oldest" => OrderSort::OldestFirst,
        "changed" => OrderSort::LastChangedFirst,
        "total-high" => OrderSort::HighestTotalFirst,
        "total-low" => OrderSort::LowestTotalFirst,
        _ => return None,
    })
}

/// The number of the last order. If the list is sorted by another value, that value comes first.
fn page_token(sort: OrderSort, position: PagePosition) -> String {
    let PagePosition { number, value } = position;
    match sort {
        OrderSort::NewestFirst | OrderSort::OldestFirst => number.to_string(),
        OrderSort::HighestTotalFirst | OrderSort::LowestTotalFirst | OrderSort::LastChangedFirst => {
            format!("{value}:{number}")
        }
    }
}

fn page_position(token: &str) -> Option<PagePosition> {
    let (value, number) = token.split_once(':').unwrap_or(("0", token));
    Some(PagePosition { number: OrderNumber(number.parse().ok()?), value: value.parse().ok()? })
}

fn unknown_status() -> Problem {
    invalid(
        "status",
        "must be pending, processing, shipped, paid, delivered or cancelled, or several separated by commas",
    )
}
