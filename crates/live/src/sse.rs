//! A subscription as server-sent events ([HTML standard, 9.2](https://html.spec.whatwg.org/multipage/server-sent-events.html)).
//!
//! | event | id | data |
//! |---|---|---|
//! | `connected` | yes | role, user, cursor, whether the stream goes on where the client was |
//! | an event's kind, such as `order.created` | yes | the event, as far as the listener may see it |
//! | `counts.updated` | no | staff only: the store's counts, at most four times a second |
//! | `notifications.read` | no | something was read in another tab: up to which cursor, which ids after it, how many are left |
//! | `heartbeat` | no | the time, every 25 seconds |
//! | `reset` | yes | the client has to start over: why, the newest orders, the cursor from which it goes on |
//! | `reconnect` | no | the server closes: why, and after how many milliseconds to come back |
//!
//! `id` is a cursor. A browser's `EventSource` sends the last one back as `Last-Event-ID`.

use std::fmt::Write as _;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use eventlog::{Cursor, EventWithContext};
use futures_util::stream::{self, Stream};
use orders::view::{OrderView, Person};
use orders::{Audience, Role};
use serde::Serialize;
use tokio::sync::watch;
use tokio::time::{Instant, Interval, MissedTickBehavior};

use crate::ephemeral::NotificationsRead;
use crate::hub::LiveEvent;
use crate::inbox::InboxWatch;
use crate::subscription::{Delivery, ResetReason, Subscription};

/// Time between two heartbeats. Proxies close what is silent for 30 to 60 seconds.
pub const HEARTBEAT: Duration = Duration::from_secs(25);

/// Why the server ends a stream, and what the client should do then. The numbers are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Close {
    /// The server restarts or stops: come back at once, and soon again if nobody answers.
    ShuttingDown,
    /// The token has run out: come back with a fresh one.
    TokenExpired,
    /// The session was ended: sign in again.
    SessionEnded,
    /// The database failed: come back in a while.
    Unavailable,
}

impl Close {
    /// The stable code, its name, and the milliseconds to wait; `None`: do not come back with this token.
    pub fn policy(self) -> (u16, &'static str, Option<u32>) {
        match self {
            Self::ShuttingDown => (4001, "shutting_down", Some(500)),
            Self::TokenExpired => (4002, "token_expired", Some(0)),
            Self::Unavailable => (4003, "unavailable", Some(3000)),
            Self::SessionEnded => (4501, "session_ended", None),
        }
    }
}

/// Resolves when a stream has to end. Made by the caller, who knows about tokens and shutdown.
pub type Closing = Pin<Box<dyn Future<Output = Close> + Send>>;

/// Who listens.
#[derive(Debug, Clone)]
pub struct Listener {
    /// As what.
    pub role: Role,
    /// Who.
    pub person: Person,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Connected<'a> {
    message: &'static str,
    role: &'static str,
    user: &'a Person,
    cursor: Cursor,
    head: Cursor,
    recovered: bool,
}

#[derive(Serialize)]
struct Reset<'a> {
    reason: ResetReason,
    cursor: &'a Cursor,
    orders: Vec<OrderView>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Reconnect {
    code: u16,
    reason: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    after_ms: Option<u32>,
}

/// The role's name on the wire of reference shops A and B.
pub fn wire_role(role: Role) -> &'static str {
    match role {
        Role::Customer => "user",
        Role::Staff => "admin",
        Role::Driver => "driver",
    }
}

struct Session {
    subscription: Subscription,
    audience: Audience,
    greeting: Option<Bytes>,
    counts: Option<watch::Receiver<Bytes>>,
    inbox: Option<InboxWatch>,
    /// Events went out, so it is the inbox's turn: what it says counts them.
    inbox_next: bool,
    heartbeat: Interval,
    closing: Closing,
    now: Box<dyn Fn() -> jiff::Timestamp + Send>,
    closed: bool,
}

/// The stream of one connection. `recovering`: the client said where it was.
pub fn stream(
    subscription: Subscription,
    listener: &Listener,
    recovering: bool,
    counts: Option<watch::Receiver<Bytes>>,
    inbox: Option<InboxWatch>,
    closing: Closing,
    now: Box<dyn Fn() -> jiff::Timestamp + Send>,
) -> impl Stream<Item = Bytes> + Send + use<> {
    let cursor = subscription.cursor();
    let connected = Connected {
        message: "Connected to real-time service",
        role: wire_role(listener.role),
        user: &listener.person,
        cursor: cursor.clone(),
        head: subscription.head(),
        recovered: recovering && subscription.resumes(),
    };
    // A client that must start over keeps its old id until the reset gives it a new one.
    let id = subscription.resumes().then_some(&cursor);
    let mut greeting = String::from("retry: 1000\n");
    push_frame(&mut greeting, "connected", id, &connected);
    let mut heartbeat = tokio::time::interval_at(Instant::now() + HEARTBEAT, HEARTBEAT);
    heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let audience = subscription.topic().audience();
    let greeting = Some(Bytes::from(greeting));
    let session = Session {
        subscription,
        audience,
        greeting,
        counts,
        inbox,
        inbox_next: false,
        heartbeat,
        closing,
        now,
        closed: false,
    };
    stream::unfold(session, |mut session| async move {
        let frame = session.next().await?;
        Some((frame, session))
    })
}

impl Session {
    /// The next bytes; `None` ends the stream. Called only when the connection can take more.
    async fn next(&mut self) -> Option<Bytes> {
        if let Some(greeting) = self.greeting.take() {
            return Some(greeting);
        }
        if self.closed {
            return None;
        }
        loop {
            // Counts come at most four times a second, so they cannot hold the events up; the other way round they
            // would wait for as long as the store is busy.
            if let Some(counts) = self.counts.as_mut().and_then(new_counts) {
                return Some(counts);
            }
            if std::mem::take(&mut self.inbox_next)
                && let Some(read) = self.read()
            {
                return Some(read);
            }
            // Only the end may interrupt this: a look into the log must not start over with each new count.
            let pending = tokio::select! {
                biased;
                close = &mut self.closing => return Some(self.close(close)),
                pending = self.subscription.pending() => pending,
            };
            match pending {
                Ok(Some(delivery)) => match self.frames(&delivery) {
                    Some(frames) => {
                        self.inbox_next = true;
                        return Some(frames);
                    }
                    None => continue,
                },
                Ok(None) => {
                    if let Some(read) = self.read() {
                        return Some(read);
                    }
                }
                Err(error) => {
                    tracing::error!(%error, "a live connection cannot read the log");
                    return Some(self.close(Close::Unavailable));
                }
            }
            tokio::select! {
                biased;
                close = &mut self.closing => return Some(self.close(close)),
                () = self.subscription.changed() => {}
                () = counts_changed(&mut self.counts) => {}
                () = inbox_changed(&mut self.inbox) => {}
                _ = self.heartbeat.tick() => return Some(self.heartbeat()),
            }
        }
    }

    /// What was read since the last look.
    fn read(&mut self) -> Option<Bytes> {
        let state = self.inbox.as_mut()?.take_changed()?;
        let epoch = self.subscription.cursor().epoch;
        Some(frame("notifications.read", None, &NotificationsRead::new(&state, epoch)))
    }

    fn frames(&self, delivery: &Delivery) -> Option<Bytes> {
        match delivery {
            Delivery::Events(entries) => {
                let epoch = self.subscription.cursor().epoch;
                let encode = |event: &EventWithContext| encode(event, &epoch, self.audience);
                let frames =
                    entries.iter().filter_map(|entry: &Arc<LiveEvent>| entry.encoded(self.audience, encode));
                let frames: Vec<Bytes> = frames.collect();
                match frames.as_slice() {
                    [] => None,
                    [only] => Some(only.clone()),
                    several => Some(several.concat().into()),
                }
            }
            Delivery::Reset { reason, snapshot, cursor } => {
                let orders = snapshot.orders.iter().map(|order| order.view(self.audience)).collect();
                Some(frame("reset", Some(cursor), &Reset { reason: *reason, cursor, orders }))
            }
        }
    }

    fn close(&mut self, close: Close) -> Bytes {
        self.closed = true;
        let (code, reason, after_ms) = close.policy();
        frame("reconnect", None, &Reconnect { code, reason, after_ms })
    }

    fn heartbeat(&self) -> Bytes {
        #[derive(Serialize)]
        struct Heartbeat {
            at: jiff::Timestamp,
        }
        frame("heartbeat", None, &Heartbeat { at: (self.now)() })
    }
}

/// The newest counts, if they were not sent yet.
fn new_counts(counts: &mut watch::Receiver<Bytes>) -> Option<Bytes> {
    if !counts.has_changed().unwrap_or(false) {
        return None;
    }
    // Empty until they were read for the first time.
    Some(counts.borrow_and_update().clone()).filter(|frame| !frame.is_empty())
}

/// Waits for new counts, without taking them.
async fn counts_changed(counts: &mut Option<watch::Receiver<Bytes>>) {
    if let Some(counts) = counts
        && counts.changed().await.is_ok()
    {
        counts.mark_changed();
        return;
    }
    std::future::pending::<()>().await;
}

async fn inbox_changed(inbox: &mut Option<InboxWatch>) {
    match inbox {
        Some(inbox) => inbox.changed().await,
        None => std::future::pending().await,
    }
}

/// An event as a frame; `None` when there is nothing in it for the audience.
pub fn encode(event: &EventWithContext, epoch: &eventlog::Epoch, audience: Audience) -> Option<Bytes> {
    let view = event.view(audience)?;
    let cursor = Cursor { epoch: epoch.clone(), seq: event.stored.seq };
    Some(frame(view.kind.name(), Some(&cursor), &view))
}

/// One frame.
pub fn frame(event: &str, id: Option<&Cursor>, data: &impl Serialize) -> Bytes {
    let mut text = String::with_capacity(512);
    push_frame(&mut text, event, id, data);
    text.into()
}

fn push_frame(text: &mut String, event: &str, id: Option<&Cursor>, data: &impl Serialize) {
    // JSON never holds a line break, so the data is one line. Serialising these types cannot fail.
    let json = serde_json::to_string(data).unwrap_or_else(|_| "null".to_owned());
    if let Some(id) = id {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "id: {id}");
    }
    let _ = write!(text, "event: {event}\ndata: {json}\n\n");
}
