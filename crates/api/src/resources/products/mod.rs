//! Products and their stock: one file per endpoint.

pub mod archive;
pub mod create;
pub mod list;
pub mod show;
pub mod stock;
pub mod update;

use axum::http::header::{ETAG, HOST};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use eventlog::CatalogProduct;
use orders::order::Version;
use orders::product::{ImageUrl, Stock};
use orders::text::{Line, Prose};
use orders::{Command, Money, ProductId, Role, StoreId};
use serde::Serialize;
use url::Url;
use utoipa::ToSchema;

use crate::app::App;
use crate::caller::{MaybeCaller, Staff};
use crate::commands::{CommandContext, CommandOutcome, database_error, etag};
use crate::extract::RawBody;
use crate::idempotency::IdempotencyKey;
use crate::problem::{Code, Problem};

/// A product.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Product)]
#[serde(rename_all = "camelCase")]
pub struct ProductView {
    /// The product's id.
    id: ProductId,
    /// The store that sells it.
    store_id: StoreId,
    /// The product's name.
    name: Line<200>,
    /// The store's article number.
    #[serde(skip_serializing_if = "Option::is_none")]
    sku: Option<Line<64>>,
    /// The category to list it under.
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<Line<80>>,
    /// A description.
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<Prose<4000>>,
    /// An image: a URL, or a small image as `data:image/…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    image: Option<ImageUrl>,
    /// The price of one unit.
    price: Money,
    /// Units that can be ordered.
    available: u32,
    /// The stock behind `available`; staff only.
    #[serde(skip_serializing_if = "Option::is_none")]
    stock: Option<Stock>,
    /// Whether the product is archived: it is no longer sold.
    archived: bool,
    /// Increases with every change by a person. Send it in `If-Match`.
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

fn staff_of(caller: &MaybeCaller) -> Option<&StoreId> {
    let caller = caller.0.as_ref()?;
    (caller.principal.role == Role::Staff).then_some(&caller.principal.store)
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

/// Refuses a picture that the content security policy of the shop's pages would block.
fn check_image(app: &App, headers: &HeaderMap, image: Option<&ImageUrl>) -> Result<(), Problem> {
    let Some(url) = image.and_then(|image| Url::parse(image.as_str()).ok()) else { return Ok(()) };
    if url.scheme() != "https" {
        return Ok(());
    }
    let origin = url.origin().ascii_serialization();
    let own = Url::parse(&app.settings.base_url).ok().map(|own| own.origin().ascii_serialization());
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).map(|host| format!("https://{host}"));
    let allowed = app.settings.image_origins.contains(&origin) || [own, host].contains(&Some(origin.clone()));
    if allowed {
        return Ok(());
    }
    let rule = format!("is on {origin}, from which pages may not load pictures");
    Err(Problem::new(Code::InvalidBody)
        .detail(format!(
            "`image` {rule}. Put the picture on this host, or let an operator add {origin} to the option `image_origins` \
             (ORDERCAST_IMAGE_ORIGINS)."
        ))
        .error("image", rule))
}

/// Submits a change. A version conflict includes the current product.
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
