//! A histogram of delivery times with slots of rising width.

use std::collections::BTreeMap;

use jiff::SignedDuration;

/// Slots of an octave: a slot is at most a sixteenth of its seconds wide.
const SLOTS_PER_OCTAVE: u64 = 16;

/// The slot of a duration: one slot for each second up to 32, then 16 slots for each doubling. A slot is accurate to
/// 3.2 percent, and a year needs 352 slots.
pub fn slot(took: SignedDuration) -> u16 {
    let seconds = u64::try_from(took.as_secs()).unwrap_or(0);
    let octave = u64::from(seconds.max(SLOTS_PER_OCTAVE).ilog2() - SLOTS_PER_OCTAVE.ilog2());
    u16::try_from(octave * SLOTS_PER_OCTAVE + (seconds >> octave)).unwrap_or(u16::MAX)
}

/// The middle of a slot, in seconds.
fn middle(slot: u16) -> i64 {
    let slot = u64::from(slot);
    if slot < 2 * SLOTS_PER_OCTAVE {
        return i64::try_from(slot).unwrap_or(i64::MAX);
    }
    let (octave, part) = (slot / SLOTS_PER_OCTAVE - 1, slot % SLOTS_PER_OCTAVE + SLOTS_PER_OCTAVE);
    let (width, begin) = (1_u64.checked_shl(u32::try_from(octave).unwrap_or(u32::MAX)), part);
    let middle = width.map_or(u64::MAX, |width| begin.saturating_mul(width).saturating_add(width / 2));
    i64::try_from(middle).unwrap_or(i64::MAX)
}

/// How long deliveries took.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeliveryTimes(BTreeMap<u16, i64>);

impl DeliveryTimes {
    pub fn add(&mut self, slot: u16, deliveries: i64) {
        *self.0.entry(slot).or_default() += deliveries;
    }

    /// The nearest-rank percentile in seconds; `None` when nothing was delivered.
    pub fn percentile(&self, percent: i64) -> Option<i64> {
        let total: i64 = self.0.values().sum();
        let rank = (total * percent + 99) / 100;
        let mut counted = 0;
        let reached = self.0.iter().find(|(_, deliveries)| {
            counted += **deliveries;
            counted >= rank.max(1)
        });
        reached.map(|(slot, _)| middle(*slot))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: i64) -> u16 {
        slot(SignedDuration::from_secs(seconds))
    }

    #[test]
    fn a_slot_is_accurate_to_3_2_percent() {
        let mut before = 0;
        for n in (0..70_000).chain((70_000..400_000_000).step_by(9973)) {
            let at = seconds(n);
            assert!(at == before || at == before + 1 || n >= 70_000, "{n}: {before} {at}");
            assert!(at >= before, "{n}");
            before = at;
            let off = (middle(at) - n).abs();
            assert!(off * 1000 <= n * 32, "{n} is read as {}", middle(at));
        }
        assert_eq!((seconds(-5), seconds(0), seconds(31), seconds(32), seconds(33)), (0, 0, 31, 32, 32));
        assert!(seconds(365 * 24 * 3600) < 352);
        assert!(middle(seconds(i64::MAX)) > 0 && middle(u16::MAX) > 0);
    }

    #[test]
    fn a_percentile_is_the_nearest_rank() {
        let mut times = DeliveryTimes::default();
        assert_eq!(times.percentile(50), None);
        for n in 1..=10 {
            times.add(seconds(n), 1);
        }
        assert_eq!([1, 50, 51, 90, 100].map(|percent| times.percentile(percent)), [1, 5, 6, 9, 10].map(Some));
        times.add(seconds(1000), 90);
        assert_eq!(times.percentile(50), Some(middle(seconds(1000))));
    }
}
