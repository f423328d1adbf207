//! Responds to the HTTP requests of Engine.IO.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::Body;

use crate::engine::connection::Connection;
use crate::engine::connection_task::run_connection;
use crate::engine::metrics::count;
use crate::engine::packet::{self, write_payload};
use crate::engine::polling::{self, PollingState};
use crate::engine::upgrade::{ProbePermit, open, probe, reject, switching};
use crate::engine::{Engine, HandshakeError, Protocol, lock};
use crate::sid::Sid;
use crate::websocket::handshake;

/// How long a request body may take, so that a stalled client does not hold its connection.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// A tower service for the path that clients use, usually `/socket.io/`. The caller routes requests to it.
pub struct Service<P: Protocol>(Arc<Engine<P>>);

impl<P: Protocol> Service<P> {
    /// Must be called within a tokio runtime.
    pub fn new(engine: Arc<Engine<P>>) -> Self {
        Self(engine)
    }
}

impl<P: Protocol> Clone for Service<P> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<P, B> tower_service::Service<Request<B>> for Service<P>
where
    P: Protocol,
    B: Body<Error: Into<Box<dyn std::error::Error + Send + Sync>>> + Send + 'static,
    B::Data: Send,
{
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let engine = Arc::clone(&self.0);
        Box::pin(
            async move { Ok(answer(engine, request).await.unwrap_or_else(ErrorResponse::into_response)) },
        )
    }
}

/// An error in the format of the reference server.
struct ErrorResponse {
    status: StatusCode,
    code: u8,
    message: std::borrow::Cow<'static, str>,
}

impl ErrorResponse {
    fn new(code: u8, message: &'static str) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code, message: message.into() }
    }

    fn into_response(self) -> Response<Full<Bytes>> {
        let body = serde_json::json!({ "code": self.code, "message": self.message });
        respond(self.status, "application/json", body.to_string().into())
    }
}

impl From<HandshakeError> for ErrorResponse {
    fn from(refused: HandshakeError) -> Self {
        Self { status: refused.status, code: 4, message: refused.message }
    }
}

fn respond(status: StatusCode, kind: &'static str, body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn text((status, body): polling::PollingResponse) -> Response<Full<Bytes>> {
    respond(status, "text/plain; charset=UTF-8", body)
}

#[derive(Default)]
struct HandshakeQuery<'a> {
    version: &'a str,
    transport: &'a str,
    sid: Option<&'a str>,
}

impl<'a> HandshakeQuery<'a> {
    /// None of the values contains a character that would be percent-encoded.
    fn parse(query: &'a str) -> Self {
        let mut parsed = Self::default();
        for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            match name {
                "EIO" => parsed.version = value,
                "transport" => parsed.transport = value,
                "sid" => parsed.sid = Some(value),
                _ => {}
            }
        }
        parsed
    }
}

async fn answer<P, B>(
    engine: Arc<Engine<P>>,
    mut request: Request<B>,
) -> Result<Response<Full<Bytes>>, ErrorResponse>
where
    P: Protocol,
    B: Body<Error: Into<Box<dyn std::error::Error + Send + Sync>>> + Send + 'static,
    B::Data: Send,
{
    let query = HandshakeQuery::parse(request.uri().query().unwrap_or_default());
    let websocket = match query.transport {
        "websocket" => true,
        "polling" => false,
        _ => return Err(ErrorResponse::new(0, "Transport unknown")),
    };
    let connection = match query.sid {
        None => None,
        Some(sid) => {
            let found = sid.parse().ok().and_then(|sid: Sid| engine.find(&sid));
            Some(found.ok_or(ErrorResponse::new(1, "Session ID unknown"))?)
        }
    };
    if (connection.is_none() || websocket) && request.method() != Method::GET {
        return Err(ErrorResponse::new(2, "Bad handshake method"));
    }
    if connection.is_none() && query.version != "4" {
        return Err(ErrorResponse::new(5, "Unsupported protocol version"));
    }
    if websocket {
        let accept = handshake::accept(request.headers()).ok_or(ErrorResponse::new(3, "Bad request"))?;
        let on_upgrade = hyper::upgrade::on(&mut request);
        let Some(connection) = connection else {
            let (sid, session) = admit(&engine, request)?;
            tokio::spawn(open(engine, sid, session, on_upgrade));
            return Ok(switching(accept));
        };
        // Only one upgrade at a time, and none from a WebSocket. The new WebSocket is accepted and closed, because
        // clients treat a refused handshake as a network failure.
        let Some(permit) = ProbePermit::acquire(&connection) else {
            return Err(ErrorResponse::new(3, "Bad request"));
        };
        if lock(&connection.state).polling.as_ref().is_none_or(|polling| polling.upgrading) {
            tokio::spawn(reject(permit, on_upgrade));
        } else {
            tokio::spawn(probe(permit, on_upgrade));
        }
        return Ok(switching(accept));
    }
    let Some(connection) = connection else {
        let (sid, session) = admit(&engine, request)?;
        return Ok(text((StatusCode::OK, open_polling(&engine, sid, session))));
    };
    if connection.is_websocket() {
        return Err(ErrorResponse::new(3, "Bad request"));
    }
    match *request.method() {
        Method::GET => Ok(text(polling::get(connection).await)),
        Method::POST => {
            let Some(permit) = polling::PostPermit::acquire(&connection) else {
                return Ok(text((StatusCode::BAD_REQUEST, Bytes::new())));
            };
            let body = Limited::new(request.into_body(), engine.config.max_payload).collect();
            match tokio::time::timeout(BODY_TIMEOUT, body).await {
                Ok(Ok(body)) => Ok(text(polling::post(&permit, body.to_bytes()).await)),
                Err(_) => {
                    connection.close(crate::CloseReason::Transport);
                    let status = StatusCode::REQUEST_TIMEOUT;
                    Err(ErrorResponse { status, code: 3, message: "The body took too long".into() })
                }
                Ok(Err(error)) => {
                    let too_large = error.is::<LengthLimitError>();
                    connection.close(if too_large {
                        crate::CloseReason::Violation(crate::websocket::decoder::Violation::TooLarge)
                    } else {
                        crate::CloseReason::Transport
                    });
                    let status =
                        if too_large { StatusCode::PAYLOAD_TOO_LARGE } else { StatusCode::BAD_REQUEST };
                    let message = if too_large { "The body is too large" } else { "The body is incomplete" };
                    Err(ErrorResponse { status, code: 3, message: message.into() })
                }
            }
        }
        _ => Err(ErrorResponse::new(3, "Bad request")),
    }
}

/// Asks the protocol whether this client may connect.
fn admit<P: Protocol, B>(
    engine: &Arc<Engine<P>>,
    request: Request<B>,
) -> Result<(Sid, P::Session), ErrorResponse> {
    let unavailable = |message: &'static str| HandshakeError {
        status: StatusCode::SERVICE_UNAVAILABLE,
        message: message.into(),
    };
    let admitted = if engine.is_open() {
        engine.protocol.open(&request.into_parts().0)
    } else {
        Err(unavailable("The server is stopping; try again"))
    };
    let admitted = admitted.and_then(|session| {
        let sid =
            Sid::random().map_err(|_| unavailable("The server could not create a session id; try again"))?;
        Ok((sid, session))
    });
    admitted.map_err(|refused| {
        count(&engine.metrics.refused);
        refused.into()
    })
}

fn open_polling<P: Protocol>(engine: &Arc<Engine<P>>, sid: Sid, session: P::Session) -> Bytes {
    let connection = Connection::new(engine, sid, session, Some(Box::new(PollingState::default())));
    count(&engine.metrics.opened);
    engine.add(&connection);
    tokio::spawn(run_connection(connection, Vec::new()));
    write_payload(&[packet::open(&sid, &["websocket"], &engine.config)]).into()
}
