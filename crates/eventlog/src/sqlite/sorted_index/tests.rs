//! Sorted indexes over a table of integers, against what the table holds.

use super::*;
use crate::error::ErrorKind;
use std::collections::BTreeMap;

/// A table of (value, key) in the order of the values, as the orders are for their customers.
fn open(path: &std::path::Path) -> Connection {
    let connection = Connection::open(path).unwrap();
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;
             CREATE TABLE IF NOT EXISTS t (value INTEGER PRIMARY KEY, key INTEGER);
             CREATE TABLE IF NOT EXISTS t_runs (run INTEGER, key INTEGER, value INTEGER,
                 PRIMARY KEY (run, key, value)) WITHOUT ROWID;
             CREATE TABLE IF NOT EXISTS t_run_ends (run INTEGER PRIMARY KEY, last INTEGER);",
        )
        .unwrap();
    connection
}

const SOURCE: IndexSource = IndexSource {
    name: "t",
    newest: "SELECT coalesce(max(value), 0) FROM t",
    load_after: |connection, last| {
        let mut rest = connection.prepare("SELECT key, value FROM t WHERE value > ?1 ORDER BY value")?;
        let rest = rest.query_map([last], |row| Ok(IndexEntry { key: row.get(0)?, value: row.get(1)? }))?;
        Ok(rest.collect::<Result<_, _>>()?)
    },
};

fn runs(connection: &Connection) -> SortedIndex {
    SortedIndex::open(connection, SOURCE).unwrap()
}

/// Adds entries in a transaction that is committed or not.
fn add(connection: &Connection, runs: &SortedIndex, values: std::ops::Range<i64>, commit: bool) {
    connection.execute_batch("BEGIN IMMEDIATE").unwrap();
    for value in values.clone() {
        connection.execute("INSERT INTO t VALUES (?1, ?2)", (value, value % 7)).unwrap();
    }
    runs.add(connection, values.map(|value| IndexEntry { key: value % 7, value })).unwrap();
    if commit {
        connection.execute_batch("COMMIT").unwrap();
        runs.committed();
    } else {
        connection.execute_batch("ROLLBACK").unwrap();
        runs.rolled_back();
    }
}

/// What a reader finds of a key and its snapshot knows.
fn found(reader: &Connection, runs: &SortedIndex, key: i64, before: i64, limit: usize) -> Vec<i64> {
    let known = |value: &i64| {
        reader.query_row("SELECT count(*) FROM t WHERE value = ?1", [value], |row| row.get(0)).unwrap()
    };
    runs.find(reader, key, before, limit).unwrap().into_iter().filter(known).collect()
}

#[test]
fn a_look_up_finds_what_the_table_holds_whatever_was_rolled_back() {
    let most = i64::try_from(RUN).unwrap() * 5 / 2;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("runs.db");
    let connection = open(&path);
    let (mut index, mut rng) = (runs(&connection), fastrand::Rng::with_seed(1));
    let mut end = 1;
    while end < most {
        let more = rng.i64(1..900);
        let commit = rng.u8(..) < 170;
        add(&connection, &index, end..end + more, commit);
        end += if commit { more } else { 0 };
        if rng.u8(..) < 10 {
            index = runs(&connection);
        }
        let mut table: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
        for value in (1..end).rev() {
            table.entry(value % 7).or_default().push(value);
        }
        let (key, before, limit) = (rng.i64(0..8), rng.i64(0..end + 10), rng.usize(1..300));
        let mut expected = table.remove(&key).unwrap_or_default();
        let after = rng.i64(0..end + 10);
        let mut between: Vec<_> =
            expected.iter().copied().filter(|value| *value > after && *value < end).collect();
        let oldest = between.iter().rev().copied().take(limit).collect::<Vec<_>>();
        assert_eq!(index.oldest(&connection, key, (after, end), limit).unwrap(), oldest);
        between.truncate(limit);
        assert_eq!(index.newest(&connection, key, (after, end), limit).unwrap(), between);
        expected.retain(|value| *value < before);
        expected.truncate(limit);
        assert_eq!(found(&connection, &index, key, before, limit), expected);
    }
    let ends: i64 = connection.query_row("SELECT count(*) FROM t_run_ends", (), |row| row.get(0)).unwrap();
    assert_eq!(ends, 2);
}

#[test]
fn a_table_that_grows_without_entries_is_not_read_anew_at_each_start() {
    let directory = tempfile::tempdir().unwrap();
    let connection = open(&directory.path().join("runs.db"));
    let index = runs(&connection);
    add(&connection, &index, 1..4, true);
    connection.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert!(!index.add_through(&connection, std::iter::empty(), MAX_UNINDEXED_ROWS - 1).unwrap());
    assert!(index.add_through(&connection, std::iter::empty(), MAX_UNINDEXED_ROWS).unwrap());
    connection.execute_batch("COMMIT").unwrap();
    index.committed();
    assert_eq!(index.next(), 2, "one run was written");
    let load_after: LoadAfter = |_, last| {
        assert_eq!(last, MAX_UNINDEXED_ROWS, "it goes on from there");
        Ok(Vec::new())
    };
    let index = SortedIndex::open(&connection, IndexSource { load_after, ..SOURCE }).unwrap();
    assert_eq!(index.newest(&connection, 2, (0, MAX_UNINDEXED_ROWS), 9).unwrap(), [2]);
    assert!(!index.add_through(&connection, std::iter::empty(), MAX_UNINDEXED_ROWS + 1).unwrap());
}

#[test]
fn a_reader_may_be_one_run_behind_and_is_told_when_it_is_two() {
    let run = i64::try_from(RUN).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("runs.db");
    let (writer, reader) = (open(&path), open(&path));
    let index = runs(&writer);
    add(&writer, &index, 1..100, true);
    reader.execute_batch("BEGIN; SELECT * FROM t LIMIT 1").unwrap();
    let before = found(&reader, &index, 3, i64::MAX, 1000);
    assert_eq!(before.len(), 14);
    add(&writer, &index, 100..run + 1, true);
    assert_eq!(found(&reader, &index, 3, i64::MAX, 100_000), before, "the run is not in its snapshot");
    assert_eq!(index.newest(&reader, 3, (0, 100), 100).unwrap(), before);
    add(&writer, &index, run + 1..2 * run + 1, true);
    assert_eq!(index.find(&reader, 3, i64::MAX, 1000).unwrap_err().kind(), ErrorKind::StaleSnapshot);
    assert_eq!(index.oldest(&reader, 3, (0, 9), 9).unwrap_err().kind(), ErrorKind::StaleSnapshot);
    reader.execute_batch("COMMIT").unwrap();
    assert_eq!(found(&reader, &index, 3, i64::MAX, 3), [2 * run - 1, 2 * run - 8, 2 * run - 15]);
}

/// The database can report an error for a COMMIT that succeeded.
#[test]
fn a_commit_that_was_taken_for_a_rollback_is_found_after_a_reload() {
    let directory = tempfile::tempdir().unwrap();
    let connection = open(&directory.path().join("runs.db"));
    let index = runs(&connection);
    let mut end = 1;
    // The last one of these fills a run.
    for more in [10, i64::try_from(RUN).unwrap() - 20, 50] {
        connection.execute_batch("BEGIN IMMEDIATE").unwrap();
        for value in end..end + more {
            connection.execute("INSERT INTO t VALUES (?1, ?2)", (value, value % 7)).unwrap();
        }
        let entries = (end..end + more).map(|value| IndexEntry { key: value % 7, value });
        index.add(&connection, entries).unwrap();
        connection.execute_batch("COMMIT").unwrap();
        index.rolled_back();
        assert!(index.is_behind(&connection).unwrap());
        index.reload(&connection).unwrap();
        end += more;
        let expected: Vec<i64> = (1..end).rev().filter(|value| value % 7 == 3).collect();
        assert_eq!(index.find(&connection, 3, i64::MAX, usize::MAX).unwrap(), expected);
    }
    assert_eq!(index.next(), 2);
}

/// Another process appends rows, and flushes runs of its own, between our batches.
#[test]
fn rows_of_another_process_are_found_before_and_after_a_reload() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("runs.db");
    let (ours, theirs) = (open(&path), open(&path));
    let index = runs(&ours);
    let mut rng = fastrand::Rng::with_seed(2);
    let (mut end, mut flushed_by_them) = (1, false);
    while end < i64::try_from(RUN).unwrap() * 4 {
        add(&ours, &index, end..end + 50, true);
        end += 50;
        assert!(!index.is_behind(&ours).unwrap());
        let other = runs(&theirs);
        let more = rng.i64(1..3000);
        let before = other.next();
        add(&theirs, &other, end..end + more, true);
        flushed_by_them |= other.next() > before;
        end += more;
        let expected: Vec<i64> = (1..end).rev().filter(|value| value % 7 == 3).collect();
        assert!(index.is_behind(&ours).unwrap());
        let extended = index.extended(&ours).unwrap();
        assert_eq!(extended.find(&ours, 3, i64::MAX, usize::MAX).unwrap(), expected);
        assert_eq!(extended.newest(&ours, 3, (0, end), usize::MAX).unwrap(), expected);
        let oldest: Vec<i64> = expected.iter().rev().copied().collect();
        assert_eq!(extended.oldest(&ours, 3, (0, end), usize::MAX).unwrap(), oldest);
        index.reload(&ours).unwrap();
        assert!(!index.is_behind(&ours).unwrap());
        assert_eq!(index.find(&ours, 3, i64::MAX, usize::MAX).unwrap(), expected);
    }
    assert!(flushed_by_them && index.next() > 2);
    assert_eq!(runs(&theirs).find(&theirs, 3, i64::MAX, usize::MAX).unwrap().len(), expected_count(end));
}

fn expected_count(end: i64) -> usize {
    (1..end).filter(|value| value % 7 == 3).count()
}
