//! Health checks and backups.

use std::path::Path;

use async_trait::async_trait;

use crate::error::LogError;

#[async_trait]
pub trait AdminQueries: Send + Sync + 'static {
    /// The size of the database in bytes. Fails when the database does not answer.
    async fn health(&self) -> Result<u64, LogError>;

    /// Writes a consistent copy of the whole database to `to`, which must not exist.
    async fn backup(&self, to: &Path) -> Result<(), LogError>;
}
