//! The upgrade from long-polling to WebSocket: nothing is lost or duplicated, and the order is kept.

use std::time::{Duration, Instant};

use ordercast_socketio::SocketIoConfig;

use crate::support::application::TestServer;
use crate::support::http::{PollingClient, answer};
use crate::support::websocket::{WebSocket, text};

#[tokio::test]
async fn what_is_sent_before_during_and_after_arrives_once_in_order() {
    let server =
        TestServer::start(SocketIoConfig { packets_per_second: 100_000, ..SocketIoConfig::default() }).await;
    let polling = PollingClient::connect(server.address).await;
    let mut got = Vec::new();
    server.app.raise_limit(10);
    got.extend(polling.packets(10).await);
    let waits = polling.start_get().await;
    let mut socket = WebSocket::handshake(server.address, &polling.sid).await;
    socket.send(&text("2probe")).await;
    assert_eq!(socket.packet().await, "3probe");
    // The pending GET returns, and later ones return at once: frames are kept for the WebSocket.
    assert_eq!(answer(waits).await, (200, "6".into()));
    server.app.raise_limit(20);
    assert_eq!(polling.get().await, (200, "6".into()));
    // Posted during the upgrade, and not handled when the WebSocket takes over.
    assert_eq!(polling.post("42[\"slow\",0]\x1e42[\"echo\",1]").await.0, 200);
    assert_eq!(polling.post("42[\"echo\",2]").await.0, 200);
    let mut upgrade = text("5");
    for number in 3..1000 {
        upgrade.extend(text(&format!("42[\"echo\",{number}]")));
    }
    socket.send(&upgrade).await;
    while got.len() < 20 {
        got.push(socket.packet().await);
    }
    server.app.raise_limit(30);
    while got.len() < 30 {
        got.push(socket.packet().await);
    }
    for (number, packet) in got.iter().enumerate() {
        assert_eq!(*packet, format!("42[\"n\",{number}]"));
    }
    server.app.gate.add_permits(1);
    assert_eq!(socket.packet().await, "42[\"done\",0]");
    for number in 1..1000 {
        assert_eq!(socket.packet().await, format!("42[\"echo\",{number}]"));
    }
    assert_eq!(server.open_connections(), (1, 0));
    assert_eq!(polling.get().await.0, 400);
    assert_eq!(polling.post("42[\"echo\",1]").await.0, 400);
}

#[tokio::test]
async fn an_upgrade_that_is_given_up_leaves_long_polling_as_it_was() {
    let server = TestServer::start(SocketIoConfig::default()).await;
    let polling = PollingClient::connect(server.address).await;
    for wrong in ["x", "42[\"echo\"]", ""] {
        let mut socket = WebSocket::handshake(server.address, &polling.sid).await;
        socket.send(&text("2probe")).await;
        assert_eq!(socket.packet().await, "3probe");
        if !wrong.is_empty() {
            socket.send(&text(wrong)).await;
            assert_eq!(socket.frame().await, None);
        }
    }
    server.app.raise_limit(1);
    assert_eq!(polling.packets(1).await, ["42[\"n\",0]"]);
    assert_eq!(server.open_connections(), (0, 1));
}

#[tokio::test]
async fn few_websockets_are_opened_for_an_upgrade_at_a_time() {
    let server = TestServer::start(SocketIoConfig::default()).await;
    let polling = PollingClient::connect(server.address).await;
    let mut idle = Vec::new();
    for _ in 0..3 {
        idle.push(WebSocket::handshake(server.address, &polling.sid).await);
    }
    assert_eq!(WebSocket::refused(server.address, &polling.sid).await, 400);
    // An upgrade that has ended makes room for another.
    let mut done = idle.pop().unwrap();
    done.send(&text("x")).await;
    assert_eq!(done.frame().await, None);
    let mut socket = WebSocket::handshake(server.address, &polling.sid).await;
    socket.send(&text("2probe")).await;
    assert_eq!(socket.packet().await, "3probe");
    socket.send(&text("5")).await;
    socket.send(&text("42[\"echo\",1]")).await;
    assert_eq!(socket.packet().await, "42[\"echo\",1]");
}

/// As in the reference server. Otherwise a client that polls again at once would keep the server busy.
#[tokio::test]
async fn a_get_during_an_upgrade_waits_a_little() {
    let server = TestServer::start(SocketIoConfig::default()).await;
    let polling = PollingClient::connect(server.address).await;
    let pending = polling.start_get().await;
    let mut socket = WebSocket::handshake(server.address, &polling.sid).await;
    socket.send(&text("2probe")).await;
    assert_eq!(answer(pending).await, (200, "6".into()));
    let start = Instant::now();
    for n in 1..=3 {
        assert_eq!(polling.get().await, (200, "6".into()));
        assert!(start.elapsed() >= Duration::from_millis(100) * n, "{:?}", start.elapsed());
    }
    socket.send(&text("5")).await;
    socket.send(&text("42[\"echo\",1]")).await;
    assert_eq!(socket.packet().await, "3probe");
    assert_eq!(socket.packet().await, "42[\"echo\",1]");
}

#[tokio::test]
async fn only_one_websocket_is_tried_at_a_time() {
    let server = TestServer::start(SocketIoConfig::default()).await;
    let polling = PollingClient::connect(server.address).await;
    let mut one = WebSocket::handshake(server.address, &polling.sid).await;
    let mut other = WebSocket::handshake(server.address, &polling.sid).await;
    one.send(&text("2probe")).await;
    assert_eq!(one.packet().await, "3probe");
    other.send(&text("2probe")).await;
    assert_eq!(other.frame().await, None);
    // The rejected WebSocket did not disturb the first one.
    server.app.raise_limit(1);
    assert_eq!(polling.get().await, (200, "6".into()));
    one.send(&text("5")).await;
    assert_eq!(one.packet().await, "42[\"n\",0]");
    // A WebSocket cannot be upgraded again.
    let mut third = WebSocket::handshake(server.address, &polling.sid).await;
    assert_eq!(third.closed().await.0, 1000);
    one.send(&text("42[\"echo\",1]")).await;
    assert_eq!(one.packet().await, "42[\"echo\",1]");
}
