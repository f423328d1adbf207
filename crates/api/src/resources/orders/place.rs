//! Placing an order.

use axum::extract::State;
use axum::http::header::LOCATION;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use orders::command::PlaceOrder;
use orders::order::PaymentMethod;
use orders::view::OrderView;
use orders::{Address, Command, Money, OrderId, ProductId, Reference, Role, StoreId};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::AppState;
use crate::caller::Caller;
use crate::commands::CommandContext;
use crate::extract::{Json, lenient};
use crate::idempotency::IdempotencyKey;
use crate::problem::{Code, Problem};

/// A new order.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewOrder)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Body {
    /// The store that sells. Default: the deployment's default store.
    #[serde(default)]
    store_id: Option<StoreId>,
    /// The items, at most 100.
    #[schema(min_items = 1, max_items = 100)]
    items: Vec<NewOrderItem>,
    /// The delivery address.
    shipping_address: Address,
    /// The payment method: `cash_on_delivery`, or `online` if `testPayment` of the configuration is true. Stock for
    /// an unpaid online order is reserved for 15 minutes.
    payment_method: PaymentMethod,
    /// The total that the customer saw. If prices have changed, the order is refused with the new total.
    #[serde(default)]
    expected_total: Option<Money>,
    /// The order's id in the shop that it comes from, such as `ORDER-123`: at most 64 characters, unique in its store, and
    /// neither a number nor a UUID. The order is found by it wherever an id or number is accepted. Only users of the shop,
    /// whose token the shop signed with `JWT_SECRET`, may give one; a local account is refused with
    /// `reference_not_allowed`.
    #[serde(default, deserialize_with = "lenient::parsed")]
    #[schema(value_type = Option<String>, max_length = 64, example = "ORDER-123")]
    reference: Option<Reference>,
}

/// An item of a new order.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewOrderItem)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewOrderItem {
    /// The product's id.
    product_id: ProductId,
    /// Units to order.
    #[schema(minimum = 1, maximum = 10000)]
    quantity: u32,
}

/// Place an order
///
/// Customers only. When the response arrives, the order is durable, its stock is reserved, and the store's staff
/// have been sent an event. Send an `Idempotency-Key` so that a retry cannot order twice.
#[utoipa::path(
    post, path = "/api/v1/orders", tag = "orders",
    params(("Idempotency-Key" = Option<String>, Header, description = "Any text, different for each order; stored for 24 hours")),
    request_body = Body,
    responses(
        (status = CREATED, body = OrderView, description = "Placed"),
        (status = FORBIDDEN, body = Problem, content_type = "application/problem+json", description = "Staff cannot place orders; `reference_not_allowed`"),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`out_of_stock`, `product_archived`, `total_changed`, `reference_taken`"),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn place(
    State(app): State<AppState>,
    caller: Caller,
    key: IdempotencyKey,
    Json(body, raw): Json<Body>,
) -> Result<Response, Problem> {
    let online = body.payment_method == PaymentMethod::Online;
    if caller.principal.role == Role::Customer && online && !app.settings.test_payment() {
        return Err(Problem::new(Code::PaymentMethodUnavailable));
    }
    let command = Command::PlaceOrder(PlaceOrder {
        id: OrderId::new(app.clock.uuid()),
        store: body.store_id.unwrap_or_else(|| app.settings.store.clone()),
        items: body.items.iter().map(|line| (line.product_id, line.quantity)).collect(),
        payment: body.payment_method,
        address: body.shipping_address,
        expected_total: body.expected_total,
        reference: body.reference,
    });
    let context = CommandContext { caller: &caller, key: &key, body: &raw, expected: None };
    let outcome = app.command(command, context).await?;
    let location = outcome.order().map(|placed| format!("/api/v1/orders/{}", placed.order.id));
    let mut response = outcome.into_order(StatusCode::CREATED)?;
    if let Some(location) = location.and_then(|location| HeaderValue::try_from(location).ok()) {
        response.headers_mut().insert(LOCATION, location);
    }
    Ok(response)
}
