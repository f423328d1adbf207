//! The live events: one connection after the other, from where the last one ended, each event once.

use std::collections::{HashSet, VecDeque};
use std::time::Duration;

use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sse_stream::{Sse, SseByteStream};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

use super::Client;
use super::error::{ClientError, chain};
use super::wire::{ApiConnected, ApiEvent, ApiReconnect, ApiReset};

/// The server says something at least every 25 s; after this long a silent connection is dead.
const SILENCE: Duration = Duration::from_mins(1);
/// How many events are remembered to drop a second copy.
const SEEN_CAPACITY: usize = 4096;
/// The first wait before connecting again …
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// … which doubles up to this.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// What a reader hears.
#[derive(Debug)]
pub enum Update {
    /// The connection stands.
    Connected {
        /// What the server said.
        connected: ApiConnected,
        /// Whether it was asked to go on from a cursor.
        resumed: bool,
    },
    /// Something happened.
    Event {
        /// Where that is in the log; what to resume after.
        cursor: Option<String>,
        /// The parts that are understood.
        event: Box<ApiEvent>,
        /// All of it.
        raw: Value,
    },
    /// Something arrived that had arrived before. It should not.
    Repeated {
        /// The event.
        event: Box<ApiEvent>,
    },
    /// The history since the cursor is gone; this is the present.
    Reset(ApiReset),
    /// The connection is gone. It will be tried again.
    Lost {
        /// Why.
        why: String,
        /// The next attempt's number, from 1.
        attempt: u32,
        /// How long until then.
        wait: Duration,
    },
    /// The server will not have us, and asking again cannot help. The last update.
    Refused(ClientError),
}

/// Follows the events after a cursor, or from now on, until the receiver is dropped.
pub fn follow(client: Client, since: Option<String>) -> mpsc::Receiver<Update> {
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
        // An error here is the receiver's end.
        let _ = reader.run().await;
    });
    receiver
}

struct StreamReader {
    client: Client,
    updates: mpsc::Sender<Update>,
    position: Option<String>,
    seen: SeenIds,
    attempt: u32,
    /// What the server asked for, by `reconnect` or `retry:`.
    pause: Option<Duration>,
}

/// Nobody listens any more.
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

    /// Reads one connection to its end, and says why it ended.
    async fn listen(&mut self, response: reqwest::Response) -> Result<String, ReceiverDropped> {
        let mut events = SseByteStream::new(response.bytes_stream());
        loop {
            let next = tokio::select! {
                next = timeout(SILENCE, events.next()) => next,
                () = self.updates.closed() => return Err(ReceiverDropped),
            };
            match next {
                Err(_) => return Ok(format!("nothing was heard for {} s", SILENCE.as_secs())),
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

    /// What a block means; `None` for what is only of use in here.
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
                tracing::debug!(reason = bye.reason, after_ms = bye.after_ms, "the server asks to reconnect");
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

/// A newer server may say things this client does not know.
fn log_unparsable(name: &str, error: &serde_json::Error) {
    tracing::debug!(event = name, %error, "an event was not understood");
}

/// The ids of the last events.
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

/// The wait before an attempt: doubling, with up to half of it taken off at random, so that a thousand clients of a
/// server that went away do not come back in the same instant. `chance` is from 0 to 1.
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
