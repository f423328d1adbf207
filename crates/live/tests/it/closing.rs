//! How a stream begins and ends.

use std::future::{pending, ready};
use std::pin::pin;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use ordercast_live::sse::{self, Closing, StreamUser};
use ordercast_live::{Close, Hub, Subscription};
use orders::Role;
use orders::view::Person;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::fixed_log::FixedLog;
use super::shop::{of_customer, user};

pub(crate) fn never() -> Closing {
    Box::pin(pending())
}

/// A stream of the customer Asha.
pub(crate) fn open(
    subscription: Subscription,
    stats: Option<watch::Receiver<Bytes>>,
    closing: Closing,
) -> impl Stream<Item = Bytes> {
    let person = Person { id: user("asha"), name: Some("Asha Rao".into()), email: None };
    let listener = StreamUser { role: Role::Customer, person };
    let noon = || "2026-03-01T12:00:00Z".parse().unwrap();
    sse::stream(subscription, &listener, true, stats, None, closing, Box::new(noon))
}

pub(crate) fn text(frame: &Bytes) -> String {
    String::from_utf8(frame.to_vec()).unwrap()
}

/// The fields of a frame with one event.
pub(crate) fn parsed(frame: &str) -> (String, Option<String>, Value) {
    assert!(frame.ends_with("\n\n"), "{frame:?}");
    let field = |name: &str| {
        let mut found = frame.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        let value = found.next().map(str::to_owned);
        assert!(found.next().is_none(), "{frame:?} has {name} twice");
        value
    };
    (field("event").unwrap(), field("id"), serde_json::from_str(&field("data").unwrap()).unwrap())
}

fn hub() -> Arc<Hub> {
    Arc::new(FixedLog::default()).hub()
}

#[tokio::test]
async fn the_first_frame_says_who_and_where() {
    let hub = hub();
    let mut stream = pin!(open(hub.subscribe(of_customer("asha"), Some(hub.cursor())), None, never()));
    let frame = text(&stream.next().await.unwrap());
    let (event, id, data) = parsed(frame.strip_prefix("retry: 1000\n").unwrap());
    assert_eq!((event.as_str(), id.as_deref()), ("connected", Some("log:0")));
    let expected = json!({
        "message": "Connected to real-time service",
        "role": "user",
        "user": {"id": "asha", "name": "Asha Rao"},
        "cursor": "log:0",
        "head": "log:0",
        "recovered": true,
    });
    assert_eq!(data, expected);
}

#[tokio::test]
async fn a_client_that_has_to_start_over_keeps_its_old_id_until_the_reset() {
    let mut stream =
        pin!(open(hub().subscribe(of_customer("asha"), None).with_unknown_cursor(), None, never()));
    let frame = text(&stream.next().await.unwrap());
    let (event, id, data) = parsed(frame.strip_prefix("retry: 1000\n").unwrap());
    assert_eq!((event.as_str(), id), ("connected", None));
    assert_eq!(data["recovered"], false);
}

#[tokio::test]
async fn a_stream_says_why_it_ends_and_when_to_reconnect() {
    for (close, expected) in [
        (Close::ShuttingDown, json!({"code": 4001, "reason": "shutting_down", "afterMs": 500})),
        (Close::TokenExpired, json!({"code": 4002, "reason": "token_expired", "afterMs": 0})),
        (Close::Unavailable, json!({"code": 4003, "reason": "unavailable", "afterMs": 3000})),
        (Close::SessionEnded, json!({"code": 4501, "reason": "session_ended"})),
    ] {
        let subscription = hub().subscribe(of_customer("asha"), None);
        let mut stream = pin!(open(subscription, None, Box::pin(ready(close))));
        stream.next().await.unwrap();
        let (event, id, data) = parsed(&text(&stream.next().await.unwrap()));
        assert_eq!((event.as_str(), id), ("reconnect", None), "an id here would be a place to resume from");
        assert_eq!(data, expected);
        assert_eq!(stream.next().await, None, "and it ends");
    }
}

#[tokio::test]
async fn a_stream_ends_if_the_log_cannot_be_read() {
    // Its reset needs the log, which fails here.
    let mut stream =
        pin!(open(hub().subscribe(of_customer("asha"), None).with_unknown_cursor(), None, never()));
    stream.next().await.unwrap();
    let (event, _, data) = parsed(&text(&stream.next().await.unwrap()));
    assert_eq!((event.as_str(), &data["code"]), ("reconnect", &json!(4003)));
    assert_eq!(stream.next().await, None);
}
