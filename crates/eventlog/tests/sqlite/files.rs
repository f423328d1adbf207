//! Opening database files: versions, foreign files, locks.

use std::path::Path;
use std::sync::Arc;

use ordercast_eventlog::sqlite::{DataDirectoryLock, Database, DatabaseOptions, FILE, backup};
use ordercast_eventlog::{ErrorKind, KeptState, LogError, StateChange, StateOwner, Writer};
use rusqlite::Connection;
use uuid::Uuid;

use crate::contract::clock::TestClock;

fn open(directory: &Path) -> Result<Database, LogError> {
    Database::open(directory, &DatabaseOptions::default(), Uuid::from_u128(7))
}

fn refused(directory: &Path) -> LogError {
    match open(directory) {
        Err(error) => error,
        Ok(_) => panic!("the database was opened"),
    }
}

#[test]
fn a_new_database_is_migrated_from_nothing_and_later_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    assert_eq!(Database::inspect(directory.path(), &[]).unwrap(), None);
    assert_eq!(open(directory.path()).unwrap().migrated_from, 0);
    assert_eq!(Database::inspect(directory.path(), &[]).unwrap(), Some(Database::schema()));
    assert_eq!(open(directory.path()).unwrap().migrated_from, Database::schema());
}

#[tokio::test]
async fn a_history_keeps_its_name() {
    let directory = tempfile::tempdir().unwrap();
    let mut epochs = Vec::new();
    for random in [1, 2] {
        let read_backend =
            Database::open(directory.path(), &DatabaseOptions::default(), Uuid::from_u128(random))
                .unwrap()
                .read_backend;
        epochs.push(read_backend.head().await.unwrap().epoch);
    }
    assert_eq!(epochs[0], epochs[1]);
}

#[test]
fn a_directory_is_made() {
    let directory = tempfile::tempdir().unwrap();
    let deep = directory.path().join("a/b");
    drop(open(&deep).unwrap());
    let files: Vec<_> = std::fs::read_dir(&deep).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(files, [FILE], "nothing else is left after it was closed");
}

/// Opens a database that lost a part, which the operator accepts.
fn accept(directory: &Path) -> Database {
    let options = DatabaseOptions { accept_data_loss: true, ..DatabaseOptions::default() };
    Database::open(directory, &options, Uuid::from_u128(8)).unwrap()
}

#[track_caller]
fn is_incomplete(directory: &Path, part: &str) {
    let mut errors = vec![refused(directory)];
    if directory.join(FILE).exists() {
        errors.push(Database::inspect(directory, &[]).unwrap_err());
    }
    for error in errors {
        assert!(error.kind() == ErrorKind::Incomplete, "{error}");
        let said = error.to_string();
        assert!(said.contains(part) && said.contains("--accept-data-loss"), "it says what to do: {said}");
        assert!(said.contains("ordercast restore"), "it says what to do: {said}");
    }
}

#[test]
fn an_emptied_database_is_refused_unless_its_loss_is_accepted() {
    let directory = tempfile::tempdir().unwrap();
    drop(open(directory.path()).unwrap());
    std::fs::write(directory.path().join(FILE), "").unwrap();
    is_incomplete(directory.path(), "is empty");
    is_incomplete(directory.path(), "is empty");
    drop(accept(directory.path()));
    drop(open(directory.path()).unwrap());
}

#[test]
fn a_database_without_tables_is_refused_like_an_empty_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(FILE);
    Connection::open(&path).unwrap().execute_batch("PRAGMA user_version = 6; VACUUM").unwrap();
    assert!(std::fs::metadata(&path).unwrap().len() > 0);
    is_incomplete(directory.path(), "is empty");
}

/// The files of a database whose process was killed.
fn killed(files: &[&str]) -> tempfile::TempDir {
    let (alive, dead) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let database = open(alive.path()).unwrap();
    for file in files {
        std::fs::copy(alive.path().join(file), dead.path().join(file)).unwrap();
    }
    drop(database);
    dead
}

#[test]
fn a_database_that_was_not_closed_needs_its_write_ahead_log() {
    let log = &format!("{FILE}-wal");
    drop(open(killed(&[FILE, log]).path()).unwrap());

    let directory = killed(&[FILE]);
    is_incomplete(directory.path(), log);
    std::fs::write(directory.path().join(log), "").unwrap();
    is_incomplete(directory.path(), log);
    drop(accept(directory.path()));
    drop(open(directory.path()).unwrap());
}

/// A database whose process was killed after it committed a batch.
async fn killed_after_a_batch(files: &[&str]) -> tempfile::TempDir {
    let (alive, dead) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let Database { write_backend, read_backend, .. } = open(alive.path()).unwrap();
    let (writer, thread) = Writer::start(write_backend, Arc::new(TestClock::new()), Box::new(drop)).unwrap();
    let state = KeptState { key: "key".into(), state: String::from("{}") };
    writer.keep_states(StateOwner::Joins, vec![StateChange::Keep(state)]).await.unwrap();
    for file in files {
        std::fs::copy(alive.path().join(file), dead.path().join(file)).unwrap();
    }
    drop((writer, read_backend));
    thread.join().unwrap();
    dead
}

#[tokio::test]
#[cfg(target_os = "linux")]
async fn a_log_that_another_program_copied_into_the_database_is_not_missed() {
    let (log, newest) = (&format!("{FILE}-wal"), &format!("{FILE}.newest"));
    let directory = killed_after_a_batch(&[FILE, log, newest]).await;
    let copies =
        || Connection::open(Database::file(directory.path())).unwrap().execute_batch("SELECT 1 FROM meta");
    copies().unwrap();
    assert!(!directory.path().join(log).exists(), "the last connection removes the log");
    drop(open(directory.path()).unwrap());

    let without_log = killed_after_a_batch(&[FILE, newest]).await;
    is_incomplete(without_log.path(), log);
}

/// The name of a damage to a file, and the function that does it.
type Damage = (&'static str, fn(&mut Vec<u8>));

#[tokio::test]
#[cfg(target_os = "linux")]
async fn a_write_ahead_log_without_the_newest_batch_is_refused() {
    let (log, newest) = (&format!("{FILE}-wal"), &format!("{FILE}.newest"));
    let damages: [Damage; 5] = [
        // The log was started over, so the batch is at its start.
        ("cut after its first page", |log| log.truncate(32 + 24 + 4096)),
        ("cut in its first page", |log| log.truncate(2000)),
        ("with an empty header", |log| log[..32].fill(0)),
        ("overwritten with zeros", |log| log.fill(0)),
        ("overwritten with anything", |log| log.fill(7)),
    ];
    for (what, damage) in damages {
        let directory = killed_after_a_batch(&[FILE, log, newest]).await;
        let path = directory.path().join(log);
        let intact = std::fs::read(&path).unwrap();
        let mut broken = intact.clone();
        damage(&mut broken);
        std::fs::write(&path, &broken).unwrap();
        is_incomplete(directory.path(), "is damaged");
        assert!(std::fs::read(&path).unwrap() == broken, "{what}: it is left as it is");
        // The log is put back, or its loss is accepted once.
        std::fs::write(&path, intact).unwrap();
        drop(open(directory.path()).unwrap());

        let directory = killed_after_a_batch(&[FILE, log, newest]).await;
        std::fs::write(directory.path().join(log), broken).unwrap();
        std::mem::forget(accept(directory.path()));
        drop(open(directory.path()).unwrap());
    }
}

/// A power loss may damage unsynced files, and the boot id is another one afterwards.
#[tokio::test]
#[cfg(target_os = "linux")]
async fn what_was_recorded_before_the_computer_started_refuses_no_database() {
    let (log, newest) = (&format!("{FILE}-wal"), &format!("{FILE}.newest"));
    for record in [&[][..], &[0; 31], &[0; 32], &[7; 32], &[7; 4096]] {
        let directory = killed_after_a_batch(&[FILE, log, newest]).await;
        std::fs::write(directory.path().join(newest), record).unwrap();
        drop(open(directory.path()).unwrap());
    }
}

#[tokio::test]
#[cfg(target_os = "linux")]
async fn another_database_that_is_put_in_place_needs_no_batch_of_the_earlier_one() {
    let newest = &format!("{FILE}.newest");
    let closed = tempfile::tempdir().unwrap();
    drop(open(closed.path()).unwrap());
    let directory = killed_after_a_batch(&[newest]).await;
    std::fs::copy(closed.path().join(FILE), directory.path().join(FILE)).unwrap();
    // This process is also killed before it writes a batch.
    std::mem::forget(open(directory.path()).unwrap());
    drop(open(directory.path()).unwrap());
}

#[test]
fn a_database_that_was_deleted_is_not_created_again() {
    let newest = &format!("{FILE}.newest");
    for (companion, accepted) in [(newest.as_str(), true), ("secret", true), ("secret", false)] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(companion);
        std::fs::write(&path, "something").unwrap();
        let companions = vec![directory.path().join("secret")];
        let options = DatabaseOptions { companions, ..DatabaseOptions::default() };
        let open = |options: &DatabaseOptions| Database::open(directory.path(), options, Uuid::from_u128(7));
        for error in [
            open(&options).map(|_| ()).unwrap_err(),
            Database::inspect(directory.path(), &options.companions).map(|_| ()).unwrap_err(),
        ] {
            assert!(error.kind() == ErrorKind::Incomplete, "{error}");
            let said = error.to_string();
            assert!(said.contains("was deleted or moved") && said.contains(companion), "{said}");
            assert!(said.contains("ordercast restore") && said.contains("--accept-data-loss"), "{said}");
        }
        assert!(!directory.path().join(FILE).exists());
        if accepted {
            drop(open(&DatabaseOptions { accept_data_loss: true, ..options.clone() }).unwrap());
        } else {
            // The operator removes the file.
            std::fs::remove_file(&path).unwrap();
        }
        drop(open(&options).unwrap());
    }
}

#[test]
fn a_write_ahead_log_without_its_database_is_refused() {
    let log = &format!("{FILE}-wal");
    let directory = killed(&[log]);
    is_incomplete(directory.path(), "is missing");
    assert!(!directory.path().join(FILE).exists());
    drop(accept(directory.path()));
    assert!(directory.path().join(format!("{log}.orphaned")).exists(), "it is kept");
}

#[test]
fn a_file_that_was_copied_without_its_log_is_not_restored() {
    let (copied, directory) = (killed(&[FILE]), tempfile::tempdir().unwrap());
    let error = backup::restore(&copied.path().join(FILE), directory.path(), Uuid::from_u128(9)).unwrap_err();
    assert!(error.kind() == ErrorKind::Incomplete, "{error}");
}

#[test]
fn a_process_that_closes_first_leaves_the_database_open_for_the_other() {
    let directory = tempfile::tempdir().unwrap();
    let (first, second) = (open(directory.path()).unwrap(), open(directory.path()).unwrap());
    drop(first);
    let log = format!("{FILE}-wal");
    assert!(directory.path().join(&log).exists());
    let copy = tempfile::tempdir().unwrap();
    std::fs::copy(directory.path().join(FILE), copy.path().join(FILE)).unwrap();
    is_incomplete(copy.path(), &log);
    drop(second);
    assert!(!directory.path().join(&log).exists());
    drop(open(directory.path()).unwrap());
}

#[test]
fn a_database_whose_creation_was_interrupted_is_created() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join(format!("{FILE}.creating")), "").unwrap();
    std::fs::write(directory.path().join(FILE), "").unwrap();
    assert_eq!(open(directory.path()).unwrap().migrated_from, 0);
}

#[test]
fn a_database_of_a_newer_version_is_refused_and_left_as_it_is() {
    let directory = tempfile::tempdir().unwrap();
    drop(open(directory.path()).unwrap());
    let newer = Database::schema() + 1;
    Connection::open(Database::file(directory.path()))
        .unwrap()
        .pragma_update(None, "user_version", newer)
        .unwrap();
    let error = refused(directory.path());
    assert_eq!(error.kind(), ErrorKind::SchemaTooNew);
    let said = error.to_string();
    assert!(said.contains(&format!("schema {newer},")) && said.contains(&format!("up to {}:", newer - 1)));
    assert!(said.contains("newer version") && said.contains("backup"), "it says what to do: {said}");
    assert_eq!(Database::inspect(directory.path(), &[]).unwrap(), Some(newer));
}

#[test]
fn another_programs_database_is_refused_and_left_as_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(FILE);
    Connection::open(&path)
        .unwrap()
        .execute_batch("CREATE TABLE theirs (x); PRAGMA user_version = 1")
        .unwrap();
    let before = std::fs::read(&path).unwrap();
    for error in [refused(directory.path()), Database::inspect(directory.path(), &[]).unwrap_err()] {
        assert!(error.kind() == ErrorKind::ForeignDatabase, "{error}");
        let said = error.to_string();
        assert!(said.contains(FILE) && said.contains("another data directory"), "it says what to do: {said}");
    }
    assert!(std::fs::read(&path).unwrap() == before, "not a byte of it changed");
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1, "and nothing appeared beside it");
}

#[test]
fn a_file_that_is_no_database_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join(FILE), "Dear diary, ".repeat(1000)).unwrap();
    let error = refused(directory.path());
    assert!(error.kind() == ErrorKind::ForeignDatabase, "{error}");
}

#[test]
fn a_lock_excludes_a_second_and_is_free_again_after_the_first() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let first = DataDirectoryLock::acquire(&data).unwrap();
    let error = DataDirectoryLock::acquire(&data).unwrap_err();
    assert!(error.kind() == ErrorKind::InUse, "{error}");
    assert!(error.to_string().contains("data"), "it says which: {error}");
    DataDirectoryLock::acquire(directory.path()).unwrap();
    drop(first);
    DataDirectoryLock::acquire(&data).unwrap();
}

#[test]
fn a_lock_tells_other_processes_what_its_holder_announced() {
    let directory = tempfile::tempdir().unwrap();
    let announced = || DataDirectoryLock::announced(directory.path());
    assert_eq!(announced(), None);
    let mut lock = DataDirectoryLock::acquire(directory.path()).unwrap();
    assert_eq!(announced(), None);
    lock.announce("127.0.0.1:4000").unwrap();
    assert_eq!(announced().as_deref(), Some("127.0.0.1:4000"));
    drop(lock);
    assert_eq!(announced(), None);
    std::fs::write(directory.path().join("lock"), "127.0.0.1:4000").unwrap();
    assert_eq!(announced(), None, "its process was killed");
    drop(DataDirectoryLock::acquire(directory.path()).unwrap());
}

#[test]
fn nothing_is_left_open_when_everything_was_dropped() {
    let directory = tempfile::tempdir().unwrap();
    let database = open(directory.path()).unwrap();
    let log = directory.path().join(format!("{FILE}-wal"));
    assert!(log.exists());
    drop(database);
    // SQLite removes the write-ahead log with the last connection: readers, writer and checkpointer.
    assert!(!log.exists());
}
