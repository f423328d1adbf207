//! A log without a database, for tests under a paused clock: a real read would advance the clock.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use eventlog::Consumer;
use eventlog::accounts::{Email, Revoked, TokenHash, User};
use eventlog::inbox::InboxEntry;
use eventlog::read_backend::{
    AccountQueries, AdminQueries, CatalogueQueries, InboxQueries, KeptStateQueries, LogQueries, OrderQueries,
    StatsQueries,
};
use eventlog::stats::{Series, Stats};
use eventlog::{
    CatalogProduct, CommittedBatch, Cursor, Epoch, EventPage, EventWithContext, Inbox, InboxFilter,
    InboxPage, KeptState, LogError, OrderFilter, OrderPage, ProductFilter, ReadAt, Seq, Snapshot, StateOwner,
    StoredEvent, TailError, Topic, TrackedPage,
};
use jiff::Timestamp;
use ordercast_live::Hub;
use orders::order::Version;
use orders::view::EventContext;
use orders::{
    Change, Event, EventId, Kind, OrderNumber, OrderRef, ProductId, Reference, Status, StoreId, Subject,
    UserId,
};
use uuid::Uuid;

use super::shop::staff;

#[derive(Default)]
pub(crate) struct FixedLog {
    pub(crate) head: AtomicU64,
    pub(crate) counted: AtomicU64,
    pub(crate) broken: std::sync::atomic::AtomicBool,
    /// What `events` reads. If there are none, it fails.
    pub(crate) stored: Mutex<Vec<EventWithContext>>,
}

impl FixedLog {
    pub(crate) fn hub(self: &Arc<Self>) -> Arc<Hub> {
        Arc::new(Hub::new(Arc::clone(self) as _, self.cursor()))
    }

    pub(crate) fn cursor(&self) -> Cursor {
        Cursor { epoch: Epoch::stored("log"), seq: Seq(self.head.load(Ordering::SeqCst)) }
    }

    /// Publishes an event of a product of the main store.
    pub(crate) fn happen(&self, hub: &Hub) {
        let events = vec![self.next_event()];
        hub.publish(CommittedBatch { events, ephemeral: Vec::new(), at: Timestamp::UNIX_EPOCH });
    }

    /// The next event, of a product of the main store.
    pub(crate) fn next_event(&self) -> EventWithContext {
        let seq = Seq(self.head.fetch_add(1, Ordering::SeqCst) + 1);
        let event = Event {
            subject: Subject::Product { id: ProductId::new(Uuid::nil()), store: StoreId::main() },
            kind: Kind::ProductUpdated,
            version: Version(1),
            actor: staff("main"),
            at: Timestamp::UNIX_EPOCH,
            changes: vec![Change::StockCounted { on_hand: 1 }],
        };
        let stored = Arc::new(StoredEvent { seq, id: EventId::new(Uuid::from_u128(seq.0.into())), event });
        EventWithContext { stored, context: EventContext::default() }
    }
}

#[async_trait]
impl LogQueries for FixedLog {
    async fn head(&self) -> Result<Cursor, LogError> {
        Ok(self.cursor())
    }

    async fn tail(&self, _: Topic, _: Seq, _: usize) -> Result<EventPage, TailError> {
        Err(TailError::Log(LogError::cancelled()))
    }

    async fn events(&self, after: Seq, limit: usize) -> Result<EventPage, TailError> {
        let stored = self.stored.lock().unwrap();
        if stored.is_empty() {
            return Err(TailError::Log(LogError::cancelled()));
        }
        let events = stored.iter().filter(|event| event.stored.seq > after).take(limit).cloned().collect();
        let head = self.cursor().seq;
        Ok(EventPage { events, through: head, head })
    }

    async fn consumers(&self) -> Result<ReadAt<Vec<Consumer>>, LogError> {
        Err(LogError::cancelled())
    }
}

#[async_trait]
impl OrderQueries for FixedLog {
    async fn tracked_orders(&self, _: OrderFilter) -> Result<ReadAt<TrackedPage>, LogError> {
        Err(LogError::cancelled())
    }

    async fn referenced(&self, _: Reference) -> Result<Vec<Arc<Snapshot>>, LogError> {
        Err(LogError::cancelled())
    }

    async fn order(&self, _: OrderRef) -> Result<ReadAt<Option<Arc<Snapshot>>>, LogError> {
        Err(LogError::cancelled())
    }

    async fn orders(&self, _: OrderFilter) -> Result<ReadAt<OrderPage>, LogError> {
        Err(LogError::cancelled())
    }

    async fn timeline(&self, _: OrderNumber) -> Result<ReadAt<Vec<EventWithContext>>, LogError> {
        Err(LogError::cancelled())
    }

    async fn customer_counts(&self, _: UserId) -> Result<ReadAt<Vec<(Status, i64)>>, LogError> {
        Err(LogError::cancelled())
    }

    async fn reservations_due(&self, _: Timestamp, _: usize) -> Result<Vec<OrderNumber>, LogError> {
        Err(LogError::cancelled())
    }
}

#[async_trait]
impl CatalogueQueries for FixedLog {
    async fn products(&self, _: ProductFilter) -> Result<(Vec<CatalogProduct>, bool), LogError> {
        Err(LogError::cancelled())
    }

    async fn product(&self, _: ProductId) -> Result<Option<CatalogProduct>, LogError> {
        Err(LogError::cancelled())
    }
}

#[async_trait]
impl InboxQueries for FixedLog {
    async fn inbox(&self, _: InboxFilter) -> Result<ReadAt<InboxPage>, LogError> {
        Err(LogError::cancelled())
    }

    async fn unread(&self, _: Inbox) -> Result<ReadAt<usize>, LogError> {
        Err(LogError::cancelled())
    }

    async fn inbox_entry(&self, _: Inbox, _: EventId) -> Result<Option<InboxEntry>, LogError> {
        Err(LogError::cancelled())
    }
}

#[async_trait]
impl AccountQueries for FixedLog {
    async fn user(&self, _: UserId) -> Result<Option<User>, LogError> {
        Err(LogError::cancelled())
    }

    async fn user_by_email(&self, _: Email) -> Result<Option<User>, LogError> {
        Err(LogError::cancelled())
    }

    async fn user_by_reset(&self, _: TokenHash, _: Timestamp) -> Result<Option<User>, LogError> {
        Err(LogError::cancelled())
    }

    async fn users(&self, _: usize) -> Result<Vec<User>, LogError> {
        Err(LogError::cancelled())
    }

    async fn revoked(&self) -> Result<Revoked, LogError> {
        Err(LogError::cancelled())
    }
}

#[async_trait]
impl StatsQueries for FixedLog {
    async fn stats(&self, _: StoreId, _: Timestamp) -> Result<ReadAt<Stats>, LogError> {
        self.counted.fetch_add(1, Ordering::SeqCst);
        if self.broken.load(Ordering::SeqCst) {
            return Err(LogError::cancelled());
        }
        Ok(ReadAt { value: Stats::default(), cursor: self.cursor() })
    }

    async fn series(&self, _: StoreId, _: Vec<Timestamp>, _: usize) -> Result<ReadAt<Series>, LogError> {
        Err(LogError::cancelled())
    }
}

#[async_trait]
impl KeptStateQueries for FixedLog {
    async fn kept_states(&self, _: StateOwner) -> Result<Vec<KeptState>, LogError> {
        Ok(Vec::new())
    }
}

#[async_trait]
impl AdminQueries for FixedLog {
    async fn health(&self) -> Result<u64, LogError> {
        Err(LogError::cancelled())
    }

    async fn backup(&self, _: &Path) -> Result<(), LogError> {
        Err(LogError::cancelled())
    }
}
