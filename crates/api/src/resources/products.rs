//! The catalogue and its stock.

use axum::extract::State;
use axum::http::header::{ETAG, LOCATION};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use eventlog::{CatalogProduct, ProductFilter};
use orders::command::{CreateProduct, StockCount, UpdateProduct};
use orders::order::Version;
use orders::product::{Details, ImageUrl, Stock};
use orders::text::{Line, Prose};
use orders::{Command, Money, ProductId, Role, StoreId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::{App, AppState};
use crate::caller::{MaybeCaller, Staff};
use crate::commands::{CommandContext, CommandOutcome, IfMatch, database_error, etag};
use crate::extract::{Json, Path, Query, RawBody};
use crate::idempotency::IdempotencyKey;
use crate::problem::{Code, Problem};
use crate::resources::page::{PageLimit, invalid};

/// A product.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Product)]
#[serde(rename_all = "camelCase")]
pub struct ProductView {
    /// Its id.
    id: ProductId,
    /// Who sells it.
    store_id: StoreId,
    /// Its name.
    name: Line<200>,
    /// The store's article number.
    #[serde(skip_serializing_if = "Option::is_none")]
    sku: Option<Line<64>>,
    /// A heading to list it under.
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<Line<80>>,
    /// Prose.
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<Prose<4000>>,
    /// A picture: an address, or a small picture itself as `data:image/…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    image: Option<ImageUrl>,
    /// The price of one.
    price: Money,
    /// How many can be ordered.
    available: u32,
    /// The count behind that; staff only.
    #[serde(skip_serializing_if = "Option::is_none")]
    stock: Option<Stock>,
    /// Off the shelf.
    archived: bool,
    /// Rises with every change by a person. Send it back in `If-Match`.
    version: Version,
}

impl ProductView {
    fn new(entry: &CatalogProduct, staff_of: Option<&StoreId>) -> Self {
        let CatalogProduct { product, details } = entry;
        Self {
            id: product.id,
            store_id: product.store.clone(),
            name: product.name.clone(),
            sku: details.sku.clone(),
            category: details.category.clone(),
            description: details.description.clone(),
            image: details.image.clone(),
            price: product.price,
            available: if product.archived { 0 } else { product.stock.available() },
            stock: (staff_of == Some(&product.store)).then_some(product.stock),
            archived: product.archived,
            version: product.version,
        }
    }
}

/// The products of a page when nothing is said: many a shop has no more.
const DEFAULT_LIMIT: usize = 100;

/// Which products.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ProductListQuery {
    /// The store; the deployment's own when absent.
    store: Option<StoreId>,
    /// Part of the name.
    q: Option<String>,
    /// A heading.
    category: Option<String>,
    /// Also those off the shelf; staff only.
    archived: Option<bool>,
    /// Products in a page, 1 to 200; 100 when absent.
    #[param(value_type = Option<usize>, minimum = 1, maximum = 200)]
    limit: Option<PageLimit>,
    /// `next` of the page before.
    page: Option<ProductId>,
}

/// A page of products.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProductPage)]
pub struct ProductPage {
    /// In the order they were made.
    products: Vec<ProductView>,
    /// Send it as `page` to get the next one; null at the end.
    next: Option<ProductId>,
}

/// List products
///
/// What the store sells. Needs no account.
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

fn staff_of(caller: &MaybeCaller) -> Option<&StoreId> {
    let caller = caller.0.as_ref()?;
    (caller.principal.role == Role::Staff).then_some(&caller.principal.store)
}

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

fn parse_id(text: &str) -> Result<ProductId, Problem> {
    text.parse().map_err(|_| Problem::new(Code::ProductNotFound))
}

fn response(status: StatusCode, entry: &CatalogProduct, staff_of: Option<&StoreId>) -> Response {
    let mut response = (status, axum::Json(ProductView::new(entry, staff_of))).into_response();
    response.headers_mut().insert(ETAG, etag(entry.product.version));
    response
}

fn product_response(
    outcome: &CommandOutcome,
    status: StatusCode,
    staff: &Staff,
) -> Result<Response, Problem> {
    let Some(entry) = outcome.product() else { return Err(Problem::new(Code::Internal)) };
    let mut response = response(status, entry, Some(staff.store()));
    outcome.add_headers(&mut response);
    Ok(response)
}

/// A new product.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewProduct)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewProduct {
    /// Its name.
    name: Line<200>,
    /// The price of one.
    price: Money,
    /// How many there are.
    #[serde(default)]
    stock: u32,
    /// The store's article number.
    #[serde(default)]
    sku: Option<Line<64>>,
    /// A heading to list it under.
    #[serde(default)]
    category: Option<Line<80>>,
    /// Prose.
    #[serde(default)]
    description: Option<Prose<4000>>,
    /// A picture: `https://…`, a path on this host, or a small `data:image/…`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    image: Option<ImageUrl>,
}

/// Add a product
#[utoipa::path(
    post, path = "/api/v1/products", tag = "products", request_body = NewProduct,
    params(("Idempotency-Key" = Option<String>, Header, description = "Remembered for 24 hours")),
    responses((status = CREATED, body = ProductView), (status = "4XX", body = Problem, content_type = "application/problem+json")),
)]
pub async fn create(
    State(app): State<AppState>,
    staff: Staff,
    key: IdempotencyKey,
    Json(body, raw): Json<NewProduct>,
) -> Result<Response, Problem> {
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

/// A change to a product. What is absent stays.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = ProductChange)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProductChange {
    /// Another name.
    #[serde(default)]
    name: Option<Line<200>>,
    /// Another price, for orders from now on.
    #[serde(default)]
    price: Option<Money>,
    /// Off the shelf, or back on it.
    #[serde(default)]
    archived: Option<bool>,
    /// The store's article number.
    #[serde(default)]
    sku: Option<Line<64>>,
    /// A heading to list it under.
    #[serde(default)]
    category: Option<Line<80>>,
    /// Prose.
    #[serde(default)]
    description: Option<Prose<4000>>,
    /// A picture.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    image: Option<ImageUrl>,
}

/// Change a product
#[utoipa::path(
    put, path = "/api/v1/products/{product}", tag = "products", request_body = ProductChange,
    params(
        ("product" = ProductId, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Remembered for 24 hours"),
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
    Json(body, raw): Json<ProductChange>,
) -> Result<Response, Problem> {
    let product = parse_id(&product)?;
    if !body.changes_details() {
        let command = Command::UpdateProduct(body.merge(product, None));
        let changed = change(&app, product, command, context(&staff, &key, &raw, expected)).await?;
        return product_response(&changed, StatusCode::OK, &staff);
    }
    for _ in 0..MAX_ATTEMPTS {
        let found = app.read_backend.product(product).await.map_err(|error| database_error(&error))?;
        let before = found.ok_or_else(|| Problem::new(Code::ProductNotFound))?;
        // The log replaces the details as a whole: one that changed since it was read here must not be put back.
        let seen = expected.or(Some(before.product.version));
        let command = Command::UpdateProduct(body.clone().merge(product, Some(before.details)));
        match change(&app, product, command, context(&staff, &key, &raw, seen)).await {
            Err(problem) if expected.is_none() && problem.code() == Code::VersionConflict => {}
            changed => return product_response(&changed?, StatusCode::OK, &staff),
        }
    }
    Err(Problem::new(Code::Busy).retry_after(1))
}

/// How often a change of details is tried again when somebody else came first.
const MAX_ATTEMPTS: usize = 16;

impl ProductChange {
    fn changes_details(&self) -> bool {
        self.sku.is_some() || self.category.is_some() || self.description.is_some() || self.image.is_some()
    }

    /// The whole change, on top of the details there are.
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

/// Take a product off the shelf
///
/// It stays in old orders, and can be put back with `archived: false`.
#[utoipa::path(
    delete, path = "/api/v1/products/{product}", tag = "products",
    params(
        ("product" = ProductId, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Remembered for 24 hours"),
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

/// A count of stock: one of the two.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = StockCount)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StockCountBody {
    /// Counted: so many are there.
    #[serde(default)]
    on_hand: Option<u32>,
    /// So many came (or went, if negative).
    #[serde(default)]
    change: Option<i64>,
}

/// Count a product's stock
#[utoipa::path(
    put, path = "/api/v1/products/{product}/stock", tag = "products", request_body = StockCountBody,
    params(
        ("product" = ProductId, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Remembered for 24 hours"),
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
            let rule = "send `onHand` (a count) or `change` (so many came or went), not both";
            return Err(Problem::new(Code::InvalidBody).detail(format!("{rule}.")).error("onHand", rule));
        }
    };
    let product = parse_id(&product)?;
    let command = Command::SetStock { product, stock };
    let changed = change(&app, product, command, context(&staff, &key, &raw, expected)).await?;
    product_response(&changed, StatusCode::OK, &staff)
}

/// Submits a change; one to a stale version is told what the product is now.
async fn change(
    app: &App,
    product: ProductId,
    command: Command,
    context: CommandContext<'_>,
) -> Result<CommandOutcome, Problem> {
    let store = context.caller.principal.store.clone();
    let problem = match app.command(command, context).await {
        Err(problem) if problem.code() == Code::VersionConflict => problem,
        other => return other,
    };
    let now = app.read_backend.product(product).await.map_err(|error| database_error(&error))?;
    Err(match now {
        Some(now) => problem.current(&ProductView::new(&now, Some(&store))),
        None => problem,
    })
}

fn context<'a>(
    staff: &'a Staff,
    key: &'a IdempotencyKey,
    body: &'a RawBody,
    expected: Option<Version>,
) -> CommandContext<'a> {
    CommandContext { caller: &staff.caller, key, body, expected }
}
