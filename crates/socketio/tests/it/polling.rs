//! HTTP long-polling.

use ordercast_socketio::SocketIoConfig;
use ordercast_socketio::application::DisconnectReason;
use ordercast_socketio::{CloseFrame, CloseReason};
use serde_json::json;

use crate::support::application::{AppEvent, BYE, TestServer};
use crate::support::http::{PollingClient, answer};

#[tokio::test]
async fn payloads_carry_many_packets_both_ways() {
    let server = TestServer::start(SocketIoConfig::default()).await;
    let client = PollingClient::connect(server.address).await;
    let body = "42[\"echo\",1]\x1e451-[\"echo\",{\"_placeholder\":true,\"num\":0}]\x1ebAQIDBA==\x1e3\x1e42[\"echo\",2]";
    assert_eq!(client.post(body).await, (200, "ok".into()));
    let packets = client.packets(4).await;
    let expected =
        ["42[\"echo\",1]", "451-[\"echo\",{\"_placeholder\":true,\"num\":0}]", "bAQIDBA==", "42[\"echo\",2]"];
    assert_eq!(packets, expected);
    server.app.raise_limit(1000);
    let packets = client.packets(1000).await;
    for (number, packet) in packets.iter().enumerate() {
        assert_eq!(*packet, format!("42[\"n\",{number}]"));
    }
}

#[tokio::test]
async fn a_payload_has_at_most_16_packets_and_the_rest_comes_with_the_next_ones() {
    let server = TestServer::start(SocketIoConfig::default()).await;
    let client = PollingClient::connect(server.address).await;
    let socket = server.app.socket();
    for number in 0..25 {
        socket.emit("m", &number).unwrap();
    }
    // These are pulled, and those above are queued.
    server.app.raise_limit(40);
    let mut received: Vec<String> = Vec::new();
    while received.len() < 65 {
        let (status, payload) = client.get().await;
        assert_eq!(status, 200);
        let before = received.len();
        received.extend(payload.split('\x1e').map(str::to_owned));
        assert!((1..=16).contains(&(received.len() - before)), "{payload}");
    }
    let queued = (0..25).map(|number| format!("42[\"m\",{number}]"));
    let pulled = (0..40).map(|number| format!("42[\"n\",{number}]"));
    assert_eq!(received, queued.chain(pulled).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_is_no_packet_ends_the_session() {
    for body in ["", "abc", "42[\"echo\"]\x1e", "b***"] {
        let mut server = TestServer::start(SocketIoConfig::default()).await;
        let client = PollingClient::connect(server.address).await;
        assert_eq!(client.post(body).await.0, 400, "{body}");
        assert_eq!(server.disconnect_reason().await.name(), "parse");
        assert_eq!(client.get().await.0, 400);
        assert_eq!(server.open_connections(), (0, 0));
    }
}

#[tokio::test]
async fn a_body_that_is_too_large_ends_the_session() {
    let mut server =
        TestServer::start(SocketIoConfig { max_payload: 100, ..SocketIoConfig::default() }).await;
    let client = PollingClient::connect(server.address).await;
    assert_eq!(client.post(&"4".repeat(101)).await.0, 413);
    assert_eq!(server.disconnect_reason().await.name(), "violation");
}

#[tokio::test]
async fn posts_wait_for_the_handler_but_only_one_of_them() {
    let mut server = TestServer::start(SocketIoConfig::default()).await;
    let client = PollingClient::connect(server.address).await;
    assert_eq!(client.post("42[\"slow\",1]").await.0, 200);
    assert_eq!(server.next_event().await, AppEvent::Connect("/".into()));
    assert_eq!(server.next_event().await, AppEvent::Event("slow".into(), vec![json!(1)]));
    assert_eq!(client.post("42[\"echo\",2]").await.0, 200);
    let waits = client.start_post("42[\"echo\",3]").await;
    server.app.gate.add_permits(1);
    assert_eq!(answer(waits).await.0, 200);
    assert_eq!(client.packets(3).await, ["42[\"done\",1]", "42[\"echo\",2]", "42[\"echo\",3]"]);

    assert_eq!(client.post("42[\"slow\",4]").await.0, 200);
    assert_eq!(client.post("42[\"echo\",5]").await.0, 200);
    let (waits, too_many) =
        (client.start_post("42[\"echo\",6]").await, client.start_post("42[\"echo\",7]").await);
    assert_eq!(answer(waits).await.0, 400);
    assert_eq!(answer(too_many).await.0, 400);
    server.app.gate.add_permits(1);
    assert_eq!(server.disconnect_reason().await, DisconnectReason::Connection(CloseReason::Overlap));
}

#[tokio::test]
async fn two_gets_at_once_end_the_session() {
    let mut server = TestServer::start(SocketIoConfig::default()).await;
    let client = PollingClient::connect(server.address).await;
    let (one, other) = (client.start_get().await, client.start_get().await);
    let mut answers = [answer(one).await, answer(other).await];
    answers.sort();
    assert_eq!(answers, [(200, "1".into()), (400, String::new())]);
    assert_eq!(server.disconnect_reason().await, DisconnectReason::Connection(CloseReason::Overlap));
}

#[tokio::test]
async fn what_was_said_before_closing_is_heard_by_the_get_that_waits() {
    let mut server = TestServer::start(SocketIoConfig::default()).await;
    let client = PollingClient::connect(server.address).await;
    let waits = client.start_get().await;
    // Once the server has sent this event, the GET is pending.
    server.app.socket().emit("first", &1).unwrap();
    assert_eq!(answer(waits).await.1, "42[\"first\",1]");
    let waits = client.start_get().await;
    assert_eq!(client.post("42[\"say and close\"]").await.0, 200);
    let (status, body) = answer(waits).await;
    assert_eq!((status, body.as_str()), (200, "42[\"last\",1]\x1e1"));
    assert_eq!(server.disconnect_reason().await, DisconnectReason::Connection(CloseReason::Server(BYE)));
}

#[tokio::test]
async fn what_was_posted_is_done_when_the_client_leaves_right_after() {
    let mut server = TestServer::start(SocketIoConfig::default()).await;
    let client = PollingClient::connect(server.address).await;
    let waits = client.start_get().await;
    assert_eq!(client.post("42[\"slow\",1]\x1e42[\"note\",2]").await.0, 200);
    assert_eq!(client.post("42[\"note\",3]").await.0, 200);
    server.next_event().await;
    assert_eq!(server.next_event().await, AppEvent::Event("slow".into(), vec![json!(1)]));
    drop(waits);
    while server.open_connections() != (0, 0) {
        tokio::task::yield_now().await;
    }
    server.app.gate.add_permits(1);
    assert_eq!(server.next_event().await, AppEvent::Event("note".into(), vec![json!(2)]));
    assert_eq!(server.next_event().await, AppEvent::Event("note".into(), vec![json!(3)]));
    assert_eq!(server.disconnect_reason().await, DisconnectReason::Connection(CloseReason::Transport));
}

#[tokio::test]
async fn a_client_that_never_polls_is_held_no_more_for_than_may_wait() {
    let mut server =
        TestServer::start(SocketIoConfig { max_queued_bytes: 10_000, ..SocketIoConfig::default() }).await;
    let _client = PollingClient::connect(server.address).await;
    let socket = server.app.socket();
    for _ in 0..1000 {
        socket.emit("m", "0123456789").unwrap();
    }
    assert_eq!(server.disconnect_reason().await, DisconnectReason::Connection(CloseReason::TooSlow));
    assert_eq!(server.open_connections(), (0, 0));
}

#[tokio::test]
async fn everybody_is_closed_and_nobody_comes_after() {
    let mut server = TestServer::start(SocketIoConfig::default()).await;
    let client = PollingClient::connect(server.address).await;
    let waits = client.start_get().await;
    server.engine.close_all(CloseFrame { code: 4001, reason: "stopping" });
    // The GET was either pending already, or too late.
    assert!([(200, "1"), (400, "")].iter().any(|(status, _)| *status == 200 || *status == 400));
    let (status, _) = answer(waits).await;
    assert!(status == 200 || status == 400);
    server.disconnect_reason().await;
    let refused = answer(crate::support::http::request(server.address, "GET", "", "").await).await;
    assert_eq!(refused.0, 503);
}
