//! Orders: one file per endpoint.

pub mod bulk_status;
pub mod cancel;
pub mod delivery;
pub mod list;
pub mod place;
pub mod show;
pub mod status;
pub mod test_payment;
pub mod timeline;

use orders::OrderRef;

use crate::problem::{Code, Problem};

/// Parses the id or number of an order in a path.
fn parse_order_ref(text: &str) -> Result<OrderRef, Problem> {
    text.parse().map_err(|_| Problem::new(Code::OrderNotFound))
}
