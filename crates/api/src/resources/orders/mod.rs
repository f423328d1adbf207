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

use std::sync::Arc;

use eventlog::Snapshot;
use orders::OrderRef;
use orders::decide::policy;

use crate::app::App;
use crate::caller::Caller;
use crate::commands::database_error;
use crate::problem::{Code, Problem};

/// Parses the id or number of an order in a path.
fn parse_order_ref(text: &str) -> Result<OrderRef, Problem> {
    text.parse().map_err(|_| Problem::new(Code::OrderNotFound))
}

/// An order that the caller may see, and the cursor at which it was read.
pub(crate) async fn visible(
    app: &App,
    caller: &Caller,
    name: OrderRef,
) -> Result<(Arc<Snapshot>, eventlog::Cursor), Problem> {
    let found = app.read_backend.order(name).await.map_err(|error| database_error(&error))?;
    let actor = caller.actor();
    let order = found.value.filter(|snapshot| policy::may_see(&actor, &snapshot.order));
    Ok((order.ok_or_else(|| Problem::new(Code::OrderNotFound))?, found.cursor))
}
