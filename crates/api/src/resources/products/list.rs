//! Listing products.

use axum::extract::State;
use eventlog::ProductFilter;
use orders::{ProductId, StoreId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{ProductView, staff_of};
use crate::app::AppState;
use crate::caller::MaybeCaller;
use crate::commands::database_error;
use crate::extract::Query;
use crate::problem::Problem;
use crate::resources::page::{PageLimit, invalid};

const DEFAULT_LIMIT: usize = 100;

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ProductListQuery {
    /// The store. Default: your own store, or the deployment's default store.
    store: Option<StoreId>,
    /// Part of the name.
    q: Option<String>,
    /// Only this category.
    category: Option<String>,
    /// Include archived products; staff only.
    archived: Option<bool>,
    /// Products per page, 1 to 200. Default: 100.
    #[param(value_type = Option<usize>, minimum = 1, maximum = 200)]
    limit: Option<PageLimit>,
    /// `next` of the previous page.
    page: Option<ProductId>,
}

/// A page of products.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProductPage)]
pub struct ProductPage {
    /// In the order in which they were created.
    products: Vec<ProductView>,
    /// Send it as `page` to get the next page; null on the last page.
    next: Option<ProductId>,
}

/// List products
///
/// The products of a store. Needs no account.
#[utoipa::path(
    get, path = "/api/v1/products", operation_id = "list_products", tag = "products", params(ProductListQuery),
    security((), ("bearer" = []), ("cookie" = [])),
    responses((status = OK, body = ProductPage), (status = "4XX", body = Problem, content_type = "application/problem+json")),
)]
pub async fn list(
    State(app): State<AppState>,
    caller: MaybeCaller,
    Query(filter): Query<ProductListQuery>,
) -> Result<axum::Json<ProductPage>, Problem> {
    let staff_of = staff_of(&caller);
    let store = filter.store.or_else(|| staff_of.cloned()).unwrap_or_else(|| app.settings.store.clone());
    if filter.q.as_ref().is_some_and(|text| text.chars().count() > 100) {
        return Err(invalid("q", "must be at most 100 characters"));
    }
    if filter.category.as_ref().is_some_and(|text| text.chars().count() > 80) {
        return Err(invalid("category", "must be at most 80 characters"));
    }
    let filter = ProductFilter {
        archived: filter.archived.unwrap_or(false) && staff_of == Some(&store),
        store: Some(store),
        text: filter.q.filter(|text| !text.trim().is_empty()),
        category: filter.category,
        after: filter.page,
        limit: filter.limit.map_or(DEFAULT_LIMIT, PageLimit::get),
    };
    let (found, more) = app.read_backend.products(filter).await.map_err(|error| database_error(&error))?;
    let next = found.last().map(|entry| entry.product.id).filter(|_| more);
    Ok(axum::Json(ProductPage {
        products: found.iter().map(|entry| ProductView::new(entry, staff_of)).collect(),
        next,
    }))
}
