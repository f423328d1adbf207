//! The same rows, written by a bare loop of prepared statements: what the database alone costs.
//!
//! After a run, the rows the server wrote are read back from its database, and written once more, in the same order
//! and in batches of the same size, into a fresh database with the same tables and the same durability, on the core
//! the server had. The loop leaves out HTTP, JSON, deciding, looking keys up, and waiting for others; it checkpoints
//! in line, as SQLite does by itself. Page size, cache, statements and the pages between two checkpoints are the
//! server's.

use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, params_from_iter};
use serde::Serialize;

use crate::cpu_affinity;
use crate::interrupt::Interrupt;
use crate::units::{float, mebibytes, micros_each, per_second, ratio};
use crate::usage;

/// The server's tables. The file is its own migration, so that the two cannot drift apart.
const TABLES: &str = include_str!("../../../crates/eventlog/src/sqlite/schema/1.sql");
/// Orders held in memory at a time, read while the clock stands still.
const PORTION: usize = 20_000;
/// Entries of a sorted run, as the server writes them.
const RUN: usize = 8192;

/// What the loop managed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SqliteFloor {
    /// Orders written.
    pub(crate) orders: u64,
    /// Orders of one transaction, as the server had on average.
    pub(crate) batch: usize,
    /// Over the whole run.
    pub(crate) per_second: f64,
    /// Processor time of each order, in microseconds.
    pub(crate) micros: f64,
    /// MiB it caused to be written to disk for 100 000 orders.
    pub(crate) written_mebibytes: f64,
    /// The server's rate over this one.
    pub(crate) kept: f64,
}

/// One order's rows.
struct OrderRows {
    order: Vec<Value>,
    event: Vec<Value>,
    answer: Option<Vec<Value>>,
    products: Vec<i64>,
}

/// Writes the rows of the database in `data` again, into `directory`.
pub(crate) fn measure(
    data: &Path,
    directory: &Path,
    core: usize,
    batch: f64,
    server_per_second: f64,
    interrupt: &Interrupt,
) -> Result<SqliteFloor> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a batch is 1 to 256")]
    let batch = batch.round().clamp(1.0, 256.0) as usize;
    // A thread of its own, so that only it moves to the server's core.
    let (orders, used) = std::thread::scope(|scope| {
        let work = scope.spawn(|| {
            cpu_affinity::pin_to_core(core)?;
            let source = data.join("ordercast.db");
            let source = Connection::open_with_flags(source, OpenFlags::SQLITE_OPEN_READ_ONLY)
                .context("cannot read the server's database")?;
            write_all(&source, &directory.join("floor.db"), batch, interrupt)
        });
        work.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })?;
    let rate = per_second(orders, used.time);
    Ok(SqliteFloor {
        orders,
        batch,
        per_second: rate,
        micros: micros_each(used.processor, orders),
        written_mebibytes: ratio(mebibytes(used.written) * 1e5, float(orders)),
        kept: ratio(server_per_second, rate),
    })
}

/// What the loop used while it wrote.
#[derive(Default)]
struct LoopUsage {
    time: Duration,
    processor: Duration,
    written: u64,
}

fn write_all(
    source: &Connection,
    target: &Path,
    batch: usize,
    interrupt: &Interrupt,
) -> Result<(u64, LoopUsage)> {
    let mut floor = BareLoop::new(source, target)?;
    let mut after = 0;
    let (mut orders, mut used) = (0, LoopUsage::default());
    loop {
        interrupt.check()?;
        let (portion, last) = read(source, &floor.products, after)?;
        let Some(last) = last else { break };
        after = last;
        orders += portion.len() as u64;
        let (before, start) = (usage::of_thread()?, Instant::now());
        for rows in portion.chunks(batch) {
            floor.write(rows)?;
        }
        used.time += start.elapsed();
        let after = usage::of_thread()?;
        used.processor += after.0.saturating_sub(before.0);
        used.written += after.1.saturating_sub(before.1);
    }
    Ok((orders, used))
}

/// The next orders of the source, with everything that was written with each.
fn read(
    source: &Connection,
    products: &HashMap<String, i64>,
    after: i64,
) -> Result<(Vec<OrderRows>, Option<i64>)> {
    let mut orders = source.prepare_cached(
        "SELECT number, id, store, customer, status, version, first_seq, last_seq, created_at, state, contact \
         FROM orders WHERE number > ?1 ORDER BY number LIMIT ?2",
    )?;
    let mut event =
        source.prepare_cached("SELECT seq, id, store, follows, schema, body FROM events WHERE seq = ?1")?;
    let mut answers = source.prepare_cached(
        "SELECT scope, body, at, seq, outcomes FROM answers WHERE row = \
         (SELECT min(row) FROM answers) + ?1 - (SELECT min(number) FROM orders)",
    )?;
    let mut portion = Vec::with_capacity(PORTION);
    let mut rows = orders.query((after, i64::try_from(PORTION)?))?;
    let mut last = None;
    while let Some(row) = rows.next()? {
        let number: i64 = row.get(0)?;
        let state: String = row.get(9)?;
        let state: serde_json::Value = serde_json::from_str(&state)?;
        let items = state["items"].as_array().context("an order without items")?;
        let names = items.iter().filter_map(|item| item["product"].as_str());
        portion.push(OrderRows {
            order: values(row, 11)?,
            event: event.query_row([row.get::<_, i64>(6)?], |row| values(row, 6))?,
            answer: optional(answers.query_row([number], |row| values(row, 5)))?,
            products: names.filter_map(|name| products.get(name).copied()).collect(),
        });
        last = Some(number);
    }
    Ok((portion, last))
}

fn values(row: &rusqlite::Row<'_>, columns: usize) -> rusqlite::Result<Vec<Value>> {
    (0..columns).map(|column| row.get(column)).collect()
}

fn optional<T>(result: rusqlite::Result<T>) -> rusqlite::Result<Option<T>> {
    match result {
        Err(rusqlite::Error::QueryReturnedNoRows) => Ok(None),
        other => other.map(Some),
    }
}

struct BareLoop {
    connection: Connection,
    products: HashMap<String, i64>,
    customers: Vec<(i64, i64)>,
    answers: Vec<(i64, i64)>,
    runs: (i64, i64),
}

impl BareLoop {
    fn new(source: &Connection, target: &Path) -> Result<Self> {
        let connection = Connection::open(target)?;
        let page_size: i64 = source.pragma_query_value(None, "page_size", |row| row.get(0))?;
        connection.pragma_update(None, "page_size", page_size)?;
        connection.query_row("PRAGMA journal_mode = WAL", (), |_| Ok(()))?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "wal_autocheckpoint", 2000)?;
        // The stock is written without the products it belongs to.
        connection.pragma_update(None, "foreign_keys", false)?;
        connection.pragma_update(None, "cache_size", -64 * 1024)?;
        connection.set_prepared_statement_cache_capacity(32);
        connection.execute_batch(TABLES)?;
        let mut products = HashMap::new();
        let mut find = source.prepare("SELECT lower(hex(id)), key FROM products")?;
        let mut rows = find.query(())?;
        while let Some(row) = rows.next()? {
            let id: uuid::Uuid = row.get::<_, String>(0)?.parse()?;
            let key: i64 = row.get(1)?;
            connection
                .prepare_cached("INSERT INTO stock (product, on_hand, reserved) VALUES (?1, 500000000, 0)")?
                .execute([key])?;
            products.insert(id.to_string(), key);
        }
        Ok(Self { connection, products, customers: Vec::new(), answers: Vec::new(), runs: (1, 1) })
    }

    /// One transaction.
    fn write(&mut self, batch: &[OrderRows]) -> Result<()> {
        let connection = &self.connection;
        connection.prepare_cached("BEGIN IMMEDIATE")?.execute(())?;
        let mut stock =
            connection.prepare_cached("UPDATE stock SET on_hand = ?2, reserved = ?3 WHERE product = ?1")?;
        let mut touched: Vec<i64> = batch.iter().flat_map(|rows| rows.products.iter().copied()).collect();
        touched.sort_unstable();
        touched.dedup();
        for product in touched {
            stock.execute((product, 500_000_000, 1))?;
        }
        let mut order = connection.prepare_cached(
            "INSERT INTO orders (number, id, store, customer, status, version, first_seq, last_seq, created_at, \
             state, contact) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?;
        let mut event = connection.prepare_cached(
            "INSERT INTO events (seq, id, store, follows, schema, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        let mut answer = connection.prepare_cached(
            "INSERT INTO answers (scope, body, at, seq, outcomes) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        for rows in batch {
            order.execute(params_from_iter(&rows.order))?;
            event.execute(params_from_iter(&rows.event))?;
            if let (Value::Integer(number), Value::Integer(customer)) = (&rows.order[0], &rows.order[3]) {
                self.customers.push((*customer, *number));
            }
            if let Some(values) = &rows.answer {
                answer.execute(params_from_iter(values))?;
                if let Value::Blob(scope) = &values[0] {
                    let key = scope.first_chunk().map_or(0, |bytes| i64::from_le_bytes(*bytes));
                    self.answers.push((key, connection.last_insert_rowid()));
                }
            }
        }
        run(connection, "customer", &mut self.customers, &mut self.runs.0)?;
        run(connection, "answer", &mut self.answers, &mut self.runs.1)?;
        connection
            .prepare_cached(
                "INSERT INTO counts VALUES ('main', 'INR', 0, ?1, ?1) \
                 ON CONFLICT DO UPDATE SET orders = orders + excluded.orders, amount = amount + excluded.amount",
            )?
            .execute([i64::try_from(batch.len())?])?;
        connection
            .prepare_cached(
                "INSERT INTO flow VALUES ('main', 1, 'INR', ?1, ?1, 0, 0, 0) \
                 ON CONFLICT DO UPDATE SET placed = placed + excluded.placed, amount = amount + excluded.amount",
            )?
            .execute([i64::try_from(batch.len())?])?;
        connection.prepare_cached("COMMIT")?.execute(())?;
        Ok(())
    }
}

/// Writes a sorted run when there are enough entries for one.
fn run(connection: &Connection, table: &str, entries: &mut Vec<(i64, i64)>, next: &mut i64) -> Result<()> {
    if entries.len() < RUN {
        return Ok(());
    }
    let last = entries.iter().map(|(_, value)| *value).max();
    entries.sort_unstable();
    let mut insert = connection
        .prepare_cached(&format!("INSERT INTO {table}_runs (run, key, value) VALUES (?1, ?2, ?3)"))?;
    for (key, value) in entries.drain(..) {
        insert.execute((*next, key, value))?;
    }
    connection
        .prepare_cached(&format!("INSERT INTO {table}_run_ends (run, last) VALUES (?1, ?2)"))?
        .execute((*next, last))?;
    *next += 1;
    Ok(())
}
