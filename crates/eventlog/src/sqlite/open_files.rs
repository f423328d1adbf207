//! Notices that the open database is no longer the file on disk.
//!
//! SQLite goes on with files that were deleted, moved, replaced, truncated or overwritten. Without this check, the server
//! would acknowledge orders that nobody finds after a restart. It runs twice for each batch, so it reads only a few bytes.

use std::fs::{File, Metadata};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::{ErrorKind, LogError};

/// Suffixes of the files that an open database consists of: the database, the write-ahead log, and its index.
const SUFFIXES: [&str; 3] = ["", "-wal", "-shm"];

/// The files as they were when the database was opened.
#[derive(Clone)]
pub(super) struct OpenFiles {
    paths: [PathBuf; 3],
    identities: [Identity; 3],
    /// The length of the database file when it was checked last.
    length: u64,
    /// The header of the database file when it was checked last.
    header: Header,
    /// Both files stay open as long as the database. When a process closes a file, all of its locks on the file end, also the
    /// locks of SQLite.
    database: Arc<File>,
    index: Arc<File>,
}

impl OpenFiles {
    /// For a database that is open and was read, so that all of its files exist.
    pub(super) fn record(database: &Path) -> Result<Self, LogError> {
        let failed = LogError::file(format!("could not examine {}", database.display()));
        let found = database.canonicalize().and_then(|database| {
            let paths = SUFFIXES.map(|suffix| {
                let mut name = database.as_os_str().to_owned();
                name.push(suffix);
                PathBuf::from(name)
            });
            let [main, log, index] = &paths;
            let length = std::fs::metadata(main)?.len();
            let identity = |path: &PathBuf| Ok::<_, std::io::Error>(Identity::of(&std::fs::metadata(path)?));
            let identities = [identity(main)?, identity(log)?, identity(index)?];
            let (database, index) = (Arc::new(File::open(main)?), Arc::new(File::open(index)?));
            let header = Header(read(&database)?);
            Ok(Self { paths, identities, length, header, database, index })
        });
        found.map_err(failed)
    }

    /// Fails if a file was deleted, replaced, truncated or overwritten since it was opened.
    pub(super) fn check(&mut self) -> Result<(), LogError> {
        let mut lengths = [0; 3];
        for ((path, identity), length) in self.paths.iter().zip(&self.identities).zip(&mut lengths) {
            let found = std::fs::metadata(path).ok().filter(|found| Identity::of(found) == *identity);
            let Some(found) = found else {
                return Err(unusable(
                    path,
                    "is no longer the file that this server opened: it was deleted, moved or replaced",
                ));
            };
            *length = found.len();
        }
        let [length, log_length, _] = lengths;
        let header =
            read(&self.database).map(Header).ok().filter(|header| header.is_of_same_file(&self.header));
        let is_complete = header.as_ref().is_some_and(|header| header.pages() * header.page_size() <= length);
        if length < self.length && !is_complete {
            let how = format!("was truncated from {} to {length} bytes", self.length);
            return Err(unusable(&self.paths[0], &how));
        }
        let Some(header) = header else {
            return Err(unusable(&self.paths[0], "was overwritten by another file"));
        };
        // A database never shrinks, except by a `VACUUM` of another program, which raises the version of the schema.
        // It writes the header first, and truncates the file later.
        let is_smaller = header.pages() < self.header.pages();
        if is_smaller && header.schema_version() <= self.header.schema_version() {
            return Err(unusable(&self.paths[0], "was overwritten by an older copy"));
        }
        (self.length, self.header) = (length, header);
        self.check_log(log_length)
    }

    /// Fails when the log is shorter than its index says.
    fn check_log(&self, length: u64) -> Result<(), LogError> {
        let frames = self.frames_in_log();
        let needed = |frames| if frames == 0 { 0 } else { 32 + frames * (24 + self.header.page_size()) };
        if frames.is_some_and(|frames| length >= needed(frames)) {
            return Ok(());
        }
        // Another process may start the log over, or append to it, at this moment.
        let length = std::fs::metadata(&self.paths[1]).map_or(0, |found| found.len());
        let now = self.frames_in_log();
        if now.is_some() && (now != frames || now.is_some_and(|frames| length >= needed(frames))) {
            return Ok(());
        }
        Err(unusable(&self.paths[1], &format!("was truncated to {length} bytes")))
    }

    /// How many frames the log has, by its index (sqlite.org/walformat.html, section 2.1).
    fn frames_in_log(&self) -> Option<u64> {
        let header: [u8; 48] = read(&self.index).ok()?;
        Some(u32::from_ne_bytes([header[16], header[17], header[18], header[19]]).into())
    }
}

/// The header of a database file (sqlite.org/fileformat.html, section 1.3).
#[derive(Clone)]
struct Header([u8; 100]);

impl Header {
    /// The first 24 bytes never change while a database is open. They differ in a backup, which has no write-ahead log.
    fn is_of_same_file(&self, other: &Self) -> bool {
        self.0[..24] == other.0[..24]
    }

    fn page_size(&self) -> u64 {
        match u16::from_be_bytes([self.0[16], self.0[17]]) {
            1 => 65_536,
            size => size.into(),
        }
    }

    fn pages(&self) -> u64 {
        self.number(28).into()
    }

    fn schema_version(&self) -> u32 {
        self.number(40)
    }

    fn number(&self, at: usize) -> u32 {
        u32::from_be_bytes([self.0[at], self.0[at + 1], self.0[at + 2], self.0[at + 3]])
    }
}

/// The first bytes of a file. Does not use the file's position, because several threads read the file at once.
#[cfg(unix)]
fn read<const N: usize>(file: &File) -> std::io::Result<[u8; N]> {
    use std::os::unix::fs::FileExt as _;
    let mut bytes = [0; N];
    file.read_exact_at(&mut bytes, 0)?;
    Ok(bytes)
}

#[cfg(windows)]
fn read<const N: usize>(file: &File) -> std::io::Result<[u8; N]> {
    use std::os::windows::fs::FileExt as _;
    let mut bytes = [0; N];
    if file.seek_read(&mut bytes, 0)? == N {
        Ok(bytes)
    } else {
        Err(std::io::ErrorKind::UnexpectedEof.into())
    }
}

fn unusable(path: &Path, how: &str) -> LogError {
    let message = format!(
        "{} {how}. Nothing is stored. Stop the server, put the data directory back or restore a backup, and start it again",
        path.display()
    );
    LogError::new(ErrorKind::Storage, message)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vacuum_of_another_program_may_truncate_the_file_later() {
        let directory = tempfile::tempdir().unwrap();
        let database = directory.path().join("shop.db");
        let connection = rusqlite::Connection::open(&database).unwrap();
        connection.query_row("PRAGMA journal_mode = WAL", (), |_| Ok(())).unwrap();
        let fill = "CREATE TABLE orders (state TEXT); INSERT INTO orders VALUES (zeroblob(1000000)); DELETE FROM orders; \
                    PRAGMA wal_checkpoint(TRUNCATE)";
        connection.execute_batch(fill).unwrap();
        let mut files = OpenFiles::record(&database).unwrap();
        let before = std::fs::metadata(&database).unwrap().len();
        connection.execute_batch("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
        let after = std::fs::metadata(&database).unwrap().len();
        assert!(after < before, "{after} {before}");
        let vacuumed = File::options().write(true).open(&database).unwrap();
        vacuumed.set_len(before).unwrap();
        files.check().unwrap();
        vacuumed.set_len(after).unwrap();
        files.check().unwrap();
        vacuumed.set_len(after - 1).unwrap();
        assert!(files.check().is_err(), "a page is missing");
    }

    #[test]
    fn files_can_be_checked_by_several_threads_at_once() {
        let directory = tempfile::tempdir().unwrap();
        let database = directory.path().join("shop.db");
        let connection = rusqlite::Connection::open(&database).unwrap();
        connection.query_row("PRAGMA journal_mode = WAL", (), |_| Ok(())).unwrap();
        connection.execute_batch("CREATE TABLE orders (number INTEGER)").unwrap();
        let files = OpenFiles::record(&database).unwrap();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                let mut files = files.clone();
                scope.spawn(move || (0..2000).for_each(|_| files.check().unwrap()));
            }
        });
    }
}
