//! A store's statistics.

use async_trait::async_trait;
use jiff::Timestamp;
use orders::StoreId;

use super::ReadAt;
use crate::error::LogError;
use crate::stats::{Series, Stats};

#[async_trait]
pub trait StatsQueries: Send + Sync + 'static {
    /// Orders by status, and the activity since a time.
    async fn stats(&self, store: StoreId, since: Timestamp) -> Result<ReadAt<Stats>, LogError>;

    /// Statistics over time: one interval between each two `edges`, which rise and are multiples of
    /// [`BUCKET_SECONDS`](crate::stats::BUCKET_SECONDS); and the `top` best-selling products of all intervals together.
    /// The cost grows with the time between the edges, not with the number of orders.
    async fn series(
        &self,
        store: StoreId,
        edges: Vec<Timestamp>,
        top: usize,
    ) -> Result<ReadAt<Series>, LogError>;
}
