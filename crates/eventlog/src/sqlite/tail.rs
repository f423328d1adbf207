//! What happened in a topic, for somebody who was away.

use super::consumers;
use super::read_backend::SqliteReadBackend;
use crate::consumers::Consumer;
use crate::cursor::Cursor;
use crate::read_backend::{LogQueries, ReadAt, TailError};
use async_trait::async_trait;
use orders::StoreId;
use rusqlite::Connection;

use super::head::head;
use super::listing::customer_key;
use super::rows::{self, EVENT};
use super::sorted_index::SortedIndexes;
use super::{created_events, history, recipient_index, retention};
use crate::cursor::Seq;
use crate::error::LogError;
use crate::read_backend::EventPage;
use crate::stored_event::StoredEvent;
use crate::topic::Topic;

/// How many events a tail of a store looks at before it hands over what it found.
const MOST_LOOKED_AT: i64 = 20_000;

/// What happened in a topic after a place in the log; `None` where that was pruned.
pub(super) fn read(
    connection: &Connection,
    indexes: &SortedIndexes,
    topic: &Topic,
    after: Seq,
    limit: usize,
) -> Result<Option<EventPage>, LogError> {
    let (head, _) = head(connection)?;
    if after < retention::pruned_through(connection)? {
        return Ok(None);
    }
    let limit = limit.max(1);
    let (events, through) = match topic {
        Topic::Store(store) => of_store(connection, store, after, head, limit)?,
        _ => of_person(connection, indexes, topic, after, head, limit)?,
    };
    Ok(Some(EventPage { events: history::with_context(connection, events)?, through, head }))
}

/// Events of all scopes after `after`; `None` where retention deleted some of them.
pub(super) fn events(
    connection: &Connection,
    after: Seq,
    limit: usize,
) -> Result<Option<EventPage>, LogError> {
    let (head, _) = head(connection)?;
    if after < retention::pruned_through(connection)? {
        return Ok(None);
    }
    let limit = limit.max(1);
    let mut find = connection
        .prepare_cached(&format!("SELECT {EVENT} FROM events e WHERE e.seq > ?1 ORDER BY e.seq LIMIT ?2"))?;
    let sql_limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let events = rows::collect(find.query((after.sql(), sql_limit))?, rows::event)?;
    let through = reached(&events, limit, head);
    Ok(Some(EventPage { events: history::with_context(connection, events)?, through, head }))
}

type Found = (Vec<StoredEvent>, Seq);

fn of_store(
    connection: &Connection,
    store: &StoreId,
    after: Seq,
    head: Seq,
    limit: usize,
) -> Result<Found, LogError> {
    let mut find = connection.prepare_cached(&format!(
        "SELECT {EVENT} FROM events e WHERE e.seq > ?1 AND e.seq <= ?2 AND e.store = ?3 ORDER BY e.seq LIMIT ?4"
    ))?;
    // A bound on what one call looks at: a store of which nothing happened must not hold a snapshot for long.
    let upto = head.sql().min(after.sql().saturating_add(MOST_LOOKED_AT));
    let sql_limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let events = rows::collect(find.query((after.sql(), upto, store.as_str(), sql_limit))?, rows::event)?;
    let seen = reached(&events, limit, Seq(upto.unsigned_abs()));
    Ok((events, seen))
}

/// A person's, through the index: what it costs grows with what happened to them, not with what happened.
fn of_person(
    connection: &Connection,
    indexes: &SortedIndexes,
    topic: &Topic,
    after: Seq,
    head: Seq,
    limit: usize,
) -> Result<Found, LogError> {
    let mut places = Vec::new();
    let between = (after.sql(), head.next().sql());
    let (user, shelves) = match topic {
        Topic::Customer(user) => (user, recipient_index::CUSTOMER),
        Topic::Driver(user) => (user, recipient_index::DRIVER),
        // It has too many shelves to go this way.
        Topic::Store(_) => return Ok((Vec::new(), head)),
    };
    let Some(key) = customer_key(connection, user)? else { return Ok((Vec::new(), head)) };
    for shelf in shelves {
        places.extend(indexes.recipients.oldest(connection, shelf.of(key), between, limit)?);
    }
    if matches!(topic, Topic::Customer(_)) {
        places.extend(created_events::oldest_of_customer(connection, indexes, key, between, limit)?);
    }
    places.sort_unstable();
    places.dedup();
    places.truncate(limit);
    let mut find = connection.prepare_cached(&format!("SELECT {EVENT} FROM events e WHERE e.seq = ?1"))?;
    let mut events = Vec::with_capacity(places.len());
    for place in places {
        events.extend(rows::first(find.query([place])?, rows::event)?);
    }
    let seen = reached(&events, limit, head);
    Ok((events, seen))
}

/// Up to where a topic has been looked at: a full portion ends at its last event.
fn reached(events: &[StoredEvent], limit: usize, all: Seq) -> Seq {
    if events.len() < limit { all } else { events.last().map_or(all, |last| last.seq) }
}

#[async_trait]
impl LogQueries for SqliteReadBackend {
    async fn head(&self) -> Result<Cursor, LogError> {
        Ok(self.read_at(|_, _| Ok(())).await?.cursor)
    }

    async fn tail(&self, topic: Topic, after: Seq, limit: usize) -> Result<EventPage, TailError> {
        let page =
            self.read(move |connection, indexes| read(connection, indexes, &topic, after, limit)).await?;
        page.ok_or(TailError::Pruned)
    }

    async fn events(&self, after: Seq, limit: usize) -> Result<EventPage, TailError> {
        let page = self.read(move |connection, _| events(connection, after, limit)).await?;
        page.ok_or(TailError::Pruned)
    }

    async fn consumers(&self) -> Result<ReadAt<Vec<Consumer>>, LogError> {
        self.read_at(|connection, _| consumers::all(connection)).await
    }
}
