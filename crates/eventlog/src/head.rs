//! Following the head of a log that another process writes.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

use crate::cursor::Cursor;
use crate::error::LogError;
use crate::read_backend::LogQueries;

/// Asks for the head every `interval`, in a task that ends when all receivers are dropped. Where the writer runs in this
/// process, use [`Writer::head`](crate::Writer::head), which moves without delay.
pub async fn poll_head(
    reader: Arc<dyn LogQueries>,
    interval: Duration,
) -> Result<watch::Receiver<Cursor>, LogError> {
    let (head, receiver) = watch::channel(reader.head().await?);
    tokio::spawn(async move {
        let mut interval = tokio::time::interval(interval);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = head.closed() => return,
                _ = interval.tick() => {}
            }
            match reader.head().await {
                Ok(now) => {
                    head.send_if_modified(|current| {
                        let moved = *current != now;
                        *current = now;
                        moved
                    });
                }
                Err(error) => tracing::warn!(%error, "cannot read the log's head, trying again"),
            }
        }
    });
    Ok(receiver)
}
