//! Parses HTTP/1.1 answers: status, length, and whether the connection stays open.
//!
//! Only what a load generator needs (RFC 9112): a body must have a `Content-Length`, unless the status forbids one. Chunked
//! answers are refused.

use std::io::{self, Read};

use anyhow::{Context, Result, bail, ensure};

/// Minimum buffer size: an order's answer fits.
const STEP: usize = 8 * 1024;
/// Maximum size of an answer, far above a page of 200 orders.
const MOST: usize = 16 * 1024 * 1024;

/// The bytes of an answer that have arrived.
#[derive(Debug)]
pub(crate) struct Incoming {
    bytes: Vec<u8>,
    filled: usize,
    head: Option<Head>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Head {
    status: u16,
    /// Length including the empty line.
    length: usize,
    content: usize,
    /// The server closes the connection after it.
    close: bool,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Response<'a> {
    pub(crate) status: u16,
    pub(crate) body: &'a [u8],
    /// The server closes the connection after it.
    pub(crate) close: bool,
}

impl Incoming {
    pub(crate) fn new() -> Self {
        Self { bytes: vec![0; STEP], filled: 0, head: None }
    }

    pub(crate) fn clear(&mut self) {
        self.filled = 0;
        self.head = None;
    }

    /// Reads once, and returns the number of bytes; 0 is the end of the connection.
    pub(crate) fn read(&mut self, mut source: impl Read) -> io::Result<usize> {
        if self.bytes.len() - self.filled < STEP / 2 {
            let longer = self.bytes.len() * 2;
            self.bytes.resize(longer, 0);
        }
        let count = source.read(&mut self.bytes[self.filled..])?;
        self.filled += count;
        Ok(count)
    }

    /// `None` until the answer is complete.
    pub(crate) fn complete(&mut self) -> Result<Option<Response<'_>>> {
        let arrived = &self.bytes[..self.filled];
        let head = match self.head {
            Some(head) => head,
            None => match parse(arrived)? {
                Some(head) => *self.head.insert(head),
                None => return Ok(None),
            },
        };
        let end = head.length + head.content;
        ensure!(arrived.len() <= end, "more bytes than the answer has");
        if arrived.len() < end {
            return Ok(None);
        }
        Ok(Some(Response { status: head.status, body: &arrived[head.length..end], close: head.close }))
    }
}

fn parse(bytes: &[u8]) -> Result<Option<Head>> {
    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
        ensure!(bytes.len() < STEP, "the head of the answer does not end");
        return Ok(None);
    };
    let text = str::from_utf8(&bytes[..end]).context("the head of the answer is not text")?;
    let mut lines = text.split("\r\n");
    let status_line = lines.next().unwrap_or_default();
    let status: u16 = status_line
        .strip_prefix("HTTP/1.1 ")
        .and_then(|rest| rest.get(..3)?.parse().ok())
        .with_context(|| format!("not an HTTP/1.1 answer: {status_line:?}"))?;
    let (mut content, mut close) = (None, false);
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        let value = value.trim();
        if name.eq_ignore_ascii_case("content-length") {
            content = Some(value.parse::<usize>().with_context(|| format!("Content-Length: {value}"))?);
        } else if name.eq_ignore_ascii_case("connection") {
            close = value.eq_ignore_ascii_case("close");
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            bail!("the answer comes as {value}, without a Content-Length");
        }
    }
    let content = match content {
        _ if matches!(status, 204 | 304) => 0,
        Some(content) if content <= MOST => content,
        Some(content) => bail!("an answer of {content} bytes"),
        None => bail!("the answer has no Content-Length"),
    };
    Ok(Some(Head { status, length: end + 4, content, close }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds the bytes in pieces of a size, and returns status, body and `close`.
    fn fed(bytes: &[u8], piece: usize) -> Result<Option<(u16, String, bool)>> {
        let mut incoming = Incoming::new();
        for part in bytes.chunks(piece) {
            let count = incoming.read(part)?;
            assert_eq!(count, part.len());
            if let Some(response) = incoming.complete()? {
                let body = String::from_utf8_lossy(response.body).into_owned();
                return Ok(Some((response.status, body, response.close)));
            }
        }
        Ok(None)
    }

    #[test]
    fn an_answer_is_whole_however_it_was_cut() {
        let bytes = b"HTTP/1.1 201 Created\r\ncontent-LENGTH: 2\r\nconnection: Close\r\n\r\nok";
        for piece in 1..=bytes.len() {
            assert_eq!(fed(bytes, piece).unwrap(), Some((201, "ok".to_owned(), true)), "pieces of {piece}");
        }
        assert_eq!(fed(&bytes[..bytes.len() - 1], 7).unwrap(), None);
    }

    #[test]
    fn no_content_has_no_body() {
        assert_eq!(fed(b"HTTP/1.1 204 No Content\r\n\r\n", 9).unwrap(), Some((204, String::new(), false)));
    }

    #[test]
    fn a_long_answer_makes_room() {
        let body = "x".repeat(100_000);
        let bytes = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        assert_eq!(fed(bytes.as_bytes(), 4000).unwrap(), Some((200, body, false)));
    }

    #[test]
    fn what_cannot_be_measured_is_refused() {
        for bad in [
            "SSH-2.0-x\r\n\r\n",
            "HTTP/1.1 200 OK\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nok",
        ] {
            assert!(fed(bad.as_bytes(), bad.len()).is_err(), "{bad:?}");
        }
        assert!(fed(&[b'x'; STEP], 4000).is_err());
    }
}
