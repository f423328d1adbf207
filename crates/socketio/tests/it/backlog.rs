//! Clients that read slowly, or not at all.

use std::sync::atomic::Ordering;

use ordercast_socketio::application::DisconnectReason;
use ordercast_socketio::{CloseReason, SocketIoConfig};

use crate::support::application::TestServer;
use crate::support::websocket::{WebSocket, text};

const NUMBERS: u64 = 1_000_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_does_not_read_is_a_position_and_gets_all_of_it_in_order_later() {
    let server = TestServer::start(SocketIoConfig::default()).await;
    let mut client = WebSocket::connect(server.address).await;
    for step in 1..=100 {
        server.app.raise_limit(NUMBERS / 100 * step);
    }
    // What exceeds the kernel's buffers stays in the application.
    let pulled = server.app.pulled.load(Ordering::SeqCst);
    assert!(pulled < NUMBERS - 1, "everything was pulled from the application");
    for number in 0..NUMBERS {
        assert_eq!(client.packet().await, format!("42[\"n\",{number}]"));
    }
    client.send(&text("42[\"echo\",1]")).await;
    assert_eq!(client.packet().await, "42[\"echo\",1]");
}

#[tokio::test]
async fn a_client_for_whom_too_much_waits_is_closed() {
    let mut server =
        TestServer::start(SocketIoConfig { max_queued_bytes: 100_000, ..SocketIoConfig::default() }).await;
    let _client = WebSocket::connect(server.address).await;
    let socket = server.app.socket();
    let text = "0123456789".repeat(1000);
    // More than the kernel buffers for one connection.
    for _ in 0..10_000 {
        socket.emit("m", &text).unwrap();
    }
    drop(socket);
    assert_eq!(server.disconnect_reason().await, DisconnectReason::Connection(CloseReason::TooSlow));
    assert_eq!(server.open_connections(), (0, 0));
}
