//! A mistake of ours in one request is an answer like any other, not a connection that closes.

use std::any::Any;
use std::panic::AssertUnwindSafe;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use futures_util::FutureExt as _;

use crate::problem::Problem;

/// A handler panicked; with the message.
#[derive(Debug, thiserror::Error)]
#[error("a handler panicked: {0}")]
struct Panicked(String);

/// Answers, with a 500 problem and a line in the log when that panics. Nothing is half done then: whatever changes
/// anything is one command to the writer, which runs elsewhere.
pub(crate) async fn answer(next: Next, request: Request) -> Response {
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(panic) => Problem::internal(&Panicked(message(&*panic).to_owned())).into_response(),
    }
}

fn message(panic: &(dyn Any + Send)) -> &str {
    // What `panic!` carries: a literal, or a formatted text.
    let literal = panic.downcast_ref::<&'static str>().copied();
    literal.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::middleware::from_fn;
    use axum::routing::get;
    use serde_json::Value;
    use tower::ServiceExt as _;

    use super::*;

    #[tokio::test]
    async fn a_panic_is_a_fault_of_ours_that_does_not_tell_its_message() {
        let router = Router::new()
            .route("/", get(|| async { panic!("the secret is {}", "hunter2") as &str }))
            .layer(from_fn(|request, next| answer(next, request)));
        let response = router.oneshot(Request::new(Body::empty())).await.unwrap();
        assert_eq!(response.status(), 500);
        let body = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
        let body: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(body["code"], "internal");
        assert!(body["incident"].is_string() && !body.to_string().contains("hunter2"), "{body}");
    }

    #[test]
    fn the_message_is_found_for_the_log() {
        let caught = |run: fn()| std::panic::catch_unwind(run).unwrap_err();
        assert_eq!(message(&*caught(|| panic!("literal"))), "literal");
        assert_eq!(message(&*caught(|| panic!("{}", "formatted"))), "formatted");
        assert_eq!(message(&*caught(|| std::panic::panic_any(7))), "no message");
    }
}
