//! Connections. The server is handed its listener and its shutdown future, so that a test owns both.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tower_service::Service as _;

/// Connections that may wait to be accepted: a whole shop may reconnect at once.
const BACKLOG: u32 = 4096;
/// How long a client may take to send the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(15);
/// The most bytes of a request's head.
const HEAD_BYTES: usize = 64 * 1024;
/// How long open requests may take to finish when the server stops.
const DRAIN: Duration = Duration::from_secs(5);
/// A pause when the system has no more file descriptors.
const EXHAUSTED: Duration = Duration::from_millis(100);

/// Opens a listener.
pub fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Serves until `stop` resolves; then accepts nothing more, lets open requests finish, and returns. Live streams
/// must end by themselves when the server stops; what is still open after five seconds is cut.
pub async fn serve(listener: TcpListener, router: Router, stop: impl Future<Output = ()>) {
    // Told to finish when it becomes true; closed when the last connection is gone.
    let finish = watch::Sender::new(false);
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => connect(stream, peer, router.clone(), finish.subscribe()),
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(EXHAUSTED).await;
            }
        }
    }
    drop(listener);
    finish.send_replace(true);
    if tokio::time::timeout(DRAIN, finish.closed()).await.is_err() {
        tracing::warn!("some requests did not finish in time and were cut off");
    }
}

fn connect(stream: TcpStream, peer: SocketAddr, router: Router, mut finish: watch::Receiver<bool>) {
    // Without it an answer waits for the acknowledgement of the one before.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, %peer, "a connection was gone before it began");
        return;
    }
    let answer = service_fn(move |request: Request<Incoming>| {
        let mut router = router.clone();
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        async move { Ok::<_, Infallible>(router.call(request).await.unwrap_or_else(|never| match never {})) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), answer)
        .with_upgrades();
    tokio::spawn(async move {
        let mut connection = pin!(connection);
        let ended = tokio::select! {
            ended = &mut connection => ended,
            () = told(&mut finish) => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%error, %peer, "a connection broke off");
        }
    });
}

/// Resolves when the connections have to finish. An error would say that the server is gone, which is the same.
async fn told(finish: &mut watch::Receiver<bool>) {
    let _ = finish.wait_for(|finish| *finish).await;
}
