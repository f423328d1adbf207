//! The decoders: however the input is split, the messages are the same, and no input makes a decoder panic.

use ordercast_socketio::engine::packet as engine_packet;
use ordercast_socketio::packet::{PacketType, SocketPacket, write};
use ordercast_socketio::websocket::decoder::{Decoder, Violation, WebSocketMessage};
use proptest::prelude::*;

use crate::support::websocket::frame;

const LIMIT: usize = 2000;

/// Decodes a stream that arrives in these pieces.
fn decode(pieces: &[&[u8]]) -> (Vec<String>, Option<Violation>) {
    let (mut decoder, mut buffer, mut got) = (Decoder::default(), Vec::new(), Vec::new());
    for piece in pieces {
        buffer.extend_from_slice(piece);
        loop {
            let step =
                decoder.step(&mut buffer, LIMIT, |incoming: WebSocketMessage<'_>| format!("{incoming:?}"));
            match step {
                Ok(None) => break,
                Ok(Some((taken, message))) => {
                    assert!(taken > 0 && taken <= buffer.len());
                    buffer.drain(..taken);
                    got.extend(message);
                }
                Err(violation) => return (got, Some(violation)),
            }
        }
    }
    (got, None)
}

fn frames() -> impl Strategy<Value = Vec<u8>> {
    let first = prop_oneof![
        8 => prop::sample::select(vec![0x81, 0x82, 0x89, 0x8A]),
        4 => prop::sample::select(vec![0x00, 0x01, 0x02, 0x80]),
        1 => any::<u8>(),
    ];
    let payload = prop_oneof![
        4 => "[ -~é]{0,60}".prop_map(String::into_bytes),
        1 => prop::collection::vec(any::<u8>(), 0..700),
    ];
    let one = (first, payload).prop_map(|(first, payload)| frame(first, &payload));
    prop::collection::vec(one, 0..12).prop_map(|frames| frames.concat())
}

proptest! {
    #[test]
    fn any_cut_gives_the_same_messages(bytes in frames(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8)) {
        let mut cuts_at: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        cuts_at.extend([0, bytes.len()]);
        cuts_at.sort_unstable();
        let pieces: Vec<&[u8]> = cuts_at.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect();
        let whole = decode(&[&bytes]);
        prop_assert_eq!(&decode(&pieces), &whole);
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        prop_assert_eq!(&decode(&single), &whole);
    }

    #[test]
    fn no_bytes_make_the_decoder_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        decode(&[&bytes]);
    }

    #[test]
    fn a_message_in_fragments_is_the_message(
        text in ".{0,200}",
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let bytes = text.as_bytes();
        let mut cuts_at: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        cuts_at.extend([0, bytes.len()]);
        cuts_at.sort_unstable();
        let last = cuts_at.len() - 2;
        let wire: Vec<u8> = cuts_at.windows(2).enumerate().flat_map(|(at, pair)| {
            let first = u8::from(at == 0) | (u8::from(at == last) << 7);
            frame(first, &bytes[pair[0]..pair[1]])
        }).collect();
        prop_assert_eq!(decode(&[&wire]), (vec![format!("{:?}", WebSocketMessage::Text(&text))], None));
    }

    #[test]
    fn no_text_makes_the_packets_panic(text in any::<String>()) {
        SocketPacket::parse(&text);
        engine_packet::EnginePacket::parse(&text);
    }

    #[test]
    fn what_looks_like_a_packet_does_not_make_them_panic(text in "[0-9]{0,3}[-/,a\\[\\]\"é0-9]{0,30}") {
        // Data that begins with a slash is not JSON, and would be written as a namespace.
        if let Some(packet) = SocketPacket::parse(&text).filter(|packet| !packet.data.starts_with('/')) {
            let again = write(packet.packet_type, packet.namespace, packet.id, packet.attachments, packet.data);
            let again = str::from_utf8(again.payload()).unwrap().to_owned();
            prop_assert_eq!(SocketPacket::parse(&again[1..]), Some(packet));
        }
    }

    #[test]
    fn a_packet_reads_as_it_was_written(
        packet_type in prop::sample::select(vec![PacketType::Connect, PacketType::Disconnect, PacketType::Event, PacketType::Ack, PacketType::ConnectError]),
        namespace in "(/|/[a-zé0-9-]{1,20})",
        id in any::<Option<u64>>(),
        attachments in 0..70_usize,
        data in "(|\\[.{0,50}|\\{.{0,50})",
    ) {
        let attachments = if matches!(packet_type, PacketType::Event | PacketType::Ack) { attachments } else { 0 };
        let frame = write(packet_type, &namespace, id, attachments, &data);
        let text = str::from_utf8(frame.payload()).unwrap();
        let packet = SocketPacket { packet_type, attachments, namespace: &namespace, id, data: &data };
        prop_assert_eq!(SocketPacket::parse(text.strip_prefix('4').unwrap()), Some(packet));
    }

    #[test]
    fn a_payload_reads_as_it_was_written(
        messages in prop::collection::vec(prop_oneof![
            "[^\u{1e}]{0,40}".prop_map(Ok),
            prop::collection::vec(any::<u8>(), 0..40).prop_map(Err),
        ], 1..10),
    ) {
        use ordercast_socketio::Frame;
        use ordercast_socketio::engine::packet::{Payload, PayloadPacket, write_payload};
        let frames: Vec<Frame> = messages.iter().map(|message| match message {
            Ok(text) => Frame::text(&["4", text]),
            Err(bytes) => Frame::binary(bytes),
        }).collect();
        let mut payload = Payload::parse(write_payload(&frames).into()).unwrap();
        for message in &messages {
            let read = payload.take().unwrap();
            match message {
                Ok(text) => prop_assert_eq!(read, PayloadPacket::Text(text)),
                Err(bytes) => prop_assert_eq!(read, PayloadPacket::Binary(bytes.clone())),
            }
        }
        prop_assert_eq!(payload.take(), None);
    }

    #[test]
    fn no_body_makes_the_payloads_panic(body in prop::collection::vec(
        prop_oneof![3 => prop::sample::select(b"0123456b\x1e[]=AA\xC3\xA9".to_vec()), 1 => any::<u8>()], 0..200),
    ) {
        use ordercast_socketio::engine::packet::Payload;
        if let Some(mut payload) = Payload::parse(body.clone().into()) {
            let mut packets = 0;
            while payload.take().is_some() {
                packets += 1;
            }
            prop_assert_eq!(packets, body.split(|byte| *byte == 0x1E).count());
        }
    }
}
