//! Orders by what a person types.

use orders::OrderRef;
use rusqlite::{Connection, OptionalExtension};

use super::rows;
use super::sorted_index::SortedIndex;
use crate::error::LogError;

/// How many people a search by name looks at: the ones who came last.
const MOST_PEOPLE: i64 = 200;
/// How many of a person's orders a search by name looks at: the newest.
const MOST_OF_A_PERSON: usize = 1000;
/// How many words of a text count.
const MOST_WORDS: usize = 8;

/// The numbers of orders below a number, the newest first: by an order's number or id, a tracking number, or words of
/// its customer's name, address or phone.
pub(super) fn find(
    connection: &Connection,
    runs: &SortedIndex,
    text: &str,
    before: i64,
) -> Result<Vec<i64>, LogError> {
    let text = text.trim();
    let mut numbers = Vec::new();
    match text.parse() {
        Ok(OrderRef::Number(number)) => numbers.push(rows::number_to_sql(number)),
        Ok(OrderRef::Id(id)) => {
            let mut find = connection.prepare_cached("SELECT number FROM orders WHERE id = ?1")?;
            let found = find.query_row([id.uuid().as_bytes().as_slice()], |row| row.get::<_, i64>(0));
            numbers.extend(found.optional()?);
        }
        Err(_) => {}
    }
    let mut tracked = connection.prepare_cached("SELECT number FROM tracking_numbers WHERE tracking = ?1")?;
    numbers.extend(tracked.query_map([text], |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?);
    if let Some(query) = query(text) {
        let mut people = connection
            .prepare_cached("SELECT rowid FROM people WHERE people MATCH ?1 ORDER BY rowid DESC LIMIT ?2")?;
        let keys =
            people.query_map((query, MOST_PEOPLE), |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
        for key in keys {
            numbers.extend(runs.find(connection, key, before, MOST_OF_A_PERSON)?);
        }
    }
    numbers.retain(|number| *number < before);
    numbers.sort_unstable_by(|a, b| b.cmp(a));
    numbers.dedup();
    Ok(numbers)
}

/// What a person typed as an FTS5 query: every word must begin some word. Quoted, so that nothing in it is syntax.
fn query(text: &str) -> Option<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let query: Vec<String> = words.take(MOST_WORDS).map(|word| format!("\"{word}\"*")).collect();
    let query = (!query.is_empty()).then(|| query.join(" "))?;
    // A phone number in the caller's own grouping: the digits alone stand in the index too.
    let phone = text.chars().all(|c| c.is_ascii_digit() || " +-/().".contains(c));
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    Some(if phone && digits.len() > 4 { format!("({query}) OR \"{digits}\"*") } else { query })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_a_person_types_is_syntax() {
        assert_eq!(query("asha NEAR(rao)").as_deref(), Some("\"asha\"* \"NEAR\"* \"rao\"*"));
        assert_eq!(query("\"a* OR b:c^").as_deref(), Some("\"a\"* \"OR\"* \"b\"* \"c\"*"));
        for nothing in ["", "  ", "\"", "***", "-", "\0"] {
            assert_eq!(query(nothing), None, "{nothing:?}");
        }
    }

    #[test]
    fn a_phone_number_is_found_in_any_grouping() {
        assert_eq!(query("+49 170-12").as_deref(), Some("(\"49\"* \"170\"* \"12\"*) OR \"4917012\"*"));
        assert_eq!(query("12 4").as_deref(), Some("\"12\"* \"4\"*"));
    }
}
