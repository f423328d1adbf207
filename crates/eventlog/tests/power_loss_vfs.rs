//! Tests of the simulated power loss, on SQLite alone: it keeps what SQLite promises to keep, and loses what SQLite does
//! not promise. A simulation that loses nothing would prove nothing about the log.
#![expect(clippy::unwrap_used, reason = "a helper that fails here is a failed test")]

#[path = "power_loss_vfs/harness.rs"]
mod harness;
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

use harness::*;
use power_loss::{Cut, PowerLoss};
use rusqlite::{Connection, OpenFlags};
use tempfile::TempDir;

/// A wait that takes longer fails, instead of blocking the run.
const DEADLINE: Duration = Duration::from_secs(30);
const CUTS: u64 = 25;
const COMMITS_BETWEEN_CUTS: usize = 3;
/// How far the writer may run ahead. It is busy during a cut, and each copy stays small.
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
        let fixture = Fixture::new(&format!("every-write-{mode}"));
        let mut last = Written::default();
        let (mut writes, mut cuts_with_losses) = (0, 0);
        while !last.finished {
            let dir = fixture.dir(&format!("{writes}"));
            seed_database(&dir);
            fixture.power_loss.fail_after_writes(writes);
            // The connection stays open over the cut: closing it would be one more chance to write.
            let (written, _db) = write_until_failure(&dir, fixture.power_loss.name(), mode);
            for variant in [Variant::DropAll, Variant::Random] {
                let copy = fixture.dir("copy");
                let cut = cut(&fixture.power_loss, &dir, &copy, variant, u64::try_from(writes).unwrap());
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
    let fixture = Fixture::new("never-synced");
    let dir = fixture.dir("live");
    let db = open(&dir, fixture.power_loss.name());
    db.execute_batch(&format!("PRAGMA synchronous = OFF; {SCHEMA}")).unwrap();
    assert!(fs::metadata(dir.join("log.db")).unwrap().len() > 0);

    let copy = fixture.dir("copy");
    let found = fixture.power_loss.cut_to(&dir, &copy).unwrap();

    assert_eq!(fs::metadata(copy.join("log.db")).unwrap().len(), 0);
    assert!(found.unsynced > 0 && found.lost == found.unsynced, "{found:?}");
}

#[test]
fn the_directory_may_be_reached_through_a_symbolic_link() {
    let fixture = Fixture::new("linked");
    let (dir, link) = (fixture.dir("live"), fixture.path("link"));
    symlink(&dir, &link).unwrap();
    let db = open(&link, fixture.power_loss.name());
    db.execute_batch(&format!("PRAGMA synchronous = OFF; {SCHEMA}")).unwrap();
    assert!(fixture.power_loss.cut_to(&link, &fixture.dir("copy")).unwrap().lost > 0);
    assert!(fixture.power_loss.cut_to(&dir, &fixture.dir("copy")).unwrap().lost > 0);
}

#[test]
fn unsynced_writes_outlive_the_connection_but_not_the_file() {
    let fixture = Fixture::new("closed");
    let dir = fixture.dir("live");
    let db = open(&dir, fixture.power_loss.name());
    db.execute_batch(&format!("PRAGMA synchronous = OFF; {SCHEMA}")).unwrap();
    db.close().unwrap();
    assert!(fixture.power_loss.cut_to(&dir, &fixture.dir("copy")).unwrap().lost > 0);

    // A new file under the old name has not been written yet, so it has nothing to lose.
    fs::remove_file(dir.join("log.db")).unwrap();
    drop(open(&dir, fixture.power_loss.name()));
    assert_eq!(fixture.power_loss.cut_to(&dir, &fixture.dir("copy")).unwrap(), Cut::default());
}

#[test]
fn a_deleted_journal_is_not_in_the_copy() {
    let fixture = Fixture::new("deleted");
    let dir = fixture.dir("live");
    let db = open(&dir, fixture.power_loss.name());
    db.execute_batch(&format!("PRAGMA journal_mode = DELETE; BEGIN; {SCHEMA}")).unwrap();
    fixture.power_loss.cut_to(&dir, &fixture.dir("copy")).unwrap();
    let journal = fixture.path("copy").join("log.db-journal");
    assert_eq!(
        fs::metadata(&journal).unwrap().len(),
        0,
        "the transaction is open and its journal not synced"
    );

    db.execute_batch("COMMIT").unwrap();
    let found = fixture.power_loss.cut_to(&dir, &fixture.dir("copy")).unwrap();
    assert!(!journal.exists(), "the commit deleted it");
    assert_eq!(found, Cut::default(), "a commit leaves nothing unsynced");
}

#[test]
fn the_same_seed_gives_the_same_disk_and_other_seeds_give_others() {
    let fixture = Fixture::new("seed");
    let dir = fixture.dir("live");
    seed_database(&dir);
    let (_, _db) = write_until_failure(&dir, fixture.power_loss.name(), "WAL; PRAGMA synchronous = OFF");
    let disk = |seed| {
        let copy = fixture.dir("copy");
        fixture.power_loss.cut_at_random(&dir, &copy, seed).unwrap();
        fs::read(copy.join("log.db-wal")).unwrap()
    };
    assert_eq!(disk(7), disk(7));
    assert!((0..5).any(|seed| disk(seed) != disk(seed + 1)));
}

#[test]
fn an_unsynced_write_may_arrive_in_some_of_its_sectors() {
    let fixture = Fixture::new("torn");
    let dir = fixture.dir("live");
    let db = open(&dir, fixture.power_loss.name());
    // One write per page, and a text without zeros: what did not arrive of it reads as zeros in a new file.
    db.execute_batch("PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY; PRAGMA page_size = 4096")
        .unwrap();
    db.execute_batch("CREATE TABLE text AS SELECT printf('%.*c', 100000, 'x') AS x").unwrap();
    let is_torn = |seed| {
        let copy = fixture.dir("copy");
        fixture.power_loss.cut_at_random(&dir, &copy, seed).unwrap();
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
    let fixture = Fixture::new("truncated");
    let dir = fixture.dir("live");
    let db = open(&dir, fixture.power_loss.name());
    db.execute_batch(&format!("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; {SCHEMA}")).unwrap();
    let synced = fs::metadata(dir.join("log.db-wal")).unwrap().len();
    db.execute_batch("PRAGMA synchronous = OFF; PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    assert_eq!(fs::metadata(dir.join("log.db-wal")).unwrap().len(), 0);

    let copy = fixture.dir("copy");
    fixture.power_loss.cut_to(&dir, &copy).unwrap();
    assert_eq!(fs::metadata(copy.join("log.db-wal")).unwrap().len(), synced);
    assert!(reopen(&copy).is_intact());

    let lengths: BTreeSet<u64> = (0..20)
        .map(|seed| {
            let copy = fixture.dir("copy");
            fixture.power_loss.cut_at_random(&dir, &copy, seed).unwrap();
            fs::metadata(copy.join("log.db-wal")).unwrap().len()
        })
        .collect();
    assert_eq!(lengths, BTreeSet::from([0, synced]));
}

#[test]
fn a_connection_outlives_the_power_loss_it_was_opened_with() {
    let Fixture { root, power_loss } = Fixture::new("outlived");
    let db = open(root.path(), power_loss.name());
    drop(power_loss);
    db.execute_batch(&format!("PRAGMA journal_mode = WAL; {SCHEMA}")).unwrap();
    insert(&db, 1).unwrap();
    db.close().unwrap();
    assert_eq!(reopen(root.path()).rows, 1);
}

#[test]
fn a_cut_refuses_a_directory_that_holds_files() {
    let fixture = Fixture::new("occupied");
    let dir = fixture.dir("live");
    seed_database(&dir);
    let refused = fixture.power_loss.cut_to(&dir, &dir).unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::AlreadyExists);
}

#[test]
#[should_panic(expected = "there is already a VFS named")]
fn a_name_is_registered_once() {
    drop(PowerLoss::register("taken"));
    PowerLoss::register("taken");
}
