//! A staff client that stays connected during the whole run and reads nothing, like a suspended laptop.
//!
//! The server closes the connection because pings are not answered. The client reconnects each time with the `pid` and the
//! offset of the last event that it read. When it reads again, every event of the log must arrive, once and in
//! order.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use serde::Serialize;
use serde_json::Value;

use super::clients::{frame, masked, opening};

/// Timeout for reading all missed events.
const PATIENCE: Duration = Duration::from_mins(3);
/// Interval between checks whether the connection was closed.
const LOOK: Duration = Duration::from_millis(100);

#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StalledClientResult {
    /// Events that it read at the end, each once and in order.
    pub(crate) events: u64,
    /// How often the server closed its connection.
    pub(crate) closed: u32,
    /// Seconds until it had read all of them.
    pub(crate) seconds: f64,
}

pub(crate) struct StalledClient {
    awake: Arc<AtomicBool>,
    until: mpsc::Sender<u64>,
    thread: JoinHandle<Result<StalledClientResult>>,
}

impl StalledClient {
    /// Connects, and reads nothing.
    pub(crate) fn connect(address: SocketAddr, token: &str) -> Result<Self> {
        let mut client =
            ReplayClient { address, token: token.to_owned(), pid: None, offset: None, events: 0 };
        let mut connection = client.connect()?;
        let awake = Arc::new(AtomicBool::new(false));
        let (until, receiver) = mpsc::channel();
        let sleeps = Arc::clone(&awake);
        let thread = std::thread::spawn(move || {
            let mut closed = 0;
            while !sleeps.load(Ordering::Acquire) {
                if connection.is_closed()? {
                    closed += 1;
                    connection = client.connect()?;
                }
            }
            let began = Instant::now();
            client.catch_up(
                connection,
                receiver.recv().context("the benchmark did not say how far to read")?,
            )?;
            Ok(StalledClientResult { events: client.events, closed, seconds: began.elapsed().as_secs_f64() })
        });
        Ok(Self { awake, until, thread })
    }

    /// Reads all events up to a sequence number.
    pub(crate) fn resume(self, upto: u64) -> Result<StalledClientResult> {
        self.until.send(upto).ok();
        self.awake.store(true, Ordering::Release);
        self.thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}

struct ReplayClient {
    address: SocketAddr,
    token: String,
    pid: Option<String>,
    /// The offset of the last event that was read.
    offset: Option<String>,
    events: u64,
}

/// A connection, and the bytes after the last frame.
struct ReplayConnection {
    stream: TcpStream,
    rest: Vec<u8>,
}

impl ReplayConnection {
    /// Whether the server closed the connection. Reads nothing.
    fn is_closed(&self) -> Result<bool> {
        let mut watched = [PollFd::new(&self.stream, PollFlags::RDHUP)];
        let timeout = Timespec::try_from(LOOK).context("too long a wait")?;
        match poll(&mut watched, Some(&timeout)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error).context("cannot watch the socket"),
        }
        let ended = PollFlags::RDHUP | PollFlags::HUP | PollFlags::ERR;
        Ok(watched[0].revents().intersects(ended))
    }

    /// Reads once; `false` at the end.
    fn more(&mut self, buffer: &mut [u8]) -> Result<bool> {
        match self.stream.read(buffer) {
            Ok(0) => Ok(false),
            Ok(read) => {
                self.rest.extend_from_slice(&buffer[..read]);
                Ok(true)
            }
            Err(error) if error.kind() == ErrorKind::ConnectionReset => Ok(false),
            Err(error) => Err(error).context("the stalled client cannot read"),
        }
    }
}

impl ReplayClient {
    /// Connects, and reads until the connection is accepted and no further.
    fn connect(&mut self) -> Result<ReplayConnection> {
        let mut stream = TcpStream::connect(self.address).context("cannot connect")?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(opening(self.address).as_bytes())?;
        let mut connection = ReplayConnection { stream, rest: Vec::new() };
        let mut buffer = [0; 256];
        let head = loop {
            ensure!(connection.more(&mut buffer)?, "the handshake was refused");
            if let Some(end) = connection.rest.windows(4).position(|end| end == b"\r\n\r\n") {
                break end + 4;
            }
        };
        ensure!(
            connection.rest.starts_with(b"HTTP/1.1 101"),
            "refused: {}",
            String::from_utf8_lossy(&connection.rest)
        );
        connection.rest.drain(..head);
        loop {
            let Some((message, length)) =
                frame(&connection.rest).map(|(text, length)| (text.to_vec(), length))
            else {
                ensure!(connection.more(&mut buffer)?, "closed before the connection was accepted");
                continue;
            };
            connection.rest.drain(..length);
            match &*message {
                [b'0', ..] => {
                    let mut auth = serde_json::json!({ "token": self.token });
                    for (name, known) in [("pid", &self.pid), ("offset", &self.offset)] {
                        if let Some(known) = known {
                            auth[name] = known.as_str().into();
                        }
                    }
                    connection.stream.write_all(&masked(format!("40{auth}").as_bytes()))?;
                }
                [b'4', b'0', accepted @ ..] => {
                    let accepted: Value = serde_json::from_slice(accepted)?;
                    self.pid = Some(accepted["pid"].as_str().context("no pid")?.to_owned());
                    return Ok(connection);
                }
                other => bail!("expected an accepted connection, not {}", String::from_utf8_lossy(other)),
            }
        }
    }

    /// Reads all events up to a sequence number.
    fn catch_up(&mut self, mut connection: ReplayConnection, upto: u64) -> Result<()> {
        let began = Instant::now();
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let mut used = 0;
            while let Some((message, length)) = frame(&connection.rest[used..]) {
                match message {
                    b"2" => connection.stream.write_all(&masked(b"3"))?,
                    [b'4', b'2', event @ ..] => self.event(event)?,
                    _ => {}
                }
                used += length;
            }
            connection.rest.drain(..used);
            let at = self.offset.as_deref().map(seq).transpose()?;
            match at {
                Some(at) if at == upto => return Ok(()),
                Some(at) if at > upto => bail!("an event after the last one, {at} after {upto}"),
                _ => {}
            }
            ensure!(began.elapsed() < PATIENCE, "read {} events, up to {at:?} of {upto}", self.events);
            if !connection.more(&mut buffer)? {
                connection = self.connect()?;
            }
        }
    }

    /// Checks that an event is the next one of the log.
    fn event(&mut self, event: &[u8]) -> Result<()> {
        let event: Value = serde_json::from_slice(event)?;
        let name = event[0].as_str().unwrap_or_default();
        ensure!(name != "reset", "the server sent a reset: {event}");
        let Some(offset) = event.as_array().and_then(|event| event.last()?.as_str()) else { return Ok(()) };
        let at = seq(offset)?;
        if let Some(before) = self.offset.as_deref().map(seq).transpose()? {
            // A notification has the offset of its event.
            ensure!(at == before || at == before + 1, "event {at} after {before}");
            self.events += u64::from(at > before);
        } else {
            self.events = 1;
        }
        self.offset = Some(offset.to_owned());
        Ok(())
    }
}

/// The sequence number of a cursor.
pub(crate) fn seq(cursor: &str) -> Result<u64> {
    cursor
        .rsplit(':')
        .next()
        .and_then(|seq| seq.parse().ok())
        .with_context(|| format!("no place in {cursor}"))
}
