//! The one place where anything is written.
//!
//! Commands come through a bounded channel. The writer takes what is waiting, and commits it as one batch: load what
//! the batch names, decide each command in memory, in order, each seeing its predecessors; write; commit; only then
//! hand the events on, and answer. A refused command costs nothing and rolls nobody back. A batch that the database
//! refuses is halved and tried again, so that only the offender fails.

mod batch;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::sync::{mpsc, oneshot};

use crate::accounts::{AccountAnswer, AccountChange, AccountRefusal};
use crate::clock::Clock;
use crate::inbox::MarkRead;
use crate::submission::{Committed, ReadReceipt, Receipt, Submission, SubmitError, Work};
use crate::write_backend::WriteBackend;
use batch::BatchProcessor;

/// How much may wait for the writer before callers are told to come back.
const QUEUE: usize = 8192;
/// The most submissions of one batch.
const BATCH: usize = 256;
/// The most requests of one batch: a bulk update of 500 and a little more.
const BATCH_REQUESTS: usize = 1000;
/// How long a caller waits for room in the queue.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long the writer waits for work before it looks for housekeeping: while there is some, and when there was none.
const MAINTAIN_SOON: Duration = Duration::from_secs(1);
const MAINTAIN_IDLE: Duration = Duration::from_mins(1);

/// Gives commands to the writer. Cheap to clone; the writer stops when the last one is gone.
#[derive(Clone)]
pub struct Writer {
    work: mpsc::Sender<Work>,
}

/// Told about every batch after its commit and before its answers, on the writer's own thread: it must not block.
pub type Publish = Box<dyn Fn(Committed) + Send>;

impl Writer {
    /// Starts the writer's thread. It ends, with everything accepted committed, when all `Writer`s are dropped.
    pub fn start(
        write_backend: impl WriteBackend,
        clock: Arc<dyn Clock>,
        publish: Publish,
    ) -> std::io::Result<(Self, JoinHandle<()>)> {
        let (work, queue) = mpsc::channel(QUEUE);
        let mut batches = BatchProcessor::new(write_backend, clock, publish);
        // For its timer alone: an idle writer still has housekeeping to do.
        let timer = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
        let thread = std::thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || run(&mut batches, queue, &timer))?;
        Ok((Self { work }, thread))
    }

    /// Submits; comes back when it is durable, or refused.
    pub async fn submit(&self, submission: Submission) -> Result<Receipt, SubmitError> {
        self.send(|answer| Work::Orders(submission, answer)).await
    }

    /// Changes an account; comes back when that is durable, or refused.
    pub async fn account(
        &self,
        change: AccountChange,
    ) -> Result<Result<AccountAnswer, AccountRefusal>, SubmitError> {
        self.send(|answer| Work::Account(change, answer)).await
    }

    /// Resolves when the writer's thread is gone although this is still here: it panicked, and takes nothing more.
    pub async fn failed(&self) {
        self.work.closed().await;
    }

    /// Keeps that something was read; comes back when that is durable.
    pub async fn mark_read(&self, read: MarkRead) -> Result<ReadReceipt, SubmitError> {
        self.send(|answer| Work::Read(read, answer)).await
    }

    async fn send<T>(
        &self,
        work: impl FnOnce(crate::submission::Answer<T>) -> Work,
    ) -> Result<T, SubmitError> {
        let (answer, answered) = oneshot::channel();
        // The common case first: there is room, so no timer is needed.
        match self.work.try_send(work(answer)) {
            Ok(()) => {}
            Err(mpsc::error::TrySendError::Closed(_)) => return Err(SubmitError::Stopping),
            Err(mpsc::error::TrySendError::Full(work)) => {
                match self.work.send_timeout(work, PATIENCE).await {
                    Ok(()) => {}
                    Err(mpsc::error::SendTimeoutError::Timeout(_)) => return Err(SubmitError::Busy),
                    Err(mpsc::error::SendTimeoutError::Closed(_)) => return Err(SubmitError::Stopping),
                }
            }
        }
        answered.await.unwrap_or(Err(SubmitError::Lost))
    }
}

fn run<J: WriteBackend>(batches: &mut BatchProcessor<J>, mut queue: mpsc::Receiver<Work>, timer: &Runtime) {
    let mut waiting = Vec::with_capacity(BATCH);
    let mut patience = MAINTAIN_SOON;
    loop {
        let more = async { tokio::time::timeout(patience, queue.recv_many(&mut waiting, BATCH)).await };
        match timer.block_on(more) {
            Ok(0) => return,
            Ok(_) => gather(&mut queue, &mut waiting),
            Err(_idle) => {}
        }
        while !waiting.is_empty() {
            let mut requests = 0;
            let fits = waiting.iter().take_while(|work| {
                requests += work.requests();
                requests <= BATCH_REQUESTS
            });
            let first = fits.count().max(1);
            let rest = waiting.split_off(first);
            batches.commit(std::mem::replace(&mut waiting, rest));
        }
        patience = if batches.maintain() { MAINTAIN_SOON } else { MAINTAIN_IDLE };
    }
}

/// Lets whoever is about to submit do so, for as long as that brings more. On one core the threads that parse
/// requests cannot run while this one does, and every batch would be of one.
fn gather(queue: &mut mpsc::Receiver<Work>, waiting: &mut Vec<Work>) {
    while waiting.len() < BATCH {
        std::thread::yield_now();
        let before = waiting.len();
        while waiting.len() < BATCH
            && let Ok(work) = queue.try_recv()
        {
            waiting.push(work);
        }
        if waiting.len() == before {
            return;
        }
    }
}

impl Work {
    fn requests(&self) -> usize {
        match self {
            Self::Orders(submission, _) => submission.requests.len(),
            Self::Account(..) | Self::Read(..) => 1,
        }
    }
}
