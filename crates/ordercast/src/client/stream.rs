//! The event stream: reconnects, resumes after the last event, and drops duplicates.

use std::collections::{HashSet, VecDeque};
use std::time::Duration;

use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sse_stream::{Sse, SseByteStream};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

use super::ApiClient;
use super::error::{ClientError, chain};
use super::wire::{ApiConnected, ApiEvent, ApiReconnect, ApiReset};

/// The server sends a heartbeat every 25 s. A connection that is silent for longer than this is dead.
const SILENCE: Duration = Duration::from_mins(1);
/// Number of event ids that are remembered for deduplication.
const SEEN_CAPACITY: usize = 4096;
/// The first wait before reconnecting. Doubles with each attempt, up to [`LONGEST_WAIT`].
const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// What the stream reports.
#[derive(Debug)]
pub enum Update {
    Connected {
        connected: ApiConnected,
        /// Whether the request named a cursor.
        resumed: bool,
    },
    Event {
        /// The cursor to resume after.
        cursor: Option<String>,
        event: Box<ApiEvent>,
        /// The complete JSON.
        raw: Value,
    },
    /// An event arrived a second time, which is an error of the server.
    Repeated { event: Box<ApiEvent> },
    /// The events since the cursor are gone. This is the current state.
    Reset(ApiReset),
    /// The connection was lost, and will be retried.
    Lost {
        why: String,
        /// The number of the next attempt, from 1.
        attempt: u32,
        /// The wait before the next attempt.
        wait: Duration,
    },
    /// The server refused the request, and a retry cannot succeed. The last update.
    Refused(ClientError),
}

/// Reads the events after a cursor, or from now on, until the receiver is dropped.
pub fn follow(client: ApiClient, since: Option<String>) -> mpsc::Receiver<Update> {
    let (updates, receiver) = mpsc::channel(256);
    tokio::spawn(async move {
        let mut reader = StreamReader {
            client,
            updates,
            position: since,
            seen: SeenIds::default(),
            attempt: 0,
            pause: None,
        };
        // An error means that the receiver was dropped.
        let _ = reader.run().await;
    });
    receiver
}

struct StreamReader {
    client: ApiClient,
    updates: mpsc::Sender<Update>,
    position: Option<String>,
    seen: SeenIds,
    attempt: u32,
    /// The wait that the server asked for, by `reconnect` or `retry:`.
    pause: Option<Duration>,
}

struct ReceiverDropped;

impl<T> From<mpsc::error::SendError<T>> for ReceiverDropped {
    fn from(_: mpsc::error::SendError<T>) -> Self {
        Self
    }
}

impl StreamReader {
    async fn run(&mut self) -> Result<(), ReceiverDropped> {
        loop {
            let opened = tokio::select! {
                opened = self.client.open_stream(self.position.as_deref()) => opened,
                () = self.updates.closed() => return Err(ReceiverDropped),
            };
            let (why, asked) = match opened {
                Ok(response) => (self.listen(response).await?, self.pause.take()),
                Err(error) if error.is_final() => {
                    return Ok(self.updates.send(Update::Refused(error)).await?);
                }
                Err(error) => (error.to_string(), error.wait()),
            };
            self.attempt += 1;
            let wait = match asked {
                Some(asked) if self.attempt == 1 => asked,
                asked => asked.unwrap_or_default().max(backoff(self.attempt, fastrand::f64())),
            };
            self.updates.send(Update::Lost { why, attempt: self.attempt, wait }).await?;
            tokio::select! {
                () = sleep(wait) => {}
                () = self.updates.closed() => return Err(ReceiverDropped),
            }
        }
    }

    /// Reads one connection to its end, and returns why it ended.
    async fn listen(&mut self, response: reqwest::Response) -> Result<String, ReceiverDropped> {
        let mut events = SseByteStream::new(response.bytes_stream());
        loop {
            let next = tokio::select! {
                next = timeout(SILENCE, events.next()) => next,
                () = self.updates.closed() => return Err(ReceiverDropped),
            };
            match next {
                Err(_) => return Ok(format!("the server was silent for {} s", SILENCE.as_secs())),
                Ok(None) => return Ok("the server closed the connection".to_owned()),
                Ok(Some(Err(error))) => return Ok(format!("the connection broke ({})", chain(&error))),
                Ok(Some(Ok(block))) => {
                    if let Some(update) = self.parse_block(block) {
                        self.updates.send(update).await?;
                    }
                }
            }
        }
    }

    /// `None`: the block has no update for the receiver.
    fn parse_block(&mut self, block: Sse) -> Option<Update> {
        if let Some(pause) = block.retry {
            self.pause = Some(Duration::from_millis(pause).min(LONGEST_WAIT));
        }
        let name = block.event.as_deref().unwrap_or("message");
        let data = block.data.as_deref();
        match name {
            "heartbeat" => None,
            "connected" => {
                let connected: ApiConnected = parse(name, data)?;
                self.attempt = 0;
                let resumed = self.position.is_some();
                if !resumed {
                    self.position.clone_from(&connected.cursor);
                }
                Some(Update::Connected { connected, resumed })
            }
            "reset" => {
                let reset: ApiReset = parse(name, data)?;
                self.position = Some(reset.cursor.clone());
                Some(Update::Reset(reset))
            }
            "reconnect" => {
                let bye: ApiReconnect = parse(name, data)?;
                self.pause = bye.after_ms.map(Duration::from_millis);
                tracing::debug!(
                    reason = bye.reason,
                    after_ms = bye.after_ms,
                    "the server asked to reconnect"
                );
                None
            }
            _ => {
                let raw: Value = parse(name, data)?;
                let event: ApiEvent = serde_json::from_value(raw.clone())
                    .inspect_err(|error| log_unparsable(name, error))
                    .ok()?;
                if let Some(id) = &block.id {
                    self.position = Some(id.clone());
                }
                let event = Box::new(event);
                if self.seen.is_new(&event.id) {
                    Some(Update::Event { cursor: block.id, event, raw })
                } else {
                    Some(Update::Repeated { event })
                }
            }
        }
    }
}

fn parse<T: DeserializeOwned>(name: &str, data: Option<&str>) -> Option<T> {
    serde_json::from_str(data?).inspect_err(|error| log_unparsable(name, error)).ok()
}

/// A newer server may send events that this client does not know.
fn log_unparsable(name: &str, error: &serde_json::Error) {
    tracing::debug!(event = name, %error, "ignored an event that cannot be parsed");
}

/// The ids of the last events, for deduplication.
#[derive(Debug, Default)]
struct SeenIds {
    ids: HashSet<String>,
    order: VecDeque<String>,
}

impl SeenIds {
    fn is_new(&mut self, id: &str) -> bool {
        if !self.ids.insert(id.to_owned()) {
            return false;
        }
        self.order.push_back(id.to_owned());
        if self.order.len() > SEEN_CAPACITY
            && let Some(oldest) = self.order.pop_front()
        {
            self.ids.remove(&oldest);
        }
        true
    }
}

/// Exponential backoff with jitter: up to half of the wait is subtracted, so that clients do not reconnect at the same
/// time. `chance` is from 0 to 1.
fn backoff(attempt: u32, chance: f64) -> Duration {
    let doubled = FIRST_WAIT.saturating_mul(1 << attempt.saturating_sub(1).min(16)).min(LONGEST_WAIT);
    doubled.mul_f64(1.0 - chance / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_bound_and_differ() {
        assert_eq!(backoff(1, 0.0), Duration::from_millis(500));
        assert_eq!(backoff(3, 0.0), Duration::from_secs(2));
        assert_eq!(backoff(3, 1.0), Duration::from_secs(1));
        assert_eq!(backoff(4_000_000, 0.0), LONGEST_WAIT);
    }

    #[test]
    fn what_was_seen_is_remembered_within_bounds() {
        let mut seen = SeenIds::default();
        assert!(seen.is_new("a"));
        assert!(!seen.is_new("a"));
        for n in 0..SEEN_CAPACITY {
            assert!(seen.is_new(&n.to_string()));
        }
        assert_eq!((seen.ids.len(), seen.order.len()), (SEEN_CAPACITY, SEEN_CAPACITY));
        assert!(seen.is_new("a"), "forgotten by now");
    }
}
