//! One connection, with at most one request in flight.

use std::io::{ErrorKind, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Instant;

use anyhow::{Result, ensure};

use crate::client;
use crate::request::OrderRequests;
use crate::response::{Incoming, Response};

/// A non-blocking connection.
#[derive(Debug)]
pub(crate) struct LoadConnection {
    stream: TcpStream,
    incoming: Incoming,
    request: Vec<u8>,
    sent: Instant,
}

/// What a look at a connection gave.
#[derive(Debug)]
pub(crate) enum Received<'a> {
    /// Not a whole answer yet.
    Nothing,
    /// An answer.
    Answer {
        /// When its request was sent.
        sent: Instant,
        status: u16,
        body: &'a [u8],
        /// The server closes the connection now.
        close: bool,
    },
}

impl LoadConnection {
    /// Connects.
    pub(crate) fn open(address: SocketAddr) -> Result<Self> {
        let stream = client::connect(address)?;
        stream.set_nonblocking(true)?;
        let request = Vec::with_capacity(2048);
        Ok(Self { stream, incoming: Incoming::new(), request, sent: Instant::now() })
    }

    /// What epoll watches.
    pub(crate) fn stream(&self) -> &TcpStream {
        &self.stream
    }

    /// Sends the next request. Its time starts before the bytes leave.
    pub(crate) fn send(&mut self, requests: &mut OrderRequests) -> Result<()> {
        requests.render(&mut self.request);
        self.incoming.clear();
        self.sent = Instant::now();
        // Under a kilobyte into an empty socket buffer: all of it fits, or something is wrong.
        let count = self.stream.write(&self.request)?;
        ensure!(count == self.request.len(), "the socket took {count} of {} bytes", self.request.len());
        Ok(())
    }

    /// Reads what is there. An error is a lost request.
    pub(crate) fn receive(&mut self) -> Result<Received<'_>> {
        match self.incoming.read(&self.stream) {
            Ok(count) => ensure!(count > 0, "the server closed the connection instead of answering"),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {
                return Ok(Received::Nothing);
            }
            Err(error) => return Err(error.into()),
        }
        let sent = self.sent;
        Ok(match self.incoming.complete()? {
            Some(Response { status, body, close }) => Received::Answer { sent, status, body, close },
            None => Received::Nothing,
        })
    }
}
