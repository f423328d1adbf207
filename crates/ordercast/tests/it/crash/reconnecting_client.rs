//! A live connection that reconnects with its last event id, as a browser does, each time the server is killed.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::support::PATIENCE;
use crate::support::request::TestRequest;
use crate::support::stream::{Events, StreamEvent};
use crate::support::users::staff;

/// A pause before the next attempt, while nobody answers.
const PAUSE: Duration = Duration::from_millis(15);

/// What one connection heard.
#[derive(Debug, Default)]
pub(super) struct ReceivedEvents {
    /// Where it began.
    pub(super) from: u64,
    /// Whom it listened as; `None`: the staff.
    pub(super) customer: Option<String>,
    /// Places in the log, in the order in which they came.
    pub(super) seqs: Vec<u64>,
    /// The events' ids, likewise.
    pub(super) ids: Vec<String>,
    /// How often it came back.
    pub(super) resumed: usize,
}

pub(super) struct ReconnectingClient {
    task: JoinHandle<ReceivedEvents>,
    head: watch::Sender<u64>,
}

impl ReconnectingClient {
    /// Begins to listen; what happens from here on is heard.
    pub(super) async fn start(server: SocketAddr, token: String) -> Self {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let request = client.get(stream(server)).bearer_auth(&token);
        let (events, hello) = Events::open(TestRequest::of(request)).await;
        let customer = (hello.data["role"] == "user").then(|| text(&hello.data["user"]["id"]));
        let none_yet = ReceivedEvents { from: seq(&hello.id), customer, ..ReceivedEvents::default() };
        let (head, until) = watch::channel(u64::MAX);
        let following = EventFollower { server, client, token, last: hello.id, heard: none_yet, until };
        Self { task: tokio::spawn(following.run(events)), head }
    }

    /// Waits until it has reached this cursor. `ReceivedEvents::seqs` are then all there will be.
    pub(super) async fn finish(self, head: &str) -> ReceivedEvents {
        self.head.send_replace(seq(head));
        tokio::time::timeout(PATIENCE, self.task).await.expect("it catches up").unwrap()
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
                // The last event of the load may concern somebody else: a last look from the last id shows that
                // nothing is left, which `stats.updated` or `heartbeat` would take long to.
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
            // Cut off again before its first event: tried again.
            if let Ok(response) = request.send().await
                && let Some((events, hello)) = Events::begin(response).await
            {
                assert_eq!((&hello.data["recovered"], &hello.id), (&Value::Bool(true), &self.last));
                self.heard.resumed += 1;
                return events;
            }
            assert!(tokio::time::Instant::now() < give_up, "nobody answers");
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// The log's head, as staff are told it.
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
