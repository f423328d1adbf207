//! Records every statement of a small shop at work, and checks its query plan: no statement scans a table, and none
//! sorts what an index has in order.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use orders::command::{CreateProduct, PlaceOrder, SetDelivery, SetStatus, UpdateProduct};
use orders::order::PaymentMethod;
use orders::product::Details;
use orders::{
    Actor, Address, Command, EventId, Money, OrderId, OrderNumber, ProductId, Role, Status, StoreId, UserId,
};
use rusqlite::Connection;
use rusqlite::trace::{TraceEvent, TraceEventCodes};
use uuid::Uuid;

use super::inbox::InboxReader;
use super::indexes::SortedIndexes;
use super::write_backend::SqliteWriteBackend;
use super::{
    Database, DatabaseOptions, accounts, catalogue, consumers, history, listing, reservations, stats, tail,
};
use crate::accounts::{AccountChange, Email, NewSession};
use crate::clock::Clock;
use crate::consumers::{ConsumerChange, ConsumerName, StartAt};
use crate::cursor::Seq;
use crate::inbox::{InboxFilter, Mark, MarkRead};
use crate::read_backend::{OrderFilter, OrderSort, ProductFilter};
use crate::submission::{CommandRequest, ExternalUser, Idempotency, Submission};
use crate::topic::{Inbox, Topic};
use crate::write_backend::{BatchContext, WriteBackend};
use crate::writer::Writer;

/// Beginnings of statements that may scan or sort, because what they read is small, and why it is.
const EXCEPTIONS: [(&str, &str); 10] = [
    ("SELECT name, position, updated_at FROM consumers ORDER BY name", "a handful"),
    (
        "SELECT id, role, store, name, email, password_hash, created_at, valid_after FROM users ORDER BY key",
        "a page",
    ),
    ("DELETE FROM answers WHERE row IN", "a limited number of the oldest"),
    ("SELECT key FROM stores ORDER BY key LIMIT", "at most 65"),
    ("SELECT currency, sum(placed)", "a store has one or two currencies"),
    ("SELECT run, last FROM customer_run_ends ORDER BY run DESC", "reads only as far back as needed"),
    ("SELECT run, last FROM topic_run_ends ORDER BY run DESC", "reads only as far back as needed"),
    ("SELECT number, ends_at FROM reservations ORDER BY number", "reads only what is due"),
    ("SELECT body ->> '$.at' FROM events ORDER BY seq DESC LIMIT 1", "one row"),
    ("SELECT created_at FROM sessions ORDER BY expires_at DESC LIMIT 1", "one row"),
];

type Statements = Arc<Mutex<BTreeSet<String>>>;

fn record(connection: &mut Connection, statements: &Statements) {
    let statements = Arc::clone(statements);
    let on_event = move |event: TraceEvent<'_>| {
        if let TraceEvent::Stmt(statement, _) = event {
            statements.lock().unwrap_or_else(PoisonError::into_inner).insert(statement.sql().into_owned());
        }
    };
    connection.trace_v2(TraceEventCodes::SQLITE_TRACE_STMT, Some(on_event)).unwrap();
}

struct TickingClock(AtomicU64);

impl Clock for TickingClock {
    fn now(&self) -> Timestamp {
        let hours = i64::try_from(self.0.fetch_add(1, Ordering::Relaxed)).unwrap();
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours)
    }

    fn uuid(&self) -> Uuid {
        Uuid::from_u128(u128::from(self.0.fetch_add(1, Ordering::Relaxed)))
    }
}

fn user(name: &str) -> UserId {
    UserId::new(name).unwrap()
}

fn staff() -> Actor {
    Actor::Staff { user: user("sam"), store: StoreId::main() }
}

/// Every command that writes.
fn commands() -> Vec<(Command, Actor)> {
    let product = ProductId::new(Uuid::from_u128(1 << 64));
    let order = orders::OrderRef::Number(OrderNumber::FIRST);
    let price = Money { amount: 450, currency: "EUR".parse().unwrap() };
    let (name, details) = ("Tea".parse().unwrap(), Details::default());
    let create = CreateProduct { id: product, name, price, on_hand: 9, details };
    let update =
        UpdateProduct { product, name: None, price: None, archived: None, details: Some(Details::default()) };
    let line = |text: &str| text.parse().unwrap();
    let address = Address {
        name: line("Asha"),
        phone: Some("1".parse().unwrap()),
        line1: "x".parse().unwrap(),
        line2: None,
        city: line("y"),
        region: None,
        postal_code: None,
        country: None,
    };
    let place = PlaceOrder {
        id: OrderId::new(Uuid::from_u128(2 << 64)),
        store: StoreId::main(),
        items: vec![(product, 1)],
        payment: PaymentMethod::CashOnDelivery,
        address,
        expected_total: None,
        reference: None,
    };
    let bring = SetDelivery {
        order,
        partner: None,
        driver: Some(user("dev")),
        location: None,
        estimated_delivery: None,
    };
    let ship = SetStatus {
        order,
        status: Status::Shipped,
        tracking_number: Some("T-1".parse().unwrap()),
        estimated_delivery: None,
        note: None,
        reason: None,
    };
    let online = PlaceOrder {
        id: OrderId::new(Uuid::from_u128(3 << 64)),
        payment: PaymentMethod::Online,
        ..place.clone()
    };
    // Only an order that is not cancelled counts as a sale.
    let kept = PlaceOrder { id: OrderId::new(Uuid::from_u128(4 << 64)), ..place.clone() };
    let give_up =
        Command::CancelOrder { order: orders::OrderRef::Number(OrderNumber::FIRST.next()), reason: None };
    let by_id = Command::CancelOrder { order: orders::OrderRef::Id(place.id), reason: None };
    let customer = Actor::Customer { user: user("jwt|asha") };
    vec![
        (Command::CreateProduct(create), staff()),
        (Command::UpdateProduct(update), staff()),
        (Command::PlaceOrder(place), customer),
        (Command::SetDelivery(bring), staff()),
        (Command::SetStatus(ship), staff()),
        (Command::PlaceOrder(online), Actor::Customer { user: user("jwt|asha") }),
        (give_up, staff()),
        (by_id, staff()),
        (Command::PlaceOrder(kept), Actor::Customer { user: user("jwt|asha") }),
    ]
}

fn account_changes() -> Vec<AccountChange> {
    let session = NewSession { id: Uuid::from_u128(9), refresh: [1; 32], expires_at: Timestamp::MAX };
    let create = AccountChange::CreateUser {
        id: user("ben"),
        role: Role::Customer,
        store: StoreId::main(),
        name: "Ben".parse().unwrap(),
        email: Email::new("ben@example.com").unwrap(),
        password_hash: String::new(),
    };
    let hash = String::new;
    vec![
        create,
        AccountChange::StartSession { user: user("ben"), verified: Some(hash()), session: session.clone() },
        AccountChange::Refresh { session: session.id, refresh: [1; 32], successors: vec![[2; 32]] },
        AccountChange::Refresh { session: session.id, refresh: [1; 32], successors: vec![[3; 32]] },
        AccountChange::Rehash { user: user("ben"), verified: hash(), password_hash: hash() },
        AccountChange::CreateReset { user: user("ben"), token: [4; 32], expires_at: Timestamp::MAX },
        AccountChange::UseReset { token: [4; 32], password_hash: hash() },
        AccountChange::SetPassword { user: user("ben"), password_hash: hash() },
    ]
}

async fn write(write_backend: SqliteWriteBackend) {
    let (writer, thread) =
        Writer::start(write_backend, Arc::new(TickingClock(AtomicU64::new(1))), Box::new(drop)).unwrap();
    let external_user = |name: &str| ExternalUser {
        user: user("jwt|asha"),
        role: Role::Customer,
        store: StoreId::main(),
        name: Some(name.to_owned()),
        email: None,
    };
    for (n, (command, actor)) in (0_u8..).zip(commands()) {
        let request = CommandRequest { command, actor, expected: None };
        let idempotency = Some(Idempotency { scope: [n; 16], body: [0; 16] });
        let submission = Submission {
            requests: vec![request],
            idempotency,
            external_user: Some(external_user(&format!("Asha {n}"))),
        };
        writer.submit(submission.clone()).await.unwrap();
        // Again, to read the stored response.
        assert!(writer.submit(submission).await.unwrap().replayed);
    }
    for inbox in inboxes() {
        let one = Mark::One { seq: Seq(5), id: EventId::new(Uuid::nil()) };
        for mark in [one, Mark::Through(Seq(1)), Mark::All] {
            writer.mark_read(MarkRead { inbox: inbox.clone(), mark }).await.unwrap();
        }
    }
    let name: ConsumerName = "relay".parse().unwrap();
    let head = writer.head().borrow().clone();
    for change in [
        ConsumerChange::Register { name: name.clone(), start: StartAt::Oldest },
        ConsumerChange::Advance { name: name.clone(), to: head },
        ConsumerChange::Remove { name },
    ] {
        writer.consumer(change).await.unwrap().unwrap();
    }
    for change in account_changes() {
        writer.account(change).await.unwrap().ok();
    }
    drop(writer);
    thread.join().unwrap();
}

fn inboxes() -> [Inbox; 3] {
    let sam = Inbox::staff(user("sam"), StoreId::main());
    [Inbox::customer(user("jwt|asha")), Inbox::driver(user("dev")), sam]
}

/// Every query.
fn read(connection: &Connection, indexes: &SortedIndexes) {
    let topics = [
        Topic::Customer(user("jwt|asha")),
        Topic::Store(StoreId::main()),
        Topic::Driver(user("dev")),
        Topic::Customer(user("nobody")),
    ];
    let (at, id) = (Timestamp::UNIX_EPOCH, ProductId::new(Uuid::from_u128(1)));
    for topic in topics {
        let newest = OrderFilter::newest(topic.clone(), 10);
        let status = OrderFilter { statuses: vec![Status::Cancelled], from: Some(at), ..newest.clone() };
        let text = OrderFilter { text: Some("asha".to_owned()), to: Some(Timestamp::MAX), ..newest.clone() };
        let by_id = OrderFilter { text: Some(Uuid::from_u128(2 << 64).to_string()), ..newest.clone() };
        for filter in [newest, status, text, by_id] {
            let sorts = [
                OrderSort::NewestFirst,
                OrderSort::OldestFirst,
                OrderSort::HighestTotalFirst,
                OrderSort::LastChangedFirst,
            ];
            for sort in sorts {
                let filter = OrderFilter { sort, ..filter.clone() };
                listing::page(connection, &indexes.customer_orders, &filter).unwrap();
            }
        }
        tail::read(connection, indexes, &topic, Seq(0), 10).unwrap();
    }
    tail::events(connection, Seq(0), 10).unwrap();
    consumers::all(connection).unwrap();
    for inbox in inboxes() {
        let reader = InboxReader::find(connection, indexes, &inbox).unwrap().unwrap();
        reader.by_event_id(EventId::new(Uuid::nil())).unwrap();
        let filter =
            InboxFilter { inbox: inbox.clone(), category: None, unread: false, through: None, limit: 9 };
        reader.page(&filter).unwrap();
        reader.page(&InboxFilter { unread: true, ..filter }).unwrap();
    }
    let filter = ProductFilter {
        store: None,
        text: Some("t".into()),
        category: None,
        archived: true,
        after: None,
        limit: 9,
    };
    catalogue::page(connection, &ProductFilter { store: Some(StoreId::main()), ..filter.clone() }).unwrap();
    catalogue::page(connection, &filter).unwrap();
    catalogue::find(connection, id).unwrap();
    // The events of the others have expired.
    let newest = OrderNumber::FIRST.next().next();
    let events = history::of_order(connection, newest, Seq(u64::MAX)).unwrap();
    assert!(!history::with_context(connection, events).unwrap().is_empty());
    stats::read(connection, &StoreId::main(), at).unwrap();
    // Buckets at both ends, and days between them.
    let edges = [0, 900, 100 * 86_400 + 1800].map(|second| Timestamp::from_second(second).unwrap());
    let series = stats::series(connection, &StoreId::main(), &edges, 9).unwrap();
    assert_eq!(series.top_products.len(), 1);
    reservations::due(connection, at, 9).unwrap();
    accounts::by_id(connection, &user("ben")).unwrap();
    accounts::by_email(connection, &Email::new("ben@example.com").unwrap()).unwrap();
    accounts::by_reset(connection, &[1; 32], at).unwrap();
    accounts::all(connection, 10).unwrap();
    accounts::revoked(connection).unwrap();
}

fn open(directory: &Path) -> SqliteWriteBackend {
    let options =
        DatabaseOptions { keep_events: Some(SignedDuration::from_hours(1)), ..DatabaseOptions::default() };
    Database::open(directory, &options, Uuid::nil()).unwrap().write_backend
}

#[tokio::test]
async fn no_statement_scans_or_sorts_a_table() {
    let directory = tempfile::tempdir().unwrap();
    let statements = Statements::default();
    let mut write_backend = open(directory.path());
    let indexes = write_backend.indexes.clone();
    record(&mut write_backend.connection, &statements);
    write(write_backend).await;
    let mut reader = Connection::open(Database::file(directory.path())).unwrap();
    record(&mut reader, &statements);
    read(&reader, &indexes);
    // Maintenance after everything has expired.
    let mut write_backend = open(directory.path());
    record(&mut write_backend.connection, &statements);
    write_backend.begin(&crate::write_backend::LoadRequest::default(), &mut BatchContext::empty()).unwrap();
    write_backend.rollback();
    // Expired sessions are deleted only after a week of uptime.
    let mut now = Timestamp::MAX - SignedDuration::from_hours(8 * 24);
    for _ in 0..6 * 24 * 30 {
        now += SignedDuration::from_mins(2);
        write_backend.maintain(Timestamp::MAX, now).unwrap();
    }
    drop(write_backend);

    let explain = Connection::open(Database::file(directory.path())).unwrap();
    let statements = statements.lock().unwrap();
    let checked: Vec<_> = statements.iter().filter(|sql| is_checked(sql)).collect();
    assert!(checked.len() > 60, "only {} statements were recorded", checked.len());
    for sql in checked {
        let mut plan = explain.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let mut steps = plan.raw_query();
        while let Some(step) = steps.next().unwrap() {
            let step: String = step.get(3).unwrap();
            let scans =
                step.starts_with("SCAN") && !step.contains("CONSTANT ROW") && !step.contains("VIRTUAL TABLE");
            let excepted = EXCEPTIONS.iter().any(|(begin, _)| sql.starts_with(begin));
            assert!(excepted || !scans && !step.contains("TEMP B-TREE"), "{sql}\n{step}");
        }
    }
}

/// Not the statements of the full-text index itself, and no pragmas and transactions.
fn is_checked(sql: &str) -> bool {
    let first = sql.split_whitespace().next().unwrap_or_default();
    matches!(first, "SELECT" | "INSERT" | "UPDATE" | "DELETE")
        && !sql.contains("'people_")
        && !sql.contains("%_")
}
