//! A log under test: its writer, its queries, and everything that it published.

use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex};
use std::task::{Context, Poll, Waker};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use jiff::SignedDuration;
use ordercast_eventlog::accounts::{AccountAnswer, AccountChange, AccountRefusal};
use ordercast_eventlog::{
    CatalogProduct, CommittedBatch, Cursor, EphemeralEvent, Inbox, Mark, MarkRead, Outcome, ReadBackend,
    ReadReceipt, Receipt, Seq, Snapshot, StoredEvent, Submission, SubmitError, Writer,
};
use orders::{Actor, Command, OrderRef, Refusal};

use super::Backend;
use super::clock::TestClock;
use super::shop;

/// A test that waits longer than this fails instead of hanging.
pub(crate) const DEADLINE: Duration = Duration::from_mins(2);

pub(crate) struct Log<B: Backend> {
    backend: B,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) published: Arc<Published>,
    keep_events: Option<SignedDuration>,
    running: Option<Running>,
}

struct Running {
    writer: Writer,
    thread: JoinHandle<()>,
    read_backend: Arc<dyn ReadBackend>,
}

/// The published batches, and a way to hold the writer right after a batch.
#[derive(Default)]
pub(crate) struct Published {
    batches: Mutex<Vec<CommittedBatch>>,
    held: Mutex<bool>,
    released: Condvar,
}

impl Published {
    fn take(&self, committed: CommittedBatch) {
        self.batches.lock().unwrap().push(committed);
        drop(self.released.wait_while(self.held.lock().unwrap(), |held| *held).unwrap());
    }

    fn hold(&self, held: bool) {
        *self.held.lock().unwrap() = held;
        self.released.notify_all();
    }

    pub(crate) fn batches(&self) -> Vec<CommittedBatch> {
        self.batches.lock().unwrap().clone()
    }

    pub(crate) fn ephemeral(&self) -> Vec<EphemeralEvent> {
        self.batches.lock().unwrap().iter().flat_map(|batch| batch.ephemeral.clone()).collect()
    }

    /// Every event, in the order in which they were published.
    pub(crate) fn events(&self) -> Vec<Arc<StoredEvent>> {
        let batches = self.batches.lock().unwrap();
        batches.iter().flat_map(|batch| &batch.events).map(|event| Arc::clone(&event.stored)).collect()
    }
}

impl<B: Backend> Log<B> {
    pub(crate) async fn fresh() -> Self {
        Self::keeping(None).await
    }

    /// A log with retention.
    pub(crate) async fn keeping(keep_events: Option<SignedDuration>) -> Self {
        let mut log = Self {
            backend: B::fresh().await,
            clock: Arc::new(TestClock::new()),
            published: Arc::default(),
            keep_events,
            running: None,
        };
        log.start().await;
        log
    }

    async fn start(&mut self) {
        let (write_backend, read_backend) = self.backend.open(self.keep_events, self.clock.uuid()).await;
        let published = Arc::clone(&self.published);
        let publish = Box::new(move |committed| published.take(committed));
        let (writer, thread) = Writer::start(write_backend, Arc::clone(&self.clock) as _, publish).unwrap();
        self.running = Some(Running { writer, thread, read_backend });
    }

    /// Stops the writer, and waits until everything that it accepted is committed.
    pub(crate) fn stop(&mut self) {
        let Running { writer, thread, read_backend } = self.running.take().unwrap();
        drop(writer);
        let since = Instant::now();
        while !thread.is_finished() {
            assert!(since.elapsed() < DEADLINE, "the writer does not end");
            std::thread::yield_now();
        }
        thread.join().unwrap();
        drop(read_backend);
    }

    pub(crate) async fn restart(&mut self) {
        self.stop();
        self.start().await;
    }

    /// Starts again after [`stop`](Self::stop).
    pub(crate) async fn restart_after_stop(&mut self) {
        self.start().await;
    }

    pub(crate) fn backend(&self) -> &B {
        &self.backend
    }

    pub(crate) fn writer(&self) -> Writer {
        self.running.as_ref().unwrap().writer.clone()
    }

    pub(crate) fn read_backend(&self) -> Arc<dyn ReadBackend> {
        Arc::clone(&self.running.as_ref().unwrap().read_backend)
    }

    pub(crate) async fn submit(&self, submission: Submission) -> Result<Receipt, SubmitError> {
        self.writer().submit(submission).await
    }

    /// Submits one command. Returns its outcome and the cursor.
    pub(crate) async fn ask(&self, command: Command, actor: Actor) -> (Outcome, Cursor) {
        let mut receipt = self.submit(Submission::one(command, actor)).await.unwrap();
        assert_eq!(receipt.outcomes.len(), 1);
        (receipt.outcomes.remove(0), receipt.cursor)
    }

    pub(crate) async fn refusal(&self, command: Command, actor: Actor) -> Refusal {
        match self.ask(command, actor).await.0 {
            Outcome::Refused(refusal) => refusal,
            other => panic!("{other:?}"),
        }
    }

    /// A command about an order that must succeed.
    pub(crate) async fn order(&self, command: Command, actor: Actor) -> Arc<Snapshot> {
        snapshot(self.ask(command, actor).await.0)
    }

    /// A command about a product that must succeed.
    pub(crate) async fn product(&self, command: Command, actor: Actor) -> Arc<CatalogProduct> {
        match self.ask(command, actor).await.0 {
            Outcome::Product(product) => product,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) async fn mark_read(&self, inbox: &Inbox, mark: Mark) -> ReadReceipt {
        self.writer().mark_read(MarkRead { inbox: inbox.clone(), mark }).await.unwrap()
    }

    pub(crate) async fn account(&self, change: AccountChange) -> Result<AccountAnswer, AccountRefusal> {
        self.writer().account(change).await.unwrap()
    }

    /// Reads an order.
    pub(crate) async fn read(&self, name: OrderRef) -> Option<Arc<Snapshot>> {
        self.read_backend().order(name).await.unwrap().value
    }

    pub(crate) async fn head(&self) -> Seq {
        self.read_backend().head().await.unwrap().seq
    }

    /// Commits several submissions in one batch, in this order.
    pub(crate) async fn one_batch(&self, submissions: Vec<Submission>) -> Vec<Result<Receipt, SubmitError>> {
        self.settle().await;
        let before = self.published.batches().len();
        let receipts = self.together(submissions).await;
        let batches = self.published.batches().len() - before;
        assert!(batches <= 2, "these were {batches} batches, with the one that held the writer");
        receipts
    }

    /// Submits several at once, in this order.
    pub(crate) async fn together(&self, submissions: Vec<Submission>) -> Vec<Result<Receipt, SubmitError>> {
        self.hold().await;
        let writer = self.writer();
        let waiting: Vec<_> = submissions.into_iter().map(|submission| queue(&writer, submission)).collect();
        self.release();
        let mut receipts = Vec::new();
        for submission in waiting {
            receipts.push(submission.await);
        }
        receipts
    }

    /// Holds the writer right after a batch. Everything that is submitted before `release` is one batch.
    pub(crate) async fn hold(&self) {
        self.settle().await;
        let before = self.published.batches().len();
        self.published.hold(true);
        let writer = self.writer();
        let warm_up = Submission::one(shop::create(self.clock.uuid(), 1, 1), shop::staff("warm-up"));
        let _answered_later = queue(&writer, warm_up);
        // A batch is published before it is answered, so the writer is held now.
        while self.published.batches().len() == before {
            tokio::task::yield_now().await;
        }
    }

    pub(crate) fn release(&self) {
        self.published.hold(false);
    }

    /// Waits until the writer is done with earlier batches and the maintenance after them.
    pub(crate) async fn settle(&self) {
        let nothing = Submission { requests: Vec::new(), idempotency: None, external_user: None };
        self.submit(nothing).await.unwrap();
    }

    /// Moves the clock by a second for each round of maintenance.
    pub(crate) async fn maintain(&self, rounds: usize) {
        for _ in 0..rounds {
            self.clock.advance(SignedDuration::from_secs(1));
            // Maintenance follows this batch, and the next batch waits for it.
            self.settle().await;
        }
        self.settle().await;
    }
}

impl<B: Backend> Drop for Log<B> {
    fn drop(&mut self) {
        self.published.hold(false);
        if self.running.is_some() && !std::thread::panicking() {
            self.stop();
        }
    }
}

/// Puts a submission into the writer's queue at once. Awaiting the result waits for the answer.
pub(crate) fn queue(
    writer: &Writer,
    submission: Submission,
) -> Pin<Box<dyn Future<Output = Result<Receipt, SubmitError>> + Send + '_>> {
    let mut answer = Box::pin(writer.submit(submission));
    // The first poll queues it. A quick writer may have answered by then.
    match answer.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => Box::pin(std::future::ready(done)),
        Poll::Pending => answer,
    }
}

pub(crate) fn snapshot(outcome: Outcome) -> Arc<Snapshot> {
    match outcome {
        Outcome::Order(snapshot) | Outcome::Unchanged(snapshot) => snapshot,
        other => panic!("{other:?}"),
    }
}

/// The only outcome of a receipt, which must be an order.
pub(crate) fn ordered(receipt: Result<Receipt, SubmitError>) -> Arc<Snapshot> {
    let mut receipt = receipt.unwrap();
    assert_eq!(receipt.outcomes.len(), 1);
    snapshot(receipt.outcomes.remove(0))
}
