//! Setting the status of many orders at once.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use eventlog::{CommandRequest, Outcome, Submission};
use orders::command::SetStatus;
use orders::order::Version;
use orders::text::Prose;
use orders::{Command, OrderId, OrderNumber, OrderRef, Status};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::order_ref;
use crate::app::AppState;
use crate::caller::Staff;
use crate::commands::{REPLAYED, not_committed};
use crate::extract::Json;
use crate::idempotency::IdempotencyKey;
use crate::problem::{Code, Problem};

const MAX_ORDERS: usize = 500;
/// An id that no order has. It stands for each name without an order, so that every name has an outcome. A repeated request
/// then gets the first outcomes, also when an order with that name exists by then.
const NO_ORDER: OrderRef = OrderRef::Id(OrderId::new(Uuid::nil()));

/// A status for many orders.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = BulkStatus)]
#[serde(deny_unknown_fields)]
pub struct Body {
    /// Ids, numbers or references, at most 500.
    #[schema(min_items = 1, max_items = 500)]
    orders: Vec<String>,
    /// The new status.
    status: Status,
    /// A note that only staff can see.
    #[serde(default)]
    note: Option<Prose<2000>>,
    /// The reason, as for a single order.
    #[serde(default)]
    reason: Option<Prose<500>>,
}

/// The result for each order.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BulkOutcomes)]
pub struct BulkOutcomes {
    /// One per order, in the order of the request.
    outcomes: Vec<BulkOutcome>,
    /// Number of orders changed.
    changed: usize,
    /// Number of orders refused.
    refused: usize,
}

/// The result for one order.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BulkOutcome)]
#[serde(rename_all = "camelCase")]
pub struct BulkOutcome {
    /// The order, as named in the request.
    order: String,
    /// Whether the order has the status now. False if it was refused.
    ok: bool,
    /// The order's number, unless it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<OrderNumber>,
    /// The order's status, unless it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
    /// The order's version, unless it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<Version>,
    /// How many live connections of the customer received the change; counted again in a replayed response.
    #[serde(skip_serializing_if = "Option::is_none")]
    live: Option<usize>,
    /// The problem's code, if the order was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    /// The problem's detail, if the order was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

/// Set the status of many orders
///
/// Each order is changed independently and has its own result. Every customer concerned receives an event.
#[utoipa::path(
    post, path = "/api/v1/orders/bulk-status", tag = "orders",
    params(("Idempotency-Key" = Option<String>, Header, description = "Stored for 24 hours")),
    request_body = Body,
    responses((status = OK, body = BulkOutcomes), (status = "4XX", body = Problem, content_type = "application/problem+json")),
)]
pub async fn bulk_status(
    State(app): State<AppState>,
    staff: Staff,
    key: IdempotencyKey,
    Json(body, raw): Json<Body>,
) -> Result<Response, Problem> {
    if body.orders.is_empty() || body.orders.len() > MAX_ORDERS {
        let rule = "must name 1 to 500 orders";
        return Err(Problem::new(Code::InvalidBody)
            .detail(format!("`orders` {rule}."))
            .error("orders", rule));
    }
    let mut orders = Vec::with_capacity(body.orders.len());
    for name in &body.orders {
        orders.push(match order_ref(&app, &staff.caller, name).await {
            Ok(order) => order,
            Err(problem) if problem.code() == Code::OrderNotFound => NO_ORDER,
            Err(problem) => return Err(problem),
        });
    }
    let requests = orders.into_iter().map(|order| CommandRequest {
        command: Command::SetStatus(SetStatus {
            order,
            status: body.status,
            tracking_number: None,
            estimated_delivery: None,
            note: body.note.clone(),
            reason: body.reason.clone(),
        }),
        actor: staff.caller.actor(),
        expected: None,
    });
    let submission = Submission {
        requests: requests.collect(),
        idempotency: key.bind(&staff.caller.principal, &raw),
        external_user: staff.caller.external_user(),
    };
    let receipt = app.writer.submit(submission).await.map_err(not_committed)?;
    let mut outcomes = Vec::with_capacity(body.orders.len());
    let mut changed = 0;
    for (order, outcome) in body.orders.into_iter().zip(receipt.outcomes) {
        if receipt.replayed {
            match app.check_replay(&outcome, &staff.caller).await {
                Err(problem) if problem.code() == Code::OrderNotFound => {
                    outcomes.push(BulkOutcome::unknown(order));
                    continue;
                }
                checked => checked?,
            }
        }
        // An order that has the status already, or is listed twice, is done and is not counted.
        changed += usize::from(matches!(outcome, Outcome::Order(_)));
        let live = app.live(&outcome, &staff.caller);
        outcomes.push(BulkOutcome::of(order, outcome, live));
    }
    let refused = outcomes.iter().filter(|outcome| !outcome.ok).count();
    let mut response = axum::Json(BulkOutcomes { outcomes, changed, refused }).into_response();
    if receipt.replayed {
        response.headers_mut().insert(REPLAYED, axum::http::HeaderValue::from_static("true"));
    }
    Ok(response)
}

impl BulkOutcome {
    fn of(order: String, outcome: Outcome, live: Option<usize>) -> Self {
        match outcome {
            Outcome::Order(snapshot) | Outcome::Unchanged(snapshot) => Self {
                order,
                ok: true,
                number: Some(snapshot.order.number),
                status: Some(snapshot.order.status()),
                version: Some(snapshot.order.version),
                live,
                code: None,
                detail: None,
            },
            Outcome::Refused(refusal) => Self::refused(order, refusal.code().to_owned(), refusal.to_string()),
            Outcome::RefusedBefore { code, detail } => Self::refused(order, code, detail),
            Outcome::Product(_) => Self::unknown(order),
        }
    }

    fn unknown(order: String) -> Self {
        let code = Code::OrderNotFound;
        Self::refused(order, code.name().to_owned(), code.advice().to_owned())
    }

    fn refused(order: String, code: String, detail: String) -> Self {
        let (code, detail) = (Some(code), Some(detail));
        Self { order, ok: false, number: None, status: None, version: None, live: None, code, detail }
    }
}
