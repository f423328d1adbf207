//! Joins of live clients.

use async_trait::async_trait;
use rusqlite::{Connection, Row};

use super::read_backend::SqliteReadBackend;
use super::rows;
use crate::error::LogError;
use crate::joins::{JoinsChange, StoredJoins};
use crate::read_backend::JoinQueries;

fn stored(row: &Row<'_>) -> Result<StoredJoins, LogError> {
    Ok(StoredJoins { client: row.get::<_, String>(0)?.into(), state: row.get(1)? })
}

pub(super) fn all(connection: &Connection) -> Result<Vec<StoredJoins>, LogError> {
    let mut find = connection.prepare_cached("SELECT client, state FROM joins ORDER BY client")?;
    rows::collect(find.query(())?, stored)
}

pub(super) fn change(connection: &Connection, change: &JoinsChange) -> Result<(), LogError> {
    match change {
        JoinsChange::Store(StoredJoins { client, state }) => connection
            .prepare_cached("INSERT OR REPLACE INTO joins (client, state) VALUES (?1, ?2)")?
            .execute((&**client, state))?,
        JoinsChange::Remove { client } => {
            connection.prepare_cached("DELETE FROM joins WHERE client = ?1")?.execute([&**client])?
        }
    };
    Ok(())
}

#[async_trait]
impl JoinQueries for SqliteReadBackend {
    async fn joins(&self) -> Result<Vec<StoredJoins>, LogError> {
        self.read(all).await
    }
}
