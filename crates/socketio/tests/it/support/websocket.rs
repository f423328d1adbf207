//! A WebSocket client that sends raw bytes, including invalid ones.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::application::DEADLINE;

pub(crate) const CONTINUATION: u8 = 0x00;
pub(crate) const TEXT: u8 = 0x81;
pub(crate) const BINARY: u8 = 0x82;
pub(crate) const CLOSE: u8 = 0x88;
pub(crate) const PING: u8 = 0x89;
pub(crate) const PONG: u8 = 0x8A;
/// A bit of the second byte.
pub(crate) const MASKED: u8 = 0x80;

/// A masked frame; `first` is its first byte.
pub(crate) fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    const MASK: [u8; 4] = [0x1D, 0xC7, 0x00, 0x5A];
    let mut bytes = vec![first];
    match payload.len() {
        short @ 0..126 => bytes.push(MASKED + u8::try_from(short).unwrap()),
        medium @ 126..=0xFFFF => {
            bytes.push(MASKED + 126);
            bytes.extend(u16::try_from(medium).unwrap().to_be_bytes());
        }
        long => {
            bytes.push(MASKED + 127);
            bytes.extend((long as u64).to_be_bytes());
        }
    }
    bytes.extend(MASK);
    bytes.extend(payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    bytes
}

pub(crate) fn text(payload: &str) -> Vec<u8> {
    frame(TEXT, payload.as_bytes())
}

pub(crate) struct WebSocket {
    stream: TcpStream,
    unread: Vec<u8>,
    /// Whether Engine.IO pings are answered automatically.
    pub(crate) answer_pings: bool,
}

impl WebSocket {
    /// Opens a WebSocket. Engine.IO's first packet is not read yet.
    pub(crate) async fn handshake(address: SocketAddr, sid: &str) -> Self {
        let (client, head) = Self::ask(address, sid).await;
        assert!(head.starts_with("HTTP/1.1 101"), "{head}");
        client
    }

    /// The status with which a WebSocket is refused.
    pub(crate) async fn refused(address: SocketAddr, sid: &str) -> u16 {
        Self::ask(address, sid).await.1[9..12].parse().unwrap()
    }

    async fn ask(address: SocketAddr, sid: &str) -> (Self, String) {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let mut client = Self { stream, unread: Vec::new(), answer_pings: true };
        let sid = if sid.is_empty() { String::new() } else { format!("&sid={sid}") };
        let request = format!(
            "GET /socket.io/?EIO=4&transport=websocket{sid} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n\
             Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        client.send(request.as_bytes()).await;
        let head = loop {
            if let Some(end) = client.unread.windows(4).position(|window| window == b"\r\n\r\n") {
                break client.unread.drain(..end + 4).collect::<Vec<_>>();
            }
            client.more().await;
        };
        (client, String::from_utf8(head).unwrap())
    }

    /// Opens a connection that is in no namespace.
    pub(crate) async fn open(address: SocketAddr) -> Self {
        let mut client = Self::handshake(address, "").await;
        assert!(client.packet().await.starts_with("0{"));
        client
    }

    /// Connected to the namespace `/`.
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        let mut client = Self::open(address).await;
        client.send(&text("40")).await;
        assert!(client.packet().await.starts_with("40{"));
        client
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
    }

    /// Reads once. Returns `false` at the end of the stream.
    async fn more(&mut self) -> bool {
        let read = tokio::time::timeout(DEADLINE, self.stream.read_buf(&mut self.unread)).await.unwrap();
        read.is_ok_and(|read| read > 0)
    }

    /// The first byte and the payload of the next frame; `None` at the end of the connection.
    pub(crate) async fn frame(&mut self) -> Option<(u8, Vec<u8>)> {
        loop {
            if let Some((frame, used)) = parse(&self.unread) {
                self.unread.drain(..used);
                if self.answer_pings && frame == (TEXT, b"2".to_vec()) {
                    self.send(&text("3")).await;
                    continue;
                }
                return Some(frame);
            }
            if !self.more().await {
                return None;
            }
        }
    }

    /// The next frame, which must be text.
    pub(crate) async fn packet(&mut self) -> String {
        let (first, payload) = self.frame().await.unwrap();
        assert_eq!(first, TEXT, "{payload:?}");
        String::from_utf8(payload).unwrap()
    }

    /// The code and reason of the next frame, which must be a close frame.
    pub(crate) async fn closed(&mut self) -> (u16, String) {
        let (first, payload) = self.frame().await.unwrap();
        assert_eq!(first, CLOSE, "{}", String::from_utf8_lossy(&payload));
        assert_eq!(self.frame().await, None);
        let (code, words) = payload.split_at(2);
        (u16::from_be_bytes(code.try_into().unwrap()), String::from_utf8(words.to_vec()).unwrap())
    }
}

/// The frame at the start of `bytes`, and its length.
fn parse(bytes: &[u8]) -> Option<((u8, Vec<u8>), usize)> {
    let [first, second, rest @ ..] = bytes else { return None };
    let (length, header) = match second {
        126 => (usize::from(u16::from_be_bytes(*rest.first_chunk()?)), 4),
        127 => (usize::try_from(u64::from_be_bytes(*rest.first_chunk()?)).unwrap(), 10),
        short => (usize::from(*short), 2),
    };
    let payload = bytes.get(header..header + length)?;
    Some(((*first, payload.to_vec()), header + length))
}
