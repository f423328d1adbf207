//! Everything that a client sends counts against `packets_per_second`, under a paused clock.

use std::time::Duration;

use ordercast_socketio::SocketIoConfig;
use tokio::time::Instant;

use crate::support::application::{AppEvent, TestServer};
use crate::support::http::PollingClient;
use crate::support::websocket::{CONTINUATION, PING, PONG, TEXT, WebSocket, frame, text};

const ECHO: &str = r#"42["echo",1]"#;

fn limited() -> SocketIoConfig {
    SocketIoConfig { packets_per_second: 10, ..SocketIoConfig::default() }
}

/// 1000 packets at 10 per second take 100 windows of one second.
fn assert_throttled(name: &str, start: Instant) {
    let elapsed = start.elapsed();
    assert!((Duration::from_secs(98)..Duration::from_secs(102)).contains(&elapsed), "{name}: {elapsed:?}");
}

#[tokio::test(start_paused = true)]
async fn every_websocket_frame_counts_against_the_limit() {
    let mut fragments = frame(0x01, b"42[\"ec");
    fragments.extend(frame(CONTINUATION, b" ").repeat(997));
    let mut empty_fragments = frame(0x01, b"42[\"ec");
    empty_fragments.extend(frame(CONTINUATION, b"").repeat(998));
    let cases = [
        ("pongs", frame(PONG, b"x").repeat(999), text(ECHO), ECHO.to_owned()),
        ("empty pongs", frame(PONG, b"").repeat(999), text(ECHO), ECHO.to_owned()),
        ("pings", frame(PING, b"x").repeat(999), text(ECHO), ECHO.to_owned()),
        ("Engine.IO noops", text("6").repeat(999), text(ECHO), ECHO.to_owned()),
        ("fragments", fragments, [frame(CONTINUATION, b"ho"), frame(0x80, b"\"]")].concat(), String::new()),
        ("empty fragments", empty_fragments, frame(0x80, b"ho\",1]"), ECHO.to_owned()),
    ];
    for (name, flood, last, answer) in cases {
        let server = TestServer::start(limited()).await;
        let mut client = WebSocket::connect(server.address).await;
        let start = Instant::now();
        client.send(&[flood, last].concat()).await;
        if answer.is_empty() {
            // The message is joined from all fragments, and no handler answers it.
            client.send(&text(ECHO)).await;
        }
        loop {
            let (first, payload) = client.frame().await.expect(name);
            if first == TEXT {
                assert_eq!(payload, ECHO.as_bytes(), "{name}");
                break;
            }
            assert_eq!((first, &payload[..]), (PONG, &b"x"[..]), "{name}");
        }
        assert_throttled(name, start);
    }
}

#[tokio::test(start_paused = true)]
async fn every_packet_of_a_posted_payload_counts_against_the_limit() {
    for (name, packet) in [("noops", "6\x1e"), ("pongs", "3\x1e"), ("probes", "2\x1e"), ("upgrades", "5\x1e")]
    {
        let server = TestServer::start(limited()).await;
        let client = PollingClient::connect(server.address).await;
        let start = Instant::now();
        assert_eq!(client.post(&format!("{}{ECHO}", packet.repeat(999))).await.0, 200, "{name}");
        loop {
            let (status, body) = client.get().await;
            assert_eq!(status, 200, "{name}: {body}");
            if body.ends_with(ECHO) {
                break;
            }
        }
        assert_throttled(name, start);
    }
}

#[tokio::test(start_paused = true)]
async fn packets_that_are_handled_after_the_client_left_count_against_the_limit() {
    let mut server = TestServer::start(limited()).await;
    let client = PollingClient::connect(server.address).await;
    let waits = client.start_get().await;
    let start = Instant::now();
    let notes = vec![r#"42["note"]"#; 1000].join("\x1e");
    assert_eq!(client.post(&notes).await.0, 200);
    drop(waits);
    let mut handled = 0;
    loop {
        match server.next_event().await {
            AppEvent::Event(..) => handled += 1,
            AppEvent::Disconnect(_) => break,
            AppEvent::Connect(_) => {}
        }
    }
    // Handlers get 10 seconds after the connection ended.
    assert!((20..=120).contains(&handled), "{handled} events in {:?}", start.elapsed());
    assert!(start.elapsed() >= Duration::from_secs(10), "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_websocket_that_only_probes_is_closed_at_the_limit() {
    for (name, probe) in
        [("probes", text("2probe")), ("pings", frame(PING, b"")), ("pongs", frame(PONG, b""))]
    {
        let server = TestServer::start(limited()).await;
        let polling = PollingClient::connect(server.address).await;
        let mut socket = WebSocket::handshake(server.address, &polling.sid).await;
        socket.send(&probe.repeat(1000)).await;
        let mut answers = 0;
        while socket.frame().await.is_some() {
            answers += 1;
        }
        assert!(answers <= 10, "{name}: {answers} answers");
        // Long-polling continues.
        assert_eq!(polling.post(ECHO).await.0, 200, "{name}");
        assert_eq!(polling.packets(1).await, [ECHO], "{name}");
    }
}
