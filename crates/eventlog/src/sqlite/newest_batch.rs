//! The id of the newest committed batch, in a file beside the database. A database that has this batch has lost nothing. If
//! its write-ahead log is missing, another program has copied the log into the database and removed it. A database without
//! this batch has lost its newest commits. If there is a log, the log was truncated or overwritten.
//!
//! The file is not synced, which would cost as much as a commit. It outlives a killed process, but not a power loss. So it
//! counts only until the computer starts again.

use std::fs::File;
use std::io::{Seek as _, Write as _};
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use uuid::Uuid;

use super::batch_ids;
use super::file_names::beside;
use crate::error::LogError;
use crate::write_backend::BatchId;

/// The file exists while the database is open, and after a crash.
pub(super) fn path(database: &Path) -> PathBuf {
    beside(database, ".newest")
}

/// An id that changes with every start of the computer. `None` if the system has none.
fn boot_id() -> Option<Uuid> {
    std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?.trim().parse().ok()
}

/// Records batches as they are committed.
pub(super) struct NewestBatch {
    file: File,
    path: PathBuf,
    boot: Uuid,
}

impl NewestBatch {
    /// `None` if nothing can be recorded. Then an older record is removed, because it would soon be wrong.
    pub(super) fn open(database: &Path) -> Option<Self> {
        let path = path(database);
        let file = File::options().create(true).truncate(false).write(true).open(&path).ok();
        let opened = boot_id().zip(file).map(|(boot, file)| Self { file, path, boot });
        if opened.is_none() {
            forget(database);
        }
        opened
    }

    /// Called before the batch is answered. If the batch cannot be recorded, the record is emptied, because an older batch would
    /// hide a loss or report a false one. Fails if the record cannot be emptied either; then the file is removed.
    pub(super) fn record(&mut self, batch: BatchId) -> std::io::Result<()> {
        let mut record = [0; 32];
        record[..16].copy_from_slice(self.boot.as_bytes());
        record[16..].copy_from_slice(batch.0.as_bytes());
        let written = self.file.rewind().and_then(|()| self.file.write_all(&record));
        written.or_else(|_| self.file.set_len(0)).inspect_err(|_| drop(std::fs::remove_file(&self.path)))
    }
}

/// Forgets the newest batch when its loss is accepted, or when another database replaced this one. Keeps the file, because
/// another process may write to it at the same time.
pub(super) fn clear(database: &Path) {
    drop(File::options().write(true).open(path(database)).and_then(|file| file.set_len(0)));
}

/// Removes the record. Called when the database is closed: a closed database needs no log.
pub(super) fn forget(database: &Path) {
    drop(std::fs::remove_file(path(database)));
}

/// Whether the database has the newest batch; `None` when none was recorded since the computer started.
pub(super) fn is_contained(connection: &Connection, database: &Path) -> Result<Option<bool>, LogError> {
    let Some(mut batch) = recorded(database) else { return Ok(None) };
    // Another process may commit so many batches that this id is replaced before the lookup.
    for _ in 0..RETRIES {
        if batch_ids::contains(connection, batch)? {
            return Ok(Some(true));
        }
        match recorded(database) {
            Some(newer) if newer != batch => batch = newer,
            _ => break,
        }
    }
    Ok(Some(false))
}

/// How often to look for a newer batch while another process commits.
const RETRIES: u32 = 100;

fn recorded(database: &Path) -> Option<BatchId> {
    let record: [u8; 32] = std::fs::read(path(database)).ok()?.try_into().ok()?;
    let [boot, batch] = [&record[..16], &record[16..]].map(|id| Uuid::from_slice(id).ok());
    (boot? == boot_id()?).then_some(BatchId(batch?))
}
