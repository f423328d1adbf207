//! One product.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use orders::ProductId;

use super::{ProductView, parse_id, response, staff_of};
use crate::app::AppState;
use crate::caller::MaybeCaller;
use crate::commands::database_error;
use crate::extract::Path;
use crate::problem::{Code, Problem};

/// Get a product
#[utoipa::path(
    get, path = "/api/v1/products/{product}", operation_id = "get_product", tag = "products",
    params(("product" = ProductId, Path)), security((), ("bearer" = []), ("cookie" = [])),
    responses((status = OK, body = ProductView), (status = "4XX", body = Problem, content_type = "application/problem+json")),
)]
pub async fn show(
    State(app): State<AppState>,
    caller: MaybeCaller,
    Path(product): Path<String>,
) -> Result<Response, Problem> {
    let found =
        app.read_backend.product(parse_id(&product)?).await.map_err(|error| database_error(&error))?;
    let found = found.ok_or_else(|| Problem::new(Code::ProductNotFound))?;
    Ok(response(StatusCode::OK, &found, staff_of(&caller)))
}
