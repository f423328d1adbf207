//! Feeds the hub from the log.

use std::sync::Arc;
use std::time::Duration;

use eventlog::{Cursor, LogError, Seq, TailError};
use tokio::sync::watch;

use crate::hub::Hub;

/// Events read at a time.
const PAGE: usize = 256;
/// How long to wait after the log could not be read.
const RETRY_DELAY: Duration = Duration::from_secs(1);

impl Hub {
    /// Follows the log's head until its sender is dropped. Reads every event that was not [published](Self::publish): after
    /// a gap, and where another process writes the log.
    ///
    /// `head` has to move after the events up to it were published; otherwise they are read without need.
    pub async fn follow_log(self: Arc<Self>, mut head: watch::Receiver<Cursor>) {
        loop {
            let target = head.borrow_and_update().clone();
            let seq = target.seq;
            if let Err(error) = self.catch_up(target).await {
                tracing::error!(%error, "the log cannot be read for the live connections, trying again");
                tokio::time::sleep(RETRY_DELAY).await;
            } else if self.head() < seq {
                // The reader's snapshot was older than the head.
                tokio::time::sleep(RETRY_DELAY).await;
            } else if head.changed().await.is_err() {
                return;
            }
        }
    }

    /// Reads events from the log until the hub has all of them up to `target`, or all that the reader sees.
    pub async fn catch_up(&self, target: Cursor) -> Result<(), LogError> {
        if target.epoch != *self.ring().epoch() {
            self.change_epoch(target);
            return Ok(());
        }
        let missing = target.seq.0.saturating_sub(self.head().0);
        let size = self.ring().size() as u64;
        if missing > size {
            // What does not fit into the ring is read from the log by those whom it concerns.
            self.skip_to(Seq(target.seq.0 - size));
        }
        while self.head() < target.seq {
            let after = self.head();
            let page = match self.read_backend().events(after, PAGE).await {
                Ok(page) => page,
                Err(TailError::Pruned) => {
                    self.skip_to(target.seq);
                    return Ok(());
                }
                Err(TailError::Log(error)) => return Err(error),
            };
            let Some(first) = page.events.first().map(|event| event.stored.seq) else { return Ok(()) };
            if first > after.next() {
                tracing::error!(
                    after = after.0,
                    next = first.0,
                    "the log lacks events, the live connections skip them"
                );
                self.skip_to(Seq(first.0 - 1));
            }
            self.append(page.events);
        }
        Ok(())
    }
}
