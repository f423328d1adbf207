//! HTTP long-polling: a `GET` fetches what is to be sent, a `POST` delivers what the client sends.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use tokio::time::Instant;

use crate::engine::connection::Connection;
use crate::engine::packet::{Payload, write_payload};
use crate::engine::write::MAX_PAYLOAD_PACKETS;
use crate::engine::{CloseReason, Protocol, lock};
use crate::frame::Frame;

/// The long-polling state of a connection.
#[derive(Default)]
pub(crate) struct PollingState {
    pending_get: Option<PendingGet>,
    /// A body that was posted and not taken by the task yet.
    posted: Option<Payload>,
    /// A `POST` is running. Only one at a time is allowed, because the order of their packets would be undefined.
    posting: bool,
    /// A `POST` that waits until the task takes the previous body.
    pending_post: Option<Waker>,
    /// A WebSocket is being probed. Frames are kept for it, and the pending `GET` returns at once.
    pub(crate) upgrading: bool,
    /// When the pending ping times out.
    pub(crate) pong_until: Option<Instant>,
}

#[derive(Default)]
struct PendingGet {
    waker: Option<Waker>,
}

impl PollingState {
    /// Wakes the pending requests.
    pub(crate) fn wake(&mut self) {
        if let Some(waker) = self.pending_get.as_mut().and_then(|pending_get| pending_get.waker.take()) {
            waker.wake();
        }
        if let Some(waker) = self.pending_post.take() {
            waker.wake();
        }
    }

    pub(crate) fn has_pending_get(&self) -> bool {
        self.pending_get.is_some()
    }

    pub(crate) fn take_posted(&mut self) -> Option<Payload> {
        let posted = self.posted.take();
        if let (Some(_), Some(waker)) = (&posted, self.pending_post.take()) {
            waker.wake();
        }
        posted
    }
}

pub(crate) type PollingResponse = (StatusCode, Bytes);

/// How long a `GET` waits during an upgrade, as in the reference server.
const UPGRADE_POLL: Duration = Duration::from_millis(100);

const NOOP: &[u8] = b"6";
const CLOSE: &[u8] = b"1";

/// Closes the connection if the client goes away while its `GET` is pending.
struct PendingGetGuard<P: Protocol> {
    connection: Arc<Connection<P>>,
    answered: bool,
}

impl<P: Protocol> Drop for PendingGetGuard<P> {
    fn drop(&mut self) {
        if self.answered {
            return;
        }
        // The response that was lost may have carried events, and only a new connection can recover them.
        if !self.connection.is_websocket() {
            self.connection.close(CloseReason::Transport);
        }
    }
}

/// Permission to `POST`, held from the request's head to its response.
pub(crate) struct PostPermit<P: Protocol>(Arc<Connection<P>>);

impl<P: Protocol> PostPermit<P> {
    /// `None`, and the connection ends, if another `POST` is running.
    pub(crate) fn acquire(connection: &Arc<Connection<P>>) -> Option<Self> {
        if std::mem::replace(&mut lock(&connection.state).polling.as_mut()?.posting, true) {
            connection.close(CloseReason::Overlap);
            return None;
        }
        Some(Self(Arc::clone(connection)))
    }
}

impl<P: Protocol> Drop for PostPermit<P> {
    fn drop(&mut self) {
        if let Some(polling) = &mut lock(&self.0.state).polling {
            polling.posting = false;
        }
    }
}

/// Responds to a `GET` as soon as there is something to send.
pub(crate) async fn get<P: Protocol>(connection: Arc<Connection<P>>) -> PollingResponse {
    let is_upgrading = {
        let mut state = lock(&connection.state);
        match &mut state.polling {
            None => return (StatusCode::BAD_REQUEST, Bytes::new()),
            Some(polling) if polling.pong_until.is_some_and(|until| Instant::now() >= until) => {
                drop(state);
                connection.close(CloseReason::PingTimeout);
                return (StatusCode::BAD_REQUEST, Bytes::new());
            }
            Some(polling) if polling.pending_get.is_some() => {
                drop(state);
                connection.close(CloseReason::Overlap);
                return (StatusCode::BAD_REQUEST, Bytes::new());
            }
            Some(polling) => {
                polling.pending_get = Some(PendingGet::default());
                polling.upgrading
            }
        }
    };
    let mut guard_get = PendingGetGuard { connection: Arc::clone(&connection), answered: false };
    if is_upgrading {
        tokio::time::sleep(UPGRADE_POLL).await;
    }
    let body = poll_fn(|context| {
        let mut guard = lock(&connection.state);
        let state = &mut *guard;
        if let Some(reason) = state.closed() {
            // If the client closed the connection, it is not sent a CLOSE packet.
            let word = if reason == CloseReason::Transport { NOOP } else { CLOSE };
            let mut frames = Vec::from(state.take_all_queued());
            // What is left over is lost with the connection, as everything that comes later is.
            frames.truncate(MAX_PAYLOAD_PACKETS - 1);
            if frames.is_empty() {
                return Poll::Ready(Bytes::from_static(word));
            }
            frames.push(Frame::text(&[str::from_utf8(word).unwrap_or_default()]));
            return Poll::Ready(write_payload(&frames).into());
        }
        let upgrading = match &mut state.polling {
            None => return Poll::Ready(Bytes::from_static(NOOP)),
            Some(polling) => polling.upgrading,
        };
        if upgrading {
            return Poll::Ready(Bytes::from_static(NOOP));
        }
        let frames = connection.take(state);
        if !frames.is_empty() {
            return Poll::Ready(write_payload(&frames).into());
        }
        if let Some(pending_get) = state.polling.as_mut().and_then(|polling| polling.pending_get.as_mut()) {
            pending_get.waker = Some(context.waker().clone());
        }
        Poll::Pending
    })
    .await;
    if let Some(polling) = &mut lock(&connection.state).polling {
        polling.pending_get = None;
    }
    guard_get.answered = true;
    (StatusCode::OK, body)
}

/// Accepts the body of a `POST`. The connection's task handles its packets in order.
pub(crate) async fn post<P: Protocol>(
    PostPermit(connection): &PostPermit<P>,
    body: Bytes,
) -> PollingResponse {
    let Some(packets) = Payload::parse(body) else {
        connection.close(CloseReason::Parse);
        return (StatusCode::BAD_REQUEST, Bytes::from_static(b"malformed packet"));
    };
    if packets.has_pong()
        && let Some(polling) = &mut lock(&connection.state).polling
    {
        // The pong arrived in time, even if handling the packets before it takes longer.
        polling.pong_until = None;
    }
    let mut packets = Some(packets);
    poll_fn(|context| {
        let mut state = lock(&connection.state);
        if state.closed().is_some() {
            return Poll::Ready((StatusCode::BAD_REQUEST, Bytes::from_static(b"the session ended")));
        }
        let Some(polling) = &mut state.polling else {
            return Poll::Ready((
                StatusCode::BAD_REQUEST,
                Bytes::from_static(b"the session was upgraded to WebSocket"),
            ));
        };
        if polling.posted.is_some() {
            // The previous body is still waiting. This also slows down a client that sends too fast.
            polling.pending_post = Some(context.waker().clone());
            return Poll::Pending;
        }
        polling.posted = packets.take();
        drop(state);
        connection.wake_task();
        Poll::Ready((StatusCode::OK, Bytes::from_static(b"ok")))
    })
    .await
}
