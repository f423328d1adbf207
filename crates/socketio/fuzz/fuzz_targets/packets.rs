//! Any long-polling body, and any text of either protocol: a parsed packet is written as the same packet.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ordercast_socketio::engine::packet::{self as engine, Payload, PayloadPacket};
use ordercast_socketio::packet::{SocketPacket, write};

fn read(text: &str) {
    // Data that begins with a slash is not JSON, and would be written as a namespace.
    let Some(packet) = SocketPacket::parse(text).filter(|packet| !packet.data.starts_with('/')) else { return };
    let frame = write(packet.packet_type, packet.namespace, packet.id, packet.attachments, packet.data);
    let written = str::from_utf8(frame.payload()).expect("a text frame is text");
    // Only events and acknowledgements have attachments.
    assert_eq!(SocketPacket::parse(&written[1..]), Some(packet));
}

fuzz_target!(|body: &[u8]| {
    if let Ok(text) = str::from_utf8(body) {
        read(text);
        let _ = engine::EnginePacket::parse(text);
    }
    let Some(mut payload) = Payload::parse(body.to_vec().into()) else { return };
    let mut packets = 0;
    while let Some(packet) = payload.take() {
        packets += 1;
        if let PayloadPacket::Text(text) = packet {
            read(text);
        }
    }
    assert_eq!(packets, body.split(|byte| *byte == 0x1E).count());
});
