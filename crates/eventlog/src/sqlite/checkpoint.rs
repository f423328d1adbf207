//! Checkpoints of the write-ahead log, on a connection and a thread of their own.
//!
//! Copying the log into the database takes milliseconds, so the writer does not do it. The thread copies while the writer
//! commits. Then it pauses the writer between two batches, and copies the few pages that were written meanwhile. When the
//! whole log is copied and no reader uses it, the next commit starts the log over. That bounds the size of its file.

use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::Connection;

use crate::error::LogError;

/// A checkpoint starts at this many pages in the log. After one that a long read kept from finishing, the next starts
/// this many pages later.
const DUE_PAGES: i64 = 2000;
/// The longest pause of the writer while a checkpoint waits for readers of the log. Most queries are much shorter.
const MAX_PAUSE: Duration = Duration::from_millis(25);

/// Lets either the writer commit a batch or a checkpoint finish, and knows when a checkpoint is due.
pub(super) struct CheckpointCoordinator {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    /// The writer is inside a batch.
    writing: bool,
    /// A checkpoint wants the writer to pause, or has paused it.
    paused: bool,
    /// Pages of the log that are not copied, as far as is known.
    pages: i64,
    /// A checkpoint is due at this many pages.
    due: i64,
    stop: bool,
}

impl CheckpointCoordinator {
    pub(super) fn new() -> Self {
        let state = State { writing: false, paused: false, pages: 0, due: DUE_PAGES, stop: false };
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

    /// Called by the writer before a batch. Waits while a checkpoint has paused it.
    pub(super) fn begin_batch(&self) {
        self.wait(self.state(), |state| !state.paused).writing = true;
    }

    /// Called by the writer after a batch. Does nothing without one.
    pub(super) fn end_batch(&self) {
        let mut state = self.state();
        state.writing = false;
        if state.paused {
            self.changed.notify_all();
        }
    }

    /// Called after each commit with the number of pages in the log.
    pub(super) fn wal_grew(&self, pages: i64) {
        let mut state = self.state();
        state.pages = pages;
        if state.pages >= state.due {
            self.changed.notify_all();
        }
    }

    /// Waits until a checkpoint is due. Returns false to stop the thread.
    fn wait_until_due(&self) -> bool {
        !self.wait(self.state(), |state| state.stop || state.pages >= state.due).stop
    }

    /// Pauses the writer until the guard is dropped. Returns `None` to stop the thread.
    fn pause_writer(&self) -> Option<WriterPaused<'_>> {
        let mut state = self.state();
        state.paused = true;
        let guard = WriterPaused(self);
        let stop = self.wait(state, |state| state.stop || !state.writing).stop;
        (!stop).then_some(guard)
    }

    /// Called after a checkpoint, with whether all of the log was copied.
    fn finished(&self, all: bool) {
        let mut state = self.state();
        if all {
            // The next commit starts the log over.
            state.pages = 0;
            state.due = DUE_PAGES;
        } else {
            state.due = state.pages.saturating_add(DUE_PAGES);
        }
    }

    fn stop(&self) {
        self.state().stop = true;
        self.changed.notify_all();
    }
}

/// While this guard lives, the writer is between two batches.
struct WriterPaused<'a>(&'a CheckpointCoordinator);

impl Drop for WriterPaused<'_> {
    fn drop(&mut self) {
        self.0.state().paused = false;
        self.0.changed.notify_all();
    }
}

/// The checkpointing thread. Dropping it stops the thread.
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
        connection.busy_timeout(MAX_PAUSE)?;
        let theirs = Arc::clone(&checkpoints);
        let thread = std::thread::Builder::new()
            .name("checkpoint".to_owned())
            .spawn(move || {
                while theirs.wait_until_due() {
                    let all = run(&connection, &theirs).unwrap_or_else(|error| {
                        tracing::warn!(%error, database = %path.display(), "a checkpoint failed, trying again later");
                        false
                    });
                    theirs.finished(all);
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
            // The panic hook has reported a panic of the thread already.
            drop(thread.join());
        }
    }
}

/// Copies the log into the database. Returns whether all of it was copied, so that the next commit starts it over.
fn run(connection: &Connection, checkpoints: &CheckpointCoordinator) -> Result<bool, LogError> {
    let most = copy(connection, "PASSIVE")?;
    let Some(paused) = checkpoints.pause_writer() else { return Ok(false) };
    // RESTART waits for readers of the log. With PASSIVE there would nearly always be one, so that the log could not
    // start over.
    let rest = copy(connection, "RESTART")?;
    drop(paused);
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
    fn a_paused_writer_stays_between_its_batches() {
        let checkpoints = Arc::new(CheckpointCoordinator::new());
        checkpoints.begin_batch();
        let (sender, receiver) = mpsc::channel();
        let checkpoint = std::thread::spawn({
            let (checkpoints, sender) = (Arc::clone(&checkpoints), sender.clone());
            move || {
                let paused = checkpoints.pause_writer().unwrap();
                sender.send("alone").unwrap();
                drop(paused);
            }
        });
        while !checkpoints.state().paused {
            std::thread::yield_now();
        }
        assert!(receiver.try_recv().is_err(), "the writer is inside a batch");
        checkpoints.end_batch();
        checkpoints.begin_batch();
        sender.send("writing").unwrap();
        let order: Vec<_> = (0..2).map(|_| receiver.recv_timeout(DEADLINE).unwrap()).collect();
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
        assert!(!due(DUE_PAGES - 1));
        assert!(due(DUE_PAGES));
        checkpoints.finished(false);
        assert!(!due(2 * DUE_PAGES - 1), "a reader held it back: not again with every commit");
        assert!(due(2 * DUE_PAGES));
        checkpoints.finished(true);
        assert!(!due(1));
        assert!(due(DUE_PAGES));
    }

    #[test]
    fn stopping_does_not_wait_for_a_batch() {
        let checkpoints = CheckpointCoordinator::new();
        checkpoints.begin_batch();
        checkpoints.stop();
        assert!(checkpoints.pause_writer().is_none());
        assert!(!checkpoints.wait_until_due());
        checkpoints.end_batch();
        checkpoints.begin_batch();
    }
}
