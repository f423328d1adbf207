//! Where the lines of an inbox are found: the shelves of the index, and the first events of orders.

use orders::Event;
use rusqlite::Connection;

use super::created_events;
use super::recipient_index::Shelf;
use super::rows::{self, EVENT};
use super::sorted_index::SortedIndexes;
use crate::error::LogError;
use crate::topic::{Inbox, Topic};

/// Places fetched at a time.
const PORTION: usize = 64;
/// How many of the staff's doings are read to see who did them.
const MOST_OWN: usize = 2000;

/// The places of one inbox's lines.
pub(super) struct InboxIndex<'a> {
    connection: &'a Connection,
    indexes: &'a SortedIndexes,
    inbox: &'a Inbox,
    person: i64,
    store: i64,
}

impl<'a> InboxIndex<'a> {
    pub(super) fn of(
        connection: &'a Connection,
        indexes: &'a SortedIndexes,
        inbox: &'a Inbox,
        (person, store): (i64, i64),
    ) -> Self {
        Self { connection, indexes, inbox, person, store }
    }

    /// Keys of the shelves that hold its lines, the first one those that are unread until they were read.
    fn keys(&self) -> [i64; 2] {
        match self.inbox.topic() {
            Topic::Customer(_) => [Shelf::CustomerNews.of(self.person), Shelf::CustomerOwn.of(self.person)],
            Topic::Driver(_) => [Shelf::DriverNews.of(self.person), Shelf::DriverOwn.of(self.person)],
            Topic::Store(_) => [Shelf::StoreNews.of(self.store), Shelf::StoreStaff.of(self.store)],
        }
    }

    /// Some of the newest lines between two places, largest place first; and, if there are more, the place before which
    /// they go on. `first_events`: also those of orders.
    pub(super) fn newest(
        &self,
        first_events: bool,
        between: (i64, i64),
        portion: usize,
    ) -> Result<(Vec<i64>, Option<i64>), LogError> {
        let mut sources = Vec::with_capacity(3);
        for key in self.keys() {
            sources.push(self.indexes.recipients.newest(self.connection, key, between, portion)?);
        }
        sources.push(match self.inbox.topic() {
            Topic::Customer(_) if first_events => created_events::newest_of_customer(
                self.connection,
                self.indexes,
                self.person,
                between,
                portion,
            )?,
            Topic::Store(_) if first_events => {
                created_events::newest_of_store(self.connection, self.store, between, portion)?
            }
            _ => Vec::new(),
        });
        // A source that gave a full portion may have more below it, which nothing older may overtake.
        let full = sources.iter().filter(|source| source.len() >= portion);
        let bound = full.filter_map(|source| source.last().copied()).max();
        let mut places: Vec<i64> = sources.concat();
        places.retain(|place| bound.is_none_or(|bound| *place >= bound));
        places.sort_unstable_by(|a, b| b.cmp(a));
        places.dedup();
        Ok((places, bound))
    }

    /// How many lines that somebody else caused lie between two places, up to `limit`.
    pub(super) fn count_news(&self, between: (i64, i64), limit: usize) -> Result<usize, LogError> {
        let [news, others] = self.keys();
        let mut count = self.indexes.recipients.newest(self.connection, news, between, limit)?.len();
        if let Topic::Store(_) = self.inbox.topic() {
            if count < limit {
                count += created_events::count_of_store(self.connection, self.store, between, limit - count)?;
            }
            count += self.by_colleagues(others, between, limit - count)?.len();
        }
        Ok(count)
    }

    /// The first of them, smallest place first.
    pub(super) fn oldest_news(&self, between: (i64, i64), limit: usize) -> Result<Vec<i64>, LogError> {
        let [news, others] = self.keys();
        let mut places = self.indexes.recipients.oldest(self.connection, news, between, limit)?;
        if let Topic::Store(_) = self.inbox.topic() {
            places.extend(created_events::oldest_of_store(self.connection, self.store, between, limit)?);
            places.extend(self.by_colleagues(others, between, limit)?);
        }
        places.sort_unstable();
        places.truncate(limit);
        Ok(places)
    }

    /// What of the staff's doings somebody else of them did, smallest place first, up to `limit`. These are few: they
    /// have to be read. Past [`MOST_OWN`] all count as others'.
    fn by_colleagues(
        &self,
        key: i64,
        (mut after, before): (i64, i64),
        limit: usize,
    ) -> Result<Vec<i64>, LogError> {
        let mut find =
            self.connection.prepare_cached(&format!("SELECT {EVENT} FROM events e WHERE e.seq = ?1"))?;
        let (mut others, mut looked) = (Vec::new(), 0);
        while others.len() < limit {
            let places = self.indexes.recipients.oldest(self.connection, key, (after, before), PORTION)?;
            let Some(last) = places.last() else { break };
            after = *last;
            for place in places {
                looked += 1;
                let stored = rows::first(find.query([place])?, rows::event)?;
                let own = |event: &Event| event.actor.user() == Some(self.inbox.reader());
                if looked > MOST_OWN || stored.is_some_and(|stored| !own(&stored.event)) {
                    others.push(place);
                }
            }
        }
        others.truncate(limit);
        Ok(others)
    }
}
