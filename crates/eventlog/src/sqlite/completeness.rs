//! Notices a database of which a part is missing: its content, its write-ahead log, or the database file itself.
//!
//! - A new database is created beside a marker file, which is removed when the tables exist. So an empty database without
//!   the marker has lost its content.
//! - The database file says whether the database is open. While it is open, its newest commits may be only in the write-ahead
//!   log. The last process that closes the database copies the log into the file, and stores that the database is closed. So
//!   a database that is not closed has lost commits if it lacks the newest batch: see `newest_batch.rs`. If the newest batch
//!   is not known, the database has lost commits if it has no log.
//! - Some files, such as the log, are created after the database. If such a file exists without a database, the database was
//!   deleted.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension as _};

use super::file_names::beside;
use super::newest_batch;
use super::open_files::{OpenFiles, sync_directory};
use crate::error::{ErrorKind, LogError};

/// The row of `meta` that says whether the database is open.
const STATE: &str = "state";
const OPEN: &str = "open";
const CLOSED: &str = "closed";

/// The files of a database as they were found, before SQLite creates any.
pub(super) struct FoundFiles {
    database: PathBuf,
    has_database: bool,
    has_log: bool,
    /// A file that exists, and that is created after the database.
    companion: Option<PathBuf>,
    /// An earlier process was killed while it created the database.
    is_unfinished: bool,
}

impl FoundFiles {
    /// `companions` are files that other code creates after the database.
    pub(super) fn look(database: &Path, companions: &[PathBuf]) -> Self {
        let has_log = std::fs::metadata(log(database)).is_ok_and(|log| log.len() > 0);
        let own = [has_log.then(|| log(database)), Some(newest_batch::path(database))];
        let mut all = own.into_iter().flatten().chain(companions.iter().cloned());
        Self {
            has_database: database.exists(),
            has_log,
            companion: all.find(|path| path.is_file()),
            is_unfinished: marker(database).exists(),
            database: database.to_owned(),
        }
    }

    /// Fails when something is missing. `connection` is open, has the schema `schema`, and has written nothing yet.
    pub(super) fn check(&self, connection: &Connection, schema: u32) -> Result<(), LogError> {
        let path = self.database.display();
        if schema == 0 && self.has_database && !self.is_unfinished {
            return Err(incomplete(format!("{path} is empty: its content was lost. {RESTORE}")));
        }
        if schema == 0 || !is_open(connection)? {
            return Ok(());
        }
        match (newest_batch::is_contained(connection, &self.database)?, self.has_log) {
            (Some(true), _) | (None, true) => Ok(()),
            (Some(false), true) => Err(incomplete(format!(
                "{path}-wal is damaged: the newest orders, which were only in this file, are gone. Put an intact one back \
                 beside {path}. {RESTORE}"
            ))),
            (_, false) => Err(incomplete(format!(
                "{path}-wal is missing: the newest orders may have been only in this file. Put it back beside {path}. \
                 {RESTORE}"
            ))),
        }
    }

    /// Fails when the database was deleted.
    pub(super) fn check_missing(&self) -> Result<(), LogError> {
        match &self.companion {
            Some(companion) if !self.has_database && !self.is_unfinished => {
                let (path, companion) = (self.database.display(), companion.display());
                Err(incomplete(format!(
                    "{path} is missing, but {companion} is there: the database was deleted or moved. Put it back. {RESTORE}"
                )))
            }
            _ => Ok(()),
        }
    }

    /// Called before the database is opened. Fails when it was deleted. Marks the creation of a new database.
    pub(super) fn prepare(&self, accept_data_loss: bool) -> Result<(), LogError> {
        if self.has_database {
            return Ok(());
        }
        self.check_missing().or_else(|error| accept_or_fail(error, accept_data_loss))?;
        if self.has_log && !self.is_unfinished {
            let log = log(&self.database);
            let shown = log.display();
            let kept = beside(&log, ".orphaned");
            std::fs::rename(&log, kept).map_err(LogError::file(format!("could not rename {shown}")))?;
        }
        let marker = marker(&self.database);
        std::fs::write(&marker, "")
            .map_err(LogError::file(format!("could not create {}", marker.display())))?;
        sync_directory(marker.parent().unwrap_or(Path::new(".")))
    }

    /// Called when the tables exist. Stores that the database is open.
    pub(super) fn opened(&self, connection: &Connection) -> Result<(), LogError> {
        if !is_open(connection)? {
            // The record may be of an earlier database in this directory.
            newest_batch::clear(&self.database);
            store(connection, OPEN)?;
            // So that the file itself says it, without its log.
            connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", (), |_| Ok(()))?;
        }
        drop(std::fs::remove_file(marker(&self.database)));
        Ok(())
    }
}

const RESTORE: &str = "Or restore a backup with `ordercast restore`. To go on with what is there, start once with \
                       `ordercast serve --accept-data-loss`";

fn incomplete(message: String) -> LogError {
    LogError::new(ErrorKind::Incomplete, message)
}

/// Logs an error that the operator accepts.
pub(super) fn accept_or_fail(error: LogError, accept_data_loss: bool) -> Result<(), LogError> {
    if !accept_data_loss || error.kind() != ErrorKind::Incomplete {
        return Err(error);
    }
    tracing::warn!(%error, "data loss accepted: going on with what is there");
    Ok(())
}

fn is_open(connection: &Connection) -> Result<bool, LogError> {
    let state: Option<String> = connection
        .query_row("SELECT value FROM meta WHERE name = ?1", [STATE], |row| row.get(0))
        .optional()?;
    Ok(state.as_deref() == Some(OPEN))
}

fn store(connection: &Connection, state: &str) -> Result<(), LogError> {
    connection.execute("INSERT OR REPLACE INTO meta (name, value) VALUES (?1, ?2)", (STATE, state))?;
    Ok(())
}

/// Marks a copy, which needs no log.
pub(super) fn mark_closed(copy: &Connection) -> Result<(), LogError> {
    store(copy, CLOSED)
}

/// Held by everything that has a connection. When the last one is dropped, the database is closed, unless another process
/// has it open.
pub(super) struct CloseGuard {
    database: PathBuf,
    files: Option<OpenFiles>,
}

impl CloseGuard {
    /// Without files it does nothing.
    pub(super) fn new(database: PathBuf, files: Option<OpenFiles>) -> Self {
        Self { database, files }
    }
}

impl Drop for CloseGuard {
    fn drop(&mut self) {
        if self.files.as_mut().is_some_and(|files| files.check().is_ok())
            && let Err(error) = close(&self.database)
        {
            // The log stays, so nothing is lost.
            tracing::debug!(%error, "the database was not closed");
        }
    }
}

/// Fails at once when another process has the database open.
fn close(database: &Path) -> Result<(), LogError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(database, flags)?;
    connection.busy_timeout(Duration::ZERO)?;
    // Locks the database file with the first read.
    connection.query_row("PRAGMA locking_mode = EXCLUSIVE", (), |_| Ok(()))?;
    store(&connection, CLOSED)?;
    // A connection with this lock does not use the log's index, so SQLite leaves the one of the earlier connections. It
    // must be removed under the lock: the next connection makes its own.
    drop(std::fs::remove_file(beside(database, "-shm")));
    // With its last connection, SQLite copies the log into the database file and removes it.
    connection.close().map_err(|(_, error)| LogError::from(error))?;
    newest_batch::forget(database);
    Ok(())
}

fn marker(database: &Path) -> PathBuf {
    beside(database, ".creating")
}

fn log(database: &Path) -> PathBuf {
    beside(database, "-wal")
}
