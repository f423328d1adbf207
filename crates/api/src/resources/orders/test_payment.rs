//! A simulated payment, in a demo shop.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use orders::command::PaymentOutcome;
use orders::order::PaymentMethod;
use orders::text::Line;
use orders::view::OrderView;
use orders::{Actor, Audience, Command, OrderRef, Refusal, Role};
use serde::Deserialize;
use utoipa::ToSchema;

use super::order_ref;
use crate::app::AppState;
use crate::caller::Caller;
use crate::commands::visible;
use crate::commands::{CommandContext, order_response};
use crate::extract::{Json, Path};
use crate::idempotency::IdempotencyKey;
use crate::problem::{Code, Problem};

/// The name of the simulated payment provider.
const PROVIDER: &str = "test";

/// A simulated payment.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = TestPayment)]
#[serde(deny_unknown_fields)]
pub struct Body {
    /// The result of the payment.
    outcome: TestOutcome,
}

/// The result of a simulated payment.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TestOutcome {
    /// The payment succeeded.
    Paid,
    /// The payment failed. The customer may try again.
    Failed,
}

impl From<TestOutcome> for PaymentOutcome {
    fn from(outcome: TestOutcome) -> Self {
        match outcome {
            TestOutcome::Paid => Self::Paid,
            TestOutcome::Failed => Self::Failed,
        }
    }
}

/// Simulate an online payment
///
/// For the order's customer, in a demo shop; in other shops this is 404. It is recorded like a provider's payment.
/// Repeating it changes nothing.
#[utoipa::path(
    post, path = "/api/v1/orders/{order}/test-payment", tag = "orders",
    params(
        ("order" = String, Path, description = "Id, number or reference"),
        ("Idempotency-Key" = Option<String>, Header, description = "Stored for 24 hours"),
    ),
    request_body = Body,
    responses(
        (status = OK, body = OrderView),
        (status = NOT_FOUND, body = Problem, content_type = "application/problem+json", description = "`order_not_found`; `not_found` unless this is a demo shop"),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`payment_state`: the order is paid in cash, or was already paid"),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn test_payment(
    State(app): State<AppState>,
    caller: Caller,
    Path(order): Path<String>,
    key: IdempotencyKey,
    Json(body, raw): Json<Body>,
) -> Result<Response, Problem> {
    if !app.settings.test_payment() {
        return Err(Problem::new(Code::NotFound));
    }
    if caller.principal.role != Role::Customer {
        return Err(Problem::new(Code::OrderNotFound));
    }
    let (found, _) = visible(&app, &caller, order_ref(&app, &caller, &order).await?).await?;
    if found.order.payment.method != PaymentMethod::Online {
        let (state, why) = (found.order.payment.state.name(), "the order is paid in cash");
        return Err(Refusal::PaymentState { state, why }.into());
    }
    let order = OrderRef::Id(found.order.id);
    let outcome = PaymentOutcome::from(body.outcome);
    // The same reference each time, so that a repeated payment is recognized.
    let reference = Line::new(&format!("test-{}", found.order.number)).ok();
    let command = Command::RecordPayment { order, outcome, reference };
    let provider = Actor::Gateway { provider: PROVIDER.into() };
    let context = CommandContext { caller: &caller, key: &key, body: &raw, expected: None };
    match app.command_as(command, provider, context).await {
        Err(refused) if refused.code() == Code::PaymentState => {
            let (now, _) = visible(&app, &caller, order).await?;
            let same = now.order.payment.state.name() == body.outcome.name();
            if same { Ok(order_response(StatusCode::OK, &now, Audience::Customer)) } else { Err(refused) }
        }
        done => done?.into_order(StatusCode::OK),
    }
}

impl TestOutcome {
    fn name(self) -> &'static str {
        match self {
            Self::Paid => "paid",
            Self::Failed => "failed",
        }
    }
}
