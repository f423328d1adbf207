//! Reads the log: a topic's events after a position, or all events.

use async_trait::async_trait;
use orders::{StoreId, UserId};
use rusqlite::Connection;

use super::head::head;
use super::indexes::SortedIndexes;
use super::keys::user_key;
use super::read_backend::SqliteReadBackend;
use super::recipient_index::{self, Partition};
use super::retention::pruned_through;
use super::rows::{self, EVENT};
use super::{consumers, created_events, history};
use crate::consumers::Consumer;
use crate::cursor::{Cursor, Seq};
use crate::error::LogError;
use crate::read_backend::{EventPage, LogQueries, ReadAt, TailError};
use crate::stored_event::StoredEvent;
use crate::topic::Topic;

/// How many events one tail of a store examines. A store without events must not hold a snapshot for long.
const MAX_EXAMINED: i64 = 20_000;

/// The events of a topic after a position; `None` when retention deleted some of them.
pub(super) fn read(
    connection: &Connection,
    indexes: &SortedIndexes,
    topic: &Topic,
    after: Seq,
    limit: usize,
) -> Result<Option<EventPage>, LogError> {
    let (head, _) = head(connection)?;
    if after < pruned_through(connection)? {
        return Ok(None);
    }
    let limit = limit.max(1);
    let (events, through) = match topic {
        Topic::Store(store) => of_store(connection, store, after, head, limit)?,
        Topic::Customer(user) => {
            let seqs = person_seqs(
                connection,
                indexes,
                user,
                recipient_index::CUSTOMER,
                true,
                (after, head),
                limit,
            )?;
            of_seqs(connection, &seqs, limit, head)?
        }
        Topic::Driver(user) => {
            let seqs =
                person_seqs(connection, indexes, user, recipient_index::DRIVER, false, (after, head), limit)?;
            of_seqs(connection, &seqs, limit, head)?
        }
    };
    Ok(Some(EventPage { events: history::with_context(connection, events)?, through, head }))
}

/// The events of all topics after a position; `None` when retention deleted some of them.
pub(super) fn events(
    connection: &Connection,
    after: Seq,
    limit: usize,
) -> Result<Option<EventPage>, LogError> {
    let (head, _) = head(connection)?;
    if after < pruned_through(connection)? {
        return Ok(None);
    }
    let limit = limit.max(1);
    let mut find = connection
        .prepare_cached(&format!("SELECT {EVENT} FROM events e WHERE e.seq > ?1 ORDER BY e.seq LIMIT ?2"))?;
    let sql_limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let events = rows::collect(find.query((after.sql(), sql_limit))?, rows::event)?;
    let through = complete_through(&events, limit, head);
    Ok(Some(EventPage { events: history::with_context(connection, events)?, through, head }))
}

/// Events, and the position up to which they are complete.
type Events = (Vec<StoredEvent>, Seq);

/// Reads the log itself: a store has too many events for an index to help.
fn of_store(
    connection: &Connection,
    store: &StoreId,
    after: Seq,
    head: Seq,
    limit: usize,
) -> Result<Events, LogError> {
    let mut find = connection.prepare_cached(&format!(
        "SELECT {EVENT} FROM events e WHERE e.seq > ?1 AND e.seq <= ?2 AND e.store = ?3 ORDER BY e.seq LIMIT ?4"
    ))?;
    let last = head.sql().min(after.sql().saturating_add(MAX_EXAMINED));
    let sql_limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let events = rows::collect(find.query((after.sql(), last, store.as_str(), sql_limit))?, rows::event)?;
    let through = complete_through(&events, limit, Seq(last.unsigned_abs()));
    Ok((events, through))
}

/// The oldest positions of a person's events, through the index: the cost grows with their events, not with the log.
fn person_seqs(
    connection: &Connection,
    indexes: &SortedIndexes,
    user: &UserId,
    partitions: [Partition; 3],
    created_events: bool,
    (after, head): (Seq, Seq),
    limit: usize,
) -> Result<Vec<i64>, LogError> {
    let Some(key) = user_key(connection, user)? else { return Ok(Vec::new()) };
    let range = (after.sql(), head.next().sql());
    let mut seqs = Vec::new();
    for partition in partitions {
        seqs.extend(indexes.recipients.oldest(connection, partition.key(key), range, limit)?);
    }
    if created_events {
        seqs.extend(created_events::oldest_of_customer(connection, indexes, key, range, limit)?);
    }
    seqs.sort_unstable();
    seqs.dedup();
    seqs.truncate(limit);
    Ok(seqs)
}

fn of_seqs(connection: &Connection, seqs: &[i64], limit: usize, head: Seq) -> Result<Events, LogError> {
    let mut find = connection.prepare_cached(&format!("SELECT {EVENT} FROM events e WHERE e.seq = ?1"))?;
    let mut events = Vec::with_capacity(seqs.len());
    for seq in seqs {
        events.extend(rows::first(find.query([seq])?, rows::event)?);
    }
    let through = complete_through(&events, limit, head);
    Ok((events, through))
}

/// A page that reached its limit is complete up to its last event, a shorter one up to `end`.
fn complete_through(events: &[StoredEvent], limit: usize, end: Seq) -> Seq {
    if events.len() < limit { end } else { events.last().map_or(end, |last| last.seq) }
}

#[async_trait]
impl LogQueries for SqliteReadBackend {
    async fn head(&self) -> Result<Cursor, LogError> {
        Ok(self.read_at(|_| Ok(())).await?.cursor)
    }

    async fn tail(&self, topic: Topic, after: Seq, limit: usize) -> Result<EventPage, TailError> {
        let page = self
            .read_indexed(move |connection, indexes| read(connection, indexes, &topic, after, limit))
            .await?;
        page.ok_or(TailError::Pruned)
    }

    async fn events(&self, after: Seq, limit: usize) -> Result<EventPage, TailError> {
        let page = self.read(move |connection| events(connection, after, limit)).await?;
        page.ok_or(TailError::Pruned)
    }

    async fn consumers(&self) -> Result<ReadAt<Vec<Consumer>>, LogError> {
        self.read_at(consumers::all).await
    }
}
