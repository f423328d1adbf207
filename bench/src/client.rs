//! A keep-alive connection with one request at a time, for the setup and for timing lists.

use std::io::{ErrorKind, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::response::Incoming;

/// Timeout of an answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// A keep-alive connection to the server.
#[derive(Debug)]
pub(crate) struct HttpClient {
    address: SocketAddr,
    /// `None` after the server asked to close.
    stream: Option<TcpStream>,
    incoming: Incoming,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct HttpRequest<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) token: Option<&'a str>,
    pub(crate) body: Option<&'a str>,
}

#[derive(Debug)]
pub(crate) struct HttpResponse {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
    /// From the first byte sent to the last byte read.
    pub(crate) took: Duration,
}

impl HttpClient {
    /// Connects when it is first used.
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self { address, stream: None, incoming: Incoming::new() }
    }

    /// Sends a rendered request, and waits for its answer.
    pub(crate) fn send(&mut self, request: &[u8]) -> Result<HttpResponse> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => connect(self.address)?,
        };
        self.incoming.clear();
        let start = Instant::now();
        stream.write_all(request).context("cannot send")?;
        loop {
            match self.incoming.read(&stream) {
                Ok(0) => bail!("the server closed the connection instead of answering"),
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error).context("no answer"),
            }
            if let Some(response) = self.incoming.complete()? {
                let answer = HttpResponse {
                    status: response.status,
                    body: response.body.to_vec(),
                    took: start.elapsed(),
                };
                if !response.close {
                    self.stream = Some(stream);
                }
                return Ok(answer);
            }
        }
    }

    pub(crate) fn request(&mut self, ask: HttpRequest<'_>) -> Result<HttpResponse> {
        let request = ask.render(self.address);
        self.send(&request).with_context(|| format!("{} {}", ask.method, ask.path))
    }
}

impl HttpRequest<'_> {
    pub(crate) fn render(&self, host: SocketAddr) -> Vec<u8> {
        let authorization =
            self.token.map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
        let content = self
            .body
            .map(|body| format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len()));
        format!(
            "{} {} HTTP/1.1\r\nHost: {host}\r\n{authorization}{}\r\n{}",
            self.method,
            self.path,
            content.unwrap_or_default(),
            self.body.unwrap_or_default()
        )
        .into_bytes()
    }
}

impl HttpResponse {
    /// The body as JSON, if the status is the expected one.
    pub(crate) fn json(&self, expected: u16) -> Result<Value> {
        if self.status != expected {
            bail!("answered {} instead of {expected}: {}", self.status, excerpt(&self.body));
        }
        serde_json::from_slice(&self.body).with_context(|| format!("not JSON: {}", excerpt(&self.body)))
    }
}

/// The beginning of a body, for error messages.
pub(crate) fn excerpt(body: &[u8]) -> String {
    const MOST: usize = 2000;
    String::from_utf8_lossy(&body[..body.len().min(MOST)]).into_owned()
}

/// A connection without Nagle's algorithm, with timeouts.
pub(crate) fn connect(address: SocketAddr) -> Result<TcpStream> {
    let open = || -> std::io::Result<TcpStream> {
        let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(stream)
    };
    open().with_context(|| format!("cannot connect to {address}"))
}
