//! The simulated power loss, proved on SQLite alone: it spares what SQLite promises to keep, and it takes what SQLite
//! does not promise. A means that could not fail would prove nothing about the log.
#![expect(clippy::unwrap_used, reason = "a helper that fails here is a failed test")]

#[path = "support/power_loss/mod.rs"]
mod power_loss;

use std::{
    collections::BTreeSet,
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    sync::{
        atomic::{AtomicI64, Ordering},
        mpsc::{self, Receiver, Sender},
    },
    thread,
    time::Duration,
};

use power_loss::{Cut, PowerLoss};
use rusqlite::{Connection, OpenFlags};
use tempfile::TempDir;

/// Far longer than any wait here takes, so that a hang fails instead of blocking the run.
const DEADLINE: Duration = Duration::from_secs(30);
const CUTS: u64 = 25;
const COMMITS_BETWEEN_CUTS: usize = 3;
/// How far the writer may run ahead: enough to be busy during a cut, and a bound on what each reopened copy holds.
const COMMITS_AHEAD: usize = 12;
const SCHEMA: &str = "CREATE TABLE entry (id INTEGER PRIMARY KEY, body BLOB NOT NULL);
                      CREATE INDEX entry_body ON entry (body);";

#[derive(Clone, Copy)]
enum Variant {
    DropAll,
    Random,
}

#[derive(Clone, Copy, PartialEq)]
enum Checkpoints {
    None,
    FromSecondConnection,
}

#[test]
fn full_sync_keeps_every_acknowledged_row_when_all_unsynced_writes_are_lost() {
    keeps_acknowledged_rows("full-drop", Checkpoints::None, Variant::DropAll);
}

#[test]
fn full_sync_keeps_every_acknowledged_row_when_unsynced_writes_arrive_at_random_and_torn() {
    keeps_acknowledged_rows("full-random", Checkpoints::None, Variant::Random);
}

#[test]
fn full_sync_keeps_every_acknowledged_row_across_checkpoints_when_all_unsynced_writes_are_lost() {
    keeps_acknowledged_rows("full-checkpoint-drop", Checkpoints::FromSecondConnection, Variant::DropAll);
}

#[test]
fn full_sync_keeps_every_acknowledged_row_across_checkpoints_when_unsynced_writes_arrive_at_random_and_torn()
{
    keeps_acknowledged_rows("full-checkpoint-random", Checkpoints::FromSecondConnection, Variant::Random);
}

#[test]
fn normal_sync_loses_acknowledged_rows_but_never_damages_the_database() {
    for (name, checkpoints, variant) in [
        ("normal-drop", Checkpoints::None, Variant::DropAll),
        ("normal-checkpoint-drop", Checkpoints::FromSecondConnection, Variant::DropAll),
        ("normal-checkpoint-random", Checkpoints::FromSecondConnection, Variant::Random),
    ] {
        let seen = cut_while_committing(name, "NORMAL", checkpoints, variant);
        for observation in &seen {
            assert!(observation.found.is_intact(), "{name}: {observation:?}");
        }
        assert!(seen.iter().any(Observation::lost_a_row), "{name}: the cuts took nothing: {seen:?}");
    }
}

#[test]
fn without_syncs_the_database_is_damaged() {
    let seen = cut_while_committing("off", "OFF", Checkpoints::FromSecondConnection, Variant::Random);
    assert!(seen.iter().any(|observation| !observation.found.is_intact()), "nothing was damaged: {seen:?}");
}

#[test]
fn a_commit_survives_a_power_loss_after_any_single_write() {
    for mode in ["WAL", "DELETE"] {
        let place = Place::new(&format!("every-write-{mode}"));
        let mut last = Written::default();
        let (mut writes, mut cuts_with_losses) = (0, 0);
        while !last.finished {
            let dir = place.dir(&format!("{writes}"));
            seed_database(&dir);
            place.power_loss.fail_after_writes(writes);
            // The connection stays open over the cut: closing it would be one more chance to write.
            let (written, _db) = write_until_failure(&dir, place.power_loss.name(), mode);
            for variant in [Variant::DropAll, Variant::Random] {
                let copy = place.dir("copy");
                let cut = cut(&place.power_loss, &dir, &copy, variant, u64::try_from(writes).unwrap());
                cuts_with_losses += usize::from(cut.lost > 0);
                let found = reopen(&copy);
                assert!(found.is_intact(), "{mode}, after {writes} writes: {found:?}");
                assert!(
                    found.rows >= written.acknowledged,
                    "{mode}, after {writes} writes: {written:?}, {found:?}"
                );
            }
            last = written;
            writes += 1;
        }
        assert!(
            cuts_with_losses > 20,
            "{mode}: only {cuts_with_losses} cuts in {writes} writes lost anything"
        );
    }
}

#[test]
fn a_file_that_was_created_and_never_synced_is_empty() {
    let place = Place::new("never-synced");
    let dir = place.dir("live");
    let db = open(&dir, place.power_loss.name());
    db.execute_batch(&format!("PRAGMA synchronous = OFF; {SCHEMA}")).unwrap();
    assert!(fs::metadata(dir.join("log.db")).unwrap().len() > 0);

    let copy = place.dir("copy");
    let found = place.power_loss.cut_to(&dir, &copy).unwrap();

    assert_eq!(fs::metadata(copy.join("log.db")).unwrap().len(), 0);
    assert!(found.unsynced > 0 && found.lost == found.unsynced, "{found:?}");
}

#[test]
fn the_directory_may_be_reached_through_a_symbolic_link() {
    let place = Place::new("linked");
    let (dir, link) = (place.dir("live"), place.path("link"));
    symlink(&dir, &link).unwrap();
    let db = open(&link, place.power_loss.name());
    db.execute_batch(&format!("PRAGMA synchronous = OFF; {SCHEMA}")).unwrap();
    assert!(place.power_loss.cut_to(&link, &place.dir("copy")).unwrap().lost > 0);
    assert!(place.power_loss.cut_to(&dir, &place.dir("copy")).unwrap().lost > 0);
}

#[test]
fn unsynced_writes_outlive_the_connection_but_not_the_file() {
    let place = Place::new("closed");
    let dir = place.dir("live");
    let db = open(&dir, place.power_loss.name());
    db.execute_batch(&format!("PRAGMA synchronous = OFF; {SCHEMA}")).unwrap();
    db.close().unwrap();
    assert!(place.power_loss.cut_to(&dir, &place.dir("copy")).unwrap().lost > 0);

    // A new file under the old name has not been written yet, so it has nothing to lose.
    fs::remove_file(dir.join("log.db")).unwrap();
    drop(open(&dir, place.power_loss.name()));
    assert_eq!(place.power_loss.cut_to(&dir, &place.dir("copy")).unwrap(), Cut::default());
}

#[test]
fn a_deleted_journal_is_not_in_the_copy() {
    let place = Place::new("deleted");
    let dir = place.dir("live");
    let db = open(&dir, place.power_loss.name());
    db.execute_batch(&format!("PRAGMA journal_mode = DELETE; BEGIN; {SCHEMA}")).unwrap();
    place.power_loss.cut_to(&dir, &place.dir("copy")).unwrap();
    let journal = place.path("copy").join("log.db-journal");
    assert_eq!(
        fs::metadata(&journal).unwrap().len(),
        0,
        "the transaction is open and its journal not synced"
    );

    db.execute_batch("COMMIT").unwrap();
    let found = place.power_loss.cut_to(&dir, &place.dir("copy")).unwrap();
    assert!(!journal.exists(), "the commit deleted it");
    assert_eq!(found, Cut::default(), "a commit leaves nothing unsynced");
}

#[test]
fn the_same_seed_gives_the_same_disk_and_other_seeds_give_others() {
    let place = Place::new("seed");
    let dir = place.dir("live");
    seed_database(&dir);
    let (_, _db) = write_until_failure(&dir, place.power_loss.name(), "WAL; PRAGMA synchronous = OFF");
    let disk = |seed| {
        let copy = place.dir("copy");
        place.power_loss.cut_at_random(&dir, &copy, seed).unwrap();
        fs::read(copy.join("log.db-wal")).unwrap()
    };
    assert_eq!(disk(7), disk(7));
    assert!((0..5).any(|seed| disk(seed) != disk(seed + 1)));
}

#[test]
fn an_unsynced_write_may_arrive_in_some_of_its_sectors() {
    let place = Place::new("torn");
    let dir = place.dir("live");
    let db = open(&dir, place.power_loss.name());
    // One write per page, and a text without zeros: what did not arrive of it reads as zeros in a new file.
    db.execute_batch("PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY; PRAGMA page_size = 4096")
        .unwrap();
    db.execute_batch("CREATE TABLE text AS SELECT printf('%.*c', 100000, 'x') AS x").unwrap();
    let is_torn = |seed| {
        let copy = place.dir("copy");
        place.power_loss.cut_at_random(&dir, &copy, seed).unwrap();
        let (arrived, missing) = (vec![b'x'; 512], vec![0; 512]);
        fs::read(copy.join("log.db")).unwrap().chunks(4096).skip(4).any(|page| {
            let mut inner = page.chunks(512).skip(1);
            inner.clone().any(|sector| sector == arrived) && inner.any(|sector| sector == missing)
        })
    };
    assert!((0..20).any(is_torn));
}

#[test]
fn an_unsynced_truncation_arrives_or_does_not() {
    let place = Place::new("truncated");
    let dir = place.dir("live");
    let db = open(&dir, place.power_loss.name());
    db.execute_batch(&format!("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; {SCHEMA}")).unwrap();
    let synced = fs::metadata(dir.join("log.db-wal")).unwrap().len();
    db.execute_batch("PRAGMA synchronous = OFF; PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    assert_eq!(fs::metadata(dir.join("log.db-wal")).unwrap().len(), 0);

    let copy = place.dir("copy");
    place.power_loss.cut_to(&dir, &copy).unwrap();
    assert_eq!(fs::metadata(copy.join("log.db-wal")).unwrap().len(), synced);
    assert!(reopen(&copy).is_intact());

    let lengths: BTreeSet<u64> = (0..20)
        .map(|seed| {
            let copy = place.dir("copy");
            place.power_loss.cut_at_random(&dir, &copy, seed).unwrap();
            fs::metadata(copy.join("log.db-wal")).unwrap().len()
        })
        .collect();
    assert_eq!(lengths, BTreeSet::from([0, synced]));
}

#[test]
fn a_connection_outlives_the_power_loss_it_was_opened_with() {
    let Place { root, power_loss } = Place::new("outlived");
    let db = open(root.path(), power_loss.name());
    drop(power_loss);
    db.execute_batch(&format!("PRAGMA journal_mode = WAL; {SCHEMA}")).unwrap();
    insert(&db, 1).unwrap();
    db.close().unwrap();
    assert_eq!(reopen(root.path()).rows, 1);
}

#[test]
fn a_cut_refuses_a_directory_that_holds_files() {
    let place = Place::new("occupied");
    let dir = place.dir("live");
    seed_database(&dir);
    let refused = place.power_loss.cut_to(&dir, &dir).unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::AlreadyExists);
}

#[test]
#[should_panic(expected = "there is already a VFS named")]
fn a_name_is_registered_once() {
    drop(PowerLoss::register("taken"));
    PowerLoss::register("taken");
}

fn keeps_acknowledged_rows(name: &str, checkpoints: Checkpoints, variant: Variant) {
    let seen = cut_while_committing(name, "FULL", checkpoints, variant);
    for observation in &seen {
        assert!(observation.found.is_intact() && !observation.lost_a_row(), "{observation:?}");
    }
}

/// One cut, and what SQLite made of the copy.
#[derive(Debug)]
#[expect(dead_code, reason = "printed when an assertion fails")]
struct Observation {
    seed: u64,
    /// The commits that had returned before the cut began.
    acknowledged: i64,
    cut: Cut,
    found: Found,
}

impl Observation {
    fn lost_a_row(&self) -> bool {
        self.found.rows < self.acknowledged
    }
}

/// A database as found after a power loss.
#[derive(Debug, Default)]
struct Found {
    /// Rows 1, 2, 3, … up to the first that is missing or not as it was written.
    rows: i64,
    /// What is wrong with the database, beside missing rows at the end.
    damage: Option<String>,
}

impl Found {
    fn is_intact(&self) -> bool {
        self.damage.is_none()
    }
}

/// Commits row after row on one thread and cuts from another, with checkpoints from a third if asked for.
fn cut_while_committing(
    name: &str,
    synchronous: &str,
    checkpoints: Checkpoints,
    variant: Variant,
) -> Vec<Observation> {
    let place = Place::new(name);
    let dir = place.dir("live");
    seed_database(&dir);
    let acknowledged = &AtomicI64::new(0);
    let look = |seed| {
        let copy = place.dir("copy");
        let acknowledged = acknowledged.load(Ordering::SeqCst);
        let cut = cut(&place.power_loss, &dir, &copy, variant, seed);
        Observation { seed, acknowledged, cut, found: reopen(&copy) }
    };
    thread::scope(|scope| {
        // The receiver is dropped with this closure, also when an assertion in it fails; that ends the writer, and
        // the end of the writer ends the checkpoints.
        let (committed, commits) = mpsc::sync_channel(COMMITS_AHEAD);
        let (due, checkpoint_due) = mpsc::channel();
        let connect = || {
            let db = open(&dir, place.power_loss.name());
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
                    // Without a second connection nobody listens.
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
        place.power_loss.fail_after_writes(1);
        let ended = (0..=2 * COMMITS_AHEAD).any(|_| commits.recv_timeout(DEADLINE).is_err());
        assert!(ended, "the writer commits on a disk that has failed");
        let last = look(CUTS);
        assert!(last.cut.unsynced > 0, "the write was not synced: {last:?}");
        seen.push(last);
        seen
    })
}

/// Runs a checkpoint for each number received, of each kind in turn, until the writer is gone or the disk fails.
fn checkpoint_when(db: &Connection, due: &Receiver<i64>, done: &Sender<()>) {
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
struct Written {
    acknowledged: i64,
    finished: bool,
}

/// Commits a few rows, changes them and checkpoints, until done or until the disk fails.
fn write_until_failure(dir: &Path, vfs: &str, journal_mode: &str) -> (Written, Connection) {
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

fn cut(power_loss: &PowerLoss, from: &Path, to: &Path, variant: Variant, seed: u64) -> Cut {
    match variant {
        Variant::DropAll => power_loss.cut_to(from, to),
        Variant::Random => power_loss.cut_at_random(from, to, seed),
    }
    .unwrap()
}

/// Creates the tables through SQLite's own VFS: they are durable, and every loss is the loss of a row.
fn seed_database(dir: &Path) {
    let db = Connection::open(dir.join("log.db")).unwrap();
    without_sync(&db).unwrap();
    db.execute_batch(SCHEMA).unwrap();
}

/// For work outside the simulated power loss, where waiting for the real disk would only take time.
fn without_sync(db: &Connection) -> rusqlite::Result<()> {
    db.execute_batch("PRAGMA synchronous = OFF")
}

fn open(dir: &Path, vfs: &str) -> Connection {
    let db = Connection::open_with_flags_and_vfs(dir.join("log.db"), OpenFlags::default(), vfs).unwrap();
    db.busy_timeout(DEADLINE).unwrap();
    db
}

fn insert(db: &Connection, id: i64) -> rusqlite::Result<usize> {
    db.execute("INSERT INTO entry (id, body) VALUES (?1, ?2)", (id, body(id)))
}

/// From a part of a page to several pages, so that a commit is one write or many.
fn body(id: i64) -> Vec<u8> {
    let len = usize::try_from(id * 1_237 % 9_000).unwrap();
    id.to_le_bytes().into_iter().cycle().take(8 + len).collect()
}

/// Reads the copy with SQLite's own VFS, as a server does that starts again after the power loss.
fn reopen(dir: &Path) -> Found {
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
struct Place {
    root: TempDir,
    power_loss: PowerLoss,
}

impl Place {
    fn new(name: &str) -> Self {
        Self { root: TempDir::new().unwrap(), power_loss: PowerLoss::register(name) }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// An empty directory, also if there was one of this name.
    fn dir(&self, name: &str) -> PathBuf {
        let path = self.path(name);
        if path.exists() {
            fs::remove_dir_all(&path).unwrap();
        }
        fs::create_dir(&path).unwrap();
        path
    }
}
