//! Opens the configured database, without naming which one it is.
//!
//! Today every configuration means SQLite. Callers see only [`Writer`] and [`ReadBackend`], so that another database is
//! another case in this file.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::clock::Clock;
use crate::error::LogError;
use crate::read_backend::ReadBackend;
use crate::sqlite::{self, DataDirectoryLock, Database, DatabaseOptions, SqliteWriteBackend};
use crate::writer::{Publish, Writer};

/// Where the data is, and how it is kept.
#[derive(Debug, Clone)]
pub struct StorageConfig {
    /// The data directory.
    pub directory: PathBuf,
    /// When the write-ahead log starts over, its file is truncated to this many bytes.
    pub wal_bytes: u64,
    /// How long an event is kept, at least 24 hours. `None` keeps all events.
    pub keep_events: Option<SignedDuration>,
    /// Opens the data also when a part of it is missing: see [`ErrorKind::Incomplete`](crate::ErrorKind::Incomplete).
    pub accept_data_loss: bool,
    /// Files in the directory that are created after the data. If one exists without data, the data was deleted.
    pub companions: Vec<PathBuf>,
}

/// Held by the one process that serves the data. The operating system releases it when the process ends.
#[derive(Debug)]
pub struct StorageLock {
    directory: DataDirectoryLock,
}

impl StorageLock {
    /// Stores a text for other processes, until the lock is released.
    pub fn announce(&mut self, text: &str) -> Result<(), LogError> {
        self.directory.announce(text)
    }
}

impl StorageConfig {
    /// The schema that this version writes.
    pub fn newest_schema() -> u32 {
        Database::schema()
    }

    /// The database file.
    pub fn file(&self) -> PathBuf {
        Database::file(&self.directory)
    }

    pub fn exists(&self) -> bool {
        self.file().exists()
    }

    /// The schema of the stored data, without changing it; `None` when there is no data.
    pub fn schema(&self) -> Result<Option<u32>, LogError> {
        Database::inspect(&self.directory, &self.companions)
    }

    /// The newest time of events and accounts, without changing the data; `None` when there is none, or an older schema.
    pub fn newest_time(&self) -> Result<Option<Timestamp>, LogError> {
        Database::newest_time(&self.directory)
    }

    /// Fails when another process holds the lock. Creates the directory if it is missing.
    pub fn lock(&self) -> Result<StorageLock, LogError> {
        Ok(StorageLock { directory: DataDirectoryLock::acquire(&self.directory)? })
    }

    /// What the process that holds the lock [announced](StorageLock::announce). `None` if nobody holds it.
    pub fn announced(&self) -> Option<String> {
        DataDirectoryLock::announced(&self.directory)
    }

    /// Writes a consistent copy to `to`, which must not exist. Works while the data is served.
    pub fn backup(&self, to: &Path) -> Result<(), LogError> {
        sqlite::backup::copy(&self.file(), to)
    }

    /// Replaces the data with a backup, under a new epoch made from `random`. Returns where the replaced data is kept.
    pub fn restore(&self, from: &Path, random: Uuid) -> Result<Option<PathBuf>, LogError> {
        sqlite::backup::restore(from, &self.directory, random)
    }
}

/// An open database.
pub struct Storage {
    write_backend: SqliteWriteBackend,
    read_backend: Arc<dyn ReadBackend>,
    migrated_from: u32,
}

impl Storage {
    /// Opens the database. Creates it if it is missing, and upgrades it if its schema is older. `random` names the epoch of
    /// a new one.
    pub fn open(config: &StorageConfig, random: Uuid) -> Result<Self, LogError> {
        let options = DatabaseOptions {
            wal_bytes: config.wal_bytes,
            keep_events: config.keep_events,
            accept_data_loss: config.accept_data_loss,
            companions: config.companions.clone(),
            ..DatabaseOptions::default()
        };
        let Database { write_backend, read_backend, migrated_from } =
            Database::open(&config.directory, &options, random)?;
        Ok(Self { write_backend, read_backend, migrated_from })
    }

    /// The older schema that this version has just upgraded; `None` when the data is new or was up to date.
    pub fn upgraded_from(&self) -> Option<u32> {
        let from = self.migrated_from;
        (from != 0 && from != StorageConfig::newest_schema()).then_some(from)
    }

    pub fn read_backend(&self) -> Arc<dyn ReadBackend> {
        Arc::clone(&self.read_backend)
    }

    /// Starts the writer: see [`Writer::start`].
    pub fn start_writer(
        self,
        clock: Arc<dyn Clock>,
        publish: Publish,
    ) -> Result<(Writer, JoinHandle<()>), LogError> {
        Writer::start(self.write_backend, clock, publish)
    }

    /// A text stored under a name beside the data. Backups include it.
    pub fn note(&self, name: &str) -> Result<Option<String>, LogError> {
        self.write_backend.note(name)
    }

    /// Stores a text under a name, durably.
    pub fn set_note(&mut self, name: &str, text: &str) -> Result<(), LogError> {
        self.write_backend.set_note(name, text)
    }
}
