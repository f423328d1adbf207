//! Publishes committed events: counts them, sends them to live connections, and logs them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use api::metrics::Metrics;
use eventlog::writer::Publish;
use eventlog::{CommittedBatch, StoredEvent, Topic};
use live::Hub;
use orders::{Subject, UserId};

/// Maximum log lines per second. Further events of that second are logged as a count.
const LINES_PER_SECOND: u32 = 20;

/// The function that the writer calls after each commit.
pub fn publisher(hub: Arc<Hub>, metrics: Arc<Metrics>) -> Publish {
    // The writer calls from one thread.
    let logger = std::sync::Mutex::new(EventLogger::new(Instant::now()));
    Box::new(move |committed: CommittedBatch| {
        metrics.committed(&committed);
        let events: Vec<_> = committed.events.iter().map(|event| Arc::clone(&event.stored)).collect();
        let listeners = hub.publish(committed);
        let sockets = |customer: &UserId| hub.connections(&Topic::Customer(customer.clone()));
        let mut logger = logger.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        for (stored, listeners) in events.iter().zip(listeners) {
            logger.log(stored, listeners, sockets);
        }
    })
}

/// Limits the number of log lines, so that the writer does not wait for a terminal.
struct EventLogger {
    second: Instant,
    left: u32,
    suppressed: u64,
}

impl EventLogger {
    fn new(now: Instant) -> Self {
        Self { second: now, left: LINES_PER_SECOND, suppressed: 0 }
    }

    /// `sockets`: how many live connections a customer has.
    fn log(&mut self, stored: &StoredEvent, listeners: usize, sockets: impl Fn(&UserId) -> usize) {
        if self.left == 0 {
            if self.second.elapsed() < Duration::from_secs(1) {
                self.suppressed += 1;
                return;
            }
            if self.suppressed > 0 {
                tracing::info!(events = self.suppressed, "more events were committed than logged");
            }
            *self = Self::new(Instant::now());
        }
        self.left -= 1;
        let event = &stored.event;
        let by =
            event.actor.user().map_or_else(|| format!("{:?}", event.actor.origin()), ToString::to_string);
        let seq = stored.seq.0;
        match &event.subject {
            Subject::Order { number, customer, to, .. } => {
                let (sockets, customer) = (sockets(customer), customer.subject());
                tracing::info!(
                    seq,
                    order = %number,
                    status = %to,
                    by,
                    listeners,
                    customer = %customer,
                    sockets,
                    "{}",
                    event.kind.name()
                );
            }
            Subject::Product { id, .. } => {
                tracing::info!(seq, product = %id, by, listeners, "{}", event.kind.name());
            }
        }
    }
}
