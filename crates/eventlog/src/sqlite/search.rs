//! Searches orders by number, id, tracking number, or words of the customer.

use foldhash::{HashSet, HashSetExt as _};
use orders::{OrderRef, Reference};
use rusqlite::{Connection, OptionalExtension};

use super::keys::user_key;
use super::references;
use super::rows::number_to_sql;
use crate::error::LogError;
use crate::read_backend::OrderFilter;
use crate::search::{SearchWords, tracking_key};
use crate::topic::Topic;

/// Where more customers match, looking at every order of a store is faster than looking for the orders of each customer.
const FEW_CUSTOMERS: usize = 200;
/// How many matching customers are kept in memory: the last ones who got an account.
const MAX_CUSTOMERS: usize = 1_000_000;

/// Which orders of a topic a search matches.
pub(super) enum Search {
    /// Every order: nothing is searched for, or the text finds the customer whose orders they are.
    All,
    /// Only the orders that the text names, in rising order.
    Named(Vec<i64>),
    /// Those, and the orders of the customers that the text finds.
    Customers { named: Vec<i64>, customers: Customers },
}

pub(super) enum Customers {
    Few(Vec<i64>),
    Many(HashSet<i64>),
}

impl Search {
    pub(super) fn of(connection: &Connection, filter: &OrderFilter) -> Result<Self, LogError> {
        let Some(text) = filter.text.as_deref().map(str::trim) else { return Ok(Self::All) };
        let named = named(connection, text)?;
        let Some(words) = SearchWords::parse(text) else { return Ok(Self::Named(named)) };
        let query = fts5_query(&words);
        if let Topic::Customer(user) = &filter.topic {
            let found = match user_key(connection, user)? {
                Some(key) => is_found(connection, &query, key)?,
                None => false,
            };
            return Ok(if found { Self::All } else { Self::Named(named) });
        }
        Ok(match Customers::of(connection, &query)? {
            Customers::Few(keys) if keys.is_empty() => Self::Named(named),
            customers => Self::Customers { named, customers },
        })
    }

    /// Whether an order of a customer matches.
    pub(super) fn matches(&self, number: i64, customer: i64) -> bool {
        match self {
            Self::All => true,
            Self::Named(named) => named.binary_search(&number).is_ok(),
            Self::Customers { named, customers } => {
                customers.contain(customer) || named.binary_search(&number).is_ok()
            }
        }
    }
}

/// Orders that the text names, in rising order.
fn named(connection: &Connection, text: &str) -> Result<Vec<i64>, LogError> {
    let mut named = Vec::new();
    match text.parse() {
        Ok(OrderRef::Number(number)) => named.push(number_to_sql(number)),
        Ok(OrderRef::Id(id)) => {
            let mut find = connection.prepare_cached("SELECT number FROM orders WHERE id = ?1")?;
            let number = find.query_row([id.uuid().as_bytes().as_slice()], |row| row.get::<_, i64>(0));
            named.extend(number.optional()?);
        }
        Err(_) => {
            if let Ok(reference) = Reference::new(text) {
                named.extend(references::numbers(connection, &reference)?);
            }
        }
    }
    if let Some(key) = tracking_key(text) {
        let mut tracked =
            connection.prepare_cached("SELECT number FROM tracking_numbers WHERE tracking = ?1")?;
        named.extend(tracked.query_map([key], |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?);
    }
    named.sort_unstable();
    named.dedup();
    Ok(named)
}

/// Whether a query of the full-text index finds a customer.
fn is_found(connection: &Connection, query: &str, customer: i64) -> Result<bool, LogError> {
    let mut find = connection.prepare_cached("SELECT 1 FROM people WHERE people MATCH ?1 AND rowid = ?2")?;
    Ok(find.exists((query, customer))?)
}

impl Customers {
    fn of(connection: &Connection, query: &str) -> Result<Self, LogError> {
        let mut find = connection
            .prepare_cached("SELECT rowid FROM people WHERE people MATCH ?1 ORDER BY rowid DESC LIMIT ?2")?;
        let limit = i64::try_from(MAX_CUSTOMERS).unwrap_or(i64::MAX);
        let mut rows = find.query((query, limit))?;
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

    fn contain(&self, customer: i64) -> bool {
        match self {
            Self::Few(keys) => keys.contains(&customer),
            Self::Many(keys) => keys.contains(&customer),
        }
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
        assert_eq!(query("asha NEAR(rao)"), "\"asha\"* AND \"near\"* AND \"rao\"*");
        assert_eq!(query("Søren"), "(\"soren\"* OR \"soeren\"*)");
        assert_eq!(query("49 170-12"), "(\"49\"* AND (\"170 12\"* OR \"17012\"*)) OR \"4917012\"*");
    }
}
