//! Accepts connections. The caller passes the listener and the shutdown future, so that a test owns both.
//!
//! Input that is not a valid request never reaches the router. hyper responds with a status and no body, and closes
//! the connection: 400 for a malformed request, 414 for a URI that is too long, 431 for headers that are too many
//! (more than 100) or too large. These are the only errors that are not problem documents. A request head that is
//! incomplete after [`HEAD_TIMEOUT`] gets no response.
//!
//! hyper lets some heads through that are too large, and does not check `Host`. [`check_head`] does.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::header::{CONNECTION, HOST};
use axum::http::{HeaderValue, Request, StatusCode, Version};
use axum::response::{IntoResponse as _, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tower_service::Service as _;

use crate::auth::origin::host_name;
use crate::problem::{Code, Problem};

/// Connections that may wait to be accepted. All clients may reconnect at once.
const BACKLOG: u32 = 4096;
/// How long a client may take to send a request's head, or to start the next request: hyper has one timer for both.
/// Load balancers keep idle connections for 60 seconds. The server must not close first, because a request could be
/// on its way.
pub const HEAD_TIMEOUT: Duration = Duration::from_secs(75);
/// The largest request head, in bytes: method, path, query, and the names and values of the headers. Blanks do not count.
/// With blanks, hyper refuses a head above twice this size.
const MAX_HEAD_BYTES: usize = 64 * 1024;
/// How long open requests may take to finish when the server stops.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(5);
/// Pause before accepting again, when the process has no file descriptors left.
const ACCEPT_RETRY: Duration = Duration::from_millis(100);

pub fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Serves until `stop` completes. Then it accepts no more connections, lets open requests finish, and returns. Live
/// streams must end on their own when the server stops. What is still open after [`DRAIN_TIMEOUT`] is closed.
pub async fn serve(listener: TcpListener, router: Router, stop: impl Future<Output = ()>) {
    // Becomes true when connections must finish. The channel closes with the last connection.
    let finish = watch::Sender::new(false);
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => serve_connection(stream, peer, router.clone(), finish.subscribe()),
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(ACCEPT_RETRY).await;
            }
        }
    }
    drop(listener);
    finish.send_replace(true);
    if tokio::time::timeout(DRAIN_TIMEOUT, finish.closed()).await.is_err() {
        tracing::warn!("some requests did not finish in time and were closed");
    }
}

fn serve_connection(stream: TcpStream, peer: SocketAddr, router: Router, mut finish: watch::Receiver<bool>) {
    // With Nagle's algorithm, a response would wait for the acknowledgment of the previous one.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, %peer, "a connection closed before its first request");
        return;
    }
    let answer = service_fn(move |request: Request<Incoming>| {
        let mut router = router.clone();
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        let checked = check_head(&request);
        async move {
            Ok::<_, Infallible>(match checked {
                Ok(()) => router.call(request).await.unwrap_or_else(|never| match never {}),
                Err(refused) => *refused,
            })
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(MAX_HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), answer)
        .with_upgrades();
    tokio::spawn(async move {
        let mut connection = pin!(connection);
        let ended = tokio::select! {
            ended = &mut connection => ended,
            () = wait_for_shutdown(&mut finish) => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%error, %peer, "a connection failed");
        }
    });
}

/// Checks what hyper does not: the size of the head, which hyper notices only when it needs to read more, and that
/// HTTP/1.1 requests name one host (RFC 9112, section 3.2). Proxies might disagree about a request with two.
fn check_head(request: &Request<Body>) -> Result<(), Box<Response>> {
    let close = (CONNECTION, HeaderValue::from_static("close"));
    let headers = request.headers();
    let uri = request.uri();
    let target = request.method().as_str().len() + uri.path().len() + uri.query().map_or(0, str::len);
    // `name: value` and a line break.
    let size = headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum::<usize>();
    if target + size > MAX_HEAD_BYTES {
        let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
        return Err(Box::new((status, [close]).into_response()));
    }
    let mut hosts = headers.get_all(HOST).iter();
    let wrong = match (hosts.next(), hosts.next()) {
        (None, _) if request.version() < Version::HTTP_11 => None,
        (None, _) => Some("is missing"),
        (Some(_), Some(_)) => Some("was sent twice"),
        (Some(host), None) => (!is_host(host)).then_some("is not a host and an optional port"),
    };
    wrong.map_or(Ok(()), |wrong| {
        let problem = Problem::new(Code::InvalidHeader).detail(format!("`Host` {wrong}. Send it once."));
        let problem = problem.error("Host", wrong).header(close.0, close.1);
        Err(Box::new(problem.into_response()))
    })
}

/// A client may send an empty one, if the address has no host.
fn is_host(value: &HeaderValue) -> bool {
    let Ok(text) = value.to_str() else { return false };
    let port = |name: &str| text[name.len()..].strip_prefix(':').unwrap_or_default();
    text.is_empty()
        || host_name(text).is_some_and(|name| port(name).bytes().all(|byte| byte.is_ascii_digit()))
}

/// Completes when connections must finish. An error means that the server is gone, which has the same effect.
async fn wait_for_shutdown(finish: &mut watch::Receiver<bool>) {
    let _ = finish.wait_for(|finish| *finish).await;
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::time::Instant;

    use super::*;

    async fn reach(router: Router) -> TcpStream {
        let listener = listen((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(serve(listener, router, std::future::pending()));
        TcpStream::connect(address).await.unwrap()
    }

    // With paused time, the clock jumps to the next timer when all tasks wait.

    #[tokio::test(start_paused = true)]
    async fn a_head_that_does_not_end_is_not_waited_for() {
        for half in [&b""[..], b"GET / HT", b"GET / HTTP/1.1\r\nhost: x\r\n"] {
            let mut stream = reach(Router::new()).await;
            let began = Instant::now();
            stream.write_all(half).await.unwrap();
            assert_eq!(stream.read(&mut [0; 64]).await.unwrap(), 0, "closed");
            assert!((HEAD_TIMEOUT..HEAD_TIMEOUT * 2).contains(&began.elapsed()), "{:?}", began.elapsed());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_goes_on_for_hours_is_not_cut() {
        use axum::body::Bytes;
        use axum::routing::get;
        use futures_util::stream;

        let drops = || async {
            Body::from_stream(stream::unfold(0_u32, |n| async move {
                tokio::time::sleep(Duration::from_mins(10)).await;
                (n < 30).then(|| (Ok::<_, Infallible>(Bytes::from_static(b"drop\n")), n + 1))
            }))
        };
        let mut stream = reach(Router::new().route("/", get(drops))).await;
        stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert_eq!(answer.matches("drop").count(), 30, "{answer}");
    }

    #[tokio::test]
    async fn what_is_no_request_is_refused_without_a_body() {
        let many = "a: 1\r\n".repeat(101);
        let long = "x".repeat(MAX_HEAD_BYTES + 1);
        for (request, status) in [
            ("\u{16}\u{3} this is no HTTP\r\n\r\n".to_owned(), "400 Bad Request"),
            (format!("GET / HTTP/1.1\r\n{many}\r\n"), "431 Request Header Fields Too Large"),
            (format!("GET /{long} HTTP/1.1\r\n\r\n"), "414 URI Too Long"),
        ] {
            let mut stream = reach(Router::new()).await;
            stream.write_all(request.as_bytes()).await.unwrap();
            let mut answer = [0; 512];
            let length = stream.read(&mut answer).await.unwrap();
            let answer = std::str::from_utf8(&answer[..length]).unwrap();
            assert!(answer.starts_with(&format!("HTTP/1.1 {status}\r\n")), "{answer}");
            assert!(answer.contains("content-length: 0") && answer.contains("connection: close"), "{answer}");
        }
    }
}
