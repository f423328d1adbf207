//! What waits for the writer, and where its answer goes.

use jiff::Timestamp;
use tokio::sync::oneshot;

use crate::accounts::{AccountAnswer, AccountChange, AccountRefusal};
use crate::consumers::{Consumer, ConsumerChange, ConsumerRefusal};
use crate::inbox::MarkRead;
use crate::kept_state::{StateChange, StateOwner};
use crate::submission::{ReadReceipt, Receipt, Submission, SubmitError};

pub(super) type AnswerSender<T> = oneshot::Sender<Result<T, SubmitError>>;

pub(super) enum WriteRequest {
    Submission(Submission, AnswerSender<Receipt>),
    Account(AccountChange, AnswerSender<Result<AccountAnswer, AccountRefusal>>),
    MarkRead(MarkRead, AnswerSender<ReadReceipt>),
    Consumer(ConsumerChange, AnswerSender<Result<Consumer, ConsumerRefusal>>),
    KeepStates(StateOwner, Vec<StateChange>, AnswerSender<()>),
    /// Whether the database writes.
    Check(AnswerSender<()>),
}

/// An entry of the writer's queue.
pub(super) struct QueuedRequest {
    pub(super) request: WriteRequest,
    /// Since when the request waits for locked rows, by the clock.
    pub(super) locked_since: Option<Timestamp>,
}

/// The answer to a request, held back until the batch is durable.
pub(super) enum PendingReply {
    Submission(Result<Receipt, SubmitError>),
    Account(Result<AccountAnswer, AccountRefusal>),
    MarkRead(ReadReceipt),
    Consumer(Result<Consumer, ConsumerRefusal>),
    KeepStates,
    Check(Result<(), SubmitError>),
    /// Known only once the batch's events are written; of a check, once the batch is durable.
    AfterEvents,
    /// Not part of this batch: it names rows that another process has locked.
    Locked,
}

impl QueuedRequest {
    pub(super) fn new(request: WriteRequest) -> Self {
        Self { request, locked_since: None }
    }

    /// How many commands it counts for when a batch is filled.
    pub(super) fn commands(&self) -> usize {
        match &self.request {
            WriteRequest::Submission(submission, _) => submission.requests.len(),
            WriteRequest::Account(..)
            | WriteRequest::MarkRead(..)
            | WriteRequest::Consumer(..)
            | WriteRequest::Check(..) => 1,
            WriteRequest::KeepStates(_, changes, _) => changes.len(),
        }
    }

    pub(super) fn is_check(&self) -> bool {
        matches!(self.request, WriteRequest::Check(..))
    }

    /// Sends the answer. Where the caller no longer waits for it, the request was carried out all the same.
    pub(super) fn answer(self, reply: PendingReply) {
        match (self.request, reply) {
            (WriteRequest::Submission(_, caller), PendingReply::Submission(receipt)) => {
                drop(caller.send(receipt));
            }
            (WriteRequest::Account(_, caller), PendingReply::Account(done)) => drop(caller.send(Ok(done))),
            (WriteRequest::MarkRead(_, caller), PendingReply::MarkRead(read)) => drop(caller.send(Ok(read))),
            (WriteRequest::Consumer(_, caller), PendingReply::Consumer(done)) => drop(caller.send(Ok(done))),
            (WriteRequest::KeepStates(_, _, caller), PendingReply::KeepStates) => drop(caller.send(Ok(()))),
            (WriteRequest::Check(caller), PendingReply::Check(verdict)) => drop(caller.send(verdict)),
            // A reply is of its request's kind. If it were not, dropping the sender tells the caller `Lost`.
            _ => {}
        }
    }

    pub(super) fn fail(self, error: SubmitError) {
        match self.request {
            WriteRequest::Submission(_, caller) => drop(caller.send(Err(error))),
            WriteRequest::Account(_, caller) => drop(caller.send(Err(error))),
            WriteRequest::MarkRead(_, caller) => drop(caller.send(Err(error))),
            WriteRequest::Consumer(_, caller) => drop(caller.send(Err(error))),
            WriteRequest::KeepStates(_, _, caller) | WriteRequest::Check(caller) => {
                drop(caller.send(Err(error)));
            }
        }
    }
}
