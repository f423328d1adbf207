//! What is written to clients, encoded once.

use bytes::Bytes;

/// The longest header of a frame that a server sends: two bytes, and eight of length.
const HEADER: usize = 10;
const TEXT: u8 = 0x81;
const BINARY: u8 = 0x82;
const PONG: u8 = 0x8A;

/// One Engine.IO packet as a WebSocket frame. Cloning shares the bytes; long-polling sends the same bytes without
/// the frame's header.
#[derive(Debug, Clone)]
pub struct Frame {
    wire: Bytes,
    header: u8,
    binary: bool,
}

impl Frame {
    /// A text frame with these bytes: an Engine.IO packet, its type first.
    pub fn text(parts: &[&str]) -> Self {
        let length = parts.iter().map(|part| part.len()).sum();
        Self::build(TEXT, length, |wire| {
            for part in parts {
                wire.extend_from_slice(part.as_bytes());
            }
        })
    }

    /// A binary message.
    pub fn binary(bytes: &[u8]) -> Self {
        Self::build(BINARY, bytes.len(), |wire| wire.extend_from_slice(bytes))
    }

    /// The answer to a WebSocket's own ping. Never sent over long-polling.
    pub(crate) fn pong(bytes: &[u8]) -> Self {
        Self::build(PONG, bytes.len(), |wire| wire.extend_from_slice(bytes))
    }

    fn build(kind: u8, length: usize, write: impl FnOnce(&mut Vec<u8>)) -> Self {
        let mut wire = Vec::with_capacity(HEADER + length);
        wire.push(kind);
        // A server's frames are not masked (RFC 6455, section 5.1), so everybody can be sent the same bytes.
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

    /// The whole frame, as a WebSocket carries it.
    pub fn wire(&self) -> &Bytes {
        &self.wire
    }

    /// The packet in it: for text its type and data, for a binary message its bytes.
    pub fn payload(&self) -> &[u8] {
        &self.wire[usize::from(self.header)..]
    }

    /// Whether it is a binary message.
    pub fn is_binary(&self) -> bool {
        self.binary
    }

    /// Bytes on a WebSocket.
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
