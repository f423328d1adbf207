//! Positions of named consumers.

use rusqlite::{Connection, Row};

use super::rows::{self, millis, timestamp};
use crate::consumers::{Consumer, ConsumerName};
use crate::cursor::Seq;
use crate::error::LogError;

fn consumer(row: &Row<'_>) -> Result<Consumer, LogError> {
    let name: String = row.get(0)?;
    Ok(Consumer {
        name: name.parse().map_err(|_| LogError::corrupt(format!("consumer {name}")))?,
        position: Seq(row.get::<_, i64>(1)?.unsigned_abs()),
        updated_at: timestamp(row.get(2)?),
    })
}

pub(super) fn find(connection: &Connection, name: &ConsumerName) -> Result<Option<Consumer>, LogError> {
    let mut find =
        connection.prepare_cached("SELECT name, position, updated_at FROM consumers WHERE name = ?1")?;
    rows::first(find.query([name.as_str()])?, consumer)
}

pub(super) fn all(connection: &Connection) -> Result<Vec<Consumer>, LogError> {
    let mut find =
        connection.prepare_cached("SELECT name, position, updated_at FROM consumers ORDER BY name")?;
    rows::collect(find.query(())?, consumer)
}

pub(super) fn store(connection: &Connection, consumer: &Consumer) -> Result<(), LogError> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO consumers (name, position, updated_at) VALUES (?1, ?2, ?3)")?
        .execute((consumer.name.as_str(), consumer.position.sql(), millis(consumer.updated_at)))?;
    Ok(())
}

pub(super) fn remove(connection: &Connection, name: &ConsumerName) -> Result<(), LogError> {
    connection.prepare_cached("DELETE FROM consumers WHERE name = ?1")?.execute([name.as_str()])?;
    Ok(())
}
