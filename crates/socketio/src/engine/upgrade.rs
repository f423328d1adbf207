//! WebSockets: as the first transport, and as the second one after long-polling.

use std::io::ErrorKind;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::Full;
use http_types::{HeaderValue, Response};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::engine::connection::Connection;
use crate::engine::driver::{drive, linger};
use crate::engine::packet::{self, Packet};
use crate::engine::statistics::{count, one_less, one_more};
use crate::engine::{Engine, Protocol, lock};
use crate::frame::Frame;
use crate::sid::Sid;
use crate::websocket::decoder::{Decoder, Incoming};

/// A probe and an upgrade are a few bytes.
const PROBE: usize = 256;

/// The answer to the handshake.
pub(crate) fn switching(accept: HeaderValue) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = http_types::StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(http_types::header::CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(http_types::header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(http_types::header::SEC_WEBSOCKET_ACCEPT, accept);
    response
}

/// The socket under an upgraded connection, and what the client sent already.
async fn stream(upgrade: OnUpgrade) -> Option<(TcpStream, Vec<u8>)> {
    let upgraded = match upgrade.await {
        Ok(upgraded) => upgraded,
        Err(error) => {
            tracing::debug!(%error, "a connection was gone before it was upgraded");
            return None;
        }
    };
    let parts = match upgraded.downcast::<TokioIo<TcpStream>>() {
        Ok(parts) => (parts.io.into_inner(), parts.read_buf),
        Err(upgraded) => wrapped(upgraded)?,
    };
    Some((parts.0, parts.1.to_vec()))
}

/// As `hyper_util`'s server for both versions of HTTP wraps it; `axum::serve` is one.
fn wrapped(upgraded: Upgraded) -> Option<(TcpStream, Bytes)> {
    match hyper_util::server::conn::auto::upgrade::downcast::<TokioIo<TcpStream>>(upgraded) {
        Ok(parts) => Some((parts.io.into_inner(), parts.read_buf)),
        Err(_) => {
            tracing::error!("WebSockets are served on plain TCP only; put TLS in front");
            None
        }
    }
}

/// Opens a connection whose only transport is a WebSocket.
pub(crate) async fn open<P: Protocol>(engine: Arc<Engine<P>>, sid: Sid, peer: P::Peer, upgrade: OnUpgrade) {
    let Some((io, input)) = stream(upgrade).await else { return };
    let connection = Connection::new(&engine, sid, peer, None);
    connection.set_io(io);
    count(&engine.statistics.opened);
    connection.send([packet::open(&sid, &[], &engine.config)]);
    engine.add(&connection);
    drop(engine);
    drive(connection, input).await;
}

/// Closes a WebSocket that nobody needs.
pub(crate) async fn turn_away(upgrade: OnUpgrade) {
    if let Some((io, _)) = stream(upgrade).await {
        // Best effort; the client sees the end of the connection either way.
        drop(io.try_write(&[0x88, 2, 0x03, 0xE8]));
        linger(&io).await;
    }
}

/// Moves a connection from long-polling to a WebSocket, if the client goes through with it.
pub(crate) async fn probe<P: Protocol>(connection: Arc<Connection<P>>, upgrade: OnUpgrade) {
    let Some((io, input)) = stream(upgrade).await else { return };
    let limit = connection.engine.config.upgrade_timeout;
    let Ok(Some(rest)) = tokio::time::timeout(limit, probed(&connection, &io, input)).await else {
        // Long-polling goes on.
        if let Some(polling) = &mut lock(&connection.state).polling {
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
    state.hand_over(rest, polling.take_posted());
    polling.wake();
    let statistics = connection.engine.statistics();
    one_less(&statistics.polling);
    one_more(&statistics.websocket);
    count(&statistics.upgraded);
    drop(state);
    connection.pull();
    connection.wake_task();
}

/// Answers the probe and waits for the upgrade. The bytes behind it; `None` when the client did something else.
async fn probed<P: Protocol>(
    connection: &Arc<Connection<P>>,
    io: &TcpStream,
    mut input: Vec<u8>,
) -> Option<Vec<u8>> {
    let mut decoder = Decoder::default();
    let mut buffer = [0; PROBE];
    loop {
        loop {
            let step = decoder.step(&mut input, PROBE, |incoming| match incoming {
                Incoming::Text(text) => match Packet::parse(text) {
                    Some(Packet::Ping(data)) => Some(Some(Frame::text(&["3", data]))),
                    Some(Packet::Upgrade) => Some(None),
                    _ => None,
                },
                _ => None,
            });
            match step {
                Ok(None) => break,
                Ok(Some((taken, outcome))) => {
                    input.drain(..taken);
                    match outcome {
                        Some(Some(Some(answer))) => {
                            let begun = lock(&connection.state).polling.as_mut().map(|polling| {
                                polling.upgrading = true;
                                polling.wake();
                            });
                            begun?;
                            // A few bytes into an empty buffer of the system.
                            io.writable().await.ok()?;
                            io.try_write(answer.wire()).ok()?;
                        }
                        Some(Some(None)) => return Some(input),
                        Some(None) => return None,
                        None => {}
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
