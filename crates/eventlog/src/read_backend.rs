//! What a database must be able to read: one trait for each subject, and [`ReadBackend`] for all of them.
//!
//! Every answer comes from one snapshot, and a [`ReadAt`] says which. Reads never wait for the writer.

mod accounts;
mod admin;
mod catalogue;
mod inbox;
mod kept_state;
mod log;
mod orders;
mod stats;

pub use accounts::AccountQueries;
pub use admin::AdminQueries;
pub use catalogue::{CatalogueQueries, ProductFilter};
pub use inbox::InboxQueries;
pub use kept_state::KeptStateQueries;
pub use log::{EventPage, LogQueries, TailError};
pub use orders::{
    OrderFilter, OrderPage, OrderQueries, OrderSort, PagePosition, TRACKED_EVENTS, TrackedPage,
};
pub use stats::StatsQueries;

use crate::cursor::Cursor;

/// Everything that can be read. Implemented for each type that implements the traits of all subjects.
pub trait ReadBackend:
    OrderQueries
    + CatalogueQueries
    + InboxQueries
    + AccountQueries
    + StatsQueries
    + LogQueries
    + KeptStateQueries
    + AdminQueries
{
}

impl<B> ReadBackend for B where
    B: OrderQueries
        + CatalogueQueries
        + InboxQueries
        + AccountQueries
        + StatsQueries
        + LogQueries
        + KeptStateQueries
        + AdminQueries
{
}

/// A value, and the snapshot it was read from.
#[derive(Debug, Clone)]
pub struct ReadAt<T> {
    pub value: T,
    /// The value includes every event up to and including this position, and none after it.
    pub cursor: Cursor,
}
