//! One batch: decided in memory, committed at once.

use std::collections::BTreeSet;
use std::sync::Arc;

use foldhash::{HashMap, HashMapExt as _, HashSet, HashSetExt as _};
use jiff::Timestamp;
use orders::view::{EventContext, Person};
use orders::{Command, EventId, OrderId, ProductId, Subject, UserId, decide};

use crate::accounts::{AccountAnswer, AccountRefusal};
use crate::clock::Clock;
use crate::cursor::Cursor;
use crate::error::LogError;
use crate::inbox::Signal;
use crate::stored_event::{CatalogProduct, EventWithContext, Snapshot, StoredEvent};
use crate::submission::{Committed, Outcome, ReadReceipt, Receipt, Request, Submission, SubmitError, Work};
use crate::write_backend::{BatchContext, IdempotentResponse, LoadRequest, OrderWrite, WriteBackend, Writes};
use crate::writer::Publish;

/// Products stay loaded between batches up to this many; past it they are all read anew.
const PRODUCTS_KEPT: usize = 50_000;
/// Seconds between two rounds of housekeeping.
const MAINTAIN_EVERY: i64 = 1;

/// Commits batches, one after the other.
pub(super) struct BatchProcessor<J> {
    write_backend: J,
    clock: Arc<dyn Clock>,
    publish: Publish,
    context: BatchContext,
    /// Time never goes back within a log, whatever the system's clock does.
    now: Timestamp,
    last_maintenance: Timestamp,
}

/// The answer to one piece of work, until the batch is durable.
enum Ready {
    Orders(Result<Receipt, SubmitError>),
    Account(Result<AccountAnswer, AccountRefusal>),
    /// `None` until the events before it are written.
    Read(Option<ReadReceipt>),
}

/// What is told once a batch is durable.
struct News {
    events: Vec<EventWithContext>,
    signals: Vec<Signal>,
}

/// What a batch has come to so far.
#[derive(Default)]
struct Progress {
    writes: Writes,
    events: Vec<EventWithContext>,
    /// The last state of each order that changed.
    snapshots: HashMap<OrderId, OrderWrite>,
    stock: BTreeSet<ProductId>,
    products: BTreeSet<ProductId>,
    replaced_details: BTreeSet<ProductId>,
    /// Keys first used in this very batch, by the index of their answer.
    keys: HashMap<[u8; 16], IdempotentResponse>,
}

impl Progress {
    /// With room for a batch in which each submission is about one order.
    fn of(submissions: usize) -> Self {
        let writes = Writes {
            events: Vec::with_capacity(submissions),
            answers: Vec::with_capacity(submissions),
            ..Writes::default()
        };
        Self {
            writes,
            events: Vec::with_capacity(submissions),
            snapshots: HashMap::with_capacity(submissions),
            keys: HashMap::with_capacity(submissions),
            ..Self::default()
        }
    }
}

impl<J: WriteBackend> BatchProcessor<J> {
    pub(super) fn new(write_backend: J, clock: Arc<dyn Clock>, publish: Publish) -> Self {
        let now = whole_millis(clock.now());
        Self { write_backend, clock, publish, context: BatchContext::nothing(), now, last_maintenance: now }
    }

    /// Commits a batch, hands its events on, and answers everybody in it. Halves it as long as the database refuses.
    pub(super) fn commit(&mut self, mut works: Vec<Work>) {
        match self.attempt(&works) {
            Ok((ready, News { events, signals })) => {
                // First, so that whoever has an answer finds its events with those who tell them.
                if !events.is_empty() || !signals.is_empty() {
                    (self.publish)(Committed { events, signals, at: self.now });
                }
                for (work, ready) in works.into_iter().zip(ready) {
                    answer(work, ready);
                }
            }
            Err(error) => {
                self.roll_back();
                if error.is_general() {
                    tracing::error!(%error, submissions = works.len(), "the database refuses to write");
                    let error = Arc::new(error);
                    for work in works {
                        fail(
                            work,
                            if error.is_busy() {
                                SubmitError::Busy
                            } else {
                                SubmitError::Failed(Arc::clone(&error))
                            },
                        );
                    }
                } else if works.len() > 1 {
                    tracing::warn!(%error, submissions = works.len(), "a batch was refused, halving it");
                    let second = works.split_off(works.len() / 2);
                    self.commit(works);
                    self.commit(second);
                } else if let Some(work) = works.pop() {
                    tracing::error!(%error, "the database refused a submission");
                    fail(work, SubmitError::Failed(Arc::new(error)));
                }
            }
        }
    }

    /// Housekeeping, at most once a second. Whether there is more of it to do.
    pub(super) fn maintain(&mut self) -> bool {
        let now = self.clock.now();
        if (now.as_second() - self.last_maintenance.as_second()).abs() < MAINTAIN_EVERY {
            return true;
        }
        self.last_maintenance = now;
        match self.write_backend.maintain(self.now.max(now)) {
            Ok(more) => more,
            Err(error) => {
                tracing::warn!(%error, "housekeeping failed, trying again later");
                self.roll_back();
                false
            }
        }
    }

    /// The transaction comes to nothing, and what was loaded for it is no longer to be trusted.
    fn roll_back(&mut self) {
        self.write_backend.rollback();
        self.context = BatchContext::nothing();
    }

    fn attempt(&mut self, works: &[Work]) -> Result<(Vec<Ready>, News), LogError> {
        self.now = self.now.max(whole_millis(self.clock.now()));
        self.context.forget_batch();
        let mut load = load(works);
        load.now = self.now;
        self.write_backend.begin(&load, &mut self.context)?;
        // A clock that was set back while the server was down.
        self.now = self.now.max(self.context.latest);
        let mut progress = Progress::of(works.len());
        progress.writes.at = self.now;
        let mut ready = Vec::with_capacity(works.len());
        for work in works {
            ready.push(match work {
                Work::Orders(submission, _) => Ready::Orders(self.submission(submission, &mut progress)),
                Work::Account(change, _) => Ready::Account(self.write_backend.account(change, self.now)?),
                Work::Read(..) => Ready::Read(None),
            });
        }
        let head = self.context.head;
        let cursor = Cursor { epoch: self.context.epoch.clone(), seq: head };
        for ready in &mut ready {
            if let Ready::Orders(Ok(receipt)) = ready {
                receipt.cursor = cursor.clone();
            }
        }
        let events = self.finish(progress)?;
        let signals = self.mark_read(works, &mut ready, &cursor)?;
        self.write_backend.commit()?;
        Ok((ready, News { events, signals }))
    }

    /// Keeps what was read, after the batch's events were written: a person may read what has only just happened.
    fn mark_read(
        &mut self,
        works: &[Work],
        ready: &mut [Ready],
        cursor: &Cursor,
    ) -> Result<Vec<Signal>, LogError> {
        let mut signals = Vec::new();
        for (work, ready) in works.iter().zip(ready) {
            let Work::Read(read, _) = work else { continue };
            let (state, news) = self.write_backend.mark_read(read, self.now)?;
            let state = Arc::new(state);
            if news {
                signals.push(Signal::InboxRead { inbox: read.inbox.clone(), state: Arc::clone(&state) });
            }
            *ready = Ready::Read(Some(ReadReceipt { state, cursor: cursor.clone() }));
        }
        Ok(signals)
    }

    /// Collects what the batch changed and writes it.
    fn finish(&mut self, progress: Progress) -> Result<Vec<EventWithContext>, LogError> {
        let Progress { mut writes, events, snapshots, stock, products, replaced_details, .. } = progress;
        let world = &self.context.world;
        writes.orders = snapshots.into_values().collect();
        // In the order of their numbers, so that new rows are appended.
        writes.orders.sort_unstable_by_key(|write| write.snapshot.order.number);
        for id in &products {
            if let Some(product) = world.products.get(id) {
                let details =
                    replaced_details.contains(id).then(|| self.context.details.get(id).cloned()).flatten();
                writes.products.push((product.clone(), details));
            }
        }
        for id in stock.difference(&products) {
            if let Some(product) = world.products.get(id) {
                writes.stock.push((*id, product.stock));
            }
        }
        self.write_backend.write(&writes)?;
        Ok(events)
    }

    fn submission(
        &mut self,
        submission: &Submission,
        progress: &mut Progress,
    ) -> Result<Receipt, SubmitError> {
        if let Some(key) = submission.idempotency {
            let before = progress.keys.get(&key.scope).or_else(|| self.context.answers.get(&key.scope));
            if let Some(before) = before {
                if before.body != key.body {
                    return Err(SubmitError::KeyReused);
                }
                return Ok(self.receipt(before.outcomes.clone(), true));
            }
        }
        if let Some(user) = &submission.external_user {
            let person = self.context.people.entry(user.user.clone()).or_insert_with(|| nameless(&user.user));
            person.name.clone_from(&user.name);
            person.email.clone_from(&user.email);
            progress.writes.people.push(user.clone());
        }
        let outcomes: Vec<Outcome> =
            submission.requests.iter().map(|request| self.request(request, progress)).collect();
        let happened = outcomes.iter().any(|outcome| !matches!(outcome, Outcome::Refused(_)));
        if let Some(key) = submission.idempotency.filter(|_| happened) {
            progress
                .keys
                .insert(key.scope, IdempotentResponse { body: key.body, outcomes: outcomes.clone() });
            progress.writes.answers.push((key, self.context.head, outcomes.clone()));
        }
        Ok(self.receipt(outcomes, false))
    }

    /// The cursor is the batch's, known when all of it is decided.
    fn receipt(&self, outcomes: Vec<Outcome>, replayed: bool) -> Receipt {
        let cursor = Cursor { epoch: self.context.epoch.clone(), seq: self.context.head };
        Receipt { outcomes, cursor, replayed }
    }

    fn request(&mut self, request: &Request, progress: &mut Progress) -> Outcome {
        let Request { command, actor, expected } = request;
        let events = match decide(&self.context.world, command, actor, *expected, self.now) {
            Ok(events) => events,
            Err(refusal) => return Outcome::Refused(refusal),
        };
        let mut subject = None;
        for event in events {
            self.context.head = self.context.head.next();
            self.context.world.apply(&event);
            let stored =
                Arc::new(StoredEvent { seq: self.context.head, id: EventId::new(self.clock.uuid()), event });
            subject = Some(stored.event.subject.clone());
            match &stored.event.subject {
                Subject::Order { id, .. } => self.order_happened(*id, command, &stored, progress),
                Subject::Product { id, .. } => self.product_happened(*id, command, &stored, progress),
            }
            progress.writes.events.push(stored);
        }
        let unchanged =
            || command.order().and_then(|name| self.context.world.order(name)).map(|order| order.id);
        match subject {
            Some(Subject::Product { id, .. }) => Outcome::Product(Arc::new(CatalogProduct {
                product: self.context.world.products[&id].clone(),
                details: self.context.details.get(&id).cloned().unwrap_or_default(),
            })),
            Some(Subject::Order { id, .. }) => Outcome::Order(Arc::clone(&progress.snapshots[&id].snapshot)),
            // Accepted without an event: the order is as it was.
            None => match unchanged() {
                Some(id) => Outcome::Order(self.snapshot(id)),
                None => Outcome::Refused(orders::Refusal::UnknownOrder),
            },
        }
    }

    fn snapshot(&self, id: OrderId) -> Arc<Snapshot> {
        let order = self.context.world.orders[&id].clone();
        let contact = self.context.contacts.get(&id).cloned().unwrap_or_default();
        let customer = self.context.people.get(&order.customer).cloned();
        let customer = customer.unwrap_or_else(|| nameless(&order.customer));
        Arc::new(Snapshot { order, contact, customer })
    }

    fn order_happened(
        &mut self,
        id: OrderId,
        command: &Command,
        stored: &Arc<StoredEvent>,
        progress: &mut Progress,
    ) {
        let before = self.context.contacts.get(&id).cloned().unwrap_or_default();
        if let Some(contact) = command.contact_after(before) {
            self.context.contacts.insert(id, contact);
        }
        let snapshot = self.snapshot(id);
        if stored.event.changes.iter().any(moves_stock) {
            progress.stock.extend(snapshot.order.items.iter().map(|item| item.product));
        }
        progress.writes.stats.count(stored, &snapshot);
        progress.events.push(EventWithContext {
            stored: Arc::clone(stored),
            context: self.event_context(stored, Some(&snapshot)),
        });
        let new = stored.event.kind == orders::Kind::OrderCreated;
        progress
            .snapshots
            .entry(id)
            .and_modify(|write| {
                // Created and changed within one batch: the row is still a new one.
                write.snapshot = Arc::clone(&snapshot);
                write.last_seq = stored.seq;
            })
            .or_insert(OrderWrite { snapshot, new, first_seq: stored.seq, last_seq: stored.seq });
    }

    fn product_happened(
        &mut self,
        id: ProductId,
        command: &Command,
        stored: &Arc<StoredEvent>,
        progress: &mut Progress,
    ) {
        let details = match command {
            Command::CreateProduct(create) => Some(create.details.clone()),
            Command::UpdateProduct(update) => update.details.clone(),
            _ => None,
        };
        if let Some(details) = details {
            self.context.details.insert(id, details);
            progress.replaced_details.insert(id);
        }
        progress.products.insert(id);
        progress
            .events
            .push(EventWithContext { stored: Arc::clone(stored), context: self.event_context(stored, None) });
    }

    fn event_context(&self, stored: &StoredEvent, snapshot: Option<&Snapshot>) -> EventContext {
        let actor = stored.event.actor.user().and_then(|user| self.context.people.get(user));
        EventContext {
            actor_name: actor.and_then(|person| person.name.clone()),
            customer: snapshot.map(|snapshot| snapshot.customer.clone()),
            partner: snapshot.and_then(|snapshot| snapshot.contact.partner.clone()),
            tracking_number: snapshot.and_then(|snapshot| snapshot.order.tracking_number.clone()),
            estimated_delivery: snapshot.and_then(|snapshot| snapshot.order.estimated_delivery),
        }
    }
}

fn moves_stock(change: &orders::Change) -> bool {
    matches!(change, orders::Change::Placed { .. } | orders::Change::Hold { .. })
}

/// Everything the batch's commands name, each once.
fn load(works: &[Work]) -> LoadRequest {
    let mut load = LoadRequest::default();
    let mut orders = HashSet::new();
    let mut products = HashSet::new();
    let mut people = HashSet::new();
    for work in works {
        let Work::Orders(submission, _) = work else { continue };
        load.keys.extend(submission.idempotency.map(|key| key.scope));
        for request in &submission.requests {
            orders.extend(request.command.order());
            products.extend(request.command.products());
            if let Command::CreateProduct(create) = &request.command {
                // Whether its id is taken.
                products.insert(create.id);
            }
            if let Command::UpdateProduct(_) | Command::SetStock { .. } = &request.command {
                load.details.extend(request.command.products());
            }
            if let Some(user) = request.actor.user()
                && !people.contains(user)
            {
                people.insert(user.clone());
            }
        }
    }
    load.orders = orders.into_iter().collect();
    load.products = products.into_iter().collect();
    load.people = people.into_iter().collect();
    load
}

fn answer(work: Work, ready: Ready) {
    // A caller that went away in the meantime does not want its answer; what it asked for has happened.
    match (work, ready) {
        (Work::Orders(_, answer), Ready::Orders(receipt)) => drop(answer.send(receipt)),
        (Work::Account(_, answer), Ready::Account(done)) => drop(answer.send(Ok(done))),
        (Work::Read(_, answer), Ready::Read(Some(receipt))) => drop(answer.send(Ok(receipt))),
        (Work::Orders(..) | Work::Account(..) | Work::Read(..), _) => {}
    }
}

fn fail(work: Work, error: SubmitError) {
    match work {
        Work::Orders(_, answer) => drop(answer.send(Err(error))),
        Work::Account(_, answer) => drop(answer.send(Err(error))),
        Work::Read(_, answer) => drop(answer.send(Err(error))),
    }
}

/// Times are stored in milliseconds; a finer one would compare otherwise in memory than in the database.
fn whole_millis(at: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at)
}

fn nameless(user: &UserId) -> Person {
    Person { id: user.clone(), name: None, email: None }
}

impl BatchContext {
    /// Keeps the products, drops the rest.
    fn forget_batch(&mut self) {
        self.world.orders.clear();
        self.world.numbers.clear();
        if self.world.products.len() > PRODUCTS_KEPT {
            self.world.products.clear();
        }
        self.contacts.clear();
        self.details.clear();
        self.people.clear();
        self.answers.clear();
    }
}
