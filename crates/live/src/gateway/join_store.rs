//! Keeps the log's copy of the join cache up to date, and reads it after a restart.

use eventlog::StateOwner;

use super::{Authorizer, Denial, Gateway};

impl<A: Authorizer> Gateway<A> {
    /// Reads what was stored before the server started, once.
    pub(super) async fn load_joins(&self) {
        let load = || async {
            match self.hub.read_backend().kept_states(StateOwner::Joins).await {
                Ok(stored) => {
                    self.joins.load(stored, self.started);
                    self.save_joins_later();
                }
                Err(error) => {
                    tracing::error!(%error, "joined orders cannot be read, clients have to join again");
                    self.joins.load_failed(self.authorizer.now());
                }
            }
        };
        self.joins_loaded.get_or_init(load).await;
    }

    /// Returns once every change of the joins until now is stored. While one change is written, others gather for the next
    /// write. A change that is not stored is tried again with the next one.
    pub(super) async fn save_joins(&self) -> Result<(), Denial> {
        // In a task of its own: a handler that is given up must not lose the changes that it has taken.
        match self.me.upgrade().map(|gateway| tokio::spawn(async move { gateway.save_unsaved_joins().await }))
        {
            Some(saving) => saving.await.unwrap_or(Ok(())),
            None => Ok(()),
        }
    }

    async fn save_unsaved_joins(&self) -> Result<(), Denial> {
        let _turn = self.saving_joins.lock().await;
        let changes = self.joins.take_unsaved();
        if changes.is_empty() {
            return Ok(());
        }
        let saved = self.authorizer.save_joins(changes.clone()).await;
        if saved.is_err() {
            self.joins.not_saved(changes);
        }
        saved
    }

    /// [`save_joins`](Self::save_joins) in a task of its own.
    pub(super) fn save_joins_later(&self) {
        if let Some(gateway) = self.me.upgrade() {
            tokio::spawn(async move { drop(gateway.save_unsaved_joins().await) });
        }
    }
}
