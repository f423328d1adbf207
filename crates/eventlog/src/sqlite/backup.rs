//! Backups: copying the database while it is used, and restoring a copy.

use std::fs::File;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use super::completeness::{FoundFiles, mark_closed};
use super::file_names::beside;
use super::open::{DataDirectoryLock, open_to_read};
use super::open_files::sync_directory;
use super::read_backend::SqliteReadBackend;
use super::{FILE, schema};
use crate::cursor::Epoch;
use crate::error::{ErrorKind, LogError};
use crate::read_backend::AdminQueries;

/// Suffixes of the files that SQLite keeps beside a database.
const COMPANIONS: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Writes a consistent copy to a file that must not exist, while others read and write.
pub fn copy(from: &Path, to: &Path) -> Result<(), LogError> {
    if to.exists() {
        let message = format!("{} already exists: choose another name, or remove it", to.display());
        return Err(LogError::new(ErrorKind::Storage, message));
    }
    let unfinished = beside(to, ".part");
    finish_or_remove(&unfinished, || {
        File::create(&unfinished).map_err(|error| {
            let message =
                format!("cannot write {}: name a file in a directory that this user may write", to.display());
            LogError::new(ErrorKind::Storage, message).caused_by(error)
        })?;
        copy_to(from, &unfinished)
    })?;
    put(&unfinished, to)
}

/// Replaces the database of a data directory with a backup, under a new epoch: clients that saw later events of the old
/// log must start over. Returns where the replaced database is kept.
pub fn restore(from: &Path, directory: &Path, random: uuid::Uuid) -> Result<Option<PathBuf>, LogError> {
    if !from.is_file() {
        let message =
            format!("there is no file {}: name a file that `ordercast backup` wrote", from.display());
        return Err(LogError::new(ErrorKind::Storage, message));
    }
    let lock = DataDirectoryLock::acquire(directory)?;
    let target = directory.join(FILE);
    let fresh = beside(&target, ".restoring");
    finish_or_remove(&fresh, || {
        copy_to(from, &fresh).map_err(|error| match error.kind() {
            ErrorKind::ForeignDatabase => LogError::not_a_backup(from.display()),
            ErrorKind::Corrupt => {
                let message = format!("{} is damaged: name another backup", from.display());
                LogError::new(ErrorKind::Corrupt, message).caused_by(error)
            }
            _ => error,
        })?;
        prepare(&fresh, random)
    })?;
    let kept = if target.exists() { Some(set_aside(&target)?) } else { None };
    // The write-ahead log of a database that could not be opened must not be applied to the new one.
    remove_companions(&target);
    put(&fresh, &target)?;
    drop(lock);
    Ok(kept)
}

/// Makes a file, and removes it if that fails.
fn finish_or_remove(path: &Path, make: impl FnOnce() -> Result<(), LogError>) -> Result<(), LogError> {
    let remove = || {
        drop(std::fs::remove_file(path));
        remove_companions(path);
    };
    // An interrupted copy may have left one.
    remove();
    make().inspect_err(|_| remove())
}

fn remove_companions(path: &Path) {
    for suffix in COMPANIONS {
        drop(std::fs::remove_file(beside(path, suffix)));
    }
}

fn copy_to(from: &Path, to: &Path) -> Result<(), LogError> {
    let found = FoundFiles::look(from, &[]);
    let source = open_to_read(from)?;
    let schema = schema::check(&source).map_err(|error| error.about(from))?;
    if schema == 0 {
        return Err(LogError::foreign_database(from.display()));
    }
    found.check(&source, schema)?;
    let mut target = Connection::open(to)?;
    let backup = Backup::new(&source, &mut target)?;
    // In one step, so that the copy is one snapshot. The writer continues in the write-ahead log meanwhile.
    match backup.step(-1)? {
        StepResult::Done => {}
        _ => return Err(LogError::in_use(from)),
    }
    drop(backup);
    mark_closed(&target)?;
    // So that the copy needs no write-ahead log beside it.
    target.query_row("PRAGMA journal_mode = DELETE", (), |_| Ok(()))?;
    verify(&target, to)?;
    drop(target);
    sync(to)
}

fn prepare(path: &Path, random: uuid::Uuid) -> Result<(), LogError> {
    let mut connection = Connection::open(path)?;
    let epoch = Epoch::mint(random);
    schema::migrate(&mut connection, epoch.as_str())?;
    connection.execute("UPDATE meta SET value = ?1 WHERE name = 'epoch'", [epoch.as_str()])?;
    drop(connection);
    sync(path)
}

fn verify(connection: &Connection, path: &Path) -> Result<(), LogError> {
    let verdict: String = connection.query_row("PRAGMA quick_check(1)", (), |row| row.get(0))?;
    if verdict == "ok" {
        return Ok(());
    }
    Err(LogError::new(ErrorKind::Corrupt, format!("{} is damaged: {verdict}", path.display())))
}

fn sync(path: &Path) -> Result<(), LogError> {
    File::open(path)
        .and_then(|file| file.sync_all())
        .map_err(LogError::file(format!("could not sync {}", path.display())))
}

/// Links the old database to a second name. The restored one then replaces the first name in one step. So there is a
/// database at any time; a server that found none would create an empty one.
fn set_aside(target: &Path) -> Result<PathBuf, LogError> {
    let mut kept = beside(target, ".before-restore");
    let mut n = 1;
    while kept.exists() {
        n += 1;
        kept = beside(target, &format!(".before-restore-{n}"));
    }
    // A damaged database is kept unchanged with its write-ahead log, which SQLite would remove when it cannot read it.
    let (log, kept_log) = (beside(target, COMPANIONS[0]), beside(&kept, COMPANIONS[0]));
    let linked = std::fs::hard_link(&log, &kept_log).is_ok();
    match fold(target) {
        Ok(()) => drop(std::fs::remove_file(&kept_log)),
        Err(error) => {
            tracing::warn!(%error, database = %target.display(), "the old database could not be closed cleanly");
            if !linked {
                drop(std::fs::rename(&log, &kept_log));
            }
        }
    }
    std::fs::hard_link(target, &kept)
        // A file system without hard links: for a moment there is no database.
        .or_else(|_| std::fs::rename(target, &kept))
        .map_err(LogError::file("could not set the old database aside"))?;
    Ok(kept)
}

/// Copies the write-ahead log into the database file.
fn fold(path: &Path) -> Result<(), LogError> {
    let connection = Connection::open(path)?;
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |_| Ok(()))?;
    // A file without the tables has nothing to mark.
    drop(mark_closed(&connection));
    connection.query_row("PRAGMA journal_mode = DELETE", (), |_| Ok(()))?;
    Ok(())
}

fn put(from: &Path, to: &Path) -> Result<(), LogError> {
    std::fs::rename(from, to).map_err(LogError::file(format!("could not name {}", to.display())))?;
    let directory = to.parent().filter(|parent| !parent.as_os_str().is_empty());
    sync_directory(directory.unwrap_or_else(|| Path::new(".")))
}

#[async_trait]
impl AdminQueries for SqliteReadBackend {
    async fn health(&self) -> Result<u64, LogError> {
        self.read(|connection| {
            let pages: i64 = connection.pragma_query_value(None, "page_count", |row| row.get(0))?;
            let size: i64 = connection.pragma_query_value(None, "page_size", |row| row.get(0))?;
            Ok(pages.unsigned_abs() * size.unsigned_abs())
        })
        .await
    }

    async fn backup(&self, to: &Path) -> Result<(), LogError> {
        let (from, to) = (self.path().to_owned(), to.to_owned());
        // On a connection of its own: a long copy must not occupy a reader.
        let task = tokio::task::spawn_blocking(move || copy(&from, &to));
        task.await.map_err(|_| LogError::cancelled())?
    }
}
