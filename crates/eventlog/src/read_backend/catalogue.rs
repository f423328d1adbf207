//! Products.

use async_trait::async_trait;
use orders::{ProductId, StoreId};

use crate::error::LogError;
use crate::stored_event::CatalogProduct;

#[async_trait]
pub trait CatalogueQueries: Send + Sync + 'static {
    /// A page of products, oldest first, and whether there are more.
    async fn products(&self, filter: ProductFilter) -> Result<(Vec<CatalogProduct>, bool), LogError>;

    async fn product(&self, id: ProductId) -> Result<Option<CatalogProduct>, LogError>;
}

#[derive(Debug, Clone)]
pub struct ProductFilter {
    /// `None`: of any store.
    pub store: Option<StoreId>,
    /// A part of the name.
    pub text: Option<String>,
    pub category: Option<String>,
    /// Include archived products.
    pub archived: bool,
    /// Only products created after this one: the next page.
    pub after: Option<ProductId>,
    pub limit: usize,
}
