//! Which events have an entry in an inbox: from the recipient index, and from the first events of orders.

use rusqlite::Connection;

use super::created_events;
use super::indexes::SortedIndexes;
use super::recipient_index::Partition;
use super::rows::{self, EVENT};
use crate::error::LogError;
use crate::topic::{Inbox, Topic};

/// Positions fetched at a time.
const CHUNK: usize = 64;
/// How many actions of a store's staff are read to see who did them.
const MAX_STAFF_ACTIONS: usize = 2000;

/// Positions of the events of one inbox.
pub(super) struct InboxIndex<'a> {
    connection: &'a Connection,
    indexes: &'a SortedIndexes,
    inbox: &'a Inbox,
    person: i64,
    store: i64,
}

impl<'a> InboxIndex<'a> {
    pub(super) fn new(
        connection: &'a Connection,
        indexes: &'a SortedIndexes,
        inbox: &'a Inbox,
        (person, store): (i64, i64),
    ) -> Self {
        Self { connection, indexes, inbox, person, store }
    }

    /// Index keys of its entries: news, and own actions (for staff: actions of any of the staff).
    fn keys(&self) -> [i64; 2] {
        match self.inbox.topic() {
            Topic::Customer(_) => {
                [Partition::CustomerNews.key(self.person), Partition::CustomerOwn.key(self.person)]
            }
            Topic::Driver(_) => {
                [Partition::DriverNews.key(self.person), Partition::DriverOwn.key(self.person)]
            }
            Topic::Store(_) => [Partition::StoreNews.key(self.store), Partition::StoreStaff.key(self.store)],
        }
    }

    /// The newest positions within a range, newest first. If there are more, also the position before which to go on.
    pub(super) fn newest(
        &self,
        include_created_events: bool,
        range: (i64, i64),
        limit: usize,
    ) -> Result<(Vec<i64>, Option<i64>), LogError> {
        let mut sources = Vec::with_capacity(3);
        for key in self.keys() {
            sources.push(self.indexes.recipients.newest(self.connection, key, range, limit)?);
        }
        sources.push(match self.inbox.topic() {
            Topic::Customer(_) if include_created_events => {
                created_events::newest_of_customer(self.connection, self.indexes, self.person, range, limit)?
            }
            Topic::Store(_) if include_created_events => {
                created_events::newest_of_store(self.connection, self.store, range, limit)?
            }
            _ => Vec::new(),
        });
        // A source that reached the limit may have more positions, which nothing older may overtake.
        let full = sources.iter().filter(|source| source.len() >= limit);
        let bound = full.filter_map(|source| source.last().copied()).max();
        let mut seqs: Vec<i64> = sources.concat();
        seqs.retain(|seq| bound.is_none_or(|bound| *seq >= bound));
        seqs.sort_unstable_by(|a, b| b.cmp(a));
        seqs.dedup();
        Ok((seqs, bound))
    }

    /// How many events within a range are news to the reader, up to `limit`.
    pub(super) fn count_news(&self, range: (i64, i64), limit: usize) -> Result<usize, LogError> {
        let [news, staff_actions] = self.keys();
        let mut count = self.indexes.recipients.newest(self.connection, news, range, limit)?.len();
        if let Topic::Store(_) = self.inbox.topic() {
            if count < limit {
                count += created_events::count_of_store(self.connection, self.store, range, limit - count)?;
            }
            count += self.by_colleagues(staff_actions, range, limit - count)?.len();
        }
        Ok(count)
    }

    /// Positions of the oldest news within a range, oldest first.
    pub(super) fn oldest_news(&self, range: (i64, i64), limit: usize) -> Result<Vec<i64>, LogError> {
        let [news, staff_actions] = self.keys();
        let mut seqs = self.indexes.recipients.oldest(self.connection, news, range, limit)?;
        if let Topic::Store(_) = self.inbox.topic() {
            seqs.extend(created_events::oldest_of_store(self.connection, self.store, range, limit)?);
            seqs.extend(self.by_colleagues(staff_actions, range, limit)?);
        }
        seqs.sort_unstable();
        seqs.truncate(limit);
        Ok(seqs)
    }

    /// Actions of the other staff, oldest first, up to `limit`. There are few, so their events are read. Past
    /// [`MAX_STAFF_ACTIONS`], all count as actions of others.
    fn by_colleagues(
        &self,
        key: i64,
        (mut after, before): (i64, i64),
        limit: usize,
    ) -> Result<Vec<i64>, LogError> {
        let mut find =
            self.connection.prepare_cached(&format!("SELECT {EVENT} FROM events e WHERE e.seq = ?1"))?;
        let (mut by_others, mut examined) = (Vec::new(), 0);
        while by_others.len() < limit {
            let seqs = self.indexes.recipients.oldest(self.connection, key, (after, before), CHUNK)?;
            let Some(last) = seqs.last() else { break };
            after = *last;
            for seq in seqs {
                examined += 1;
                let stored = rows::first(find.query([seq])?, rows::event)?;
                let by_reader = |actor: &orders::Actor| actor.user() == Some(self.inbox.reader());
                let by_other = stored.is_some_and(|stored| !by_reader(&stored.event.actor));
                if examined > MAX_STAFF_ACTIONS || by_other {
                    by_others.push(seq);
                }
            }
        }
        by_others.truncate(limit);
        Ok(by_others)
    }
}
