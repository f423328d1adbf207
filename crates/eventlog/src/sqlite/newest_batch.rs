//! The id of the newest committed batch, in a file beside the database. A database that has this batch has lost nothing,
//! although its write-ahead log is gone: another program has copied the log into the database and removed it.
//!
//! The file is not synced, which would cost as much as a commit. It outlives a killed process, but not a power loss. So it
//! counts only until the computer starts again.

use std::fs::File;
use std::io::{Seek as _, Write as _};
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::file_names::beside;
use crate::write_backend::BatchId;

fn path(database: &Path) -> PathBuf {
    beside(database, ".newest")
}

/// Changes with every start of the computer. `None` where it is not known.
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
    /// `None` where nothing can be recorded.
    pub(super) fn open(database: &Path) -> Option<Self> {
        let (boot, path) = (boot_id()?, path(database));
        let file = File::options().create(true).truncate(false).write(true).open(&path).ok()?;
        Some(Self { file, path, boot })
    }

    /// Called before the batch is answered. Fails when it was not recorded. Then nothing is recorded at all, because an older
    /// batch would say that nothing is missing.
    pub(super) fn record(&mut self, batch: BatchId) -> std::io::Result<()> {
        let mut record = [0; 32];
        record[..16].copy_from_slice(self.boot.as_bytes());
        record[16..].copy_from_slice(batch.0.as_bytes());
        let written = self.file.rewind().and_then(|()| self.file.write_all(&record));
        if written.is_err() {
            drop(std::fs::remove_file(&self.path));
        }
        written
    }
}

/// Called when the database is closed, which needs no log.
pub(super) fn forget(database: &Path) {
    drop(std::fs::remove_file(path(database)));
}

/// The newest batch that was recorded since the computer started.
pub(super) fn recorded(database: &Path) -> Option<BatchId> {
    let record: [u8; 32] = std::fs::read(path(database)).ok()?.try_into().ok()?;
    let [boot, batch] = [&record[..16], &record[16..]].map(|id| Uuid::from_slice(id).ok());
    (boot? == boot_id()?).then_some(BatchId(batch?))
}
