//! Heartbeats and timeouts, under a paused clock.

use std::time::Duration;

use ordercast_socketio::application::DisconnectReason;
use ordercast_socketio::{CloseReason, SocketIoConfig};
use tokio::time::Instant;

use crate::support::application::{AppEvent, TestServer};
use crate::support::http::PollingClient;
use crate::support::websocket::{WebSocket, text};

#[tokio::test(start_paused = true)]
async fn a_client_that_answers_pings_stays_and_one_that_does_not_goes() {
    let mut server = TestServer::start(SocketIoConfig::default()).await;
    let mut client = WebSocket::connect(server.address).await;
    let start = Instant::now();
    client.answer_pings = false;
    for _ in 0..10 {
        assert_eq!(client.packet().await, "2");
        client.send(&text("3")).await;
    }
    assert!(start.elapsed() >= Duration::from_mins(4));
    assert_eq!(client.packet().await, "2");
    let pinged = Instant::now();
    assert_eq!(client.frame().await, None);
    assert!(pinged.elapsed() >= Duration::from_secs(19), "{:?}", pinged.elapsed());
    assert_eq!(server.disconnect_reason().await, DisconnectReason::Connection(CloseReason::PingTimeout));
}

#[tokio::test(start_paused = true)]
async fn a_client_whose_pong_waits_behind_a_long_handler_stays() {
    let mut server = TestServer::start(SocketIoConfig::default()).await;
    let mut client = WebSocket::connect(server.address).await;
    client.send(&text("42[\"slow\",1]")).await;
    server.next_event().await;
    assert!(matches!(server.next_event().await, AppEvent::Event(..)));
    client.answer_pings = false;
    assert_eq!(client.packet().await, "2");
    client.send(&text("3")).await;
    tokio::time::advance(Duration::from_mins(1)).await;
    tokio::time::timeout(Duration::from_mins(1), client.frame()).await.unwrap_err();
    client.answer_pings = true;
    server.app.gate.add_permits(1);
    assert_eq!(client.packet().await, "42[\"done\",1]");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_sends_too_fast_waits_and_is_not_taken_for_dead() {
    let config = SocketIoConfig { packets_per_second: 10, ..SocketIoConfig::default() };
    let server = TestServer::start(config).await;
    let mut client = WebSocket::connect(server.address).await;
    let start = Instant::now();
    let all: Vec<u8> = (0..1000).flat_map(|number| text(&format!("42[\"echo\",{number}]"))).collect();
    client.send(&all).await;
    for number in 0..1000 {
        assert_eq!(client.packet().await, format!("42[\"echo\",{number}]"));
    }
    let took = start.elapsed();
    assert!(took >= Duration::from_secs(98), "{took:?}");
    assert!(took < Duration::from_mins(2), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_asks_for_no_namespace_is_closed() {
    let server = TestServer::start(SocketIoConfig {
        connect_timeout: Duration::from_secs(5),
        ..SocketIoConfig::default()
    })
    .await;
    let mut client = WebSocket::open(server.address).await;
    assert_eq!(client.closed().await.0, 4000);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_was_only_refused_is_closed() {
    let server = TestServer::start(SocketIoConfig {
        connect_timeout: Duration::from_secs(5),
        ..SocketIoConfig::default()
    })
    .await;
    let mut client = WebSocket::open(server.address).await;
    client.send(&text("40/refused,")).await;
    assert!(client.packet().await.starts_with("44/refused,"));
    assert_eq!(client.closed().await.0, 4000);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_left_and_asks_for_nothing_else_is_closed_whatever_it_answers() {
    let mut server = TestServer::start(SocketIoConfig::default()).await;
    let mut client = WebSocket::connect(server.address).await;
    // After the client was accepted and the connect timeout has passed.
    tokio::time::timeout(Duration::from_mins(2), client.packet()).await.unwrap_err();
    client.send(&text("41")).await;
    assert_eq!(server.disconnect_reason().await, DisconnectReason::Client);
    let left = Instant::now();
    assert_eq!(client.closed().await.0, 4000);
    assert!(left.elapsed() <= Duration::from_secs(25 + 45), "{:?}", left.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_client_that_left_may_come_back_on_the_same_connection() {
    let server = TestServer::start(SocketIoConfig::default()).await;
    let mut client = WebSocket::connect(server.address).await;
    tokio::time::timeout(Duration::from_mins(2), client.packet()).await.unwrap_err();
    client.send(&text("41")).await;
    tokio::time::timeout(Duration::from_secs(40), client.packet()).await.unwrap_err();
    client.send(&text("40")).await;
    assert!(client.packet().await.starts_with("40{"));
    tokio::time::timeout(Duration::from_mins(5), client.packet()).await.unwrap_err();
    client.send(&text(r#"42["echo",1]"#)).await;
    assert_eq!(client.packet().await, r#"42["echo",1]"#);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let server = TestServer::start(SocketIoConfig::default()).await;
    let client = PollingClient::connect(server.address).await;
    let start = Instant::now();
    let (status, _) = client.stall().await;
    assert_eq!(status, 408);
    assert!(start.elapsed() <= Duration::from_secs(31), "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_session_that_is_never_polled_ends() {
    let mut server = TestServer::start(SocketIoConfig::default()).await;
    let client = PollingClient::connect(server.address).await;
    assert_eq!(server.disconnect_reason().await, DisconnectReason::Connection(CloseReason::PingTimeout));
    assert_eq!(client.get().await.0, 400);
    assert_eq!(server.open_connections(), (0, 0));
}
