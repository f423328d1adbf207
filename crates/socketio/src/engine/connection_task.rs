//! A connection's task: reads, runs handlers one at a time, resumes blocked writes, and keeps the heartbeat.

use std::future::{Future, poll_fn};
use std::io::ErrorKind;
use std::panic::AssertUnwindSafe;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::join;
use tokio::time::{Instant, Sleep};

use crate::engine::connection::Connection;
use crate::engine::linger::linger;
use crate::engine::metrics::count;
use crate::engine::packet::{EnginePacket, Payload, PayloadPacket};
use crate::engine::packet_rate::PacketRate;
use crate::engine::{CloseReason, EngineMessage, MessageOutcome, Protocol, lock};
use crate::frame::Frame;
use crate::websocket::decoder::{Decoder, WebSocketMessage};

/// Size of the read buffer, one per thread.
const READ_BUFFER_BYTES: usize = 64 * 1024;
/// The close code of a browser that leaves a page (RFC 6455, section 7.4.1).
const GOING_AWAY: u16 = 1001;
/// How long handlers may still run after the connection ended.
const HANDLER_TIMEOUT: Duration = Duration::from_secs(10);

thread_local! {
    static BUFFER: std::cell::Cell<Vec<u8>> = const { std::cell::Cell::new(Vec::new()) };
}

/// Serves a connection until it ends. `input` is what the client sent along with the upgrade request.
pub(crate) async fn run_connection<P: Protocol>(connection: Arc<Connection<P>>, input: Vec<u8>) {
    let now = Instant::now();
    let config = &connection.engine.config;
    let mut task = ConnectionTask {
        connection: &connection,
        handler: None,
        input,
        posted: Payload::default(),
        decoder: Decoder::default(),
        heartbeat_at: now + config.ping_interval,
        awaiting_pong: false,
        connect_by: Some(now + config.connect_timeout),
        rate: PacketRate::new(config.packets_per_second, now),
        throttled: false,
        client_closed: false,
    };
    let mut sleep = pin!(tokio::time::sleep_until(now + config.ping_interval.min(config.connect_timeout)));
    let served = poll_fn(|context| task.poll(context, sleep.as_mut()));
    // If the application panics, only its connection ends.
    let reason = AssertUnwindSafe(served).catch_unwind().await.unwrap_or_else(|_| {
        connection.close(CloseReason::Panic);
        connection.closed().unwrap_or(CloseReason::Panic)
    });
    let ending = async {
        let rest = AssertUnwindSafe(task.finish_handlers(reason)).catch_unwind();
        drop(tokio::time::timeout(HANDLER_TIMEOUT, rest).await);
        connection.engine.protocol.closed(&connection, &reason);
    };
    match connection.io() {
        Some(io) => drop(join(ending, linger(io)).await),
        None => ending.await,
    }
}

struct ConnectionTask<'a, P: Protocol> {
    connection: &'a Arc<Connection<P>>,
    /// The handler of the last message, while it runs.
    handler: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    /// Incomplete frames, and frames that wait for a handler. Empty when the connection is idle.
    input: Vec<u8>,
    /// Posted packets that wait for a handler.
    posted: Payload,
    decoder: Decoder,
    /// When to send a ping, or, if `awaiting_pong`, when the ping times out.
    heartbeat_at: Instant,
    awaiting_pong: bool,
    /// When the client must have connected to a namespace. Set again with the ping after the client left its last
    /// namespace.
    connect_by: Option<Instant>,
    rate: PacketRate,
    /// The client reached the packet limit and is not read until the window ends.
    throttled: bool,
    /// The client sent CLOSE. Packets behind it are ignored.
    client_closed: bool,
}

impl<P: Protocol> ConnectionTask<'_, P> {
    fn poll(&mut self, context: &mut Context<'_>, mut sleep: Pin<&mut Sleep>) -> Poll<CloseReason> {
        self.connection.register(context.waker());
        loop {
            if let Some(reason) = self.connection.closed() {
                return Poll::Ready(reason);
            }
            let blocked = self.connection.poll_write(context).is_pending();
            let read = self.poll_input(context);
            if let Poll::Ready(reason) = read {
                self.connection.close(reason);
                continue;
            }
            if self.connection.closed().is_some() {
                continue;
            }
            // A handled packet may have blocked the writes, so check again.
            if !blocked
                && self.connection.poll_write(context).is_ready()
                && self.connection.closed().is_some()
            {
                continue;
            }
            if sleep.as_mut().poll(context).is_ready()
                && let Some(reason) = self.tick(Instant::now())
            {
                self.connection.close(reason);
                continue;
            }
            let next = self.next_deadline();
            if next != sleep.deadline() {
                sleep.as_mut().reset(next);
                continue;
            }
            return Poll::Pending;
        }
    }

    fn next_deadline(&self) -> Instant {
        let mut next = self.heartbeat_at;
        if let Some(connect_by) = self.connect_by {
            next = next.min(connect_by);
        }
        if self.throttled {
            next = next.min(self.rate.window_end());
        }
        next
    }

    /// Acts on timers that are due.
    fn tick(&mut self, now: Instant) -> Option<CloseReason> {
        let config = &self.connection.engine.config;
        if self.connect_by.is_some_and(|connect_by| now >= connect_by) {
            if !self.connection.engine.protocol.has_connected(self.connection) {
                return Some(CloseReason::ConnectTimeout);
            }
            self.connect_by = None;
        }
        // Some input has not been read yet.
        let behind = self.throttled || self.handler.is_some();
        if self.throttled && now >= self.rate.window_end() {
            self.throttled = false;
        }
        if now >= self.heartbeat_at {
            if self.awaiting_pong {
                // The pong may be in the unread input, or the ping may be queued behind data that the client is
                // still reading.
                let progressed = lock(&self.connection.state).take_progress();
                if !behind && !progressed {
                    return Some(CloseReason::PingTimeout);
                }
                self.heartbeat_at = now + config.ping_timeout;
                self.extend_pong_deadline(self.heartbeat_at);
                return None;
            }
            if self.connect_by.is_none() && !self.connection.engine.protocol.has_connected(self.connection) {
                self.connect_by = Some(now + config.connect_timeout);
            }
            self.awaiting_pong = true;
            lock(&self.connection.state).take_progress();
            // Counted from when the ping was due, so that a late timer does not extend it, unless the timer is very
            // late.
            self.heartbeat_at = (self.heartbeat_at + config.ping_timeout).max(now + config.ping_timeout / 2);
            self.set_pong_deadline(Some(self.heartbeat_at));
            self.connection.send([Frame::text(&["2"])]);
        }
        None
    }

    /// Sets the pong deadline that long-polling requests check; they may run before this task's timer.
    fn set_pong_deadline(&self, pong_until: Option<Instant>) {
        if let Some(polling) = &mut lock(&self.connection.state).polling {
            polling.pong_until = pong_until;
        }
    }

    /// Extends the pong deadline, unless a pong was already posted.
    fn extend_pong_deadline(&self, pong_until: Instant) {
        if let Some(until) =
            lock(&self.connection.state).polling.as_mut().and_then(|polling| polling.pong_until.as_mut())
        {
            *until = pong_until;
        }
    }

    /// After the client disconnected, still handles the packets that it posted before.
    async fn finish_handlers(&mut self, reason: CloseReason) {
        if let Some(handler) = self.handler.take() {
            handler.await;
        }
        while reason == CloseReason::Transport && !self.client_closed {
            let mut posted = std::mem::take(&mut self.posted);
            while let Some(packet) = posted.take() {
                if self.throttled {
                    tokio::time::sleep_until(self.rate.window_end()).await;
                    self.throttled = false;
                }
                if self.payload_packet(packet).is_some() {
                    return;
                }
                if let Some(handler) = self.handler.take() {
                    handler.await;
                }
            }
            let state = &mut *lock(&self.connection.state);
            let Some(next) = state.polling.as_mut().and_then(|polling| polling.take_posted()) else { return };
            self.posted = next;
        }
    }

    /// Reads and handles packets. `Ready` when the connection has to end.
    fn poll_input(&mut self, context: &mut Context<'_>) -> Poll<CloseReason> {
        loop {
            if let Some(handler) = &mut self.handler {
                ready!(handler.as_mut().poll(context));
                self.handler = None;
            }
            if self.throttled {
                return Poll::Pending;
            }
            let mut posted = std::mem::take(&mut self.posted);
            if let Some(packet) = posted.take() {
                let end = self.payload_packet(packet);
                self.posted = posted;
                if let Some(reason) = end {
                    return Poll::Ready(reason);
                }
                continue;
            }
            if !self.input.is_empty() {
                let mut input = std::mem::take(&mut self.input);
                let (used, end) = self.consume(&mut input);
                input.drain(..used);
                if !input.is_empty() {
                    self.input = input;
                }
                if let Some(reason) = end {
                    return Poll::Ready(reason);
                }
                if self.handler.is_some() || self.throttled {
                    continue;
                }
            }
            match self.take_other_input() {
                Some(true) => continue,
                Some(false) => {}
                None => return Poll::Pending,
            }
            if let Some(reason) = ready!(self.poll_read(context)) {
                return Poll::Ready(reason);
            }
        }
    }

    /// Takes input from long-polling or from an upgrade. `Some(true)`: there was input. `Some(false)`: read the
    /// WebSocket. `None`: there is no input.
    fn take_other_input(&mut self) -> Option<bool> {
        let mut state = lock(&self.connection.state);
        if let Some(polling) = &mut state.polling {
            self.posted = polling.take_posted()?;
            return Some(true);
        }
        let Some(upgrade) = state.take_upgrade_input() else { return Some(false) };
        self.posted = upgrade.posted.unwrap_or_default();
        self.input = upgrade.input;
        Some(true)
    }

    fn poll_read(&mut self, context: &mut Context<'_>) -> Poll<Option<CloseReason>> {
        let Some(io) = self.connection.io() else { return Poll::Pending };
        if ready!(io.poll_read_ready(context)).is_err() {
            return Poll::Ready(Some(CloseReason::Transport));
        }
        let mut buffer = BUFFER.take();
        buffer.resize(READ_BUFFER_BYTES, 0);
        let end = match io.try_read(&mut buffer) {
            Ok(0) => Some(CloseReason::Transport),
            Ok(read) if self.input.is_empty() => {
                let (used, end) = self.consume(&mut buffer[..read]);
                // Usually empty, so that an idle connection keeps no buffer.
                self.input = buffer[used..read].to_vec();
                end
            }
            Ok(read) => {
                self.input.extend_from_slice(&buffer[..read]);
                None
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => None,
            Err(_) => Some(CloseReason::Transport),
        };
        BUFFER.set(buffer);
        Poll::Ready(end)
    }

    /// Handles the frames in `bytes` until one has to wait. Returns the number of bytes used, and why the
    /// connection has to end, if it does.
    fn consume(&mut self, bytes: &mut [u8]) -> (usize, Option<CloseReason>) {
        let limit = self.connection.engine.config.max_payload;
        let mut decoder = std::mem::take(&mut self.decoder);
        let (mut used, mut end) = (0, None);
        while end.is_none() && self.handler.is_none() && !self.throttled {
            match decoder.step(&mut bytes[used..], limit, |message| self.websocket_message(&message)) {
                Ok(None) => break,
                Ok(Some((taken, outcome))) => {
                    used += taken;
                    self.count();
                    end = outcome.flatten();
                }
                Err(violation) => end = Some(CloseReason::Violation(violation)),
            }
        }
        self.decoder = decoder;
        (used, end)
    }

    fn websocket_message(&mut self, message: &WebSocketMessage<'_>) -> Option<CloseReason> {
        match *message {
            WebSocketMessage::Text(text) => match EnginePacket::parse(text) {
                Some(EnginePacket::Message(text)) => self.message(EngineMessage::Text(text)),
                Some(EnginePacket::Pong) => self.pong(),
                Some(EnginePacket::Close) => Some(CloseReason::Transport),
                Some(EnginePacket::Ping(_) | EnginePacket::Upgrade | EnginePacket::Noop) => None,
                None => Some(CloseReason::Parse),
            },
            WebSocketMessage::Binary(bytes) => self.message(EngineMessage::Binary(bytes)),
            WebSocketMessage::Ping(bytes) => {
                self.connection.send([Frame::pong(bytes)]);
                None
            }
            WebSocketMessage::Close(Some(GOING_AWAY)) => Some(CloseReason::GoingAway),
            WebSocketMessage::Close(_) => Some(CloseReason::Transport),
        }
    }

    fn payload_packet(&mut self, packet: PayloadPacket<'_>) -> Option<CloseReason> {
        self.count();
        match packet {
            PayloadPacket::Text(text) => self.message(EngineMessage::Text(text)),
            PayloadPacket::Binary(bytes) => self.message(EngineMessage::Binary(&bytes)),
            PayloadPacket::Pong => self.pong(),
            PayloadPacket::Close => {
                self.client_closed = true;
                Some(CloseReason::Transport)
            }
            PayloadPacket::Ignored => None,
        }
    }

    fn pong(&mut self) -> Option<CloseReason> {
        if self.awaiting_pong {
            self.awaiting_pong = false;
            self.set_pong_deadline(None);
            self.heartbeat_at = Instant::now() + self.connection.engine.config.ping_interval;
        }
        None
    }

    fn message(&mut self, message: EngineMessage<'_>) -> Option<CloseReason> {
        match self.connection.engine.protocol.message(self.connection, message) {
            MessageOutcome::Done => None,
            MessageOutcome::Pending(future) => {
                self.handler = Some(future);
                None
            }
            MessageOutcome::Close(reason) => Some(reason),
        }
    }

    /// Counts a frame or packet. At the limit, the client is not read until the window ends.
    fn count(&mut self) {
        if self.rate.count(Instant::now()) {
            self.throttled = true;
            count(&self.connection.engine.metrics.throttled);
        }
    }
}
