//! Archiving a product.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use orders::command::UpdateProduct;
use orders::{Command, ProductId};

use super::{ProductView, change, context, parse_id, product_response};
use crate::app::AppState;
use crate::caller::Staff;
use crate::commands::IfMatch;
use crate::extract::{Path, RawBody};
use crate::idempotency::IdempotencyKey;
use crate::problem::Problem;

/// Archive a product
///
/// It stays in existing orders. Restore it with `archived: false`.
#[utoipa::path(
    delete, path = "/api/v1/products/{product}", tag = "products",
    params(
        ("product" = ProductId, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Stored for 24 hours"),
        ("If-Match" = Option<String>, Header, description = "The version you saw"),
    ),
    responses((status = OK, body = ProductView), (status = "4XX", body = Problem, content_type = "application/problem+json")),
)]
pub async fn archive(
    State(app): State<AppState>,
    staff: Staff,
    Path(product): Path<String>,
    key: IdempotencyKey,
    IfMatch(expected): IfMatch,
) -> Result<Response, Problem> {
    let product = parse_id(&product)?;
    let archived = Some(true);
    let command =
        Command::UpdateProduct(UpdateProduct { product, name: None, price: None, archived, details: None });
    let changed =
        change(&app, product, command, context(&staff, &key, &RawBody::default(), expected)).await?;
    product_response(&changed, StatusCode::OK, &staff)
}
