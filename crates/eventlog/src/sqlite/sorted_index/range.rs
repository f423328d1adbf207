//! Values of a key between two others.

use rusqlite::Connection;

use super::SortedIndex;
use crate::error::LogError;

impl SortedIndex {
    /// The largest values of a key that are above `after` and below `before`, largest first, up to `limit`. Say `before`
    /// so that values the snapshot does not know yet are left out.
    pub(in crate::sqlite) fn newest(
        &self,
        connection: &Connection,
        key: i64,
        (after, before): (i64, i64),
        limit: usize,
    ) -> Result<Vec<i64>, LogError> {
        let (mut values, runs) = self.look(connection, key, (after, before))?;
        values.reverse();
        let mut find = connection.prepare_cached(&self.newest)?;
        for run in runs {
            if values.len() >= limit {
                break;
            }
            let before = values.last().copied().unwrap_or(before);
            let mut rows = find.query((run, key, after, before))?;
            while values.len() < limit
                && let Some(row) = rows.next()?
            {
                values.push(row.get(0)?);
            }
        }
        values.truncate(limit);
        Ok(values)
    }

    /// The smallest ones, smallest first.
    pub(in crate::sqlite) fn oldest(
        &self,
        connection: &Connection,
        key: i64,
        (after, before): (i64, i64),
        limit: usize,
    ) -> Result<Vec<i64>, LogError> {
        let (in_memory, mut runs) = self.look(connection, key, (after, before))?;
        runs.reverse();
        let mut find = connection.prepare_cached(&self.oldest)?;
        let mut values = Vec::new();
        for run in runs {
            if values.len() >= limit {
                break;
            }
            let mut rows = find.query((run, key, after, before))?;
            while values.len() < limit
                && let Some(row) = rows.next()?
            {
                values.push(row.get(0)?);
            }
        }
        // The last run may still be in memory too.
        let last = values.last().copied().unwrap_or(after);
        values.extend(in_memory.into_iter().filter(|value| *value > last));
        values.truncate(limit);
        Ok(values)
    }

    /// The values in memory, smallest first; and the runs that may hold others above `after`, newest first.
    fn look(
        &self,
        connection: &Connection,
        key: i64,
        (after, before): (i64, i64),
    ) -> Result<(Vec<i64>, Vec<i64>), LogError> {
        let mut ends = connection.prepare_cached(&self.ends)?;
        let mut rows = ends.query(())?;
        let (mut runs, mut newest) = (Vec::new(), 0);
        while let Some(row) = rows.next()? {
            let (run, last): (i64, i64) = (row.get(0)?, row.get(1)?);
            newest = newest.max(run);
            // Runs lie behind one another.
            if last <= after {
                break;
            }
            runs.push(run);
        }
        let state = self.state();
        if newest < state.next - 2 {
            // Two runs were written since this snapshot was taken: what it misses is no longer in memory.
            return Err(LogError::stale_snapshot());
        }
        // They came in the order of their values: whoever is a little behind looks at few, and holds nobody up.
        let mut values = Vec::new();
        for entries in [&state.previous, &state.current] {
            let first = entries.partition_point(|entry| entry.value <= after);
            let end = entries.partition_point(|entry| entry.value < before);
            let mine = entries.get(first..end).unwrap_or_default().iter().filter(|entry| entry.key == key);
            values.extend(mine.map(|entry| entry.value));
        }
        drop(state);
        values.sort_unstable();
        values.dedup();
        Ok((values, runs))
    }
}
