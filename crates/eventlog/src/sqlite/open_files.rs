//! Notices that the open database is no longer the file on disk.
//!
//! SQLite goes on with files that were deleted, moved or replaced. Without this check, the server would acknowledge orders
//! that nobody finds after a restart.

use std::fs::{File, Metadata};
use std::io::{Read as _, Seek as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::{ErrorKind, LogError};

/// Suffixes of the files that an open database consists of. The first is the database itself.
const SUFFIXES: [&str; 3] = ["", "-wal", "-shm"];

/// The files as they were when the database was opened.
#[derive(Clone)]
pub(super) struct OpenFiles {
    files: Vec<(PathBuf, Identity)>,
    /// The greatest length of the database file. It never shrinks, except by a `VACUUM` of another program.
    length: u64,
    /// The database file, once its header had to be read. It stays open: when a process closes a file, all of its locks on
    /// the file end, also those of SQLite.
    database: Option<Arc<File>>,
}

impl OpenFiles {
    /// For a database that is open and was read, so that all of its files exist.
    pub(super) fn record(database: &Path) -> Result<Self, LogError> {
        let failed = LogError::file(format!("could not examine {}", database.display()));
        let found = database.canonicalize().and_then(|database| {
            let mut files = Vec::with_capacity(SUFFIXES.len());
            for suffix in SUFFIXES {
                let mut name = database.as_os_str().to_owned();
                name.push(suffix);
                let path = PathBuf::from(name);
                let identity = Identity::of(&std::fs::metadata(&path)?);
                files.push((path, identity));
            }
            Ok(Self { length: std::fs::metadata(database)?.len(), files, database: None })
        });
        found.map_err(failed)
    }

    /// Fails while a file is not the one that was opened, or while the database file is shorter than it was.
    pub(super) fn check(&mut self) -> Result<(), LogError> {
        for (path, identity) in &self.files {
            let is_same = std::fs::metadata(path).is_ok_and(|found| Identity::of(&found) == *identity);
            if !is_same {
                let path = path.display();
                return Err(LogError::new(
                    ErrorKind::Storage,
                    format!(
                        "{path} is no longer the file that this server opened: it was deleted, moved or replaced. Nothing \
                         is stored. Stop the server, put the data directory back or restore a backup, and start it again"
                    ),
                ));
            }
        }
        self.check_length()
    }

    fn check_length(&mut self) -> Result<(), LogError> {
        let Some((path, _)) = self.files.first() else { return Ok(()) };
        let length = std::fs::metadata(path).map_or(0, |found| found.len());
        let path = path.clone();
        if length < self.length && !self.has_all_pages(&path, length) {
            return Err(LogError::new(
                ErrorKind::Storage,
                format!(
                    "{} was truncated from {} to {length} bytes. Nothing is stored. Stop the server and restore a backup",
                    path.display(),
                    self.length
                ),
            ));
        }
        self.length = length;
        Ok(())
    }

    /// Whether the database file has as many pages as its header says (sqlite.org/fileformat.html, section 1.3).
    fn has_all_pages(&mut self, path: &Path, length: u64) -> bool {
        let mut header = [0; 100];
        if self.database.is_none() {
            self.database = File::open(path).ok().map(Arc::new);
        }
        let Some(mut database) = self.database.as_deref() else { return false };
        if database.rewind().and_then(|()| database.read_exact(&mut header)).is_err() {
            return false;
        }
        let page_size = match u16::from_be_bytes([header[16], header[17]]) {
            1 => 65_536,
            size => u64::from(size),
        };
        let pages = u32::from_be_bytes([header[28], header[29], header[30], header[31]]);
        pages > 0 && u64::from(pages) * page_size <= length
    }
}

/// Device and inode.
#[cfg(unix)]
#[derive(Clone, PartialEq, Eq)]
struct Identity(u64, u64);

#[cfg(unix)]
impl Identity {
    fn of(found: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        Self(found.dev(), found.ino())
    }
}

/// Other systems do not let an open file be deleted or replaced.
#[cfg(not(unix))]
#[derive(Clone, PartialEq, Eq)]
struct Identity;

#[cfg(not(unix))]
impl Identity {
    fn of(_: &Metadata) -> Self {
        Self
    }
}

/// A new file survives a power loss only when its directory is synced.
pub(super) fn sync_directory(directory: &Path) -> Result<(), LogError> {
    File::open(directory)
        .and_then(|directory| directory.sync_all())
        .map_err(LogError::file(format!("could not sync the directory {}", directory.display())))
}
