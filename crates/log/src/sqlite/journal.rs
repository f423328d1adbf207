//! The writer's side: one connection, one transaction a batch.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use orders::{OrderNumber, OrderRef, ProductId, Subject};
use rusqlite::Connection;
use serde::Serialize;

use super::answers::Answers;
use super::checkpoint::Gate;
use super::people::People;
use super::rows::{self, millis, status_code};
use super::runs::{Entry, Runs};
use super::{accounts, history, stats};
use crate::accounts::{AccountAnswer, AccountChange, AccountRefusal};
use crate::cursor::{Epoch, Seq};
use crate::error::LogError;
use crate::journal::{Journal, Loaded, OrderWrite, Wanted, Writes};

/// The journal on SQLite.
pub struct SqliteJournal {
    connection: Connection,
    gate: Arc<Gate>,
    customer_runs: Arc<Runs>,
    answers: Answers,
    people: People,
    /// Keys of products and stores, as the tables use them.
    products: HashMap<ProductId, i64>,
    stores: HashMap<orders::StoreId, i64>,
    /// Changes when another connection wrote: what we keep in memory is then out of date.
    data_version: i64,
    scratch: Vec<u8>,
}

impl SqliteJournal {
    pub(super) fn new(
        connection: Connection,
        gate: Arc<Gate>,
        customer_runs: Arc<Runs>,
    ) -> Result<Self, LogError> {
        let answers = Answers::open(&connection)?;
        let data_version = data_version(&connection)?;
        Ok(Self {
            connection,
            gate,
            customer_runs,
            answers,
            people: People::default(),
            products: HashMap::new(),
            stores: HashMap::new(),
            data_version,
            scratch: Vec::with_capacity(4096),
        })
    }

    /// What is in memory may be wrong: the next batch reads it again.
    fn forget(&mut self, loaded: Option<&mut Loaded>) {
        self.people.forget();
        self.products.clear();
        self.stores.clear();
        if let Some(loaded) = loaded {
            loaded.world.products.clear();
            loaded.epoch = Epoch::stored("");
        }
    }

    /// Head, epoch and next number, when they are not known.
    fn load_head(&self, loaded: &mut Loaded) -> Result<(), LogError> {
        if !loaded.epoch.as_str().is_empty() {
            return Ok(());
        }
        let (head, epoch) = head(&self.connection)?;
        let last: Option<i64> = self.connection.query_row("SELECT max(number) FROM orders", (), |row| row.get(0))?;
        loaded.head = head;
        loaded.epoch = epoch;
        loaded.world.next_number = last.map_or(OrderNumber::FIRST, |n| OrderNumber(n.unsigned_abs()).next());
        Ok(())
    }

    fn load_orders(&self, names: &[OrderRef], loaded: &mut Loaded) -> Result<Vec<ProductId>, LogError> {
        let mut products = Vec::new();
        for name in names {
            let Some(found) = find_order(&self.connection, *name)? else { continue };
            let order = found.order.clone();
            products.extend(order.items.iter().map(|item| item.product));
            loaded.contacts.insert(order.id, found.contact.clone());
            loaded.people.insert(order.customer.clone(), found.customer.clone());
            loaded.world.insert(order);
        }
        Ok(products)
    }

    fn load_product(&mut self, id: ProductId, loaded: &mut Loaded) -> Result<(), LogError> {
        if loaded.world.products.contains_key(&id) {
            return Ok(());
        }
        let mut find = self.connection.prepare_cached(&format!(
            "SELECT {}, p.key FROM products p JOIN stock s ON s.product = p.key WHERE p.id = ?1",
            rows::PRODUCT
        ))?;
        let found = rows::first(find.query([id.uuid().as_bytes().as_slice()])?, |row| {
            Ok((rows::product(row)?, row.get::<_, i64>(10)?))
        })?;
        if let Some((product, key)) = found {
            self.products.insert(id, key);
            loaded.world.products.insert(id, product);
        }
        Ok(())
    }

    fn load_details(&self, ids: &[ProductId], loaded: &mut Loaded) -> Result<(), LogError> {
        for id in ids {
            if let Some(shelved) = find_product(&self.connection, *id)? {
                loaded.details.insert(*id, shelved.details);
            }
        }
        Ok(())
    }

    fn store_key(&mut self, store: &orders::StoreId) -> Result<i64, LogError> {
        if let Some(key) = self.stores.get(store) {
            return Ok(*key);
        }
        self.connection
            .prepare_cached("INSERT INTO stores (id) VALUES (?1) ON CONFLICT DO NOTHING")?
            .execute([store.as_str()])?;
        let key = self
            .connection
            .prepare_cached("SELECT key FROM stores WHERE id = ?1")?
            .query_row([store.as_str()], |row| row.get(0))?;
        self.stores.insert(store.clone(), key);
        Ok(key)
    }

    fn write_orders(&mut self, orders: &[OrderWrite], at: Timestamp) -> Result<(), LogError> {
        let mut placed = Vec::new();
        for write in orders {
            let order = &write.snapshot.order;
            let number = history::sql(order.number);
            let customer = self.people.key(&self.connection, &order.customer, order.store.as_str(), at)?;
            let status = status_code(order.status());
            let contact = &write.snapshot.contact;
            if write.new {
                let store = self.store_key(&order.store)?;
                let contact = serde_json::to_string(contact)?;
                let state = json(&mut self.scratch, order)?;
                self.connection
                    .prepare_cached(
                        "INSERT INTO orders (number, id, store, customer, status, version, first_seq, last_seq, \
                         created_at, state, contact) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                    )?
                    .execute((
                        number,
                        order.id.uuid().as_bytes().as_slice(),
                        store,
                        customer,
                        status,
                        order.version.0,
                        write.first_seq.sql(),
                        write.last_seq.sql(),
                        millis(order.created_at),
                        state,
                        contact,
                    ))?;
                placed.push(Entry { key: customer, value: number });
            } else {
                let contact = serde_json::to_string(contact)?;
                let state = json(&mut self.scratch, order)?;
                self.connection
                    .prepare_cached(
                        "UPDATE orders SET status = ?2, version = ?3, last_seq = ?4, state = ?5, contact = ?6 \
                         WHERE number = ?1",
                    )?
                    .execute((number, status, order.version.0, write.last_seq.sql(), state, contact))?;
            }
            if let Some(shipping) = &write.snapshot.contact.shipping
                && write.new
            {
                self.people.known_as(&self.connection, &order.customer, shipping)?;
            }
        }
        self.customer_runs.add(&self.connection, placed.into_iter())?;
        Ok(())
    }

    fn write_events(&mut self, writes: &Writes) -> Result<(), LogError> {
        for recorded in &writes.events {
            let event = &recorded.event;
            let follows = match &event.subject {
                Subject::Order { number, .. } if event.kind != orders::Kind::OrderCreated => {
                    Some(history::sql(*number))
                }
                _ => None,
            };
            let body = json(&mut self.scratch, event)?;
            self.connection
                .prepare_cached(
                    "INSERT INTO events (seq, id, store, follows, schema, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                )?
                .execute((
                    recorded.seq.sql(),
                    recorded.id.uuid().as_bytes().as_slice(),
                    event.subject.store().as_str(),
                    follows,
                    orders::upcast::CURRENT,
                    body,
                ))?;
            self.index_event(recorded)?;
        }
        Ok(())
    }

    /// What else an order is found by, once it is known.
    fn index_event(&self, recorded: &crate::record::Recorded) -> Result<(), LogError> {
        let Subject::Order { number, .. } = &recorded.event.subject else { return Ok(()) };
        for change in &recorded.event.changes {
            match change {
                orders::Change::TrackingNumber { number: tracking } => {
                    self.connection
                        .prepare_cached("INSERT OR IGNORE INTO tracking_numbers (tracking, number) VALUES (?1, ?2)")?
                        .execute((tracking.as_str(), history::sql(*number)))?;
                }
                orders::Change::Partner { driver: Some(driver) } => {
                    self.connection
                        .prepare_cached("INSERT OR IGNORE INTO driver_orders (driver, number) VALUES (?1, ?2)")?
                        .execute((driver.as_str(), history::sql(*number)))?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn write_products(&mut self, writes: &Writes) -> Result<(), LogError> {
        for (product, details) in &writes.products {
            let id = product.id.uuid();
            let id = id.as_bytes().as_slice();
            if let Some(key) = self.products.get(&product.id) {
                self.connection
                    .prepare_cached(
                        "UPDATE products SET name = ?2, amount = ?3, currency = ?4, archived = ?5, version = ?6 \
                         WHERE key = ?1",
                    )?
                    .execute((
                        key,
                        product.name.as_str(),
                        product.price.amount,
                        product.price.currency.code(),
                        product.archived,
                        product.version.0,
                    ))?;
            } else {
                self.connection
                    .prepare_cached(
                        "INSERT INTO products (id, store, name, amount, currency, archived, version, details) \
                         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, '{}')",
                    )?
                    .execute((
                        id,
                        product.store.as_str(),
                        product.name.as_str(),
                        product.price.amount,
                        product.price.currency.code(),
                        product.archived,
                        product.version.0,
                    ))?;
                let key = self.connection.last_insert_rowid();
                self.products.insert(product.id, key);
            }
            if let Some(details) = details {
                let category = details.category.as_ref().map(orders::text::Line::as_str);
                self.connection
                    .prepare_cached("UPDATE products SET details = ?2, category = ?3 WHERE id = ?1")?
                    .execute((id, serde_json::to_string(details)?, category))?;
            }
            self.write_stock(product.id, product.stock)?;
        }
        for (id, stock) in &writes.stock {
            self.write_stock(*id, *stock)?;
        }
        Ok(())
    }

    fn write_stock(&self, id: ProductId, stock: orders::product::Stock) -> Result<(), LogError> {
        let Some(key) = self.products.get(&id) else {
            return Err(LogError::Corrupt(format!("product {id} has no row")));
        };
        self.connection
            .prepare_cached("INSERT OR REPLACE INTO stock (product, on_hand, reserved) VALUES (?1, ?2, ?3)")?
            .execute((key, stock.on_hand, stock.reserved))?;
        Ok(())
    }
}

impl Journal for SqliteJournal {
    fn begin(&mut self, wanted: &Wanted, loaded: &mut Loaded) -> Result<(), LogError> {
        self.gate.pass();
        self.connection.prepare_cached("BEGIN IMMEDIATE")?.execute(())?;
        let version = data_version(&self.connection)?;
        if version != self.data_version {
            self.data_version = version;
            self.forget(Some(loaded));
        }
        self.load_head(loaded)?;
        let of_orders = self.load_orders(&wanted.orders, loaded)?;
        for id in wanted.products.iter().chain(&of_orders) {
            self.load_product(*id, loaded)?;
        }
        self.load_details(&wanted.details, loaded)?;
        for user in &wanted.people {
            if !loaded.people.contains_key(user)
                && let Some(person) = self.people.find(&self.connection, user)?
            {
                loaded.people.insert(user.clone(), person);
            }
        }
        // The answer's age is judged by the time of this batch, which is never before that of an earlier one.
        self.answers.find(&self.connection, &wanted.keys, wanted.now, &mut loaded.answers)
    }

    fn account(
        &mut self,
        change: &AccountChange,
        now: Timestamp,
    ) -> Result<Result<AccountAnswer, AccountRefusal>, LogError> {
        accounts::change(&self.connection, &mut self.people, change, now)
    }

    fn write(&mut self, writes: &Writes) -> Result<(), LogError> {
        for seen in &writes.people {
            self.people.seen(&self.connection, seen, writes.at)?;
        }
        self.write_products(writes)?;
        self.write_orders(&writes.orders, writes.at)?;
        self.write_events(writes)?;
        self.answers.add(&self.connection, &writes.answers, writes.at)?;
        stats::write(&self.connection, &writes.stats)
    }

    fn commit(&mut self) -> Result<(), LogError> {
        self.connection.prepare_cached("COMMIT")?.execute(())?;
        self.customer_runs.committed();
        self.answers.committed();
        Ok(())
    }

    fn rollback(&mut self) {
        if !self.connection.is_autocommit()
            && let Err(error) = self.connection.execute_batch("ROLLBACK")
        {
            tracing::error!(%error, "the database refused even to roll back");
        }
        self.customer_runs.rolled_back();
        self.answers.rolled_back();
        self.forget(None);
    }

    fn tidy(&mut self, now: Timestamp) -> Result<(), LogError> {
        self.gate.pass();
        self.connection.execute_batch("BEGIN IMMEDIATE")?;
        let answers = self.answers.tidy(&self.connection, now)?;
        let accounts = accounts::tidy(&self.connection, now)?;
        // Nothing to forget: nothing to sync.
        self.connection.execute_batch(if answers || accounts { "COMMIT" } else { "ROLLBACK" })?;
        Ok(())
    }
}

/// Serialises into a buffer that is kept, and lends the text.
fn json<'a>(scratch: &'a mut Vec<u8>, value: &impl Serialize) -> Result<&'a str, LogError> {
    scratch.clear();
    serde_json::to_writer(&mut *scratch, value)?;
    std::str::from_utf8(scratch).map_err(|error| LogError::Corrupt(error.to_string()))
}

fn data_version(connection: &Connection) -> Result<i64, LogError> {
    Ok(connection.prepare_cached("PRAGMA data_version")?.query_row((), |row| row.get(0))?)
}

/// The log's head and the history's name.
pub(super) fn head(connection: &Connection) -> Result<(Seq, Epoch), LogError> {
    let head: Option<i64> =
        connection.prepare_cached("SELECT max(seq) FROM events")?.query_row((), |row| row.get(0))?;
    let epoch: String = connection
        .prepare_cached("SELECT value FROM meta WHERE name = 'epoch'")?
        .query_row((), |row| row.get(0))?;
    Ok((Seq(head.unwrap_or(0).unsigned_abs()), Epoch::stored(&epoch)))
}

/// The order somebody named.
pub(super) fn find_order(
    connection: &Connection,
    name: OrderRef,
) -> Result<Option<Arc<crate::record::Snapshot>>, LogError> {
    match name {
        OrderRef::Number(number) => history::snapshot(connection, number),
        OrderRef::Id(id) => {
            let mut find = connection.prepare_cached(&format!(
                "SELECT {} FROM orders o JOIN users u ON u.key = o.customer WHERE o.id = ?1",
                rows::ORDER
            ))?;
            rows::first(find.query([id.uuid().as_bytes().as_slice()])?, rows::snapshot)
        }
    }
}

/// A product with what people look at.
pub(super) fn find_product(
    connection: &Connection,
    id: ProductId,
) -> Result<Option<crate::record::Shelved>, LogError> {
    let mut find = connection.prepare_cached(&format!(
        "SELECT {} FROM products p JOIN stock s ON s.product = p.key WHERE p.id = ?1",
        rows::PRODUCT
    ))?;
    rows::first(find.query([id.uuid().as_bytes().as_slice()])?, rows::shelved)
}
