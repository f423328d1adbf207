//! Deletes expired sessions and reset links.
//!
//! A deleted row cannot come back. Without the row of an open session, its user is signed out. Without the row of an ended
//! session, its tokens are valid again. So a clock that is ahead for a while must not delete anything. A row is deleted only
//! when the clock has stayed past the row's expiry for a week of uptime.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension};

use super::rows::{millis, timestamp};
use crate::error::LogError;

/// How long the clock must stay past a time before that time is confirmed.
const CONFIRMED_AFTER: SignedDuration = SignedDuration::from_hours(7 * 24);
/// The most uptime that counts between two rounds. A longer step means that the clock was set or the machine was suspended,
/// because an idle writer does maintenance every minute.
const LONGEST_STEP: SignedDuration = SignedDuration::from_mins(2);
/// How often the progress is stored.
const STORE_EVERY: SignedDuration = SignedDuration::from_mins(10);

/// The row of `meta` with the progress.
const PROGRESS: &str = "accounts_expired";

/// A time that is not confirmed yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Progress {
    /// The clock has been past this time in every round.
    time: Timestamp,
    /// The uptime of these rounds.
    confirmed: SignedDuration,
}

#[derive(Default)]
pub(super) struct AccountCleanup {
    /// Rows that expired before this time are deleted. `None` until a time is confirmed.
    deleted_before: Option<Timestamp>,
    progress: Option<Progress>,
    stored: SignedDuration,
    last_round: Option<Timestamp>,
}

impl AccountCleanup {
    /// Returns whether anything was written.
    pub(super) fn maintain(&mut self, connection: &Connection, now: Timestamp) -> Result<bool, LogError> {
        let progress = match self.progress {
            Some(progress) => progress,
            None => load(connection)?.unwrap_or(Progress { time: now, confirmed: SignedDuration::ZERO }),
        };
        let next = self.observe(progress, now);
        let is_stored = next.confirmed < self.stored || next.confirmed - self.stored >= STORE_EVERY;
        if is_stored {
            store(connection, next)?;
            self.stored = next.confirmed;
        }
        self.progress = Some(next);
        let Some(before) = self.deleted_before else { return Ok(is_stored) };
        let sessions = connection
            .prepare_cached(
                "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE expires_at < ?1 LIMIT 500)",
            )?
            .execute([millis(before)])?;
        let links = connection
            .prepare_cached("DELETE FROM resets WHERE expires_at < ?1")?
            .execute([millis(before)])?;
        Ok(is_stored || sessions + links > 0)
    }

    fn observe(&mut self, progress: Progress, now: Timestamp) -> Progress {
        let start_over = Progress { time: now, confirmed: SignedDuration::ZERO };
        let last = self.last_round.replace(now);
        if now < progress.time {
            return start_over;
        }
        let step = last.map_or(SignedDuration::ZERO, |last| now.duration_since(last));
        let step = step.clamp(SignedDuration::ZERO, LONGEST_STEP);
        let confirmed = progress.confirmed.saturating_add(step);
        if confirmed < CONFIRMED_AFTER {
            return Progress { confirmed, ..progress };
        }
        self.deleted_before = Some(progress.time);
        start_over
    }
}

fn load(connection: &Connection) -> Result<Option<Progress>, LogError> {
    let text: Option<String> = connection
        .query_row("SELECT value FROM meta WHERE name = ?1", [PROGRESS], |row| row.get(0))
        .optional()?;
    let parsed = text.as_deref().and_then(|text| serde_json::from_str::<(i64, i64)>(text).ok());
    Ok(parsed.map(|(time, confirmed)| Progress {
        time: timestamp(time),
        confirmed: SignedDuration::from_millis(confirmed),
    }))
}

fn store(connection: &Connection, progress: Progress) -> Result<(), LogError> {
    let text = format!("[{},{}]", millis(progress.time), progress.confirmed.as_millis());
    connection
        .prepare_cached("INSERT OR REPLACE INTO meta (name, value) VALUES (?1, ?2)")?
        .execute((PROGRESS, text))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: SignedDuration = SignedDuration::from_mins(1);
    const DAY: SignedDuration = SignedDuration::from_hours(24);

    struct Server {
        connection: Connection,
        cleanup: AccountCleanup,
        now: Timestamp,
    }

    impl Server {
        /// Has a session and a reset link, which both expire in a day.
        fn new() -> Self {
            let connection = Connection::open_in_memory().unwrap();
            connection
                .execute_batch(
                    "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT);
                     CREATE TABLE sessions (id INTEGER PRIMARY KEY, expires_at INTEGER);
                     CREATE TABLE resets (token INTEGER PRIMARY KEY, expires_at INTEGER);",
                )
                .unwrap();
            let now: Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
            for table in ["sessions", "resets"] {
                connection
                    .execute(&format!("INSERT INTO {table} VALUES (1, ?1)"), [millis(now + DAY)])
                    .unwrap();
            }
            Self { connection, cleanup: AccountCleanup::default(), now }
        }

        /// Runs idle for `time`.
        fn run(&mut self, time: SignedDuration) {
            let end = self.now + time;
            while self.now < end {
                self.now += MINUTE;
                self.cleanup.maintain(&self.connection, self.now).unwrap();
            }
        }

        fn set_clock(&mut self, by: SignedDuration) {
            self.now += by;
        }

        fn restart(&mut self) {
            self.cleanup = AccountCleanup::default();
        }

        fn has_rows(&self) -> bool {
            let count: i64 = self
                .connection
                .query_row(
                    "SELECT (SELECT count(*) FROM sessions) + (SELECT count(*) FROM resets)",
                    (),
                    |row| row.get(0),
                )
                .unwrap();
            assert_ne!(count, 1, "both or none");
            count == 2
        }
    }

    #[test]
    fn what_expired_is_deleted_after_weeks_also_with_restarts() {
        for restarts in [false, true] {
            let mut server = Server::new();
            for day in 1..=30 {
                server.run(DAY);
                if restarts {
                    server.restart();
                }
                assert!(server.has_rows() || day > 8, "deleted on day {day}");
            }
            assert!(!server.has_rows(), "restarts: {restarts}");
        }
    }

    #[test]
    fn a_clock_that_was_ahead_for_days_deletes_nothing() {
        for ahead in [DAY * 2, DAY * 40, DAY * 10_000] {
            for restarts in [false, true] {
                let mut server = Server::new();
                server.run(MINUTE * 30);
                for _ in 0..4 {
                    for by in [ahead, -ahead] {
                        if restarts {
                            server.restart();
                        }
                        server.set_clock(by);
                        server.run(MINUTE * 150);
                    }
                }
                assert!(server.has_rows(), "{ahead} {restarts}");
                server.set_clock(ahead);
                server.run(DAY * 6);
                assert!(server.has_rows(), "{ahead} {restarts}");
                server.set_clock(-ahead);
                server.run(DAY * 6);
                assert!(server.has_rows(), "{ahead} {restarts}");
                server.run(DAY * 20);
                assert!(!server.has_rows(), "{ahead} {restarts}: it is deleted in the end");
            }
        }
    }
}
