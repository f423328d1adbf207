//! Sorted runs: an index whose keys come in any order, written sequentially.
//!
//! A B-tree over customers or idempotency keys is touched in another place by every order, so each order costs a
//! page of its own, more and more of them not in the cache as the file grows. Here the newest entries wait in memory;
//! when there are [`RUN`] of them they are sorted and appended to the table as one run. A look-up asks the entries in
//! memory, and each run with one search. What is in memory is derived from the table it indexes, so it is read
//! again from there at start.

mod range;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension};

use crate::error::LogError;

/// Entries of one run. Larger: fewer searches for a look-up. Smaller: a shorter pause when it is written.
pub(super) const RUN: usize = 8192;
/// A run with fewer is written when its table has grown by so many rows: they would all be read at the next start.
const SPAN: i64 = 1 << 18;

/// An index by runs over a table.
pub(super) struct SortedIndex {
    insert: String,
    insert_end: String,
    find: String,
    newest: String,
    oldest: String,
    ends: String,
    last_run: String,
    run_end: String,
    state: Mutex<State>,
}

/// The indexes that readers and the writer share.
#[derive(Clone)]
pub(super) struct SortedIndexes {
    /// A customer's orders, by number.
    pub(super) customer_orders: Arc<SortedIndex>,
    /// Whom an event concerns, by its place in the log: see `recipient_index.rs`.
    pub(super) recipients: Arc<SortedIndex>,
}

struct State {
    /// The run that `current` will be.
    next: i64,
    /// Entries that are in no run.
    current: Vec<IndexEntry>,
    /// Entries of the last run, for readers whose snapshot is older than it.
    previous: Vec<IndexEntry>,
    /// `current` has been written as a run, but that is not committed.
    flushed: bool,
    /// How many of `current` are committed.
    committed: usize,
    /// Up to which value there are runs; and what that will be once the one that is written now is committed.
    last: i64,
    flushed_last: i64,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct IndexEntry {
    pub(super) key: i64,
    pub(super) value: i64,
}

impl SortedIndex {
    /// The runs in `{name}_runs`; `rest` reads the entries (key, value) whose value lies after the last run's.
    pub(super) fn open(connection: &Connection, name: &str, rest: &str) -> Result<Self, LogError> {
        Self::open_with(connection, name, rest, |row| Ok(IndexEntry { key: row.get(0)?, value: row.get(1)? }))
    }

    /// Likewise, where an entry's key is made from a row.
    pub(super) fn open_with(
        connection: &Connection,
        name: &str,
        rest: &str,
        entry: impl Fn(&rusqlite::Row<'_>) -> rusqlite::Result<IndexEntry>,
    ) -> Result<Self, LogError> {
        Self::open_after(connection, name, |last| {
            let mut rest = connection.prepare(rest)?;
            let entries = rest.query_map([last], entry)?;
            Ok(entries.collect::<Result<Vec<_>, _>>()?)
        })
    }

    /// Likewise, where `rest` gives the entries whose value lies after the last run's.
    pub(super) fn open_after(
        connection: &Connection,
        name: &str,
        rest: impl FnOnce(i64) -> Result<Vec<IndexEntry>, LogError>,
    ) -> Result<Self, LogError> {
        let (run, last): (i64, i64) = connection.query_row(
            &format!("SELECT coalesce(max(run), 0), coalesce(max(last), 0) FROM {name}_run_ends"),
            (),
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let current = rest(last)?;
        let committed = current.len();
        Ok(Self {
            insert: format!("INSERT INTO {name}_runs (run, key, value) VALUES (?1, ?2, ?3)"),
            insert_end: format!("INSERT INTO {name}_run_ends (run, last) VALUES (?1, ?2)"),
            find: format!(
                "SELECT value FROM {name}_runs WHERE run = ?1 AND key = ?2 AND value < ?3 ORDER BY value DESC"
            ),
            newest: format!(
                "SELECT value FROM {name}_runs WHERE run = ?1 AND key = ?2 AND value > ?3 AND value < ?4 \
                 ORDER BY value DESC"
            ),
            oldest: format!(
                "SELECT value FROM {name}_runs WHERE run = ?1 AND key = ?2 AND value > ?3 AND value < ?4 \
                 ORDER BY value"
            ),
            ends: format!("SELECT run, last FROM {name}_run_ends ORDER BY run DESC"),
            last_run: format!("SELECT coalesce(max(run), 0) FROM {name}_run_ends"),
            run_end: format!("SELECT last FROM {name}_run_ends WHERE run = ?1"),
            state: Mutex::new(State {
                next: run + 1,
                current,
                previous: Vec::new(),
                flushed: false,
                committed,
                last,
                flushed_last: last,
            }),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes entries in, inside the writer's transaction; writes a run when enough are there. Returns whether it did.
    pub(super) fn add(
        &self,
        connection: &Connection,
        entries: impl Iterator<Item = IndexEntry>,
    ) -> Result<bool, LogError> {
        self.add_upto(connection, entries, 0)
    }

    /// Likewise, where the table has grown up to a value without an entry for each row.
    pub(super) fn add_upto(
        &self,
        connection: &Connection,
        entries: impl Iterator<Item = IndexEntry>,
        upto: i64,
    ) -> Result<bool, LogError> {
        let (run, last, mut entries) = {
            let mut state = self.state();
            state.current.extend(entries);
            if state.current.len() < RUN && upto - state.last < SPAN {
                return Ok(false);
            }
            let last = state.current.iter().map(|entry| entry.value).max().unwrap_or(0).max(upto);
            (state.flushed, state.flushed_last) = (true, last);
            (state.next, last, state.current.clone())
        };
        entries.sort_unstable();
        let mut insert = connection.prepare_cached(&self.insert)?;
        for entry in &entries {
            insert.execute((run, entry.key, entry.value))?;
        }
        connection.prepare_cached(&self.insert_end)?.execute((run, last))?;
        Ok(true)
    }

    /// The run that the entries in memory will be.
    pub(super) fn next(&self) -> i64 {
        self.state().next
    }

    /// The writer's transaction is durable.
    pub(super) fn committed(&self) {
        let mut state = self.state();
        if state.flushed {
            state.previous = std::mem::replace(&mut state.current, Vec::with_capacity(RUN + RUN / 8));
            state.next += 1;
            state.last = state.flushed_last;
            state.flushed = false;
        }
        state.committed = state.current.len();
    }

    /// The writer's transaction came to nothing.
    pub(super) fn rolled_back(&self) {
        let mut state = self.state();
        let committed = state.committed;
        state.current.truncate(committed);
        state.flushed = false;
    }

    /// The entries in memory that will be a run.
    pub(super) fn current(&self) -> Vec<IndexEntry> {
        self.state().current.clone()
    }

    /// Values of a key among the entries in memory.
    pub(super) fn in_memory(&self, key: i64) -> Vec<i64> {
        self.state().current.iter().filter(|entry| entry.key == key).map(|entry| entry.value).collect()
    }

    /// Values of a key in one run.
    pub(super) fn in_run(&self, connection: &Connection, run: i64, key: i64) -> Result<Vec<i64>, LogError> {
        let mut find = connection.prepare_cached(&self.find)?;
        let values = find.query_map((run, key, i64::MAX), |row| row.get(0))?;
        Ok(values.collect::<Result<_, _>>()?)
    }

    /// Values of a key below `before`, largest first, up to `limit`, as a reader's snapshot sees them. May hold values
    /// that the snapshot does not know yet; the caller meets no row for them.
    pub(super) fn find(
        &self,
        connection: &Connection,
        key: i64,
        before: i64,
        limit: usize,
    ) -> Result<Vec<i64>, LogError> {
        let last_run: i64 = connection.prepare_cached(&self.last_run)?.query_row((), |row| row.get(0))?;
        let mut values = {
            let state = self.state();
            if last_run < state.next - 2 {
                // Two runs were written since this snapshot was taken: what it misses is no longer in memory.
                return Err(LogError::stale_snapshot());
            }
            let recent = state.current.iter().chain(&state.previous);
            let mine = recent.filter(|entry| entry.key == key && entry.value < before);
            mine.map(|entry| entry.value).collect::<Vec<_>>()
        };
        let mut find = connection.prepare_cached(&self.find)?;
        values.sort_unstable_by(|a, b| b.cmp(a));
        values.dedup();
        for run in (1..=self.last_below(connection, before, last_run)?).rev() {
            if values.len() >= limit {
                break;
            }
            let lowest = values.last().copied().unwrap_or(before).min(before);
            let mut rows = find.query((run, key, lowest))?;
            while let Some(row) = rows.next()? {
                values.push(row.get(0)?);
                if values.len() >= limit {
                    break;
                }
            }
        }
        values.truncate(limit);
        Ok(values)
    }

    /// The last run that can hold values below `before`: runs and their values rise together, so this is a search.
    fn last_below(&self, connection: &Connection, before: i64, last_run: i64) -> Result<i64, LogError> {
        let mut end = connection.prepare_cached(&self.run_end)?;
        let (mut low, mut high) = (1, last_run);
        while low < high {
            let middle = low + (high - low) / 2;
            let last: Option<i64> = end.query_row([middle], |row| row.get(0)).optional()?;
            // What comes after a run that ends at `before - 1` is `before` or above.
            let reaches = last.is_some_and(|last| last >= before.saturating_sub(1));
            if reaches { high = middle } else { low = middle + 1 }
        }
        Ok(high)
    }
}

#[cfg(test)]
mod tests {
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

    fn runs(connection: &Connection) -> SortedIndex {
        SortedIndex::open(connection, "t", "SELECT key, value FROM t WHERE value > ?1 ORDER BY value")
            .unwrap()
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
        let ends: i64 =
            connection.query_row("SELECT count(*) FROM t_run_ends", (), |row| row.get(0)).unwrap();
        assert_eq!(ends, 2);
    }

    #[test]
    fn a_table_that_grows_without_entries_is_not_read_anew_at_each_start() {
        let directory = tempfile::tempdir().unwrap();
        let connection = open(&directory.path().join("runs.db"));
        let index = runs(&connection);
        add(&connection, &index, 1..4, true);
        connection.execute_batch("BEGIN IMMEDIATE").unwrap();
        assert!(!index.add_upto(&connection, std::iter::empty(), SPAN - 1).unwrap());
        assert!(index.add_upto(&connection, std::iter::empty(), SPAN).unwrap());
        connection.execute_batch("COMMIT").unwrap();
        index.committed();
        assert_eq!(index.next(), 2, "one run was written");
        let from = |last| {
            assert_eq!(last, SPAN, "it goes on from there");
            Ok(Vec::new())
        };
        let index = SortedIndex::open_after(&connection, "t", from).unwrap();
        assert_eq!(index.newest(&connection, 2, (0, SPAN), 9).unwrap(), [2]);
        assert!(!index.add_upto(&connection, std::iter::empty(), SPAN + 1).unwrap());
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
}
