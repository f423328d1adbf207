//! Adding a product.

use axum::extract::State;
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use orders::command::CreateProduct;
use orders::product::{Details, ImageUrl};
use orders::text::{Line, Prose};
use orders::{Command, Money, ProductId};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{ProductView, check_image, context, product_response};
use crate::app::AppState;
use crate::caller::Staff;
use crate::extract::Json;
use crate::idempotency::IdempotencyKey;
use crate::problem::Problem;

/// A new product.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewProduct)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewProduct {
    /// The product's name.
    name: Line<200>,
    /// The price of one unit.
    price: Money,
    /// Units in stock.
    #[serde(default)]
    stock: u32,
    /// The store's article number.
    #[serde(default, deserialize_with = "orders::text::code")]
    sku: Option<Line<64>>,
    /// The category to list it under.
    #[serde(default)]
    category: Option<Line<80>>,
    /// A description.
    #[serde(default)]
    description: Option<Prose<4000>>,
    /// An image: `https://…`, a path on this host, or a small `data:image/…`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    image: Option<ImageUrl>,
}

/// Add a product
#[utoipa::path(
    post, path = "/api/v1/products", tag = "products", request_body = NewProduct,
    params(("Idempotency-Key" = Option<String>, Header, description = "Stored for 24 hours")),
    responses((status = CREATED, body = ProductView), (status = "4XX", body = Problem, content_type = "application/problem+json")),
)]
pub async fn create(
    State(app): State<AppState>,
    staff: Staff,
    key: IdempotencyKey,
    headers: HeaderMap,
    Json(body, raw): Json<NewProduct>,
) -> Result<Response, Problem> {
    check_image(&app, &headers, body.image.as_ref())?;
    let NewProduct { name, price, stock, sku, category, description, image } = body;
    let command = Command::CreateProduct(CreateProduct {
        id: ProductId::new(app.clock.uuid()),
        name,
        price,
        on_hand: stock,
        details: Details { sku, category, description, image },
    });
    let made = app.command(command, context(&staff, &key, &raw, None)).await?;
    let location = made.product().map(|entry| format!("/api/v1/products/{}", entry.product.id));
    let mut response = product_response(&made, StatusCode::CREATED, &staff)?;
    if let Some(location) = location.and_then(|location| HeaderValue::try_from(location).ok()) {
        response.headers_mut().insert(LOCATION, location);
    }
    Ok(response)
}
