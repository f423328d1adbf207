//! Searches orders by number, id, tracking number, or words of the customer.

use orders::OrderRef;
use rusqlite::{Connection, OptionalExtension};

use super::rows::number_to_sql;
use super::sorted_index::SortedIndex;
use crate::error::LogError;
use crate::search::SearchWords;

/// How many matching customers a search considers: the last ones who got an account.
const MAX_CUSTOMERS: i64 = 200;
/// How many orders of each customer a search considers: the newest.
const MAX_ORDERS_PER_CUSTOMER: usize = 1000;

/// The numbers of matching orders below `before`, newest first.
pub(super) fn find(
    connection: &Connection,
    customer_orders: &SortedIndex,
    text: &str,
    before: i64,
) -> Result<Vec<i64>, LogError> {
    let text = text.trim();
    let mut numbers = Vec::new();
    match text.parse() {
        Ok(OrderRef::Number(number)) => numbers.push(number_to_sql(number)),
        Ok(OrderRef::Id(id)) => {
            let mut find = connection.prepare_cached("SELECT number FROM orders WHERE id = ?1")?;
            let number = find.query_row([id.uuid().as_bytes().as_slice()], |row| row.get::<_, i64>(0));
            numbers.extend(number.optional()?);
        }
        Err(_) => {}
    }
    let mut tracked = connection.prepare_cached("SELECT number FROM tracking_numbers WHERE tracking = ?1")?;
    numbers.extend(tracked.query_map([text], |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?);
    if let Some(words) = SearchWords::parse(text) {
        let mut customers = connection
            .prepare_cached("SELECT rowid FROM people WHERE people MATCH ?1 ORDER BY rowid DESC LIMIT ?2")?;
        let keys = customers
            .query_map((fts5_query(&words), MAX_CUSTOMERS), |row| row.get(0))?
            .collect::<Result<Vec<i64>, _>>()?;
        for key in keys {
            numbers.extend(customer_orders.find(connection, key, before, MAX_ORDERS_PER_CUSTOMER)?);
        }
    }
    numbers.retain(|number| *number < before);
    numbers.sort_unstable_by(|a, b| b.cmp(a));
    numbers.dedup();
    Ok(numbers)
}

/// As an FTS5 query. The words are quoted, so that none of them is an operator.
fn fts5_query(SearchWords { words, phone }: &SearchWords) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("\"{word}\"*")).collect();
    let words = words.join(" ");
    match phone {
        Some(digits) => format!("({words}) OR \"{digits}\"*"),
        None => words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_a_person_types_is_syntax() {
        let query = |text: &str| fts5_query(&SearchWords::parse(text).unwrap());
        assert_eq!(query("asha NEAR(rao)"), "\"asha\"* \"NEAR\"* \"rao\"*");
        assert_eq!(query("+49 170-12"), "(\"49\"* \"170\"* \"12\"*) OR \"4917012\"*");
    }
}
