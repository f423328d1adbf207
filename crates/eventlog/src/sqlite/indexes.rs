//! The sorted indexes that readers and the writer share.

use std::sync::Arc;

use rusqlite::Connection;

use super::recipient_index;
use super::sorted_index::{IndexEntry, IndexSource, SortedIndex};
use crate::error::LogError;

#[derive(Clone)]
pub(super) struct SortedIndexes {
    /// The orders of each customer, by number.
    pub(super) customer_orders: Arc<SortedIndex>,
    /// The events that concern each person and store: see `recipient_index.rs`.
    pub(super) recipients: Arc<SortedIndex>,
}

const CUSTOMER_ORDERS: IndexSource = IndexSource {
    name: "customer",
    newest: "SELECT coalesce(max(number), 0) FROM orders",
    load_after: |connection, last| {
        let mut rest = connection
            .prepare_cached("SELECT customer, number FROM orders WHERE number > ?1 ORDER BY number")?;
        let rest = rest.query_map([last], |row| Ok(IndexEntry { key: row.get(0)?, value: row.get(1)? }))?;
        Ok(rest.collect::<Result<_, _>>()?)
    },
};

impl SortedIndexes {
    pub(super) fn open(connection: &Connection) -> Result<Self, LogError> {
        Ok(Self {
            customer_orders: Arc::new(SortedIndex::open(connection, CUSTOMER_ORDERS)?),
            recipients: Arc::new(SortedIndex::open(connection, recipient_index::SOURCE)?),
        })
    }

    /// The indexes for one reader's snapshot. They are the shared ones, unless another process wrote since our last
    /// batch.
    pub(super) fn for_snapshot(&self, connection: &Connection) -> Result<Self, LogError> {
        let for_snapshot = |index: &Arc<SortedIndex>| -> Result<_, LogError> {
            Ok(if index.is_behind(connection)? {
                Arc::new(index.extended(connection)?)
            } else {
                Arc::clone(index)
            })
        };
        Ok(Self {
            customer_orders: for_snapshot(&self.customer_orders)?,
            recipients: for_snapshot(&self.recipients)?,
        })
    }

    /// Takes in what another process wrote, inside the writer's transaction.
    pub(super) fn reload(&self, connection: &Connection) -> Result<(), LogError> {
        self.customer_orders.reload(connection)?;
        self.recipients.reload(connection)
    }
}
