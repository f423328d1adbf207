//! A real log. A test decides when its events are published to the hub.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::thread::JoinHandle;
use std::time::Duration;

use eventlog::sqlite::{Database, DatabaseOptions, Synchronous};
use eventlog::{
    CatalogProduct, Clock, CommittedBatch, Cursor, ExternalUser, Outcome, ReadBackend, Seq, Snapshot,
    StoredEvent, Submission, Topic, Writer,
};
use jiff::{SignedDuration, Timestamp};
use ordercast_live::{Delivery, Hub, Subscription};
use orders::command::{CreateProduct, PlaceOrder, SetDelivery, SetStatus};
use orders::order::PaymentMethod;
use orders::product::Details;
use orders::{
    Actor, Address, Command, Money, OrderId, OrderNumber, OrderRef, Partner, ProductId, Role, Status,
    StoreId, UserId,
};
use uuid::Uuid;

/// A test that waits longer than this fails.
pub(crate) const DEADLINE: Duration = Duration::from_secs(30);

/// A clock that stands still unless a test advances it.
pub(crate) struct TestClock {
    now: Mutex<Timestamp>,
    ids: AtomicU64,
}

impl TestClock {
    pub(crate) fn advance(&self, by: SignedDuration) {
        *self.now.lock().unwrap() += by;
    }

    pub(crate) fn next_id(&self) -> Uuid {
        let mut random = [0; 10];
        random[2..].copy_from_slice(&self.ids.fetch_add(1, Ordering::Relaxed).to_be_bytes());
        let millis = u64::try_from(Clock::now(self).as_millisecond()).unwrap();
        uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    fn uuid(&self) -> Uuid {
        self.next_id()
    }
}

/// Called with each committed batch.
type Onward = Arc<Mutex<Box<dyn FnMut(CommittedBatch) + Send>>>;

pub(crate) struct Shop {
    pub(crate) clock: Arc<TestClock>,
    pub(crate) read_backend: Arc<dyn ReadBackend>,
    /// Batches that were committed and not published yet.
    pub(crate) caught: Arc<Mutex<VecDeque<CommittedBatch>>>,
    onward: Onward,
    pub(crate) writer: Option<Writer>,
    thread: Option<JoinHandle<()>>,
    product: Option<ProductId>,
    directory: tempfile::TempDir,
}

impl Shop {
    pub(crate) async fn open() -> Self {
        Self::keeping(None).await
    }

    /// A shop that deletes old events.
    pub(crate) async fn keeping(keep_events: Option<SignedDuration>) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let noon = "2026-03-01T12:00:00Z".parse().unwrap();
        let clock = Arc::new(TestClock { now: Mutex::new(noon), ids: AtomicU64::new(1) });
        // These tests are not about durability.
        let options = DatabaseOptions {
            keep_events,
            synchronous: Synchronous::Normal,
            readers: 2,
            ..DatabaseOptions::default()
        };
        let Database { write_backend, read_backend, .. } =
            Database::open(directory.path(), &options, clock.next_id()).unwrap();
        let caught: Arc<Mutex<VecDeque<CommittedBatch>>> = Arc::default();
        let theirs = Arc::clone(&caught);
        let onward: Onward =
            Arc::new(Mutex::new(Box::new(move |batch| theirs.lock().unwrap().push_back(batch))));
        let hand_on = Arc::clone(&onward);
        let publish = Box::new(move |committed| hand_on.lock().unwrap()(committed));
        let (writer, thread) = Writer::start(write_backend, Arc::clone(&clock) as _, publish).unwrap();
        let (writer, thread) = (Some(writer), Some(thread));
        let mut shop = Self { clock, read_backend, caught, onward, writer, thread, product: None, directory };
        shop.product = Some(shop.product("main").await);
        shop
    }

    /// A hub at the log's head. Batches that were not published are dropped.
    pub(crate) async fn hub(&self, ring: usize) -> Arc<Hub> {
        self.settle().await;
        self.caught.lock().unwrap().clear();
        let head = self.read_backend.head().await.unwrap();
        Arc::new(Hub::with_ring(Arc::clone(&self.read_backend), head, ring))
    }

    /// From now on batches are published at once from the writer's thread, as in the server.
    pub(crate) fn connect(&self, hub: &Arc<Hub>) {
        let hub = Arc::clone(hub);
        *self.onward.lock().unwrap() = Box::new(move |committed| drop(hub.publish(committed)));
    }

    /// Like [`connect`](Self::connect), but every third batch is not published.
    pub(crate) fn connect_lossy(&self, hub: &Arc<Hub>) {
        let (hub, mut batches) = (Arc::clone(hub), 0);
        *self.onward.lock().unwrap() = Box::new(move |committed| {
            batches += 1;
            if batches % 3 != 0 {
                hub.publish(committed);
            }
        });
    }

    /// Where the database is.
    pub(crate) fn path(&self) -> &std::path::Path {
        self.directory.path()
    }

    /// From now on the hub follows the log, in a task that ends with the writer.
    pub(crate) fn follow(&self, hub: &Arc<Hub>) {
        tokio::spawn(Arc::clone(hub).follow_log(self.writer.as_ref().unwrap().head()));
    }

    /// Publishes the next batch.
    pub(crate) fn publish(&self, hub: &Hub) -> bool {
        let next = self.caught.lock().unwrap().pop_front();
        next.map(|committed| hub.publish(committed)).is_some()
    }

    pub(crate) fn publish_all(&self, hub: &Hub) {
        while self.publish(hub) {}
    }

    /// Drops the next batch.
    pub(crate) fn lose(&self) -> bool {
        self.caught.lock().unwrap().pop_front().is_some()
    }

    /// Waits until the events of all answered submissions were passed on.
    pub(crate) async fn settle(&self) {
        let nothing = Submission { requests: Vec::new(), idempotency: None, external_user: None };
        self.writer.as_ref().unwrap().submit(nothing).await.unwrap();
    }

    pub(crate) async fn ask(&self, submission: Submission) -> Outcome {
        let mut receipt = self.writer.as_ref().unwrap().submit(submission).await.unwrap();
        receipt.outcomes.remove(0)
    }

    pub(crate) async fn order(&self, command: Command, actor: Actor) -> Arc<Snapshot> {
        match self.ask(Submission::one(command, actor)).await {
            Outcome::Order(snapshot) | Outcome::Unchanged(snapshot) => snapshot,
            other => panic!("{other:?}"),
        }
    }

    async fn create_product(&self, store: &str) -> Arc<CatalogProduct> {
        let create = CreateProduct {
            id: ProductId::new(self.clock.next_id()),
            name: "Tea".parse().unwrap(),
            price: Money { amount: 450, currency: "EUR".parse().unwrap() },
            on_hand: 1_000_000,
            details: Details::default(),
        };
        match self.ask(Submission::one(Command::CreateProduct(create), staff(store))).await {
            Outcome::Product(product_entry) => product_entry,
            other => panic!("{other:?}"),
        }
    }

    /// Creates a product of a store: an event that no customer receives.
    pub(crate) async fn product(&self, store: &str) -> ProductId {
        self.create_product(store).await.product.id
    }

    pub(crate) fn placing(&self, customer: &str) -> Submission {
        let command = Command::PlaceOrder(PlaceOrder {
            id: OrderId::new(self.clock.next_id()),
            store: StoreId::main(),
            items: vec![(self.product.unwrap(), 1)],
            payment: PaymentMethod::CashOnDelivery,
            address: address(),
            expected_total: None,
            reference: None,
        });
        Submission::one(command, Actor::Customer { user: user(customer) })
    }

    pub(crate) async fn place(&self, customer: &str) -> OrderNumber {
        match self.ask(self.placing(customer)).await {
            Outcome::Order(snapshot) => snapshot.order.number,
            other => panic!("{other:?}"),
        }
    }

    /// Adds a note by staff: an event of the customer's topic that tells the customer nothing.
    pub(crate) async fn note(&self, order: OrderNumber, text: &str) {
        let current =
            self.read_backend.order(OrderRef::Number(order)).await.unwrap().value.unwrap().order.status();
        let note = SetStatus { note: Some(text.parse().unwrap()), ..setting(order, current) };
        self.order(Command::SetStatus(note), staff("main")).await;
    }

    /// Sets a status; whether that was accepted.
    pub(crate) async fn set(&self, order: OrderNumber, status: Status) -> bool {
        let set = Submission::one(Command::SetStatus(setting(order, status)), staff("main"));
        self.ask(set).await.order().is_some()
    }

    pub(crate) async fn bring(&self, order: OrderNumber, driver: &str) {
        let set = SetDelivery {
            order: OrderRef::Number(order),
            partner: Some(Partner { name: driver.parse().unwrap(), phone: None }),
            driver: Some(user(driver)),
            location: None,
            estimated_delivery: None,
        };
        self.order(Command::SetDelivery(set), staff("main")).await;
    }

    /// All events of a topic, read from the log.
    pub(crate) async fn truth(&self, topic: Topic) -> Vec<Arc<StoredEvent>> {
        let page = self.read_backend.tail(topic, Seq(0), usize::MAX).await.unwrap();
        page.events.into_iter().map(|event| event.stored).collect()
    }

    pub(crate) async fn head(&self) -> Cursor {
        self.read_backend.head().await.unwrap()
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        self.writer = None;
        if let Some(thread) = self.thread.take().filter(|_| !std::thread::panicking()) {
            thread.join().unwrap();
        }
    }
}

pub(crate) fn setting(order: OrderNumber, status: Status) -> SetStatus {
    SetStatus {
        order: OrderRef::Number(order),
        status,
        tracking_number: None,
        estimated_delivery: None,
        note: None,
        reason: None,
    }
}

pub(crate) fn address() -> Address {
    Address {
        name: "Asha Rao".parse().unwrap(),
        phone: Some("+491701234567".parse().unwrap()),
        line1: "12 Harbour Road".parse().unwrap(),
        line2: None,
        city: "Kochi".parse().unwrap(),
        region: None,
        postal_code: None,
        country: None,
    }
}

pub(crate) fn user(name: &str) -> UserId {
    UserId::new(name).unwrap()
}

pub(crate) fn staff(store: &str) -> Actor {
    Actor::Staff { user: user("mira"), store: StoreId::new(store).unwrap() }
}

pub(crate) fn seen(id: &str, role: Role, name: &str, email: &str) -> ExternalUser {
    let (name, email) = (Some(name.to_owned()), Some(email.to_owned()));
    ExternalUser { user: user(id), role, store: StoreId::main(), name, email }
}

pub(crate) fn of_customer(name: &str) -> Topic {
    Topic::Customer(user(name))
}

pub(crate) fn of_store(name: &str) -> Topic {
    Topic::Store(StoreId::new(name).unwrap())
}

/// Polls a future once.
pub(crate) async fn poll_once<F: Future>(mut future: Pin<&mut F>) -> Poll<F::Output> {
    poll_fn(|context| Poll::Ready(future.as_mut().poll(context))).await
}

/// The positions of the next delivery, within the deadline.
pub(crate) async fn next(subscription: &mut Subscription) -> Vec<Seq> {
    let next = tokio::time::timeout(DEADLINE, subscription.next()).await.expect("something comes");
    seqs(&next.unwrap())
}

/// The positions of everything that can be delivered now.
pub(crate) async fn drain(subscription: &mut Subscription) -> Vec<Seq> {
    let mut all = Vec::new();
    while let Some(delivery) = subscription.pending().await.unwrap() {
        all.extend(seqs(&delivery));
    }
    all
}

pub(crate) fn seqs(delivery: &Delivery) -> Vec<Seq> {
    match delivery {
        Delivery::Events(entries) => entries.iter().map(|entry| entry.seq()).collect(),
        Delivery::Reset(reset) => panic!("{reset:?}"),
    }
}
