//! Copies of the whole database: made while it is used, put back while it is not.

use std::fs::File;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::open::{Lock, Options, connect, sync_directory};
use super::{FILE, schema};
use crate::cursor::Epoch;
use crate::error::LogError;

/// Writes a consistent copy to a file that does not exist yet, while others read and write.
pub fn copy(from: &Path, to: &Path) -> Result<(), LogError> {
    if to.exists() {
        let source = std::io::Error::from(std::io::ErrorKind::AlreadyExists);
        return Err(LogError::File { what: format!("{} is in the way", to.display()), source });
    }
    let unfinished = beside(to, "part");
    let result = copy_to(from, &unfinished);
    if result.is_err() {
        // Half a copy is worse than none.
        drop(std::fs::remove_file(&unfinished));
    }
    result?;
    put(&unfinished, to)
}

fn copy_to(from: &Path, to: &Path) -> Result<(), LogError> {
    let source = connect(from, &Options::default(), rusqlite::OpenFlags::empty())?;
    let mut target = Connection::open(to)?;
    let backup = rusqlite::backup::Backup::new(&source, &mut target)?;
    // In one step: the copy is of one moment, and the writer goes on in the write-ahead log meanwhile.
    while backup.step(-1)? != rusqlite::backup::StepResult::Done {}
    drop(backup);
    // The copy stands alone, without a write-ahead log beside it.
    target.query_row("PRAGMA journal_mode = DELETE", (), |_| Ok(()))?;
    verify(&target, to)?;
    drop(target);
    File::open(to).and_then(|file| file.sync_all()).map_err(LogError::file("could not sync the copy"))
}

/// Puts a backup into a data directory, under a fresh epoch: the log forks here, and whoever saw more of the old one
/// must be told to start over. What was there is kept beside it; the answer is where.
pub fn restore(from: &Path, directory: &Path, random: uuid::Uuid) -> Result<Option<PathBuf>, LogError> {
    std::fs::create_dir_all(directory)
        .map_err(LogError::file(format!("could not make the data directory {}", directory.display())))?;
    let lock = Lock::take(directory)?;
    let target = directory.join(FILE);
    let fresh = beside(&target, "restoring");
    std::fs::copy(from, &fresh).map_err(LogError::file(format!("could not read {}", from.display())))?;
    let result = prepare(&fresh, random);
    if result.is_err() {
        drop(std::fs::remove_file(&fresh));
    }
    result?;
    let kept = if target.exists() { Some(set_aside(&target)?) } else { None };
    put(&fresh, &target)?;
    drop(lock);
    Ok(kept)
}

fn prepare(path: &Path, random: uuid::Uuid) -> Result<(), LogError> {
    let mut connection = Connection::open(path)?;
    if schema::version(&connection)? == 0 {
        return Err(LogError::NotOurs(path.display().to_string()));
    }
    verify(&connection, path)?;
    let epoch = Epoch::mint(random);
    schema::migrate(&mut connection, epoch.as_str())?;
    connection.execute("UPDATE meta SET value = ?1 WHERE name = 'epoch'", [epoch.as_str()])?;
    drop(connection);
    File::open(path).and_then(|file| file.sync_all()).map_err(LogError::file("could not sync the restored file"))
}

fn verify(connection: &Connection, path: &Path) -> Result<(), LogError> {
    let verdict: String = connection.query_row("PRAGMA quick_check(1)", (), |row| row.get(0))?;
    if verdict == "ok" {
        return Ok(());
    }
    Err(LogError::Corrupt(format!("{} is damaged: {verdict}", path.display())))
}

/// Folds the old database's write-ahead log into it and renames it.
fn set_aside(target: &Path) -> Result<PathBuf, LogError> {
    let connection = Connection::open(target)?;
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |_| Ok(()))?;
    connection.query_row("PRAGMA journal_mode = DELETE", (), |_| Ok(()))?;
    drop(connection);
    let mut kept = beside(target, "before-restore");
    let mut n = 1;
    while kept.exists() {
        n += 1;
        kept = beside(target, &format!("before-restore-{n}"));
    }
    std::fs::rename(target, &kept).map_err(LogError::file("could not set the old database aside"))?;
    Ok(kept)
}

fn put(from: &Path, to: &Path) -> Result<(), LogError> {
    std::fs::rename(from, to).map_err(LogError::file(format!("could not name {}", to.display())))?;
    let directory = to.parent().filter(|parent| !parent.as_os_str().is_empty());
    sync_directory(directory.unwrap_or_else(|| Path::new(".")))
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    PathBuf::from(name)
}
