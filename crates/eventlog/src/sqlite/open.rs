//! Opening a database: who may, and how it must be set so that what it acknowledges stays.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::SignedDuration;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::checkpoint::{CheckpointCoordinator, Checkpointer};
use super::read_backend::SqliteReadBackend;
use super::sorted_index::{SortedIndex, SortedIndexes};
use super::write_backend::SqliteWriteBackend;
use super::{FILE, recipient_index, schema};
use crate::consumers::KEEP_FOR_CONSUMERS;
use crate::cursor::Epoch;
use crate::error::{ErrorKind, LogError};
use crate::read_backend::ReadBackend;
use crate::retention::Retention;

/// How a database is opened.
#[derive(Debug, Clone)]
pub struct DatabaseOptions {
    /// Connections that answer queries.
    pub readers: usize,
    /// Memory for the writer's pages, in MiB; each reader gets a quarter of it.
    pub cache_mib: u32,
    /// The file of the write-ahead log is cut back to this many MiB when it is started over.
    pub wal_mib: u32,
    /// When a commit counts as durable.
    pub synchronous: Synchronous,
    /// How long an event is kept at least; after that it goes, unless it or an older one is about an order that is
    /// still open. `None`: for ever. Shorter than the 24 hours of an idempotency key makes no sense.
    pub keep_events: Option<SignedDuration>,
    /// How much longer than `keep_events` an event is kept for a [consumer](crate::consumers) that has not read it.
    pub keep_for_consumers: SignedDuration,
    /// Another file system layer, by the name it is registered under. For tests of power loss.
    pub vfs: Option<String>,
}

/// SQLite's `synchronous`. Only [`Full`](Synchronous::Full) keeps an acknowledged order through a power loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Synchronous {
    /// Each commit is synced before it is acknowledged.
    Full,
    /// Commits are synced by the next checkpoint. Exists to show that the test of power loss can fail.
    Normal,
}

impl Default for DatabaseOptions {
    fn default() -> Self {
        Self {
            readers: 4,
            cache_mib: 64,
            wal_mib: 64,
            synchronous: Synchronous::Full,
            keep_events: None,
            keep_for_consumers: KEEP_FOR_CONSUMERS,
            vfs: None,
        }
    }
}

/// Held by the one process that serves a data directory. Freed by the system when the process ends, however it ends.
#[derive(Debug)]
pub struct DataDirectoryLock {
    _file: File,
}

impl DataDirectoryLock {
    /// Takes the lock, or says who is in the way. Makes the directory if there is none.
    pub fn acquire(directory: &Path) -> Result<Self, LogError> {
        make_directory(directory)?;
        let path = directory.join("lock");
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(LogError::file(format!("could not open {}", path.display())))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(std::fs::TryLockError::WouldBlock) => Err(LogError::in_use(directory)),
            Err(std::fs::TryLockError::Error(source)) => {
                Err(LogError::file(format!("could not lock {}", path.display()))(source))
            }
        }
    }
}

/// An open database: its journal for a writer, its queries for everybody.
pub struct Database {
    /// For [`Writer::start`](crate::Writer::start).
    pub write_backend: SqliteWriteBackend,
    /// For reading.
    pub read_backend: Arc<dyn ReadBackend>,
    /// The schema it had before it was brought up to date; 0: it was made just now.
    pub migrated_from: u32,
}

impl Database {
    /// The schema this version writes.
    pub fn schema() -> u32 {
        schema::known()
    }

    /// The file in a data directory.
    pub fn file(directory: &Path) -> PathBuf {
        directory.join(FILE)
    }

    /// Opens the database in a directory, makes it if there is none, brings it up to date if it is older.
    /// `random` names the history of a new one.
    pub fn open(directory: &Path, options: &DatabaseOptions, random: uuid::Uuid) -> Result<Self, LogError> {
        make_directory(directory)?;
        let path = Self::file(directory);
        let mut connection =
            open(&path, options, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
        // Before anything is changed: the file may be somebody else's.
        schema::check(&connection)?;
        set_up(&connection, options, options.cache_mib)?;
        let migrated_from = schema::migrate(&mut connection, Epoch::mint(random).as_str())?;
        sync_directory(directory)?;
        let checkpoints = Arc::new(CheckpointCoordinator::new());
        let theirs = Arc::clone(&checkpoints);
        connection.wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, pages| {
            theirs.wal_grew(i64::from(pages));
            Ok(())
        }))?;
        let readers_cache = options.cache_mib.div_ceil(4);
        let checkpointer = Checkpointer::start(
            connect(&path, options, readers_cache)?,
            Arc::clone(&checkpoints),
            path.clone(),
        )?;
        let customer_orders = Arc::new(SortedIndex::open(
            &connection,
            "customer",
            "SELECT customer, number FROM orders WHERE number > ?1 ORDER BY number",
        )?);
        let recipients = Arc::new(recipient_index::open(&connection)?);
        let indexes = SortedIndexes { customer_orders, recipients };
        let readers = (0..options.readers.max(1))
            .map(|_| {
                let reader = connect(&path, options, readers_cache)?;
                reader.pragma_update(None, "query_only", true)?;
                Ok(reader)
            })
            .collect::<Result<_, LogError>>()?;
        let read_backend = SqliteReadBackend::new(readers, path, indexes.clone(), checkpointer);
        let retention = options
            .keep_events
            .map(|keep| Retention { keep, keep_for_consumers: options.keep_for_consumers });
        let write_backend = SqliteWriteBackend::new(connection, checkpoints, indexes, retention)?;
        Ok(Self { write_backend, read_backend: Arc::new(read_backend), migrated_from })
    }

    /// What somebody wrote down about the database; it goes with it into every backup.
    pub fn note(&self, name: &str) -> Result<Option<String>, LogError> {
        self.write_backend.note(name)
    }

    /// Writes it down, durably.
    pub fn set_note(&mut self, name: &str, text: &str) -> Result<(), LogError> {
        self.write_backend.set_note(name, text)
    }

    /// The schema of the database in a directory, without changing it; `None` when there is none.
    pub fn inspect(directory: &Path) -> Result<Option<u32>, LogError> {
        let path = Self::file(directory);
        if !path.exists() {
            return Ok(None);
        }
        schema::version(&open_to_read(&path)?).map(Some)
    }
}

fn open(path: &Path, options: &DatabaseOptions, flags: OpenFlags) -> Result<Connection, LogError> {
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = match &options.vfs {
        Some(vfs) => Connection::open_with_flags_and_vfs(path, flags, vfs.as_str())?,
        None => Connection::open_with_flags(path, flags)?,
    };
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    // A statement is planned once, and not again for each value that it is given.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(connection)
}

/// A connection that changes nothing, to a database that may be anybody's.
pub(super) fn open_to_read(path: &Path) -> Result<Connection, LogError> {
    open(path, &DatabaseOptions::default(), OpenFlags::SQLITE_OPEN_READ_ONLY)
}

fn connect(path: &Path, options: &DatabaseOptions, cache_mib: u32) -> Result<Connection, LogError> {
    let connection = open(path, options, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    set_up(&connection, options, cache_mib)?;
    Ok(connection)
}

/// Sets a connection up. Asserts what durability rests on instead of hoping for it.
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
    // On a Mac a plain fsync leaves the data in the drive's own cache; elsewhere this changes nothing.
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "checkpoint_fullfsync", true)?;
    // Checkpoints have a thread of their own.
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    connection.pragma_update(None, "journal_size_limit", i64::from(options.wal_mib) << 20)?;
    connection.pragma_update(None, "cache_size", -i64::from(cache_mib) * 1024)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "trusted_schema", false)?;
    Ok(())
}

/// Makes a data directory, if there is none, so that it survives a power loss.
pub(super) fn make_directory(directory: &Path) -> Result<(), LogError> {
    if directory.is_dir() {
        return Ok(());
    }
    std::fs::create_dir_all(directory)
        .map_err(LogError::file(format!("could not make the data directory {}", directory.display())))?;
    match directory.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        Some(parent) => sync_directory(parent),
        None => sync_directory(Path::new(".")),
    }
}

/// A new file's name is durable only when its directory is.
pub(super) fn sync_directory(directory: &Path) -> Result<(), LogError> {
    File::open(directory)
        .and_then(|directory| directory.sync_all())
        .map_err(LogError::file(format!("could not sync the directory {}", directory.display())))
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use super::*;

    /// Planning a list anew for every value that is looked for cost more than reading it.
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
}
