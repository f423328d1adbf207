//! Commits and cuts the power at the same time, and reads what is left. Used by `power_loss_vfs.rs`.

use super::*;

pub(crate) fn keeps_acknowledged_rows(name: &str, checkpoints: Checkpoints, variant: Variant) {
    let seen = cut_while_committing(name, "FULL", checkpoints, variant);
    for observation in &seen {
        assert!(observation.found.is_intact() && !observation.lost_a_row(), "{observation:?}");
    }
}

/// One cut, and what SQLite made of the copy.
#[derive(Debug)]
#[expect(dead_code, reason = "printed when an assertion fails")]
pub(crate) struct Observation {
    pub(crate) seed: u64,
    /// The commits that had returned before the cut began.
    pub(crate) acknowledged: i64,
    pub(crate) cut: Cut,
    pub(crate) found: Found,
}

impl Observation {
    pub(crate) fn lost_a_row(&self) -> bool {
        self.found.rows < self.acknowledged
    }
}

/// A database as found after a power loss.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Rows 1, 2, 3, … up to the first that is missing or not as it was written.
    pub(crate) rows: i64,
    /// What is wrong with the database, beside missing rows at the end.
    pub(crate) damage: Option<String>,
}

impl Found {
    pub(crate) fn is_intact(&self) -> bool {
        self.damage.is_none()
    }
}

/// Commits row after row on one thread and cuts from another, with checkpoints from a third if asked for.
pub(crate) fn cut_while_committing(
    name: &str,
    synchronous: &str,
    checkpoints: Checkpoints,
    variant: Variant,
) -> Vec<Observation> {
    let fixture = Fixture::new(name);
    let dir = fixture.dir("live");
    seed_database(&dir);
    let acknowledged = &AtomicI64::new(0);
    let look = |seed| {
        let copy = fixture.dir("copy");
        let acknowledged = acknowledged.load(Ordering::SeqCst);
        let cut = cut(&fixture.power_loss, &dir, &copy, variant, seed);
        Observation { seed, acknowledged, cut, found: reopen(&copy) }
    };
    thread::scope(|scope| {
        // The receiver is dropped with this closure, also when an assertion in it fails; that ends the writer, and
        // the end of the writer ends the checkpoints.
        let (committed, commits) = mpsc::sync_channel(COMMITS_AHEAD);
        let (due, checkpoint_due) = mpsc::channel();
        let connect = || {
            let db = open(&dir, fixture.power_loss.name());
            db.execute_batch(&format!("PRAGMA journal_mode = WAL; PRAGMA synchronous = {synchronous}"))
                .unwrap();
            // Checkpoints come from the second connection or not at all, so that a test says which.
            db.execute_batch("PRAGMA wal_autocheckpoint = 0").unwrap();
            db
        };
        let writer = connect();
        scope.spawn(move || {
            for id in 1.. {
                // The disk fails at the end of the run. Before that, the cuts miss the commits.
                if insert(&writer, id).is_err() {
                    break;
                }
                acknowledged.store(id, Ordering::SeqCst);
                if id % 8 == 0 {
                    // Without a second connection there is no receiver.
                    let _ = due.send(id / 8);
                }
                if committed.send(()).is_err() {
                    break;
                }
            }
        });
        if checkpoints == Checkpoints::FromSecondConnection {
            let second = connect();
            let (done, checkpointed) = mpsc::channel();
            scope.spawn(move || checkpoint_when(&second, &checkpoint_due, &done));
            checkpointed.recv_timeout(DEADLINE).expect("a checkpoint runs before the first cut");
        }
        let mut seen = Vec::new();
        for seed in 0..CUTS {
            for _ in 0..COMMITS_BETWEEN_CUTS {
                commits.recv_timeout(DEADLINE).expect("the writer commits");
            }
            seen.push(look(seed));
        }
        // Where syncs take no time, all of these may fall between two commits. One that cannot: the disk fails
        // after a single write.
        fixture.power_loss.fail_after_writes(1);
        let ended = (0..=2 * COMMITS_AHEAD).any(|_| commits.recv_timeout(DEADLINE).is_err());
        assert!(ended, "the writer commits on a disk that has failed");
        let last = look(CUTS);
        assert!(last.cut.unsynced > 0, "the write was not synced: {last:?}");
        seen.push(last);
        seen
    })
}

/// Runs a checkpoint for each number received, of each kind in turn, until the writer is gone or the disk fails.
pub(crate) fn checkpoint_when(db: &Connection, due: &Receiver<i64>, done: &Sender<()>) {
    for n in due {
        let kind = ["PASSIVE", "FULL", "RESTART", "TRUNCATE"][usize::try_from(n % 4).unwrap()];
        if db.query_row(&format!("PRAGMA wal_checkpoint({kind})"), [], |_| Ok(())).is_err() {
            break;
        }
        // Only the first one is waited for.
        let _ = done.send(());
    }
}

#[derive(Debug, Default)]
pub(crate) struct Written {
    pub(crate) acknowledged: i64,
    pub(crate) finished: bool,
}

/// Commits a few rows, changes them and checkpoints, until done or until the disk fails.
pub(crate) fn write_until_failure(dir: &Path, vfs: &str, journal_mode: &str) -> (Written, Connection) {
    let db = open(dir, vfs);
    let mut written = Written::default();
    let mut run = || {
        db.execute_batch(&format!("PRAGMA synchronous = FULL; PRAGMA journal_mode = {journal_mode}"))?;
        for id in 1..=4 {
            insert(&db, id)?;
            written.acknowledged = id;
            if id == 2 {
                db.execute_batch("PRAGMA wal_checkpoint")?;
            }
        }
        written.finished = true;
        Ok::<_, rusqlite::Error>(())
    };
    // The error of the failed disk ends the run and is not of interest.
    let _ = run();
    (written, db)
}

pub(crate) fn cut(power_loss: &PowerLoss, from: &Path, to: &Path, variant: Variant, seed: u64) -> Cut {
    match variant {
        Variant::DropAll => power_loss.cut_to(from, to),
        Variant::Random => power_loss.cut_at_random(from, to, seed),
    }
    .unwrap()
}

/// Creates the tables through SQLite's own VFS: they are durable, and every loss is the loss of a row.
pub(crate) fn seed_database(dir: &Path) {
    let db = Connection::open(dir.join("log.db")).unwrap();
    without_sync(&db).unwrap();
    db.execute_batch(SCHEMA).unwrap();
}

/// For work outside the simulated power loss, where waiting for the real disk would only take time.
pub(crate) fn without_sync(db: &Connection) -> rusqlite::Result<()> {
    db.execute_batch("PRAGMA synchronous = OFF")
}

pub(crate) fn open(dir: &Path, vfs: &str) -> Connection {
    let db = Connection::open_with_flags_and_vfs(dir.join("log.db"), OpenFlags::default(), vfs).unwrap();
    db.busy_timeout(DEADLINE).unwrap();
    db
}

pub(crate) fn insert(db: &Connection, id: i64) -> rusqlite::Result<usize> {
    db.execute("INSERT INTO entry (id, body) VALUES (?1, ?2)", (id, body(id)))
}

/// From a part of a page to several pages, so that a commit is one write or many.
pub(crate) fn body(id: i64) -> Vec<u8> {
    let len = usize::try_from(id * 1_237 % 9_000).unwrap();
    id.to_le_bytes().into_iter().cycle().take(8 + len).collect()
}

/// Reads the copy with SQLite's own VFS, as a server does that starts again after the power loss.
pub(crate) fn reopen(dir: &Path) -> Found {
    let db = Connection::open(dir.join("log.db")).unwrap();
    let mut found = Found::default();
    let mut look = || {
        without_sync(&db)?;
        let check: String = db.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
        if check != "ok" {
            found.damage = Some(check);
        }
        let mut statement = db.prepare("SELECT id, body FROM entry ORDER BY id")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (id, stored): (i64, Vec<u8>) = (row.get(0)?, row.get(1)?);
            if id != found.rows + 1 || stored != body(id) {
                found.damage = Some(format!("row {id} follows row {} or is not as written", found.rows));
                break;
            }
            found.rows = id;
        }
        Ok::<_, rusqlite::Error>(())
    };
    if let Err(error) = look() {
        found.damage = Some(error.to_string());
    }
    found
}

/// A VFS and a directory of one test.
pub(crate) struct Fixture {
    pub(crate) root: TempDir,
    pub(crate) power_loss: PowerLoss,
}

impl Fixture {
    pub(crate) fn new(name: &str) -> Self {
        Self { root: TempDir::new().unwrap(), power_loss: PowerLoss::register(name) }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// An empty directory, also if there was one of this name.
    pub(crate) fn dir(&self, name: &str) -> PathBuf {
        let path = self.path(name);
        if path.exists() {
            fs::remove_dir_all(&path).unwrap();
        }
        fs::create_dir(&path).unwrap();
        path
    }
}
