//! Namespaces: connecting, disconnecting, refusals and limits.

use ordercast_socketio::SocketIoConfig;
use ordercast_socketio::application::DisconnectReason;

use crate::support::application::{AppEvent, TestServer};
use crate::support::websocket::{BINARY, WebSocket, frame, text};

#[tokio::test]
async fn what_is_emitted_on_connecting_is_the_first_that_is_heard() {
    let server = TestServer::start(SocketIoConfig::default()).await;
    server.app.raise_limit(1);
    let mut client = WebSocket::open(server.address).await;
    client.send(&text("40/greeting,")).await;
    assert!(client.packet().await.starts_with("40/greeting,{"));
    assert_eq!(client.packet().await, r#"42/greeting,["hello",1]"#);
    assert_eq!(client.packet().await, r#"42/greeting,["n",0]"#);
}

#[tokio::test]
async fn a_client_may_be_put_out_as_soon_as_it_is_in() {
    let mut server = TestServer::start(SocketIoConfig::default()).await;
    let mut client = WebSocket::open(server.address).await;
    client.send(&text("40/leaving,")).await;
    assert!(client.packet().await.starts_with("40/leaving,{"));
    assert_eq!(client.packet().await, "41/leaving,");
    assert_eq!(server.disconnect_reason().await, DisconnectReason::Server);
    // The client may connect again.
    client.send(&text("40/leaving,")).await;
    assert!(client.packet().await.starts_with("40/leaving,{"));
}

#[tokio::test]
async fn what_was_on_its_way_when_a_client_was_put_out_does_not_end_the_connection() {
    let mut server = TestServer::start(SocketIoConfig::default()).await;
    let mut client = WebSocket::connect(server.address).await;
    client.send(&text("40/other,")).await;
    client.packet().await;
    let late = [text(r#"42["leave"]"#), text(r#"42["echo",1]"#), text("430[]"), text("41")].concat();
    client.send(&late).await;
    client.send(&text(r#"451-["echo",{"_placeholder":true,"num":0}]"#)).await;
    client.send(&frame(BINARY, b"late")).await;
    client.send(&text(r#"42/other,["echo",2]"#)).await;
    assert_eq!(client.packet().await, "41");
    assert_eq!(client.packet().await, r#"42/other,["echo",2]"#);
    assert_eq!(server.disconnect_reason().await, DisconnectReason::Server);
}

#[tokio::test]
async fn a_handle_of_a_client_that_left_says_nothing_to_its_successor() {
    let server = TestServer::start(SocketIoConfig::default()).await;
    let mut client = WebSocket::connect(server.address).await;
    let before = server.app.socket();
    client.send(&[text("41"), text("40")].concat()).await;
    assert!(client.packet().await.starts_with("40{"));
    before.emit("old", &1).unwrap();
    before.disconnect();
    client.send(&text(r#"42["echo",1]"#)).await;
    assert_eq!(client.packet().await, r#"42["echo",1]"#);
}

#[tokio::test]
async fn a_namespace_that_was_never_connected_to_takes_nothing() {
    for wrong in [r#"42/never,["echo",1]"#, r#"451-/never,["echo",{"_placeholder":true,"num":0}]"#] {
        let server = TestServer::start(SocketIoConfig::default()).await;
        let mut client = WebSocket::connect(server.address).await;
        client.send(&text(wrong)).await;
        assert_eq!(client.closed().await.0, 1002);
    }
}

#[tokio::test]
async fn a_refusal_says_why_and_twice_is_once() {
    let mut server = TestServer::start(SocketIoConfig::default()).await;
    let mut client = WebSocket::open(server.address).await;
    client.send(&[text("40/refused,"), text("40"), text("40"), text(r#"42["echo",1]"#)].concat()).await;
    assert_eq!(client.packet().await, r#"44/refused,{"data":{"code":7},"message":"no"}"#);
    assert!(client.packet().await.starts_with("40{"));
    assert_eq!(client.packet().await, r#"42["echo",1]"#);
    assert_eq!(server.next_event().await, AppEvent::Connect("/refused".into()));
    assert_eq!(server.next_event().await, AppEvent::Connect("/".into()));
    assert!(matches!(server.next_event().await, AppEvent::Event(..)));
}

#[tokio::test]
async fn a_connection_is_in_no_more_namespaces_than_it_may() {
    let server = TestServer::start(SocketIoConfig { max_namespaces: 3, ..SocketIoConfig::default() }).await;
    let mut client = WebSocket::open(server.address).await;
    for number in 0..3 {
        client.send(&text(&format!("40/{number},"))).await;
        assert!(client.packet().await.starts_with(&format!("40/{number},{{")));
    }
    client.send(&text("40/3,")).await;
    assert_eq!(client.closed().await.0, 1002);
}

#[tokio::test]
async fn attachments_are_limited_in_number_and_together_in_size() {
    let server = TestServer::start(SocketIoConfig {
        max_attachments: 2,
        max_payload: 1000,
        ..SocketIoConfig::default()
    })
    .await;
    let mut client = WebSocket::connect(server.address).await;
    client.send(&text(r#"453-["echo"]"#)).await;
    assert_eq!(client.closed().await.0, 1002);
    let mut client = WebSocket::connect(server.address).await;
    client.send(&text(r#"452-["echo"]"#)).await;
    client.send(&frame(BINARY, &[0; 600])).await;
    client.send(&frame(BINARY, &[0; 600])).await;
    assert_eq!(client.closed().await.0, 1002);
}
