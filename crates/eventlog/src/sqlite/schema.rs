//! The schema, and migrations from older versions.
//!
//! Tables are laid out so that inserting an order appends to each of them: every table and index that grows with the
//! orders grows at its end, or at the ends of a few ranges. Entries in any other order (a customer's orders, idempotency
//! keys) are collected in memory and written as sorted runs: see `sorted_index.rs`.

use rusqlite::Connection;

use super::{deliveries, recipient_index, reservations, sales, search, users};
use crate::error::LogError;

/// `PRAGMA application_id` of an Ordercast database: "ORDC".
pub(super) const APPLICATION_ID: u32 = 0x4f52_4443;

/// Step `n` migrates from schema `n` to schema `n + 1`. Released steps never change.
const STEPS: &[&str] = &[
    include_str!("schema/1.sql"),
    include_str!("schema/2.sql"),
    include_str!("schema/3.sql"),
    include_str!("schema/4.sql"),
    include_str!("schema/5.sql"),
    include_str!("schema/6.sql"),
    include_str!("schema/7.sql"),
    include_str!("schema/8.sql"),
    include_str!("schema/9.sql"),
    include_str!("schema/10.sql"),
    include_str!("schema/11.sql"),
    include_str!("schema/12.sql"),
];
/// The step that adds the recipient index, which is then filled from the stored events.
const TOPICS: usize = 1;
/// The step that adds the table of [`reservations`], which is then filled from the stored orders.
const RESERVATIONS: usize = 2;
/// The step that adds sales and delivery times, which are then counted from the stored orders and events.
const SERIES: usize = 3;
/// The step after which cancelled and refunded orders are no longer sales.
const NET_SALES: usize = 6;
/// The step after which words and tracking numbers are found in other spellings.
const SPELLINGS: usize = 7;
/// The step after which every letter has one form in the search index.
const FOLDED_WORDS: usize = 10;
/// The step after which e-mail addresses are in NFC.
const EMAILS: usize = 11;

/// The schema this version writes.
pub(super) fn known() -> u32 {
    u32::try_from(STEPS.len()).unwrap_or(u32::MAX)
}

/// The schema of a database; 0 when it is empty.
pub(super) fn version(connection: &Connection) -> Result<u32, LogError> {
    let not_ours = || LogError::foreign_database(connection.path().unwrap_or("the file"));
    let tables: rusqlite::Result<u32> =
        connection.query_row("SELECT count(*) FROM sqlite_schema", (), |row| row.get(0));
    let tables = match tables {
        Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::NotADatabase) => {
            return Err(not_ours());
        }
        tables => tables?,
    };
    let id: u32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    if id != APPLICATION_ID && tables > 0 {
        return Err(not_ours());
    }
    // An empty file.
    if tables == 0 {
        return Ok(0);
    }
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

/// The schema of a database. Fails for a database of a newer version.
pub(super) fn check(connection: &Connection) -> Result<u32, LogError> {
    let (found, known) = (version(connection)?, known());
    if found > known { Err(LogError::schema_too_new(found, known)) } else { Ok(found) }
}

/// Migrates a database to the newest schema, each step in its own transaction. Returns the schema it had.
pub(super) fn migrate(connection: &mut Connection, epoch: &str) -> Result<u32, LogError> {
    let found = check(connection)?;
    for (done, step) in STEPS.iter().enumerate().skip(found as usize) {
        let change = connection.transaction()?;
        change.execute_batch(step)?;
        if done == 0 {
            change.execute("INSERT INTO meta (name, value) VALUES ('epoch', ?1)", [epoch])?;
        }
        match done {
            TOPICS => recipient_index::fill(&change)?,
            RESERVATIONS => reservations::fill(&change)?,
            SERIES => {
                sales::fill(&change)?;
                deliveries::fill(&change)?;
            }
            NET_SALES => sales::recount(&change)?,
            SPELLINGS | FOLDED_WORDS => {
                search::rekey_tracking_numbers(&change)?;
                users::reindex(&change)?;
            }
            EMAILS => users::normalize_emails(&change)?,
            _ => {}
        }
        change.pragma_update(None, "application_id", APPLICATION_ID)?;
        change.pragma_update(None, "user_version", u32::try_from(done + 1).unwrap_or(u32::MAX))?;
        change.commit()?;
    }
    Ok(found)
}
