//! One client, over either transport.

use std::collections::VecDeque;
use std::io::ErrorKind;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::task::{Context, Poll, Wake, Waker};

use futures_util::task::AtomicWaker;
use tokio::net::TcpStream;

use crate::engine::metrics::{decrement, increment};
use crate::engine::packet::Payload;
use crate::engine::polling::PollingState;
use crate::engine::write::{MAX_BYTES, MAX_FRAMES, MAX_PAYLOAD_PACKETS, Outgoing, write};
use crate::engine::{CloseReason, Engine, Protocol, lock};
use crate::frame::Frame;
use crate::sid::Sid;

/// Consecutive writes before the task takes over, so that a client that reads fast does not delay a caller that
/// pulls for many clients.
const MAX_WRITES: usize = 16;

/// One client. Shared by its task, by long-polling requests, and by senders.
pub struct Connection<P: Protocol> {
    pub(crate) engine: Arc<Engine<P>>,
    pub(crate) sid: Sid,
    session: P::Session,
    /// The WebSocket, once the connection has one.
    io: OnceLock<TcpStream>,
    task: AtomicWaker,
    /// A `fill` waker was woken.
    pull_requested: AtomicBool,
    /// The number of WebSocket connections that are open for an upgrade.
    pub(crate) probes: AtomicU8,
    pub(crate) state: Mutex<ConnectionState>,
}

pub(crate) struct ConnectionState {
    /// `None` if the transport is the WebSocket.
    pub(crate) polling: Option<Box<PollingState>>,
    /// Sent directly, or pulled and not written yet; oldest first.
    queued: VecDeque<Frame>,
    /// Total length of `queued`.
    bytes: usize,
    /// Bytes of the first queued frame that are already written.
    written: usize,
    /// The kernel's buffer is full. The task waits until it can be written.
    blocked: bool,
    /// Set when a blocked write made progress: a slow client is alive.
    progressed: bool,
    closed: Option<CloseReason>,
    /// Input that arrived on either transport before the task switched to the WebSocket.
    upgrade_input: Option<Box<UpgradeInput>>,
}

/// Input passed on by an upgrade. What was posted precedes what came over the WebSocket.
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

thread_local! {
    /// Frames on their way from `fill` to the kernel. Idle connections own no such buffer.
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
            probes: AtomicU8::new(0),
            state: Mutex::new(state),
        })
    }

    /// The Engine.IO session id.
    pub fn sid(&self) -> Sid {
        self.sid
    }

    /// The protocol's state for this connection.
    pub fn session(&self) -> &P::Session {
        &self.session
    }

    pub fn is_websocket(&self) -> bool {
        lock(&self.state).polling.is_none()
    }

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
        // Set once: when the connection opens, or by the one upgrade that succeeds.
        drop(self.io.set(io));
    }

    pub(crate) fn wake_task(&self) {
        self.task.wake();
    }

    /// Sends frames after everything that was sent before. The frames stay together.
    pub fn send(self: &Arc<Self>, frames: impl IntoIterator<Item = Frame>) {
        self.close_on_panic(|| {
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
        });
    }

    /// Tells the connection that [`fill`](Protocol::fill) has something to send. Writes at once, as far as the
    /// client accepts data.
    pub fn pull(self: &Arc<Self>) {
        self.close_on_panic(|| {
            let mut state = lock(&self.state);
            if state.closed.is_none() && !state.blocked {
                self.flush(&mut state);
            }
        });
    }

    /// If `fill` panics, only its connection ends, and not the caller's work for other connections.
    fn close_on_panic(self: &Arc<Self>, act: impl FnOnce()) {
        if catch_unwind(AssertUnwindSafe(act)).is_err() {
            self.close(CloseReason::Panic);
        }
    }

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
            // A pending `GET` still delivers what was sent before.
            delivered_by_get = polling.has_pending_get();
            polling.wake();
        } else if let (Some(io), Some((code, text)), 0) = (self.io.get(), reason.code(), state.written) {
            // Best effort: not in the middle of a frame, and without waiting for a client that does not read.
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

    /// The frames of a long-polling response: queued ones, then pulled ones. More of them wait for the next response.
    pub(crate) fn take(self: &Arc<Self>, state: &mut ConnectionState) -> Vec<Frame> {
        let mut frames = Vec::new();
        state.take_queued(&mut frames, MAX_PAYLOAD_PACKETS);
        if frames.len() < MAX_PAYLOAD_PACKETS {
            self.fill(&mut frames, MAX_PAYLOAD_PACKETS);
        }
        // An application may append frames together.
        if frames.len() > MAX_PAYLOAD_PACKETS {
            state.put_back(&mut frames.split_off(MAX_PAYLOAD_PACKETS));
        }
        frames
    }

    fn fill(self: &Arc<Self>, frames: &mut Vec<Frame>, max_frames: usize) {
        let waker = Waker::from(Arc::clone(self));
        let bytes = frames.iter().map(Frame::len).sum();
        let mut outgoing = Outgoing { frames, bytes, max_frames };
        self.engine.protocol.fill(self, &mut Context::from_waker(&waker), &mut outgoing);
    }

    /// Writes queued frames, then pulled ones, until there are none or the kernel's buffer is full.
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
            state.take_queued(&mut batch, MAX_FRAMES);
            let pulled = batch.is_empty();
            if pulled {
                self.fill(&mut batch, MAX_FRAMES);
            }
            // If there was room left, `fill` had nothing more. It wakes the connection when it has.
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

    /// Waits until the socket is writable, and writes. `Ready` when nothing is blocked.
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
        // A `fill`, which runs with the connection locked, may wake its own waker. So the task does the work, not
        // this call.
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
    /// Whether a blocked write made progress since the last call.
    pub(crate) fn take_progress(&mut self) -> bool {
        std::mem::take(&mut self.progressed)
    }

    pub(crate) fn take_all_queued(&mut self) -> VecDeque<Frame> {
        self.bytes = 0;
        std::mem::take(&mut self.queued)
    }

    pub(crate) fn store_upgrade_input(&mut self, input: Vec<u8>, posted: Option<Payload>) {
        self.upgrade_input = Some(Box::new(UpgradeInput { posted, input }));
    }

    /// Moves the oldest queued frames, at most `limit`, to an empty `batch`.
    fn take_queued(&mut self, batch: &mut Vec<Frame>, limit: usize) {
        let count = self.queued.len().min(limit);
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

    /// Removes the frames that were written completely, and records how much of the next one was.
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
