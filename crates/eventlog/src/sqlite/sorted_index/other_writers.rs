//! Keeps an index right when another process writes to the indexed table.
//!
//! Another process can only append rows between our transactions, so its rows have greater values than any we know.

use rusqlite::Connection;

use super::{IndexEntry, IndexSource, SortedIndex, State};
use crate::error::LogError;

impl State {
    /// Reads the entries that are in no run.
    pub(super) fn load(connection: &Connection, source: IndexSource) -> Result<Self, LogError> {
        let (run, last): (i64, i64) = connection.query_row(
            &format!("SELECT coalesce(max(run), 0), coalesce(max(last), 0) FROM {}_run_ends", source.name),
            (),
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let current = (source.load_after)(connection, last)?;
        let through = newest(connection, source)?.max(last);
        Ok(Self {
            next: run + 1,
            committed: current.len(),
            current,
            previous: Vec::new(),
            flushed: false,
            last,
            flushed_last: last,
            through,
            committed_through: through,
        })
    }

    /// Adds the rows after the newest known one.
    fn extend(&mut self, connection: &Connection, source: IndexSource) -> Result<(), LogError> {
        self.current.extend((source.load_after)(connection, self.through)?);
        self.committed = self.current.len();
        self.through = self.through.max(newest(connection, source)?);
        self.committed_through = self.through;
        Ok(())
    }
}

impl SortedIndex {
    /// Whether the connection sees rows that this index does not know, because another process wrote them.
    pub(in crate::sqlite) fn is_behind(&self, connection: &Connection) -> Result<bool, LogError> {
        let newest = newest(connection, self.source)?;
        Ok(newest > self.state().through)
    }

    /// A copy that also knows the rows of other processes, for one reader's snapshot.
    pub(in crate::sqlite) fn extended(&self, connection: &Connection) -> Result<Self, LogError> {
        let mut state = self.state().clone();
        state.extend(connection, self.source)?;
        Ok(Self::new(self.source, state))
    }

    /// Takes in what other processes wrote: inside the writer's transaction, before it adds entries.
    pub(in crate::sqlite) fn reload(&self, connection: &Connection) -> Result<(), LogError> {
        let last_run: i64 = connection.prepare_cached(&self.last_run)?.query_row((), |row| row.get(0))?;
        let mut state = self.state().clone();
        if last_run < state.next {
            state.extend(connection, self.source)?;
        } else {
            // Another process wrote a run, which readers with an older snapshot do not see.
            state = State::load(connection, self.source)?;
            state.previous = self.entries_of(connection, last_run)?;
        }
        *self.state() = state;
        Ok(())
    }

    /// The entries of one run, in the order of their values.
    fn entries_of(&self, connection: &Connection, run: i64) -> Result<Vec<IndexEntry>, LogError> {
        let mut find = connection.prepare_cached(&self.run)?;
        let entries = find.query_map([run], |row| Ok(IndexEntry { key: row.get(0)?, value: row.get(1)? }))?;
        let mut entries = entries.collect::<Result<Vec<_>, _>>()?;
        entries.sort_unstable_by_key(|entry| entry.value);
        Ok(entries)
    }
}

fn newest(connection: &Connection, source: IndexSource) -> Result<i64, LogError> {
    Ok(connection.prepare_cached(source.newest)?.query_row((), |row| row.get(0))?)
}
