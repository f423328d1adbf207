//! Commits batches: load, decide, write, commit, publish, answer.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use super::Publish;
use super::draft::{BatchDraft, Decided};
use super::health::WriteHealth;
use super::load_request::load_request;
use super::locks::{BlockedRows, LockQueue};
use super::request::{PendingReply, QueuedRequest, WriteRequest};
use crate::clock::Clock;
use crate::consumers::{Consumer, ConsumerChange, ConsumerRefusal, ConsumerWrite, decide_change};
use crate::cursor::Cursor;
use crate::ephemeral::EphemeralEvent;
use crate::error::{ErrorKind, LogError};
use crate::submission::{CommittedBatch, ReadReceipt, SubmitError};
use crate::write_backend::{BatchContext, BatchId, WriteBackend};

/// A clock that is set back by less is not worth a warning.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_mins(1);

/// Seconds between two rounds of maintenance.
const MAINTAIN_EVERY: i64 = 1;

/// Commits batches, one after the other.
pub(super) struct BatchProcessor<B> {
    backend: B,
    clock: Arc<dyn Clock>,
    publish: Publish,
    head: watch::Sender<Cursor>,
    context: BatchContext,
    /// The time of the newest batch. It never goes back within a log, whatever the system's clock does.
    now: Timestamp,
    last_maintenance: Timestamp,
    lock_queue: LockQueue,
    /// A batch that is perhaps committed. Nothing is written until the database has said whether it is.
    unresolved: Option<Publication>,
    health: WriteHealth,
}

/// A batch inside its transaction.
struct WrittenBatch {
    replies: Vec<PendingReply>,
    publication: Publication,
}

/// What is published once a batch is durable.
struct Publication {
    batch: BatchId,
    committed: CommittedBatch,
    head: Cursor,
}

impl<B: WriteBackend> BatchProcessor<B> {
    pub(super) fn new(mut backend: B, clock: Arc<dyn Clock>, publish: Publish) -> Result<Self, LogError> {
        let (head, _) = watch::channel(backend.head()?.cursor);
        let now = whole_millis(clock.now());
        warn_if_ahead(backend.newest_time()?, now);
        Ok(Self {
            backend,
            clock,
            publish,
            head,
            context: BatchContext::empty(),
            now,
            last_maintenance: now,
            lock_queue: LockQueue::default(),
            unresolved: None,
            health: WriteHealth::default(),
        })
    }

    pub(super) fn head(&self) -> watch::Receiver<Cursor> {
        self.head.subscribe()
    }

    /// Whether requests wait for rows that another process has locked.
    pub(super) fn has_locked(&self) -> bool {
        !self.lock_queue.is_empty()
    }

    /// Takes the requests that wait for locked rows. They go before all newer requests of the next batch.
    pub(super) fn take_locked(&mut self) -> Vec<QueuedRequest> {
        self.lock_queue.take()
    }

    /// Finishes what is open: an unresolved batch, and the requests that wait for locked rows. Tries each a last time.
    pub(super) fn shut_down(&mut self) {
        let requests = self.take_locked();
        if !requests.is_empty() || self.unresolved.is_some() {
            self.commit(requests);
        }
        for request in self.take_locked() {
            request.fail(SubmitError::Busy);
        }
    }

    /// Commits a batch, publishes its events, and answers its requests. Halves the batch for as long as the database
    /// rejects it.
    pub(super) fn commit(&mut self, requests: Vec<QueuedRequest>) {
        if let Err(error) = self.resolve() {
            return fail_all(requests, &SubmitError::Failed(Arc::new(error)));
        }
        let written = match self.write(&requests) {
            Ok(written) => written,
            Err(error) => return self.not_written(requests, error),
        };
        match self.backend.commit(written.publication.batch) {
            Ok(()) => self.finish(requests, written),
            Err(error) if error.kind() == ErrorKind::CommitUnknown => {
                self.commit_unknown(requests, written, error);
            }
            Err(error) => self.not_written(requests, error),
        }
    }

    /// Does maintenance, at most once a second. Returns whether there is more to do.
    pub(super) fn maintain(&mut self) -> bool {
        if self.resolve().is_err() {
            return true;
        }
        let now = self.clock.now();
        if (now.as_second() - self.last_maintenance.as_second()).abs() < MAINTAIN_EVERY {
            return true;
        }
        self.last_maintenance = now;
        match self.backend.maintain(self.now.max(now), whole_millis(now)) {
            Ok(more) => more,
            Err(error) => {
                tracing::warn!(%error, "maintenance failed, trying again later");
                self.roll_back();
                false
            }
        }
    }

    /// Everything before the commit.
    fn write(&mut self, requests: &[QueuedRequest]) -> Result<WrittenBatch, LogError> {
        let clock = whole_millis(self.clock.now());
        self.now = self.now.max(clock);
        if self.backend.detects_foreign_writes() {
            self.context.forget_batch();
        } else {
            self.context = BatchContext::empty();
        }
        let load = load_request(requests, self.now);
        let locked = self.backend.begin(&load, &mut self.context)?;
        let head = self.context.head.clone();
        let head = head.ok_or_else(|| LogError::corrupt("the log's head was not loaded"))?;
        // The clock may have been set back while the server was down.
        self.now = self.now.max(head.latest);
        let is_behind = self.now.duration_since(clock) > CLOCK_TOLERANCE;
        self.context.world.clock = is_behind.then_some(clock);
        let mut blocked = BlockedRows::new(&locked, &self.lock_queue, &self.context.world);
        let mut draft =
            BatchDraft::new(&mut self.context, &*self.clock, head.cursor, self.now, requests.len());
        let mut replies = Vec::with_capacity(requests.len());
        for queued in requests {
            replies.push(match &queued.request {
                WriteRequest::Submission(submission, _) => {
                    let world = draft.world();
                    if blocked.as_mut().is_some_and(|blocked| blocked.block(submission, world)) {
                        PendingReply::Locked
                    } else {
                        PendingReply::Submission(draft.submission(submission))
                    }
                }
                // Accounts follow the clock, also when it was set back: sessions and links end by it.
                WriteRequest::Account(change, _) => {
                    PendingReply::Account(self.backend.account(change, clock)?)
                }
                WriteRequest::MarkRead(..)
                | WriteRequest::Consumer(..)
                | WriteRequest::KeepStates(..)
                | WriteRequest::Check(..) => PendingReply::AfterEvents,
            });
        }
        let Decided { writes, events, head } = draft.finish();
        for reply in &mut replies {
            if let PendingReply::Submission(Ok(receipt)) = reply {
                receipt.cursor.seq = head.seq;
            }
        }
        if let Some(known) = &mut self.context.head {
            known.cursor.seq = head.seq;
        }
        self.backend.write(&writes)?;
        let ephemeral = self.after_events(requests, &mut replies, &head)?;
        let committed = CommittedBatch { events, ephemeral, at: self.now };
        let batch = BatchId(self.clock.uuid());
        Ok(WrittenBatch { replies, publication: Publication { batch, committed, head } })
    }

    /// Stores read marks and positions of consumers, after the batch's events were written: they may be about those.
    fn after_events(
        &mut self,
        requests: &[QueuedRequest],
        replies: &mut [PendingReply],
        head: &Cursor,
    ) -> Result<Vec<EphemeralEvent>, LogError> {
        let mut ephemeral = Vec::new();
        for (queued, reply) in requests.iter().zip(replies) {
            match &queued.request {
                WriteRequest::MarkRead(read, _) => {
                    let (state, changed) = self.backend.mark_read(read, self.now)?;
                    let state = Arc::new(state);
                    if changed {
                        let state = Arc::clone(&state);
                        ephemeral.push(EphemeralEvent::InboxRead { inbox: read.inbox.clone(), state });
                    }
                    *reply = PendingReply::MarkRead(ReadReceipt { state, cursor: head.clone() });
                }
                WriteRequest::Consumer(change, _) => {
                    *reply = PendingReply::Consumer(self.change_consumer(change, head)?);
                }
                WriteRequest::KeepStates(owner, changes, _) => {
                    for change in changes {
                        self.backend.change_state(*owner, change)?;
                    }
                    *reply = PendingReply::KeepStates;
                }
                WriteRequest::Check(..) => {
                    if !self.health.is_proven(self.clock.now()) {
                        self.backend.check()?;
                    }
                }
                WriteRequest::Submission(..) | WriteRequest::Account(..) => {}
            }
        }
        Ok(ephemeral)
    }

    fn change_consumer(
        &mut self,
        change: &ConsumerChange,
        head: &Cursor,
    ) -> Result<Result<Consumer, ConsumerRefusal>, LogError> {
        let stored = self.backend.consumer(change.name())?;
        let pruned = self.backend.pruned()?;
        Ok(match decide_change(change, stored, head, pruned, self.now) {
            Ok(ConsumerWrite::Keep(consumer)) => Ok(consumer),
            Ok(ConsumerWrite::Store(consumer)) => {
                self.backend.store_consumer(&consumer)?;
                Ok(consumer)
            }
            Ok(ConsumerWrite::Remove(consumer)) => {
                self.backend.remove_consumer(&consumer.name)?;
                Ok(consumer)
            }
            Err(refusal) => Err(refusal),
        })
    }

    /// The batch is durable.
    fn finish(&mut self, requests: Vec<QueuedRequest>, written: WrittenBatch) {
        if !written.publication.committed.events.is_empty() {
            self.health.wrote();
        }
        self.publish(written.publication);
        for (request, reply) in requests.into_iter().zip(written.replies) {
            match reply {
                PendingReply::Locked => self.lock_queue.push(request, self.clock.now()),
                PendingReply::AfterEvents => {
                    self.health.checked(self.clock.now());
                    request.answer(PendingReply::Check(self.health.verdict()));
                }
                reply => request.answer(reply),
            }
        }
    }

    /// Before the answers: a subscription that is opened after an answer starts behind its events.
    fn publish(&self, Publication { committed, head, .. }: Publication) {
        if !committed.events.is_empty() || !committed.ephemeral.is_empty() {
            (self.publish)(committed);
        }
        self.head.send_if_modified(|current| {
            let moved = *current != head;
            *current = head;
            moved
        });
    }

    /// The batch is not committed.
    fn not_written(&mut self, mut requests: Vec<QueuedRequest>, error: LogError) {
        self.roll_back();
        if error.kind().fails_any_batch() {
            let error = Arc::new(error);
            // Checks come again and again, and say so themselves.
            if !requests.iter().all(QueuedRequest::is_check) {
                tracing::error!(%error, submissions = requests.len(), "the database refuses to write");
                self.health.failed(self.clock.now(), &error);
            }
            let busy = error.kind() == ErrorKind::Busy;
            fail_all(requests, &if busy { SubmitError::Busy } else { SubmitError::Failed(error) });
        } else if requests.len() > 1 {
            tracing::warn!(%error, submissions = requests.len(), "the database rejected a batch, halving it");
            let second = requests.split_off(requests.len() / 2);
            self.commit(requests);
            self.commit(second);
        } else if let Some(request) = requests.pop() {
            tracing::error!(%error, "the database rejected a submission");
            request.fail(SubmitError::Failed(Arc::new(error)));
        }
    }

    /// The database did not answer COMMIT: asks whether the batch is there, and does not execute it again.
    fn commit_unknown(&mut self, requests: Vec<QueuedRequest>, written: WrittenBatch, error: LogError) {
        self.roll_back();
        let failure = match self.backend.was_committed(written.publication.batch) {
            Ok(true) => {
                tracing::warn!(%error, "the database did not answer COMMIT, but the batch is committed");
                return self.finish(requests, written);
            }
            Ok(false) => {
                tracing::error!(%error, submissions = requests.len(), "a batch was not committed");
                let context = "the database failed before the batch was committed";
                let error = LogError::new(ErrorKind::Unavailable, context).caused_by(error);
                SubmitError::Failed(Arc::new(error))
            }
            Err(unanswered) => {
                tracing::error!(
                    %error, %unanswered, submissions = requests.len(),
                    "it is unknown whether a batch was committed, asking again before the next one"
                );
                self.unresolved = Some(written.publication);
                SubmitError::CommitUnknown
            }
        };
        for (request, reply) in requests.into_iter().zip(written.replies) {
            match reply {
                // It was not part of the batch.
                PendingReply::Locked => self.lock_queue.push(request, self.clock.now()),
                _ => request.fail(failure.clone()),
            }
        }
    }

    /// Finds out what became of an unresolved batch. An error says that this is still unknown.
    fn resolve(&mut self) -> Result<(), LogError> {
        let Some(unresolved) = self.unresolved.take() else { return Ok(()) };
        match self.backend.was_committed(unresolved.batch) {
            Ok(committed) => {
                tracing::info!(committed, "it is known now whether the batch was committed");
                if committed {
                    self.publish(unresolved);
                }
                Ok(())
            }
            Err(error) => {
                tracing::warn!(%error, "it is still unknown whether a batch was committed");
                self.unresolved = Some(unresolved);
                let context = "the database does not say what it committed last";
                Err(LogError::new(ErrorKind::Unavailable, context).caused_by(error))
            }
        }
    }

    /// Rolls the transaction back, and drops what was loaded for it.
    fn roll_back(&mut self) {
        self.backend.rollback();
        self.context = BatchContext::empty();
    }
}

fn fail_all(requests: Vec<QueuedRequest>, error: &SubmitError) {
    for request in requests {
        request.fail(error.clone());
    }
}

/// The clock was ahead when something was stored, or is behind now.
fn warn_if_ahead(newest: Option<Timestamp>, now: Timestamp) {
    let Some(newest) = newest.filter(|newest| newest.duration_since(now) > CLOCK_TOLERANCE) else { return };
    tracing::warn!(
        %newest, %now,
        "the clock was set back since something was stored; new events get the time of the newest one until the clock has \
         caught up"
    );
}

/// Times are stored in milliseconds. A finer time would compare differently in memory and in the database.
fn whole_millis(at: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at)
}
