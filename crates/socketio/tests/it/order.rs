//! A client's packets are handled one at a time, and none is lost.

use std::sync::atomic::Ordering;

use bytes::Bytes;
use ordercast_socketio::SocketIoConfig;
use serde_json::json;

use crate::support::application::{AppEvent, TestServer};
use crate::support::websocket::{BINARY, WebSocket, frame, text};

#[tokio::test]
async fn a_handler_that_takes_long_keeps_the_order() {
    let mut server = TestServer::start(SocketIoConfig::default()).await;
    let mut client = WebSocket::connect(server.address).await;
    client.send(&[text(r#"42["slow",1]"#), text(r#"42["echo",2]"#)].concat()).await;
    client.send(&[text(r#"42["slow",3]"#), text(r#"42["echo",4]"#)].concat()).await;
    assert_eq!(server.next_event().await, AppEvent::Connect("/".into()));
    assert_eq!(server.next_event().await, AppEvent::Event("slow".into(), vec![json!(1)]));
    server.app.gate.add_permits(2);
    for expected in [r#"42["done",1]"#, r#"42["echo",2]"#, r#"42["done",3]"#, r#"42["echo",4]"#] {
        assert_eq!(client.packet().await, expected);
    }
}

#[tokio::test]
async fn events_sent_before_the_connect_handler_is_done_wait_for_it() {
    let mut server = TestServer::start(SocketIoConfig::default()).await;
    let mut client = WebSocket::open(server.address).await;
    client
        .send(&[text("40/slow,"), text(r#"42/slow,["echo",1]"#), text(r#"42/slow,["echo",2]"#)].concat())
        .await;
    assert_eq!(server.next_event().await, AppEvent::Connect("/slow".into()));
    server.app.gate.add_permits(1);
    assert!(client.packet().await.starts_with("40/slow,{"));
    assert_eq!(client.packet().await, r#"42/slow,["echo",1]"#);
    assert_eq!(client.packet().await, r#"42/slow,["echo",2]"#);
}

#[tokio::test]
async fn what_a_client_asked_for_last_is_done_after_it_left() {
    let mut server = TestServer::start(SocketIoConfig::default()).await;
    let mut client = WebSocket::connect(server.address).await;
    client.send(&[text(r#"42["slow",1]"#), text(r#"42["note",2]"#)].concat()).await;
    drop(client);
    server.app.gate.add_permits(1);
    server.next_event().await;
    assert_eq!(server.next_event().await, AppEvent::Event("slow".into(), vec![json!(1)]));
    assert_eq!(server.next_event().await, AppEvent::Event("note".into(), vec![json!(2)]));
    assert_eq!(server.disconnect_reason().await.name(), "transport");
}

#[tokio::test]
async fn acknowledgements_go_both_ways_and_carry_bytes() {
    let server = TestServer::start(SocketIoConfig::default()).await;
    let mut client = WebSocket::connect(server.address).await;
    client.send(&text(r#"4212["ask","x",2]"#)).await;
    assert_eq!(client.packet().await, r#"4312["x",2]"#);
    client.send(&text(r#"451-13["ask",{"_placeholder":true,"num":0}]"#)).await;
    client.send(&frame(BINARY, b"bytes")).await;
    assert_eq!(client.packet().await, r#"461-13[{"_placeholder":true,"num":0}]"#);
    assert_eq!(client.frame().await, Some((BINARY, b"bytes".to_vec())));

    client.send(&text(r#"42["ask me"]"#)).await;
    assert_eq!(client.packet().await, r#"420["question",1]"#);
    // An acknowledgement that nobody expects is ignored.
    client.send(&text("4399[]")).await;
    client.send(&text(r#"430["yes",{"no":false}]"#)).await;
    assert_eq!(client.packet().await, r#"42["answered","yes",{"no":false}]"#);

    client.send(&text(r#"42["ask me"]"#)).await;
    assert_eq!(client.packet().await, r#"421["question",1]"#);
    client.send(&text(r#"461-1[{"_placeholder":true,"num":0}]"#)).await;
    client.send(&frame(BINARY, b"more")).await;
    assert_eq!(client.packet().await, r#"451-["answered",{"_placeholder":true,"num":0}]"#);
    assert_eq!(client.frame().await, Some((BINARY, b"more".to_vec())));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fill_may_wake_its_own_waker() {
    let server = TestServer::start(SocketIoConfig::default()).await;
    let mut client = WebSocket::connect(server.address).await;
    server.app.wake_in_fill.store(true, Ordering::SeqCst);
    let app = server.app.clone();
    tokio::task::spawn_blocking(move || app.socket().pull()).await.unwrap();
    assert_eq!(client.packet().await, r#"42["n",0]"#);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn frames_of_one_sender_stay_together_and_in_order_among_many_senders() {
    let config = SocketIoConfig { max_queued_bytes: 64 << 20, ..SocketIoConfig::default() };
    let server = TestServer::start(config).await;
    let mut client = WebSocket::connect(server.address).await;
    let mut senders = Vec::new();
    for sender in 0..4_u64 {
        let socket = server.app.socket();
        senders.push(tokio::task::spawn_blocking(move || {
            for number in 0..2000_u64 {
                socket.emit_all("m", &[json!(sender), json!(number)], &[Bytes::from(vec![7; 300])]);
            }
        }));
    }
    server.app.raise_limit(2000);
    let (mut next, mut pulled) = ([0; 4], 0);
    while next != [2000; 4] || pulled < 2000 {
        let packet = client.packet().await;
        if let Some(number) = packet.strip_prefix("42[\"n\",") {
            assert_eq!(number, format!("{pulled}]"));
            pulled += 1;
            continue;
        }
        let args: (String, usize, u64) = serde_json::from_str(packet.strip_prefix("451-").unwrap()).unwrap();
        assert_eq!(args.2, next[args.1]);
        next[args.1] += 1;
        assert_eq!(client.frame().await, Some((BINARY, vec![7; 300])));
    }
    for sender in senders {
        sender.await.unwrap();
    }
}
