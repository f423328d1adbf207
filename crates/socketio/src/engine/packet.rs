//! Engine.IO packets, and the payloads of long-polling that carry several.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use crate::config::Config;
use crate::frame::Frame;
use crate::sid::Sid;

/// Between the packets of a payload.
const SEPARATOR: u8 = 0x1E;

/// A packet of a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Packet<'a> {
    /// `1`: the client leaves.
    Close,
    /// `2` and data: a probe of a new transport.
    Ping(&'a str),
    /// `3`: the answer to the server's ping.
    Pong,
    /// `4` and text.
    Message(&'a str),
    /// `5`: the new transport is used from here on.
    Upgrade,
    /// `6`.
    Noop,
}

impl<'a> Packet<'a> {
    /// Reads a text packet; `None` when it is none that a client may send.
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

/// A packet of a payload, which outlives its request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Posted {
    Close,
    Pong,
    Text(String),
    Binary(Vec<u8>),
    /// Of no meaning over long-polling.
    Nothing,
}

/// Reads the body of a long-polling `POST`; `None` when a packet in it is none.
pub(crate) fn payload(body: &[u8]) -> Option<Vec<Posted>> {
    body.split(|byte| *byte == SEPARATOR).map(posted).collect()
}

fn posted(bytes: &[u8]) -> Option<Posted> {
    if let Some(encoded) = bytes.strip_prefix(b"b") {
        return STANDARD.decode(encoded).ok().map(Posted::Binary);
    }
    Some(match Packet::parse(str::from_utf8(bytes).ok()?)? {
        Packet::Close => Posted::Close,
        Packet::Pong => Posted::Pong,
        Packet::Message(text) => Posted::Text(text.to_owned()),
        Packet::Ping(_) | Packet::Upgrade | Packet::Noop => Posted::Nothing,
    })
}

/// Writes the body of an answer to a long-polling `GET`.
pub(crate) fn write_payload(frames: &[Frame]) -> Vec<u8> {
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
pub(crate) fn open(sid: &Sid, upgrades: &[&str], config: &Config) -> Frame {
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
        let packets = payload(b"4hello\x1ebAQIDBA==\x1e3").unwrap();
        assert_eq!(packets, [Posted::Text("hello".into()), Posted::Binary(vec![1, 2, 3, 4]), Posted::Pong]);
        assert_eq!(payload(b""), None);
        assert_eq!(payload(b"abc"), None);
        assert_eq!(payload(b"4a\x1e"), None);
        assert_eq!(payload(b"b***"), None);
        let frames = [Frame::text(&["4", "hello"]), Frame::binary(&[1, 2, 3, 4])];
        assert_eq!(write_payload(&frames), b"4hello\x1ebAQIDBA==");
    }
}
