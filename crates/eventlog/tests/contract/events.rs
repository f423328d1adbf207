//! Reading the whole log, and following its head.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use ordercast_eventlog::{Cursor, Seq, TailError, poll_head};
use tokio::sync::watch;

use super::Backend;
use super::log::{DEADLINE, Log};
use super::shop::{count, create, staff};
use super::walk::Walk;

pub(crate) async fn events_are_the_whole_log_in_order<B: Backend>() {
    let mut walk = Walk::<B>::of(7, 1500).await;
    let head = Seq(walk.events.len() as u64);
    let read_backend = walk.log.read_backend();
    for _ in 0..40 {
        let after = Seq(walk.rng.u64(0..=head.0));
        let limit = *walk.rng.choice(&[1, 2, 10, 100, 100_000]).unwrap();
        let page = read_backend.events(after, limit).await.unwrap();
        let expected: Vec<_> = walk.events.iter().filter(|event| event.seq > after).take(limit).collect();
        assert_eq!(page.events.iter().map(|event| &event.stored).collect::<Vec<_>>(), expected);
        let upto = expected.get(limit - 1).map_or(head, |last| last.seq);
        assert_eq!((page.through, page.head), (upto, head), "after {after:?}, at most {limit}");
    }
    // With the same context that was published.
    let batches = walk.log.published.batches();
    let published: Vec<_> = batches.iter().flat_map(|batch| &batch.events).collect();
    let last = read_backend.events(Seq(head.0 - 1), 1).await.unwrap().events.remove(0);
    let json = |view: Option<_>| serde_json::to_value(view).unwrap();
    let staff = orders::Audience::Staff;
    assert_eq!(json(last.view(staff)), json(published.last().unwrap().view(staff)));
}

pub(crate) async fn events_come_in_pages_without_gap_or_overlap<B: Backend>() {
    let walk = Walk::<B>::of(8, 600).await;
    let read_backend = walk.log.read_backend();
    let (mut position, mut events) = (Seq(0), Vec::new());
    loop {
        // A limit of 0 counts as 1.
        let limit = if events.len() < 3 { 0 } else { 37 };
        let page = read_backend.events(position, limit).await.unwrap();
        events.extend(page.events.iter().map(|event| Arc::clone(&event.stored)));
        assert!(page.through > position || page.through == page.head);
        position = page.through;
        if position == page.head {
            break;
        }
    }
    assert_eq!(events, walk.events);
}

pub(crate) async fn events_that_retention_deleted_are_reported<B: Backend>() {
    let log = Log::<B>::keeping(Some(SignedDuration::from_hours(1))).await;
    let tea = log.product(create(log.clock.uuid(), 450, 1), staff("main")).await.product.id;
    for on_hand in 2..6 {
        log.product(count(tea, on_hand), staff("main")).await;
    }
    log.clock.advance(SignedDuration::from_hours(2));
    log.maintain(2).await;
    let read_backend = log.read_backend();
    assert!(matches!(read_backend.events(Seq(0), 10).await, Err(TailError::Pruned)));
    let page = read_backend.events(Seq(4), 10).await.unwrap();
    assert_eq!((page.events.len(), page.through, page.head), (1, Seq(5), Seq(5)));
}

/// Waits until the head is at least `seq`.
async fn reaches(head: &mut watch::Receiver<Cursor>, seq: Seq) -> Cursor {
    let reached = tokio::time::timeout(DEADLINE, head.wait_for(|head| head.seq >= seq)).await;
    reached.expect("the head does not move").unwrap().clone()
}

pub(crate) async fn the_writers_head_moves_with_each_commit<B: Backend>() {
    let mut log = Log::<B>::fresh().await;
    let mut head = log.writer().head();
    let start = head.borrow_and_update().clone();
    assert_eq!(start, log.read_backend().head().await.unwrap(), "known before the first batch");
    let (_, cursor) = log.ask(create(log.clock.uuid(), 450, 1), staff("main")).await;
    // The caller was answered, so the head has moved.
    assert!(head.has_changed().unwrap());
    assert_eq!(*head.borrow_and_update(), cursor);
    log.settle().await;
    assert!(!head.has_changed().unwrap(), "a batch without events does not move it");
    // When the head has moved, the events are in the database.
    for seq in 2..20 {
        let (writer, command) = (log.writer(), create(log.clock.uuid(), 1, 1));
        let submission = ordercast_eventlog::Submission::one(command, staff("main"));
        let submitting = tokio::spawn(async move { writer.submit(submission).await });
        reaches(&mut head, Seq(seq)).await;
        let page = log.read_backend().events(Seq(seq - 1), 10).await.unwrap();
        assert_eq!((page.events.len(), page.head), (1, Seq(seq)));
        submitting.await.unwrap().unwrap();
    }
    log.restart().await;
    assert_eq!(*log.writer().head().borrow(), Cursor { seq: Seq(19), ..start });
}

pub(crate) async fn the_head_can_be_polled<B: Backend>() {
    let log = Log::<B>::fresh().await;
    let mut head = poll_head(log.read_backend(), Duration::from_millis(1)).await.unwrap();
    assert_eq!(*head.borrow(), log.read_backend().head().await.unwrap());
    for _ in 0..3 {
        let (_, cursor) = log.ask(create(log.clock.uuid(), 450, 1), staff("main")).await;
        assert_eq!(reaches(&mut head, cursor.seq).await, cursor);
    }
}
