//! Numbers of orders that may match a filter, in rising or falling order.

use orders::{Status, UserId};
use rusqlite::Connection;

use super::chunks::{CHUNK, Direction, of_customer};
use super::keys::{store_key, user_key};
use super::merged_walk::MergedWalk;
use super::rows::status_code;
use super::search::{Customers, Search};
use super::sorted_index::SortedIndex;
use super::statuses::{StatusWalk, StoreWalk};
use crate::error::LogError;
use crate::read_backend::OrderFilter;
use crate::topic::Topic;

pub(super) enum Candidates {
    None,
    /// Orders that a search names, in the direction of the walk.
    Named(std::vec::IntoIter<i64>),
    /// Orders of customers whom a search found, and orders that it names.
    Found(MergedWalk),
    /// A customer's orders, newest first, fetched in chunks. With `statuses`, orders in other statuses are skipped.
    Customer {
        key: i64,
        chunk: std::vec::IntoIter<i64>,
        after: i64,
        before: i64,
        last_chunk: bool,
        statuses: Option<StatusWalk>,
    },
    /// A store's orders, newest first.
    Store {
        walk: StoreWalk,
        after: i64,
    },
    Chunks(Chunks),
}

/// Orders that are fetched in chunks.
pub(super) struct Chunks {
    source: Source,
    direction: Direction,
    /// What is not fetched yet. Both ends are excluded.
    range: (i64, i64),
    chunk: std::vec::IntoIter<i64>,
    done: bool,
}

enum Source {
    Customer(i64),
    Driver(UserId),
    Store(i64, Vec<Status>),
}

impl Candidates {
    pub(super) fn of(
        connection: &Connection,
        filter: &OrderFilter,
        search: &Search,
        (after, before): (i64, i64),
        direction: Direction,
    ) -> Result<Self, LogError> {
        let chunks = |source| {
            let (range, chunk) = ((after, before), Vec::new().into_iter());
            Self::Chunks(Chunks { source, direction, range, chunk, done: false })
        };
        let in_range = |named: &[i64]| {
            let numbers = named.iter().copied().filter(|number| *number > after && *number < before);
            let mut numbers: Vec<i64> = numbers.collect();
            if direction == Direction::Down {
                numbers.reverse();
            }
            numbers
        };
        match (search, &filter.topic) {
            (Search::Named(named), _) => return Ok(Self::Named(in_range(named).into_iter())),
            (Search::Customers { named, customers: Customers::Few(keys) }, Topic::Store(_)) => {
                let walk = MergedWalk::new(keys, in_range(named), (after, before), direction);
                return Ok(Self::Found(walk));
            }
            // The orders of the topic, which are tested one by one.
            (Search::All | Search::Customers { .. }, _) => {}
        }
        Ok(match (&filter.topic, direction) {
            (Topic::Customer(user), direction) => match (user_key(connection, user)?, direction) {
                (Some(key), Direction::Down) => Self::Customer {
                    key,
                    chunk: Vec::new().into_iter(),
                    after,
                    before,
                    last_chunk: false,
                    statuses: StatusWalk::new(connection, &filter.statuses)?,
                },
                (Some(key), Direction::Up) => chunks(Source::Customer(key)),
                (None, _) => Self::None,
            },
            (Topic::Driver(user), _) => chunks(Source::Driver(user.clone())),
            (Topic::Store(store), direction) => match (store_key(connection, store)?, direction) {
                (Some(store), Direction::Down) => {
                    Self::Store { walk: StoreWalk::new(store, &filter.statuses, before), after }
                }
                (Some(store), Direction::Up) => chunks(Source::Store(store, filter.statuses.clone())),
                (None, _) => Self::None,
            },
        })
    }

    /// Whether all candidates are of the topic, in a wanted status, and found by the search.
    pub(super) fn are_wanted(&self, filter: &OrderFilter, search: &Search) -> bool {
        let (of_topic, in_status) = match self {
            Self::None | Self::Store { .. } => (true, true),
            Self::Named(_) | Self::Found(_) => (false, false),
            Self::Customer { statuses, .. } => (true, statuses.is_some()),
            Self::Chunks(chunks) => match chunks.source {
                Source::Store(..) => (true, true),
                Source::Customer(_) => (true, false),
                Source::Driver(_) => (false, false),
            },
        };
        of_topic && (in_status || filter.statuses.is_empty()) && matches!(search, Search::All)
    }

    pub(super) fn next(
        &mut self,
        connection: &Connection,
        customer_orders: &SortedIndex,
    ) -> Result<Option<i64>, LogError> {
        let (number, after) = match self {
            Self::None => return Ok(None),
            Self::Named(numbers) => return Ok(numbers.next()),
            Self::Found(walk) => return walk.next(connection, customer_orders),
            Self::Chunks(chunks) => return chunks.next(connection, customer_orders),
            Self::Store { walk, after } => (walk.next(connection)?, *after),
            Self::Customer { key, chunk, after, before, last_chunk, statuses } => {
                let number = loop {
                    let Some(number) = chunk.next() else {
                        if *last_chunk {
                            break None;
                        }
                        let numbers = customer_orders.find(connection, *key, *before, CHUNK)?;
                        *last_chunk = numbers.len() < CHUNK;
                        *before = numbers.last().copied().unwrap_or(0);
                        *chunk = numbers.into_iter();
                        continue;
                    };
                    let Some(statuses) = statuses else { break Some(number) };
                    let Some(in_status) = statuses.at_most(connection, number)? else { break None };
                    if in_status == number {
                        break Some(number);
                    }
                    // No order in between is in a wanted status.
                    while chunk.as_slice().first().is_some_and(|number| *number > in_status) {
                        chunk.next();
                    }
                    if chunk.as_slice().is_empty() {
                        *before = (*before).min(in_status + 1);
                    }
                };
                (number, *after)
            }
        };
        Ok(number.filter(|number| *number > after))
    }
}

impl Chunks {
    fn next(
        &mut self,
        connection: &Connection,
        customer_orders: &SortedIndex,
    ) -> Result<Option<i64>, LogError> {
        loop {
            if let Some(number) = self.chunk.next() {
                return Ok(Some(number));
            }
            if self.done {
                return Ok(None);
            }
            let numbers = self.fetch(connection, customer_orders)?;
            match (numbers.last(), self.direction) {
                (Some(last), Direction::Down) => self.range.1 = *last,
                (Some(last), Direction::Up) => self.range.0 = *last,
                (None, _) => {}
            }
            self.done = numbers.len() < CHUNK;
            self.chunk = numbers.into_iter();
        }
    }

    fn fetch(&self, connection: &Connection, customer_orders: &SortedIndex) -> Result<Vec<i64>, LogError> {
        let (range, direction) = (self.range, self.direction);
        match &self.source {
            Source::Customer(key) => of_customer(connection, customer_orders, *key, range, direction, CHUNK),
            Source::Driver(user) => of_driver(connection, user, range, direction),
            Source::Store(store, statuses) => of_store(connection, *store, statuses, range),
        }
    }
}

fn of_driver(
    connection: &Connection,
    user: &UserId,
    (after, before): (i64, i64),
    direction: Direction,
) -> Result<Vec<i64>, LogError> {
    let order = if direction == Direction::Down { "DESC" } else { "ASC" };
    let mut find = connection.prepare_cached(&format!(
        "SELECT number FROM driver_orders WHERE driver = ?1 AND number > ?2 AND number < ?3 \
         ORDER BY number {order} LIMIT ?4"
    ))?;
    let limit = i64::try_from(CHUNK).unwrap_or(i64::MAX);
    let numbers = find.query_map((user.as_str(), after, before, limit), |row| row.get(0))?;
    Ok(numbers.collect::<Result<_, _>>()?)
}

/// The oldest orders of a store in some statuses: merged from the index of each status.
fn of_store(
    connection: &Connection,
    store: i64,
    statuses: &[Status],
    (after, before): (i64, i64),
) -> Result<Vec<i64>, LogError> {
    let mut find = connection.prepare_cached(
        "SELECT number FROM orders WHERE store = ?1 AND status = ?2 AND number > ?3 AND number < ?4 \
         ORDER BY number LIMIT ?5",
    )?;
    let limit = i64::try_from(CHUNK).unwrap_or(i64::MAX);
    let mut numbers: Vec<i64> = Vec::new();
    for status in Status::ALL.into_iter().filter(|status| statuses.is_empty() || statuses.contains(status)) {
        for number in find.query_map((store, status_code(status), after, before, limit), |row| row.get(0))? {
            numbers.push(number?);
        }
    }
    numbers.sort_unstable();
    numbers.truncate(CHUNK);
    Ok(numbers)
}
