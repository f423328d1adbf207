//! State that is kept beside the log.

use async_trait::async_trait;
use rusqlite::{Connection, Row};

use super::read_backend::SqliteReadBackend;
use super::rows;
use crate::error::LogError;
use crate::kept_state::{KeptState, StateChange, StateOwner};
use crate::read_backend::KeptStateQueries;

fn kept(row: &Row<'_>) -> Result<KeptState, LogError> {
    Ok(KeptState { key: row.get::<_, String>(0)?.into(), state: row.get(1)? })
}

pub(super) fn all(connection: &Connection, owner: StateOwner) -> Result<Vec<KeptState>, LogError> {
    let mut find =
        connection.prepare_cached("SELECT key, state FROM kept_states WHERE owner = ?1 ORDER BY key")?;
    rows::collect(find.query([owner.name()])?, kept)
}

pub(super) fn change(
    connection: &Connection,
    owner: StateOwner,
    change: &StateChange,
) -> Result<(), LogError> {
    match change {
        StateChange::Keep(KeptState { key, state }) => connection
            .prepare_cached("INSERT OR REPLACE INTO kept_states (owner, key, state) VALUES (?1, ?2, ?3)")?
            .execute((owner.name(), &**key, state))?,
        StateChange::Remove { key } => connection
            .prepare_cached("DELETE FROM kept_states WHERE owner = ?1 AND key = ?2")?
            .execute((owner.name(), &**key))?,
    };
    Ok(())
}

#[async_trait]
impl KeptStateQueries for SqliteReadBackend {
    async fn kept_states(&self, owner: StateOwner) -> Result<Vec<KeptState>, LogError> {
        self.read(move |connection| all(connection, owner)).await
    }
}
