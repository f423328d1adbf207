//! Power loss under SQLite, without a machine to unplug.
//!
//! Killing a process proves little about durability: what it wrote is still in the operating system's cache and
//! reaches the disk afterwards. Only the loss of that cache tells a commit that was synced from one that was not.
//! [`PowerLoss`] is a SQLite VFS that wraps the default one and remembers, for every database, WAL and journal file,
//! what was changed since the file was last synced. [`PowerLoss::cut_to`] and [`PowerLoss::cut_at_random`] then copy
//! the files as a disk may hold them after the power failed at that instant, while the connections keep running.
//!
//! ```ignore
//! let power_loss = PowerLoss::register("appends-survive");
//! let db = Connection::open_with_flags_and_vfs(dir.join("log.db"), OpenFlags::default(), power_loss.name())?;
//! // ... commit, from any number of threads and connections ...
//! power_loss.cut_to(&dir, &copy)?;
//! let after = Connection::open(copy.join("log.db"))?;
//! ```
//!
//! # The disk that is modelled
//!
//! - A sync makes every earlier write and truncation of that file durable, whatever its flags. It does not make any
//!   other file durable. While a sync is running, what it syncs is still unsynced.
//! - A sync takes a fixed short time and does not reach the real disk, which is not the one that is tested: the tests
//!   are as fast, and the cuts land in as many syncs, on a slow disk as on a memory file system.
//! - Without a sync nothing is promised: [`cut_to`](PowerLoss::cut_to) loses all of it,
//!   [`cut_at_random`](PowerLoss::cut_at_random) any part of it, in any order, down to single 512-byte sectors.
//! - A write never disturbs bytes outside its own range, as SQLite's default VFS also assumes ("powersafe
//!   overwrite"). Nothing else is claimed towards SQLite: no atomic sectors, no ordered writes.
//! - What a file held when it was first opened through the VFS counts as durable. A connection through another VFS
//!   goes unseen, so all connections to the database must use this one while it is cut.
//!
//! **Not modelled:** the sync of directory entries. A created file exists at once (with length 0 until it is synced)
//! and a deleted file is gone at once, whether or not its directory was synced. Bytes that rot or that a disk claims
//! to have synced and did not are not modelled either. Temporary files are passed through, they need not survive.
//!
//! # Reading order
//!
//! `changes` is what one file may lose, `disk` keeps it for all files and does the cut, `vfs` is the C interface and
//! the only unsafe code.
#![allow(dead_code, reason = "each test binary uses the part of this module that it needs")]

mod changes;
mod disk;
mod vfs;

use std::{ffi::CString, io, path::Path, sync::Arc};

use self::disk::{Loss, SimulatedDisk};

/// What a cut found, so that a test can tell a cut in the middle of a commit from one between commits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cut {
    /// Writes and truncations that no sync had made durable at the instant of the cut.
    pub(crate) unsynced: usize,
    /// How many of those are missing from the copy, or arrived only in part.
    pub(crate) lost: usize,
}

/// A VFS whose files can lose what was not synced. Clones are the same disk.
#[derive(Clone)]
pub(crate) struct PowerLoss {
    name: String,
    disk: Arc<SimulatedDisk>,
}

impl PowerLoss {
    /// Registers a VFS of this name for the rest of the process; it does not become the default.
    ///
    /// The registration is never taken back, because a connection may outlive this value. The connection then still
    /// works; only the kept changes are freed.
    ///
    /// # Panics
    ///
    /// If the name is taken or contains a zero byte, or if SQLite cannot register a VFS.
    pub(crate) fn register(name: &str) -> Self {
        let disk = Arc::new(SimulatedDisk::default());
        vfs::register(CString::new(name).expect("the name of a VFS has no zero byte"), Arc::downgrade(&disk));
        Self { name: name.to_owned(), disk }
    }

    /// The name to open connections with.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Copies the files of `from_dir` to `to_dir` as if the power failed now and the disk lost everything unsynced.
    ///
    /// This is one instant: no write, truncation or deletion through the VFS happens between the first and the last
    /// file. Every regular file directly in `from_dir` is copied, except the `-shm` files, which SQLite rebuilds.
    ///
    /// Fails if a file cannot be read or written, and with [`io::ErrorKind::AlreadyExists`] if `to_dir` holds
    /// anything: an old WAL beside a new database would look like damage.
    pub(crate) fn cut_to(&self, from_dir: &Path, to_dir: &Path) -> io::Result<Cut> {
        self.disk.cut(from_dir, to_dir, Loss::Everything)
    }

    /// Like [`cut_to`](Self::cut_to), but every unsynced change arrives, is lost, or (a write) arrives in part,
    /// independently of the others.
    ///
    /// The seed also chooses how likely a change is to arrive, from never to nearly always, so that over many seeds
    /// both "one sector is missing" and "one sector arrived" are met. The same seed on the same unsynced changes gives
    /// the same files.
    pub(crate) fn cut_at_random(&self, from_dir: &Path, to_dir: &Path, seed: u64) -> io::Result<Cut> {
        self.disk.cut(from_dir, to_dir, Loss::random(seed))
    }

    /// Lets `n` more writes and truncations through and fails every change after them: writes, truncations, syncs,
    /// deletions and new files. Reads and locks still work.
    ///
    /// Where a cut from another thread lands at some point of a commit, this reaches each point in turn. Call it again
    /// to count anew.
    pub(crate) fn fail_after_writes(&self, n: usize) {
        self.disk.fail_after_writes(n);
    }
}
