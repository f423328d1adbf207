//! The writer over a backend that counts calls and fails on demand.

use std::pin::Pin;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::task::{Context, Waker};

use jiff::{SignedDuration, Timestamp};
use orders::{Actor, Command, OrderNumber, OrderRef};
use uuid::Uuid;

use super::*;
use crate::consumers::ConsumerName;
use crate::cursor::{Epoch, Seq};
use crate::error::ErrorKind;
use crate::kept_state::{StateChange, StateOwner};
use crate::write_backend::{BatchContext, BatchId, LoadRequest, LockedRows, LogHead, Writes};

const DEADLINE: Duration = Duration::from_mins(1);

#[derive(Default)]
struct Counts {
    begun: AtomicUsize,
    committed: AtomicUsize,
    rolled_back: AtomicUsize,
    maintained: AtomicUsize,
}

struct CountingBackend {
    counts: Arc<Counts>,
    /// The first batch waits for this, so that later submissions share the second batch.
    go: mpsc::Receiver<()>,
    fails: fn() -> Option<LogError>,
}

impl WriteBackend for CountingBackend {
    fn detects_foreign_writes(&self) -> bool {
        true
    }

    fn head(&mut self) -> Result<LogHead, LogError> {
        let epoch = Epoch::mint(Uuid::nil());
        Ok(LogHead { cursor: Cursor { epoch, seq: Seq(0) }, latest: Timestamp::UNIX_EPOCH })
    }

    fn begin(&mut self, _: &LoadRequest, context: &mut BatchContext) -> Result<LockedRows, LogError> {
        context.head = Some(self.head()?);
        self.go.recv().ok();
        self.counts.begun.fetch_add(1, Ordering::SeqCst);
        Ok(LockedRows::default())
    }

    fn account(
        &mut self,
        _: &AccountChange,
        _: Timestamp,
    ) -> Result<Result<AccountAnswer, AccountRefusal>, LogError> {
        Ok(Ok(AccountAnswer::Done))
    }

    fn write(&mut self, _: &Writes) -> Result<(), LogError> {
        (self.fails)().map_or(Ok(()), Err)
    }

    fn mark_read(&mut self, _: &MarkRead, _: Timestamp) -> Result<(crate::inbox::ReadState, bool), LogError> {
        Ok((crate::inbox::ReadState::default(), false))
    }

    fn pruned(&mut self) -> Result<Seq, LogError> {
        Ok(Seq(0))
    }

    fn consumer(&mut self, _: &ConsumerName) -> Result<Option<Consumer>, LogError> {
        Ok(None)
    }

    fn store_consumer(&mut self, _: &Consumer) -> Result<(), LogError> {
        Ok(())
    }

    fn remove_consumer(&mut self, _: &ConsumerName) -> Result<(), LogError> {
        Ok(())
    }

    fn change_state(&mut self, _: StateOwner, _: &StateChange) -> Result<(), LogError> {
        Ok(())
    }

    fn check(&mut self) -> Result<(), LogError> {
        Ok(())
    }

    fn commit(&mut self, _: BatchId) -> Result<(), LogError> {
        self.counts.committed.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    fn was_committed(&mut self, _: BatchId) -> Result<bool, LogError> {
        Ok(false)
    }

    fn rollback(&mut self) {
        self.counts.rolled_back.fetch_add(1, Ordering::SeqCst);
    }

    fn newest_time(&mut self) -> Result<Option<Timestamp>, LogError> {
        Ok(None)
    }

    fn maintain(&mut self, _: Timestamp, _: Timestamp) -> Result<bool, LogError> {
        self.counts.maintained.fetch_add(1, Ordering::SeqCst);
        Ok(false)
    }
}

/// Moves on by a second with every call.
struct TickingClock(AtomicI64);

impl Clock for TickingClock {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(self.0.fetch_add(1, Ordering::SeqCst))
    }

    fn uuid(&self) -> Uuid {
        Uuid::nil()
    }
}

fn start(fails: fn() -> Option<LogError>) -> (Writer, JoinHandle<()>, Arc<Counts>, mpsc::Sender<()>) {
    let (release, go) = mpsc::channel();
    let counts = Arc::<Counts>::default();
    let backend = CountingBackend { counts: Arc::clone(&counts), go, fails };
    let (writer, thread) =
        Writer::start(backend, Arc::new(TickingClock(AtomicI64::new(0))), Box::new(drop)).unwrap();
    (writer, thread, counts, release)
}

fn anything() -> Submission {
    let order = OrderRef::Number(OrderNumber::FIRST);
    Submission::one(Command::CancelOrder { order, reason: None }, Actor::System)
}

/// Submits ten at once: one becomes a batch of its own, and nine the second batch.
async fn ten(writer: &Writer, go: mpsc::Sender<()>) -> Vec<Result<Receipt, SubmitError>> {
    let mut waiting: Vec<Pin<Box<_>>> = (0..10).map(|_| Box::pin(writer.submit(anything()))).collect();
    for submission in &mut waiting {
        assert!(submission.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    // Releases the first batch.
    drop(go);
    let mut answers = Vec::new();
    for submission in waiting {
        answers.push(submission.await);
    }
    answers
}

fn failure(kind: ErrorKind) -> LogError {
    LogError::new(kind, "injected failure")
}

#[tokio::test]
async fn a_database_that_is_held_by_somebody_else_is_not_asked_for_each_submission() {
    let (writer, _thread, counts, go) = start(|| Some(failure(ErrorKind::Busy)));
    for answer in ten(&writer, go).await {
        assert!(matches!(answer, Err(SubmitError::Busy)), "a retry helps: {answer:?}");
    }
    assert!(counts.begun.load(Ordering::SeqCst) <= 10, "no batch was tried twice");
    assert_eq!(counts.begun.load(Ordering::SeqCst), counts.rolled_back.load(Ordering::SeqCst));
    assert_eq!(counts.committed.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_full_disk_fails_everybody_at_once() {
    let (writer, _thread, counts, go) = start(|| Some(failure(ErrorKind::Storage)));
    for answer in ten(&writer, go).await {
        assert!(matches!(answer, Err(SubmitError::Failed(_))), "{answer:?}");
    }
    assert!(counts.begun.load(Ordering::SeqCst) <= 10);
}

#[tokio::test]
async fn a_batch_that_is_rejected_is_halved_down_to_each() {
    let (writer, _thread, counts, go) = start(|| Some(failure(ErrorKind::Rejected)));
    for answer in ten(&writer, go).await {
        assert!(matches!(answer, Err(SubmitError::Failed(_))), "{answer:?}");
    }
    let (begun, rolled_back) =
        (counts.begun.load(Ordering::SeqCst), counts.rolled_back.load(Ordering::SeqCst));
    assert!(begun >= 10 && begun == rolled_back, "{begun}, {rolled_back}");
}

#[tokio::test]
async fn an_idle_writer_does_maintenance() {
    let (writer, thread, counts, go) = start(|| None);
    drop(go);
    let since = std::time::Instant::now();
    while counts.maintained.load(Ordering::SeqCst) == 0 {
        assert!(since.elapsed() < DEADLINE);
        tokio::task::yield_now().await;
    }
    assert_eq!(counts.begun.load(Ordering::SeqCst), 0);
    drop(writer);
    thread.join().unwrap();
}

#[tokio::test]
async fn a_stopped_writer_says_so() {
    let (writer, thread, _counts, go) = start(|| panic!("injected panic"));
    drop(go);
    assert!(matches!(writer.submit(anything()).await, Err(SubmitError::Lost)), "it may have happened");
    tokio::time::timeout(DEADLINE, writer.failed()).await.unwrap();
    assert!(thread.join().is_err());
    assert!(matches!(writer.submit(anything()).await, Err(SubmitError::Stopping)));
}
