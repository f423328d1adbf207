//! What happens to a committed event in this process: it is counted, handed to the live connections, and logged.

use std::sync::Arc;
use std::time::{Duration, Instant};

use api::metrics::Metrics;
use eventlog::writer::Publish;
use eventlog::{CommittedBatch, StoredEvent};
use live::Hub;
use orders::Subject;

/// Events told one by one within a second; the rest of that second is told as a count.
const LINES_PER_SECOND: u32 = 20;

/// Called by the writer after each commit.
pub fn publisher(hub: Arc<Hub>, metrics: Arc<Metrics>) -> Publish {
    // The writer calls from one thread.
    let lines = std::sync::Mutex::new(Lines::new(Instant::now()));
    Box::new(move |committed: CommittedBatch| {
        metrics.committed(&committed);
        let events: Vec<_> = committed.events.iter().map(|told| Arc::clone(&told.stored)).collect();
        let told = hub.publish(committed);
        let mut lines = lines.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        for (stored, told) in events.iter().zip(told) {
            lines.event(stored, told);
        }
    })
}

/// Keeps the log readable under load, and the writer from waiting for a terminal.
struct Lines {
    second: Instant,
    left: u32,
    untold: u64,
}

impl Lines {
    fn new(now: Instant) -> Self {
        Self { second: now, left: LINES_PER_SECOND, untold: 0 }
    }

    fn event(&mut self, stored: &StoredEvent, told: usize) {
        if self.left == 0 {
            if self.second.elapsed() < Duration::from_secs(1) {
                self.untold += 1;
                return;
            }
            if self.untold > 0 {
                tracing::info!(events = self.untold, "more events");
            }
            *self = Self::new(Instant::now());
        }
        self.left -= 1;
        let event = &stored.event;
        let by =
            event.actor.user().map_or_else(|| format!("{:?}", event.actor.origin()), ToString::to_string);
        let seq = stored.seq.0;
        match &event.subject {
            Subject::Order { number, to, .. } => {
                tracing::info!(seq, order = %number, status = %to, by, listeners = told, "{}", event.kind.name());
            }
            Subject::Product { id, .. } => {
                tracing::info!(seq, product = %id, by, listeners = told, "{}", event.kind.name());
            }
        }
    }
}
