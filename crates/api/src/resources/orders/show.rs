//! One order.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use orders::Audience;
use orders::view::OrderView;

use super::order_ref;
use crate::app::AppState;
use crate::caller::Caller;
use crate::commands::visible;
use crate::commands::{CURSOR, etag, none_match_has, not_modified, order_response};
use crate::extract::Path;
use crate::problem::Problem;

/// Get an order
///
/// By id or number. `ETag` is its version. With `If-None-Match`, an unchanged order returns 304.
#[utoipa::path(
    get, path = "/api/v1/orders/{order}", operation_id = "get_order", tag = "orders",
    params(("order" = String, Path, description = "Id, number or reference")),
    responses(
        (status = OK, body = OrderView),
        (status = NOT_MODIFIED, description = "The order has not changed"),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn show(
    State(app): State<AppState>,
    caller: Caller,
    Path(order): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (snapshot, cursor) = visible(&app, &caller, order_ref(&app, &caller, &order).await?).await?;
    let tag = etag(snapshot.order.version);
    // A location does not change the version, so an order with a location is always sent.
    if snapshot.order.location.is_none() && none_match_has(&headers, &tag) {
        return Ok(not_modified(tag));
    }
    let mut response = order_response(StatusCode::OK, &snapshot, Audience::of(caller.principal.role));
    if let Ok(cursor) = HeaderValue::try_from(cursor.to_string()) {
        response.headers_mut().insert(CURSOR, cursor);
    }
    Ok(response)
}
