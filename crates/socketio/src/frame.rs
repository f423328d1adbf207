//! Encoded outgoing messages.

use bytes::Bytes;

/// The longest header of a server's frame: 2 bytes and 8 bytes of length.
const HEADER: usize = 10;
const TEXT: u8 = 0x81;
const BINARY: u8 = 0x82;
const PONG: u8 = 0x8A;

/// One Engine.IO packet as a WebSocket frame. Cloning shares the bytes. Long-polling sends the same bytes without
/// the frame header.
#[derive(Debug, Clone)]
pub struct Frame {
    wire: Bytes,
    header: u8,
    binary: bool,
}

impl Frame {
    /// A text frame. `parts` are joined; the first byte is the Engine.IO packet type.
    pub fn text(parts: &[&str]) -> Self {
        let length = parts.iter().map(|part| part.len()).sum();
        Self::build(TEXT, length, |wire| {
            for part in parts {
                wire.extend_from_slice(part.as_bytes());
            }
        })
    }

    pub fn binary(bytes: &[u8]) -> Self {
        Self::build(BINARY, bytes.len(), |wire| wire.extend_from_slice(bytes))
    }

    /// The answer to a WebSocket ping. Never sent over long-polling.
    pub(crate) fn pong(bytes: &[u8]) -> Self {
        Self::build(PONG, bytes.len(), |wire| wire.extend_from_slice(bytes))
    }

    fn build(kind: u8, length: usize, write: impl FnOnce(&mut Vec<u8>)) -> Self {
        let mut wire = Vec::with_capacity(HEADER + length);
        wire.push(kind);
        // A server does not mask its frames (RFC 6455, section 5.1), so all clients can be sent the same bytes.
        if let Ok(short) = u8::try_from(length)
            && short < 126
        {
            wire.push(short);
        } else if let Ok(medium) = u16::try_from(length) {
            wire.push(126);
            wire.extend_from_slice(&medium.to_be_bytes());
        } else {
            wire.push(127);
            wire.extend_from_slice(&(length as u64).to_be_bytes());
        }
        #[expect(clippy::cast_possible_truncation, reason = "a header has at most ten bytes")]
        let header = wire.len() as u8;
        write(&mut wire);
        Self { wire: Bytes::from(wire), header, binary: kind == BINARY }
    }

    /// The whole frame with its WebSocket header.
    pub fn wire(&self) -> &Bytes {
        &self.wire
    }

    /// Without the WebSocket header: an Engine.IO packet, or the bytes of a binary message.
    pub fn payload(&self) -> &[u8] {
        &self.wire[usize::from(self.header)..]
    }

    pub fn is_binary(&self) -> bool {
        self.binary
    }

    /// Length with the WebSocket header, in bytes.
    #[expect(clippy::len_without_is_empty, reason = "a frame has a header and is never empty")]
    pub fn len(&self) -> usize {
        self.wire.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_has_the_length_in_the_shortest_form() {
        for (length, header) in [(0, 2), (125, 2), (126, 4), (65_535, 4), (65_536, 10)] {
            let frame = Frame::binary(&vec![7; length]);
            assert_eq!(frame.len(), length + header);
            assert_eq!(frame.payload().len(), length);
            assert!(frame.is_binary());
        }
        let text = Frame::text(&["4", "2", "[\"é\"]"]);
        assert_eq!(text.payload(), "42[\"é\"]".as_bytes());
        assert_eq!(text.wire()[..2], [0x81, 8]);
    }
}
