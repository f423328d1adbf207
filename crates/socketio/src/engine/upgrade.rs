//! WebSocket as the first transport, and as the upgrade from long-polling.

use std::io::ErrorKind;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use http::{HeaderValue, Response};
use http_body_util::Full;
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::Instant;

use crate::engine::connection::Connection;
use crate::engine::connection_task::run_connection;
use crate::engine::linger::linger;
use crate::engine::metrics::{count, decrement, increment};
use crate::engine::packet::{self, EnginePacket};
use crate::engine::packet_rate::PacketRate;
use crate::engine::{Engine, Protocol, lock};
use crate::frame::Frame;
use crate::sid::Sid;
use crate::websocket::decoder::{Decoder, WebSocketMessage};

/// A probe and an upgrade packet are a few bytes each.
const MAX_PROBE_BYTES: usize = 256;
/// The most upgrades to WebSocket that a connection may try at the same time. Clients try one, and perhaps another one if the
/// network lost the first.
const MAX_PROBES: u8 = 3;

/// The response to the WebSocket handshake.
pub(crate) fn switching(accept: HeaderValue) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = http::StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(http::header::CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(http::header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(http::header::SEC_WEBSOCKET_ACCEPT, accept);
    response
}

/// The TCP stream of an upgraded connection, and the bytes that the client has already sent.
async fn stream(upgrade: OnUpgrade) -> Option<(TcpStream, Vec<u8>)> {
    let upgraded = match upgrade.await {
        Ok(upgraded) => upgraded,
        Err(error) => {
            tracing::debug!(%error, "a connection closed before it was upgraded");
            return None;
        }
    };
    let parts = match upgraded.downcast::<TokioIo<TcpStream>>() {
        Ok(parts) => (parts.io.into_inner(), parts.read_buf),
        Err(upgraded) => wrapped(upgraded)?,
    };
    Some((parts.0, parts.1.to_vec()))
}

/// The same for a stream wrapped by `hyper_util`'s server for HTTP/1 and HTTP/2, which `axum::serve` uses.
fn wrapped(upgraded: Upgraded) -> Option<(TcpStream, Bytes)> {
    if let Ok(parts) = hyper_util::server::conn::auto::upgrade::downcast::<TokioIo<TcpStream>>(upgraded) {
        return Some((parts.io.into_inner(), parts.read_buf));
    }
    tracing::error!("WebSocket needs a plain TCP connection; terminate TLS in a proxy");
    None
}

/// Opens a connection whose only transport is WebSocket.
pub(crate) async fn open<P: Protocol>(
    engine: Arc<Engine<P>>,
    sid: Sid,
    session: P::Session,
    upgrade: OnUpgrade,
) {
    let Some((io, input)) = stream(upgrade).await else { return };
    let connection = start_connection(&engine, sid, session, io);
    drop(engine);
    run_connection(connection, input).await;
}

fn start_connection<P: Protocol>(
    engine: &Arc<Engine<P>>,
    sid: Sid,
    session: P::Session,
    io: TcpStream,
) -> Arc<Connection<P>> {
    let connection = Connection::new(engine, sid, session, None);
    connection.set_io(io);
    count(&engine.metrics.opened);
    // Added before anything is written, so that a connection that fails while writing is removed again.
    engine.add(&connection);
    connection.send([packet::open(&sid, &[], &engine.config)]);
    connection
}

/// Counts a WebSocket that was opened for an upgrade until the upgrade is done or given up.
pub(crate) struct ProbePermit<P: Protocol>(Arc<Connection<P>>);

impl<P: Protocol> ProbePermit<P> {
    /// `None` if [`MAX_PROBES`] WebSocket connections are open for an upgrade.
    pub(crate) fn acquire(connection: &Arc<Connection<P>>) -> Option<Self> {
        let more = |probes| (probes < MAX_PROBES).then_some(probes + 1);
        let counted = connection.probes.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
        counted.is_ok().then(|| Self(Arc::clone(connection)))
    }
}

impl<P: Protocol> Drop for ProbePermit<P> {
    fn drop(&mut self) {
        self.0.probes.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Closes a WebSocket that cannot be used.
pub(crate) async fn reject<P: Protocol>(_permit: ProbePermit<P>, upgrade: OnUpgrade) {
    if let Some((io, _)) = stream(upgrade).await {
        // Best effort: the client sees the end of the connection either way.
        drop(io.try_write(&[0x88, 2, 0x03, 0xE8]));
        linger(&io).await;
    }
}

/// Moves a connection from long-polling to WebSocket, if the client completes the upgrade.
pub(crate) async fn probe<P: Protocol>(permit: ProbePermit<P>, upgrade: OnUpgrade) {
    let connection = &permit.0;
    let Some((io, input)) = stream(upgrade).await else { return };
    let limit = connection.engine.config.upgrade_timeout;
    let mut is_current = false;
    let probed = tokio::time::timeout(limit, run_probe(connection, &io, input, &mut is_current)).await;
    let Ok(Some(rest)) = probed else {
        // Long-polling continues, unless another WebSocket is being probed.
        if let Some(polling) = lock(&connection.state).polling.as_mut().filter(|_| is_current) {
            polling.upgrading = false;
        }
        return;
    };
    let mut state = lock(&connection.state);
    if state.closed().is_some() {
        return;
    }
    let Some(mut polling) = state.polling.take() else { return };
    connection.set_io(io);
    state.store_upgrade_input(rest, polling.take_posted());
    polling.wake();
    let metrics = connection.engine.metrics();
    decrement(&metrics.polling);
    increment(&metrics.websocket);
    count(&metrics.upgraded);
    drop(state);
    connection.pull();
    connection.wake_task();
}

/// Releases the pending `GET` and keeps frames for the WebSocket. Returns `false` if another WebSocket is being
/// probed.
fn start_upgrade<P: Protocol>(connection: &Connection<P>) -> bool {
    let mut state = lock(&connection.state);
    let Some(polling) = state.polling.as_mut().filter(|polling| !polling.upgrading) else { return false };
    polling.upgrading = true;
    polling.wake();
    true
}

/// Answers probes and waits for the upgrade packet. Returns the bytes after it; `None` if the client did anything
/// else.
async fn run_probe<P: Protocol>(
    connection: &Arc<Connection<P>>,
    io: &TcpStream,
    mut input: Vec<u8>,
    is_current: &mut bool,
) -> Option<Vec<u8>> {
    let mut decoder = Decoder::default();
    let mut buffer = [0; MAX_PROBE_BYTES];
    // An upgrade takes two frames. A client that reaches the packet limit before is not upgrading.
    let mut rate = PacketRate::new(connection.engine.config.packets_per_second.max(2), Instant::now());
    loop {
        loop {
            let step = decoder.step(&mut input, MAX_PROBE_BYTES, |incoming| match incoming {
                WebSocketMessage::Text(text) => match EnginePacket::parse(text) {
                    Some(EnginePacket::Ping(data)) => Some(Some(Frame::text(&["3", data]))),
                    Some(EnginePacket::Upgrade) => Some(None),
                    _ => None,
                },
                _ => None,
            });
            match step {
                Ok(None) => break,
                Ok(Some((taken, outcome))) => {
                    input.drain(..taken);
                    let limit_reached = rate.count(Instant::now());
                    match outcome {
                        Some(Some(Some(answer))) => {
                            *is_current = *is_current || start_upgrade(connection);
                            if !*is_current {
                                return None;
                            }
                            // The kernel's buffer is empty, so these few bytes are written at once.
                            io.writable().await.ok()?;
                            io.try_write(answer.wire()).ok()?;
                        }
                        Some(Some(None)) => return Some(input),
                        Some(None) => return None,
                        None => {}
                    }
                    if limit_reached {
                        return None;
                    }
                }
                Err(_) => return None,
            }
        }
        io.readable().await.ok()?;
        match io.try_read(&mut buffer) {
            Ok(0) => return None,
            Ok(read) => input.extend_from_slice(&buffer[..read]),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(_) => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::task::Context;

    use http::request::Parts;

    use super::*;
    use crate::engine::Outgoing;
    use crate::engine::{CloseReason, EngineMessage, HandshakeError, MessageOutcome};

    struct NoopProtocol;

    impl Protocol for NoopProtocol {
        type Session = ();

        fn open(&self, _: &Parts) -> Result<(), HandshakeError> {
            Ok(())
        }

        fn message(&self, _: &Arc<Connection<Self>>, _: EngineMessage<'_>) -> MessageOutcome {
            MessageOutcome::Done
        }

        fn fill(&self, _: &Arc<Connection<Self>>, _: &mut Context<'_>, _: &mut Outgoing<'_>) {}

        fn has_connected(&self, _: &Connection<Self>) -> bool {
            true
        }

        fn closed(&self, _: &Arc<Connection<Self>>, _: &CloseReason) {}
    }

    /// A stream that cannot be written to, and its other end.
    async fn broken() -> (TcpStream, TcpStream) {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let (other, accepted) =
            tokio::join!(TcpStream::connect(listener.local_addr().unwrap()), listener.accept());
        let io = accepted.unwrap().0;
        io.writable().await.unwrap();
        rustix::net::shutdown(&io, rustix::net::Shutdown::Write).unwrap();
        (io, other.unwrap())
    }

    #[tokio::test]
    async fn a_connection_that_broke_while_it_was_opened_is_not_kept() {
        let engine = Engine::new(NoopProtocol, crate::SocketIoConfig::default());
        let (io, _other) = broken().await;
        let sid = Sid::random().unwrap();
        let connection = start_connection(&engine, sid, (), io);
        assert!(connection.is_closed());
        assert!(engine.find(&sid).is_none());
        assert_eq!(engine.metrics.websocket.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn a_connection_ends_once_also_when_too_much_waits_as_it_breaks() {
        let engine = Engine::new(
            NoopProtocol,
            crate::SocketIoConfig { max_queued_bytes: 1000, ..crate::SocketIoConfig::default() },
        );
        let connection = Connection::new(&engine, Sid::random().unwrap(), (), None);
        let (io, _other) = broken().await;
        connection.set_io(io);
        // More frames than one write takes.
        connection.send((0..200).map(|_| Frame::binary(&[0; 100])));
        assert_eq!(connection.closed(), Some(CloseReason::Transport));
        assert_eq!(engine.metrics.websocket.load(Ordering::Relaxed), 0);
        assert_eq!(engine.metrics.closed().map(|(_, count)| count).sum::<u64>(), 1);
    }
}
