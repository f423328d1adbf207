//! The client against a server that says exactly what a test wants.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use orders::Role;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::time::timeout;
use url::Url;

use super::ApiClient;
use super::credentials::Credentials;
use super::error::ClientError;
use super::stream::{Update, follow};
use crate::config::values::Secret;

/// A server with one answer per connection, in order; it keeps what it was asked.
struct Scripted {
    client: ApiClient,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Scripted {
    /// Each answer is written in its parts, one at a time, and then the connection is closed.
    async fn start(answers: Vec<Vec<String>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&asked);
        tokio::spawn(async move {
            let mut answers = VecDeque::from(answers);
            while let Some(answer) = answers.pop_front() {
                let (mut connection, _) = listener.accept().await.unwrap();
                let mut head = Vec::new();
                while !head.windows(4).any(|end| end == b"\r\n\r\n") {
                    let mut bytes = [0; 1024];
                    match connection.read(&mut bytes).await {
                        Ok(1..) => head.extend_from_slice(&bytes),
                        _ => break,
                    }
                }
                let head = String::from_utf8_lossy(&head).trim_matches('\0').to_lowercase();
                kept.lock().unwrap().push(head);
                for part in answer {
                    connection.write_all(part.as_bytes()).await.unwrap();
                    connection.flush().await.unwrap();
                    tokio::task::yield_now().await;
                }
            }
        });
        Self { client: ApiClient::new(url).unwrap(), asked }
    }

    fn asked(&self, n: usize) -> String {
        self.asked.lock().unwrap()[n].clone()
    }
}

fn stream(parts: &[&str]) -> Vec<String> {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
    std::iter::once(head).chain(parts.iter().copied()).map(str::to_owned).collect()
}

fn problem(status: &str, more: &str, body: &str) -> Vec<String> {
    let length = body.len();
    vec![format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/problem+json\r\ncontent-length: {length}\r\n{more}connection: close\r\n\r\n{body}"
    )]
}

const HELLO: &str = "event: connected\ndata: {\"role\":\"admin\",\"user\":{\"id\":\"u\",\"name\":\"Mira\"},\"cursor\":\"e:5\",\"recovered\":false}\n\n";

fn event(id: &str, cursor: &str) -> String {
    format!(
        "event: order.created\nid: {cursor}\ndata: {{\"id\":\"{id}\",\"kind\":\"order.created\",\"at\":\"2026-11-21T14:03:12Z\",\"version\":1}}\n\n"
    )
}

/// The next update, in a few words.
async fn next(updates: &mut mpsc::Receiver<Update>) -> String {
    let update = timeout(Duration::from_secs(10), updates.recv()).await.expect("an update in time");
    match update {
        Some(Update::Connected { connected, resumed }) => {
            format!("connected {} resumed={resumed}", connected.role)
        }
        Some(Update::Event { event, cursor, .. }) => {
            format!("event {} at {}", event.id, cursor.unwrap_or_default())
        }
        Some(Update::Repeated { event }) => format!("repeated {}", event.id),
        Some(Update::Reset(reset)) => format!("reset to {} with {}", reset.cursor, reset.orders.len()),
        Some(Update::Lost { attempt, .. }) => format!("lost {attempt}"),
        Some(Update::Refused(error)) => format!("refused {}", error.code()),
        None => "end".to_owned(),
    }
}

#[tokio::test]
async fn it_resumes_after_the_last_event_and_drops_what_it_has_seen() {
    let (a, b, c) = (event("a", "e:6"), event("b", "e:7"), event("c", "e:8"));
    let (start, end) = b.split_at(30);
    let server = Scripted::start(vec![
        stream(&[
            HELLO,
            ": a comment\n\n",
            &a,
            "event: heartbeat\ndata: {}\n\n",
            start,
            end,
            "event: order.created\nid: e:9\nda",
        ]),
        stream(&[HELLO, &b, &c]),
    ])
    .await;
    let mut updates = follow(server.client.clone(), None);
    for expected in [
        "connected admin resumed=false",
        "event a at e:6",
        "event b at e:7",
        "lost 1",
        "connected admin resumed=true",
        "repeated b",
        "event c at e:8",
        "lost 1",
    ] {
        assert_eq!(next(&mut updates).await, expected);
    }
    assert!(!server.asked(0).contains("last-event-id"));
    assert!(server.asked(1).contains("last-event-id: e:7"), "not e:9, whose event never was complete");
}

#[tokio::test]
async fn it_resumes_from_where_it_connected_even_if_nothing_happened_since() {
    let server = Scripted::start(vec![
        stream(&[HELLO, "event: reconnect\ndata: {\"reason\":\"restart\",\"afterMs\":0}\n\n"]),
        stream(&[
            "event: reset\nid: x:1\ndata: {\"reason\":\"restored\",\"cursor\":\"x:1\",\"orders\":[]}\n\n",
        ]),
        stream(&[HELLO]),
    ])
    .await;
    let mut updates = follow(server.client.clone(), None);
    for expected in [
        "connected admin resumed=false",
        "lost 1",
        "reset to x:1 with 0",
        "lost 2",
        "connected admin resumed=true",
    ] {
        assert_eq!(next(&mut updates).await, expected);
    }
    assert!(server.asked(1).contains("last-event-id: e:5"));
    assert!(server.asked(2).contains("last-event-id: x:1"));
}

#[tokio::test]
async fn a_refusal_ends_it_and_a_busy_server_does_not() {
    let server = Scripted::start(vec![
        problem("503 Service Unavailable", "retry-after: 0\r\n", "{}"),
        problem("401 Unauthorized", "", "{\"code\":\"token_expired\",\"detail\":\"Sign in again.\"}"),
    ])
    .await;
    let client = server.client.with(Credentials::Token(Secret::new("mine")));
    let mut updates = follow(client, Some("e:1".to_owned()));
    for expected in ["lost 1", "refused unauthorized", "end"] {
        assert_eq!(next(&mut updates).await, expected);
    }
    assert!(server.asked(0).contains("authorization: bearer mine"));
}

#[tokio::test]
async fn a_token_made_here_is_renewed_once_when_it_is_refused() {
    let server = Scripted::start(vec![
        problem("401 Unauthorized", "", "{}"),
        problem("200 OK", "", "{\"orders\":[]}"),
        problem("401 Unauthorized", "", "{}"),
        problem("401 Unauthorized", "", "{}"),
    ])
    .await;
    let local = Credentials::local(Secret::new("s"), "ordercast-test", "Test", Role::Staff);
    let client = server.client.with(local);
    assert_eq!(client.newest(1).await.unwrap().len(), 0);
    assert!(matches!(client.newest(1).await, Err(ClientError::Unauthorized { .. })), "and not for ever");
}

#[tokio::test]
async fn refusals_keep_their_code_and_the_servers_wish() {
    let server = Scripted::start(vec![
        problem("429 Too Many Requests", "retry-after: 7\r\n", "{\"code\":\"rate_limited\"}"),
        problem("409 Conflict", "", "{\"code\":\"out_of_stock\",\"detail\":\"only 2 left\\u001b[2J\"}"),
        problem("200 OK", "", "<html>"),
        problem("502 Bad Gateway", "", "<html>"),
    ])
    .await;
    let client = &server.client;
    let error = client.order("10001").await.unwrap_err();
    assert_eq!(
        (error.code(), error.wait(), error.is_final()),
        ("rate_limited", Some(Duration::from_secs(7)), false)
    );
    let error = client.order("10001").await.unwrap_err();
    assert_eq!((error.code(), error.is_final()), ("out_of_stock", true));
    assert!(error.to_string().contains("only 2 left\\u{1b}[2J"), "{error}");
    assert_eq!(client.order("10001").await.unwrap_err().code(), "not_ordercast");
    let error = client.order("10001").await.unwrap_err();
    assert_eq!((error.code(), error.is_final()), ("http_502", false));
}

#[tokio::test]
async fn an_unreachable_server_is_reported_with_the_cause() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    drop(listener);
    let error = ApiClient::new(url).unwrap().health().await.unwrap_err();
    assert!(error.to_string().to_lowercase().contains("connection refused"), "{error}");
    assert!(!error.is_final());
}
