//! Products and their stock.

use serde::{Deserialize, Serialize};

use crate::id::{ProductId, StoreId};
use crate::money::Money;
use crate::order::Version;
use crate::text::{Line, Prose, is_format};

/// What the rules need to know about a product. Its description and image are stored beside it, in [`Details`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Product {
    pub id: ProductId,
    pub store: StoreId,
    /// Copied into an order when it is placed.
    pub name: Line<200>,
    /// The unit price. Copied into an order when it is placed.
    pub price: Money,
    pub stock: Stock,
    /// An archived product is shown in old orders and cannot be ordered.
    pub archived: bool,
    /// Incremented by every event of the product. Orders that change its stock do not increment it.
    pub version: Version,
}

/// The parts of a product that only people read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Details {
    /// The store's article number.
    #[serde(default, deserialize_with = "crate::text::code", skip_serializing_if = "Option::is_none")]
    pub sku: Option<Line<64>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Line<80>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Prose<4000>>,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "stored_image")]
    pub image: Option<ImageUrl>,
}

/// An image that today's rules refuse is not shown.
fn stored_image<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<ImageUrl>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(text.and_then(|text| text.try_into().ok()))
}

/// Counted stock. `0 <= reserved <= on_hand` always holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Stock {
    /// Units in the store, reserved ones included.
    pub on_hand: u32,
    /// Units promised to placed orders.
    pub reserved: u32,
}

impl Stock {
    /// Maximum units of one product.
    pub const MOST: u32 = 1_000_000_000;

    /// Units that a new order can have.
    pub fn available(self) -> u32 {
        self.on_hand.saturating_sub(self.reserved)
    }
}

/// A change of one product's stock by an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StockMove {
    Reserve(u32),
    Release(u32),
    /// The reserved goods left the store.
    Consume(u32),
    /// The goods are back in the store, and reserved again.
    Unconsume(u32),
}

impl Stock {
    /// The stock after a move; `None` if that violates `0 <= reserved <= on_hand <= MOST`. Goods can be returned to a stock
    /// that violates the rule already, because somebody wrote to the database.
    #[must_use]
    pub fn after(self, change: StockMove) -> Option<Self> {
        let (on_hand, reserved) = match change {
            StockMove::Reserve(n) => (self.on_hand, self.reserved.checked_add(n)?),
            StockMove::Release(n) => (self.on_hand, self.reserved.checked_sub(n)?),
            StockMove::Consume(n) => (self.on_hand.checked_sub(n)?, self.reserved.checked_sub(n)?),
            StockMove::Unconsume(n) => (self.on_hand.checked_add(n)?, self.reserved.checked_add(n)?),
        };
        let fits = match change {
            StockMove::Reserve(_) => reserved <= on_hand,
            StockMove::Unconsume(_) => on_hand <= Self::MOST,
            // A valid stock stays valid after these moves.
            StockMove::Release(_) | StockMove::Consume(_) => true,
        };
        fits.then_some(Self { on_hand, reserved })
    }
}

/// An image: `https://…`, a path on this host, or a small `data:image/…`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ImageUrl(Box<str>);

impl ImageUrl {
    /// Maximum bytes: enough for a drawing inside a `data:` URL.
    pub const MOST_BYTES: usize = 16 * 1024;

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Browsers must not load this URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "an image is an https:// address, a path starting with '/', or a data:image/ address, at most 16 KiB"
)]
pub struct InvalidImage;

impl TryFrom<String> for ImageUrl {
    type Error = InvalidImage;

    fn try_from(text: String) -> Result<Self, InvalidImage> {
        let text = text.trim_matches(|c: char| c.is_whitespace() || is_format(c));
        let local = text.starts_with('/') && !text.starts_with("//");
        let known = local || text.starts_with("https://") || text.starts_with("data:image/");
        // Browsers read `/\host` as `//host`, which is another host.
        let clean =
            !text.chars().any(|c| c.is_control() || c.is_whitespace() || matches!(c, '"' | '<' | '>' | '\\'));
        if known && clean && text.len() <= Self::MOST_BYTES {
            Ok(Self(text.into()))
        } else {
            Err(InvalidImage)
        }
    }
}

impl From<ImageUrl> for String {
    fn from(url: ImageUrl) -> Self {
        url.0.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stock_never_goes_below_zero_or_above_what_is_there() {
        let stock = Stock { on_hand: 5, reserved: 2 };
        assert_eq!(stock.after(StockMove::Reserve(3)), Some(Stock { on_hand: 5, reserved: 5 }));
        assert_eq!(stock.after(StockMove::Reserve(4)), None);
        assert_eq!(stock.after(StockMove::Release(3)), None);
        assert_eq!(stock.after(StockMove::Consume(2)), Some(Stock { on_hand: 3, reserved: 0 }));
        assert_eq!(stock.after(StockMove::Consume(3)), None);
        assert_eq!(stock.after(StockMove::Reserve(u32::MAX)), None);
        assert_eq!(stock.after(StockMove::Unconsume(1)), Some(Stock { on_hand: 6, reserved: 3 }));
        assert_eq!(stock.after(StockMove::Unconsume(Stock::MOST)), None);
    }

    #[test]
    fn a_stock_that_somebody_broke_can_be_given_back_to() {
        let broken = Stock { on_hand: 1, reserved: 5 };
        assert_eq!(broken.available(), 0);
        assert_eq!(broken.after(StockMove::Release(2)), Some(Stock { on_hand: 1, reserved: 3 }));
        assert_eq!(broken.after(StockMove::Reserve(1)), None);
    }

    #[test]
    fn images_cannot_smuggle_script() {
        for bad in [
            "javascript:alert(1)",
            "//evil",
            "/\\evil.example/x.png",
            "/a\\..\\x.png",
            "\\\\evil.example/x.png",
            "/\t/evil.example/x.png",
            "https:\\\\evil.example/x.png",
            "http://x/y.png",
            "https://x/\"onload",
            "data:text/html,x",
        ] {
            assert_eq!(ImageUrl::try_from(bad.to_owned()), Err(InvalidImage), "{bad}");
        }
        assert!(ImageUrl::try_from("/pictures/tea.svg".to_owned()).is_ok());
        let stored: Details =
            serde_json::from_str(r#"{"sku": "T-1", "image": "/\\\\evil.example/x.png"}"#).unwrap();
        assert_eq!((stored.sku.is_some(), stored.image), (true, None), "what was stored before can be read");
    }
}
