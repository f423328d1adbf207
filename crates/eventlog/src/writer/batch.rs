//! Commits one batch: loads, decides, writes, commits, publishes, answers.

use std::sync::Arc;

use foldhash::{HashSet, HashSetExt as _};
use jiff::Timestamp;
use orders::Command;
use tokio::sync::watch;

use super::Publish;
use super::draft::{BatchDraft, Decided};
use crate::accounts::{AccountAnswer, AccountRefusal};
use crate::clock::Clock;
use crate::consumers::{Consumer, ConsumerChange, ConsumerRefusal, ConsumerWrite, decide_change};
use crate::cursor::Cursor;
use crate::ephemeral::EphemeralEvent;
use crate::error::{ErrorKind, LogError};
use crate::submission::{Committed, ReadReceipt, Receipt, SubmitError, WriteRequest};
use crate::write_backend::{BatchContext, LoadRequest, WriteBackend};

/// Past this many, the products in memory are dropped and loaded again when they are needed.
const PRODUCTS_KEPT: usize = 50_000;
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
}

/// The answer to one request, held back until the batch is durable.
enum PendingReply {
    Submission(Result<Receipt, SubmitError>),
    Account(Result<AccountAnswer, AccountRefusal>),
    /// `None` until the events before it are written.
    MarkRead(Option<ReadReceipt>),
    Consumer(Option<Result<Consumer, ConsumerRefusal>>),
}

impl<B: WriteBackend> BatchProcessor<B> {
    pub(super) fn new(mut backend: B, clock: Arc<dyn Clock>, publish: Publish) -> Result<Self, LogError> {
        let (head, _) = watch::channel(backend.head()?.cursor);
        let now = whole_millis(clock.now());
        let context = BatchContext::empty();
        Ok(Self { backend, clock, publish, head, context, now, last_maintenance: now })
    }

    pub(super) fn head(&self) -> watch::Receiver<Cursor> {
        self.head.subscribe()
    }

    /// Commits a batch, publishes its events, and answers its requests. Halves the batch for as long as the database
    /// rejects it.
    pub(super) fn commit(&mut self, mut requests: Vec<WriteRequest>) {
        match self.attempt(&requests) {
            Ok((replies, committed, head)) => {
                // Before the answers: a subscription that is opened after an answer starts behind its events.
                if !committed.events.is_empty() || !committed.ephemeral.is_empty() {
                    (self.publish)(committed);
                }
                self.move_head(head);
                for (request, reply) in requests.into_iter().zip(replies) {
                    answer(request, reply);
                }
            }
            Err(error) => {
                self.roll_back();
                if error.kind().fails_any_batch() {
                    tracing::error!(%error, submissions = requests.len(), "the database refuses to write");
                    let error = Arc::new(error);
                    for request in requests {
                        fail(
                            request,
                            if error.kind() == ErrorKind::Busy {
                                SubmitError::Busy
                            } else {
                                SubmitError::Failed(Arc::clone(&error))
                            },
                        );
                    }
                } else if requests.len() > 1 {
                    tracing::warn!(%error, submissions = requests.len(), "a batch was rejected, halving it");
                    let second = requests.split_off(requests.len() / 2);
                    self.commit(requests);
                    self.commit(second);
                } else if let Some(request) = requests.pop() {
                    tracing::error!(%error, "the database rejected a submission");
                    fail(request, SubmitError::Failed(Arc::new(error)));
                }
            }
        }
    }

    /// Does maintenance, at most once a second. Returns whether there is more to do.
    pub(super) fn maintain(&mut self) -> bool {
        let now = self.clock.now();
        if (now.as_second() - self.last_maintenance.as_second()).abs() < MAINTAIN_EVERY {
            return true;
        }
        self.last_maintenance = now;
        match self.backend.maintain(self.now.max(now)) {
            Ok(more) => more,
            Err(error) => {
                tracing::warn!(%error, "maintenance failed, trying again later");
                self.roll_back();
                false
            }
        }
    }

    /// Rolls the transaction back, and drops what was loaded for it.
    fn roll_back(&mut self) {
        self.backend.rollback();
        self.context = BatchContext::empty();
    }

    fn move_head(&self, head: Cursor) {
        self.head.send_if_modified(|current| {
            let moved = *current != head;
            *current = head;
            moved
        });
    }

    fn attempt(
        &mut self,
        requests: &[WriteRequest],
    ) -> Result<(Vec<PendingReply>, Committed, Cursor), LogError> {
        self.now = self.now.max(whole_millis(self.clock.now()));
        self.context.forget_batch();
        let load = load_request(requests, self.now);
        self.backend.begin(&load, &mut self.context)?;
        let head = self.context.head.clone();
        let head = head.ok_or_else(|| LogError::corrupt("the log's head was not loaded"))?;
        // The clock may have been set back while the server was down.
        self.now = self.now.max(head.latest);
        let mut draft =
            BatchDraft::new(&mut self.context, &*self.clock, head.cursor, self.now, requests.len());
        let mut replies = Vec::with_capacity(requests.len());
        for request in requests {
            replies.push(match request {
                WriteRequest::Submission(submission, _) => {
                    PendingReply::Submission(draft.submission(submission))
                }
                WriteRequest::Account(change, _) => {
                    PendingReply::Account(self.backend.account(change, self.now)?)
                }
                WriteRequest::MarkRead(..) => PendingReply::MarkRead(None),
                WriteRequest::Consumer(..) => PendingReply::Consumer(None),
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
        self.backend.commit()?;
        Ok((replies, Committed { events, ephemeral, at: self.now }, head))
    }

    /// Stores read marks and positions of consumers, after the batch's events were written: they may be about those.
    fn after_events(
        &mut self,
        requests: &[WriteRequest],
        replies: &mut [PendingReply],
        head: &Cursor,
    ) -> Result<Vec<EphemeralEvent>, LogError> {
        let mut ephemeral = Vec::new();
        for (request, reply) in requests.iter().zip(replies) {
            match request {
                WriteRequest::MarkRead(read, _) => {
                    let (state, changed) = self.backend.mark_read(read, self.now)?;
                    let state = Arc::new(state);
                    if changed {
                        let state = Arc::clone(&state);
                        ephemeral.push(EphemeralEvent::InboxRead { inbox: read.inbox.clone(), state });
                    }
                    *reply = PendingReply::MarkRead(Some(ReadReceipt { state, cursor: head.clone() }));
                }
                WriteRequest::Consumer(change, _) => {
                    *reply = PendingReply::Consumer(Some(self.change_consumer(change, head)?));
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
}

/// What the requests name, without duplicates.
fn load_request(requests: &[WriteRequest], now: Timestamp) -> LoadRequest {
    let mut load = LoadRequest { now, ..LoadRequest::default() };
    let mut orders = HashSet::new();
    let mut products = HashSet::new();
    let mut people = HashSet::new();
    for request in requests {
        let WriteRequest::Submission(submission, _) = request else { continue };
        load.keys.extend(submission.idempotency.map(|key| key.scope));
        for request in &submission.requests {
            orders.extend(request.command.order());
            products.extend(request.command.products());
            if let Command::CreateProduct(create) = &request.command {
                // To know whether the id is taken.
                products.insert(create.id);
            }
            if let Command::UpdateProduct(_) | Command::SetStock { .. } = &request.command {
                load.details.extend(request.command.products());
            }
            if let Some(user) = request.actor.user()
                && !people.contains(user)
            {
                people.insert(user.clone());
            }
        }
    }
    load.orders = orders.into_iter().collect();
    load.products = products.into_iter().collect();
    load.people = people.into_iter().collect();
    load
}

/// Sends an answer. A caller that no longer waits for it gets none; what it asked for has happened all the same.
fn answer(request: WriteRequest, reply: PendingReply) {
    match (request, reply) {
        (WriteRequest::Submission(_, caller), PendingReply::Submission(receipt)) => {
            drop(caller.send(receipt));
        }
        (WriteRequest::Account(_, caller), PendingReply::Account(done)) => drop(caller.send(Ok(done))),
        (WriteRequest::MarkRead(_, caller), PendingReply::MarkRead(Some(receipt))) => {
            drop(caller.send(Ok(receipt)));
        }
        (WriteRequest::Consumer(_, caller), PendingReply::Consumer(Some(done))) => {
            drop(caller.send(Ok(done)))
        }
        (
            WriteRequest::Submission(..)
            | WriteRequest::Account(..)
            | WriteRequest::MarkRead(..)
            | WriteRequest::Consumer(..),
            _,
        ) => {}
    }
}

fn fail(request: WriteRequest, error: SubmitError) {
    match request {
        WriteRequest::Submission(_, caller) => drop(caller.send(Err(error))),
        WriteRequest::Account(_, caller) => drop(caller.send(Err(error))),
        WriteRequest::MarkRead(_, caller) => drop(caller.send(Err(error))),
        WriteRequest::Consumer(_, caller) => drop(caller.send(Err(error))),
    }
}

/// Times are stored in milliseconds. A finer time would compare differently in memory and in the database.
fn whole_millis(at: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at)
}

impl BatchContext {
    /// Keeps the products and drops the rest.
    fn forget_batch(&mut self) {
        self.world.orders.clear();
        self.world.numbers.clear();
        if self.world.products.len() > PRODUCTS_KEPT {
            self.world.products.clear();
        }
        self.contacts.clear();
        self.details.clear();
        self.people.clear();
        self.answers.clear();
    }
}
