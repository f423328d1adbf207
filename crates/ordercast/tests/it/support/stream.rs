//! A client of the event stream, which parses it as the HTML standard says.

use serde_json::Value;

use super::request::TestRequest;
use super::{Shop, within};

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct StreamEvent {
    pub(crate) name: String,
    /// The event's cursor; empty if it has none.
    pub(crate) id: String,
    pub(crate) data: Value,
}

pub(crate) struct Events {
    response: reqwest::Response,
    pending: Vec<u8>,
}

impl Shop {
    /// Opens a stream at the current position. Returns its first event, `connected`, too.
    pub(crate) async fn listen(&self, token: &str) -> (Events, StreamEvent) {
        Events::open(self.get("/api/v1/stream").by(token)).await
    }

    /// Opens a stream after a cursor.
    pub(crate) async fn resume(&self, token: &str, cursor: &str) -> (Events, StreamEvent) {
        Events::open(self.get("/api/v1/stream").by(token).header("last-event-id", cursor)).await
    }
}

impl Events {
    /// Opens a stream, which must be accepted.
    pub(crate) async fn open(request: TestRequest) -> (Self, StreamEvent) {
        let response = within(request.open()).await;
        Self::begin(response).await.expect("a first event")
    }

    /// Reads the first event; `None` if the server closed the stream before it.
    pub(crate) async fn begin(response: reqwest::Response) -> Option<(Self, StreamEvent)> {
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let mut events = Self { response, pending: Vec::new() };
        let connected = events.next().await?;
        assert_eq!(connected.name, "connected");
        Some((events, connected))
    }

    /// The next event; `None` after the server ended the stream.
    pub(crate) async fn next(&mut self) -> Option<StreamEvent> {
        within(self.frame()).await
    }

    /// The next event with this name. Skips others.
    pub(crate) async fn until(&mut self, name: &str) -> StreamEvent {
        let seek = async {
            loop {
                let event = self.frame().await.unwrap_or_else(|| panic!("the stream ended before {name}"));
                if event.name == name {
                    return event;
                }
            }
        };
        within(seek).await
    }

    async fn frame(&mut self) -> Option<StreamEvent> {
        loop {
            if let Some(end) = self.pending.windows(2).position(|pair| pair == b"\n\n") {
                let frame: Vec<u8> = self.pending.drain(..end + 2).collect();
                if let Some(event) = parse(std::str::from_utf8(&frame).unwrap()) {
                    return Some(event);
                }
                continue;
            }
            // A broken connection counts as the end of the stream.
            match self.response.chunk().await {
                Ok(Some(bytes)) => self.pending.extend_from_slice(&bytes),
                Ok(None) | Err(_) => return None,
            }
        }
    }
}

fn parse(frame: &str) -> Option<StreamEvent> {
    let field = |name: &str| {
        frame.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).unwrap_or_default()
    };
    let (name, data) = (field("event"), field("data"));
    (!data.is_empty()).then(|| StreamEvent {
        name: name.to_owned(),
        id: field("id").to_owned(),
        data: serde_json::from_str(data).unwrap(),
    })
}
