//! A batch while it is being decided: commands become events, events become rows to write.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use foldhash::{HashMap, HashMapExt as _};
use jiff::Timestamp;
use orders::view::{EventContext, Person};
use orders::{Command, EventId, Kind, OrderId, OrderTransitions, ProductId, Subject, UserId, World, decide};

use crate::clock::Clock;
use crate::cursor::Cursor;
use crate::stored_event::{CatalogProduct, EventWithContext, Snapshot, StoredEvent};
use crate::submission::{CommandRequest, Outcome, Receipt, Submission, SubmitError};
use crate::write_backend::{BatchContext, IdempotentResponse, OrderWrite, Writes};

/// The commands of one batch, decided in order. Each command sees the effects of those before it.
pub(super) struct BatchDraft<'a> {
    context: &'a mut BatchContext,
    clock: &'a dyn Clock,
    head: Cursor,
    writes: Writes,
    events: Vec<EventWithContext>,
    /// The last state of each order that changed.
    snapshots: HashMap<OrderId, OrderWrite>,
    moved_stock: BTreeSet<ProductId>,
    changed_products: BTreeSet<ProductId>,
    replaced_details: BTreeSet<ProductId>,
    /// Responses to idempotency keys that this batch used first.
    responses: HashMap<[u8; 16], IdempotentResponse>,
}

/// A decided batch.
pub(super) struct Decided {
    pub(super) writes: Writes,
    pub(super) events: Vec<EventWithContext>,
    /// The head once the batch is committed.
    pub(super) head: Cursor,
}

impl<'a> BatchDraft<'a> {
    /// A draft with room for a batch in which each submission is about one order.
    pub(super) fn new(
        context: &'a mut BatchContext,
        clock: &'a dyn Clock,
        head: Cursor,
        at: Timestamp,
        submissions: usize,
    ) -> Self {
        let writes = Writes {
            events: Vec::with_capacity(submissions),
            responses: Vec::with_capacity(submissions),
            at,
            ..Writes::default()
        };
        Self {
            context,
            clock,
            head,
            writes,
            events: Vec::with_capacity(submissions),
            snapshots: HashMap::with_capacity(submissions),
            moved_stock: BTreeSet::new(),
            changed_products: BTreeSet::new(),
            replaced_details: BTreeSet::new(),
            responses: HashMap::with_capacity(submissions),
        }
    }

    pub(super) fn world(&self) -> &World {
        &self.context.world
    }

    /// Decides a submission. The receipt's cursor is provisional: the batch's head is known only when all of it is decided.
    pub(super) fn submission(&mut self, submission: &Submission) -> Result<Receipt, SubmitError> {
        if let Some(key) = submission.idempotency {
            let earlier = self.responses.get(&key.scope).or_else(|| self.context.responses.get(&key.scope));
            if let Some(earlier) = earlier {
                if earlier.body != key.body {
                    return Err(SubmitError::KeyReused);
                }
                return Ok(self.receipt(earlier.outcomes.clone(), true));
            }
        }
        if let Some(user) = &submission.external_user {
            let person = self.context.users.entry(user.user.clone()).or_insert_with(|| nameless(&user.user));
            person.name.clone_from(&user.name);
            person.email.clone_from(&user.email);
            self.writes.external_users.push(user.clone());
        }
        let outcomes: Vec<Outcome> =
            submission.requests.iter().map(|request| self.request(request)).collect();
        let happened = outcomes.iter().any(|outcome| !matches!(outcome, Outcome::Refused(_)));
        if let Some(key) = submission.idempotency.filter(|_| happened) {
            self.responses
                .insert(key.scope, IdempotentResponse { body: key.body, outcomes: outcomes.clone() });
            self.writes.responses.push((key, self.head.seq, outcomes.clone()));
        }
        Ok(self.receipt(outcomes, false))
    }

    fn receipt(&self, outcomes: Vec<Outcome>, replayed: bool) -> Receipt {
        Receipt { outcomes, cursor: self.head.clone(), replayed }
    }

    fn request(&mut self, request: &CommandRequest) -> Outcome {
        let CommandRequest { command, actor, expected } = request;
        let order = command.order().and_then(|name| self.context.world.order(name)).map(|order| order.id);
        let contact = order.and_then(|id| self.context.contacts.get(&id));
        let command = &*match contact {
            Some(contact) => command.without_known(contact),
            None => Cow::Borrowed(command),
        };
        let events = match decide(&self.context.world, command, actor, *expected, self.writes.at) {
            Ok(events) => events,
            Err(refusal) => return Outcome::Refused(refusal),
        };
        let mut subject = None;
        for event in events {
            self.head.seq = self.head.seq.next();
            self.context.world.apply(&event);
            let stored =
                Arc::new(StoredEvent { seq: self.head.seq, id: EventId::new(self.clock.uuid()), event });
            subject = Some(stored.event.subject.clone());
            match &stored.event.subject {
                Subject::Order { id, .. } => self.add_order_event(*id, command, &stored),
                Subject::Product { id, .. } => self.add_product_event(*id, command, &stored),
            }
            self.writes.events.push(stored);
        }
        match subject {
            Some(Subject::Product { id, .. }) => Outcome::Product(Arc::new(CatalogProduct {
                product: self.context.world.products[&id].clone(),
                details: self.context.details.get(&id).cloned().unwrap_or_default(),
            })),
            Some(Subject::Order { id, .. }) => Outcome::Order(Arc::clone(&self.snapshots[&id].snapshot)),
            // Accepted without an event: the order stays as it was.
            None => match order {
                Some(id) => Outcome::Unchanged(self.snapshot(id)),
                None => Outcome::Refused(orders::Refusal::UnknownOrder),
            },
        }
    }

    fn snapshot(&self, id: OrderId) -> Arc<Snapshot> {
        let order = self.context.world.orders[&id].clone();
        let contact = self.context.contacts.get(&id).cloned().unwrap_or_default();
        let customer = self.context.users.get(&order.customer).cloned();
        let customer = customer.unwrap_or_else(|| nameless(&order.customer));
        Arc::new(Snapshot { order, contact, customer })
    }

    fn add_order_event(&mut self, id: OrderId, command: &Command, stored: &Arc<StoredEvent>) {
        let before = self.context.contacts.get(&id).cloned().unwrap_or_default();
        if let Some(contact) = command.contact_after(before) {
            self.context.contacts.insert(id, contact);
        }
        let snapshot = self.snapshot(id);
        if stored.event.changes.iter().any(moves_stock) {
            self.moved_stock.extend(snapshot.order.items.iter().map(|item| item.product));
        }
        self.writes.stats.count(stored, &snapshot);
        self.events.push(EventWithContext {
            stored: Arc::clone(stored),
            context: self.event_context(stored, Some(&snapshot)),
        });
        let new = stored.event.kind == orders::Kind::OrderCreated;
        self.snapshots
            .entry(id)
            .and_modify(|write| {
                // `write.new` stays: an order created and changed within one batch is still a new row.
                write.snapshot = Arc::clone(&snapshot);
                write.last_seq = stored.seq;
            })
            .or_insert(OrderWrite { snapshot, new, first_seq: stored.seq, last_seq: stored.seq });
    }

    fn add_product_event(&mut self, id: ProductId, command: &Command, stored: &Arc<StoredEvent>) {
        let details = match command {
            Command::CreateProduct(create) => Some(create.details.clone()),
            Command::UpdateProduct(update) => update.details.clone(),
            _ => None,
        };
        if let Some(details) = details {
            self.context.details.insert(id, details);
            self.replaced_details.insert(id);
        }
        self.changed_products.insert(id);
        let context = self.event_context(stored, None);
        self.events.push(EventWithContext { stored: Arc::clone(stored), context });
    }

    fn event_context(&self, stored: &StoredEvent, snapshot: Option<&Snapshot>) -> EventContext {
        let actor = stored.event.actor.user().and_then(|user| self.context.users.get(user));
        EventContext {
            actor_name: actor.and_then(|person| person.name.clone()),
            customer: snapshot.map(|snapshot| snapshot.customer.clone()),
            partner: snapshot.and_then(|snapshot| snapshot.contact.partner.clone()),
            address: snapshot
                .filter(|_| stored.event.kind == Kind::OrderCreated)
                .and_then(|snapshot| snapshot.contact.shipping.clone()),
            reference: snapshot.and_then(|snapshot| snapshot.order.reference.clone()),
            tracking_number: snapshot.and_then(|snapshot| snapshot.order.tracking_number.clone()),
            estimated_delivery: snapshot.and_then(|snapshot| snapshot.order.estimated_delivery),
            transitions: snapshot.map(|snapshot| OrderTransitions::of(&snapshot.order)),
        }
    }

    /// Collects what the batch changed.
    pub(super) fn finish(self) -> Decided {
        let Self { context, head, mut writes, events, snapshots, .. } = self;
        let products = &context.world.products;
        writes.orders = snapshots.into_values().collect();
        // Sorted by number, so that new rows are appended.
        writes.orders.sort_unstable_by_key(|write| write.snapshot.order.number);
        for id in &self.changed_products {
            if let Some(product) = products.get(id) {
                let replaced = self.replaced_details.contains(id);
                let details = replaced.then(|| context.details.get(id).cloned()).flatten();
                writes.products.push((product.clone(), details));
            }
        }
        for id in self.moved_stock.difference(&self.changed_products) {
            if let Some(product) = products.get(id) {
                writes.stock.push((*id, product.stock));
            }
        }
        Decided { writes, events, head }
    }
}

fn moves_stock(change: &orders::Change) -> bool {
    matches!(change, orders::Change::Placed { .. } | orders::Change::Hold { .. })
}

fn nameless(user: &UserId) -> Person {
    Person { id: user.clone(), name: None, email: None }
}
