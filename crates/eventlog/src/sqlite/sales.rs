//! Product sales, in the table `sales`, kept so that placing an order costs hardly more. The sales of an order that is
//! cancelled or refunded are taken back, at the time at which it was placed.
//!
//! Updating the totals with every order would change several rows for each item. So the totals of new orders are
//! collected in memory, and written once for every [`FLUSH_ITEMS`] items. A mark says up to which order they are written.
//! Readers add the few orders after the mark, so that the totals are exact in every snapshot. Nothing is lost when the
//! process ends: the writer reads the orders after the mark when it starts.

use foldhash::{HashMap, HashMapExt as _};
use orders::order::{Lifecycle, PaymentState};
use orders::{Currency, Money, Order, ProductId};
use rusqlite::{Connection, OptionalExtension};
use serde::Deserialize;

use super::catalogue::Catalogue;
use super::keys::product_key;
use super::rows::{self, timestamp};
use crate::error::LogError;
use crate::stats::rollup::{Resolution, intervals_of, parts};
use crate::stats::{CurrencyKey, ProductSales, SalesTotal, best_sellers, bucket};

/// Items collected in memory before they are written. More items make reads slower, fewer make orders slower.
const FLUSH_ITEMS: usize = 8192;

/// Orders that the migration counts at a time, to bound its memory.
const MIGRATION_CHUNK: i64 = 50_000;

/// The row of `meta` with the number of the last order whose sales are written.
const MARK: &str = "sales_counted";

/// Sales that are not written yet; `None` when they must be read again.
#[derive(Default)]
pub(super) struct Sales(Option<PendingSales>);

struct PendingSales {
    /// The last order that is counted.
    last: i64,
    /// Items that are counted and not written.
    items: usize,
    totals: HashMap<SalesKey, SalesTotal>,
}

/// Store, bucket, product and currency.
type SalesKey = (i64, i64, i64, CurrencyKey);

/// What is needed of a stored order.
#[derive(Deserialize)]
struct StoredOrder {
    items: Vec<StoredItem>,
    lifecycle: Lifecycle,
    payment: StoredPayment,
}

#[derive(Deserialize)]
struct StoredPayment {
    state: PaymentState,
}

impl StoredOrder {
    /// As [`Order::counts_as_revenue`].
    fn counts_as_revenue(&self) -> bool {
        self.lifecycle == Lifecycle::Placed && self.payment.state != PaymentState::Refunded
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredItem {
    product: ProductId,
    unit_price: Money,
    quantity: u32,
}

impl StoredItem {
    fn amount(&self) -> i64 {
        self.unit_price.amount.saturating_mul(self.quantity.into())
    }
}

impl Sales {
    /// Discards what is in memory: the next batch reads the orders after the mark again.
    pub(super) fn clear(&mut self) {
        self.0 = None;
    }

    /// Takes back the sales of orders that were cancelled or refunded, each with its store's key. Their rows are updated
    /// already. Must be called before `add`, which may read the rows again. Orders of the batch itself are not included.
    pub(super) fn subtract(
        &mut self,
        connection: &Connection,
        catalogue: &Catalogue,
        reversed: &[(&Order, i64)],
    ) -> Result<(), LogError> {
        if reversed.is_empty() {
            return Ok(());
        }
        let written = mark(connection)?;
        let mut totals = HashMap::new();
        for (order, store) in reversed {
            let number = rows::number_to_sql(order.number);
            let totals = match &mut self.0 {
                _ if number <= written => &mut totals,
                Some(pending) if number <= pending.last => &mut pending.totals,
                // It was not counted yet, and will not be.
                _ => continue,
            };
            add_items(totals, connection, catalogue, (order, *store), -1)?;
        }
        write_totals(connection, totals)
    }

    /// Counts new orders, each with its store's key. Their rows are inserted already.
    pub(super) fn add(
        &mut self,
        connection: &Connection,
        catalogue: &Catalogue,
        placed: &[(&Order, i64)],
    ) -> Result<(), LogError> {
        let Some((first, _)) = placed.first() else { return Ok(()) };
        // After an error the state stays `None`, and everything is counted again.
        let mut pending = match self.0.take() {
            Some(mut pending) if pending.last + 1 == rows::number_to_sql(first.number) => {
                for (order, store) in placed {
                    pending.count(connection, catalogue, order, *store)?;
                }
                pending
            }
            _ => {
                let mut pending = PendingSales::after_mark(connection)?;
                pending.read(connection, i64::MAX)?;
                pending
            }
        };
        if pending.items >= FLUSH_ITEMS {
            pending.write(connection)?;
        }
        self.0 = Some(pending);
        Ok(())
    }
}

impl PendingSales {
    fn after_mark(connection: &Connection) -> Result<Self, LogError> {
        Ok(Self { last: mark(connection)?, items: 0, totals: HashMap::new() })
    }

    /// Counts the next orders, at most `limit`.
    fn read(&mut self, connection: &Connection, limit: i64) -> Result<(), LogError> {
        let mut keys = ProductKeys::default();
        let all = |_, _| true;
        for_each_order_after(connection, self.last, limit, all, |number, store, at, items| {
            // An order without items that count is read, too.
            self.items += items.len().max(1);
            self.last = number;
            for item in items {
                if let Some(product) = keys.get(connection, item.product)? {
                    let key = (store, at, product, item.unit_price.currency.into());
                    self.totals.entry(key).or_default().add(item.quantity.into(), item.amount());
                }
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
        // It may have been cancelled within the batch that placed it.
        if order.counts_as_revenue() {
            add_items(&mut self.totals, connection, catalogue, (order, store), 1)?;
        }
        self.items += order.items.len();
        self.last = rows::number_to_sql(order.number);
        Ok(())
    }

    /// Writes the totals, and moves the mark.
    fn write(&mut self, connection: &Connection) -> Result<(), LogError> {
        write_totals(connection, std::mem::take(&mut self.totals))?;
        connection
            .prepare_cached("INSERT OR REPLACE INTO meta (name, value) VALUES (?1, ?2)")?
            .execute((MARK, self.last))?;
        self.items = 0;
        Ok(())
    }
}

/// Adds the items of an order with a sign: 1 for a sale, -1 to take it back.
fn add_items(
    totals: &mut HashMap<SalesKey, SalesTotal>,
    connection: &Connection,
    catalogue: &Catalogue,
    (order, store): (&Order, i64),
    sign: i64,
) -> Result<(), LogError> {
    let at = bucket(order.created_at);
    for item in &order.items {
        let product = match catalogue.key(item.product) {
            Some(product) => product,
            None => match product_key(connection, item.product)? {
                Some(product) => product,
                None => continue,
            },
        };
        let key = (store, at, product, CurrencyKey::from(item.unit_price.currency));
        let amount = item.unit_price.amount.saturating_mul(item.quantity.into());
        totals.entry(key).or_default().add(sign * i64::from(item.quantity), sign * amount);
    }
    Ok(())
}

/// Adds totals to the table at every resolution, in the order of the table.
fn write_totals(connection: &Connection, totals: HashMap<SalesKey, SalesTotal>) -> Result<(), LogError> {
    let mut rolled_up: HashMap<(i64, Resolution, i64, i64, CurrencyKey), SalesTotal> = HashMap::new();
    for ((store, at, product, currency), total) in totals {
        for (resolution, at) in intervals_of(at) {
            let row = rolled_up.entry((store, resolution, at, product, currency)).or_default();
            row.add(total.quantity, total.amount);
        }
    }
    let mut rolled_up: Vec<_> = rolled_up.into_iter().collect();
    rolled_up.sort_unstable_by_key(|(row, _)| *row);
    let mut insert = connection.prepare_cached(
        "INSERT INTO sales (store, span, bucket, product, currency, quantity, amount) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO UPDATE SET \
         quantity = quantity + excluded.quantity, amount = amount + excluded.amount",
    )?;
    for ((store, resolution, at, product, currency), total) in rolled_up {
        let key = (store, resolution as i64, at, product);
        insert.execute((key.0, key.1, key.2, key.3, currency.code(), total.quantity, total.amount))?;
    }
    Ok(())
}

/// Counts all sales again, inside the migration to net sales.
pub(super) fn recount(connection: &Connection) -> Result<(), LogError> {
    connection.execute("DELETE FROM sales", ())?;
    connection.execute("DELETE FROM meta WHERE name = ?1", [MARK])?;
    fill(connection)
}

/// Counts all orders of a database that did not count sales, inside the migration's transaction.
pub(super) fn fill(connection: &Connection) -> Result<(), LogError> {
    let mut pending = PendingSales::after_mark(connection)?;
    loop {
        pending.read(connection, MIGRATION_CHUNK)?;
        if pending.items == 0 {
            return Ok(());
        }
        pending.write(connection)?;
    }
}

/// The best-selling products of a store in the buckets `from..to`.
pub(super) fn best_sellers_between(
    connection: &Connection,
    store: i64,
    (from, to): (i64, i64),
    limit: usize,
) -> Result<Vec<ProductSales>, LogError> {
    let mut totals: HashMap<(i64, CurrencyKey), SalesTotal> = HashMap::new();
    let mut find = connection.prepare_cached(
        "SELECT product, currency, quantity, amount FROM sales \
         WHERE store = ?1 AND span = ?2 AND bucket >= ?3 AND bucket < ?4",
    )?;
    for part in parts(from, to) {
        let mut rows = find.query((store, part.resolution as i64, part.first, part.end))?;
        while let Some(row) = rows.next()? {
            let currency = currency(row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?)?;
            totals.entry((row.get(0)?, currency.into())).or_default().add(row.get(2)?, row.get(3)?);
        }
    }
    let mut keys = ProductKeys::default();
    let wanted = |of, at| of == store && (from..to).contains(&at);
    for_each_order_after(connection, mark(connection)?, i64::MAX, wanted, |_, _, _, items| {
        for item in items {
            if let Some(product) = keys.get(connection, item.product)? {
                let key = (product, item.unit_price.currency.into());
                totals.entry(key).or_default().add(item.quantity.into(), item.amount());
            }
        }
        Ok(())
    })?;
    // Product keys rise with time, so that ties are in the order in which the products were created.
    let best = best_sellers(totals, limit).into_iter();
    best.map(|((product, currency), total)| product_sales(connection, product, currency, total)).collect()
}

fn product_sales(
    connection: &Connection,
    product: i64,
    of: CurrencyKey,
    total: SalesTotal,
) -> Result<ProductSales, LogError> {
    let mut find = connection.prepare_cached("SELECT id, name FROM products WHERE key = ?1")?;
    let (id, name): (Vec<u8>, String) = find.query_row([product], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let revenue = Money { amount: total.amount, currency: currency(of.code())? };
    Ok(ProductSales { product: ProductId::new(rows::uuid(&id)?), name, quantity: total.quantity, revenue })
}

pub(super) fn currency(code: &str) -> Result<Currency, LogError> {
    code.parse().map_err(|_| LogError::corrupt(format!("currency {code}")))
}

/// The number of the last order whose sales are written.
fn mark(connection: &Connection) -> Result<i64, LogError> {
    let mut find = connection.prepare_cached("SELECT value FROM meta WHERE name = ?1")?;
    Ok(find.query_row([MARK], |row| row.get(0)).optional()?.unwrap_or(0))
}

/// Calls `with` for at most `limit` orders after the mark: with the order's number, its store's key, its bucket, and its
/// items; with no items if the order was cancelled or refunded. Orders whose store and bucket are not `wanted` are not
/// parsed.
fn for_each_order_after(
    connection: &Connection,
    mark: i64,
    limit: i64,
    wanted: impl Fn(i64, i64) -> bool,
    mut with: impl FnMut(i64, i64, i64, &[StoredItem]) -> Result<(), LogError>,
) -> Result<(), LogError> {
    let mut orders = connection.prepare_cached(
        "SELECT number, store, created_at, state FROM orders WHERE number > ?1 ORDER BY number LIMIT ?2",
    )?;
    let mut rows = orders.query((mark, limit))?;
    while let Some(row) = rows.next()? {
        let (number, store, at) = (row.get(0)?, row.get(1)?, bucket(timestamp(row.get(2)?)));
        if !wanted(store, at) {
            continue;
        }
        let order: StoredOrder =
            serde_json::from_str(row.get_ref(3)?.as_str().map_err(rusqlite::Error::from)?)?;
        with(number, store, at, if order.counts_as_revenue() { &order.items } else { &[] })?;
    }
    Ok(())
}

/// Keys of products, each looked up once. `None`: the product's row was deleted by hand.
#[derive(Default)]
struct ProductKeys(HashMap<ProductId, Option<i64>>);

impl ProductKeys {
    fn get(&mut self, connection: &Connection, product: ProductId) -> Result<Option<i64>, LogError> {
        if let Some(key) = self.0.get(&product) {
            return Ok(*key);
        }
        let key = product_key(connection, product)?;
        self.0.insert(product, key);
        Ok(key)
    }
}
