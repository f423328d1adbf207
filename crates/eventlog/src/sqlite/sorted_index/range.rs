//! Reads the values of a key within a range.

use rusqlite::Connection;

use super::SortedIndex;
use crate::error::LogError;

impl SortedIndex {
    /// The greatest values of a key between `after` and `before`, both excluded: greatest first, up to `limit`. Choose
    /// `before` so that values newer than the snapshot are excluded.
    pub(in crate::sqlite) fn newest(
        &self,
        connection: &Connection,
        key: i64,
        (after, before): (i64, i64),
        limit: usize,
    ) -> Result<Vec<i64>, LogError> {
        let (mut values, runs) = self.in_memory_and_runs(connection, key, (after, before))?;
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

    /// The smallest values within a range, smallest first.
    pub(in crate::sqlite) fn oldest(
        &self,
        connection: &Connection,
        key: i64,
        (after, before): (i64, i64),
        limit: usize,
    ) -> Result<Vec<i64>, LogError> {
        let (in_memory, mut runs) = self.in_memory_and_runs(connection, key, (after, before))?;
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

    /// The values in memory, smallest first; and the runs that can hold further values above `after`, newest first.
    fn in_memory_and_runs(
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
            // Values rise from run to run.
            if last <= after {
                break;
            }
            runs.push(run);
        }
        let state = self.state();
        if newest < state.next - 2 {
            // Two runs were written since the snapshot was taken: memory no longer holds what the snapshot lacks.
            return Err(LogError::stale_snapshot());
        }
        // Entries are in the order of their values, so a reader that is only a little behind looks at few.
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
