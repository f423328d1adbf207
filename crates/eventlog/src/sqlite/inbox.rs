//! Reads inboxes, and stores what was read in them.

use async_trait::async_trait;
use orders::event::{Change, Event, Subject};
use orders::notification::Category;
use orders::{EventId, Partner};
use rusqlite::{Connection, OptionalExtension};
use uuid::Uuid;

use super::head::head;
use super::history;
use super::inbox_index::InboxIndex;
use super::indexes::SortedIndexes;
use super::keys::{store_key, user_key};
use super::read_backend::SqliteReadBackend;
use super::retention::pruned_through;
use super::rows::{self, EVENT};
use crate::cursor::Seq;
use crate::error::LogError;
use crate::inbox::{InboxEntry, InboxFilter, InboxPage, Mark, ReadMarks, ReadState};
use crate::read_backend::{InboxQueries, ReadAt};
use crate::topic::{Inbox, Topic};

/// The most events that one page examines. A rare category in a long inbox takes several pages.
const MAX_EXAMINED: usize = 1000;
/// How many of the newest entries are searched for an id that is not near the position of its time.
const MAX_SEARCHED: usize = 1000;
/// How far around the position of its time an id is searched for.
const NEARBY: i64 = 64;

/// Reads one inbox within one snapshot.
pub(super) struct InboxReader<'a> {
    connection: &'a Connection,
    inbox: &'a Inbox,
    index: InboxIndex<'a>,
    row: InboxRow,
    head: Seq,
    marks: ReadMarks,
}

/// The primary key of a row in `inboxes`.
#[derive(Clone, Copy)]
struct InboxRow {
    person: i64,
    role: i64,
    /// 0 in the inboxes of customers and drivers.
    store: i64,
}

impl<'a> InboxReader<'a> {
    /// `None` when nothing ever happened to the reader, so that the inbox is empty.
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
        let person = user_key(connection, inbox.reader())?;
        // Staff who never acted have no row, but they read the store's inbox.
        if person.is_none() && store == 0 {
            return Ok(None);
        }
        Self::of(connection, indexes, inbox, (person.unwrap_or(0), store)).map(Some)
    }

    /// With the keys of the reader and the store.
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
        let row = InboxRow { person, role, store };
        let (head, _) = head(connection)?;
        let marks = load_marks(connection, row)?;
        let index = InboxIndex::new(connection, indexes, inbox, (person, store));
        Ok(Self { connection, inbox, index, row, head, marks })
    }

    pub(super) fn page(&self, filter: &InboxFilter) -> Result<InboxPage, LogError> {
        let through = filter.through.map_or(self.head, |through| through.min(self.head));
        let pruned = pruned_through(self.connection)?;
        let after = if filter.unread { self.marks.through().max(pruned) } else { pruned };
        let include_created_events = filter.category.is_none_or(|category| category == Category::Order);
        let chunk = filter.limit.clamp(16, 200);
        let mut before = through.next().sql();
        let (mut entries, mut examined, mut next) = (Vec::new(), 0, None);
        'page: loop {
            let (seqs, more) = self.index.newest(include_created_events, (after.sql(), before), chunk)?;
            for seq in seqs {
                if entries.len() == filter.limit || examined == MAX_EXAMINED {
                    next = Some(Seq(seq.unsigned_abs()));
                    break 'page;
                }
                examined += 1;
                let entry = self.entry(seq)?;
                entries.extend(entry.filter(|entry| {
                    filter.category.is_none_or(|category| category == entry.notification.category)
                        && !(filter.unread && entry.read)
                }));
            }
            match more {
                Some(bound) => before = bound,
                None => break,
            }
        }
        Ok(InboxPage { entries, next, unread: self.unread()? })
    }

    /// The entry of an event; `None` when retention deleted the event, or it has no entry in this inbox.
    fn entry(&self, seq: i64) -> Result<Option<InboxEntry>, LogError> {
        let mut find =
            self.connection.prepare_cached(&format!("SELECT {EVENT} FROM events e WHERE e.seq = ?1"))?;
        let stored = rows::first(find.query([seq])?, rows::event)?;
        let Some(stored) = stored else { return Ok(None) };
        let partner = self.assigned_partner(&stored.event)?;
        Ok(InboxEntry::of(self.inbox, &self.marks, stored, partner.as_ref()))
    }

    /// The current partner of the order, if the event assigned one.
    fn assigned_partner(&self, event: &Event) -> Result<Option<Partner>, LogError> {
        let Subject::Order { number, .. } = event.subject else { return Ok(None) };
        if !event.changes.iter().any(|change| matches!(change, Change::Partner { .. })) {
            return Ok(None);
        }
        let order = history::snapshot(self.connection, number)?;
        Ok(order.and_then(|order| order.contact.partner.clone()))
    }

    pub(super) fn unread(&self) -> Result<usize, LogError> {
        let count = self.marks.unread_range(pruned_through(self.connection)?);
        let range = (count.after.sql(), self.head.next().sql());
        Ok(count.unread(self.index.count_news(range, count.limit())?))
    }

    /// The entry of the event with this id.
    pub(super) fn by_event_id(&self, id: EventId) -> Result<Option<InboxEntry>, LogError> {
        let pruned = pruned_through(self.connection)?.sql();
        let near = seq_near(self.connection, id, (pruned, self.head.sql()))?;
        let mut find = self
            .connection
            .prepare_cached("SELECT seq FROM events WHERE seq BETWEEN ?1 AND ?2 AND id = ?3")?;
        let bytes = id.uuid();
        let seq: Option<i64> = find
            .query_row((near - NEARBY, near + NEARBY, bytes.as_bytes().as_slice()), |row| row.get(0))
            .optional()?;
        if let Some(seq) = seq {
            return self.entry(seq);
        }
        // The clock was set back at some time, so ids and positions do not rise together.
        let (seqs, _) = self.index.newest(true, (pruned, self.head.next().sql()), MAX_SEARCHED)?;
        let mut same = self.connection.prepare_cached("SELECT id = ?2 FROM events WHERE seq = ?1")?;
        for seq in seqs {
            let is_same: Option<bool> =
                same.query_row((seq, bytes.as_bytes().as_slice()), |row| row.get(0)).optional()?;
            if is_same == Some(true) {
                return self.entry(seq);
            }
        }
        Ok(None)
    }

    /// Stores that entries were read. Returns everything that is read now, and whether that changed.
    pub(super) fn mark(mut self, mark: Mark) -> Result<(ReadState, bool), LogError> {
        let changed = match mark {
            Mark::One { seq, id } => {
                let entry = self.entry(seq.sql())?;
                let unread = entry.is_some_and(|entry| !entry.read && entry.stored.id == id);
                unread && self.marks.mark_one(seq, id)
            }
            Mark::Through(seq) => self.marks.mark_through(seq.min(self.head)),
            Mark::All => self.marks.mark_through(self.head),
        };
        if changed {
            let range = (self.marks.through().sql(), self.head.next().sql());
            let news = self.index.oldest_news(range, self.marks.news_to_compact())?;
            self.marks.compact(news.into_iter().map(|seq| Seq(seq.unsigned_abs())), self.head);
            store_marks(self.connection, self.row, &self.marks)?;
        }
        let unread = self.unread()?;
        Ok((self.marks.into_state(unread), changed))
    }
}

fn load_marks(connection: &Connection, row: InboxRow) -> Result<ReadMarks, LogError> {
    // Events from before the migration that introduced inboxes count as read.
    let since: Option<i64> = connection
        .prepare_cached("SELECT value FROM meta WHERE name = 'inboxes_since'")?
        .query_row((), |row| row.get(0))
        .optional()?;
    let since = Seq(since.unwrap_or(0).unsigned_abs());
    let stored: Option<(i64, String)> = connection
        .prepare_cached(
            "SELECT read_through, read_above FROM inboxes WHERE person = ?1 AND role = ?2 AND store = ?3",
        )?
        .query_row((row.person, row.role, row.store), |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((through, above)) = stored else { return Ok(ReadMarks::new(since, [])) };
    let above: Vec<(Seq, EventId)> = serde_json::from_str(&above)?;
    Ok(ReadMarks::new(since.max(Seq(through.unsigned_abs())), above))
}

fn store_marks(connection: &Connection, row: InboxRow, marks: &ReadMarks) -> Result<(), LogError> {
    let above: Vec<_> = marks.above().iter().collect();
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO inboxes (person, role, store, read_through, read_above) \
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute((row.person, row.role, row.store, marks.through().sql(), serde_json::to_string(&above)?))?;
    Ok(())
}

/// The position of the first event whose id is not smaller, as far as ids and positions rise together.
fn seq_near(connection: &Connection, id: EventId, (pruned, head): (i64, i64)) -> Result<i64, LogError> {
    let mut find = connection.prepare_cached("SELECT id FROM events WHERE seq = ?1")?;
    let (mut low, mut high) = (pruned + 1, head + 1);
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
        self.read_indexed_at(move |connection, indexes| {
            match InboxReader::find(connection, indexes, &filter.inbox)? {
                Some(reader) => reader.page(&filter),
                None => Ok(InboxPage { entries: Vec::new(), next: None, unread: 0 }),
            }
        })
        .await
    }

    async fn unread(&self, inbox: Inbox) -> Result<ReadAt<usize>, LogError> {
        self.read_indexed_at(move |connection, indexes| {
            match InboxReader::find(connection, indexes, &inbox)? {
                Some(reader) => reader.unread(),
                None => Ok(0),
            }
        })
        .await
    }

    async fn inbox_entry(&self, inbox: Inbox, id: EventId) -> Result<Option<InboxEntry>, LogError> {
        self.read_indexed(move |connection, indexes| match InboxReader::find(connection, indexes, &inbox)? {
            Some(reader) => reader.by_event_id(id),
            None => Ok(None),
        })
        .await
    }
}
