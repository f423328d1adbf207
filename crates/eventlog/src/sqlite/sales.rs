//! What was ordered of each product, kept so that placing an order hardly costs more.
//!
//! An order with two lines would be four more rows to change. So what was ordered waits in memory, summed up, and is
//! written once for [`PORTION`] lines of orders, which is a small part of a row an order. A mark says up to which order it was
//! written; whoever reads adds the few orders behind the mark, so that the sums are exact in every snapshot, and
//! nothing is lost when the memory is: the writer too reads the orders behind the mark when it begins.

use foldhash::{HashMap, HashMapExt as _};
use orders::{Currency, Money, Order, ProductId};
use rusqlite::{Connection, OptionalExtension};
use serde::Deserialize;

use super::catalogue::Catalogue;
use super::rollup::{self, Span};
use super::rows;
use super::rows::timestamp;
use crate::error::LogError;
use crate::stats::{CurrencyKey, ProductSales, bucket};

/// Lines that are counted in memory before they are written. More: a reader has more to add up. Fewer: each order costs
/// more.
const PORTION: usize = 8192;

/// Orders that are counted at a time when a database is brought up to date, so that it fits into memory.
const FILL: i64 = 50_000;

/// Up to which order everything is written.
const MARK: &str = "sales_counted";

/// What was ordered and is not written yet.
#[derive(Default)]
pub(super) struct Sales(Option<Waiting>);

struct Waiting {
    /// The last order that is counted.
    last: i64,
    /// Lines of orders that are counted, and not written.
    lines: usize,
    sums: HashMap<Row, Sum>,
}

/// Store, bucket, product and currency.
type Row = (i64, i64, i64, CurrencyKey);

#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    quantity: i64,
    amount: i64,
}

impl Sum {
    fn add(&mut self, quantity: i64, amount: i64) {
        self.quantity += quantity;
        self.amount += amount;
    }
}

/// Of an order's state, what was bought.
#[derive(Deserialize)]
struct Cart {
    items: Vec<Line>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    product: ProductId,
    unit_price: Money,
    quantity: u32,
}

impl Line {
    fn amount(&self) -> i64 {
        self.unit_price.amount.saturating_mul(self.quantity.into())
    }
}

impl Sales {
    /// What is in memory may be wrong: the next batch counts the orders behind the mark again.
    pub(super) fn forget(&mut self) {
        self.0 = None;
    }

    /// Counts orders, each with its store's key, whose rows are written already.
    pub(super) fn add(
        &mut self,
        connection: &Connection,
        catalogue: &Catalogue,
        placed: &[(&Order, i64)],
    ) -> Result<(), LogError> {
        let Some((first, _)) = placed.first() else { return Ok(()) };
        // After an error nothing is known, and all is counted again.
        let mut waiting = match self.0.take() {
            Some(mut waiting) if waiting.last + 1 == rows::number_to_sql(first.number) => {
                for (order, store) in placed {
                    waiting.count(connection, catalogue, order, *store)?;
                }
                waiting
            }
            _ => {
                let mut waiting = Waiting::none(connection)?;
                waiting.read(connection, i64::MAX)?;
                waiting
            }
        };
        if waiting.lines >= PORTION {
            waiting.write(connection)?;
        }
        self.0 = Some(waiting);
        Ok(())
    }
}

impl Waiting {
    fn none(connection: &Connection) -> Result<Self, LogError> {
        Ok(Self { last: mark(connection)?, lines: 0, sums: HashMap::new() })
    }

    /// Counts at most so many orders of those that come next.
    fn read(&mut self, connection: &Connection, limit: i64) -> Result<(), LogError> {
        let mut keys = Keys::default();
        let all = |_, _| true;
        behind(connection, self.last, limit, all, |number, store, at, line| {
            self.lines += 1;
            self.last = number;
            if let Some(product) = keys.of(connection, line.product)? {
                let row = (store, at, product, line.unit_price.currency.into());
                self.sums.entry(row).or_default().add(line.quantity.into(), line.amount());
            }
            Ok(())
        })
    }

    fn count(
        &mut self,
        connection: &Connection,
        catalogue: &Catalogue,
        order: &Order,
        store: i64,
    ) -> Result<(), LogError> {
        let at = bucket(order.created_at);
        for item in &order.items {
            let product = match catalogue.key(item.product) {
                Some(product) => product,
                None => match key_of(connection, item.product)? {
                    Some(product) => product,
                    None => continue,
                },
            };
            let row = (store, at, product, CurrencyKey::from(item.unit_price.currency));
            let amount = item.unit_price.amount.saturating_mul(item.quantity.into());
            self.sums.entry(row).or_default().add(item.quantity.into(), amount);
        }
        self.lines += order.items.len();
        self.last = rows::number_to_sql(order.number);
        Ok(())
    }

    /// Writes it, in the order in which the rows lie, and moves the mark.
    fn write(&mut self, connection: &Connection) -> Result<(), LogError> {
        let mut all: HashMap<(i64, Span, i64, i64, CurrencyKey), Sum> = HashMap::new();
        for ((store, at, product, currency), sum) in self.sums.drain() {
            for (span, at) in rollup::of(at) {
                let row = all.entry((store, span, at, product, currency)).or_default();
                row.add(sum.quantity, sum.amount);
            }
        }
        let mut all: Vec<_> = all.into_iter().collect();
        all.sort_unstable_by_key(|(row, _)| *row);
        let mut insert = connection.prepare_cached(
            "INSERT INTO sales (store, span, bucket, product, currency, quantity, amount) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO UPDATE SET \
             quantity = quantity + excluded.quantity, amount = amount + excluded.amount",
        )?;
        for ((store, span, at, product, currency), sum) in all {
            insert.execute((store, span as i64, at, product, currency.code(), sum.quantity, sum.amount))?;
        }
        connection
            .prepare_cached("INSERT OR REPLACE INTO meta (name, value) VALUES (?1, ?2)")?
            .execute((MARK, self.last))?;
        self.lines = 0;
        Ok(())
    }
}

/// Counts all orders of a database that did not count them, inside the migration's transaction.
pub(super) fn fill(connection: &Connection) -> Result<(), LogError> {
    let mut waiting = Waiting::none(connection)?;
    loop {
        waiting.read(connection, FILL)?;
        if waiting.lines == 0 {
            return Ok(());
        }
        waiting.write(connection)?;
    }
}

/// What a store sold most of, by quantity, in the buckets from one up to and without another.
pub(super) fn most(
    connection: &Connection,
    store: i64,
    (from, to): (i64, i64),
    limit: usize,
) -> Result<Vec<ProductSales>, LogError> {
    let mut sums: HashMap<(i64, CurrencyKey), Sum> = HashMap::new();
    let mut find = connection.prepare_cached(
        "SELECT product, currency, quantity, amount FROM sales \
         WHERE store = ?1 AND span = ?2 AND bucket >= ?3 AND bucket < ?4",
    )?;
    for (span, from, to) in rollup::between(from, to) {
        let mut rows = find.query((store, span as i64, from, to))?;
        while let Some(row) = rows.next()? {
            let currency = currency(row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?)?;
            sums.entry((row.get(0)?, currency.into())).or_default().add(row.get(2)?, row.get(3)?);
        }
    }
    let mut keys = Keys::default();
    let load = |of, at| of == store && (from..to).contains(&at);
    behind(connection, mark(connection)?, i64::MAX, load, |_, _, _, line| {
        if let Some(product) = keys.of(connection, line.product)? {
            let row = (product, line.unit_price.currency.into());
            sums.entry(row).or_default().add(line.quantity.into(), line.amount());
        }
        Ok(())
    })?;
    let mut sums: Vec<_> = sums.into_iter().collect();
    // The same for everybody who asks: the oldest product first where there is nothing between them.
    sums.sort_unstable_by_key(|((product, currency), sum)| {
        (std::cmp::Reverse((sum.quantity, sum.amount)), *product, *currency)
    });
    sums.truncate(limit);
    sums.into_iter().map(|((product, of), sum)| sold(connection, product, of, sum)).collect()
}

fn sold(connection: &Connection, product: i64, of: CurrencyKey, sum: Sum) -> Result<ProductSales, LogError> {
    let mut find = connection.prepare_cached("SELECT id, name FROM products WHERE key = ?1")?;
    let (id, name): (Vec<u8>, String) = find.query_row([product], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let revenue = Money { amount: sum.amount, currency: currency(of.code())? };
    Ok(ProductSales { product: ProductId::new(rows::uuid(&id)?), name, quantity: sum.quantity, revenue })
}

pub(super) fn currency(code: &str) -> Result<Currency, LogError> {
    code.parse().map_err(|_| LogError::corrupt(format!("currency {code}")))
}

/// Up to which order everything is written.
fn mark(connection: &Connection) -> Result<i64, LogError> {
    let mut find = connection.prepare_cached("SELECT value FROM meta WHERE name = ?1")?;
    Ok(find.query_row([MARK], |row| row.get(0)).optional()?.unwrap_or(0))
}

/// Every line of at most so many orders behind one: the order's number, its store's key, its bucket, the line. Of orders
/// whose store and bucket are wanted; of others nothing is parsed.
fn behind(
    connection: &Connection,
    mark: i64,
    limit: i64,
    load: impl Fn(i64, i64) -> bool,
    mut with: impl FnMut(i64, i64, i64, &Line) -> Result<(), LogError>,
) -> Result<(), LogError> {
    let mut orders = connection.prepare_cached(
        "SELECT number, store, created_at, state FROM orders WHERE number > ?1 ORDER BY number LIMIT ?2",
    )?;
    let mut rows = orders.query((mark, limit))?;
    while let Some(row) = rows.next()? {
        let (number, store, at) = (row.get(0)?, row.get(1)?, bucket(timestamp(row.get(2)?)));
        if !load(store, at) {
            continue;
        }
        let cart: Cart = serde_json::from_str(row.get_ref(3)?.as_str().map_err(rusqlite::Error::from)?)?;
        for line in &cart.items {
            with(number, store, at, line)?;
        }
    }
    Ok(())
}

/// Keys of products, each looked up once.
#[derive(Default)]
struct Keys(HashMap<ProductId, Option<i64>>);

impl Keys {
    /// `None` of a product whose row somebody deleted.
    fn of(&mut self, connection: &Connection, product: ProductId) -> Result<Option<i64>, LogError> {
        if let Some(key) = self.0.get(&product) {
            return Ok(*key);
        }
        let key = key_of(connection, product)?;
        self.0.insert(product, key);
        Ok(key)
    }
}

fn key_of(connection: &Connection, product: ProductId) -> Result<Option<i64>, LogError> {
    let mut find = connection.prepare_cached("SELECT key FROM products WHERE id = ?1")?;
    Ok(find.query_row([product.uuid().as_bytes().as_slice()], |row| row.get(0)).optional()?)
}
