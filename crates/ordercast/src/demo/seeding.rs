//! Seeding that can be interrupted: the next start goes on where the last one ended.
//!
//! The plan of the demo is a pure function of what the note in the database holds. Each step of the plan is one event of the
//! log. So the head of the log says how many steps are done.

use eventlog::{LogError, Storage};
use jiff::Timestamp;
use orders::Currency;
use uuid::Uuid;

/// The key of the note in the database. Its value is empty when seeding is complete.
const NOTE: &str = "demo-seeding";

/// An unfinished seeding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seeding {
    /// When it began: the plan's present.
    pub began_at: Timestamp,
    /// The ids of the plan are made from it.
    pub seed: u64,
    pub currency: Currency,
}

impl Seeding {
    /// `None`: nothing was begun, or all of it is done.
    pub fn of(storage: &Storage) -> Result<Option<Self>, LogError> {
        Ok(storage.note(NOTE)?.and_then(|note| Self::parse(&note)))
    }

    /// Call it before the first step.
    pub fn begin(self, storage: &mut Storage) -> Result<(), LogError> {
        storage.set_note(NOTE, &self.text())
    }

    /// Call it after the last step.
    pub fn complete(storage: &mut Storage) -> Result<(), LogError> {
        storage.set_note(NOTE, "")
    }

    fn text(self) -> String {
        format!("{} {} {}", self.began_at.as_millisecond(), self.seed, self.currency)
    }

    fn parse(note: &str) -> Option<Self> {
        let mut parts = note.split(' ');
        let began_at = Timestamp::from_millisecond(parts.next()?.parse().ok()?).ok()?;
        Some(Self { began_at, seed: parts.next()?.parse().ok()?, currency: parts.next()?.parse().ok()? })
    }

    /// Makes the same ids each time, for [`plan`](super::plan).
    pub fn ids(self) -> impl FnMut(Timestamp) -> Uuid {
        let mut random = fastrand::Rng::with_seed(self.seed);
        move |at| {
            let mut bytes = [0; 10];
            random.fill(&mut bytes);
            let millis = u64::try_from(at.as_millisecond()).unwrap_or(0);
            uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seeding() -> Seeding {
        let began_at = "2026-11-21T12:00:00.123Z".parse().unwrap();
        Seeding { began_at, seed: u64::MAX, currency: "EUR".parse().unwrap() }
    }

    #[test]
    fn a_note_is_read_as_it_was_written() {
        assert_eq!(Seeding::parse(&seeding().text()), Some(seeding()));
        assert_eq!(Seeding::parse(""), None);
    }

    #[test]
    fn the_same_seed_makes_the_same_ids_and_they_sort_by_time() {
        let (mut one, mut other) = (seeding().ids(), seeding().ids());
        let mut ids = Vec::new();
        for second in 0..100 {
            let at = Timestamp::from_second(1_700_000_000 + second).unwrap();
            let id = one(at);
            assert_eq!((id, id.get_version_num()), (other(at), 7));
            ids.push(id);
        }
        assert!(ids.is_sorted());
    }
}
