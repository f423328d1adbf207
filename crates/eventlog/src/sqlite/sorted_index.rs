//! Sorted indexes: keys that arrive in any order, written sequentially, as in a log-structured merge tree.
//!
//! In a B-tree over customers or idempotency keys, every order would touch another page, and more and more of them would
//! not be in the cache. Here the newest entries wait in memory. When there are [`RUN`] of them, they are sorted and
//! appended to the table `{name}_runs` as one run. A lookup searches the entries in memory, and each run once. The
//! entries in memory are derived from the indexed table, so they are read again from there at start.

mod other_writers;
mod range;
#[cfg(test)]
mod tests;

use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension};

use crate::error::LogError;

/// Entries of one run. More entries make lookups faster, and the pause longer in which a run is written.
pub(super) const RUN: usize = 8192;
/// A run with fewer entries is written when its table has grown by so many rows, which the next start would have to
/// read.
const MAX_UNINDEXED_ROWS: i64 = 1 << 18;

/// What an index is built from.
#[derive(Clone, Copy)]
pub(super) struct IndexSource {
    /// Prefix of the index's tables, `{name}_runs` and `{name}_run_ends`.
    pub(super) name: &'static str,
    /// SQL for the newest value of the indexed table, or 0. Values rise from row to row.
    pub(super) newest: &'static str,
    pub(super) load_after: LoadAfter,
}

/// Reads the entries whose value is greater than the given one, in the order of their values.
pub(super) type LoadAfter = fn(&Connection, i64) -> Result<Vec<IndexEntry>, LogError>;

/// An index in sorted runs.
pub(super) struct SortedIndex {
    source: IndexSource,
    insert: String,
    insert_end: String,
    find: String,
    newest: String,
    oldest: String,
    ends: String,
    last_run: String,
    run_end: String,
    run: String,
    state: Mutex<State>,
}

#[derive(Clone)]
struct State {
    /// The number of the run that `current` will become.
    next: i64,
    /// Entries that are in no run, in the order of their values.
    current: Vec<IndexEntry>,
    /// Entries of the last run, for readers whose snapshot is older than the run.
    previous: Vec<IndexEntry>,
    /// `current` is written as a run, but not committed.
    flushed: bool,
    /// How many entries of `current` are committed.
    committed: usize,
    /// Up to which value there are runs, and up to which there will be once a flushed run is committed.
    last: i64,
    flushed_last: i64,
    /// The greatest value that the index knows of, with an entry or without; and the same as far as it is committed.
    through: i64,
    committed_through: i64,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct IndexEntry {
    pub(super) key: i64,
    pub(super) value: i64,
}

impl SortedIndex {
    pub(super) fn open(connection: &Connection, source: IndexSource) -> Result<Self, LogError> {
        let state = State::load(connection, source)?;
        Ok(Self::new(source, state))
    }

    fn new(source: IndexSource, state: State) -> Self {
        let name = source.name;
        Self {
            source,
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
            run: format!("SELECT key, value FROM {name}_runs WHERE run = ?1"),
            state: Mutex::new(state),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds entries inside the writer's transaction, in the order of their values. Writes a run when there are enough, and
    /// returns whether it did.
    pub(super) fn add(
        &self,
        connection: &Connection,
        entries: impl Iterator<Item = IndexEntry>,
    ) -> Result<bool, LogError> {
        self.add_through(connection, entries, 0)
    }

    /// Adds entries of a table that has grown up to a value, and in which not every row has an entry.
    pub(super) fn add_through(
        &self,
        connection: &Connection,
        entries: impl Iterator<Item = IndexEntry>,
        through: i64,
    ) -> Result<bool, LogError> {
        let (run, last, mut entries) = {
            let mut state = self.state();
            state.current.extend(entries);
            let newest = state.current.last().map_or(0, |entry| entry.value);
            state.through = state.through.max(through).max(newest);
            if state.current.len() < RUN && through - state.last < MAX_UNINDEXED_ROWS {
                return Ok(false);
            }
            let last = state.current.iter().map(|entry| entry.value).max().unwrap_or(0).max(through);
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

    /// The number of the run that the entries in memory will become.
    pub(super) fn next(&self) -> i64 {
        self.state().next
    }

    /// The writer's transaction was committed.
    pub(super) fn committed(&self) {
        let mut state = self.state();
        if state.flushed {
            state.previous = std::mem::replace(&mut state.current, Vec::with_capacity(RUN + RUN / 8));
            state.next += 1;
            state.last = state.flushed_last;
            state.flushed = false;
        }
        state.committed = state.current.len();
        state.committed_through = state.through;
    }

    /// The writer's transaction was rolled back.
    pub(super) fn rolled_back(&self) {
        let mut state = self.state();
        let committed = state.committed;
        state.current.truncate(committed);
        state.flushed = false;
        state.through = state.committed_through;
    }

    /// The entries in memory.
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

    /// Values of a key below `before`, greatest first, up to `limit`. They can include values that are newer than the
    /// reader's snapshot; the caller finds no row for them.
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
                // Two runs were written since the snapshot was taken: memory no longer holds what the snapshot lacks.
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

    /// The last run that can hold values below `before`: a binary search, because runs and values rise together.
    fn last_below(&self, connection: &Connection, before: i64, last_run: i64) -> Result<i64, LogError> {
        let mut end = connection.prepare_cached(&self.run_end)?;
        let (mut low, mut high) = (1, last_run);
        while low < high {
            let middle = low + (high - low) / 2;
            let last: Option<i64> = end.query_row([middle], |row| row.get(0)).optional()?;
            // Runs after one that ends at `before - 1` hold only `before` and greater values.
            let reaches = last.is_some_and(|last| last >= before.saturating_sub(1));
            if reaches { high = middle } else { low = middle + 1 }
        }
        Ok(high)
    }
}
