//! Joins of live clients.

use async_trait::async_trait;

use crate::error::LogError;
use crate::joins::StoredJoins;

#[async_trait]
pub trait JoinQueries: Send + Sync + 'static {
    /// What is stored of every live client.
    async fn joins(&self) -> Result<Vec<StoredJoins>, LogError>;
}
