//! The server for the official protocol suites: an Engine.IO echo at `/engine.io/` and the Socket.IO handlers at
//! `/socket.io/`, on port 3000, with the intervals that the suites expect.

use std::convert::Infallible;
use std::sync::Arc;
use std::task::Context;
use std::time::Duration;

use http::request::Parts;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use ordercast_socketio::engine::connection::Connection;
use ordercast_socketio::engine::{CloseReason, Engine, EngineMessage, MessageOutcome, Protocol};
use ordercast_socketio::{
    Accepted, Application, Auth, ClientEvent, ConnectError, Frame, HandshakeError, Outgoing, Service, Socket,
    SocketIo, SocketIoConfig,
};
use tower_service::Service as _;

struct EchoProtocol;

impl Protocol for EchoProtocol {
    type Session = ();

    fn open(&self, _: &Parts) -> Result<(), HandshakeError> {
        Ok(())
    }

    fn message(&self, connection: &Arc<Connection<Self>>, message: EngineMessage<'_>) -> MessageOutcome {
        connection.send([match message {
            EngineMessage::Text(text) => Frame::text(&["4", text]),
            EngineMessage::Binary(bytes) => Frame::binary(bytes),
        }]);
        MessageOutcome::Done
    }

    fn fill(&self, _: &Arc<Connection<Self>>, _: &mut Context<'_>, _: &mut Outgoing<'_>) {}

    fn has_connected(&self, _: &Connection<Self>) -> bool {
        true
    }

    fn closed(&self, _: &Arc<Connection<Self>>, _: &CloseReason) {}
}

/// The handlers that the Socket.IO suite requires.
struct SuiteApplication;

impl Application for SuiteApplication {
    type Handshake = ();
    type Client = Auth;

    fn handshake(&self, _: &Parts) -> Result<(), HandshakeError> {
        Ok(())
    }

    async fn connect(
        self: Arc<Self>,
        socket: Socket<Self>,
        auth: Auth,
    ) -> Result<Accepted<Auth>, ConnectError> {
        match socket.namespace() {
            "/" | "/custom" => Ok(Accepted { client: auth, pid: None }),
            _ => Err(ConnectError::invalid_namespace()),
        }
    }

    fn connected(&self, socket: &Socket<Self>) {
        if let Some(auth) = socket.client() {
            socket.emit("auth", &auth.data).expect("a map is JSON");
        }
    }

    async fn event(self: Arc<Self>, socket: Socket<Self>, event: ClientEvent<Self>) {
        match (event.name.as_str(), event.ack) {
            ("message", _) => socket.emit_all("message-back", &event.args, &event.attachments),
            ("message-with-ack", Some(ack)) => ack.send_all(&event.args, &event.attachments),
            _ => {}
        }
    }
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let config = SocketIoConfig {
        ping_interval: Duration::from_millis(300),
        ping_timeout: Duration::from_millis(200),
        max_payload: 1_000_000,
        connect_timeout: Duration::from_secs(1),
        ..SocketIoConfig::default()
    };
    let echo = Service::new(Engine::new(EchoProtocol, config.clone()));
    let handlers = Service::new(Engine::new(SocketIo::new(Arc::new(SuiteApplication), &config), config));
    let listener = tokio::net::TcpListener::bind(("localhost", 3000)).await?;
    println!("listening on {}", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let (echo, handlers) = (echo.clone(), handlers.clone());
        let answer = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
            let (mut echo, mut handlers) = (echo.clone(), handlers.clone());
            async move {
                if request.uri().path().starts_with("/engine.io") {
                    echo.call(request).await
                } else {
                    handlers.call(request).await
                }
                .map_err(|never: Infallible| never)
            }
        });
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), answer).with_upgrades();
        tokio::spawn(async move { drop(connection.await) });
    }
}
