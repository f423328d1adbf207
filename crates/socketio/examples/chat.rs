//! A chat with a history: every client receives every line once, in order, from one shared list.
//!
//! ```sh
//! cargo run -p ordercast-socketio --example chat     # http://localhost:3001
//! ```
//! ```js
//! const socket = io("http://localhost:3001");
//! socket.on("line", ({ from, text }) => console.log(from, text));
//! socket.emit("say", "hello", ({ number }) => console.log("it is line", number));
//! ```
//!
//! It shows the pattern that this server is made for: a client is a *position* in the list, not a queue.
//! [`Application::fill`] sends the lines after that position, as many as the client accepts. A line is encoded once
//! for all clients. A client that reconnects sends the offset of the last line it received, and continues there.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::task::Context;

use axum::Router;
use http::request::Parts;
use ordercast_socketio::engine::Engine;
use ordercast_socketio::{
    Accepted, Application, Auth, ClientEvent, ConnectError, Frame, HandshakeError, Outgoing, Service, Socket,
    SocketIo, SocketIoConfig, WeakSocket, packet,
};
use serde_json::json;

/// Lines shown to a client that connects for the first time.
const SHOWN: usize = 20;

#[derive(Default)]
struct Chat {
    lines: RwLock<Vec<Frame>>,
    present: Mutex<Vec<WeakSocket<Self>>>,
    names: AtomicU64,
}

struct Participant {
    name: String,
    position: Mutex<usize>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Chat {
    fn say(&self, from: &str, text: &str) -> usize {
        let number = {
            let mut lines = self.lines.write().unwrap_or_else(PoisonError::into_inner);
            let number = lines.len() + 1;
            let line = json!({ "from": from, "text": text, "number": number });
            // The last argument of an event, a string, is its offset. A client that reconnects sends the offset it
            // saw last.
            lines.push(packet::event("line", &line.to_string(), Some(&number.to_string())));
            number
        };
        let mut present = lock(&self.present);
        present.retain(WeakSocket::is_alive);
        let sockets = present.clone();
        drop(present);
        for socket in sockets {
            socket.pull();
        }
        number
    }
}

impl Application for Chat {
    type Handshake = ();
    type Client = Participant;

    fn handshake(&self, _: &Parts) -> Result<(), HandshakeError> {
        Ok(())
    }

    async fn connect(
        self: Arc<Self>,
        socket: Socket<Self>,
        auth: Auth,
    ) -> Result<Accepted<Participant>, ConnectError> {
        if socket.namespace() != "/" {
            return Err(ConnectError::invalid_namespace());
        }
        let lines = self.lines.read().unwrap_or_else(PoisonError::into_inner).len();
        let seen = auth.offset().and_then(|offset| offset.parse().ok()).filter(|seen| *seen <= lines);
        let position = Mutex::new(seen.unwrap_or_else(|| lines.saturating_sub(SHOWN)));
        let name = auth.text("name").map_or_else(
            || format!("guest {}", self.names.fetch_add(1, Ordering::Relaxed) + 1),
            ToOwned::to_owned,
        );
        // Returning the client's own pid tells it that nothing is missing. Here the offset alone identifies the
        // position. A server with private events must use a pid that cannot be guessed.
        let pid = seen.and(auth.pid()).map_or_else(|| socket.id().to_string(), ToOwned::to_owned);
        Ok(Accepted { client: Participant { name, position }, pid: Some(pid) })
    }

    fn connected(&self, socket: &Socket<Self>) {
        lock(&self.present).push(socket.downgrade());
        socket.pull();
    }

    async fn event(self: Arc<Self>, socket: Socket<Self>, event: ClientEvent<Self>) {
        let (Some(participant), Some(text)) =
            (socket.client(), event.args.first().and_then(|text| text.as_str()))
        else {
            return;
        };
        if event.name == "say" {
            let number = self.say(&participant.name, text);
            if let Some(ack) = event.ack {
                drop(ack.send(&json!({ "number": number })));
            }
        }
    }

    fn fill(&self, participant: &Participant, _: &mut Context<'_>, outgoing: &mut Outgoing<'_>) {
        let lines = self.lines.read().unwrap_or_else(PoisonError::into_inner);
        let mut position = lock(&participant.position);
        while let Some(line) = lines.get(*position).filter(|_| !outgoing.is_full()) {
            outgoing.push(line.clone());
            *position += 1;
        }
    }
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let config = SocketIoConfig::default();
    let chat = Engine::new(SocketIo::new(Arc::new(Chat::default()), &config), config);
    let app = Router::new().route_service("/socket.io/", Service::new(chat));
    let listener = tokio::net::TcpListener::bind("localhost:3001").await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, app).await
}
