//! Lines of an inbox, and what of them was read.

use super::read_backend::SqliteReadBackend;
use crate::read_backend::{InboxQueries, ReadAt};
use async_trait::async_trait;
use std::collections::BTreeMap;

use orders::notification::Category;
use orders::{EventId, Notification};
use rusqlite::{Connection, OptionalExtension};
use uuid::Uuid;

use super::head::head;
use super::inbox_index::InboxIndex;
use super::listing::{customer_key, store_key};
use super::retention;
use super::rows::{self, EVENT};
use super::sorted_index::SortedIndexes;
use crate::cursor::Seq;
use crate::error::LogError;
use crate::inbox::{InboxEntry, InboxFilter, InboxPage, MAX_READ_ABOVE, MAX_UNREAD, Mark, ReadState};
use crate::stored_event::StoredEvent;
use crate::topic::{Inbox, Topic};

/// The most events that one page looks at; a rare category among many lines comes in several pages.
const MOST_LOOKED_AT: usize = 1000;
/// How many of the newest lines are looked through for an id that is not where its time says.
const STRAYED: usize = 1000;
/// How far around the place that an id's time gives it is looked for.
const AROUND: i64 = 64;

/// An inbox as the tables know it.
pub(super) struct InboxReader<'a> {
    pub(super) connection: &'a Connection,
    inbox: &'a Inbox,
    shelves: InboxIndex<'a>,
    /// The key of its row in `inboxes`.
    row: (i64, i64, i64),
    head: Seq,
    read: Read,
}

/// What was read.
struct Read {
    through: Seq,
    above: BTreeMap<Seq, EventId>,
}

impl<'a> InboxReader<'a> {
    /// `None`: nothing ever happened to whoever it is.
    pub(super) fn find(
        connection: &'a Connection,
        indexes: &'a SortedIndexes,
        inbox: &'a Inbox,
    ) -> Result<Option<Self>, LogError> {
        let store = match inbox.topic() {
            Topic::Store(store) => match store_key(connection, store)? {
                Some(store) => store,
                None => return Ok(None),
            },
            Topic::Customer(_) | Topic::Driver(_) => 0,
        };
        let person = customer_key(connection, inbox.reader())?;
        // Staff who never did anything read the store's lines all the same.
        if person.is_none() && store == 0 {
            return Ok(None);
        }
        Self::of(connection, indexes, inbox, (person.unwrap_or(0), store)).map(Some)
    }

    /// One whose person and store are known by their keys.
    pub(super) fn of(
        connection: &'a Connection,
        indexes: &'a SortedIndexes,
        inbox: &'a Inbox,
        (person, store): (i64, i64),
    ) -> Result<Self, LogError> {
        let role = match inbox.topic() {
            Topic::Customer(_) => 0,
            Topic::Driver(_) => 1,
            Topic::Store(_) => 2,
        };
        let row = (person, role, store);
        let (head, _) = head(connection)?;
        let read = Read::load(connection, row)?;
        let shelves = InboxIndex::of(connection, indexes, inbox, (person, store));
        Ok(Self { connection, inbox, shelves, row, head, read })
    }

    pub(super) fn page(&self, filter: &InboxFilter) -> Result<InboxPage, LogError> {
        let upto = filter.through.map_or(self.head, |through| through.min(self.head));
        let floor = retention::pruned_through(self.connection)?;
        let oldest = if filter.unread { self.read.through.max(floor) } else { floor };
        let first_events = filter.category.is_none_or(|category| category == Category::Order);
        let mut before = upto.next().sql();
        let (mut lines, mut looked, mut next) = (Vec::new(), 0, None);
        'looking: loop {
            let portion = filter.limit.clamp(16, 200);
            let (places, more) = self.shelves.newest(first_events, (oldest.sql(), before), portion)?;
            for place in places {
                if lines.len() == filter.limit || looked == MOST_LOOKED_AT {
                    next = Some(Seq(place.unsigned_abs()));
                    break 'looking;
                }
                looked += 1;
                let line = self.line(place)?;
                lines.extend(line.filter(|line| {
                    filter.category.is_none_or(|category| category == line.notification.category)
                        && !(filter.unread && line.read)
                }));
            }
            match more {
                Some(bound) => before = bound,
                None => break,
            }
        }
        Ok(InboxPage { entries: lines, next, unread: self.unread()? })
    }

    /// The line of an event; `None`: it is gone, or none of theirs.
    fn line(&self, place: i64) -> Result<Option<InboxEntry>, LogError> {
        let mut find =
            self.connection.prepare_cached(&format!("SELECT {EVENT} FROM events e WHERE e.seq = ?1"))?;
        let stored = rows::first(find.query([place])?, rows::event)?;
        Ok(stored.and_then(|stored| self.entry(stored)))
    }

    fn entry(&self, stored: StoredEvent) -> Option<InboxEntry> {
        let theirs = self.inbox.topic().contains(&stored.event.subject);
        let notification = Notification::new(&stored.event, self.inbox.audience()).filter(|_| theirs)?;
        let own = stored.event.actor.user() == Some(self.inbox.reader());
        let read = own || self.read.has(stored.seq);
        Some(InboxEntry { stored: stored.into(), notification, read, own })
    }

    /// How many are unread, [`MAX_UNREAD`] or more.
    pub(super) fn unread(&self) -> Result<usize, LogError> {
        let floor = retention::pruned_through(self.connection)?;
        let through = self.read.through.max(floor);
        // What was read one by one is all news, and is all among what is counted.
        let above = self.read.above.range(through.next()..).count();
        let most = MAX_UNREAD + above;
        let counted = self.shelves.count_news((through.sql(), self.head.next().sql()), most)?;
        Ok(counted.saturating_sub(above).min(MAX_UNREAD))
    }

    /// The line of this id.
    pub(super) fn named(&self, id: EventId) -> Result<Option<InboxEntry>, LogError> {
        let floor = retention::pruned_through(self.connection)?.sql();
        let near = place_near(self.connection, id, (floor, self.head.sql()))?;
        let mut context = self
            .connection
            .prepare_cached("SELECT seq FROM events WHERE seq BETWEEN ?1 AND ?2 AND id = ?3")?;
        let bytes = id.uuid();
        let found: Option<i64> = context
            .query_row((near - AROUND, near + AROUND, bytes.as_bytes().as_slice()), |row| row.get(0))
            .optional()?;
        if let Some(place) = found {
            return self.line(place);
        }
        // The clock was set back at some time.
        let (places, _) = self.shelves.newest(true, (floor, self.head.next().sql()), STRAYED)?;
        let mut same = self.connection.prepare_cached("SELECT id = ?2 FROM events WHERE seq = ?1")?;
        for place in places {
            let is: Option<bool> =
                same.query_row((place, bytes.as_bytes().as_slice()), |row| row.get(0)).optional()?;
            if is == Some(true) {
                return self.line(place);
            }
        }
        Ok(None)
    }

    /// Keeps that something was read. Returns what is read now, and whether that is any news.
    pub(super) fn mark(mut self, mark: Mark) -> Result<(ReadState, bool), LogError> {
        let changed = match mark {
            Mark::One { seq, id } => self.read_one(seq, id)?,
            Mark::Through(seq) => self.read_through(seq.min(self.head)),
            Mark::All => self.read_through(self.head),
        };
        if changed {
            self.compact()?;
            self.read.store(self.connection, self.row)?;
        }
        let unread = self.unread()?;
        Ok((ReadState { through: self.read.through, above: self.read.above, unread }, changed))
    }

    fn read_one(&mut self, seq: Seq, id: EventId) -> Result<bool, LogError> {
        let unread = self.line(seq.sql())?.is_some_and(|line| !line.read && line.stored.id == id);
        if unread {
            self.read.above.insert(seq, id);
        }
        Ok(unread)
    }

    fn read_through(&mut self, seq: Seq) -> bool {
        let further = seq > self.read.through;
        if further {
            self.read.through = seq;
            self.read.above.retain(|place, _| *place > seq);
        }
        further
    }

    /// Moves the mark up to the first line that is left. What was read one by one before it needs no list, and nobody
    /// looks for lines there any more.
    fn compact(&mut self) -> Result<(), LogError> {
        let most = self.read.above.len() + 1;
        let between = (self.read.through.sql(), self.head.next().sql());
        let places = self.shelves.oldest_news(between, most)?;
        let places = places.into_iter().map(|place| Seq(place.unsigned_abs()));
        let left = places.into_iter().find(|place| !self.read.above.contains_key(place));
        self.read_through(left.map_or(self.head, |left| Seq(left.0.saturating_sub(1))));
        if self.read.above.len() > MAX_READ_ABOVE {
            let middle = self.read.above.keys().nth(MAX_READ_ABOVE / 2).copied().unwrap_or_default();
            self.read_through(middle);
        }
        Ok(())
    }
}

impl Read {
    fn load(connection: &Connection, (person, role, store): (i64, i64, i64)) -> Result<Self, LogError> {
        let since: Option<i64> = connection
            .prepare_cached("SELECT value FROM meta WHERE name = 'inboxes_since'")?
            .query_row((), |row| row.get(0))
            .optional()?;
        let since = Seq(since.unwrap_or(0).unsigned_abs());
        let kept: Option<(i64, String)> = connection
            .prepare_cached(
                "SELECT read_through, read_above FROM inboxes WHERE person = ?1 AND role = ?2 AND store = ?3",
            )?
            .query_row((person, role, store), |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some((through, above)) = kept else { return Ok(Self { through: since, above: BTreeMap::new() }) };
        let above: Vec<(Seq, EventId)> = serde_json::from_str(&above)?;
        Ok(Self { through: since.max(Seq(through.unsigned_abs())), above: above.into_iter().collect() })
    }

    fn store(&self, connection: &Connection, (person, role, store): (i64, i64, i64)) -> Result<(), LogError> {
        let above: Vec<(&Seq, &EventId)> = self.above.iter().collect();
        connection
            .prepare_cached(
                "INSERT OR REPLACE INTO inboxes (person, role, store, read_through, read_above) \
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute((person, role, store, self.through.sql(), serde_json::to_string(&above)?))?;
        Ok(())
    }

    fn has(&self, place: Seq) -> bool {
        place <= self.through || self.above.contains_key(&place)
    }
}

/// The place of the first event whose id is not smaller, as far as ids rise with places.
fn place_near(connection: &Connection, id: EventId, (floor, head): (i64, i64)) -> Result<i64, LogError> {
    let mut find = connection.prepare_cached("SELECT id FROM events WHERE seq = ?1")?;
    let (mut low, mut high) = (floor + 1, head + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        let other: Option<Uuid> = find
            .query_row([middle], |row| {
                Ok(row.get_ref(0)?.as_blob().ok().and_then(|bytes| Uuid::from_slice(bytes).ok()))
            })
            .optional()?
            .flatten();
        if other.is_some_and(|other| other < id.uuid()) { low = middle + 1 } else { high = middle }
    }
    Ok(low)
}

#[async_trait]
impl InboxQueries for SqliteReadBackend {
    async fn inbox(&self, filter: InboxFilter) -> Result<ReadAt<InboxPage>, LogError> {
        self.read_at(move |connection, indexes| {
            match InboxReader::find(connection, indexes, &filter.inbox)? {
                Some(reader) => reader.page(&filter),
                None => Ok(InboxPage { entries: Vec::new(), next: None, unread: 0 }),
            }
        })
        .await
    }

    async fn unread(&self, inbox: Inbox) -> Result<ReadAt<usize>, LogError> {
        self.read_at(move |connection, indexes| match InboxReader::find(connection, indexes, &inbox)? {
            Some(reader) => reader.unread(),
            None => Ok(0),
        })
        .await
    }

    async fn inbox_entry(&self, inbox: Inbox, id: EventId) -> Result<Option<InboxEntry>, LogError> {
        self.read(move |connection, indexes| match InboxReader::find(connection, indexes, &inbox)? {
            Some(reader) => reader.named(id),
            None => Ok(None),
        })
        .await
    }
}
