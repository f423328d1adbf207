//! Searches orders by number, id, tracking number, or words of the customer.

use foldhash::{HashSet, HashSetExt as _};
use orders::{OrderRef, Reference};
use rusqlite::{Connection, OptionalExtension};

use super::chunks::{Chunk, Direction, of_customer};
use super::references;
use super::rows::number_to_sql;
use super::sorted_index::SortedIndex;
use crate::error::LogError;
use crate::search::{SearchWords, tracking_key};

/// Where more customers match, looking at every order is faster than looking for the orders of each customer.
const FEW_CUSTOMERS: usize = 200;
/// How many matching customers are kept in memory: the last ones who got an account.
const MAX_CUSTOMERS: usize = 1_000_000;
/// How many orders of each customer are fetched at a time.
const ORDERS_PER_CUSTOMER: usize = 256;
/// How many orders are looked at at a time.
const SCANNED: usize = 4096;

/// What a search text matches.
pub(super) struct Matches {
    /// Orders that the text names, in rising order.
    exact: Vec<i64>,
    customers: Customers,
}

enum Customers {
    Few(Vec<i64>),
    Many(HashSet<i64>),
}

impl Matches {
    pub(super) fn of(connection: &Connection, text: &str) -> Result<Self, LogError> {
        let text = text.trim();
        let mut exact = Vec::new();
        match text.parse() {
            Ok(OrderRef::Number(number)) => exact.push(number_to_sql(number)),
            Ok(OrderRef::Id(id)) => {
                let mut find = connection.prepare_cached("SELECT number FROM orders WHERE id = ?1")?;
                let number = find.query_row([id.uuid().as_bytes().as_slice()], |row| row.get::<_, i64>(0));
                exact.extend(number.optional()?);
            }
            Err(_) => {
                if let Ok(reference) = Reference::new(text) {
                    exact.extend(references::numbers(connection, &reference)?);
                }
            }
        }
        if let Some(key) = tracking_key(text) {
            let mut tracked =
                connection.prepare_cached("SELECT number FROM tracking_numbers WHERE tracking = ?1")?;
            exact.extend(tracked.query_map([key], |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?);
        }
        exact.sort_unstable();
        exact.dedup();
        Ok(Self { exact, customers: Customers::of(connection, text)? })
    }

    /// The next matching orders of a range, in a direction.
    pub(super) fn chunk(
        &self,
        connection: &Connection,
        customer_orders: &SortedIndex,
        range: (i64, i64),
        direction: Direction,
    ) -> Result<Chunk, LogError> {
        match &self.customers {
            Customers::Few(keys) => self.of_few(connection, customer_orders, keys, range, direction),
            Customers::Many(keys) => self.of_many(connection, keys, range, direction),
        }
    }

    fn of_few(
        &self,
        connection: &Connection,
        customer_orders: &SortedIndex,
        keys: &[i64],
        range: (i64, i64),
        direction: Direction,
    ) -> Result<Chunk, LogError> {
        let mut numbers: Vec<i64> = Vec::new();
        // Up to where the orders of every customer were fetched.
        let mut reached: Option<i64> = None;
        for key in keys {
            let limit = ORDERS_PER_CUSTOMER;
            let fetched = of_customer(connection, customer_orders, *key, range, direction, limit)?;
            if let Some(last) = fetched.last().filter(|_| fetched.len() == limit) {
                reached = Some(match direction {
                    Direction::Down => reached.map_or(*last, |reached| reached.max(*last)),
                    Direction::Up => reached.map_or(*last, |reached| reached.min(*last)),
                });
            }
            numbers.extend(fetched);
        }
        numbers.extend(self.exact.iter().filter(|number| (range.0 + 1..range.1).contains(*number)));
        if let Some(reached) = reached {
            numbers.retain(|number| match direction {
                Direction::Down => *number >= reached,
                Direction::Up => *number <= reached,
            });
        }
        numbers.sort_unstable();
        numbers.dedup();
        if direction == Direction::Down {
            numbers.reverse();
        }
        Ok(Chunk { scanned: numbers.len(), numbers, reached })
    }

    fn of_many(
        &self,
        connection: &Connection,
        keys: &HashSet<i64>,
        (after, before): (i64, i64),
        direction: Direction,
    ) -> Result<Chunk, LogError> {
        let order = if direction == Direction::Down { "DESC" } else { "ASC" };
        let mut scan = connection.prepare_cached(&format!(
            "SELECT number, customer FROM orders WHERE number > ?1 AND number < ?2 ORDER BY number {order} LIMIT ?3"
        ))?;
        let mut rows = scan.query((after, before, i64::try_from(SCANNED).unwrap_or(i64::MAX)))?;
        let (mut numbers, mut scanned, mut last) = (Vec::new(), 0, None);
        while let Some(row) = rows.next()? {
            let (number, customer): (i64, i64) = (row.get(0)?, row.get(1)?);
            (scanned, last) = (scanned + 1, Some(number));
            if keys.contains(&customer) || self.exact.binary_search(&number).is_ok() {
                numbers.push(number);
            }
        }
        Ok(Chunk { numbers, reached: last.filter(|_| scanned == SCANNED), scanned })
    }
}

impl Customers {
    fn of(connection: &Connection, text: &str) -> Result<Self, LogError> {
        let Some(words) = SearchWords::parse(text) else { return Ok(Self::Few(Vec::new())) };
        let mut find = connection
            .prepare_cached("SELECT rowid FROM people WHERE people MATCH ?1 ORDER BY rowid DESC LIMIT ?2")?;
        let limit = i64::try_from(MAX_CUSTOMERS).unwrap_or(i64::MAX);
        let mut rows = find.query((fts5_query(&words), limit))?;
        let (mut few, mut many) = (Vec::new(), HashSet::new());
        while let Some(row) = rows.next()? {
            if few.len() < FEW_CUSTOMERS {
                few.push(row.get(0)?);
            } else {
                many.extend([row.get::<_, i64>(0)?]);
            }
        }
        if many.is_empty() {
            return Ok(Self::Few(few));
        }
        many.extend(few);
        Ok(Self::Many(many))
    }
}

/// Fills the tracking numbers again, inside the migration that changes how they are compared.
pub(super) fn rekey_tracking_numbers(connection: &Connection) -> Result<(), LogError> {
    let mut old = connection.prepare("SELECT tracking, number FROM old_tracking_numbers")?;
    let mut insert =
        connection.prepare("INSERT OR IGNORE INTO tracking_numbers (tracking, number) VALUES (?1, ?2)")?;
    let mut rows = old.query(())?;
    while let Some(row) = rows.next()? {
        let (tracking, number): (String, i64) = (row.get(0)?, row.get(1)?);
        if let Some(key) = tracking_key(&tracking) {
            insert.execute((key, number))?;
        }
    }
    drop(rows);
    drop(old);
    connection.execute("DROP TABLE old_tracking_numbers", ())?;
    Ok(())
}

/// As an FTS5 query. The words are quoted, so that none of them is an operator.
fn fts5_query(SearchWords { words, phones }: &SearchWords) -> String {
    let any = |words: &[String]| {
        let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"*")).collect();
        if quoted.len() == 1 { quoted.concat() } else { format!("({})", quoted.join(" OR ")) }
    };
    let words = words.iter().map(|spellings| any(spellings)).collect::<Vec<_>>().join(" AND ");
    if phones.is_empty() { words } else { format!("({words}) OR {}", any(phones)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_a_person_types_is_syntax() {
        let query = |text: &str| fts5_query(&SearchWords::parse(text).unwrap());
        assert_eq!(query("asha NEAR(rao)"), "\"asha\"* AND \"NEAR\"* AND \"rao\"*");
        assert_eq!(query("Søren"), "(\"Søren\"* OR \"soren\"*)");
        assert_eq!(query("49 170-12"), "(\"49\"* AND \"170\"* AND \"12\"*) OR \"4917012\"*");
    }
}
