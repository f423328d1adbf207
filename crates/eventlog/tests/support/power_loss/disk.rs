//! The unsynced changes of all files of one VFS, and the cut. Every change takes the one lock, so a cut is an instant.

use std::{
    collections::HashMap,
    ffi::c_int,
    fs::{self, File},
    io,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use rusqlite::ffi;

use super::{
    Cut,
    changes::{self, Dice, FileChange},
};

/// How long a sync takes: about as long as on a fast disk, so that a commit spends most of its time in it, and a cut
/// from another thread is likely to land there.
const SYNC_TIME: Duration = Duration::from_micros(300);

/// What becomes of the unsynced changes.
pub(super) enum Loss {
    Everything,
    Random(Dice),
}

impl Loss {
    pub(super) fn random(seed: u64) -> Self {
        Self::Random(Dice::new(seed))
    }
}

#[derive(Default)]
pub(super) struct SimulatedDisk {
    state: Mutex<State>,
    syncing: Condvar,
}

#[derive(Default)]
struct State {
    files: HashMap<PathBuf, Unsynced>,
    next_seq: u64,
    /// Changes until the disk fails; `None` for a disk that does not.
    changes_left: Option<usize>,
}

#[derive(Default)]
struct Unsynced {
    reader: Weak<File>,
    changes: Vec<FileChange>,
}

/// A file that SQLite has open and whose changes are kept.
pub(super) struct OpenFile {
    path: PathBuf,
    /// Reads the file beside SQLite. It is shared by all who have the file open and closes after them, because
    /// closing any descriptor of a file drops all POSIX locks that the process holds on it, SQLite's included.
    reader: Arc<File>,
}

impl SimulatedDisk {
    pub(super) fn fail_after_writes(&self, n: usize) {
        self.lock().changes_left = Some(n);
    }

    /// Opens a file with `real` and starts to keep its changes, or goes on keeping them if they are kept already.
    pub(super) fn open(&self, path: PathBuf, real: impl FnOnce() -> c_int) -> Result<OpenFile, c_int> {
        let mut state = self.lock();
        let is_new = !path.exists();
        if is_new {
            if state.has_failed() {
                return Err(ffi::SQLITE_CANTOPEN);
            }
            state.files.remove(&path);
        }
        match real() {
            ffi::SQLITE_OK => {}
            error => return Err(error),
        }
        let unsynced = state.files.entry(path.clone()).or_default();
        let reader = match unsynced.reader.upgrade() {
            Some(reader) => reader,
            None => Arc::new(File::open(&path).map_err(|_| ffi::SQLITE_CANTOPEN)?),
        };
        unsynced.reader = Arc::downgrade(&reader);
        Ok(OpenFile { path, reader })
    }

    pub(super) fn write(
        &self,
        file: &OpenFile,
        offset: usize,
        new: &[u8],
        real: impl FnOnce() -> c_int,
    ) -> c_int {
        self.change(file, offset, Some(new), real).unwrap_or(ffi::SQLITE_IOERR_WRITE)
    }

    pub(super) fn truncate(&self, file: &OpenFile, len: usize, real: impl FnOnce() -> c_int) -> c_int {
        self.change(file, len, None, real).unwrap_or(ffi::SQLITE_IOERR_TRUNCATE)
    }

    /// Makes durable what was changed before the call, if the disk does not fail meanwhile.
    ///
    /// The lock is free while the sync takes its time: power also fails during a sync, and other files are written.
    pub(super) fn sync(&self, file: &OpenFile) -> c_int {
        let state = self.lock();
        if state.has_failed() {
            return ffi::SQLITE_IOERR_FSYNC;
        }
        let covered = state.next_seq;
        // There is no notification: this releases the lock for a while.
        let (mut state, _) =
            self.syncing.wait_timeout(state, SYNC_TIME).unwrap_or_else(PoisonError::into_inner);
        if state.has_failed() {
            return ffi::SQLITE_IOERR_FSYNC;
        }
        if let Some(unsynced) = state.files.get_mut(&file.path) {
            unsynced.changes.retain(|change| change.seq >= covered);
        }
        ffi::SQLITE_OK
    }

    pub(super) fn delete(&self, path: &Path, real: impl FnOnce() -> c_int) -> c_int {
        let mut state = self.lock();
        if state.has_failed() {
            return ffi::SQLITE_IOERR_DELETE;
        }
        let result = real();
        if result == ffi::SQLITE_OK {
            state.files.remove(path);
        }
        result
    }

    pub(super) fn cut(&self, from_dir: &Path, to_dir: &Path, mut loss: Loss) -> io::Result<Cut> {
        fs::create_dir_all(to_dir)?;
        if fs::read_dir(to_dir)?.next().is_some() {
            return Err(io::Error::new(
                io::ErrorKind::AlreadyExists,
                "a cut needs an empty directory to copy to",
            ));
        }
        // SQLite resolves symbolic links before it opens a file, so the paths kept are canonical.
        let from_dir = from_dir.canonicalize()?;
        let mut cut = Cut::default();
        let mut copies = Vec::new();
        let state = self.lock();
        for name in file_names(&from_dir)? {
            let path = from_dir.join(&name);
            let unsynced = state.files.get(&path);
            let mut content = match unsynced.and_then(|unsynced| unsynced.reader.upgrade()) {
                Some(reader) => read(&reader, 0, usize::MAX)?.1,
                None => fs::read(&path)?,
            };
            if let Some(Unsynced { changes, .. }) = unsynced {
                changes::undo(&mut content, changes);
                cut.unsynced += changes.len();
                cut.lost += match &mut loss {
                    Loss::Everything => changes.len(),
                    Loss::Random(dice) => changes::redo_some(&mut content, changes, dice),
                };
            }
            copies.push((to_dir.join(name), content));
        }
        drop(state);
        for (path, content) in copies {
            fs::write(path, content)?;
        }
        Ok(cut)
    }

    /// Keeps what a change replaces, then makes it with `real`. `None` if the disk has failed or cannot be read.
    ///
    /// A change that SQLite's own VFS fails to make is kept as well: part of it may have reached the file.
    fn change(
        &self,
        file: &OpenFile,
        offset: usize,
        new: Option<&[u8]>,
        real: impl FnOnce() -> c_int,
    ) -> Option<c_int> {
        let mut state = self.lock();
        if state.has_failed() {
            return None;
        }
        let (old_len, old) = read(&file.reader, offset, new.map_or(usize::MAX, <[u8]>::len)).ok()?;
        let seq = state.next_seq;
        state.next_seq += 1;
        state.changes_left = state.changes_left.map(|left| left - 1);
        // A file that was deleted while it is open has nothing left to lose.
        if let Some(unsynced) = state.files.get_mut(&file.path) {
            unsynced.changes.push(FileChange { seq, old_len, offset, old, new: new.map(<[u8]>::to_vec) });
        }
        Some(real())
    }

    /// A panic elsewhere does not make the kept changes wrong, and the callers are C functions that cannot unwind.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn has_failed(&self) -> bool {
        self.changes_left == Some(0)
    }
}

/// The length of the file and up to `len` of its bytes from `offset` on.
fn read(file: &File, offset: usize, len: usize) -> io::Result<(usize, Vec<u8>)> {
    let file_len = usize::try_from(file.metadata()?.len()).map_err(io::Error::other)?;
    let mut bytes = vec![0; file_len.saturating_sub(offset).min(len)];
    file.read_exact_at(&mut bytes, u64::try_from(offset).map_err(io::Error::other)?)?;
    Ok((file_len, bytes))
}

/// The files to copy, in an order that a seed can rely on.
fn file_names(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let name = entry.file_name();
        if !name.as_encoded_bytes().ends_with(b"-shm") && entry.file_type()?.is_file() {
            names.push(PathBuf::from(name));
        }
    }
    names.sort();
    Ok(names)
}
