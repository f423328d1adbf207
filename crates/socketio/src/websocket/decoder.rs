//! Decodes a client's frames (RFC 6455, section 5) in a buffer that the caller owns.

/// A violation of the protocol. It determines the close code (section 7.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// Close code 1002.
    #[error("invalid frame")]
    Protocol,
    /// Close code 1007.
    #[error("text is not valid UTF-8")]
    NotUtf8,
    /// Close code 1009.
    #[error("message too large")]
    TooLarge,
}

impl Violation {
    pub(crate) fn code(self) -> u16 {
        match self {
            Self::Protocol => 1002,
            Self::NotUtf8 => 1007,
            Self::TooLarge => 1009,
        }
    }
}

/// A complete message or control frame of a client.
#[derive(Debug, PartialEq, Eq)]
pub enum WebSocketMessage<'a> {
    Text(&'a str),
    Binary(&'a [u8]),
    /// Must be answered with a pong of the same bytes.
    Ping(&'a [u8]),
    /// With its code, if it has one.
    Close(Option<u16>),
}

struct FrameHeader {
    fin: bool,
    opcode: u8,
    mask: [u8; 4],
    /// Length of the header, in bytes.
    header: usize,
    payload: usize,
}

/// Decodes frames and joins the fragments of a message. Holds no memory between messages.
#[derive(Debug, Default)]
pub struct Decoder {
    /// The fragments of an incomplete message, and whether it is text.
    fragments: Option<Box<(bool, Vec<u8>)>>,
}

const CONTINUATION: u8 = 0;
const TEXT: u8 = 1;
const BINARY: u8 = 2;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;

impl Decoder {
    /// Takes one frame from the start of `buffer` and unmasks it in place. `limit` is the largest message in bytes.
    /// Calls `handle` with a complete message or control frame; a pong or a fragment that is not the last returns
    /// `None` in its place. Returns the number of bytes taken.
    pub fn step<T>(
        &mut self,
        buffer: &mut [u8],
        limit: usize,
        handle: impl FnOnce(WebSocketMessage<'_>) -> T,
    ) -> Result<Option<(usize, Option<T>)>, Violation> {
        let collected = self.fragments.as_ref().map_or(0, |fragments| fragments.1.len());
        let Some(head) = parse_header(buffer, limit.saturating_sub(collected))? else { return Ok(None) };
        let taken = head.header + head.payload;
        let Some(payload) = buffer.get_mut(head.header..taken) else { return Ok(None) };
        unmask(payload, head.mask);
        let payload = &*payload;
        let incoming = match (head.opcode, head.fin, self.fragments.is_some()) {
            (TEXT, true, false) => {
                WebSocketMessage::Text(str::from_utf8(payload).map_err(|_| Violation::NotUtf8)?)
            }
            (BINARY, true, false) => WebSocketMessage::Binary(payload),
            (TEXT | BINARY, false, false) => {
                self.fragments = Some(Box::new((head.opcode == TEXT, payload.to_vec())));
                return Ok(Some((taken, None)));
            }
            (CONTINUATION, fin, true) => {
                if let Some(fragments) = &mut self.fragments {
                    fragments.1.extend_from_slice(payload);
                }
                if !fin {
                    return Ok(Some((taken, None)));
                }
                let Some(whole) = self.fragments.take() else { return Err(Violation::Protocol) };
                let (text, bytes) = *whole;
                let used = if text {
                    handle(WebSocketMessage::Text(str::from_utf8(&bytes).map_err(|_| Violation::NotUtf8)?))
                } else {
                    handle(WebSocketMessage::Binary(&bytes))
                };
                return Ok(Some((taken, Some(used))));
            }
            (PING, true, _) => WebSocketMessage::Ping(payload),
            (PONG, true, _) => return Ok(Some((taken, None))),
            (CLOSE, true, _) => WebSocketMessage::Close(close_code(payload)?),
            _ => return Err(Violation::Protocol),
        };
        Ok(Some((taken, Some(handle(incoming)))))
    }
}

/// The code in the payload of a close frame (sections 5.5.1 and 7.4).
fn close_code(payload: &[u8]) -> Result<Option<u16>, Violation> {
    match payload {
        [] => Ok(None),
        [first, second, words @ ..] => match u16::from_be_bytes([*first, *second]) {
            code @ (1000..=1003 | 1007..=1014 | 3000..=4999) => {
                str::from_utf8(words).map(|_| Some(code)).map_err(|_| Violation::NotUtf8)
            }
            _ => Err(Violation::Protocol),
        },
        [_] => Err(Violation::Protocol),
    }
}

/// Parses the header at the start of `bytes`; `None` if it is incomplete.
fn parse_header(bytes: &[u8], limit: usize) -> Result<Option<FrameHeader>, Violation> {
    let [first, second, rest @ ..] = bytes else { return Ok(None) };
    let (fin, opcode) = (first & 0x80 != 0, first & 0x0F);
    // No extension is negotiated, and a client's frames are masked.
    if first & 0x70 != 0 || second & 0x80 == 0 {
        return Err(Violation::Protocol);
    }
    let (length, extended) = match second & 0x7F {
        126 => match rest.first_chunk() {
            Some(length) => (u64::from(u16::from_be_bytes(*length)), 2),
            None => return Ok(None),
        },
        127 => match rest.first_chunk() {
            Some(length) => (u64::from_be_bytes(*length), 8),
            None => return Ok(None),
        },
        short => (u64::from(short), 0),
    };
    let not_minimal = matches!((extended, length), (2, ..126) | (8, ..65_536));
    if not_minimal || opcode >= CLOSE && length > 125 {
        return Err(Violation::Protocol);
    }
    let payload = usize::try_from(length).map_err(|_| Violation::TooLarge)?;
    // Refused before any of the payload is read. Control frames may come between fragments and do not count.
    if opcode < CLOSE && payload > limit {
        return Err(Violation::TooLarge);
    }
    let Some(mask) = rest.get(extended..).and_then(|rest| rest.first_chunk()) else { return Ok(None) };
    Ok(Some(FrameHeader { fin, opcode, mask: *mask, header: 2 + extended + 4, payload }))
}

/// Removes the client's mask, eight bytes at a time.
fn unmask(payload: &mut [u8], mask: [u8; 4]) {
    let [a, b, c, d] = mask;
    let wide = u64::from_ne_bytes([a, b, c, d, a, b, c, d]);
    let (chunks, rest) = payload.as_chunks_mut::<8>();
    for chunk in chunks {
        *chunk = (u64::from_ne_bytes(*chunk) ^ wide).to_ne_bytes();
    }
    for (byte, mask) in rest.iter_mut().zip(mask.iter().cycle()) {
        *byte ^= mask;
    }
}
