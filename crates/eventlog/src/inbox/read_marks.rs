//! Which entries of an inbox were read: everything up to one position, and single entries after it.

use std::collections::BTreeMap;

use orders::EventId;

use super::{MAX_READ_ABOVE, MAX_UNREAD, ReadState};
use crate::cursor::Seq;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadMarks {
    through: Seq,
    /// Positions are above `through`.
    above: BTreeMap<Seq, EventId>,
}

impl ReadMarks {
    /// As stored. Entries that `through` covers already are dropped.
    pub fn new(through: Seq, above: impl IntoIterator<Item = (Seq, EventId)>) -> Self {
        let above = above.into_iter().filter(|(seq, _)| *seq > through).collect();
        Self { through, above }
    }

    pub fn through(&self) -> Seq {
        self.through
    }

    pub fn above(&self) -> &BTreeMap<Seq, EventId> {
        &self.above
    }

    pub fn is_read(&self, seq: Seq) -> bool {
        seq <= self.through || self.above.contains_key(&seq)
    }

    /// Marks one entry. Returns whether it was unread.
    pub fn mark_one(&mut self, seq: Seq, id: EventId) -> bool {
        let unread = !self.is_read(seq);
        if unread {
            self.above.insert(seq, id);
        }
        unread
    }

    /// Marks everything up to and including a position. Returns whether that changes anything.
    pub fn mark_through(&mut self, seq: Seq) -> bool {
        let further = seq > self.through;
        if further {
            self.through = seq;
            self.above.retain(|above, _| *above > seq);
        }
        further
    }

    /// How many of the oldest news after [`through`](Self::through) [`compact`](Self::compact) needs.
    pub fn news_to_compact(&self) -> usize {
        self.above.len() + 1
    }

    /// Moves `through` up to the first unread entry, so that single marks before it need not be stored. `news` are the
    /// oldest [`news_to_compact`](Self::news_to_compact) positions after `through` that hold news, in order. When too
    /// many single marks remain, everything up to the median of them counts as read.
    pub fn compact(&mut self, news: impl IntoIterator<Item = Seq>, head: Seq) {
        let unread = news.into_iter().find(|seq| !self.above.contains_key(seq));
        self.mark_through(unread.map_or(head, |unread| Seq(unread.0.saturating_sub(1))));
        if self.above.len() > MAX_READ_ABOVE {
            let median = self.above.keys().nth(MAX_READ_ABOVE / 2).copied().unwrap_or_default();
            self.mark_through(median);
        }
    }

    /// What must be counted to know the number of unread entries. Retention deleted everything up to `pruned`.
    pub fn unread_range(&self, pruned: Seq) -> UnreadRange {
        let after = self.through.max(pruned);
        // Every single mark is on news, so the count of news includes it.
        UnreadRange { after, read: self.above.range(after.next()..).count() }
    }

    pub fn into_state(self, unread: usize) -> ReadState {
        ReadState { through: self.through, above: self.above, unread }
    }
}

/// A count of unread entries: count the news after a position, and subtract what was read one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnreadRange {
    /// Count the news after this position.
    pub after: Seq,
    read: usize,
}

impl UnreadRange {
    /// News need not be counted past this number.
    pub fn limit(self) -> usize {
        MAX_UNREAD + self.read
    }

    /// The unread entries among the counted news, at most [`MAX_UNREAD`].
    pub fn unread(self, news: usize) -> usize {
        news.saturating_sub(self.read).min(MAX_UNREAD)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use uuid::Uuid;

    use super::*;

    fn id(seq: Seq) -> EventId {
        EventId::new(Uuid::from_u128(seq.0.into()))
    }

    fn compact(marks: &mut ReadMarks, news: &[Seq], head: Seq) {
        let (after, most) = (marks.through(), marks.news_to_compact());
        let oldest: Vec<Seq> = news.iter().copied().filter(|seq| *seq > after).take(most).collect();
        marks.compact(oldest, head);
    }

    /// Random marks over a random log, against a set of the positions that were read.
    #[test]
    fn marks_agree_with_a_set_of_read_positions() {
        for seed in 0..50 {
            let mut rng = fastrand::Rng::with_seed(seed);
            let head = Seq(rng.u64(1..300));
            let news: Vec<Seq> = (1..=head.0).filter(|_| rng.bool()).map(Seq).collect();
            let (mut marks, mut read) = (ReadMarks::default(), BTreeSet::new());
            for _ in 0..rng.usize(0..120) {
                if rng.u8(0..10) == 0 {
                    let through = Seq(rng.u64(0..=head.0 / 3));
                    marks.mark_through(through);
                    read.extend((1..=through.0).map(Seq));
                } else if let Some(seq) = rng.choice(&news) {
                    assert_eq!(marks.mark_one(*seq, id(*seq)), read.insert(*seq), "seed {seed}");
                }
                compact(&mut marks, &news, head);
                for seq in &news {
                    assert_eq!(marks.is_read(*seq), read.contains(seq), "seed {seed}, {seq:?}");
                }
                // What is stored is short: nothing before the first unread entry.
                let first_unread = news.iter().find(|seq| !read.contains(seq));
                assert!(marks.above().keys().all(|above| first_unread.is_some_and(|unread| above > unread)));
                let stored = marks.above().iter().map(|(seq, id)| (*seq, *id));
                assert_eq!(ReadMarks::new(marks.through(), stored), marks);
            }
            for pruned in [0, head.0 / 2, head.0].map(Seq) {
                let count = marks.unread_range(pruned);
                let counted = news.iter().filter(|seq| **seq > count.after).take(count.limit()).count();
                let unread = news.iter().filter(|seq| **seq > pruned && !read.contains(seq)).count();
                assert_eq!(count.unread(counted), unread, "seed {seed}");
            }
        }
    }

    #[test]
    fn too_many_single_marks_become_one_position() {
        let mut marks = ReadMarks::default();
        let news: Vec<Seq> = (1..2000).map(Seq).collect();
        for seq in news.iter().skip(1).step_by(2) {
            marks.mark_one(*seq, id(*seq));
            compact(&mut marks, &news, Seq(2000));
            assert!(marks.above().len() <= MAX_READ_ABOVE);
            assert!(marks.is_read(*seq));
        }
    }

    #[test]
    fn marking_what_is_read_changes_nothing() {
        let mut marks = ReadMarks::new(Seq(5), [(Seq(4), id(Seq(4))), (Seq(9), id(Seq(9)))]);
        assert_eq!(marks.above().len(), 1);
        assert!(!marks.mark_one(Seq(3), id(Seq(3))) && !marks.mark_one(Seq(9), id(Seq(9))));
        assert!(!marks.mark_through(Seq(5)) && marks.mark_through(Seq(6)));
        assert_eq!(marks.clone().into_state(7), ReadState { through: Seq(6), above: marks.above, unread: 7 });
    }

    #[test]
    fn the_unread_count_stops_at_its_maximum() {
        let count = ReadMarks::new(Seq(0), [(Seq(1), id(Seq(1)))]).unread_range(Seq(0));
        assert_eq!(count.limit(), MAX_UNREAD + 1);
        assert_eq!(count.unread(count.limit()), MAX_UNREAD);
        assert_eq!((count.unread(5), count.unread(0)), (4, 0));
    }
}
