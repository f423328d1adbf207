//! An asynchronous subscription to a topic.

use std::future::poll_fn;
use std::sync::Arc;

use eventlog::{Cursor, LogError, Topic};

pub use crate::catch_up::Reset;
use crate::catch_up::{CHUNK, CatchUp, Progress};
use crate::hub::{Hub, LiveEvent};
pub use crate::payload::session::ResetReason;
use crate::registry::Waiter;

/// A position in the log that moves as events are taken. It holds no queue: a slow reader costs nothing and loses nothing.
pub struct Subscription {
    hub: Arc<Hub>,
    waiter: Waiter,
    catch_up: CatchUp,
}

/// What a subscriber gets next.
#[derive(Debug)]
pub enum Delivery {
    /// At most 64 events, in log order, each once.
    Events(Vec<Arc<LiveEvent>>),
    Reset(Reset),
}

impl Hub {
    /// Subscribes to a topic, from a client's cursor on; from the head if it has none. The caller has checked that the
    /// client may see the topic.
    #[expect(clippy::needless_pass_by_value, reason = "a client that resumes has no more use for its cursor")]
    pub fn subscribe(self: &Arc<Self>, topic: Topic, after: Option<Cursor>) -> Subscription {
        let waiter = Waiter::new(self.register(topic, true));
        let catch_up = CatchUp::new(self, after.as_ref());
        Subscription { hub: Arc::clone(self), waiter, catch_up }
    }
}

impl Subscription {
    /// The client's cursor cannot be read: begin with a reset.
    #[must_use]
    pub fn with_unknown_cursor(mut self) -> Self {
        self.catch_up = CatchUp::with_unknown_cursor(&self.hub);
        self
    }

    pub fn topic(&self) -> &Topic {
        &self.waiter.registration.topic
    }

    /// Everything up to here was delivered.
    pub fn cursor(&self) -> Cursor {
        self.catch_up.cursor(&self.hub)
    }

    /// The log's head. Events up to it happened before this call.
    pub fn head(&self) -> Cursor {
        self.hub.cursor()
    }

    /// Whether it goes on at the client's cursor. If not, a reset comes first.
    pub fn resumes(&self) -> bool {
        self.catch_up.seq().is_some()
    }

    /// Waits for what comes next. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Result<Delivery, LogError> {
        loop {
            if let Some(delivery) = self.pending().await? {
                return Ok(delivery);
            }
            self.changed().await;
        }
    }

    /// What comes next; `None` at the head. Waits only for the log to be read. Dropping the future loses nothing.
    pub async fn pending(&mut self) -> Result<Option<Delivery>, LogError> {
        let Self { hub, waiter, catch_up } = self;
        // A read of an earlier call, whose future was dropped: by now its answer is outdated.
        catch_up.cancel_read();
        poll_fn(|context| {
            waiter.mark_seen();
            let mut events = Vec::new();
            let mut collect = |event: &Arc<LiveEvent>| events.push(Arc::clone(event));
            catch_up.poll(hub, &waiter.registration, CHUNK, context, &mut collect).map_ok(|progress| {
                match progress {
                    Progress::AtHead => None,
                    Progress::Events { .. } => Some(Delivery::Events(events)),
                    Progress::Reset(reset) => Some(Delivery::Reset(reset)),
                }
            })
        })
        .await
    }

    /// Waits until there may be something new since [`pending`](Self::pending) returned `None`.
    pub async fn changed(&mut self) {
        self.waiter.changed().await;
    }
}
