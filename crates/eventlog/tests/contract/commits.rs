//! A COMMIT that the database does not answer: nothing happens twice, nothing acknowledged is lost, and each event is
//! published once.

use ordercast_eventlog::write_backend::{BatchContext, BatchId, LoadRequest, WriteBackend};
use ordercast_eventlog::{Consumer, Inbox, LogError, Mark, Outcome, Receipt, Seq, Submission, SubmitError};
use orders::{Command, ProductId};
use uuid::Uuid;

use super::Backend;
use super::faulty::{CommitFault, Faulty};
use super::log::{Log, ordered, queue};
use super::shop::{create, customer, keyed, place, staff, user};

const MAIN: &str = "main";

/// A shop with a hundred of a product.
async fn shop<B: Backend>() -> (Log<Faulty<B>>, ProductId) {
    let log = Log::<Faulty<B>>::fresh().await;
    let tea = log.product(create(log.clock.uuid(), 450, 100), staff(MAIN)).await.product.id;
    log.settle().await;
    (log, tea)
}

fn order<B: Backend>(log: &Log<B>, tea: ProductId) -> Command {
    place(log.clock.uuid(), MAIN, &[(tea, 1)])
}

fn fail_commits<B: Backend>(log: &Log<Faulty<B>>, faults: &[CommitFault], lookups: usize) {
    let mut plan = log.backend().faults();
    plan.commits.extend(faults);
    plan.lookups = lookups;
    plan.written = 0;
}

/// Checks that the database, what was published and the head agree, and how many orders there are.
pub(crate) async fn agrees<B: Backend>(log: &Log<Faulty<B>>, tea: ProductId, orders: u32) {
    let events = log.read_backend().events(Seq(0), 10_000).await.unwrap().events;
    let stored: Vec<_> = events.iter().map(|event| event.stored.clone()).collect();
    assert_eq!(log.published.events(), stored, "each event is published once, in order");
    let head = log.read_backend().head().await.unwrap();
    assert_eq!(*log.writer().head().borrow(), head);
    assert_eq!(log.read_backend().product(tea).await.unwrap().unwrap().product.stock.reserved, orders);
}

fn retryable(answer: &Result<Receipt, SubmitError>) -> bool {
    matches!(answer, Err(SubmitError::Failed(error)) if error.is_retryable())
}

pub(crate) async fn a_batch_that_was_committed_is_answered_as_usual<B: Backend>() {
    let (log, tea) = shop::<B>().await;
    fail_commits(&log, &[CommitFault::AfterCommit], 0);
    let snapshot = log.order(order(&log, tea), customer("asha")).await;
    assert_eq!(log.backend().faults().written, 1, "it is not executed again");
    agrees(&log, tea, 1).await;
    // What the writer had in memory is loaded again.
    let next = log.order(order(&log, tea), customer("asha")).await;
    assert_eq!(next.order.number, snapshot.order.number.next());
    agrees(&log, tea, 2).await;
}

pub(crate) async fn a_batch_that_was_not_committed_is_answered_as_not_done<B: Backend>() {
    let (log, tea) = shop::<B>().await;
    fail_commits(&log, &[CommitFault::BeforeCommit], 0);
    let answer = log.submit(keyed(order(&log, tea), customer("asha"), 7, 7)).await;
    assert!(retryable(&answer), "{answer:?}");
    assert_eq!(log.backend().faults().written, 1, "it is not executed again");
    agrees(&log, tea, 0).await;
    let retried = log.submit(keyed(order(&log, tea), customer("asha"), 7, 7)).await.unwrap();
    assert!(!retried.replayed);
    agrees(&log, tea, 1).await;
}

pub(crate) async fn an_unknown_commit_is_resolved_before_the_next_batch<B: Backend>() {
    for fault in [CommitFault::AfterCommit, CommitFault::BeforeCommit] {
        let happened = matches!(fault, CommitFault::AfterCommit);
        let (log, tea) = shop::<B>().await;
        // The writer asks once right away and again before each batch and each round of maintenance.
        fail_commits(&log, &[fault], usize::MAX);
        let submission = |log: &Log<Faulty<B>>| keyed(order(log, tea), customer("asha"), 7, 7);
        let first = submission(&log);
        let answer = log.submit(first.clone()).await;
        assert!(matches!(answer, Err(SubmitError::CommitUnknown)), "{answer:?}");
        let published = log.published.events().len();
        assert_eq!(published, 1, "nothing is published that may not be committed");
        // Until it is known, nothing else is written.
        let answer = log.submit(Submission::one(order(&log, tea), customer("ben"))).await;
        assert!(retryable(&answer), "{answer:?}");
        assert_eq!(log.backend().faults().written, 1);
        log.backend().faults().lookups = 0;
        let again = log.submit(first).await.unwrap();
        assert_eq!(again.replayed, happened, "the same idempotency key: it happens once");
        agrees(&log, tea, 1).await;
        ordered(log.submit(Submission::one(order(&log, tea), customer("ben"))).await);
        agrees(&log, tea, 2).await;
    }
}

pub(crate) async fn a_resolved_batch_is_published_although_nobody_submits_more<B: Backend>() {
    let (log, tea) = shop::<B>().await;
    fail_commits(&log, &[CommitFault::AfterCommit], 1);
    let answer = log.submit(Submission::one(order(&log, tea), customer("asha"))).await;
    assert!(matches!(answer, Err(SubmitError::CommitUnknown)), "{answer:?}");
    let mut head = log.writer().head();
    let resolved = tokio::time::timeout(super::log::DEADLINE, head.wait_for(|head| head.seq == Seq(2)));
    resolved.await.expect("the writer asks again while it is idle").unwrap();
    agrees(&log, tea, 1).await;
}

pub(crate) async fn everything_in_a_batch_shares_its_fate<B: Backend>() {
    for (fault, orders) in [(CommitFault::AfterCommit, 20), (CommitFault::BeforeCommit, 0)] {
        let (log, tea) = shop::<B>().await;
        log.hold().await;
        let writer = log.writer();
        let waiting: Vec<_> =
            (0..20).map(|_| queue(&writer, Submission::one(order(&log, tea), customer("asha")))).collect();
        let reader = Inbox::customer(user("asha"));
        let marking = {
            let (writer, inbox) = (writer.clone(), reader.clone());
            tokio::spawn(async move {
                writer.mark_read(ordercast_eventlog::MarkRead { inbox, mark: Mark::All }).await
            })
        };
        log.backend().faults().commits.push_back(fault);
        log.release();
        for submission in waiting {
            let answer = submission.await;
            assert!(if orders == 0 { retryable(&answer) } else { answer.is_ok() }, "{answer:?}");
        }
        // It was in the same batch or in one of its own.
        drop(marking.await.unwrap());
        agrees(&log, tea, orders).await;
    }
}

/// What the writer rests on, asked of the database itself.
pub(crate) async fn a_database_knows_its_last_batches<B: Backend>() {
    let backend = B::fresh().await;
    let id = |n: u128| BatchId(Uuid::from_u128(n));
    let commit = |backend: &mut B::WriteBackend, n: u128, change: bool| -> Result<(), LogError> {
        backend.begin(&LoadRequest::default(), &mut BatchContext::empty())?;
        let name = "relay".parse().unwrap();
        if change {
            let position = Seq(0);
            backend.store_consumer(&Consumer { name, position, updated_at: jiff::Timestamp::UNIX_EPOCH })?;
        }
        backend.commit(id(n))
    };
    let (mut write_backend, read_backend) = backend.open(None, Uuid::from_u128(1)).await;
    for n in 1..=300 {
        commit(&mut write_backend, n, true).unwrap();
        assert!(write_backend.was_committed(id(n)).unwrap());
        assert!(!write_backend.was_committed(id(n + 1)).unwrap());
    }
    write_backend.begin(&LoadRequest::default(), &mut BatchContext::empty()).unwrap();
    write_backend.rollback();
    assert!(!write_backend.was_committed(id(301)).unwrap());
    commit(&mut write_backend, 302, false).unwrap();
    drop((write_backend, read_backend));
    let (mut write_backend, _read_backend) = backend.open(None, Uuid::from_u128(2)).await;
    assert!(write_backend.was_committed(id(300)).unwrap(), "another connection knows it too");
    assert!(!write_backend.was_committed(id(301)).unwrap());
}

/// The receipt of a submission that happened.
pub(crate) fn happened(answer: &Result<Receipt, SubmitError>) -> bool {
    let accepted = |outcome: &Outcome| outcome.order().is_some() || matches!(outcome, Outcome::Product(_));
    matches!(answer, Ok(receipt) if matches!(&receipt.outcomes[..], [outcome] if accepted(outcome)))
}
