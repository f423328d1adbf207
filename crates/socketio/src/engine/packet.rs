//! Engine.IO packets, and the payloads of several packets that long-polling uses.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::Serialize;

use crate::config::SocketIoConfig;
use crate::frame::Frame;
use crate::sid::Sid;

/// Separates the packets of a payload.
const SEPARATOR: u8 = 0x1E;

/// A text packet of a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EnginePacket<'a> {
    /// `1`: the client closes the connection.
    Close,
    /// `2`: a probe of a new transport, with data.
    Ping(&'a str),
    /// `3`: the answer to the server's ping.
    Pong,
    /// `4`
    Message(&'a str),
    /// `5`: the client switches to the new transport.
    Upgrade,
    /// `6`
    Noop,
}

impl<'a> EnginePacket<'a> {
    /// Parses a text packet; `None` if a client may not send it.
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut characters = text.chars();
        let kind = characters.next()?;
        let data = characters.as_str();
        match kind {
            '1' => Some(Self::Close),
            '2' => Some(Self::Ping(data)),
            '3' => Some(Self::Pong),
            '4' => Some(Self::Message(data)),
            '5' => Some(Self::Upgrade),
            '6' => Some(Self::Noop),
            _ => None,
        }
    }
}

/// A packet of a long-polling payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PayloadPacket<'a> {
    Close,
    Pong,
    Text(&'a str),
    Binary(Vec<u8>),
    /// Has no meaning over long-polling.
    Ignored,
}

/// The body of a long-polling `POST`. It is kept as received: parsed, half a million empty packets would take many
/// times as much memory.
#[derive(Debug, Default)]
pub struct Payload {
    body: Bytes,
    /// Where the next packet begins; past the end if there is none.
    next: usize,
}

impl Payload {
    /// Validates every packet of a body; `None` if one is malformed.
    pub fn parse(body: Bytes) -> Option<Self> {
        let valid =
            body.split(|byte| *byte == SEPARATOR).all(|packet| parse_payload_packet(packet).is_some());
        valid.then_some(Self { body, next: 0 })
    }

    /// The next packet.
    pub fn take(&mut self) -> Option<PayloadPacket<'_>> {
        if self.body.is_empty() {
            return None;
        }
        let rest = self.body.get(self.next..)?;
        let length = rest.iter().position(|byte| *byte == SEPARATOR).unwrap_or(rest.len());
        self.next += length + 1;
        parse_payload_packet(&rest[..length])
    }

    pub(crate) fn has_pong(&self) -> bool {
        self.body.split(|byte| *byte == SEPARATOR).any(|packet| packet.first() == Some(&b'3'))
    }
}

fn parse_payload_packet(bytes: &[u8]) -> Option<PayloadPacket<'_>> {
    if let Some(encoded) = bytes.strip_prefix(b"b") {
        return STANDARD.decode(encoded).ok().map(PayloadPacket::Binary);
    }
    Some(match EnginePacket::parse(str::from_utf8(bytes).ok()?)? {
        EnginePacket::Close => PayloadPacket::Close,
        EnginePacket::Pong => PayloadPacket::Pong,
        EnginePacket::Message(text) => PayloadPacket::Text(text),
        EnginePacket::Ping(_) | EnginePacket::Upgrade | EnginePacket::Noop => PayloadPacket::Ignored,
    })
}

/// Encodes the response to a long-polling `GET`.
pub fn write_payload(frames: &[Frame]) -> Vec<u8> {
    let mut body = Vec::with_capacity(frames.iter().map(Frame::len).sum());
    for frame in frames {
        if !body.is_empty() {
            body.push(SEPARATOR);
        }
        if frame.is_binary() {
            body.push(b'b');
            body.extend_from_slice(STANDARD.encode(frame.payload()).as_bytes());
        } else {
            body.extend_from_slice(frame.payload());
        }
    }
    body
}

/// The first packet of a connection.
pub(crate) fn open(sid: &Sid, upgrades: &[&str], config: &SocketIoConfig) -> Frame {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Open<'a> {
        sid: &'a str,
        upgrades: &'a [&'a str],
        ping_interval: u128,
        ping_timeout: u128,
        max_payload: usize,
    }
    let json = sid.with_str(|sid| {
        serde_json::to_string(&Open {
            sid,
            upgrades,
            ping_interval: config.ping_interval.as_millis(),
            ping_timeout: config.ping_timeout.as_millis(),
            max_payload: config.max_payload,
        })
    });
    Frame::text(&["0", &json.unwrap_or_default()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_reads_and_writes() {
        let mut payload = Payload::parse(Bytes::from_static(b"4hello\x1ebAQIDBA==\x1e3")).unwrap();
        assert!(payload.has_pong());
        assert_eq!(payload.take(), Some(PayloadPacket::Text("hello")));
        assert_eq!(payload.take(), Some(PayloadPacket::Binary(vec![1, 2, 3, 4])));
        assert_eq!(payload.take(), Some(PayloadPacket::Pong));
        assert_eq!(payload.take(), None);
        assert_eq!(Payload::default().take(), None);
        for wrong in [&b""[..], b"abc", b"4a\x1e", b"b***"] {
            assert!(Payload::parse(Bytes::from_static(wrong)).is_none());
        }
        let frames = [Frame::text(&["4", "hello"]), Frame::binary(&[1, 2, 3, 4])];
        assert_eq!(write_payload(&frames), b"4hello\x1ebAQIDBA==");
    }
}
