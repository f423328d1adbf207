//! A live connection that reconnects with its last event id, as a browser does, each time the server is killed.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::support::PATIENCE;
use crate::support::request::TestRequest;
use crate::support::stream::{Events, StreamEvent};
use crate::support::users::{id_of, staff};

/// Pause before a retry while the server is down.
const PAUSE: Duration = Duration::from_millis(15);

/// The events that one connection received.
#[derive(Debug, Default)]
pub(super) struct ReceivedEvents {
    /// The log position at which the connection began.
    pub(super) from: u64,
    /// The customer's id; `None` for staff.
    pub(super) customer: Option<String>,
    /// Log positions in the order of arrival.
    pub(super) seqs: Vec<u64>,
    /// Event ids in the order of arrival.
    pub(super) ids: Vec<String>,
    /// How often the connection resumed.
    pub(super) resumed: usize,
}

pub(super) struct ReconnectingClient {
    task: JoinHandle<ReceivedEvents>,
    head: watch::Sender<u64>,
}

impl ReconnectingClient {
    /// Opens a stream at the current position.
    pub(super) async fn start(server: SocketAddr, token: String) -> Self {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let request = client.get(stream(server)).bearer_auth(&token);
        let (events, hello) = Events::open(TestRequest::of(request)).await;
        let customer =
            (hello.data["role"] == "user").then(|| id_of(hello.data["user"]["id"].as_str().unwrap()));
        let none_yet = ReceivedEvents { from: seq(&hello.id), customer, ..ReceivedEvents::default() };
        let (head, until) = watch::channel(u64::MAX);
        let following = EventFollower { server, client, token, last: hello.id, heard: none_yet, until };
        Self { task: tokio::spawn(following.run(events)), head }
    }

    /// Waits until the connection has reached this cursor, and returns everything that it received.
    pub(super) async fn finish(self, head: &str) -> ReceivedEvents {
        self.head.send_replace(seq(head));
        tokio::time::timeout(PATIENCE, self.task).await.expect("timed out while catching up").unwrap()
    }
}

struct EventFollower {
    server: SocketAddr,
    client: reqwest::Client,
    token: String,
    last: String,
    heard: ReceivedEvents,
    until: watch::Receiver<u64>,
}

impl EventFollower {
    async fn run(mut self, mut events: Events) -> ReceivedEvents {
        let mut until = self.until.clone();
        loop {
            tokio::select! {
                event = events.next() => match event {
                    Some(event) => self.hear(event),
                    None => events = self.again().await,
                },
                // The last event of the load may concern another user, so this connection may never reach the
                // head. It reads on until nothing arrives for a second.
                () = async { drop(until.wait_for(|head| *head < u64::MAX).await) } => break,
            }
        }
        let head = *self.until.borrow();
        while let Ok(event) = tokio::time::timeout(Duration::from_secs(1), events.next()).await {
            match event {
                Some(event) => self.hear(event),
                None => events = self.again().await,
            }
            if seq(&self.last) >= head {
                break;
            }
        }
        self.heard
    }

    fn hear(&mut self, event: StreamEvent) {
        assert_ne!(event.name, "reset", "{event:?}");
        if event.id.is_empty() {
            return;
        }
        if event.name != "connected" {
            self.heard.seqs.push(seq(&event.id));
            self.heard.ids.push(text(&event.data["id"]));
        }
        self.last = event.id;
    }

    async fn again(&mut self) -> Events {
        let give_up = tokio::time::Instant::now() + PATIENCE;
        loop {
            let request = self.client.get(stream(self.server)).bearer_auth(&self.token);
            let request = request.header("last-event-id", &self.last);
            // Try again if the connection breaks before its first event.
            if let Ok(response) = request.send().await
                && let Some((events, hello)) = Events::begin(response).await
            {
                assert_eq!((&hello.data["recovered"], &hello.id), (&Value::Bool(true), &self.last));
                self.heard.resumed += 1;
                return events;
            }
            assert!(tokio::time::Instant::now() < give_up, "the server did not come back");
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// The cursor of the log's head.
pub(super) async fn head(server: SocketAddr) -> String {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let (_, hello) =
        Events::open(TestRequest::of(client.get(stream(server)).bearer_auth(staff("sam")))).await;
    hello.id
}

fn stream(server: SocketAddr) -> String {
    format!("http://{server}/api/v1/stream")
}

pub(super) fn seq(cursor: &str) -> u64 {
    cursor.split_once(':').unwrap().1.parse().unwrap()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}
