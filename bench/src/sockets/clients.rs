//! Thousands of Socket.IO clients in one thread: blocking to connect, then over epoll.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::event::{Timespec, epoll};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::interrupt::Interrupt;

/// Maximum concurrent handshakes; more would only wait in the listen queue.
const WAVE: usize = 2000;
/// Timeout for connecting all clients.
const PATIENCE: Duration = Duration::from_mins(2);
const READ: usize = 64 * 1024;
/// The event that a customer receives once for each change.
const UPDATE: &[u8] = b"42[\"order:updated\"";

/// Raises the limit of open files for this process and the servers it starts.
pub(crate) fn raise_file_limit() -> Result<()> {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }).context("cannot open many files")
}

/// Clients, in the order of their tokens.
pub(crate) struct ClientPool {
    epoll: OwnedFd,
    address: SocketAddr,
    clients: Vec<SocketClient>,
    buffer: Vec<u8>,
    greeted: usize,
    updates: usize,
    bytes: usize,
    /// If set, the client and the time of every update.
    pub(crate) heard: Option<Vec<(usize, Instant)>>,
}

struct SocketClient {
    /// The CONNECT packet.
    connect: Vec<u8>,
    stream: Option<TcpStream>,
    stage: ConnectionStage,
    /// The bytes of an incomplete frame.
    rest: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ConnectionStage {
    Handshake,
    Opening,
    Greeted,
}

impl ClientPool {
    /// Connects all clients, and waits for their greetings.
    pub(crate) fn connect(address: SocketAddr, tokens: &[String], interrupt: &Interrupt) -> Result<Self> {
        let client = |token: &String| SocketClient {
            connect: masked(format!("40{{\"token\":\"{token}\"}}").as_bytes()),
            stream: None,
            stage: ConnectionStage::Handshake,
            rest: Vec::new(),
        };
        let mut clients = Self {
            epoll: epoll::create(epoll::CreateFlags::CLOEXEC)?,
            address,
            clients: tokens.iter().map(client).collect(),
            buffer: vec![0; READ],
            greeted: 0,
            updates: 0,
            bytes: 0,
            heard: None,
        };
        clients.reconnect(interrupt)?;
        Ok(clients)
    }

    /// Connects all clients that are not connected, and waits for their greetings.
    pub(crate) fn reconnect(&mut self, interrupt: &Interrupt) -> Result<()> {
        let request = opening(self.address);
        let began = Instant::now();
        let mut asked = self.greeted;
        for number in 0..self.clients.len() {
            if self.clients[number].stream.is_some() {
                continue;
            }
            let mut stream = TcpStream::connect(self.address).context("cannot connect")?;
            stream.set_nodelay(true)?;
            stream.write_all(request.as_bytes())?;
            stream.set_nonblocking(true)?;
            let data = epoll::EventData::new_u64(number as u64);
            epoll::add(&self.epoll, &stream, data, epoll::EventFlags::IN)?;
            self.clients[number].stream = Some(stream);
            asked += 1;
            while asked - self.greeted > WAVE {
                self.turn(Duration::from_millis(100))?;
                interrupt.check()?;
            }
            if number % 16 == 0 {
                self.turn(Duration::ZERO)?;
            }
        }
        while self.greeted < self.clients.len() {
            self.turn(Duration::from_millis(100))?;
            interrupt.check()?;
            if began.elapsed() > PATIENCE {
                bail!("only {} of {} connections were greeted", self.greeted, self.clients.len());
            }
        }
        Ok(())
    }

    /// Closes all connections without a closing handshake.
    pub(crate) fn cut(&mut self) {
        for client in &mut self.clients {
            client.stream = None;
            client.stage = ConnectionStage::Handshake;
            client.rest = Vec::new();
        }
        self.greeted = 0;
    }

    /// Updates received by all clients together.
    pub(crate) fn updates(&self) -> usize {
        self.updates
    }

    /// Bytes received by all clients together.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Reads until `count` updates were received in total.
    pub(crate) fn until_updates(
        &mut self,
        count: usize,
        patience: Duration,
        interrupt: &Interrupt,
    ) -> Result<()> {
        let began = Instant::now();
        while self.updates < count {
            self.turn(Duration::from_millis(100))?;
            interrupt.check()?;
            if began.elapsed() > patience {
                bail!("{} of {count} updates came", self.updates);
            }
        }
        Ok(())
    }

    pub(crate) fn serve_for(&mut self, time: Duration, interrupt: &Interrupt) -> Result<()> {
        let began = Instant::now();
        while began.elapsed() < time {
            self.turn(Duration::from_millis(100))?;
            interrupt.check()?;
        }
        Ok(())
    }

    /// Reads until nothing arrives for half a second.
    pub(crate) fn settle(&mut self, interrupt: &Interrupt) -> Result<()> {
        loop {
            let before = self.bytes;
            self.serve_for(Duration::from_millis(500), interrupt)?;
            if self.bytes == before {
                return Ok(());
            }
        }
    }

    /// Reads all sockets that are ready.
    pub(crate) fn turn(&mut self, wait: Duration) -> Result<()> {
        let mut events = Vec::with_capacity(1024);
        let timeout = Timespec::try_from(wait).context("too long a wait")?;
        match epoll::wait(&self.epoll, rustix::buffer::spare_capacity(&mut events), Some(&timeout)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error).context("cannot wait for the sockets"),
        }
        for event in events {
            let number = usize::try_from(event.data.u64())?;
            self.read(number)?;
        }
        Ok(())
    }

    fn read(&mut self, number: usize) -> Result<()> {
        let mut buffer = std::mem::take(&mut self.buffer);
        let read = match &mut self.clients[number].stream {
            None => Ok(0),
            Some(stream) => match stream.read(&mut buffer) {
                Ok(0) => bail!("the server closed connection {number}"),
                Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(0),
                other => other.with_context(|| format!("connection {number}")),
            },
        }?;
        let result = self.take(number, &buffer[..read]);
        self.buffer = buffer;
        result
    }

    fn take(&mut self, number: usize, bytes: &[u8]) -> Result<()> {
        self.bytes += bytes.len();
        let mut rest = std::mem::take(&mut self.clients[number].rest);
        let whole: &[u8] = if rest.is_empty() {
            bytes
        } else {
            rest.extend_from_slice(bytes);
            &rest
        };
        let mut used = 0;
        if self.clients[number].stage == ConnectionStage::Handshake && !whole.is_empty() {
            match whole.windows(4).position(|end| end == b"\r\n\r\n") {
                Some(end) if whole.starts_with(b"HTTP/1.1 101") => {
                    used = end + 4;
                    self.clients[number].stage = ConnectionStage::Opening;
                }
                Some(_) => bail!("connection {number} was refused: {}", String::from_utf8_lossy(whole)),
                None => {}
            }
        }
        if self.clients[number].stage != ConnectionStage::Handshake {
            while let Some((message, length)) = frame(&whole[used..]) {
                self.message(number, message)?;
                used += length;
            }
        }
        self.clients[number].rest = whole[used..].to_vec();
        Ok(())
    }

    fn message(&mut self, number: usize, message: &[u8]) -> Result<()> {
        let client = &mut self.clients[number];
        if message.starts_with(UPDATE) {
            self.updates += 1;
            if let Some(heard) = &mut self.heard {
                heard.push((number, Instant::now()));
            }
            return Ok(());
        }
        let answer = match message {
            [b'0', ..] => client.connect.clone(),
            [b'2'] => masked(b"3"),
            [b'4', b'0', ..] => {
                client.stage = ConnectionStage::Greeted;
                self.greeted += 1;
                return Ok(());
            }
            [b'4', b'4', ..] => bail!("connection {number}: {}", String::from_utf8_lossy(message)),
            _ => return Ok(()),
        };
        // A few bytes always fit into the empty send buffer.
        client.stream.as_mut().context("gone")?.write_all(&answer)?;
        Ok(())
    }
}

pub(crate) fn opening(address: SocketAddr) -> String {
    format!(
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {address}\r\nUpgrade: websocket\r\n\
         Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
}

/// A client's text frame, with the valid mask 0.
pub(crate) fn masked(text: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x81];
    match u16::try_from(text.len()) {
        Ok(length @ 0..126) => frame.push(0x80 | length.to_be_bytes()[1]),
        Ok(length) => {
            frame.push(0x80 | 0x7E);
            frame.extend_from_slice(&length.to_be_bytes());
        }
        Err(_) => return Vec::new(),
    }
    frame.extend_from_slice(&[0; 4]);
    frame.extend_from_slice(text);
    frame
}

/// Parses a server's frame: its payload and its total length.
pub(crate) fn frame(bytes: &[u8]) -> Option<(&[u8], usize)> {
    let (header, length) = match bytes.get(1)? {
        126 => (4, usize::from(u16::from_be_bytes([*bytes.get(2)?, *bytes.get(3)?]))),
        127 => (10, usize::try_from(u64::from_be_bytes(*bytes.get(2..)?.first_chunk()?)).ok()?),
        short => (2, usize::from(*short)),
    };
    Some((bytes.get(header..header + length)?, header + length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_taken_whole() {
        let mut bytes = vec![0x81, 3, b'4', b'0', b'x', 0x81, 126, 0, 200];
        assert_eq!(frame(&bytes), Some((&b"40x"[..], 5)));
        bytes.extend(vec![b'a'; 199]);
        assert_eq!(frame(&bytes[5..]), None);
        bytes.push(b'a');
        assert_eq!(frame(&bytes[5..]).map(|(payload, length)| (payload.len(), length)), Some((200, 204)));
        assert_eq!(masked(b"3"), [0x81, 0x81, 0, 0, 0, 0, b'3']);
    }
}
