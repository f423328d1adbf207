//! State that is kept beside the log.

use async_trait::async_trait;

use crate::error::LogError;
use crate::kept_state::{KeptState, StateOwner};

#[async_trait]
pub trait KeptStateQueries: Send + Sync + 'static {
    /// All state of an owner, by key.
    async fn kept_states(&self, owner: StateOwner) -> Result<Vec<KeptState>, LogError>;
}
