//! One client, whatever its transport.

use std::collections::VecDeque;
use std::io::{ErrorKind, IoSlice};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::task::{Context, Poll, Wake, Waker};

use futures_util::task::AtomicWaker;
use rustix::io::Errno;
use rustix::net::SendFlags;
use tokio::net::TcpStream;

use crate::engine::metrics::{decrement, increment};
use crate::engine::packet::Payload;
use crate::engine::polling::PollingState;
use crate::engine::{CloseReason, Engine, Protocol, lock};
use crate::frame::Frame;
use crate::sid::Sid;

/// Frames upgrade_input to the system at once.
const MAX_FRAMES: usize = 64;
/// Bytes after which no more frames are pulled for one write.
const MAX_BYTES: usize = 64 * 1024;
/// Writes after which the task goes on: whoever pulls for many clients is not kept by one that reads fast.
const MAX_WRITES: usize = 16;

/// One client. Shared by its task, by the requests of long-polling, and by whoever sends to it.
pub struct Connection<P: Protocol> {
    pub(crate) engine: Arc<Engine<P>>,
    pub(crate) sid: Sid,
    session: P::Session,
    /// The WebSocket, from the opening or the upgrade on.
    io: OnceLock<TcpStream>,
    /// The task.
    task: AtomicWaker,
    /// Something pull_requested to be pulled by way of a waker.
    pull_requested: AtomicBool,
    pub(crate) state: Mutex<ConnectionState>,
}

pub(crate) struct ConnectionState {
    /// `None`: the WebSocket.
    pub(crate) polling: Option<Box<PollingState>>,
    /// Sent directly, or pulled and not written yet, oldest first.
    queued: VecDeque<Frame>,
    /// Bytes of `queued`.
    bytes: usize,
    /// Bytes of the first that the system took already.
    written: usize,
    /// The system takes no more for now; the task waits for it.
    blocked: bool,
    /// Something that was blocked was written: the client, however slow, lives.
    progressed: bool,
    closed: Option<CloseReason>,
    /// What came over either transport before the task took the new one over.
    upgrade_input: Option<Box<UpgradeInput>>,
}

/// Input that changes hands with an upgrade: what was posted comes before what the WebSocket brought.
pub(crate) struct UpgradeInput {
    pub(crate) posted: Option<Payload>,
    pub(crate) input: Vec<u8>,
}

impl ConnectionState {
    pub(crate) fn closed(&self) -> Option<CloseReason> {
        self.closed
    }

    pub(crate) fn take_upgrade_input(&mut self) -> Option<Box<UpgradeInput>> {
        self.upgrade_input.take()
    }
}

/// Room for what is to be sent now.
pub struct Outgoing<'a> {
    frames: &'a mut Vec<Frame>,
    bytes: usize,
}

impl Outgoing<'_> {
    /// Appends a frame.
    pub fn push(&mut self, frame: Frame) {
        self.bytes += frame.len();
        self.frames.push(frame);
    }

    /// How many more frames should be appended; what is more than this waits in memory.
    pub fn room(&self) -> usize {
        if self.bytes >= MAX_BYTES { 0 } else { MAX_FRAMES.saturating_sub(self.frames.len()) }
    }

    /// Whether nothing more should be appended. It will be pull_requested for when this is written.
    pub fn is_full(&self) -> bool {
        self.room() == 0
    }
}

/// Bytes up to which copying frames behind one another costs less than telling the system where each of them is.
const COPY_LIMIT: usize = 16 * 1024;

thread_local! {
    /// Small frames on their way to the system, behind one another.
    static COALESCED: std::cell::Cell<Vec<u8>> = const { std::cell::Cell::new(Vec::new()) };
    /// Frames on their way from the application to the system: idle connections own none of their own.
    static PULLED: std::cell::Cell<Vec<Frame>> = const { std::cell::Cell::new(Vec::new()) };
}

impl<P: Protocol> Connection<P> {
    pub(crate) fn new(
        engine: &Arc<Engine<P>>,
        sid: Sid,
        session: P::Session,
        polling: Option<Box<PollingState>>,
    ) -> Arc<Self> {
        let metrics = engine.metrics();
        increment(if polling.is_some() { &metrics.polling } else { &metrics.websocket });
        let state = ConnectionState {
            polling,
            queued: VecDeque::new(),
            bytes: 0,
            written: 0,
            blocked: false,
            progressed: false,
            closed: None,
            upgrade_input: None,
        };
        Arc::new(Self {
            engine: Arc::clone(engine),
            sid,
            session,
            io: OnceLock::new(),
            task: AtomicWaker::new(),
            pull_requested: AtomicBool::new(false),
            state: Mutex::new(state),
        })
    }

    /// The engine's id of it.
    pub fn sid(&self) -> Sid {
        self.sid
    }

    /// What the protocol keeps for it.
    pub fn session(&self) -> &P::Session {
        &self.session
    }

    /// Whether its transport is a WebSocket.
    pub fn is_websocket(&self) -> bool {
        lock(&self.state).polling.is_none()
    }

    /// Whether it has ended.
    pub fn is_closed(&self) -> bool {
        lock(&self.state).closed.is_some()
    }

    pub(crate) fn closed(&self) -> Option<CloseReason> {
        lock(&self.state).closed
    }

    pub(crate) fn io(&self) -> Option<&TcpStream> {
        self.io.get()
    }

    pub(crate) fn set_io(&self, io: TcpStream) {
        // Set once: by the opening, or by the one upgrade that found the state in long-polling.
        drop(self.io.set(io));
    }

    pub(crate) fn wake_task(&self) {
        self.task.wake();
    }

    /// Sends frames, which stay together and in order, after all that was sent before.
    pub fn send(self: &Arc<Self>, frames: impl IntoIterator<Item = Frame>) {
        let mut state = lock(&self.state);
        if state.closed.is_some() {
            return;
        }
        for frame in frames {
            state.bytes += frame.len();
            state.queued.push_back(frame);
        }
        self.flush(&mut state);
        if state.closed.is_none() && state.bytes > self.engine.config.max_queued_bytes {
            self.end(&mut state, CloseReason::TooSlow);
        }
    }

    /// There is something to [`fill`](Protocol::fill) in: writes it at once, as far as the client takes it.
    pub fn pull(self: &Arc<Self>) {
        let mut state = lock(&self.state);
        if state.closed.is_none() && !state.blocked {
            self.flush(&mut state);
        }
    }

    /// Ends the connection.
    pub fn close(self: &Arc<Self>, reason: CloseReason) {
        let mut state = lock(&self.state);
        if state.closed.is_none() {
            self.end(&mut state, reason);
        }
    }

    fn end(&self, state: &mut ConnectionState, reason: CloseReason) {
        state.closed = Some(reason);
        let mut delivered_by_get = false;
        if let Some(polling) = &mut state.polling {
            // A `GET` that waits takes with it what was sent before.
            delivered_by_get = polling.has_pending_get();
            polling.wake();
        } else if let (Some(io), Some((code, text)), 0) = (self.io.get(), reason.code(), state.written) {
            // Best effort: never within a frame, and whoever takes nothing more is not waited for.
            let mut frame = vec![0x88, 2];
            frame.extend_from_slice(&code.to_be_bytes());
            frame.extend_from_slice(text.as_bytes());
            frame[1] = u8::try_from(frame.len() - 2).unwrap_or(2);
            drop(io.try_write(&frame));
        }
        if !delivered_by_get {
            state.queued = VecDeque::new();
        }
        let metrics = self.engine.metrics();
        decrement(if state.polling.is_some() { &metrics.polling } else { &metrics.websocket });
        metrics.count_closed(&reason);
        self.engine.remove(&self.sid);
        self.task.wake();
    }

    /// Frames for the answer to a long-polling request: what waits, then what can be pulled.
    pub(crate) fn take(self: &Arc<Self>, state: &mut ConnectionState, frames: &mut Vec<Frame>) {
        frames.extend(state.take_all_queued());
        self.fill(frames);
    }

    fn fill(self: &Arc<Self>, frames: &mut Vec<Frame>) {
        let waker = Waker::from(Arc::clone(self));
        let bytes = frames.iter().map(Frame::len).sum();
        let mut outgoing = Outgoing { frames, bytes };
        self.engine.protocol.fill(self, &mut Context::from_waker(&waker), &mut outgoing);
    }

    /// Writes what waits, then what can be pulled, until there is nothing more or the system takes no more.
    fn flush(self: &Arc<Self>, state: &mut ConnectionState) {
        if let Some(polling) = &mut state.polling {
            polling.wake();
            return;
        }
        let Some(io) = self.io.get() else { return };
        if state.blocked {
            return;
        }
        let mut batch = PULLED.take();
        let mut writes = 0;
        loop {
            state.take_queued(&mut batch);
            let pulled = batch.is_empty();
            if pulled {
                self.fill(&mut batch);
            }
            // With room left there was nothing more just now; when there is, we are called again.
            let full = batch.len() >= MAX_FRAMES || batch.iter().map(Frame::len).sum::<usize>() >= MAX_BYTES;
            let result = if batch.is_empty() { Ok(0) } else { write(io, &batch, state.written) };
            match result {
                Ok(written) => state.advance(&mut batch, written),
                Err(ErrorKind::WouldBlock) => {}
                Err(_) => {
                    batch.clear();
                    self.end(state, CloseReason::Transport);
                    break;
                }
            }
            if !batch.is_empty() {
                state.put_back(&mut batch);
                // The task waits until the system takes more.
                state.blocked = true;
                self.task.wake();
                break;
            }
            if pulled && !full {
                break;
            }
            writes += 1;
            if writes == MAX_WRITES {
                state.blocked = true;
                self.task.wake();
                break;
            }
        }
        PULLED.set(batch);
    }

    /// Waits until more can be written, and writes it. `Ready` when nothing is blocked.
    pub(crate) fn poll_write(self: &Arc<Self>, context: &mut Context<'_>) -> Poll<()> {
        loop {
            let mut state = lock(&self.state);
            if self.pull_requested.swap(false, Ordering::Acquire) && state.closed.is_none() {
                self.flush(&mut state);
            }
            let Some(io) = self.io.get() else { return Poll::Ready(()) };
            if !state.blocked || state.closed.is_some() {
                return Poll::Ready(());
            }
            match io.poll_write_ready(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(_) => {
                    let before = (state.queued.len(), state.written);
                    state.blocked = false;
                    self.flush(&mut state);
                    state.progressed |= before != (state.queued.len(), state.written);
                }
            }
        }
    }
}

impl<P: Protocol> Wake for Connection<P> {
    fn wake(self: Arc<Self>) {
        // Not here but in the task: a `fill`, which is called with the connection locked, may wake its own waker.
        self.pull_requested.store(true, Ordering::Release);
        self.task.wake();
    }
}

impl<P: Protocol> Connection<P> {
    pub(crate) fn register(&self, waker: &Waker) {
        self.task.register(waker);
    }
}

impl ConnectionState {
    /// Whether something that was blocked was written since this was pull_requested last.
    pub(crate) fn take_progress(&mut self) -> bool {
        std::mem::take(&mut self.progressed)
    }

    /// Everything that waits.
    pub(crate) fn take_all_queued(&mut self) -> VecDeque<Frame> {
        self.bytes = 0;
        std::mem::take(&mut self.queued)
    }

    pub(crate) fn store_upgrade_input(&mut self, input: Vec<u8>, posted: Option<Payload>) {
        self.upgrade_input = Some(Box::new(UpgradeInput { posted, input }));
    }

    /// Moves the oldest queued frames.
    fn take_queued(&mut self, batch: &mut Vec<Frame>) {
        let count = self.queued.len().min(MAX_FRAMES);
        batch.extend(self.queued.drain(..count));
        self.bytes -= batch.iter().map(Frame::len).sum::<usize>();
        if self.queued.is_empty() && self.queued.capacity() > 0 {
            self.queued = VecDeque::new();
        }
    }

    fn put_back(&mut self, batch: &mut Vec<Frame>) {
        self.bytes += batch.iter().map(Frame::len).sum::<usize>();
        for frame in batch.drain(..).rev() {
            self.queued.push_front(frame);
        }
    }

    /// Drops the frames of a batch that the system has taken wholly, and remembers how much of the next one.
    fn advance(&mut self, batch: &mut Vec<Frame>, written: usize) {
        let mut written = written + self.written;
        let mut whole = 0;
        for frame in &*batch {
            if written < frame.len() {
                break;
            }
            written -= frame.len();
            whole += 1;
        }
        batch.drain(..whole);
        self.written = written;
    }
}

/// One write of many frames, the first without the bytes that are written already.
fn write(io: &TcpStream, frames: &[Frame], skip: usize) -> Result<usize, ErrorKind> {
    let done = match frames {
        [only] => send(io, &only.wire()[skip..]),
        few if few.iter().map(Frame::len).sum::<usize>() <= COPY_LIMIT => {
            let mut bytes = COALESCED.take();
            bytes.clear();
            for frame in few {
                bytes.extend_from_slice(frame.wire());
            }
            let done = send(io, &bytes[skip..]);
            COALESCED.set(bytes);
            done
        }
        many => {
            let mut slices = [IoSlice::new(&[]); MAX_FRAMES];
            let used = many.len().min(MAX_FRAMES);
            for (slice, frame) in slices.iter_mut().zip(many) {
                *slice = IoSlice::new(frame.wire());
            }
            if let Some(first) = many.first() {
                slices[0] = IoSlice::new(&first.wire()[skip..]);
            }
            io.try_write_vectored(&slices[..used])
        }
    };
    done.map_err(|error| error.kind())
}

/// Writes without asking the runtime whether it thinks that the socket can be written to; it is told when it cannot.
fn send(io: &TcpStream, bytes: &[u8]) -> std::io::Result<usize> {
    match rustix::net::send(io, bytes, SendFlags::DONTWAIT | SendFlags::NOSIGNAL) {
        Err(Errno::AGAIN) => io.try_write(bytes),
        done => Ok(done?),
    }
}
