//! Checkpoints, off the committing connection.
//!
//! Copying the write-ahead log into the database takes milliseconds, and the writer never does it. A thread of its
//! own copies while the writer goes on committing. What is left at the end, the few pages written meanwhile, it copies
//! while the [`CheckpointCoordinator`] keeps the writer between two batches: only when the whole log is copied, and nobody reads from
//! it any more, can the next commit start it over, and that is what keeps the log's file from growing.

use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::Connection;

use crate::error::LogError;

/// Pages in the write-ahead log at which a checkpoint begins; and how many more it takes until the next try, where
/// a long reader kept one from finishing.
const BEGIN: i64 = 2000;
/// How long the writer waits at most for readers to leave the log. Most queries are shorter by far.
const PATIENCE: Duration = Duration::from_millis(25);

/// Between the writer, which passes it with each batch, and the end of a checkpoint.
pub(super) struct CheckpointCoordinator {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    /// The writer is within a batch.
    writing: bool,
    /// The checkpointer wants to be alone, or is.
    closed: bool,
    /// Pages in the log that are not copied yet, for all that is known.
    pages: i64,
    /// When there are so many, a checkpoint begins.
    due: i64,
    stop: bool,
}

impl CheckpointCoordinator {
    pub(super) fn new() -> Self {
        let state = State { writing: false, closed: false, pages: 0, due: BEGIN, stop: false };
        Self { state: Mutex::new(state), changed: Condvar::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(
        &self,
        state: MutexGuard<'a, State>,
        until: impl Fn(&State) -> bool,
    ) -> MutexGuard<'a, State> {
        self.changed.wait_while(state, |state| !until(state)).unwrap_or_else(PoisonError::into_inner)
    }

    /// The writer begins a batch; waits while a checkpoint ends.
    pub(super) fn begin_batch(&self) {
        self.wait(self.state(), |state| !state.closed).writing = true;
    }

    /// The writer's batch is over. Nothing happens when there was none.
    pub(super) fn end_batch(&self) {
        let mut state = self.state();
        state.writing = false;
        if state.closed {
            self.changed.notify_all();
        }
    }

    /// A commit left so many pages in the log.
    pub(super) fn wal_grew(&self, pages: i64) {
        let mut state = self.state();
        state.pages = pages;
        if state.pages >= state.due {
            self.changed.notify_all();
        }
    }

    /// Waits until a checkpoint is due; false: stop.
    fn work(&self) -> bool {
        !self.wait(self.state(), |state| state.stop || state.pages >= state.due).stop
    }

    /// Keeps the writer out until the answer is dropped; `None`: stop.
    fn close(&self) -> Option<Closed<'_>> {
        let mut state = self.state();
        state.closed = true;
        let closed = Closed(self);
        let stop = self.wait(state, |state| state.stop || !state.writing).stop;
        (!stop).then_some(closed)
    }

    /// A checkpoint is over; all of the log was copied, or not.
    fn copied(&self, all: bool) {
        let mut state = self.state();
        if all {
            // The next commit starts the log over.
            state.pages = 0;
            state.due = BEGIN;
        } else {
            state.due = state.pages.saturating_add(BEGIN);
        }
    }

    fn stop(&self) {
        self.state().stop = true;
        self.changed.notify_all();
    }
}

/// While this lives, the writer is between two batches.
struct Closed<'a>(&'a CheckpointCoordinator);

impl Drop for Closed<'_> {
    fn drop(&mut self) {
        self.0.state().closed = false;
        self.0.changed.notify_all();
    }
}

/// The checkpointing thread. Stops when it is dropped.
pub(super) struct Checkpointer {
    checkpoints: Arc<CheckpointCoordinator>,
    thread: Option<JoinHandle<()>>,
}

impl Checkpointer {
    pub(super) fn start(
        connection: Connection,
        checkpoints: Arc<CheckpointCoordinator>,
        path: PathBuf,
    ) -> Result<Self, LogError> {
        connection.busy_timeout(PATIENCE)?;
        let theirs = Arc::clone(&checkpoints);
        let thread = std::thread::Builder::new()
            .name("checkpoint".to_owned())
            .spawn(move || {
                while theirs.work() {
                    let all = run(&connection, &theirs).unwrap_or_else(|error| {
                        tracing::warn!(%error, database = %path.display(), "a checkpoint failed, trying again later");
                        false
                    });
                    theirs.copied(all);
                }
            })
            .map_err(LogError::file("could not start the checkpoint thread"))?;
        Ok(Self { checkpoints, thread: Some(thread) })
    }
}

impl Drop for Checkpointer {
    fn drop(&mut self) {
        self.checkpoints.stop();
        if let Some(thread) = self.thread.take() {
            // A panic in there has been reported by the panic hook already.
            drop(thread.join());
        }
    }
}

/// Copies the log into the database. Whether all of it was copied, and the next commit can start it over.
fn run(connection: &Connection, checkpoints: &CheckpointCoordinator) -> Result<bool, LogError> {
    let most = copy(connection, "PASSIVE")?;
    let Some(closed) = checkpoints.close() else { return Ok(false) };
    // RESTART copies the rest and then waits for those who still read from the log; PASSIVE would not, and with
    // readers coming and going the log would hardly ever be free to be started over.
    let rest = copy(connection, "RESTART")?;
    drop(closed);
    tracing::debug!(pages = rest.pages, first = most.done, all = rest.all, "checkpoint");
    Ok(rest.all)
}

struct Copied {
    pages: i64,
    done: i64,
    all: bool,
}

fn copy(connection: &Connection, mode: &str) -> Result<Copied, LogError> {
    Ok(connection.query_row(&format!("PRAGMA wal_checkpoint({mode})"), (), |row| {
        let (busy, pages, done): (bool, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok(Copied { pages, done, all: !busy && pages == done })
    })?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    const DEADLINE: Duration = Duration::from_secs(10);

    #[test]
    fn a_closed_gate_keeps_the_writer_between_its_batches() {
        let checkpoints = Arc::new(CheckpointCoordinator::new());
        checkpoints.begin_batch();
        let (tell, told) = mpsc::channel();
        let checkpoint = std::thread::spawn({
            let (checkpoints, tell) = (Arc::clone(&checkpoints), tell.clone());
            move || {
                let closed = checkpoints.close().unwrap();
                tell.send("alone").unwrap();
                drop(closed);
            }
        });
        while !checkpoints.state().closed {
            std::thread::yield_now();
        }
        assert!(told.try_recv().is_err(), "the writer is within a batch");
        checkpoints.end_batch();
        checkpoints.begin_batch();
        tell.send("writing").unwrap();
        let order: Vec<_> = (0..2).map(|_| told.recv_timeout(DEADLINE).unwrap()).collect();
        assert_eq!(
            order,
            ["alone", "writing"],
            "the next batch waits for the checkpoint, not the other way round"
        );
        checkpoint.join().unwrap();
    }

    #[test]
    fn a_checkpoint_is_due_by_pages_and_later_after_one_that_was_held_back() {
        let checkpoints = CheckpointCoordinator::new();
        let due = |pages| {
            checkpoints.wal_grew(pages);
            let state = checkpoints.state();
            state.pages >= state.due
        };
        assert!(!due(BEGIN - 1));
        assert!(due(BEGIN));
        checkpoints.copied(false);
        assert!(!due(2 * BEGIN - 1), "a reader held it back: not again with every commit");
        assert!(due(2 * BEGIN));
        checkpoints.copied(true);
        assert!(!due(1));
        assert!(due(BEGIN));
    }

    #[test]
    fn stopping_does_not_wait_for_a_batch() {
        let checkpoints = CheckpointCoordinator::new();
        checkpoints.begin_batch();
        checkpoints.stop();
        assert!(checkpoints.close().is_none());
        assert!(!checkpoints.work());
        checkpoints.end_batch();
        checkpoints.begin_batch();
    }
}
