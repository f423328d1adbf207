//! Orders.

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

/// The order in a path, by id or number.
fn parse_order_ref(text: &str) -> Result<OrderRef, Problem> {
    text.parse().map_err(|_| Problem::new(Code::OrderNotFound))
}

/// An order the caller may see, and the cursor it was read at.
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
