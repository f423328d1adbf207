//! Changing a product.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use orders::command::UpdateProduct;
use orders::product::{Details, ImageUrl};
use orders::text::{Line, Prose};
use orders::{Command, Money, ProductId};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{ProductView, change, check_image, context, parse_id, product_response};
use crate::app::AppState;
use crate::caller::Staff;
use crate::commands::{IfMatch, database_error};
use crate::extract::{Json, Path};
use crate::idempotency::IdempotencyKey;
use crate::problem::{Code, Problem};

/// A change to a product. Omitted fields are not changed.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = ProductChange)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProductChange {
    /// A new name.
    #[serde(default)]
    name: Option<Line<200>>,
    /// A new price, for future orders.
    #[serde(default)]
    price: Option<Money>,
    /// `true` archives the product, `false` restores it.
    #[serde(default)]
    archived: Option<bool>,
    /// The store's article number.
    #[serde(default, deserialize_with = "orders::text::code")]
    sku: Option<Line<64>>,
    /// The category to list it under.
    #[serde(default)]
    category: Option<Line<80>>,
    /// A description.
    #[serde(default)]
    description: Option<Prose<4000>>,
    /// An image.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    image: Option<ImageUrl>,
}

/// Change a product
#[utoipa::path(
    put, path = "/api/v1/products/{product}", tag = "products", request_body = ProductChange,
    params(
        ("product" = ProductId, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Stored for 24 hours"),
        ("If-Match" = Option<String>, Header, description = "The version you saw"),
    ),
    responses((status = OK, body = ProductView), (status = "4XX", body = Problem, content_type = "application/problem+json")),
)]
pub async fn update(
    State(app): State<AppState>,
    staff: Staff,
    Path(product): Path<String>,
    key: IdempotencyKey,
    IfMatch(expected): IfMatch,
    headers: HeaderMap,
    Json(body, raw): Json<ProductChange>,
) -> Result<Response, Problem> {
    check_image(&app, &headers, body.image.as_ref())?;
    let product = parse_id(&product)?;
    if !body.changes_details() {
        let command = Command::UpdateProduct(body.merge(product, None));
        let changed = change(&app, product, command, context(&staff, &key, &raw, expected)).await?;
        return product_response(&changed, StatusCode::OK, &staff);
    }
    for _ in 0..MAX_ATTEMPTS {
        let found = app.read_backend.product(product).await.map_err(|error| database_error(&error))?;
        let before = found.ok_or_else(|| Problem::new(Code::ProductNotFound))?;
        // The log replaces the details as a whole, so a concurrent change must not be overwritten.
        let seen = expected.or(Some(before.product.version));
        let command = Command::UpdateProduct(body.clone().merge(product, Some(before.details)));
        match change(&app, product, command, context(&staff, &key, &raw, seen)).await {
            Err(problem) if expected.is_none() && problem.code() == Code::VersionConflict => {}
            changed => return product_response(&changed?, StatusCode::OK, &staff),
        }
    }
    Err(Problem::new(Code::Busy).retry_after(1))
}

/// Attempts to change the details when other changes interfere.
const MAX_ATTEMPTS: usize = 16;

impl ProductChange {
    fn changes_details(&self) -> bool {
        self.sku.is_some() || self.category.is_some() || self.description.is_some() || self.image.is_some()
    }

    /// The whole change, merged into the current details.
    fn merge(self, product: ProductId, before: Option<Details>) -> UpdateProduct {
        let Self { name, price, archived, sku, category, description, image } = self;
        let details = before.map(|before| Details {
            sku: sku.or(before.sku),
            category: category.or(before.category),
            description: description.or(before.description),
            image: image.or(before.image),
        });
        UpdateProduct { product, name, price, archived, details }
    }
}
