//! Counting a product's stock.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use orders::command::StockCount;
use orders::{Command, ProductId};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{ProductView, change, context, parse_id, product_response};
use crate::app::AppState;
use crate::caller::Staff;
use crate::commands::IfMatch;
use crate::extract::{Json, Path};
use crate::idempotency::IdempotencyKey;
use crate::problem::{Code, Problem};

/// A stock count: one of the two fields.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = StockCount)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StockCountBody {
    /// Units in stock, as counted.
    #[serde(default)]
    on_hand: Option<u32>,
    /// Units received, or units removed if negative.
    #[serde(default)]
    change: Option<i64>,
}

/// Count a product's stock
#[utoipa::path(
    put, path = "/api/v1/products/{product}/stock", tag = "products", request_body = StockCountBody,
    params(
        ("product" = ProductId, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Stored for 24 hours"),
        ("If-Match" = Option<String>, Header, description = "The version you saw"),
    ),
    responses((status = OK, body = ProductView), (status = "4XX", body = Problem, content_type = "application/problem+json")),
)]
pub async fn set_stock(
    State(app): State<AppState>,
    staff: Staff,
    Path(product): Path<String>,
    key: IdempotencyKey,
    IfMatch(expected): IfMatch,
    Json(body, raw): Json<StockCountBody>,
) -> Result<Response, Problem> {
    let stock = match (body.on_hand, body.change) {
        (Some(count), None) => StockCount::OnHand(count),
        (None, Some(change)) => StockCount::Change(change),
        _ => {
            let rule = "Send either `onHand` (units in stock) or `change` (units received or removed)";
            return Err(Problem::new(Code::InvalidBody).detail(format!("{rule}.")).error("onHand", rule));
        }
    };
    let product = parse_id(&product)?;
    let command = Command::SetStock { product, stock };
    let changed = change(&app, product, command, context(&staff, &key, &raw, expected)).await?;
    product_response(&changed, StatusCode::OK, &staff)
}
