//! Opens a database, with the settings that durability depends on.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::checkpoint::{CheckpointCoordinator, Checkpointer};
use super::completeness::{CloseGuard, FoundFiles, accept_or_fail};
use super::indexes::SortedIndexes;
use super::newest_batch::{self, NewestBatch};
use super::open_files::{OpenFiles, sync_directory};
use super::read_backend::SqliteReadBackend;
use super::write_backend::SqliteWriteBackend;
use super::{FILE, history, schema};
use crate::consumers::KEEP_FOR_CONSUMERS;
use crate::cursor::Epoch;
use crate::error::{ErrorKind, LogError};
use crate::read_backend::ReadBackend;
use crate::retention::Retention;

#[derive(Debug, Clone)]
pub struct DatabaseOptions {
    /// How many connections answer queries.
    pub readers: usize,
    /// Page cache of the writer, in MiB. Each reader gets a quarter of it.
    pub cache_mib: u32,
    /// When the write-ahead log starts over, its file is truncated to this many bytes.
    pub wal_bytes: u64,
    pub synchronous: Synchronous,
    /// How long an event is kept. After that retention deletes it, unless it or an older event is about an order that is
    /// still open. `None` keeps all events. Use at least 24 hours, the lifetime of an idempotency key.
    pub keep_events: Option<SignedDuration>,
    /// How much longer than `keep_events` an event is kept for a [consumer](crate::consumers) that has not read it.
    pub keep_for_consumers: SignedDuration,
    /// Opens the database also when a part of it is missing: see [`ErrorKind::Incomplete`].
    pub accept_data_loss: bool,
    /// Files that are created after the database. If one exists without a database, the database was deleted.
    pub companions: Vec<PathBuf>,
    /// The name of a registered SQLite VFS, for tests of power loss.
    pub vfs: Option<String>,
}

/// SQLite's `synchronous`. Only [`Full`](Synchronous::Full) keeps an acknowledged order through a power loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Synchronous {
    Full,
    /// Commits are synced by the next checkpoint. Exists to show that the tests of power loss can fail.
    Normal,
}

impl Default for DatabaseOptions {
    fn default() -> Self {
        Self {
            readers: 4,
            cache_mib: 64,
            wal_bytes: 64 << 20,
            synchronous: Synchronous::Full,
            keep_events: None,
            keep_for_consumers: KEEP_FOR_CONSUMERS,
            accept_data_loss: false,
            companions: Vec::new(),
            vfs: None,
        }
    }
}

/// Held by the one process that serves a data directory. The operating system releases it when the process ends.
#[derive(Debug)]
pub struct DataDirectoryLock {
    file: File,
}

impl DataDirectoryLock {
    /// Creates the directory if it does not exist. Fails with [`ErrorKind::InUse`] if another process holds the lock.
    pub fn acquire(directory: &Path) -> Result<Self, LogError> {
        make_directory(directory)?;
        let path = directory.join("lock");
        let file = File::options()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)
            .map_err(LogError::file(format!("could not open {}", path.display())))?;
        match file.try_lock() {
            Ok(()) => {
                // What an earlier process announced is no longer so.
                file.set_len(0).map_err(LogError::file(format!("could not write {}", path.display())))?;
                Ok(Self { file })
            }
            Err(std::fs::TryLockError::WouldBlock) => Err(LogError::in_use(directory)),
            Err(std::fs::TryLockError::Error(source)) => {
                Err(LogError::file(format!("could not lock {}", path.display()))(source))
            }
        }
    }
}

impl DataDirectoryLock {
    /// Stores a text for other processes, until the lock is released.
    pub fn announce(&mut self, text: &str) -> Result<(), LogError> {
        let written = self.file.set_len(0).and_then(|()| self.file.write_all(text.as_bytes()));
        written.map_err(LogError::file("could not write the file `lock`"))
    }

    /// What the process that holds the lock announced. `None` if nobody holds it.
    pub fn announced(directory: &Path) -> Option<String> {
        let mut file = File::options().read(true).write(true).open(directory.join("lock")).ok()?;
        let mut text = String::new();
        file.read_to_string(&mut text).ok()?;
        // An unused lock is taken for a moment only when a process that held it was killed.
        let is_held = !text.is_empty() && matches!(file.try_lock(), Err(std::fs::TryLockError::WouldBlock));
        is_held.then_some(text)
    }
}

impl Drop for DataDirectoryLock {
    fn drop(&mut self) {
        // If this fails, the lock is free all the same.
        drop(self.file.set_len(0));
    }
}

/// An open database.
pub struct Database {
    /// For [`Writer::start`](crate::Writer::start).
    pub write_backend: SqliteWriteBackend,
    pub read_backend: Arc<dyn ReadBackend>,
    /// The schema before the migration; 0 if the database is new.
    pub migrated_from: u32,
}

impl Database {
    /// The schema that this version writes.
    pub fn schema() -> u32 {
        schema::known()
    }

    /// The database file of a data directory.
    pub fn file(directory: &Path) -> PathBuf {
        directory.join(FILE)
    }

    /// Opens the database of a directory, creates it if it does not exist, and migrates it if its schema is older.
    /// `random` becomes the epoch of a new database.
    pub fn open(directory: &Path, options: &DatabaseOptions, random: uuid::Uuid) -> Result<Self, LogError> {
        make_directory(directory)?;
        let path = Self::file(directory);
        // The files of another VFS may not be on this disk.
        let found = options.vfs.is_none().then(|| FoundFiles::look(&path, &options.companions));
        if let Some(found) = &found {
            found.prepare(options.accept_data_loss)?;
        }
        let mut connection =
            open(&path, options, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
        // Before anything is changed: the file may belong to another program.
        let schema = schema::check(&connection).map_err(|error| error.about(&path))?;
        if let Some(found) = &found
            && let Err(error) = found.check(&connection, schema)
        {
            accept_or_fail(error, options.accept_data_loss)?;
            newest_batch::clear(&path);
        }
        set_up(&connection, options, options.cache_mib)?;
        let migrated_from = schema::migrate(&mut connection, Epoch::mint(random).as_str())?;
        if let Some(found) = &found {
            found.opened(&connection)?;
        }
        sync_directory(directory)?;
        let checkpoints = Arc::new(CheckpointCoordinator::new());
        let coordinator = Arc::clone(&checkpoints);
        connection.wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, pages| {
            coordinator.wal_grew(i64::from(pages));
            Ok(())
        }))?;
        let readers_cache = options.cache_mib.div_ceil(4);
        let checkpointer = Checkpointer::start(
            connect(&path, options, readers_cache)?,
            Arc::clone(&checkpoints),
            path.clone(),
        )?;
        let indexes = SortedIndexes::open(&connection)?;
        let readers = (0..options.readers.max(1))
            .map(|_| {
                let reader = connect(&path, options, readers_cache)?;
                reader.pragma_update(None, "query_only", true)?;
                Ok(reader)
            })
            .collect::<Result<_, LogError>>()?;
        let files = found.is_some().then(|| OpenFiles::record(&path)).transpose()?;
        let close = Arc::new(CloseGuard::new(path.clone(), files.clone()));
        let newest = found.is_some().then(|| NewestBatch::open(&path)).flatten();
        let read_backend =
            SqliteReadBackend::new(readers, path, indexes.clone(), checkpointer, Arc::clone(&close));
        let retention = options
            .keep_events
            .map(|keep| Retention { keep, keep_for_consumers: options.keep_for_consumers });
        let write_backend =
            SqliteWriteBackend::new(connection, files, newest, checkpoints, indexes, retention, close)?;
        Ok(Self { write_backend, read_backend: Arc::new(read_backend), migrated_from })
    }

    /// The schema version of a directory's database, read without changing the database. `None` if there is no database.
    /// `companions` as in [`DatabaseOptions`].
    pub fn inspect(directory: &Path, companions: &[PathBuf]) -> Result<Option<u32>, LogError> {
        let path = Self::file(directory);
        let found = FoundFiles::look(&path, companions);
        if !path.exists() {
            return found.check_missing().map(|()| None);
        }
        let connection = open_to_read(&path)?;
        let schema = schema::version(&connection).map_err(|error| error.about(&path))?;
        found.check(&connection, schema)?;
        Ok(Some(schema))
    }

    /// The newest stored time, of a database with the present schema.
    pub fn newest_time(directory: &Path) -> Result<Option<Timestamp>, LogError> {
        if Self::inspect(directory, &[])? != Some(schema::known()) {
            return Ok(None);
        }
        history::newest_time(&open_to_read(&Self::file(directory))?)
    }
}

fn open(path: &Path, options: &DatabaseOptions, flags: OpenFlags) -> Result<Connection, LogError> {
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = match &options.vfs {
        Some(vfs) => Connection::open_with_flags_and_vfs(path, flags, vfs.as_str()),
        None => Connection::open_with_flags(path, flags),
    };
    let connection = connection.map_err(|error| LogError::from(error).about(path))?;
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    if options.vfs.is_none() {
        // The log must stay until the database is marked as closed: see `completeness.rs`.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    }
    // Plan a statement once, not again for each value that is bound to it.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(connection)
}

/// A read-only connection to a database that may belong to another program.
pub(super) fn open_to_read(path: &Path) -> Result<Connection, LogError> {
    open(path, &DatabaseOptions::default(), OpenFlags::SQLITE_OPEN_READ_ONLY)
}

fn connect(path: &Path, options: &DatabaseOptions, cache_mib: u32) -> Result<Connection, LogError> {
    let connection = open(path, options, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    set_up(&connection, options, cache_mib)?;
    Ok(connection)
}

/// Configures a connection. Fails if a setting that durability depends on does not take effect.
fn set_up(connection: &Connection, options: &DatabaseOptions, cache_mib: u32) -> Result<(), LogError> {
    connection.set_prepared_statement_cache_capacity(128);
    let mode: String = connection.query_row("PRAGMA journal_mode = WAL", (), |row| row.get(0))?;
    if mode != "wal" {
        return Err(LogError::new(
            ErrorKind::NotDurable,
            format!(
                "the database cannot keep a write-ahead log here (journal mode is {mode}): \
             put the data directory on a local file system"
            ),
        ));
    }
    let synchronous = match options.synchronous {
        Synchronous::Full => 2,
        Synchronous::Normal => 1,
    };
    connection.pragma_update(None, "synchronous", synchronous)?;
    let set: i64 = connection.pragma_query_value(None, "synchronous", |row| row.get(0))?;
    if set != synchronous {
        return Err(LogError::new(
            ErrorKind::NotDurable,
            format!("the database would not sync its commits (synchronous is {set})"),
        ));
    }
    // On macOS a plain fsync leaves the data in the drive's cache. On other systems this changes nothing.
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "checkpoint_fullfsync", true)?;
    // The checkpointer has its own thread.
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    connection.pragma_update(
        None,
        "journal_size_limit",
        i64::try_from(options.wal_bytes).unwrap_or(i64::MAX),
    )?;
    connection.pragma_update(None, "cache_size", -i64::from(cache_mib) * 1024)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "trusted_schema", false)?;
    Ok(())
}

/// Creates a data directory if it does not exist, so that it survives a power loss.
pub(super) fn make_directory(directory: &Path) -> Result<(), LogError> {
    if directory.is_dir() {
        return Ok(());
    }
    std::fs::create_dir_all(directory)
        .map_err(LogError::file(format!("could not create the data directory {}", directory.display())))?;
    match directory.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        Some(parent) => sync_directory(parent),
        None => sync_directory(Path::new(".")),
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use super::*;

    /// Planning a query for every bound value took longer than running it.
    #[test]
    fn a_statement_is_planned_once_whatever_is_looked_for() {
        let directory = tempfile::tempdir().unwrap();
        drop(
            Database::open(directory.path(), &DatabaseOptions::default(), uuid::Uuid::from_u128(1)).unwrap(),
        );
        let connection = connect(&Database::file(directory.path()), &DatabaseOptions::default(), 1).unwrap();
        let mut find = connection
            .prepare("SELECT value FROM customer_runs WHERE run = ?1 AND key = ?2 AND value < ?3 ORDER BY value DESC")
            .unwrap();
        for run in 1..4 {
            assert!(!find.exists([run, run * 7, i64::MAX]).unwrap());
        }
        assert_eq!(find.get_status(StatementStatus::RePrepare), 0);
    }
    #[test]
    fn the_file_of_the_log_is_truncated_to_the_configured_bytes() {
        for (wal_bytes, limit) in [(512 << 10, 512 << 10), (1, 1), (u64::MAX, i64::MAX)] {
            let directory = tempfile::tempdir().unwrap();
            let options = DatabaseOptions { wal_bytes, ..DatabaseOptions::default() };
            drop(Database::open(directory.path(), &options, uuid::Uuid::from_u128(1)).unwrap());
            let connection = connect(&Database::file(directory.path()), &options, 1).unwrap();
            let set: i64 =
                connection.pragma_query_value(None, "journal_size_limit", |row| row.get(0)).unwrap();
            assert_eq!(set, limit);
        }
    }
}
