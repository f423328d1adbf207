//! A subscription as server-sent events.
//!
//! | event | id | data |
//! |---|---|---|
//! | `connected` | yes | role, user, cursor, whether the stream goes on where the client was |
//! | an event's kind, such as `order.created` | yes | the event, as far as the client may see it |
//! | `stats.updated` | no | staff only: the store's counts, at most four times a second |
//! | `notifications.read` | no | what was read in another tab |
//! | `heartbeat` | no | the time, every 25 seconds |
//! | `reset` | yes | the client has to start over: why, the newest orders, the cursor from which it goes on |
//! | `reconnect` | no | the server closes the stream: why, and after how many milliseconds to reconnect |
//!
//! `id` is a cursor. A browser's `EventSource` sends the last one back as `Last-Event-ID`.

pub(crate) mod frame;

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{self, Stream};
use orders::view::Person;
use orders::{Audience, Role};
use tokio::sync::watch;
use tokio::time::{Instant, Interval, MissedTickBehavior};

pub use self::frame::encode;
use self::frame::{frame, push_frame};
use crate::close::Close;
use crate::inbox::InboxWatch;
use crate::payload::inbox::NotificationsRead;
use crate::payload::session::{Connected, Heartbeat, Reconnect, ResetPayload};
use crate::subscription::{Delivery, Subscription};

/// Time between two heartbeats. Proxies close a connection that is silent for 30 to 60 seconds.
pub const HEARTBEAT: Duration = Duration::from_secs(25);

/// Resolves when the stream has to end.
pub type Closing = Pin<Box<dyn Future<Output = Close> + Send>>;

/// The client of a stream.
#[derive(Debug, Clone)]
pub struct StreamUser {
    pub role: Role,
    pub person: Person,
}

struct Session {
    subscription: Subscription,
    audience: Audience,
    greeting: Option<Bytes>,
    counts: Option<watch::Receiver<Bytes>>,
    inbox: Option<InboxWatch>,
    /// Events were sent, so the read state comes next: its number of unread notifications includes them.
    inbox_next: bool,
    heartbeat: Interval,
    closing: Closing,
    now: Box<dyn Fn() -> jiff::Timestamp + Send>,
    closed: bool,
}

/// The stream of one connection. `recovering`: the client sent a cursor.
pub fn stream(
    subscription: Subscription,
    user: &StreamUser,
    recovering: bool,
    counts: Option<watch::Receiver<Bytes>>,
    inbox: Option<InboxWatch>,
    closing: Closing,
    now: Box<dyn Fn() -> jiff::Timestamp + Send>,
) -> impl Stream<Item = Bytes> + Send + use<> {
    let cursor = subscription.cursor();
    let recovered = recovering && subscription.resumes();
    let connected = Connected::new(user.role, &user.person, cursor.clone(), subscription.head(), recovered);
    // A client that has to start over keeps its old id until the reset brings a new one.
    let id = subscription.resumes().then_some(&cursor);
    let mut greeting = String::from("retry: 1000\n");
    push_frame(&mut greeting, "connected", id, &connected);
    let mut heartbeat = tokio::time::interval_at(Instant::now() + HEARTBEAT, HEARTBEAT);
    heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let session = Session {
        audience: subscription.topic().audience(),
        subscription,
        greeting: Some(Bytes::from(greeting)),
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
            // Counts come at most four times a second, so they cannot delay events for long. Events could delay counts for
            // as long as the store is busy.
            if let Some(counts) = self.counts.as_mut().and_then(new_counts) {
                return Some(counts);
            }
            if std::mem::take(&mut self.inbox_next)
                && let Some(read) = self.read_state()
            {
                return Some(read);
            }
            // Only the end of the stream interrupts this. Otherwise a read of the log would begin again with every change of
            // the counts.
            let pending = tokio::select! {
                biased;
                close = &mut self.closing => return Some(self.close(close)),
                pending = self.subscription.pending() => pending,
            };
            match pending {
                Ok(Some(delivery)) => {
                    let Some(frames) = self.frames(&delivery) else { continue };
                    self.inbox_next = true;
                    return Some(frames);
                }
                Ok(None) => {
                    if let Some(read) = self.read_state() {
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
                _ = self.heartbeat.tick() => return Some(frame("heartbeat", None, &Heartbeat { at: (self.now)() })),
            }
        }
    }

    /// What was read in other tabs since the last call.
    fn read_state(&mut self) -> Option<Bytes> {
        let state = self.inbox.as_mut()?.take_changed()?;
        let epoch = self.subscription.cursor().epoch;
        Some(frame("notifications.read", None, &NotificationsRead::new(&state, epoch)))
    }

    fn frames(&self, delivery: &Delivery) -> Option<Bytes> {
        match delivery {
            Delivery::Events(events) => {
                let encoded = events.iter().filter_map(|event| {
                    event.encoded(self.audience, |event, cursor| encode(event, &cursor, self.audience))
                });
                let frames: Vec<Bytes> = encoded.collect();
                match frames.as_slice() {
                    [] => None,
                    [only] => Some(only.clone()),
                    several => Some(several.concat().into()),
                }
            }
            Delivery::Reset(reset) => {
                let orders: Vec<_> =
                    reset.snapshot.orders.iter().map(|order| order.view(self.audience)).collect();
                let payload = ResetPayload { reason: reset.reason, cursor: &reset.cursor, orders: &orders };
                Some(frame("reset", Some(&reset.cursor), &payload))
            }
        }
    }

    fn close(&mut self, close: Close) -> Bytes {
        self.closed = true;
        frame("reconnect", None, &Reconnect::from(close))
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

/// Waits for new counts without taking them.
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

/// What a stream sends, for the `AsyncAPI` document.
#[cfg(feature = "openapi")]
pub fn messages() -> Vec<crate::payload::MessageDoc> {
    use crate::payload::doc_roles::{EVERYBODY, STAFF};
    use crate::payload::event::{OrderEvent, ProductEvent};
    use crate::payload::order_counts::OrderCounts;
    crate::payload::message_docs! {
        "connected": Connected => EVERYBODY, "You are connected: as what, and from where on you receive events";
        "order.created": OrderEvent => EVERYBODY, "An order was placed";
        "order.status_changed": OrderEvent => EVERYBODY, "An order's status changed";
        "order.updated": OrderEvent => EVERYBODY, "Something else of an order changed";
        "order.cancelled": OrderEvent => EVERYBODY, "An order was cancelled";
        "payment.changed": OrderEvent => EVERYBODY, "A payment changed and the order's status did not";
        "delivery.updated": OrderEvent => EVERYBODY, "Who delivers an order, or when";
        "delivery.located": OrderEvent => EVERYBODY, "Where an order is";
        "product.created": ProductEvent => STAFF, "A product was created";
        "product.updated": ProductEvent => STAFF, "A product changed";
        "stats.updated": OrderCounts => STAFF, "The store's counts, at most four times a second; without an id";
        "notifications.read": NotificationsRead => EVERYBODY,
            "You read notifications, in this tab or another. The last one is complete; without an id";
        "heartbeat": Heartbeat => EVERYBODY, "Every 25 seconds; without an id";
        "reset": ResetPayload => EVERYBODY, "Missed events cannot be sent: forget what you had";
        "reconnect": Reconnect => EVERYBODY, "The server closes the stream; without an id";
    }
}
