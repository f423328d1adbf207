//! A store's counts.

use axum::extract::State;
use live::order_counts::OrderCounts;

use crate::app::AppState;
use crate::caller::Staff;
use crate::commands::database_error;
use crate::problem::Problem;

/// Get the store's counts
///
/// By status, revenue, and since midnight in the store's time zone. The stream pushes the same as `stats.updated`.
#[utoipa::path(
    get, path = "/api/v1/stats", tag = "orders",
    responses((status = OK, body = OrderCounts), (status = "4XX", body = Problem, content_type = "application/problem+json")),
)]
pub async fn stats(State(app): State<AppState>, staff: Staff) -> Result<axum::Json<OrderCounts>, Problem> {
    let read =
        live::order_counts::read(&*app.read_backend, staff.store().clone(), &app.settings.zone, app.now());
    Ok(axum::Json(read.await.map_err(|error| database_error(&error))?))
}
