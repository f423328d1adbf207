//! The application under test, and the server around it.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, Weak};
use std::task::Context;
use std::time::Duration;

use http::request::Parts;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use ordercast_socketio::application::DisconnectReason;
use ordercast_socketio::engine::Engine;
use ordercast_socketio::{
    Accepted, Application, Auth, ClientEvent, CloseFrame, ConnectError, Frame, HandshakeError, Outgoing,
    Service, Socket, SocketIo, SocketIoConfig, WeakSocket, packet,
};
use serde_json::{Value, json};
use tokio::sync::{Semaphore, mpsc};
use tower_service::Service as _;

/// What the application was called with, in order.
#[derive(Debug, PartialEq)]
pub(crate) enum AppEvent {
    Connect(String),
    Event(String, Vec<Value>),
    Disconnect(DisconnectReason),
}

/// Sends every client the numbers below `until`.
pub(crate) struct TestApp {
    events: mpsc::UnboundedSender<AppEvent>,
    pub(crate) until: AtomicU64,
    /// The largest number that a client was sent.
    pub(crate) pulled: AtomicU64,
    /// Handlers of `slow`, and of namespaces that begin with `/slow`, wait for a permit.
    pub(crate) gate: Semaphore,
    /// The next `fill` wakes its own waker, like a future that used up its budget.
    pub(crate) wake_in_fill: AtomicBool,
    /// The next `fill` panics.
    pub(crate) panic_in_fill: AtomicBool,
    pub(crate) sockets: Mutex<Vec<WeakSocket<TestApp>>>,
    /// Dropped with the data of their clients.
    pub(crate) tokens: Mutex<Vec<Weak<()>>>,
}

pub(crate) struct TestClient {
    next: AtomicU64,
    _token: Arc<()>,
    own: OnceLock<WeakSocket<TestApp>>,
}

pub(crate) const BYE: CloseFrame = CloseFrame { code: 4123, reason: "bye" };

impl TestApp {
    pub(crate) async fn gate(&self) {
        self.gate.acquire().await.unwrap().forget();
    }

    /// Sends the numbers below `until` to all clients.
    pub(crate) fn raise_limit(&self, until: u64) {
        self.until.store(until, Ordering::SeqCst);
        let sockets = self.sockets.lock().unwrap().clone();
        for socket in sockets {
            socket.pull();
        }
    }

    pub(crate) fn socket(&self) -> Socket<TestApp> {
        self.sockets.lock().unwrap().iter().find_map(WeakSocket::upgrade).unwrap()
    }
}

impl Application for TestApp {
    type Handshake = ();
    type Client = TestClient;

    fn handshake(&self, _: &Parts) -> Result<(), HandshakeError> {
        Ok(())
    }

    async fn connect(
        self: Arc<Self>,
        socket: Socket<Self>,
        _: Auth,
    ) -> Result<Accepted<TestClient>, ConnectError> {
        self.events.send(AppEvent::Connect(socket.namespace().to_owned())).unwrap();
        if socket.namespace().starts_with("/slow") {
            self.gate().await;
        }
        if socket.namespace() == "/refused" {
            return Err(ConnectError { message: "no".into(), data: Some(json!({ "code": 7 })) });
        }
        let token = Arc::new(());
        self.tokens.lock().unwrap().push(Arc::downgrade(&token));
        let client = TestClient { next: AtomicU64::new(0), _token: token, own: OnceLock::new() };
        Ok(Accepted { client, pid: None })
    }

    fn connected(&self, socket: &Socket<Self>) {
        drop(socket.client().unwrap().own.set(socket.downgrade()));
        if socket.namespace() == "/leaving" {
            socket.disconnect();
            return;
        }
        self.sockets.lock().unwrap().push(socket.downgrade());
        if socket.namespace() == "/greeting" {
            socket.emit("hello", &1).unwrap();
        }
    }

    async fn event(self: Arc<Self>, socket: Socket<Self>, event: ClientEvent<Self>) {
        let name = event.name.as_str();
        self.events.send(AppEvent::Event(name.to_owned(), event.args.clone())).unwrap();
        match (name, event.ack) {
            ("echo", _) => socket.emit_all("echo", &event.args, &event.attachments),
            ("ask", Some(ack)) => ack.send_all(&event.args, &event.attachments),
            ("slow", _) => {
                self.gate().await;
                socket.emit_all("done", &event.args, &[]);
            }
            ("leave", _) => socket.disconnect(),
            ("close", _) => socket.close(BYE),
            ("say and close", _) => {
                socket.emit("last", &1).unwrap();
                socket.close(BYE);
            }
            ("ask me", _) => {
                // The acknowledgement is another packet, which is read after this handler has returned.
                tokio::spawn(async move {
                    let answer = socket.emit_with_ack("question", &1, Duration::from_secs(5)).await.unwrap();
                    socket.emit_all("answered", &answer.args, &answer.attachments);
                });
            }
            ("panic", _) => panic!("a handler's mistake, made by a test"),
            _ => {}
        }
    }

    fn fill(&self, client: &TestClient, context: &mut Context<'_>, outgoing: &mut Outgoing<'_>) {
        assert!(!self.panic_in_fill.swap(false, Ordering::SeqCst), "a mistake in `fill`, made by a test");
        if self.wake_in_fill.swap(false, Ordering::SeqCst) {
            self.until.fetch_add(1, Ordering::SeqCst);
            context.waker().wake_by_ref();
            return;
        }
        let until = self.until.load(Ordering::SeqCst);
        while !outgoing.is_full() {
            let next = client.next.load(Ordering::SeqCst);
            if next >= until {
                break;
            }
            outgoing.push(number(next));
            client.next.store(next + 1, Ordering::SeqCst);
            self.pulled.fetch_max(next, Ordering::SeqCst);
        }
    }

    fn disconnected(&self, _: &Socket<Self>, reason: DisconnectReason) {
        self.events.send(AppEvent::Disconnect(reason)).unwrap();
    }
}

fn number(number: u64) -> Frame {
    packet::event("n", &number.to_string(), None)
}

pub(crate) struct TestServer {
    pub(crate) address: SocketAddr,
    pub(crate) app: Arc<TestApp>,
    pub(crate) engine: Arc<Engine<SocketIo<TestApp>>>,
    events: mpsc::UnboundedReceiver<AppEvent>,
}

/// An hour of the paused clock; real time does not reach it.
pub(crate) const DEADLINE: Duration = Duration::from_hours(1);

impl TestServer {
    pub(crate) async fn start(config: SocketIoConfig) -> Self {
        let (sender, events) = mpsc::unbounded_channel();
        let app = Arc::new(TestApp {
            events: sender,
            until: AtomicU64::new(0),
            pulled: AtomicU64::new(0),
            gate: Semaphore::new(0),
            wake_in_fill: AtomicBool::new(false),
            panic_in_fill: AtomicBool::new(false),
            sockets: Mutex::default(),
            tokens: Mutex::default(),
        });
        let engine = Engine::new(SocketIo::new(Arc::clone(&app), &config), config);
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let service = Service::new(Arc::clone(&engine));
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                stream.set_nodelay(true).unwrap();
                let service = service.clone();
                let answer = service_fn(move |request| {
                    let mut service = service.clone();
                    async move { service.call(request).await.map_err(|never: Infallible| never) }
                });
                let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), answer);
                tokio::spawn(async move { drop(connection.with_upgrades().await) });
            }
        });
        Self { address, app, engine, events }
    }

    pub(crate) async fn next_event(&mut self) -> AppEvent {
        tokio::time::timeout(DEADLINE, self.events.recv()).await.unwrap().unwrap()
    }

    /// Skips events until a client disconnects, and returns the reason.
    pub(crate) async fn disconnect_reason(&mut self) -> DisconnectReason {
        loop {
            if let AppEvent::Disconnect(reason) = self.next_event().await {
                return reason;
            }
        }
    }

    /// Open connections over WebSocket and over long-polling.
    pub(crate) fn open_connections(&self) -> (usize, usize) {
        let metrics = self.engine.metrics();
        (metrics.websocket.load(Ordering::SeqCst), metrics.polling.load(Ordering::SeqCst))
    }
}
