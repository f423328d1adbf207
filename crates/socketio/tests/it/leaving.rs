//! How connections end, and that their memory is released.

use std::sync::Weak;
use std::sync::atomic::Ordering;

use ordercast_socketio::application::DisconnectReason;
use ordercast_socketio::{CloseFrame, CloseReason, SocketIoConfig};

use crate::support::application::{BYE, TestServer};
use crate::support::http::{answer, request};
use crate::support::websocket::{WebSocket, text};

#[tokio::test]
async fn the_server_closes_with_a_code_of_its_own() {
    let mut server = TestServer::start(SocketIoConfig::default()).await;
    let mut client = WebSocket::connect(server.address).await;
    client.send(&text("42[\"say and close\"]")).await;
    assert_eq!(client.packet().await, "42[\"last\",1]");
    assert_eq!(client.closed().await, (4123, "bye".into()));
    assert_eq!(server.disconnect_reason().await, DisconnectReason::Connection(CloseReason::Server(BYE)));
}

#[tokio::test]
async fn everybody_is_closed_also_while_a_handler_runs_and_nobody_comes_after() {
    let mut server = TestServer::start(SocketIoConfig::default()).await;
    let mut clients = Vec::new();
    for _ in 0..10 {
        clients.push(WebSocket::connect(server.address).await);
    }
    clients[0].send(&text("42[\"slow\"]")).await;
    while server.next_event().await != crate::support::application::AppEvent::Event("slow".into(), vec![]) {}
    server.engine.close_all(CloseFrame { code: 4001, reason: "stopping" });
    for mut client in clients {
        assert_eq!(client.closed().await, (4001, "stopping".into()));
    }
    server.app.gate.add_permits(1);
    for _ in 0..10 {
        assert!(matches!(
            server.disconnect_reason().await,
            DisconnectReason::Connection(CloseReason::Server(_))
        ));
    }
    assert_eq!(server.open_connections(), (0, 0));
    assert_eq!(answer(request(server.address, "GET", "", "").await).await.0, 503);
}

#[tokio::test]
async fn a_handler_that_panics_ends_its_connection_and_no_other() {
    let mut server = TestServer::start(SocketIoConfig::default()).await;
    let mut other = WebSocket::connect(server.address).await;
    let mut client = WebSocket::connect(server.address).await;
    client.send(&text("42[\"panic\"]")).await;
    assert_eq!(client.closed().await.0, 1011);
    assert_eq!(server.disconnect_reason().await.name(), "panic");
    assert_eq!(server.open_connections(), (1, 0));
    other.send(&text("42[\"echo\",1]")).await;
    assert_eq!(other.packet().await, "42[\"echo\",1]");
}

/// The caller may be pulling for many clients.
#[tokio::test]
async fn a_panic_while_a_connection_is_filled_ends_it_and_not_its_caller() {
    let mut server = TestServer::start(SocketIoConfig::default()).await;
    let mut client = WebSocket::connect(server.address).await;
    let mut other = WebSocket::connect(server.address).await;
    server.app.panic_in_fill.store(true, Ordering::SeqCst);
    server.app.raise_limit(1);
    assert_eq!(client.closed().await.0, 1011);
    assert_eq!(server.disconnect_reason().await.name(), "panic");
    assert_eq!(other.packet().await, "42[\"n\",0]");
    server.app.panic_in_fill.store(true, Ordering::SeqCst);
    server.app.socket().emit("hello", &1).unwrap();
    assert_eq!(other.packet().await, "42[\"hello\",1]");
    assert_eq!(other.closed().await.0, 1011);
    assert_eq!(server.disconnect_reason().await.name(), "panic");
    assert_eq!(server.open_connections(), (0, 0));
}

#[tokio::test]
async fn what_is_kept_for_a_client_goes_with_it() {
    let mut server = TestServer::start(SocketIoConfig::default()).await;
    let mut client = WebSocket::connect(server.address).await;
    client.send(&text("40/other,")).await;
    client.packet().await;
    client.send(&text("41/other,")).await;
    assert_eq!(server.disconnect_reason().await, DisconnectReason::Client);
    client.send(&text("42[\"echo\",1]")).await;
    client.packet().await;
    let alive =
        |server: &TestServer| server.app.tokens.lock().unwrap().iter().filter_map(Weak::upgrade).count();
    assert_eq!(alive(&server), 1);
    drop(client);
    server.disconnect_reason().await;
    while alive(&server) > 0 {
        tokio::task::yield_now().await;
    }
    assert!(server.app.sockets.lock().unwrap().iter().all(|socket| socket.upgrade().is_none()));
}
