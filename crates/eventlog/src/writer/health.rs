//! Whether batches can be written, for the readiness of the server.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::error::{ErrorKind, LogError};
use crate::submission::SubmitError;

/// How long a check that was written and synced answers later checks too. Anybody may ask for the server's readiness.
const PROOF_TTL: SignedDuration = SignedDuration::from_secs(1);
/// How long a failed batch counts, although checks succeed: a check is smaller than an order, and may still fit where an
/// order does not.
const FAILURE_TTL: SignedDuration = SignedDuration::from_mins(1);

#[derive(Default)]
pub(super) struct WriteHealth {
    /// When a check was last written and synced.
    proven_at: Option<Timestamp>,
    /// The last failure of a batch because of the storage, while no events were written since.
    failure: Option<(Timestamp, Arc<LogError>)>,
}

impl WriteHealth {
    /// Whether a check needs no write.
    pub(super) fn is_proven(&self, now: Timestamp) -> bool {
        self.proven_at.is_some_and(|at| is_within(PROOF_TTL, at, now))
    }

    /// A batch with a check was committed.
    pub(super) fn checked(&mut self, now: Timestamp) {
        if !self.is_proven(now) {
            self.proven_at = Some(now);
        }
        self.failure.take_if(|(at, _)| !is_within(FAILURE_TTL, *at, now));
    }

    /// A batch with events was committed.
    pub(super) fn wrote(&mut self) {
        if self.failure.take().is_some() {
            tracing::info!("the database writes again");
        }
    }

    /// A batch was not committed.
    pub(super) fn failed(&mut self, now: Timestamp, error: &Arc<LogError>) {
        self.proven_at = None;
        if matches!(error.kind(), ErrorKind::Storage | ErrorKind::NotDurable | ErrorKind::InUse) {
            self.failure = Some((now, Arc::clone(error)));
        }
    }

    /// The answer to a check whose batch was committed.
    pub(super) fn verdict(&self) -> Result<(), SubmitError> {
        match &self.failure {
            None => Ok(()),
            Some((_, error)) => Err(SubmitError::Failed(Arc::clone(error))),
        }
    }
}

/// Also false when the clock was set back by more than that.
fn is_within(lifetime: SignedDuration, at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(at).abs() < lifetime
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds)
    }

    fn storage_failure() -> Arc<LogError> {
        Arc::new(LogError::new(ErrorKind::Storage, "the disk is full"))
    }

    #[test]
    fn a_check_is_written_at_most_once_a_second_also_when_the_clock_is_set_back() {
        let mut health = WriteHealth::default();
        assert!(!health.is_proven(at(100)));
        health.checked(at(100));
        assert!(health.is_proven(at(100)));
        assert!(!health.is_proven(at(101)) && !health.is_proven(at(50)));
    }

    #[test]
    fn a_failed_batch_counts_until_events_are_written_or_a_minute_has_passed() {
        let mut health = WriteHealth::default();
        health.failed(at(0), &storage_failure());
        health.checked(at(59));
        assert!(health.verdict().is_err(), "a check is smaller than an order");
        health.checked(at(61));
        assert!(health.verdict().is_ok(), "without traffic the server would stay unready forever");
        health.failed(at(62), &storage_failure());
        assert!(!health.is_proven(at(62)));
        health.wrote();
        health.checked(at(62));
        assert!(health.verdict().is_ok());
    }

    #[test]
    fn a_rejected_submission_says_nothing_about_the_others() {
        let mut health = WriteHealth::default();
        health.failed(at(0), &Arc::new(LogError::new(ErrorKind::Rejected, "one bad row")));
        assert!(health.verdict().is_ok());
    }
}
