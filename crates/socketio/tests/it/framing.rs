//! RFC 6455: frames that a client may send, however they are split, and frames that it may not send.

use ordercast_socketio::SocketIoConfig;

use crate::support::application::TestServer;
use crate::support::websocket::{
    BINARY, CLOSE, CONTINUATION, MASKED, PING, PONG, TEXT, WebSocket, frame, text,
};

#[tokio::test]
async fn fragments_are_one_message_and_control_frames_come_between_them() {
    let server = TestServer::start(SocketIoConfig::default()).await;
    let mut client = WebSocket::connect(server.address).await;
    client.send(&frame(0x01, b"42[\"ec")).await;
    client.send(&frame(PING, b"are you there")).await;
    assert_eq!(client.frame().await, Some((PONG, b"are you there".to_vec())));
    client.send(&frame(CONTINUATION, b"")).await;
    client.send(&frame(PONG, b"unasked")).await;
    // Split between the two bytes of a character.
    client.send(&frame(CONTINUATION, b"ho\",\"\xC3")).await;
    client.send(&frame(0x80, b"\xA9\"]")).await;
    assert_eq!(client.packet().await, r#"42["echo","é"]"#);
}

#[tokio::test]
async fn a_packet_may_be_cut_at_every_byte() {
    let server =
        TestServer::start(SocketIoConfig { packets_per_second: 100_000, ..SocketIoConfig::default() }).await;
    let mut client = WebSocket::connect(server.address).await;
    let mut bytes = text(r#"451-["echo",{"_placeholder":true,"num":0}]"#);
    bytes.extend(frame(BINARY, &[7; 130]));
    for at in 1..bytes.len() {
        client.send(&bytes[..at]).await;
        // When a second connection has been answered, the server has read the first part.
        drop(WebSocket::open(server.address).await);
        client.send(&bytes[at..]).await;
        assert_eq!(client.packet().await, r#"451-["echo",{"_placeholder":true,"num":0}]"#);
        assert_eq!(client.frame().await, Some((BINARY, vec![7; 130])));
    }
    for byte in &bytes {
        client.send(&[*byte]).await;
    }
    assert_eq!(client.packet().await, r#"451-["echo",{"_placeholder":true,"num":0}]"#);
    assert_eq!(client.frame().await, Some((BINARY, vec![7; 130])));
}

#[tokio::test]
async fn many_packets_in_one_segment_are_handled_in_order() {
    let server =
        TestServer::start(SocketIoConfig { packets_per_second: 100_000, ..SocketIoConfig::default() }).await;
    let mut client = WebSocket::connect(server.address).await;
    let all: Vec<u8> = (0..5000).flat_map(|number| text(&format!("42[\"echo\",{number}]"))).collect();
    client.send(&all).await;
    for number in 0..5000 {
        assert_eq!(client.packet().await, format!("42[\"echo\",{number}]"));
    }
}

#[tokio::test]
async fn what_the_protocol_does_not_allow_is_closed_with_the_code_that_says_why() {
    let config = SocketIoConfig { max_payload: 1000, ..SocketIoConfig::default() };
    let server = TestServer::start(config).await;
    let mut unmasked = text("42[\"echo\"]");
    unmasked[1] &= !MASKED;
    let mut long_form = vec![TEXT, MASKED + 126, 0, 2, 0, 0, 0, 0];
    long_form.extend(b"40");
    let mut longest_form = vec![TEXT, MASKED + 127, 0, 0, 0, 0, 0, 0, 0, 200, 0, 0, 0, 0];
    longest_form.extend([b'4'; 200]);
    let cases: [(&str, Vec<u8>, u16); 20] = [
        ("unmasked", unmasked, 1002),
        ("a reserved bit", frame(TEXT | 0x40, b"42"), 1002),
        ("a reserved data opcode", frame(0x83, b"42"), 1002),
        ("a reserved control opcode", frame(0x8B, b""), 1002),
        ("a continuation of nothing", frame(0x80, b"42"), 1002),
        ("a message within a message", [frame(0x01, b"4"), text("42")].concat(), 1002),
        ("a control frame in fragments", frame(0x09, b"x"), 1002),
        ("a control frame that is too long", frame(PING, &[0; 126]), 1002),
        ("a length in more bytes than it needs", long_form, 1002),
        ("a length in far more bytes than it needs", longest_form, 1002),
        ("no packet of Engine.IO", text("x"), 1002),
        ("no packet of Socket.IO", text("4x"), 1002),
        ("half a close code", frame(CLOSE, &[3]), 1002),
        ("a close code that is never sent", frame(CLOSE, &1005_u16.to_be_bytes()), 1002),
        ("a close reason that is not UTF-8", frame(CLOSE, &[0x03, 0xE8, 0xFF]), 1007),
        ("too large", text(&"4".repeat(1001)), 1009),
        ("too large by its head", frame(TEXT, &vec![0; 70_000])[..14].to_vec(), 1009),
        ("too large together", [frame(0x01, &[b'4'; 600]), frame(0x80, &[b'4'; 401])].concat(), 1009),
        ("not UTF-8", frame(TEXT, b"42[\"\xFF\"]"), 1007),
        ("not UTF-8 together", [frame(0x01, b"4\xC3"), frame(0x80, b"(")].concat(), 1007),
    ];
    for (name, bytes, code) in cases {
        let mut client = WebSocket::connect(server.address).await;
        client.send(&bytes).await;
        assert_eq!(client.closed().await.0, code, "{name}");
    }
}

#[tokio::test]
async fn a_client_that_closes_is_answered() {
    let mut server = TestServer::start(SocketIoConfig::default()).await;
    for payload in [&[][..], &[0x03, 0xE8], &[0x0F, 0xA0, b'b', b'y', b'e']] {
        let mut client = WebSocket::connect(server.address).await;
        client.send(&frame(CLOSE, payload)).await;
        assert_eq!(client.closed().await.0, 1000);
        assert_eq!(server.disconnect_reason().await.name(), "transport");
    }
    assert_eq!(server.open_connections(), (0, 0));
}
