//! A panic in a handler becomes a 500 response and does not close the connection.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::problem::Problem;

#[derive(Debug, thiserror::Error)]
#[error("a handler panicked: {0}")]
struct HandlerPanic(String);

/// Polls a handler. A panic becomes a problem and a log line. No change is left half done, because every change is
/// one command to the writer, which runs on its own thread.
pub(crate) fn poll_catching_panics<F: Future + Unpin>(
    answer: &mut F,
    context: &mut Context<'_>,
) -> Poll<Result<F::Output, Problem>> {
    match catch_unwind(AssertUnwindSafe(|| Pin::new(answer).poll(context))) {
        Ok(polled) => polled.map(Ok),
        Err(panic) => Poll::Ready(Err(Problem::internal(&HandlerPanic(message(&*panic).to_owned())))),
    }
}

fn message(panic: &(dyn Any + Send)) -> &str {
    // A panic's payload is a literal or a formatted string.
    let literal = panic.downcast_ref::<&'static str>().copied();
    literal.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse as _;
    use serde_json::Value;

    use super::*;

    #[tokio::test]
    async fn a_panic_is_a_fault_of_ours_that_does_not_tell_its_message() {
        let mut handler = std::pin::pin!(async { panic!("the secret is {}", "hunter2") as &str });
        let problem =
            std::future::poll_fn(|context| poll_catching_panics(&mut handler, context)).await.unwrap_err();
        let response = problem.into_response();
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
