//! The history of an order.

use axum::extract::State;
use eventlog::Cursor;
use orders::Audience;
use orders::view::EventView;
use serde::Serialize;
use utoipa::ToSchema;

use super::order_ref;
use crate::app::AppState;
use crate::caller::Caller;
use crate::commands::database_error;
use crate::commands::visible;
use crate::extract::Path;
use crate::problem::Problem;

/// The history of an order, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Timeline {
    /// Oldest first, as far as the caller may see them.
    events: Vec<EventView>,
    /// The cursor at which this was read.
    #[schema(value_type = String)]
    cursor: Cursor,
}

/// Get an order's timeline
///
/// Each change with its time and its actor, including locations of the delivery.
#[utoipa::path(
    get, path = "/api/v1/orders/{order}/timeline", tag = "orders",
    params(("order" = String, Path, description = "Id, number or reference")),
    responses((status = OK, body = Timeline), (status = "4XX", body = Problem, content_type = "application/problem+json")),
)]
pub async fn timeline(
    State(app): State<AppState>,
    caller: Caller,
    Path(order): Path<String>,
) -> Result<axum::Json<Timeline>, Problem> {
    let (snapshot, _) = visible(&app, &caller, order_ref(&app, &caller, &order).await?).await?;
    let found =
        app.read_backend.timeline(snapshot.order.number).await.map_err(|error| database_error(&error))?;
    let audience = Audience::of(caller.principal.role);
    let events = found.value.iter().filter_map(|event| event.view(audience)).collect();
    Ok(axum::Json(Timeline { events, cursor: found.cursor }))
}
