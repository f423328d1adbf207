//! Checkpoints, off the committing connection.
//!
//! Copying the write-ahead log into the database takes milliseconds, and the writer never does it. A thread of its
//! own copies while the writer goes on committing. What is left at the end, the few pages written meanwhile, it copies
//! while the writer waits at the [`Gate`]: only when the whole log is copied can the next commit start it over, and
//! that is what keeps the log's file from growing.

use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use rusqlite::Connection;

use crate::error::LogError;

/// Pages in the write-ahead log at which a checkpoint begins.
const BEGIN: i64 = 2000;

/// Where the writer passes before each batch, and waits while the end of a checkpoint is copied.
pub(super) struct Gate {
    closed: Mutex<()>,
    /// Pages in the write-ahead log after the last commit.
    pages: AtomicI64,
    wake: (Mutex<Wake>, Condvar),
}

#[derive(Default)]
struct Wake {
    work: bool,
    stop: bool,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Gate {
    pub(super) fn new() -> Self {
        Self { closed: Mutex::new(()), pages: AtomicI64::new(0), wake: (Mutex::default(), Condvar::new()) }
    }

    /// Waits while the gate is closed.
    pub(super) fn pass(&self) {
        drop(lock(&self.closed));
    }

    /// A commit left so many pages in the log.
    pub(super) fn written(&self, pages: i64) {
        self.pages.store(pages, Ordering::Relaxed);
        if pages >= BEGIN {
            let mut wake = lock(&self.wake.0);
            if !wake.work {
                wake.work = true;
                self.wake.1.notify_one();
            }
        }
    }

    fn stop(&self) {
        lock(&self.wake.0).stop = true;
        self.wake.1.notify_one();
    }

    /// Waits for work; false: stop.
    fn wait(&self) -> bool {
        let mut wake = lock(&self.wake.0);
        while !wake.work && !wake.stop {
            wake = self.wake.1.wait(wake).unwrap_or_else(PoisonError::into_inner);
        }
        wake.work = false;
        !wake.stop
    }
}

/// The checkpointing thread. Stops when it is dropped.
pub(super) struct Checkpointer {
    gate: Arc<Gate>,
    thread: Option<JoinHandle<()>>,
}

impl Checkpointer {
    pub(super) fn start(connection: Connection, gate: Arc<Gate>, path: PathBuf) -> Result<Self, LogError> {
        let theirs = Arc::clone(&gate);
        let thread = std::thread::Builder::new()
            .name("checkpoint".to_owned())
            .spawn(move || {
                while theirs.wait() {
                    if let Err(error) = run(&connection, &theirs) {
                        tracing::warn!(%error, database = %path.display(), "a checkpoint failed, trying again later");
                    }
                }
            })
            .map_err(LogError::file("could not start the checkpoint thread"))?;
        Ok(Self { gate, thread: Some(thread) })
    }
}

impl Drop for Checkpointer {
    fn drop(&mut self) {
        self.gate.stop();
        if let Some(thread) = self.thread.take() {
            // A panic in there has been reported by the panic hook already.
            drop(thread.join());
        }
    }
}

fn run(connection: &Connection, gate: &Gate) -> Result<(), LogError> {
    let (log, copied) = copy(connection)?;
    let written_meanwhile = gate.pages.load(Ordering::Relaxed);
    tracing::debug!(log, copied, written_meanwhile, "checkpoint");
    let closed = lock(&gate.closed);
    let (log, copied) = copy(connection)?;
    drop(closed);
    if copied < log {
        // A reader still looks at an older state; the next checkpoint gets further.
        tracing::debug!(log, copied, "a reader holds the write-ahead log back");
    }
    Ok(())
}

/// Copies what can be copied without waiting for anybody: pages in the log, pages copied.
fn copy(connection: &Connection) -> Result<(i64, i64), LogError> {
    Ok(connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", (), |row| Ok((row.get(1)?, row.get(2)?)))?)
}
