//! Products and their stock.

use async_trait::async_trait;
use foldhash::HashMap;
use orders::product::Stock;
use orders::{Product, ProductId, StoreId};
use rusqlite::{Connection, ToSql};

use super::read_backend::SqliteReadBackend;
use super::rows::{self, PRODUCT};
use crate::error::LogError;
use crate::read_backend::{CatalogueQueries, ProductFilter};
use crate::stored_event::CatalogProduct;
use crate::write_backend::{BatchContext, Writes};

/// A product search uses this many bytes of the text. SQLite rejects much longer patterns.
const MAX_TEXT_BYTES: usize = 200;

/// A cache of the keys of the products in the batch context.
#[derive(Default)]
pub(super) struct Catalogue {
    keys: HashMap<ProductId, i64>,
}

impl Catalogue {
    pub(super) fn clear(&mut self) {
        self.keys.clear();
    }

    /// The key of a loaded product.
    pub(super) fn key(&self, id: ProductId) -> Option<i64> {
        self.keys.get(&id).copied()
    }

    /// Loads a product into the batch context, unless it is there.
    pub(super) fn load(
        &mut self,
        connection: &Connection,
        id: ProductId,
        context: &mut BatchContext,
    ) -> Result<(), LogError> {
        if context.world.products.contains_key(&id) {
            return Ok(());
        }
        let mut find = connection.prepare_cached(&format!(
            "SELECT {PRODUCT}, p.key FROM products p JOIN stock s ON s.product = p.key WHERE p.id = ?1"
        ))?;
        let loaded = rows::first(find.query([id.uuid().as_bytes().as_slice()])?, |row| {
            Ok((rows::product(row)?, row.get::<_, i64>(10)?))
        })?;
        if let Some((product, key)) = loaded {
            self.keys.insert(id, key);
            context.world.products.insert(id, product);
        }
        Ok(())
    }

    pub(super) fn write(&mut self, connection: &Connection, writes: &Writes) -> Result<(), LogError> {
        for (product, details) in &writes.products {
            let key = self.write_product(connection, product)?;
            if let Some(details) = details {
                let category = details.category.as_ref().map(orders::text::Line::as_str);
                connection
                    .prepare_cached("UPDATE products SET details = ?2, category = ?3 WHERE key = ?1")?
                    .execute((key, serde_json::to_string(details)?, category))?;
            }
            write_stock(connection, key, product.stock)?;
        }
        for (id, stock) in &writes.stock {
            let key =
                self.keys.get(id).ok_or_else(|| LogError::corrupt(format!("product {id} has no row")))?;
            write_stock(connection, *key, *stock)?;
        }
        Ok(())
    }

    fn write_product(&mut self, connection: &Connection, product: &Product) -> Result<i64, LogError> {
        let (price, version) = (product.price, product.version.0);
        if let Some(key) = self.keys.get(&product.id) {
            connection
                .prepare_cached(
                    "UPDATE products SET name = ?2, amount = ?3, currency = ?4, archived = ?5, version = ?6 \
                     WHERE key = ?1",
                )?
                .execute((
                    key,
                    product.name.as_str(),
                    price.amount,
                    price.currency.code(),
                    product.archived,
                    version,
                ))?;
            return Ok(*key);
        }
        connection
            .prepare_cached(
                "INSERT INTO products (id, store, name, amount, currency, archived, version, details) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, '{}')",
            )?
            .execute((
                product.id.uuid().as_bytes().as_slice(),
                product.store.as_str(),
                product.name.as_str(),
                price.amount,
                price.currency.code(),
                product.archived,
                version,
            ))?;
        let key = connection.last_insert_rowid();
        self.keys.insert(product.id, key);
        Ok(key)
    }
}

fn write_stock(connection: &Connection, key: i64, stock: Stock) -> Result<(), LogError> {
    let row = (key, stock.on_hand, stock.reserved);
    let updated = connection
        .prepare_cached("UPDATE stock SET on_hand = ?2, reserved = ?3 WHERE product = ?1")?
        .execute(row)?;
    if updated == 0 {
        connection
            .prepare_cached("INSERT INTO stock (product, on_hand, reserved) VALUES (?1, ?2, ?3)")?
            .execute(row)?;
    }
    Ok(())
}

pub(super) fn find(connection: &Connection, id: ProductId) -> Result<Option<CatalogProduct>, LogError> {
    let mut find = connection.prepare_cached(&format!(
        "SELECT {PRODUCT} FROM products p JOIN stock s ON s.product = p.key WHERE p.id = ?1"
    ))?;
    rows::first(find.query([id.uuid().as_bytes().as_slice()])?, rows::catalog_product)
}

/// The statement for a page of products. With a store it uses the index of the store, otherwise the index of all ids.
pub(super) fn page_sql(of_one_store: bool) -> String {
    let scope = if of_one_store { "p.store = ?2" } else { "?2 IS NULL" };
    format!(
        "SELECT {PRODUCT} FROM products p JOIN stock s ON s.product = p.key \
         WHERE {scope} AND p.id > ?1 AND (?3 OR NOT p.archived) \
         AND (?4 IS NULL OR p.name LIKE ?4 ESCAPE '\\') AND (?5 IS NULL OR p.category = ?5) \
         ORDER BY p.id LIMIT ?6"
    )
}

/// A page of products in the order of their ids, which is the order of their creation; and whether there are more.
pub(super) fn page(
    connection: &Connection,
    filter: &ProductFilter,
) -> Result<(Vec<CatalogProduct>, bool), LogError> {
    let like = filter.text.as_deref().map(|text| format!("%{}%", escaped(text)));
    let after = filter.after.map(|id| id.uuid().as_bytes().to_vec()).unwrap_or_default();
    let store = filter.store.as_ref().map(StoreId::as_str);
    let limit = i64::try_from(filter.limit).unwrap_or(i64::MAX).saturating_add(1);
    let mut find = connection.prepare_cached(&page_sql(store.is_some()))?;
    let values: [&dyn ToSql; 6] = [&after, &store, &filter.archived, &like, &filter.category, &limit];
    let mut products = rows::collect(find.query(values)?, rows::catalog_product)?;
    let more = products.len() > filter.limit;
    products.truncate(filter.limit);
    Ok((products, more))
}

/// Escapes a text for a `LIKE` pattern.
fn escaped(text: &str) -> String {
    let text = text.trim();
    let text = &text[..text.floor_char_boundary(MAX_TEXT_BYTES)];
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

#[async_trait]
impl CatalogueQueries for SqliteReadBackend {
    async fn products(&self, filter: ProductFilter) -> Result<(Vec<CatalogProduct>, bool), LogError> {
        self.read(move |connection| page(connection, &filter)).await
    }

    async fn product(&self, id: ProductId) -> Result<Option<CatalogProduct>, LogError> {
        self.read(move |connection| find(connection, id)).await
    }
}
