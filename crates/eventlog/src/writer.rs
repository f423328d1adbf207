//! The single writer: every write of the process goes through its thread.
//!
//! Requests come through a bounded channel. The writer takes what is waiting and commits it as one batch: load what the
//! requests name, decide the commands in memory and in order (each sees the effects of those before it), write, commit,
//! publish the events, answer the callers. A refused command is not written and does not affect the others. A batch that
//! the database rejects is halved and tried again, so that only the offending request fails. A request about rows that
//! another process has locked waits for a later batch.

mod batch;
mod draft;
mod health;
mod load_request;
mod locks;
mod request;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::sync::{mpsc, oneshot, watch};

use crate::accounts::{AccountAnswer, AccountChange, AccountRefusal};
use crate::clock::Clock;
use crate::consumers::{Consumer, ConsumerChange, ConsumerRefusal};
use crate::cursor::Cursor;
use crate::error::LogError;
use crate::inbox::MarkRead;
use crate::kept_state::{StateChange, StateOwner};
use crate::submission::{CommittedBatch, ReadReceipt, Receipt, Submission, SubmitError};
use crate::write_backend::WriteBackend;
use batch::BatchProcessor;
use request::{AnswerSender, QueuedRequest, WriteRequest};

/// How many requests may wait for the writer.
const QUEUE: usize = 8192;
/// The most requests of one batch.
const BATCH: usize = 256;
/// The most commands of one batch: a bulk update of 500, and some more.
const BATCH_COMMANDS: usize = 1000;
/// How long a caller waits for room in the queue.
const QUEUE_TIMEOUT: Duration = Duration::from_secs(5);
/// How long the writer waits for requests before it does maintenance: while there is some left, and when there was none.
const MAINTAIN_SOON: Duration = Duration::from_secs(1);
const MAINTAIN_IDLE: Duration = Duration::from_mins(1);
/// How long the writer waits for requests before it tries those again that wait for locked rows.
const RETRY_LOCKED: Duration = Duration::from_millis(10);

/// Sends requests to the writer's thread. Cheap to clone. The thread ends when the last `Writer` is dropped.
#[derive(Clone)]
pub struct Writer {
    queue: mpsc::Sender<QueuedRequest>,
    head: watch::Receiver<Cursor>,
}

/// Called with every committed batch, before its callers are answered, on the writer's own thread. It must not block.
pub type Publish = Box<dyn Fn(CommittedBatch) + Send>;

impl Writer {
    /// Starts the writer's thread. When all `Writer`s are dropped, the thread commits what it accepted and ends.
    pub fn start(
        backend: impl WriteBackend,
        clock: Arc<dyn Clock>,
        publish: Publish,
    ) -> Result<(Self, JoinHandle<()>), LogError> {
        let failed = || LogError::file("could not start the writer's thread");
        let (queue, requests) = mpsc::channel(QUEUE);
        let mut batches = BatchProcessor::new(backend, clock, publish)?;
        let head = batches.head();
        // For its timer: maintenance is due while no requests come, too.
        let timer = tokio::runtime::Builder::new_current_thread().enable_time().build().map_err(failed())?;
        let thread = std::thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || run(&mut batches, requests, &timer))
            .map_err(failed())?;
        Ok((Self { queue, head }, thread))
    }

    /// Returns once the submission is durable, or refused.
    pub async fn submit(&self, submission: Submission) -> Result<Receipt, SubmitError> {
        self.send(|answer| WriteRequest::Submission(submission, answer)).await
    }

    /// Returns once the change is durable, or refused.
    pub async fn account(
        &self,
        change: AccountChange,
    ) -> Result<Result<AccountAnswer, AccountRefusal>, SubmitError> {
        self.send(|answer| WriteRequest::Account(change, answer)).await
    }

    /// Returns once the read mark is durable.
    pub async fn mark_read(&self, read: MarkRead) -> Result<ReadReceipt, SubmitError> {
        self.send(|answer| WriteRequest::MarkRead(read, answer)).await
    }

    /// Registers, advances or removes a [consumer](crate::consumers). Returns it as it is stored now, or as it was removed,
    /// once that is durable.
    pub async fn consumer(
        &self,
        change: ConsumerChange,
    ) -> Result<Result<Consumer, ConsumerRefusal>, SubmitError> {
        self.send(|answer| WriteRequest::Consumer(change, answer)).await
    }

    /// Keeps state beside the log. Returns once that is durable.
    pub async fn keep_states(&self, owner: StateOwner, changes: Vec<StateChange>) -> Result<(), SubmitError> {
        self.send(|answer| WriteRequest::KeepStates(owner, changes, answer)).await
    }

    /// Returns once it is known whether the database writes, for the readiness of the server. Writes and syncs at most once a
    /// second. Also fails for a minute after a batch failed because of the storage, unless events were written since.
    pub async fn check(&self) -> Result<(), SubmitError> {
        self.send(WriteRequest::Check).await
    }

    /// The committed head of the log. It moves after a batch was committed and published, and before its callers are
    /// answered. Do not keep a `borrow` of it: the writer waits until it is dropped.
    pub fn head(&self) -> watch::Receiver<Cursor> {
        self.head.clone()
    }

    /// Resolves when the writer's thread panicked. No request is accepted from then on.
    pub async fn failed(&self) {
        self.queue.closed().await;
    }

    async fn send<T>(&self, request: impl FnOnce(AnswerSender<T>) -> WriteRequest) -> Result<T, SubmitError> {
        let (answer, answered) = oneshot::channel();
        // The usual case: there is room, and no timer is needed.
        match self.queue.try_send(QueuedRequest::new(request(answer))) {
            Ok(()) => {}
            Err(mpsc::error::TrySendError::Closed(_)) => return Err(SubmitError::Stopping),
            Err(mpsc::error::TrySendError::Full(request)) => {
                match self.queue.send_timeout(request, QUEUE_TIMEOUT).await {
                    Ok(()) => {}
                    Err(mpsc::error::SendTimeoutError::Timeout(_)) => return Err(SubmitError::Busy),
                    Err(mpsc::error::SendTimeoutError::Closed(_)) => return Err(SubmitError::Stopping),
                }
            }
        }
        answered.await.unwrap_or(Err(SubmitError::Lost))
    }
}

fn run<B: WriteBackend>(
    batches: &mut BatchProcessor<B>,
    mut queue: mpsc::Receiver<QueuedRequest>,
    timer: &Runtime,
) {
    let mut waiting = Vec::with_capacity(BATCH);
    let mut patience = MAINTAIN_SOON;
    loop {
        if batches.has_locked() {
            patience = RETRY_LOCKED;
        }
        let more = async { tokio::time::timeout(patience, queue.recv_many(&mut waiting, BATCH)).await };
        match timer.block_on(more) {
            Ok(0) => return batches.shut_down(),
            Ok(_) => gather(&mut queue, &mut waiting),
            Err(_idle) => {}
        }
        if batches.has_locked() {
            let newer = std::mem::replace(&mut waiting, batches.take_locked());
            waiting.extend(newer);
        }
        while !waiting.is_empty() {
            let mut commands = 0;
            let fits = waiting.iter().take_while(|request| {
                commands += request.commands();
                commands <= BATCH_COMMANDS
            });
            let first = fits.count().max(1);
            let rest = waiting.split_off(first);
            batches.commit(std::mem::replace(&mut waiting, rest));
        }
        patience = if batches.maintain() { MAINTAIN_SOON } else { MAINTAIN_IDLE };
    }
}

/// Yields to the threads that are about to submit, for as long as that brings more. On one core they cannot run while
/// the writer does, and every batch would have one request.
fn gather(queue: &mut mpsc::Receiver<QueuedRequest>, waiting: &mut Vec<QueuedRequest>) {
    while waiting.len() < BATCH {
        std::thread::yield_now();
        let before = waiting.len();
        while waiting.len() < BATCH
            && let Ok(request) = queue.try_recv()
        {
            waiting.push(request);
        }
        if waiting.len() == before {
            return;
        }
    }
}
